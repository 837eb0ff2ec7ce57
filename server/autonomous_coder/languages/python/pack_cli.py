"""A spec as the templates of a command-line program see it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.commands import MARK, SEARCH, Match, matches
from autonomous_coder.languages.common.naming import Unique, label, pascal
from autonomous_coder.languages.python.pack_command_view import (
    AliasView,
    ArgumentView,
    CliEntityView,
    CliView,
    CommandView,
    MarkView,
    Operations,
    OptionView,
    SearchView,
)
from autonomous_coder.languages.python.pack_fields import FieldView, view_field
from autonomous_coder.languages.python.pack_names import (
    RESERVED_CLASSES,
    RESERVED_OPTIONS,
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

NAMES = ("add", "list", "show", "update", "delete")
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
        self._modules = Unique(function_name(command) for command in spec.commands)
        self._top = Unique(suffix="-command")
        self._single = len(view.entities) == 1
        self._meant: dict[str, tuple[Match, ...]] = {}
        self._written: list[tuple[Command, HostFunction]] = []
        self._missing: list[Command] = []
        for command in spec.commands:
            self._sort(command)

    def _sort(self, command: Command) -> None:
        """The host's file comes first: it says what the command means."""
        written = host_function(self._spec, self._package, command)
        if written is not None:
            self._written.append((command, written))
        elif found := matches(command, self._spec.entities):
            self._meant[command.name] = found
        else:
            self._missing.append(command)

    def build(self) -> SpecView:
        hints = [wanted_file(self._package, command) for command in self._missing]
        if self._missing and not (self._meant or self._written or self._view.entities):
            raise UnsupportedError(
                f"no template knows what `{self._missing[0].name}` is to do",
                hint=f"{'; '.join(hints)[:1500]}. The program checks the arguments, calls it "
                "and prints what it returns; a ValueError is told to the user.",
            )
        entities = tuple(self._entity(entity) for entity in self._view.entities)
        aliases = tuple(self._aliases(entities))
        notes = [
            f"The command `{command.name}` was left out: no template knows what it is to do. "
            f"{hint}."
            for command, hint in zip(self._missing, hints, strict=True)
        ]
        variable = f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE"
        return replace(
            self._view,
            package=self._package,
            root=f"src/{self._package}",
            stored=bool(entities),
            summary=self._spec.description.strip()
            or f"The command-line program {self._spec.name}.",
            operations=tuple(self._command(*written) for written in self._written),
            cli=CliView(entities, aliases, variable),
            notes=(*self._view.notes, *notes),
            provides=tuple(f"command:{command.name}" for command, _ in self._written),
        )

    def _entity(self, entity: EntityView) -> CliEntityView:
        used = Unique(RESERVED_OPTIONS, suffix="-value")
        parameters = Unique(RESERVED_PARAMETERS | {f"{entity.snake}_id"})
        options = [_of_field(f, used, parameters) for f in entity.fields]
        options += [_of_relation(r, used, parameters) for r in entity.relations]
        first = next((f for f in entity.fields if f.required), None)
        plain = first is not None and first.type == "string"
        meant = {
            name: [m for m in found if m.entity == entity.name]
            for name, found in self._meant.items()
        }
        commands = [
            tuple(
                f"command:{name}" for name, found in meant.items()
                if any(m.operation == op for m in found)
            )
            for op in NAMES
        ]  # fmt: skip
        group = "" if self._single else self._top(entity.plural.strip("_").replace("_", "-"))
        inside = self._top if self._single else Unique(suffix="-command")
        names = [inside(self._called(op, meant) if self._single else op) for op in NAMES]
        return CliEntityView(
            entity=entity,
            group=group,
            module=self._modules(entity.module),
            names=Operations(*names),
            commands=Operations(*commands),
            options=tuple(options),
            positional=next((o for o in options if first and plain and o.name == first.name), None),
            filters=tuple(_filters(entity, options)),
            marks=tuple(self._marks(entity, meant, inside)),
            searches=tuple(
                SearchView(
                    name,
                    inside(_dashed(name) if self._single else SEARCH),
                    f"search_{entity.snakes}",
                )
                for name, found in meant.items()
                if any(match.operation == SEARCH for match in found)
            )[:1],
            number=f"{entity.snake}_id",
        )

    def _called(self, operation: str, meant: dict[str, list[Match]]) -> str:
        """The name the spec has for an operation: the first bare one, such as `remove`."""
        for name, found in meant.items():
            if any(m.operation == operation and not m.named for m in found):
                return _dashed(name)
        return operation

    def _marks(
        self, entity: EntityView, meant: dict[str, list[Match]], inside: Unique
    ) -> Iterable[MarkView]:
        fields = {field.name: field for field in entity.fields}
        functions = Unique({f"{op}_{entity.snake}" for op in (*NAMES, "list_")})
        for name, found in meant.items():
            for match in found:
                if match.operation == MARK:
                    field = fields[match.field]
                    states = [ast.literal_eval(value) for _, value in field.members]
                    other = next((s for s in states if s != match.value), match.value)
                    flag = isinstance(match.value, bool)
                    yield MarkView(
                        command=name,
                        cli=inside(_dashed(name)),
                        function=functions(f"{name}_{entity.snake}" if not match.named else name),
                        name=field.name,
                        attr=field.attr,
                        label=field.label,
                        value=repr(match.value),
                        before=repr(not match.value if flag else other),
                        said=label(str(match.value))
                        if not flag
                        else ("no", "yes")[match.value is True],
                    )

    def _aliases(self, entities: tuple[CliEntityView, ...]) -> Iterable[AliasView]:
        """Names at the top for what is in a group, or has another name there."""
        by_name = {item.entity.name: item for item in entities}
        for name, found in self._meant.items():
            for match in found:
                item = by_name[match.entity]
                shown = _dashed(name)
                if match.operation == SEARCH:
                    if item.group:
                        yield AliasView(self._top(shown), item.module, item.searches[0].function)
                elif match.operation == MARK:
                    mark = next(m for m in item.marks if m.command == name)
                    if item.group:
                        yield AliasView(self._top(shown), item.module, mark.function)
                elif match.named or len(found) == 1:
                    if self._single and item.names.of(match.operation) == shown:
                        continue
                    yield AliasView(
                        self._top(shown), item.module, operation_function(item, match.operation)
                    )

    def _command(self, command: Command, written: HostFunction) -> CommandView:
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
            cli=self._top(_dashed(command.name)),
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


def _dashed(name: str) -> str:
    return name.strip("_").replace("_", "-")


def _of_field(field: FieldView, used: Unique, parameters: Unique) -> OptionView:
    option = used(_dashed(field.name))
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
        option=used(_dashed(wanted)),
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
