"""What the templates of command-line programs read beside entities: commands and options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autonomous_coder.languages.common import command_views
from autonomous_coder.languages.common.command_names import Mark
from autonomous_coder.languages.rust.pack_fields import FieldView
from autonomous_coder.languages.rust.pack_view import EntityView, SpecView

LARGE = 160
"""Bytes from which on the arguments of a command are kept apart from the list of commands."""
SIZES = {
    "String": 24, "i64": 8, "f64": 8, "Decimal": 8, "bool": 1, "NaiveDate": 4,
    "DateTime<Utc>": 12, "Uuid": 16,
}  # fmt: skip
FLAG = (
    "action = ArgAction::Set",
    "num_args = 0..=1",
    "require_equals = true",
    'default_missing_value = "true"',
)
"""What makes `--done` and `--done=false` of a truth value."""


@dataclass(frozen=True, slots=True)
class OptionView(command_views.OptionView):
    """Strings other than names are Rust expressions."""

    rust: str
    """The field of the row."""
    member: str
    """The field of what was typed."""
    type: str
    """What its text becomes."""
    kind: str
    """The word that stands for the value in the help; empty where the values are listed."""
    rule: str
    """What makes the value; empty where its type knows how."""
    negative: bool
    """Whether it may begin with a minus."""
    default: str
    """As it is typed, as a literal; empty for none."""

    @property
    def long(self) -> str:
        """Its name, where its member does not tell it."""
        told = self.member.removeprefix("r#").strip("_").replace("_", "-") == self.option
        return "long" if told else f'long = "{self.option}"'

    @property
    def parts(self) -> tuple[str, ...]:
        """What the parser is told of its value."""
        parts = [f'value_name = "{self.kind}"'] if self.kind else []
        parts += FLAG if self.flag else ()
        parts += ["allow_negative_numbers = true"] if self.negative else []
        return (*parts, *([f"value_parser = {self.rule}"] if self.rule else []))

    @property
    def attribute(self) -> str:
        """As an option."""
        return attribute(self.long, *self.parts)

    @property
    def plain(self) -> str:
        """As a plain argument, which the help calls as its member is called."""
        return attribute(*self.parts[1 if self.kind else 0 :])

    @property
    def preset(self) -> str:
        """As an option that has a value where none is given."""
        return attribute(self.long, f"default_value = {self.default}", *self.parts)

    @property
    def size(self) -> int:
        """About how many bytes its value has."""
        return 24 if self.many else SIZES.get(self.type, 8) + 8


def attribute(*parts: str) -> str:
    """What the parser is told; a line each where one does not hold it."""
    inside = ", ".join(parts)
    if not parts:
        return ""
    if len(inside) <= 80:
        return f"#[arg({inside})]"
    lines = "".join(f"        {part},\n" for part in parts)
    return f"#[arg(\n{lines}    )]"


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command whose work is done by a file of the host's."""

    name: str
    """As the spec calls it."""
    cli: str
    module: str
    """The host's file, and that of the command."""
    variant: str
    description: str
    fields: tuple[FieldView, ...]
    options: tuple[OptionView, ...]
    """In the order in which the function takes them."""
    given: tuple[str, ...]
    """What the function is called with."""
    store: bool

    @property
    def plain(self) -> tuple[OptionView, ...]:
        """Those that are plain arguments."""
        return tuple(option for option in self.options if option.required and not option.flag)

    @property
    def boxed(self) -> bool:
        """Whether its arguments are large."""
        return sum(option.size for option in self.options) > LARGE


@dataclass(frozen=True, slots=True)
class MarkView:
    """A command that sets a field of one row to a state, such as `done`."""

    mark: Mark
    variant: str
    function: str
    rust: str
    set: str
    """What the field becomes."""
    before: str
    """Another value, in JSON."""
    after: str
    """The value, in JSON."""


@dataclass(frozen=True, slots=True)
class CliEntityView(command_views.CliEntityView[EntityView, OptionView, MarkView]):
    """See the base."""

    variant: str
    """What the group is called among the commands of the program."""

    @property
    def large(self) -> frozenset[str]:
        """Operations whose arguments are kept apart from the list of commands."""
        sizes = {
            "add": sum(option.size for option in self.options),
            "update": sum(option.size + 8 for option in self.options) + 40,
            "list": sum(option.size for option in self.filters) + 60,
        }
        return frozenset(name for name, size in sizes.items() if size > LARGE)


@dataclass(frozen=True, slots=True)
class AliasView:
    """An operation of an entity under a name of its own at the top."""

    cli: str
    variant: str
    item: CliEntityView
    function: str
    given: str
    """The type of what is typed."""
    boxed: bool
    summary: str

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.function in {"list", "show", "search"}


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
    def made(self) -> str:
        """The rules of all options."""
        return " ".join(option.rule for option in self.options)

    @property
    def rules(self) -> frozenset[str]:
        """Names of the functions that make values of what is typed."""
        names = ("text", "within", "exact_text")
        found = {name for name in names if f"rules::{name}(" in self.made}
        return frozenset(found | ({"row_id", "order"} if self.entities else set()))

    @property
    def forms(self) -> frozenset[str]:
        """See the base."""
        return frozenset(
            name
            for name in ("date", "moment", "email", "web_address")
            if f"forms::{name}" in self.made
        )

    @property
    def exact_decimals(self) -> bool:
        """See the base."""
        samples = " ".join(field.sample for field in self.fields)
        return "from_ten_thousandths" in self.made + samples

    @property
    def typed_types(self) -> frozenset[str]:
        """Types of fields and of arguments."""
        asked = {field.type for command in self.operations for field in command.fields}
        return self.types | asked

    @property
    def times(self) -> bool:
        """Whether dates or moments are in use."""
        return bool(self.entities or self.typed_types & {"date", "datetime"})

    @property
    def updates(self) -> bool:
        """Whether there is anything to change."""
        return any(item.options for item in self.items)

    @property
    def uniques(self) -> bool:
        """Whether a column holds each value once."""
        one = any(link.one_to_one for link in self.links)
        return one or any(field.unique for field in self.fields)

    @property
    def restricted(self) -> bool:
        """Whether a relation forbids to delete what it refers to."""
        return any(r.ondelete == "RESTRICT" for r in (*self.links, *self.manys))

    def item(self, name: str) -> CliEntityView:
        """The commands of the entity of that name."""
        return next(item for item in self.items if item.entity.name == name)
