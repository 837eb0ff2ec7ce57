"""A spec as the templates of games see it: kinds from entities, actions from commands."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from decimal import Decimal

from autonomous_coder.languages.common.bounds import NUMERIC, bounds
from autonomous_coder.languages.common.field_json import preset
from autonomous_coder.languages.common.games import PLACED, USUAL, keyed, kind_label, moves
from autonomous_coder.languages.common.naming import Unique, snake
from autonomous_coder.languages.node.pack_build import ViewBuilder
from autonomous_coder.languages.node.pack_names import camel
from autonomous_coder.languages.node.pack_view import SpecView
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec

_TAKEN = frozenset({"id", "kind"})
"""What every thing has that is no property of its kind."""


@dataclass(frozen=True, slots=True)
class KindView:
    """What there can be in the game. `properties` are names and values in JavaScript."""

    name: str
    label: str
    properties: tuple[tuple[str, str], ...]
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionView:
    """What a player can do. `keys` are codes of `KeyboardEvent`."""

    name: str
    label: str
    keys: tuple[str, ...]
    command: str = ""
    """What the spec calls it; empty for those that are there unasked."""


@dataclass(frozen=True, slots=True)
class GameView(SpecView):
    """What templates of games read."""

    kinds: tuple[KindView, ...] = ()
    actions: tuple[ActionView, ...] = ()
    moves: tuple[tuple[str, str, str], ...] = ()
    """(action, axis, sign) of actions that say a direction."""


def game_view(spec: ProjectSpec) -> GameView:
    """The view.

    Raises:
        UnsupportedError: there are more actions than keys.
    """
    bare = spec.model_copy(update={"entities": []})
    view = ViewBuilder(bare, frozenset(), "js").build()
    base = {field.name: getattr(view, field.name) for field in fields(view)}
    base["notes"] = (*view.notes, *(note for e in spec.entities for note in _renamed(e)))
    actions = _actions(spec)
    return GameView(
        **base,
        kinds=tuple(map(_kind, spec.entities)) or (KindView("player", "player", ()),),
        actions=actions,
        moves=moves((action.command or action.name, action.name) for action in actions),
    )


def _kind(entity: Entity) -> KindView:
    members = [(_member(entity, f.name), _value(entity.name, f)) for f in entity.fields]
    members += [(_member(entity, relation.name), "null") for relation in entity.relations]
    return KindView(
        name=camel(entity.name[:1].lower() + entity.name[1:]),
        label=kind_label(entity.name),
        properties=tuple(members),
        capabilities=(
            f"entity:{entity.name}",
            *(f"field:{entity.name}.{field.name}" for field in entity.fields),
            *(f"relation:{entity.name}.{relation.name}" for relation in entity.relations),
        ),
    )


def _member(entity: Entity, name: str) -> str:
    """The property of a field: `slotKind` where every thing has a `kind`."""
    return camel(f"{snake(entity.name)}_{name}") if name in _TAKEN else name


def _renamed(entity: Entity) -> list[str]:
    """What is called otherwise than it was asked for."""
    return [
        f"'{entity.name}.{field.name}' is the property `{_member(entity, field.name)}`: every "
        f"thing in a game has a `{field.name}` anyway."
        for field in entity.fields
        if field.name in _TAKEN
    ]


def _value(entity: str, field: EntityField) -> str:
    """How a thing begins, in JavaScript."""
    limit = bounds(entity, field)
    if field.default is not None:
        value = preset(entity, field, limit)
        return str(value) if field.type is FieldType.DECIMAL else json.dumps(value)
    if field.type in NUMERIC:
        low = limit.low if field.minimum is not None else Decimal(0)
        base = min(max(low, Decimal(0)), limit.high)
        return str(int(base)) if base == int(base) else str(float(base))
    if field.name in PLACED or not field.required:
        return "null"
    if field.type is FieldType.BOOLEAN:
        return "false"
    if field.type is FieldType.ENUM:
        return json.dumps(field.values[0])
    return '""' if field.type in {FieldType.STRING, FieldType.TEXT} else "null"


def _actions(spec: ProjectSpec) -> tuple[ActionView, ...]:
    """The spec's commands, each with keys of its own."""
    names = Unique(suffix="Action")
    return tuple(
        ActionView(
            name=names(camel(action.name)),
            label=action.label,
            keys=action.keys,
            command=action.name if spec.commands else "",
        )
        for action in keyed([command.name for command in spec.commands] or USUAL)
    )
