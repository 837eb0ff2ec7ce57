"""A spec as the templates of a command-line program see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.command_names import (
    NAMES,
    RESERVED_OPTIONS,
    CommandNames,
    Group,
    dashed,
)
from autonomous_coder.languages.common.commands import MARK, SEARCH
from autonomous_coder.languages.common.naming import Unique, label, pascal
from autonomous_coder.languages.python.pack_command_view import (
    AliasView,
    ArgumentView,
    CliEntityView,
    CliView,
    CommandView,
    MarkView,
    OptionView,
    SearchView,
)
from autonomous_coder.languages.python.pack_fields import FieldView, view_field
from autonomous_coder.languages.python.pack_names import (
    RESERVED_CLASSES,
    RESERVED_PARAMETERS,
)
from autonomous_coder.languages.python.pack_package import (
    HostFunction,
    function_name,
    host_function,
    keyword_of,
    model_name,
    package_name,
    wanted_file,
)
from autonomous_coder.languages.python.pack_view import EntityView, RelationView, SpecView
from autonomous_coder.models.spec import Command, FieldType, ProjectSpec

KINDS = {"integer": "int", "float": "float", "boolean": "bool"}
METAVARS = {
    "string": "TEXT", "text": "TEXT", "decimal": "NUMBER", "date": "YYYY-MM-DD",
    "datetime": "YYYY-MM-DDTHH:MM:SSZ", "email": "ADDRESS", "url": "URL", "uuid": "UUID",
}  # fmt: skip


def cli_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with the program's commands.

    Raises:
        UnsupportedError: commands are asked for, and none of what is asked for can be built.
    """
    return _Builder(view, spec).build()


class _Builder:
    def __init__(self, view: SpecView, spec: ProjectSpec) -> None:
        self._view, self._spec = view, spec
        self._package = package_name(spec)
        self._functions: dict[str, HostFunction] = {}
        self._modules = Unique(function_name(command) for command in spec.commands)
        self._names = CommandNames(spec, self._is_written)

    def _is_written(self, command: Command) -> bool:
        """The host's file comes first: it says what the command means."""
        written = host_function(self._spec, self._package, command)
        if written is not None:
            self._functions[command.name] = written
        return written is not None

    def build(self) -> SpecView:
        names = self._names
        hints = [wanted_file(self._package, command) for command in names.missing]
        if names.missing and not (names.meant or names.written or self._view.entities):
            raise UnsupportedError(
                f"no template knows what `{names.missing[0].name}` is to do",
                hint=f"{'; '.join(hints)[:1500]}. The program checks the arguments, calls it "
                "and prints what it returns; a ValueError is told to the user.",
            )
        groups = zip(self._view.entities, names.groups, strict=True)
        entities = tuple(self._entity(*item) for item in groups)
        notes = [
            f"The command `{command.name}` was left out: no template knows what it is to do. "
            f"{hint}."
            for command, hint in zip(names.missing, hints, strict=True)
        ]
        variable = f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE"
        return replace(
            self._view,
            package=self._package,
            root=f"src/{self._package}",
            stored=bool(entities),
            summary=self._spec.description.strip()
            or f"The command-line program {self._spec.name}.",
            operations=tuple(self._command(command) for command in names.written),
            cli=CliView(entities, tuple(self._aliases(entities)), variable),
            notes=(*self._view.notes, *notes),
            provides=tuple(f"command:{command.name}" for command in names.written),
        )

    def _entity(self, entity: EntityView, group: Group) -> CliEntityView:
        used = Unique(RESERVED_OPTIONS, suffix="-value")
        parameters = Unique(RESERVED_PARAMETERS | {f"{entity.snake}_id"})
        options = [_of_field(f, used, parameters) for f in entity.fields]
        options += [_of_relation(r, used, parameters) for r in entity.relations]
        first = next((f for f in entity.fields if f.required), None)
        plain = first is not None and first.type == "string"
        return CliEntityView(
            entity=entity,
            group=group.group,
            module=self._modules(entity.module),
            names=group.names,
            commands=group.commands,
            options=tuple(options),
            positional=next((o for o in options if first and plain and o.name == first.name), None),
            filters=tuple(_filters(entity, options)),
            marks=tuple(_marks(entity, group)),
            searches=tuple(
                SearchView(search.command, search.cli, f"search_{entity.snakes}")
                for search in group.searches
            ),
            number=f"{entity.snake}_id",
        )

    def _aliases(self, entities: tuple[CliEntityView, ...]) -> Iterable[AliasView]:
        by_name = {item.entity.name: item for item in entities}
        for alias in self._names.aliases:
            item = by_name[alias.entity]
            if alias.operation == SEARCH:
                function = item.searches[0].function
            elif alias.operation == MARK:
                function = next(m.function for m in item.marks if m.command == alias.command)
            else:
                function = operation_function(item, alias.operation)
            yield AliasView(alias.cli, item.module, function)

    def _command(self, command: Command) -> CommandView:
        written = self._functions[command.name]
        used = Unique(RESERVED_OPTIONS, suffix="-value")
        parameters = Unique(RESERVED_PARAMETERS)
        classes = Unique(RESERVED_CLASSES | {model_name(command)}, suffix="Value")
        arguments = []
        for field in command.arguments:
            enum = classes(pascal(field.name)) if field.type is FieldType.ENUM else ""
            view = view_field(command.name, field, enum, field.name)
            given = _of_field(view, used, parameters)
            positional = view.required and view.type != "boolean"
            arguments.append(ArgumentView(view, given, positional, keyword_of(field)))
        return CommandView(
            name=command.name,
            cli=self._names.shown[command.name],
            module=function_name(command),
            function=written.name,
            model=classes(model_name(command).removesuffix("Arguments") + "Request"),
            description=command.description or label(command.name).capitalize() + ".",
            arguments=tuple(arguments),
            session=written.session,
        )


