"""A spec as the templates of an MCP server see it: which tools there are, and what they take."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import fields, replace

from autonomous_coder.languages.common.command_names import Operations
from autonomous_coder.languages.common.commands import MARK, SEARCH, Match
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.python.pack_asked import asked
from autonomous_coder.languages.python.pack_command_view import (
    ArgumentView,
    CommandView,
    OptionView,
)
from autonomous_coder.languages.python.pack_fields import FieldView, view_field
from autonomous_coder.languages.python.pack_mcp_view import (
    CommandToolView,
    EntityToolsView,
    MarkToolView,
    McpSpecView,
    McpView,
    ParameterView,
    SearchToolView,
    ToolView,
)
from autonomous_coder.languages.python.pack_names import RESERVED_ATTRIBUTES
from autonomous_coder.languages.python.pack_package import (
    HostFunction,
    function_name,
    keyword_of,
    package_name,
)
from autonomous_coder.languages.python.pack_view import EntityView, RelationView, SpecView
from autonomous_coder.models.spec import Command, FieldType, ProjectSpec

OPERATIONS = ("add", "list", "show", "update", "delete")
HINTS = {"add": "ADDS", "list": "READS", "show": "READS", "update": "CHANGES", "delete": "DELETES"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RESERVED = RESERVED_ATTRIBUTES | _words(
    """ctx data query row rows items session service total limit offset sort search clear text core
    opened checked changed told answer Annotated Context Database Decimal Field Literal Page RowId
    AwareDatetime EmailStr PlainText Url MAX_ID"""
)
"""Names that the functions behind tools use."""
_PLAIN = {"boolean", "integer", "float", "string", "text", "email", "url"}
"""Types whose defaults are literals that can stand in a signature."""


def mcp_view(view: SpecView, spec: ProjectSpec) -> McpSpecView:
    """The view with the server's tools.

    Raises:
        UnsupportedError: tools are asked for, and none of what is asked for can be built.
    """
    return _Builder(view, spec).build()


class _Builder:
    def __init__(self, view: SpecView, spec: ProjectSpec) -> None:
        self._view, self._spec = view, spec
        self._package = package_name(spec)
        self._modules = Unique(function_name(command) for command in spec.commands)
        self._asked = asked(spec, self._package)
        self._meant = self._asked.meant
        self._names = Unique(
            [*(command.name for command, _ in self._asked.written), *self._meant], suffix="_"
        )

    def build(self) -> McpSpecView:
        self._asked.refuse_nothing(
            "The tool checks the arguments, calls it and answers with what it returns; a "
            "ValueError is told to the assistant.",
            anything=bool(self._view.entities),
        )
        entities = tuple(self._entity(entity) for entity in self._view.entities)
        made = replace(
            self._view,
            package=self._package,
            root=f"src/{self._package}",
            stored=bool(entities),
            summary=self._spec.description.strip() or f"The MCP server {self._spec.name}.",
            notes=(*self._view.notes, *self._asked.notes("tool")),
            provides=self._asked.provides,
        )
        made = replace(
            made, operations=tuple(_operation(*written) for written in self._asked.written)
        )
        commands = tuple(self._command(*written) for written in self._asked.written)
        known = {field.name: getattr(made, field.name) for field in fields(made)}
        variable = f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE"
        return McpSpecView(**known, mcp=McpView(entities, commands, variable))

    def _entity(self, entity: EntityView) -> EntityToolsView:
        taken = [f.name for f in entity.fields] + [r.field for r in entity.relations]
        number = Unique([*taken, *(f.query for f in entity.fields)])(f"{entity.snake}_id")
        parameters = Unique({*RESERVED, number})
        members = [_of_field(field, parameters) for field in entity.fields]
        members += [_of_relation(relation, parameters) for relation in entity.relations]
        meant = {
            name: [m for m in found if m.entity == entity.name]
            for name, found in self._meant.items()
        }
        module = self._modules(entity.module)
        tools = {op: self._tools(op, entity, module, meant) for op in OPERATIONS}
        if not members:
            tools["update"] = ()
        commands = {
            op: tuple(
                f"command:{name}" for name, found in meant.items()
                if any(m.operation == op for m in found)
            )
            for op in OPERATIONS
        }  # fmt: skip
        clearable = [field.name for field in entity.fields if field.nullable]
        clearable += [link.field for link in entity.links if not link.required]
        return EntityToolsView(
            entity=entity,
            module=module,
            operations=Operations(*(tools[op] for op in OPERATIONS)),
            commands=Operations(*(commands[op] for op in OPERATIONS)),
            parameters=tuple(members),
            filters=tuple(_filters(entity, members)),
            clearable=tuple(clearable),
            marks=tuple(self._marks(entity, module, meant)),
            searches=tuple(self._searches(entity, module, meant)),
            number=number,
            uri=f"{self._spec.name}://{entity.path.strip('/')}",
        )

    def _tools(
        self, operation: str, entity: EntityView, module: str, meant: dict[str, list[Match]]
    ) -> tuple[ToolView, ...]:
        """The tool under each name that the spec has for it, or under its usual one."""
        one, many = f"{entity.article} {entity.label}", entity.labels
        function, title = {
            "add": (f"create_{entity.snake}", f"Create {one}"),
            "list": (f"list_{entity.snakes}", f"List {many}"),
            "show": (f"get_{entity.snake}", f"Read {one}"),
            "update": (f"update_{entity.snake}", f"Change {one}"),
            "delete": (f"delete_{entity.snake}", f"Delete {one}"),
        }[operation]
        asked = [
            name for name, found in meant.items()
            if any(m.operation == operation for m in found) and len(self._meant[name]) == 1
        ]  # fmt: skip
        return tuple(
            ToolView(name, function, module, repr(title), HINTS[operation])
            for name in asked or [self._names(function)]
        )

    def _marks(
        self, entity: EntityView, module: str, meant: dict[str, list[Match]]
    ) -> Iterable[MarkToolView]:
        by_name = {field.name: field for field in entity.fields}
        taken = [f"{verb}_{entity.snake}" for verb in ("create", "get", "update", "delete")]
        functions = Unique([*taken, f"list_{entity.snakes}"])
        for name, found in meant.items():
            for match in (m for m in found if m.operation == MARK):
                field = by_name[match.field]
                states = [ast.literal_eval(value) for _, value in field.members]
                other = next((s for s in states if s != match.value), match.value)
                flag = isinstance(match.value, bool)
                function = functions(name if match.named else f"{name}_{entity.snake}")
                title = f"{label(name).capitalize()}"
                yield MarkToolView(
                    tool=ToolView(name, function, module, repr(title), "CHANGES"),
                    command=name,
                    name=field.name,
                    label=field.label,
                    value=repr(match.value),
                    before=repr(not match.value if flag else other),
                    said=("no", "yes")[match.value is True] if flag else label(str(match.value)),
                )

    def _searches(
        self, entity: EntityView, module: str, meant: dict[str, list[Match]]
    ) -> Iterable[SearchToolView]:
        for name, found in meant.items():
            if any(match.operation == SEARCH for match in found):
                shown = name
                if len(self._meant[name]) > 1:
                    shown = self._names(f"search_{entity.snakes}")
                title = repr(f"Search {entity.labels}")
                tool = ToolView(shown, f"search_{entity.snakes}", module, title, "READS")
                yield SearchToolView(tool, name)
                return

    def _command(self, command: Command, written: HostFunction) -> CommandToolView:
        parameters = Unique(RESERVED)
        arguments = list(zip(command.arguments, _views(command), strict=True))
        description = command.description or f"{label(command.name).capitalize()}."
        module = function_name(command)
        return CommandToolView(
            tool=ToolView(
                command.name, f"run_{module}", module, repr(label(command.name).capitalize()),
                "ACTS", description=repr(description), structured=False,
            ),
            about=description,
            module=module,
            function=written.name,
            parameters=tuple(
                replace(_of_field(view, parameters), keyword=keyword_of(field))
                for field, view in arguments
            ),
            session=written.session,
            samples=tuple((v.name, v.sample) for _, v in arguments if v.required),
            invalid=tuple((v.name, v.invalid) for _, v in arguments if v.type != "boolean"),
        )  # fmt: skip


def _operation(command: Command, written: HostFunction) -> CommandView:
    """A command of the host's as all packages see it."""
    views = _views(command)
    return CommandView(
        name=command.name,
        cli="",
        module=function_name(command),
        function=written.name,
        model="",
        description=command.description,
        arguments=tuple(
            ArgumentView(
                view,
                OptionView(
                    view.name,
                    view.label,
                    view.attr,
                    option="",
                    kind="",
                    flag=False,
                    many=False,
                    metavar="",
                    help="",
                ),
                positional=False,
                keyword=keyword_of(field),
            )
            for field, view in zip(command.arguments, views, strict=True)
        ),
        session=written.session,
    )


