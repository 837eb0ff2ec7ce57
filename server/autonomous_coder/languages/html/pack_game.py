"""A spec as the templates of games see it: kinds from entities, actions from commands."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from decimal import Decimal

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.bounds import NUMERIC, bounds
from autonomous_coder.languages.common.games import PLACED, USUAL, keyed, kind_label, moves
from autonomous_coder.languages.common.naming import Unique
from autonomous_coder.languages.node.pack_build import ViewBuilder
from autonomous_coder.languages.node.pack_names import camel
from autonomous_coder.languages.node.pack_view import SpecView
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec

_TAKEN = frozenset({"id", "kind"})


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
        UnsupportedError: there are more actions than keys, or members that things have anyway.
    """
    bare = spec.model_copy(update={"entities": []})
    view = ViewBuilder(bare, frozenset(), "js").build()
    base = {field.name: getattr(view, field.name) for field in fields(view)}
    actions = _actions(spec)
    return GameView(
        **base,
        kinds=tuple(map(_kind, spec.entities)) or (KindView("player", "player", ()),),
        actions=actions,
        moves=moves((action.command or action.name, action.name) for action in actions),
    )


def _kind(entity: Entity) -> KindView:
    taken = [field.name for field in entity.fields if field.name in _TAKEN]
    if taken:
        raise UnsupportedError(
            f"'{entity.name}.{taken[0]}' is what every thing in a game has anyway",
            hint="Leave it out, or rename it in the spec.",
        )
    members = [(field.name, _value(entity.name, field)) for field in entity.fields]
    members += [(relation.name, "null") for relation in entity.relations]
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


def _value(entity: str, field: EntityField) -> str:
    """How a thing begins, in JavaScript."""
    if field.default is not None:
        return json.dumps(field.default)
    if field.type in NUMERIC:
        limit = bounds(entity, field)
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
