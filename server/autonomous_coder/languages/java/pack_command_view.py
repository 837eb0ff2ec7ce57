"""What the templates of command-line programs read beside entities: commands and options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from autonomous_coder.languages.common import command_views
from autonomous_coder.languages.common.command_names import Mark
from autonomous_coder.languages.java.pack_fields import TYPES, FieldView
from autonomous_coder.languages.java.pack_literals import literal
from autonomous_coder.languages.java.pack_view import EntityView, SpecView


@dataclass(frozen=True, slots=True)
class OptionView(command_views.OptionView):
    """Strings other than names are Java expressions."""

    java: str
    """The field of the class that holds it."""
    type: str
    """What its text becomes; may be null."""
    kind: str
    """The word that stands for the value in the help."""
    check: str
    """What makes a value of it; empty where nothing does."""
    default: str
    """As it is typed; free text, empty for none."""

    @property
    def attributes(self) -> str:
        """What its annotation says beside whether it is required."""
        if self.flag:
            said = [f'names = "--{self.option}"', "negatable = true", 'fallbackValue = "true"']
        else:
            said = [f'names = "--{self.option}"', f'paramLabel = "{self.kind}"']
        return ", ".join([*said, f"description = {told(self.help)}"])

    @property
    def preset(self) -> str:
        """What the annotation says of its default."""
        if not self.default:
            return ""
        value = literal(self.default.replace("$", "$$"))
        return f"defaultValue = {value}, showDefaultValue = Visibility.ALWAYS"


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command whose work is done by a class of the host's."""

    name: str
    """As the spec calls it."""
    cli: str
    type: str
    """The class of the command."""
    host: str
    """The class that does the work."""
    method: str
    database: bool
    description: str
    fields: tuple[FieldView, ...]
    options: tuple[OptionView, ...]
    """In the order in which the method takes them."""

    @property
    def plain(self) -> tuple[OptionView, ...]:
        """Those that are plain arguments."""
        return tuple(option for option in self.options if option.required and not option.flag)

    @property
    def named(self) -> tuple[OptionView, ...]:
        """Those that are options."""
        return tuple(option for option in self.options if option not in self.plain)


@dataclass(frozen=True, slots=True)
class MarkView:
    """A command that sets a field of one row to a state, such as `done`."""

    mark: Mark
    type: str
    """The class of the command."""
    method: str
    """As part of a method's name in tests."""
    java: str
    """The component of the row."""
    value: str
    """What it becomes."""
    before: str
    """Another value, as it is in JSON."""
    after: str
    """The value, as it is in JSON."""


@dataclass(frozen=True, slots=True)
class CliEntityView(command_views.CliEntityView[EntityView, OptionView, MarkView]):
    """See the base."""


@dataclass(frozen=True, slots=True)
class AliasView:
    """An operation of an entity under a name of its own at the top."""

    cli: str
    type: str


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
    class_ends: ClassVar[tuple[str, ...]] = ("Input", "Query", "Repository")
    open_packages: ClassVar[frozenset[str]] = frozenset({"cli"})

    @property
    def more_packages(self) -> dict[str, str]:
        """See the base."""
        return {command.host: "core" for command in self.operations}

    @property
    def stored(self) -> bool:
        """Whether something is kept."""
        return bool(self.entities)

    rules_place: ClassVar[str] = "values/"
    """Where in the application's package the rules of values are."""
    rules_package: ClassVar[str] = "values"

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
    def kinds(self) -> frozenset[str]:
        """Types of what is typed."""
        kept = {"Long"} if self.entities else set()
        return frozenset(kept | {option.type for option in self.options})

    @property
    def rules(self) -> frozenset[str]:
        """Functions of `Checks` in use."""
        fields = [field.check for entity in self.entities for field in entity.fields]
        used = [*fields, *(o.check for c in self.operations for o in c.options)]
        names = ("given", "text", "between", "decimal", "email", "url", "moment", "oneOf")
        found = {n for n in names if any(f".{n}(" in text for text in used)}
        return frozenset(found | ({"between", "oneOf"} if self.entities else set()))

    @property
    def reads(self) -> bool:
        """Whether anything is typed that is neither text nor a choice nor yes or no."""
        return bool(self.kinds & {*TYPES.values()} - {"Boolean"})

    @property
    def emptying(self) -> bool:
        """Whether something can be changed."""
        return any(item.options for item in self.items)

    def item(self, name: str) -> CliEntityView:
        """The commands of the entity of that name."""
        return next(item for item in self.items if item.entity.name == name)


def told(text: str) -> str:
    """Free text as a literal that picocli shows as it is: it fills in variables and formats."""
    return literal(text.replace("$", "$$").replace("%", "%%"))
