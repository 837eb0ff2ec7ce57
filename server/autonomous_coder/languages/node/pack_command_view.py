"""What the templates of packages read beside a spec's entities: commands and their options."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autonomous_coder.languages.common.command_names import Operations

if TYPE_CHECKING:
    from autonomous_coder.languages.node.pack_fields import FieldView
    from autonomous_coder.languages.node.pack_view import EntityView


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command whose work is done by a file of the host's."""

    name: str
    """As the spec calls it."""
    cli: str
    """As it is typed."""
    module: str
    function: str
    """The function in `core/<module>`."""
    type: str
    """The schema that checks its arguments."""
    description: str
    arguments: tuple[ArgumentView, ...]
    stored: bool
    """Whether the function takes the open database."""

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(item.field for item in self.arguments if item.field.values)

    @property
    def positionals(self) -> tuple[ArgumentView, ...]:
        return tuple(item for item in self.arguments if item.positional)

    @property
    def parsers(self) -> tuple[str, ...]:
        """Functions that its module takes from the console's."""
        return tuple(sorted({item.given.parser for item in self.arguments} - {""}))

    @property
    def helpers(self) -> tuple[str, ...]:
        """What its schema takes from the shared ones."""
        return tuple(sorted({name for item in self.arguments for name in item.field.helpers}))


@dataclass(frozen=True, slots=True)
class RecordView:
    """What the library calls the types and the collection of an entity."""

    entity: EntityView
    new: str
    """The type of what a new one is made from."""
    attr: str
    """The store's property."""
    commands: tuple[str, ...]
    """Capabilities of commands of the spec that the collection fulfils."""

    @property
    def helpers(self) -> tuple[str, ...]:
        """What the module of its schemas takes from the shared one."""
        used = {name for field in self.entity.fields for name in field.helpers}
        return tuple(sorted(used | ({"RecordId"} if self.entity.relations else set())))

    @property
    def made(self) -> str:
        """Plain data that makes one, as JSON."""
        pairs = [f"{f.name}: {f.example}" for f in self.entity.fields if f.required]
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"

    @property
    def unique(self) -> tuple[str, ...]:
        """Names of the members of which no two have the same."""
        fields = [field.name for field in self.entity.fields if field.unique]
        return (*fields, *(link.field for link in self.entity.links if link.one_to_one))


@dataclass(frozen=True, slots=True)
class LibraryView:
    """A whole library."""

    records: tuple[RecordView, ...]
    store: str
    """The class that holds all collections."""
    exports: tuple[str, ...]
    """Names that the package offers at run time, sorted."""

    def of(self, name: str) -> RecordView:
        """The record of the entity of that name."""
        return next(record for record in self.records if record.entity.name == name)

    @property
    def exported(self) -> str:
        """The names as elements of a list."""
        return ", ".join(map(json.dumps, self.exports))


@dataclass(frozen=True, slots=True)
class OptionView:
    """A value that is given to a command."""

    name: str
    """What the schema calls it."""
    label: str
    option: str
    """As it is typed, without its dashes."""
    key: str
    """The property by which the parsed options have it."""
    metavar: str
    parser: str
    """The function that makes a value of the text; empty where text is what is wanted."""
    choices: str
    """Name of the constant that lists what is allowed; empty for anything."""
    flag: bool
    """Whether it is switched on and off instead of having a value."""
    many: bool
    help: str
    """An expression; empty where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """An argument of a command of the host's: the field that checks it, and how it is given."""

    field: FieldView
    given: OptionView
    positional: bool
    variable: str


@dataclass(frozen=True, slots=True)
class MarkView:
    """A command that sets a field of one row to a state, such as `done`."""

    command: str
    """As the spec calls it."""
    cli: str
    function: str
    name: str
    """The field."""
    label: str
    value: str
    """What it is set to, as an expression."""
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
    variable: str
    """What the program calls the group."""
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

    @property
    def functions(self) -> Operations[str]:
        """The functions that make the commands."""
        one, many = self.entity.type, self.entity.types
        return Operations(
            f"add{one}Command",
            f"list{many}Command",
            f"show{one}Command",
            f"update{one}Command",
            f"delete{one}Command",
        )

    @property
    def parsers(self) -> tuple[str, ...]:
        """Functions that its module takes from the console's."""
        used = {option.parser for option in (*self.options, *self.filters)} | {"rowId"}
        return tuple(sorted(used - {""}))

    @property
    def choices(self) -> tuple[str, ...]:
        """Constants that its module takes from the tables."""
        return tuple(sorted({option.choices for option in self.options} - {""}))

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