def _views(command: Command) -> list[FieldView]:
    """What is known of each argument; that an argument is unique means nothing."""
    plain = [field.model_copy(update={"unique": False}) for field in command.arguments]
    enums = {FieldType.ENUM: "Choice"}
    return [view_field(command.name, f, enums.get(f.type, ""), f.name) for f in plain]


def _of_field(field: FieldView, parameters: Unique) -> ParameterView:
    annotation, default = field.annotation, "None"
    if field.enum_class:
        annotation = f"Literal[{', '.join(value for _, value in field.members)}]"
    if field.default and field.type in _PLAIN:
        default = field.default
    elif field.default and field.enum_class:
        member = field.default.rpartition(".")[2]
        default = next(value for name, value in field.members if name == member)
    return ParameterView(
        name=field.name,
        parameter=parameters(field.attr),
        annotation=annotation,
        constraints=field.constraints,
        description=field.description,
        required=field.required,
        default=default,
    )


def _of_relation(relation: RelationView, parameters: Unique) -> ParameterView:
    what = f"Number of the {relation.target.label}."
    if relation.many:
        what = f"Numbers of {relation.label}."
    return ParameterView(
        name=relation.field,
        parameter=parameters(relation.attr),
        annotation="list[RowId]" if relation.many else "RowId",
        constraints="max_length=100" if relation.many else "",
        description=repr(what),
        required=relation.required and not relation.many,
    )


def _filters(entity: EntityView, members: list[ParameterView]) -> Iterable[ParameterView]:
    """Parameters of a list, named as what checks them calls them; without bounds of their own."""
    by_name = {parameter.name: parameter for parameter in members}
    for field in entity.filters:
        known = by_name[field.name]
        yield replace(
            known, name=field.query, constraints=field.sought,
            description=repr(f"Only those with this {field.label}."),
        )  # fmt: skip
    for relation in entity.relations:
        yield replace(
            by_name[relation.field], name=relation.query, annotation="RowId", constraints="",
            description=repr(f"Only those with this {relation.target.label}."),
        )  # fmt: skip
