"""What the templates of packages read beside a spec's entities: commands and their options."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autonomous_coder.languages.common.command_names import Operations

if TYPE_CHECKING:
    from autonomous_coder.languages.python.pack_fields import FieldView
    from autonomous_coder.languages.python.pack_view import EntityView


@dataclass(frozen=True, slots=True)
class OptionView:
    """A value that is given to a command. Strings other than names are Python expressions."""

    name: str
    """What the model calls it."""
    label: str
    parameter: str
    """The name of the function's parameter."""
    option: str
    """Without its dashes."""
    kind: str
    """What Typer makes of the text: `str`, `int`, an enum."""
    flag: bool
    """Whether it is switched on and off instead of having a value."""
    many: bool
    metavar: str
    help: str

    @property
    def declared(self) -> str:
        """The option's names as Typer takes them."""
        return f"--{self.option}/--no-{self.option}" if self.flag else f"--{self.option}"


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """An argument of a command of the host's: the field that checks it, and how it is given."""

    field: FieldView
    given: OptionView
    positional: bool
    keyword: str
    """The name by which the host's function takes it."""


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command whose work is done by a file of the host's."""

    name: str
    """As the spec calls it."""
    cli: str
    module: str
    function: str
    """The function in `core/<module>.py`."""
    model: str
    """The class that checks its arguments."""
    description: str
    arguments: tuple[ArgumentView, ...]
    session: bool
    """Whether the function takes the open session of the database."""

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(item.field for item in self.arguments if item.field.enum_class)

    @property
    def positionals(self) -> tuple[ArgumentView, ...]:
        return tuple(item for item in self.arguments if item.positional)

    @property
    def example(self) -> str:
        """Words that follow the command on a command line, as far as they are demanded."""
        return " ".join(f"<{item.given.option}>" for item in self.positionals)

    def has(self, *kinds: str) -> bool:
        """Whether an argument of one of these types is there."""
        return any(item.field.type in kinds for item in self.arguments)


@dataclass(frozen=True, slots=True)
class MarkView:
    """A command that sets a field of one row to a state, such as `done`."""

    command: str
    """As the spec calls it."""
    cli: str
    function: str
    name: str
    """The field."""
    attr: str
    label: str
    value: str
    """What it is set to, as a Python expression of a JSON value."""
    before: str
    """Another such value where there is one."""
    said: str
    """The state in words."""


@dataclass(frozen=True, slots=True)
class SearchView:
    """A command that looks for a text."""

    command: str
    """As the spec calls it."""
    cli: str
    function: str

    @property
    def capability(self) -> str:
        """What its tests prove."""
        return f"command:{self.command}"


@dataclass(frozen=True, slots=True)
class AliasView:
    """An operation of an entity under a name of its own at the top."""

    cli: str
    module: str
    function: str


@dataclass(frozen=True, slots=True)
class CliEntityView:
    """The commands of one entity; `group` is empty where they are at the top."""

    entity: EntityView
    group: str
    module: str
    names: Operations[str]
    """Names of the commands."""
    commands: Operations[tuple[str, ...]]
    """Commands of the spec that each fulfils, as capabilities."""
    options: tuple[OptionView, ...]
    positional: OptionView | None
    """The option that `add` takes as a plain argument."""
    filters: tuple[OptionView, ...]
    marks: tuple[MarkView, ...]
    searches: tuple[SearchView, ...]
    number: str
    """The parameter that takes a row's number."""

    @property
    def prefix(self) -> str:
        """The words before an operation's name, as elements of a list."""
        return f'"{self.group}", ' if self.group else ""

    @property
    def shown(self) -> str:
        """The words before an operation's name, on a command line."""
        return f"{self.group} " if self.group else ""

    @property
    def example(self) -> str:
        """What is typed to add one, quoted for a shell."""
        demanded = {f.name for f in self.entity.fields if f.required}
        demanded |= {link.field for link in self.entity.links if link.required}
        plain = [self.positional] if self.positional else []
        named = [o for o in self.options if o.name in demanded and o not in plain]
        values = [f" {self._sample(option)}" for option in plain]
        return "".join([*values, *(self._typed(option) for option in named)])

    @property
    def change(self) -> str:
        """What is typed to change one; empty when there is nothing to change."""
        return next((self._typed(option).strip() for option in self.options), "")

    def _typed(self, option: OptionView) -> str:
        return f" --{option.option}" + ("" if option.flag else f" {self._sample(option)}")

    def _sample(self, option: OptionView) -> str:
        field = next((f for f in self.entity.fields if f.name == option.name), None)
        return shlex.quote(str(json.loads(field.example))) if field else "1"

    def filter(self, query: str) -> OptionView:
        """The option of a list that narrows it by what the query calls `query`."""
        return next(option for option in self.filters if option.name == query)

    def named(self, name: str) -> OptionView:
        """The option for a member of the entity."""
        return next(option for option in self.options if option.name == name)


@dataclass(frozen=True, slots=True)
class CliView:
    """A whole command-line program."""

    entities: tuple[CliEntityView, ...]
    aliases: tuple[AliasView, ...]
    variable: str
    """The environment variable that names the data file."""

    def of(self, name: str) -> CliEntityView:
        """The commands of the entity of that name."""
        return next(item for item in self.entities if item.entity.name == name)


@dataclass(frozen=True, slots=True)
class RecordView:
    """What the library calls the classes and the collection of an entity."""

    entity: EntityView
    new: str
    """The class of what a new one is made from."""
    attr: str
    """The store's attribute."""
    commands: tuple[str, ...]
    """Capabilities of commands of the spec that the collection fulfils."""

    @property
    def made(self) -> str:
        """Plain data that makes one, as a Python expression."""
        return repr({f.name: json.loads(f.example) for f in self.entity.fields if f.required})


@dataclass(frozen=True, slots=True)
class LibraryView:
    """A whole library."""

    records: tuple[RecordView, ...]
    store: str
    """The class that holds all collections."""
    exports: tuple[str, ...]
    """Names that the package offers, sorted."""

    def of(self, name: str) -> RecordView:
        """The record of the entity of that name."""
        return next(record for record in self.records if record.entity.name == name)