def operation_function(item: CliEntityView, operation: str) -> str:
    """The function behind an operation of an entity."""
    entity = item.entity
    return f"{operation}_{entity.snakes if operation == 'list' else entity.snake}"


def _marks(entity: EntityView, group: Group) -> Iterable[MarkView]:
    fields = {field.name: field for field in entity.fields}
    functions = Unique({f"{op}_{entity.snake}" for op in (*NAMES, "list_")})
    for mark in group.marks:
        name = mark.command if mark.named else f"{mark.command}_{entity.snake}"
        yield MarkView(
            command=mark.command,
            cli=mark.cli,
            function=functions(name),
            name=mark.field,
            attr=fields[mark.field].attr,
            label=fields[mark.field].label,
            value=repr(mark.value),
            before=repr(mark.before),
            said=mark.said,
        )


def _of_field(field: FieldView, used: Unique, parameters: Unique) -> OptionView:
    option = used(dashed(field.name))
    flag = field.type == "boolean"
    if flag:
        used(f"no-{option}")
    return OptionView(
        name=field.name,
        label=field.label,
        parameter=parameters(field.attr),
        option=option,
        kind=field.enum_class or KINDS.get(field.type, "str"),
        flag=flag,
        many=False,
        metavar=METAVARS.get(field.type, ""),
        help=field.description,
    )


def _of_relation(relation: RelationView, used: Unique, parameters: Unique) -> OptionView:
    wanted = relation.field.removesuffix("s") if relation.many else relation.field
    what = f"Number of the {relation.target.label}."
    if relation.many:
        what = f"Number of a {relation.target.label}; may be given again."
    return OptionView(
        name=relation.field,
        label=relation.label,
        parameter=parameters(relation.attr),
        option=used(dashed(wanted)),
        kind="int",
        flag=False,
        many=relation.many,
        metavar="ID",
        help=repr(what),
    )


def _filters(entity: EntityView, options: list[OptionView]) -> Iterable[OptionView]:
    """Options of a list, named as what checks them calls them."""
    by_name = {option.name: option for option in options}
    for field in entity.filters:
        yield replace(by_name[field.name], name=field.query)
    for relation in entity.relations:
        yield replace(by_name[relation.field], name=relation.query, many=False)
