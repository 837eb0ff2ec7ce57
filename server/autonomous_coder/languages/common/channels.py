"""The channels of a realtime service, and the kinds of messages that each carries.

A channel is a kind of room. Its messages have the shape of its own fields, of the entity that is
called as it is, or of every entity that no channel is called after; a channel for which nothing of
this is there carries texts. Where a spec has no channels there is one, called as the project is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.accounts import ACCOUNT_ENTITY
from autonomous_coder.languages.common.bounds import TEXTUAL, bounds
from autonomous_coder.languages.common.naming import Unique, article, label, singular, snake
from autonomous_coder.models.spec import (
    Access,
    Channel,
    Entity,
    EntityField,
    FieldType,
    ProjectSpec,
    Relation,
    RelationKind,
)

TEXT = EntityField(name="text", type=FieldType.TEXT, minimum=1, maximum=2000)
"""What messages of a channel hold that nothing is said of."""
LEAST_FRAME, LARGEST_FRAME = 2**14, 2**26
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A relation of a message: `field` holds the sequence number of another one, or several."""

    name: str
    field: str
    many: bool
    required: bool
    account: bool
    """Whether it holds the number of an account instead."""
    target: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of messages. `name` is what it is called on the wire."""

    name: str
    label: str
    about: str
    fields: tuple[EntityField, ...]
    references: tuple[Reference, ...]
    entity: str
    """The entity that it is, empty for none."""

    @property
    def article(self) -> str:
        """`a` or `an`, as the label sounds."""
        return article(self.label)

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What it provides of the entity."""
        if not self.entity:
            return ()
        return (
            f"entity:{self.entity}",
            *(f"field:{self.entity}.{field.name}" for field in self.fields),
            *(f"relation:{self.entity}.{one.name}" for one in self.references),
        )


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """A channel. `path` is its part of addresses; `asked` is its name in the spec, empty for one
    that the spec does not name."""

    name: str
    path: str
    label: str
    about: str
    kinds: tuple[Kind, ...]
    asked: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All channels, all kinds once each, and what was decided otherwise than asked."""

    channels: tuple[ChannelPlan, ...]
    kinds: tuple[Kind, ...]
    notes: tuple[str, ...]


def plan_channels(spec: ProjectSpec, *, accounts: bool) -> Plan:
    """What a realtime service is made of.

    Raises:
        InvalidInputError: two channels have the same name.
    """
    names = [channel.name for channel in spec.channels]
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise InvalidInputError(f"the channel '{twice}' is listed twice", hint="Rename one.")
    entities = [e for e in spec.entities if not (accounts and e.name == ACCOUNT_ENTITY)]
    kinds = _Kinds(entities, accounts=accounts)
    notes = _told(entities, accounts=accounts)
    asked = list(spec.channels)
    called = {entity.name: _channel_of(entity, asked) for entity in entities}
    left = [entity for entity in entities if not called[entity.name]]
    bare = [c for c in asked if not c.fields and c.name not in called.values()]
    if not bare and (left or not asked):
        general = _general(spec, names)
        bare = [general]
        if asked:
            those = ", ".join(label(entity.plural) for entity in left)
            notes.append(f"The channel `{general.name}` was added: it carries {those}.")
    paths = Unique(suffix="-channel")
    made: list[ChannelPlan] = []
    for channel in [*asked, *(c for c in bare if c not in asked)]:
        if channel.fields:
            carried = [kinds.of_fields(channel)]
        elif channel.name in called.values():
            carried = [kinds.of(e) for e in entities if called[e.name] == channel.name]
        else:
            carried = [kinds.of(e) for e in left] or [kinds.text()]
        made.append(
            ChannelPlan(
                name=channel.name,
                path=paths(channel.name.strip("_").replace("_", "-") or "room"),
                label=label(channel.name),
                about=channel.description or f"{label(channel.name).capitalize()}.",
                kinds=tuple(carried),
                asked=channel.name if channel in asked else "",
            )
        )
    return Plan(tuple(made), kinds.all, tuple(notes))


def frame_bytes(plan: Plan) -> int:
    """How large a frame has to be allowed to be so that each kind of messages fits."""
    chars = [sum(_chars(kind.name, f) for f in kind.fields) for kind in plan.kinds]
    wanted = 2 * max(chars, default=0) + 2_048
    size = LEAST_FRAME
    while size < min(wanted, LARGEST_FRAME):
        size *= 2
    return size


def _chars(of: str, field: EntityField) -> int:
    return int(bounds(of, field).high) if field.type in TEXTUAL else 100


class _Kinds:
    """Makes each kind once."""

    def __init__(self, entities: Sequence[Entity], *, accounts: bool) -> None:
        self._accounts = accounts
        self._names = Unique(suffix="_message")
        self._made: dict[str, Kind] = {}
        self._entities = {entity.name: self._entity(entity) for entity in entities}

    @property
    def all(self) -> tuple[Kind, ...]:
        return (*self._entities.values(), *self._made.values())

    def of(self, entity: Entity) -> Kind:
        return self._entities[entity.name]

    def of_fields(self, channel: Channel) -> Kind:
        name = self._names(singular(channel.name))
        about = channel.description
        self._made[name] = Kind(name, label(name), about, tuple(channel.fields), (), "")
        return self._made[name]

    def text(self) -> Kind:
        if "" not in self._made:
            name = self._names("message")
            self._made[""] = Kind(name, label(name), "", (TEXT,), (), "")
        return self._made[""]

    def _entity(self, entity: Entity) -> Kind:
        name = self._names(snake(entity.name))
        taken = Unique(field.name for field in entity.fields)
        references = tuple(self._reference(one, taken) for one in entity.relations)
        return Kind(
            name, label(name), entity.description, tuple(entity.fields), references, entity.name
        )

    def _reference(self, relation: Relation, taken: Unique) -> Reference:
        many = relation.kind is RelationKind.MANY_TO_MANY
        wanted = f"{singular(relation.name)}_ids" if many else f"{relation.name}_id"
        return Reference(
            name=relation.name,
            field=taken(wanted),
            many=many,
            required=relation.required and not many,
            account=self._accounts and relation.target == ACCOUNT_ENTITY,
            target=label(snake(relation.target)),
        )


def _channel_of(entity: Entity, channels: Sequence[Channel]) -> str:
    """The channel that is called as the entity is; empty for none."""
    names = {snake(entity.name), entity.plural}
    found = (c.name for c in channels if c.name in names and not c.fields)
    return next(found, "")


def _general(spec: ProjectSpec, taken: Sequence[str]) -> Channel:
    name = Unique(taken, suffix="_room")(spec.name.replace("-", "_"))
    title = spec.title or spec.name.replace("-", " ").capitalize()
    return Channel(name=name[:63].rstrip("_"), description=title)


def _told(entities: Sequence[Entity], *, accounts: bool) -> list[str]:
    """What messages cannot keep of what is asked of entities."""
    unique = [f"{e.name}.{field.name}" for e in entities for field in e.fields if field.unique]
    notes = []
    if unique:
        notes.append(
            f"Messages are not compared with one another: {', '.join(unique)} may occur twice."
        )
    narrow = [entity.name for entity in entities if entity.access is Access.PRIVATE]
    if accounts and narrow:
        notes.append(
            f"{', '.join(narrow)}: whoever is logged in may enter a room, and sees what is said "
            "there."
        )
    return notes
