"""Which commands of a spec are operations on its entities.

A name is read as a verb with or without an entity: `add`, `add_expense`, `expense_add`,
`list_expenses`, `expenses`, `mark_todo_as_done`, `complete`. It is an operation only when each of
the command's arguments is something that the operation takes; otherwise it means something else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autonomous_coder.languages.common.bounds import TEXTUAL
from autonomous_coder.languages.common.naming import singular, snake
from autonomous_coder.models.spec import Command, Entity, FieldType, RelationKind

VERBS = {
    "add": "add create new insert record register log put save",
    "list": "list ls all index browse find search filter query see print",
    "show": "show get view display read info inspect detail details",
    "update": "update edit change modify set patch rename amend",
    "delete": "delete remove rm del destroy drop erase",
}
OPERATIONS = {verb: name for name, verbs in VERBS.items() for verb in verbs.split()}
FILTERABLE = frozenset(set(FieldType) - {FieldType.TEXT, FieldType.FLOAT, FieldType.URL})
"""Types of fields that lists can be narrowed by."""
MARK = "mark"
SEARCH = "search"
_SEARCHING = frozenset({"search", "find", "lookup", "grep", "query"})
_TEXTS = frozenset({"text", "query", "term", "keyword", "pattern", "words"})
_DONE = frozenset(
    {"done", "do", "complete", "completed", "finish", "finished", "close", "closed", "check"}
    | {"checked", "tick"}
)
_PAST = {
    "paid": "pay", "bought": "buy", "sent": "send", "sold": "sell", "read": "read",
    "active": "activate", "cancelled": "cancel", "canceled": "cancel", "shipped": "ship",
    "stopped": "stop", "dropped": "drop", "lent": "lend", "open": "reopen",
}  # fmt: skip
_AGAINST = {"deactivate": "activate", "disable": "enable", "undo": "done", "reopen": "done",
            "restart": "done", "incomplete": "done"}  # fmt: skip
_FILLERS = frozenset({"mark", "as", "the", "a", "an", "is"})
_LIST_ARGUMENTS = frozenset({"search", "sort", "limit", "json"})


@dataclass(frozen=True, slots=True)
class Match:
    """An operation that a command names; `field` and `value` say what a mark sets it to."""

    entity: str
    operation: str
    named: bool
    """Whether the command names the entity, too."""
    field: str = ""
    value: bool | str = True


def matches(command: Command, entities: Sequence[Entity]) -> tuple[Match, ...]:
    """The operations a command can mean; several only where it names no entity."""
    found = [match for entity in entities if (match := _match(command, entity)) is not None]
    named = tuple(match for match in found if match.named)
    if named:
        return named[:1]
    marks = [match for match in found if match.operation == MARK]
    if marks and len(found) > 1:
        return tuple(marks[:1]) if len(marks) == 1 else ()
    return tuple(found)


def _match(command: Command, entity: Entity) -> Match | None:
    words = command.name.strip("_").split("_")
    rest, named = _without_noun(words, entity)
    if "mark" in words:
        rest = [word for word in rest if word not in _FILLERS]
    if not rest and named and words == entity.plural.split("_"):
        rest = ["list"]
    if len(rest) != 1:
        return None
    arguments = {argument.name for argument in command.arguments}
    return (
        _marking(rest[0], entity, arguments, named=named)
        or _searching(rest[0], entity, arguments, named=named)
        or _operating(rest[0], entity, arguments, named=named)
    )


def _without_noun(words: list[str], entity: Entity) -> tuple[list[str], bool]:
    """The words without the entity's name, and whether it was among them."""
    nouns = {snake(entity.name), entity.plural, singular(entity.plural)}
    for noun in sorted(nouns, key=len, reverse=True):
        parts = noun.split("_")
        for start in range(len(words) - len(parts) + 1):
            if words[start : start + len(parts)] == parts:
                return words[:start] + words[start + len(parts) :], True
    return words, False


def _operating(verb: str, entity: Entity, arguments: set[str], *, named: bool) -> Match | None:
    operation = OPERATIONS.get(verb, "")
    members = {field.name for field in entity.fields}
    for relation in entity.relations:
        many = relation.kind is RelationKind.MANY_TO_MANY
        members |= {relation.name, f"{singular(relation.name) if many else relation.name}_id"}
        members |= {f"{singular(relation.name)}_ids"} if many else set()
    filters = {field.name for field in entity.fields if field.type in FILTERABLE}
    accepted = {
        "add": members,
        "list": (members - {field.name for field in entity.fields}) | filters | _LIST_ARGUMENTS,
        "show": _numbers(entity) | {"json"},
        "update": members | _numbers(entity),
        "delete": _numbers(entity) | {"yes"},
    }
    if not operation or not arguments <= accepted[operation]:
        return None
    return Match(entity.name, operation, named)


def _searching(verb: str, entity: Entity, arguments: set[str], *, named: bool) -> Match | None:
    text = any(field.type in TEXTUAL for field in entity.fields)
    if verb in _SEARCHING and text and len(arguments) == 1 and arguments <= _TEXTS:
        return Match(entity.name, SEARCH, named)
    return None


def _marking(verb: str, entity: Entity, arguments: set[str], *, named: bool) -> Match | None:
    if not arguments <= _numbers(entity):
        return None
    for field in entity.fields:
        if field.type is FieldType.BOOLEAN:
            for value, said in ((True, verb), (False, _opposite(verb))):
                if said and said in _verbs(field.name):
                    return Match(entity.name, MARK, named, field.name, value)
        for choice in field.values:
            if verb in _verbs(choice):
                return Match(entity.name, MARK, named, field.name, choice)
    return None


def _verbs(state: str) -> frozenset[str]:
    """What brings a state about: `archived` <- archive, archived; `done` <- complete, finish."""
    stem = state.removeprefix("is_").removeprefix("has_")
    said = {stem, _PAST.get(stem, stem), stem.removesuffix("d"), stem.removesuffix("ed")}
    return frozenset(said | _DONE) if stem in _DONE else frozenset(said)


def _opposite(verb: str) -> str:
    if verb in _AGAINST:
        return _AGAINST[verb]
    return verb.removeprefix("un") if verb.startswith("un") else ""


def _numbers(entity: Entity) -> frozenset[str]:
    """Names an argument has that says which row is meant."""
    noun = snake(entity.name)
    return frozenset(
        {"id", "number", "index", noun, *(f"{noun}_{word}" for word in ("id", "number", "index"))}
    )
