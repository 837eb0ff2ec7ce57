"""What the commands of a command-line program are called, whatever the language.

Entities get a group of commands each, or, where there is one only, commands at the top. Commands of
the spec that mean an operation of an entity give it their name, or an alias at the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.commands import MARK, SEARCH, Match, matches
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.models.spec import Command, Entity, ProjectSpec

NAMES = ("add", "list", "show", "update", "delete")
RESERVED_OPTIONS = frozenset(
    [
        "help",
        "json",
        "yes",
        "clear",
        "limit",
        "sort",
        "search",
        "version",
        "data-file",
        "no-json",
        "no-yes",
    ]
)
"""Options that commands have beside those of the spec."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Operations(Generic[Item]):
    """Something for each operation of an entity."""

    add: Item
    list: Item
    show: Item
    update: Item
    delete: Item

    def of(self, operation: str) -> Item:
        """What there is for the operation of that name."""
        item: Item = getattr(self, operation)
        return item


@dataclass(frozen=True, slots=True)
class Mark:
    """A command that sets a field of one row to a state, such as `done`."""

    command: str
    """As the spec calls it."""
    cli: str
    field: str
    value: bool | str
    before: bool | str
    """Another value where there is one."""
    said: str
    """The state in words."""
    named: bool
    """Whether the command names the entity, too."""


@dataclass(frozen=True, slots=True)
class Search:
    """A command that looks for a text."""

    command: str
    """As the spec calls it."""
    cli: str


@dataclass(frozen=True, slots=True)
class Group:
    """The commands of one entity; `group` is empty where they are at the top."""

    entity: str
    group: str
    names: Operations[str]
    """Names of the commands."""
    commands: Operations[tuple[str, ...]]
    """Commands of the spec that each fulfils, as capabilities."""
    marks: tuple[Mark, ...]
    searches: tuple[Search, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """An operation of an entity under a name of its own at the top."""

    cli: str
    entity: str
    operation: str
    """One of `NAMES`, `SEARCH`, or `MARK` for what `command` does."""
    command: str


class CommandNames:
    """Names everything once; `written` says of which commands the host has written the code,
    `taken` are commands that the program has by itself."""

    def __init__(
        self,
        spec: ProjectSpec,
        written: Callable[[Command], bool],
        taken: Iterable[str] = (),
    ) -> None:
        self.meant: dict[str, tuple[Match, ...]] = {}
        """Commands that are operations on entities."""
        self.written: list[Command] = []
        """Commands that the host has written: its file says what one means."""
        self.missing: list[Command] = []
        """Commands that nobody knows the meaning of."""
        self._entities = spec.entities
        self._top = Unique(taken, suffix="-command")
        self._single = len(spec.entities) == 1
        for command in spec.commands:
            if written(command):
                self.written.append(command)
            elif found := matches(command, spec.entities):
                self.meant[command.name] = found
            else:
                self.missing.append(command)
        self.groups = tuple(self._group(entity) for entity in spec.entities)
        self.aliases = tuple(self._aliases({group.entity: group for group in self.groups}))
        self.shown = {command.name: self._top(dashed(command.name)) for command in self.written}
        """What is typed for the commands that the host has written."""

    def left_out(
        self, wanted: Callable[[Command], str], how: str, *, stored: bool
    ) -> tuple[str, ...]:
        """What is told of commands that nobody knows the meaning of: `wanted` says what to hand in
        for one, `how` what the program does with it; `stored` is whether it keeps something.

        Raises:
            UnsupportedError: commands are asked for, and none of what is asked for can be built.
        """
        hints = [wanted(command) for command in self.missing]
        if self.missing and not (self.meant or self.written or stored):
            raise UnsupportedError(
                f"no template knows what `{self.missing[0].name}` is to do",
                hint=f"{'; '.join(hints)[:1500]}. {how}",
            )
        return tuple(
            f"The command `{command.name}` was left out: no template knows what it is to do. "
            f"{hint}."
            for command, hint in zip(self.missing, hints, strict=True)
        )

    def _group(self, entity: Entity) -> Group:
        meant = {
            name: [m for m in found if m.entity == entity.name]
            for name, found in self.meant.items()
        }
        commands = [
            tuple(
                f"command:{name}"
                for name, found in meant.items()
                if any(m.operation == op for m in found)
            )
            for op in NAMES
        ]
        group = "" if self._single else self._top(dashed(entity.plural))
        inside = self._top if self._single else Unique(suffix="-command")
        names = [inside(_called(op, meant) if self._single else op) for op in NAMES]
        return Group(
            entity=entity.name,
            group=group,
            names=Operations(*names),
            commands=Operations(*commands),
            marks=tuple(marks_of(entity, meant, inside)),
            searches=tuple(
                Search(name, inside(dashed(name) if self._single else SEARCH))
                for name, found in meant.items()
                if any(match.operation == SEARCH for match in found)
            )[:1],
        )

    def _aliases(self, groups: dict[str, Group]) -> Iterable[Alias]:
        """Names at the top for what is in a group, or has another name there."""
        for name, found in self.meant.items():
            for match in found:
                group, shown = groups[match.entity], dashed(name)
                if match.operation in {SEARCH, MARK}:
                    if group.group:
                        yield Alias(self._top(shown), group.entity, match.operation, name)
                elif match.named or len(found) == 1:
                    if self._single and group.names.of(match.operation) == shown:
                        continue
                    yield Alias(self._top(shown), group.entity, match.operation, name)


def dashed(name: str) -> str:
    """`due_date` -> `due-date`."""
    return name.strip("_").replace("_", "-")


def _called(operation: str, meant: dict[str, list[Match]]) -> str:
    """The name the spec has for an operation: the first bare one, such as `remove`."""
    for name, found in meant.items():
        if any(m.operation == operation and not m.named for m in found):
            return dashed(name)
    return operation


def marks_of(
    entity: Entity, meant: Mapping[str, Sequence[Match]], shown: Callable[[str], str]
) -> Iterable[Mark]:
    """The commands that set a field of an entity to a state; `shown` names each where it stands."""
    values = {field.name: list(dict.fromkeys(field.values)) for field in entity.fields}
    for name, found in meant.items():
        for match in found:
            if match.operation == MARK:
                flag = isinstance(match.value, bool)
                states = values[match.field]
                other = next((state for state in states if state != match.value), match.value)
                yield Mark(
                    command=name,
                    cli=shown(dashed(name)),
                    field=match.field,
                    value=match.value,
                    before=not match.value if flag else other,
                    said=("no", "yes")[match.value is True] if flag else label(str(match.value)),
                    named=match.named,
                )
