"""What the templates of command-line programs read beside entities: commands and options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autonomous_coder.languages.common import command_views
from autonomous_coder.languages.common.command_names import Mark
from autonomous_coder.languages.go.pack_fields import FieldView
from autonomous_coder.languages.go.pack_view import EntityView, SpecView


@dataclass(frozen=True, slots=True)
class OptionView(command_views.OptionView):
    """Strings other than names are Go expressions."""

    go: str
    """The field of the struct that holds it."""
    type: str
    """What its text becomes."""
    kind: str
    """The word that stands for the value in the help."""
    rule: str
    default: str


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command whose work is done by a file of the host's."""

    name: str
    """As the spec calls it."""
    cli: str
    file: str
    function: str
    """The function in the package `core`."""
    description: str
    fields: tuple[FieldView, ...]
    options: tuple[OptionView, ...]
    """In the order in which the function takes them."""
    context: bool
    store: bool

    @property
    def plain(self) -> tuple[OptionView, ...]:
        """Those that are plain arguments."""
        return tuple(option for option in self.options if option.required and not option.flag)

    @property
    def named(self) -> tuple[OptionView, ...]:
        """Those that are options."""
        return tuple(option for option in self.options if option not in self.plain)

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.choices)

    @property
    def use(self) -> str:
        """What is typed, in short."""
        return " ".join([self.cli, *(option.shown for option in self.plain)])


@dataclass(frozen=True, slots=True)
class MarkView:
    """A command that sets a field of one row to a state, such as `done`."""

    mark: Mark
    function: str
    go: str
    nullable: bool
    kind: str
    value: str
    """What the field becomes."""
    before: str
    """Another value, in JSON."""
    after: str
    """The value, in JSON."""


@dataclass(frozen=True, slots=True)
class CliEntityView(command_views.CliEntityView[EntityView, OptionView, MarkView]):
    """See the base."""


@dataclass(frozen=True, slots=True)
class AliasView:
    """An operation of an entity under a name of its own at the top."""

    cli: str
    function: str


@dataclass(frozen=True, slots=True)
class CliView(SpecView):
    """A whole command-line program."""

    items: tuple[CliEntityView, ...]
    operations: tuple[CommandView, ...]
    aliases: tuple[AliasView, ...]
    variable: str
    """The environment variable that names the data file."""
    provides: tuple[str, ...]

    face: ClassVar[str] = "cli"

    @property
    def stored(self) -> bool:
        """Whether something is kept."""
        return bool(self.entities)

    @property
    def checked(self) -> bool:
        """Whether something is typed that has rules."""
        return bool(self.entities or self.operations)

    @property
    def options(self) -> tuple[OptionView, ...]:
        """All there are."""
        held = (*(item.options for item in self.items), *(item.filters for item in self.items))
        return tuple(o for some in (*held, *(c.options for c in self.operations)) for o in some)

    @property
    def ways(self) -> frozenset[str]:
        """Functions that say what becomes of an option."""
        kept = [option for item in self.items for option in item.options]
        asked = [option for command in self.operations for option in command.options]
        fields = [o for o in kept if not o.many]
        used = {
            "or": self.stored or any(o.default for o in asked),
            "orNull": any(o.nullable and not o.default for o in (*fields, *asked))
            or any(item.filters or item.entity.search for item in self.items),
            "orNullDefault": any(o.nullable and o.default for o in fields),
            "change": any(not o.nullable for o in fields),
            "changeOrNull": any(o.nullable for o in fields),
            "flag": any(o.flag for o in self.options),
            "list": any(o.many for o in self.options),
        }
        return frozenset(name for name, needed in used.items() if needed)

    @property
    def rules(self) -> frozenset[str]:
        """Names of the functions that make values of what is typed."""
        made = {option.rule.partition("(")[0] for option in self.options}
        made |= {"rowID", "integer"} if self.entities else set()
        return frozenset(made | ({"anyText"} if any(e.search for e in self.entities) else set()))

    @property
    def positionals(self) -> bool:
        """Whether a value is a plain argument."""
        return any(item.positional for item in self.items) or any(c.plain for c in self.operations)

    @property
    def demanded(self) -> bool:
        """Whether an option has to be given."""
        return any(o.required and not o.flag for item in self.items for o in item.others)

    @property
    def updates(self) -> bool:
        """Whether there is anything to change."""
        return any(item.options for item in self.items)

    @property
    def forms(self) -> frozenset[str]:
        """See the base."""
        number = {"wholeNumber"} if self.rules & {"rowID", "integer"} else set()
        return (self.rules & FORMS) | number

    @property
    def counted_days(self) -> bool:
        """Whether tests need days that differ."""
        return any(f.unique and f.type in {"date", "datetime"} for f in self.fields)

    def item(self, name: str) -> CliEntityView:
        """The commands of the entity of that name."""
        return next(item for item in self.items if item.entity.name == name)


FORMS = frozenset(
    {"oneOf", "isoDate", "moment", "emailAddress", "webAddress", "uuidText", "anyText"}
    | {"wholeNumber", "yesOrNo"}
)
"""Functions that other programs on tables have, too."""
