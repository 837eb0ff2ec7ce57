"""What the templates of an MCP server read beside a spec's entities: tools and their parameters."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from autonomous_coder.languages.common.command_names import Operations
from autonomous_coder.languages.python.pack_view import EntityView, SpecView


@dataclass(frozen=True, slots=True)
class ParameterView:
    """An argument of a tool. Strings other than names are Python expressions."""

    name: str
    """As assistants call it."""
    parameter: str
    """The name of the function's parameter."""
    annotation: str
    constraints: str
    description: str
    required: bool
    default: str = "None"
    keyword: str = ""
    """The name by which the host's function takes it."""

    @property
    def given(self) -> str:
        """The parameter where a new thing is made, or a command is run."""
        if self.required:
            return f"{self.parameter}: {self._type(optional=False)}"
        optional = self.default == "None"
        return f"{self.parameter}: {self._type(optional=optional)} = {self.default}"

    @property
    def optional(self) -> str:
        """The parameter where it may be left out."""
        return f"{self.parameter}: {self._type(optional=True)} = None"

    def _type(self, *, optional: bool) -> str:
        alias = f"validation_alias={self.name!r}" if self.parameter != self.name else ""
        outer = ", ".join(
            part for part in (f"description={self.description}" * bool(self.description), alias)
            if part
        )  # fmt: skip
        if not optional:
            inside = ", ".join(part for part in (self.constraints, outer) if part)
            return f"Annotated[{self.annotation}, Field({inside})]" if inside else self.annotation
        inner = self.annotation
        if self.constraints:
            inner = f"Annotated[{inner}, Field({self.constraints})]"
        return f"Annotated[{inner} | None, Field({outer})]" if outer else f"{inner} | None"


@dataclass(frozen=True, slots=True)
class ToolView:
    """A tool: the function behind it, and what assistants are told."""

    name: str
    function: str
    module: str
    title: str
    """A Python expression."""
    hints: str
    """The constant that holds its annotations."""
    description: str = ""
    """A Python expression; empty where the function's own docstring says it."""
    structured: bool = True

    @property
    def plain(self) -> str:
        """The title as text."""
        return str(ast.literal_eval(self.title))

    @property
    def made(self) -> str:
        """The call that makes it."""
        name = f', name="{self.name}"' if self.name != self.function else ""
        description = f", description={self.description}" if self.description else ""
        text = ", structured=False" if not self.structured else ""
        return (
            f"tool({self.module}.{self.function}, {self.title}, {self.hints}"
            f"{name}{description}{text})"
        )


@dataclass(frozen=True, slots=True)
class MarkToolView:
    """A tool that sets a field of one row to a state, such as `done`."""

    tool: ToolView
    command: str
    name: str
    """The field."""
    label: str
    value: str
    """What it is set to, as a Python expression of a JSON value."""
    before: str
    """Another such value where there is one."""
    said: str
    """The state in words."""


@dataclass(frozen=True, slots=True)
class SearchToolView:
    """A tool that looks for a text."""

    tool: ToolView
    command: str

    @property
    def capability(self) -> str:
        """What its tests prove."""
        return f"command:{self.command}"


@dataclass(frozen=True, slots=True)
class EntityToolsView:
    """The tools of one entity; the first name of an operation is the one that tests use."""

    entity: EntityView
    module: str
    operations: Operations[tuple[ToolView, ...]]
    commands: Operations[tuple[str, ...]]
    """Commands of the spec that each fulfils, as capabilities."""
    parameters: tuple[ParameterView, ...]
    filters: tuple[ParameterView, ...]
    clearable: tuple[str, ...]
    """Members that may be emptied."""
    marks: tuple[MarkToolView, ...]
    searches: tuple[SearchToolView, ...]
    number: str
    """The parameter that takes a row's number."""
    uri: str
    """Of the list; a row's has its number after it."""

    @property
    def tools(self) -> tuple[ToolView, ...]:
        """All of them, in the order they are listed."""
        found = self.operations
        some = (*found.list, *found.show, *found.add, *found.update, *found.delete)
        return (*some, *(m.tool for m in self.marks), *(s.tool for s in self.searches))

    @property
    def demanded(self) -> tuple[ParameterView, ...]:
        return tuple(p for p in self.parameters if p.required)

    @property
    def allowed(self) -> tuple[ParameterView, ...]:
        return tuple(p for p in self.parameters if not p.required)


@dataclass(frozen=True, slots=True)
class CommandToolView:
    """A tool whose work is done by a file of the host's."""

    tool: ToolView
    about: str
    """What it does; free text."""
    module: str
    """Of `core/`."""
    function: str
    parameters: tuple[ParameterView, ...]
    session: bool
    """Whether the function takes the open session of the database."""
    samples: tuple[tuple[str, str], ...]
    """Name and value of each argument that is demanded, as a Python expression."""
    invalid: tuple[tuple[str, str], ...]
    """As `samples`, with values that are refused."""

    @property
    def ordered(self) -> tuple[ParameterView, ...]:
        """Those that are demanded first."""
        return tuple(sorted(self.parameters, key=lambda p: not p.required))


@dataclass(frozen=True, slots=True)
class McpView:
    """A whole MCP server."""

    entities: tuple[EntityToolsView, ...]
    commands: tuple[CommandToolView, ...]
    variable: str
    """The environment variable that names the data file."""

    def of(self, name: str) -> EntityToolsView:
        """The tools of the entity of that name."""
        return next(item for item in self.entities if item.entity.name == name)

    @property
    def tools(self) -> tuple[ToolView, ...]:
        """All tools, in the order they are listed."""
        of_entities = (tool for item in self.entities for tool in item.tools)
        return (*of_entities, *(command.tool for command in self.commands))


@dataclass(frozen=True, slots=True, kw_only=True)
class McpSpecView(SpecView):
    """A spec as the templates of an MCP server see it."""

    mcp: McpView
