"""A spec as the templates of games in a window see it: kinds from entities, actions from commands.

Pausing, beginning again and leaving are the window's own; commands of these names mean them.
"""

from __future__ import annotations

import builtins
import keyword
from dataclasses import fields
from decimal import Decimal

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.bounds import NUMERIC, bounds
from autonomous_coder.languages.common.games import (
    PLACED,
    USUAL,
    KeyedAction,
    keyed,
    kind_label,
    moves,
)
from autonomous_coder.languages.common.naming import Unique, article, pascal, snake
from autonomous_coder.languages.python.pack_fields import STORED, FieldView, view_field
from autonomous_coder.languages.python.pack_game_view import (
    ActionView,
    AttributeView,
    ControlView,
    GameSpecView,
    GameView,
    KindView,
)
from autonomous_coder.languages.python.pack_package import package_name
from autonomous_coder.languages.python.pack_view import SpecView
from autonomous_coder.models.spec import Entity, EntityField, FieldType, ProjectSpec, RelationKind

CONTROLS = {
    "pause": ("paused", "KeyP", {"pause", "resume", "unpause", "toggle_pause", "pause_game"}),
    "restart": ("begun again", "KeyR", {"restart", "restart_game", "reset", "new_game",
                                        "play_again", "start_again"}),
    "quit": ("left", "Escape", {"quit", "exit", "quit_game", "exit_game"}),
}  # fmt: skip
"""Name -> (what is done with the game, its key, what a spec may call it)."""
_LABELS = {"pause": "Pause", "restart": "Begin again", "quit": "Leave"}
_KEYS = {
    "ArrowLeft": ("K_LEFT", "Left"),
    "ArrowRight": ("K_RIGHT", "Right"),
    "ArrowUp": ("K_UP", "Up"),
    "ArrowDown": ("K_DOWN", "Down"),
    "Space": ("K_SPACE", "Space"),
    "Enter": ("K_RETURN", "Enter"),
    "Escape": ("K_ESCAPE", "Escape"),
}
"""Code of `KeyboardEvent` -> pygame's constant and what is shown; letters follow a rule."""
_CLASSES = frozenset(dir(builtins)) | {"Decimal", "StrEnum", "Thing", "KINDS"}
_ATTRIBUTES = frozenset(keyword.kwlist) | {
    "int", "float", "str", "bool", "list", "dt", "uuid", "Decimal", "dataclass", "field", "touches",
    "property", "type", "tuple",
}  # fmt: skip


def game_view(view: SpecView, spec: ProjectSpec) -> GameSpecView:
    """The view with the game; `view` is that of the spec without its entities.

    Raises:
        UnsupportedError: there are more actions than keys, or a place that is no number.
    """
    facts = {item.name: getattr(view, item.name) for item in fields(view)}
    package = package_name(spec)
    return GameSpecView(
        **facts
        | {
            "package": package,
            "root": f"src/{package}",
            "stored": False,
            "summary": spec.description.strip() or f"The game {view.title}.",
        },
        game=_game(spec),
    )


def _game(spec: ProjectSpec) -> GameView:
    names = [command.name for command in spec.commands]
    controls = tuple(_control(name, names) for name in CONTROLS)
    of_window = {name for _, _, meant in CONTROLS.values() for name in meant}
    asked = [name for name in names if name not in of_window]
    taken = [key for _, key, _ in CONTROLS.values()]
    actions = tuple(_action(action, asked=bool(asked)) for action in keyed(asked or USUAL, taken))
    return GameView(
        kinds=_kinds(spec) or (KindView("Player", "player", "player", "a", ()),),
        actions=actions,
        controls=controls,
        moves=moves((action.name, action.member) for action in actions),
    )


def _action(action: KeyedAction, *, asked: bool) -> ActionView:
    keys = [_key(code) for code in action.keys]
    return ActionView(
        name=action.name,
        member=action.name.upper(),
        label=action.label,
        keys=tuple(constant for constant, _ in keys),
        shown=tuple(shown for _, shown in keys),
        command=action.name if asked else "",
    )


def _control(name: str, wanted: list[str]) -> ControlView:
    done, code, meant = CONTROLS[name]
    constant, shown = _key(code)
    return ControlView(
        name=name,
        member=name.upper(),
        label=_LABELS[name],
        done=done.replace(" ", "_"),
        keys=(constant,),
        shown=(shown,),
        capabilities=tuple(f"command:{command}" for command in wanted if command in meant),
    )


def _key(code: str) -> tuple[str, str]:
    """pygame's name of a key, and what is shown for it."""
    letter = code.removeprefix("Key")
    return _KEYS.get(code) or (f"K_{letter.lower()}", letter)


def _kinds(spec: ProjectSpec) -> tuple[KindView, ...]:
    classes = Unique(_CLASSES, suffix="Thing")
    names = {entity.name: classes(entity.name) for entity in spec.entities}
    return tuple(_kind(entity, names, classes) for entity in spec.entities)


def _kind(entity: Entity, names: dict[str, str], classes: Unique) -> KindView:
    taken = Unique(_ATTRIBUTES)
    attributes = []
    for field in entity.fields:
        listed = field.type is FieldType.ENUM
        enum = classes(names[entity.name] + pascal(field.name)) if listed else ""
        view = view_field(entity.name, field, enum, field.name)
        attributes.append(_attribute(entity.name, field, view, taken(field.name)))
    for relation in entity.relations:
        target, name = names[relation.target], taken(relation.name)
        if relation.kind is RelationKind.MANY_TO_MANY:
            default = "field(default_factory=list)"
            attributes.append(AttributeView(name, f"list[{target}]", False, default, "== []"))
        else:
            attributes.append(AttributeView(name, target, True, "None", "is None"))
    said = kind_label(entity.name)
    return KindView(
        cls=names[entity.name],
        snake=snake(names[entity.name]),
        label=said,
        article=article(said),
        attributes=tuple(attributes),
        capabilities=(
            f"entity:{entity.name}",
            *(f"field:{entity.name}.{field.name}" for field in entity.fields),
            *(f"relation:{entity.name}.{relation.name}" for relation in entity.relations),
        ),
    )


def _attribute(entity: str, field: EntityField, view: FieldView, name: str) -> AttributeView:
    kind = field.type
    if name in PLACED and kind not in NUMERIC:
        raise UnsupportedError(
            f"'{entity}.{name}' is where or how large a thing is: a number",
            hint="Make it a number, leave it out, or rename it in the spec.",
        )
    value = view.default or _value(entity, field, view)
    annotation = view.enum_class or STORED[kind]
    if name in PLACED:
        annotation = "float"
        value = value.removeprefix('Decimal("').removesuffix('")')
    same = "is" if value in {"None", "True", "False"} else "=="
    shown = f"kinds.{value}" if view.enum_class and value != "None" else value
    return AttributeView(
        name, annotation, value == "None", value, f"{same} {shown}", members=view.members
    )


def _value(entity: str, field: EntityField, view: FieldView) -> str:
    """How a thing begins where the spec does not say it."""
    if field.type in NUMERIC:
        limit = bounds(entity, field)
        low = limit.low if field.minimum is not None else Decimal(0)
        base = min(max(low, Decimal(0)), limit.high)
        if field.type is FieldType.DECIMAL:
            return f'Decimal("{base}")'
        return str(int(base)) if base == int(base) else repr(float(base))
    if not field.required:
        return "None"
    if field.type is FieldType.BOOLEAN:
        return "False"
    if field.type is FieldType.ENUM:
        return f"{view.enum_class}.{view.members[0][0]}"
    plain = {FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL}
    return '""' if field.type in plain else "None"
