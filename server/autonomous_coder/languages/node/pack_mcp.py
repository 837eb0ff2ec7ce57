"""A spec as the templates of an MCP server in TypeScript see it: which tools there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.command_names import NAMES, Operations, marks_of
from autonomous_coder.languages.common.commands import SEARCH, Match, matches
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.node.pack_cli import view_command
from autonomous_coder.languages.node.pack_mcp_view import (
    CommandToolView,
    EntityToolsView,
    MarkToolView,
    McpView,
    SearchToolView,
    ToolView,
)
from autonomous_coder.languages.node.pack_names import RESERVED_MODULES
from autonomous_coder.languages.node.pack_package import (
    HostFunction,
    host_function,
    module_name,
    wanted_file,
)
from autonomous_coder.languages.node.pack_view import EntityView, SpecView
from autonomous_coder.models.spec import Command, Entity, ProjectSpec


def mcp_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with the server's tools.

    Raises:
        UnsupportedError: tools are asked for, and none of what is asked for can be built.
    """
    return _Builder(view, spec).build()


class _Builder:
    def __init__(self, view: SpecView, spec: ProjectSpec) -> None:
        self._view, self._spec = view, spec
        self._modules = Unique(
            [*RESERVED_MODULES, "about", *(module_name(command) for command in spec.commands)],
            suffix="-list",
        )
        self._meant: dict[str, tuple[Match, ...]] = {}
        self._written: list[tuple[Command, HostFunction]] = []
        self._missing: list[Command] = []
        for command in spec.commands:
            written = host_function(spec, command, view.suffix)
            if written is not None:
                self._written.append((command, written))
            elif found := matches(command, spec.entities):
                self._meant[command.name] = found
            else:
                self._missing.append(command)
        self._names = Unique([*(command.name for command, _ in self._written), *self._meant])

    def build(self) -> SpecView:
        hints = [wanted_file(command, self._view.suffix) for command in self._missing]
        if self._missing and not (self._written or self._meant or self._view.entities):
            raise UnsupportedError(
                f"no template knows what `{self._missing[0].name}` is to do",
                hint=f"{'; '.join(hints)[:1500]}. The tool checks the arguments, calls it and "
                "answers with what it returns; an Error is told to the assistant.",
            )
        stored = zip(self._view.entities, self._spec.entities, strict=True)
        entities = tuple(self._entity(*item) for item in stored)
        operations = tuple(view_command(*written) for written in self._written)
        commands = tuple(
            CommandToolView(
                ToolView(command.name, label(command.name).capitalize(), view.description), view
            )
            for (command, _), view in zip(self._written, operations, strict=True)
        )
        variable = f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE"
        return replace(
            self._view,
            summary=self._spec.description.strip() or f"The MCP server {self._spec.name}.",
            operations=operations,
            mcp=McpView(entities, commands, variable),
            notes=(
                *self._view.notes,
                *(
                    f"The tool `{command.name}` was left out: no template knows what it is to do. "
                    f"{hint}."
                    for command, hint in zip(self._missing, hints, strict=True)
                ),
            ),
            provides=tuple(f"command:{command.name}" for command, _ in self._written),
        )

    def _entity(self, view: EntityView, entity: Entity) -> EntityToolsView:
        taken = [f.name for f in view.fields] + [r.field for r in view.relations]
        meant = {
            name: [m for m in found if m.entity == entity.name]
            for name, found in self._meant.items()
        }
        tools = {op: self._tools(op, view, entity, meant) for op in NAMES}
        if not (view.fields or view.relations):
            tools["update"] = ()
        commands = [
            tuple(
                f"command:{name}"
                for name, found in meant.items()
                if any(m.operation == op for m in found)
            )
            for op in NAMES
        ]
        return EntityToolsView(
            entity=view,
            module=self._modules(view.module),
            operations=Operations(*(tools[op] for op in NAMES)),
            commands=Operations(*commands),
            marks=tuple(_marks(view, entity, meant)),
            searches=tuple(self._searches(view, entity, meant)),
            number=Unique(taken)(f"{view.snake}_id"),
            uri=f"{self._spec.name}://{view.path.strip('/')}",
        )

    def _tools(
        self, operation: str, view: EntityView, entity: Entity, meant: dict[str, list[Match]]
    ) -> tuple[ToolView, ...]:
        """The tool under each name that the spec has for it, or under its usual one."""
        one, many = f"{view.article} {view.label}", view.labels
        usual, title, more = {
            "add": (f"create_{view.snake}", f"Create {one}", ""),
            "list": (
                f"list_{entity.plural}",
                f"List {many}",
                ", page by page; arguments narrow the list down",
            ),
            "show": (f"get_{view.snake}", f"Read {one}", ""),
            "update": (
                f"update_{view.snake}",
                f"Change {one}",
                "; what is left out stays as it is, null empties what may be empty",
            ),
            "delete": (f"delete_{view.snake}", f"Delete {one}", " for good"),
        }[operation]
        asked = [
            name
            for name, found in meant.items()
            if any(m.operation == operation for m in found) and len(self._meant[name]) == 1
        ]
        return tuple(
            ToolView(name, title, f"{title}{more}.") for name in asked or [self._names(usual)]
        )

    def _searches(
        self, view: EntityView, entity: Entity, meant: dict[str, list[Match]]
    ) -> Iterable[SearchToolView]:
        for name, found in meant.items():
            if any(match.operation == SEARCH for match in found):
                alone = len(self._meant[name]) == 1
                shown = name if alone else self._names(f"search_{entity.plural}")
                about = f"List the {view.labels} that hold a text."
                yield SearchToolView(ToolView(shown, f"Search {view.labels}", about), name)
                return


def _marks(
    view: EntityView, entity: Entity, meant: dict[str, list[Match]]
) -> Iterable[MarkToolView]:
    labels = {field.name: field.label for field in view.fields}
    for mark in marks_of(entity, meant, str):
        about = f"Set {labels[mark.field]} of {view.article} {view.label} to {mark.said}."
        yield MarkToolView(
            tool=ToolView(mark.command, label(mark.command).capitalize(), about),
            command=mark.command,
            name=mark.field,
            value=json.dumps(mark.value),
            before=json.dumps(mark.before),
        )
