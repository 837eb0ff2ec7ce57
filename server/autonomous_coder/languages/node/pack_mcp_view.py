"""What the templates of an MCP server read beside a spec's entities: tools and their arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autonomous_coder.languages.common.command_names import Operations

if TYPE_CHECKING:
    from autonomous_coder.languages.node.pack_command_view import CommandView
    from autonomous_coder.languages.node.pack_view import EntityView


@dataclass(frozen=True, slots=True)
class ToolView:
    """A tool, as assistants see it."""

    name: str
    title: str
    about: str
    """What it does, in a sentence."""


@dataclass(frozen=True, slots=True)
class MarkToolView:
    """A tool that sets a field of one row to a state, such as `done`."""

    tool: ToolView
    command: str
    """As the spec calls it."""
    name: str
    """The field."""
    value: str
    """What it is set to, as an expression."""
    before: str
    """Another such value where there is one."""


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
    """The tools for one entity."""

    entity: EntityView
    module: str
    operations: Operations[tuple[ToolView, ...]]
    """Tools that do each operation: one, or as many as the spec has names for it."""
    commands: Operations[tuple[str, ...]]
    """Commands of the spec that each fulfils, as capabilities."""
    marks: tuple[MarkToolView, ...]
    searches: tuple[SearchToolView, ...]
    number: str
    """The argument that says which row is meant."""
    uri: str
    """Of the resource that holds the rows."""

    @property
    def tools(self) -> tuple[ToolView, ...]:
        """All of them, in the order in which they are offered."""
        known = self.operations
        usual = (*known.list, *known.show, *known.add, *known.update, *known.delete)
        return (*usual, *(m.tool for m in self.marks), *(s.tool for s in self.searches))

    @property
    def lists(self) -> tuple[ToolView, ...]:
        """Tools that answer with a page."""
        return (*self.operations.list, *(search.tool for search in self.searches))


@dataclass(frozen=True, slots=True)
class CommandToolView:
    """A tool whose work is done by a file of the host's."""

    tool: ToolView
    command: CommandView


@dataclass(frozen=True, slots=True)
class McpView:
    """A whole server."""

    entities: tuple[EntityToolsView, ...]
    commands: tuple[CommandToolView, ...]
    variable: str
    """The environment variable that names the data file."""

    @property
    def tools(self) -> tuple[ToolView, ...]:
        """All tools, in the order in which they are offered."""
        kept = [tool for item in self.entities for tool in item.tools]
        return (*kept, *(item.tool for item in self.commands))

    def of(self, name: str) -> EntityToolsView:
        """The tools for the entity of that name."""
        return next(item for item in self.entities if item.entity.name == name)
