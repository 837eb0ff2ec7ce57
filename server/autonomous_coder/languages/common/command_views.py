"""What the templates of command-line programs read of a command's options and of an entity's
commands, whatever the language.

A language's own views stand on these and add the names that only its code needs.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from autonomous_coder.languages.common.command_names import Operations, Search
from autonomous_coder.languages.common.pack_views import EntityView


@dataclass(frozen=True, slots=True)
class OptionView:
    """A value that is given to a command."""

    name: str
    """What the row calls it."""
    option: str
    """Without its dashes."""
    help: str
    """Free text."""
    flag: bool
    """Whether it is switched on and off instead of having a value."""
    many: bool
    required: bool
    nullable: bool
    """Whether it can be emptied."""

    @property
    def shown(self) -> str:
        """The word for a plain argument in the help."""
        return self.option.upper()


EntityT = TypeVar("EntityT", bound=EntityView[Any, Any])
OptionT = TypeVar("OptionT", bound=OptionView)
MarkT = TypeVar("MarkT")


@dataclass(frozen=True, slots=True)
class CliEntityView(Generic[EntityT, OptionT, MarkT]):
    """The commands of one entity; `group` is empty where they are at the top."""

    entity: EntityT
    group: str
    names: Operations[str]
    """Names of the commands."""
    commands: Operations[tuple[str, ...]]
    """Commands of the spec that each fulfils, as capabilities."""
    options: tuple[OptionT, ...]
    positional: OptionT | None
    """The option that `add` takes as a plain argument."""
    filters: tuple[OptionT, ...]
    marks: tuple[MarkT, ...]
    searches: tuple[Search, ...]

    @property
    def others(self) -> tuple[OptionT, ...]:
        """Options of `add` and `update` alike."""
        return tuple(option for option in self.options if option != self.positional)

    @property
    def words(self) -> str:
        """The words before an operation's name, as elements of a list."""
        return f'"{self.group}", ' if self.group else ""

    @property
    def shown(self) -> str:
        """The words before an operation's name, on a command line."""
        return f"{self.group} " if self.group else ""

    @property
    def example(self) -> str:
        """What is typed to add one, quoted for a shell."""
        plain = [self.positional] if self.positional else []
        named = [option for option in self.others if option.required]
        values = [f" {self._sample(option)}" for option in plain]
        return "".join([*values, *(self._typed(option) for option in named)])

    @property
    def change(self) -> str:
        """What is typed to change one; empty when there is nothing to change."""
        return next((self._typed(option).strip() for option in self.options), "")

    @property
    def emptied(self) -> tuple[OptionT, ...]:
        """What can be emptied."""
        return tuple(option for option in self.options if option.nullable)

    @property
    def search_capabilities(self) -> tuple[str, ...]:
        """What tests of searching prove."""
        return tuple(f"command:{search.command}" for search in self.searches)

    def _typed(self, option: OptionT) -> str:
        return f" --{option.option}" + ("" if option.flag else f" {self._sample(option)}")

    def _sample(self, option: OptionT) -> str:
        field = next((f for f in self.entity.fields if f.name == option.name), None)
        return shlex.quote(str(field.example)) if field else "1"

    def filter(self, query: str) -> OptionT:
        """The option of a list that narrows it by what the query calls `query`."""
        return next(option for option in self.filters if option.name == query)

    def named(self, name: str) -> OptionT:
        """The option for a member of the entity."""
        return next(option for option in self.options if option.name == name)
