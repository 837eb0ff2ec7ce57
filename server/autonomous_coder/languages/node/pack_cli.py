"""A spec as the templates of a command-line program in TypeScript or JavaScript see it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.command_names import (
    RESERVED_OPTIONS,
    CommandNames,
    Group,
    dashed,
)
from autonomous_coder.languages.common.commands import MARK, SEARCH
from autonomous_coder.languages.common.naming import Unique, label, pascal
from autonomous_coder.languages.node.pack_command_view import (
    AliasView,
    ArgumentView,
    CliEntityView,
    CliView,
    CommandView,
    MarkView,
    OptionView,
    SearchView,
)
from autonomous_coder.languages.node.pack_fields import FieldView, literal, view_field
from autonomous_coder.languages.node.pack_names import (
    RESERVED_CONSTANTS,
    RESERVED_MODULES,
    RESERVED_VARIABLES,
    camel,
)
from autonomous_coder.languages.node.pack_package import (
    HostFunction,
    host_function,
    module_name,
    wanted_file,
)
from autonomous_coder.languages.node.pack_view import EntityView, RelationView, SpecView
from autonomous_coder.models.spec import Command, FieldType, ProjectSpec

PARSERS = {"integer": "wholeNumber", "float": "realNumber"}
METAVARS = {
    "string": "TEXT", "text": "TEXT", "integer": "INTEGER", "float": "NUMBER", "decimal": "NUMBER",
    "date": "YYYY-MM-DD", "datetime": "YYYY-MM-DDTHH:MM:SSZ", "email": "ADDRESS", "url": "URL",
    "uuid": "UUID", "enum": "CHOICE",
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
        self._functions: dict[str, HostFunction] = {}
        self._modules = Unique(
            [*RESERVED_MODULES, *(module_name(command) for command in spec.commands)],
            suffix="-list",
        )
        self._variables = Unique(RESERVED_VARIABLES, suffix="Group")
        self._names = CommandNames(spec, self._is_written)

    def _is_written(self, command: Command) -> bool:
        """The host's file comes first: it says what the command means."""
        written = host_function(self._spec, command, self._view.suffix)
        if written is not None:
            self._functions[command.name] = written
        return written is not None

    def build(self) -> SpecView:
        names = self._names
        hints = [wanted_file(command, self._view.suffix) for command in names.missing]
        if names.missing and not (names.meant or names.written or self._view.entities):
            raise UnsupportedError(
                f"no template knows what `{names.missing[0].name}` is to do",
                hint=f"{'; '.join(hints)[:1500]}. The program checks the arguments, calls it "
                "and prints what it returns; an Error is told to the user.",
            )
        groups = zip(self._view.entities, names.groups, strict=True)
        entities = tuple(self._entity(*item) for item in groups)
        notes = [
            f"The command `{command.name}` was left out: no template knows what it is to do. "
            f"{hint}."
            for command, hint in zip(names.missing, hints, strict=True)
        ]
        return replace(
            self._view,
            summary=self._spec.description.strip()
            or f"The command-line program {self._spec.name}.",
            operations=tuple(
                view_command(command, self._functions[command.name], names.shown[command.name])
                for command in names.written
            ),
            cli=CliView(
                entities,
                tuple(self._aliases(entities)),
                f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE",
            ),
            notes=(*self._view.notes, *notes),
            provides=tuple(f"command:{command.name}" for command in names.written),
        )

    def _entity(self, entity: EntityView, group: Group) -> CliEntityView:
        used = Unique(RESERVED_OPTIONS, suffix="-value")
        options = [_of_field(field, used) for field in entity.fields]
        options += [_of_relation(relation, used) for relation in entity.relations]
        first = next((f for f in entity.fields if f.required), None)
        plain = first is not None and first.type == "string"
        return CliEntityView(
            entity=entity,
            group=group.group,
            variable=self._variables(camel(entity.table)),
            module=self._modules(entity.module),
            names=group.names,
            commands=group.commands,
            options=tuple(options),
            positional=next((o for o in options if first and plain and o.name == first.name), None),
            filters=tuple(_filters(entity, options)),
            marks=tuple(_marks(entity, group)),
            searches=tuple(
                SearchView(search.command, search.cli, f"search{entity.types}Command")
                for search in group.searches
            ),
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
                function = item.functions.of(alias.operation)
            yield AliasView(alias.cli, item.module, function)


def view_command(command: Command, written: HostFunction, cli: str = "") -> CommandView:
    """A command of the host's; `cli` is what is typed for it."""
    used = Unique(RESERVED_OPTIONS, suffix="-value")
    constants, variables = Unique(RESERVED_CONSTANTS), Unique(RESERVED_VARIABLES)
    arguments = []
    for field in command.arguments:
        values = ""
        if field.type is FieldType.ENUM:
            values = constants(camel(f"{field.name}_values"))
        view = view_field(command.name, field, values, field.name, text=False)
        positional = view.required and view.type != "boolean"
        given = _of_field(view, used)
        arguments.append(ArgumentView(view, given, positional, variables(camel(field.name))))
    return CommandView(
        name=command.name,
        cli=cli,
        module=module_name(command),
        function=written.name,
        type=f"{pascal(command.name)}Request",
        description=command.description or label(command.name).capitalize() + ".",
        arguments=tuple(arguments),
        stored=written.stored,
    )


def _marks(entity: EntityView, group: Group) -> Iterable[MarkView]:
    labels = {field.name: field.label for field in entity.fields}
    functions = Unique(
        [f"{op}{entity.type}Command" for op in ("add", "show", "update", "delete")]
        + [f"{op}{entity.types}Command" for op in ("list", "search")],
        suffix="Again",
    )
    for mark in group.marks:
        name = camel(mark.command) if mark.named else f"{camel(mark.command)}{entity.type}"
        yield MarkView(
            command=mark.command,
            cli=mark.cli,
            function=functions(f"{name}Command"),
            name=mark.field,
            label=labels[mark.field],
            value=json.dumps(mark.value),
            before=json.dumps(mark.before),
            said=mark.said,
        )


def _option(name: str) -> str:
    """`due_date` -> `due-date`; `--no-` would turn something off."""
    text = re.sub("-+", "-", dashed(name))
    return f"is-{text}" if text.startswith("no-") else text


def _key(option: str) -> str:
    """The property that the parser makes of an option."""
    return camel(option.replace("-", "_"))


def _of_field(field: FieldView, used: Unique) -> OptionView:
    option = used(_option(field.name))
    flag = field.type == "boolean"
    if flag:
        used(f"no-{option}")
    return OptionView(
        name=field.name,
        label=field.label,
        option=option,
        key=_key(option),
        metavar=METAVARS.get(field.type, ""),
        parser=PARSERS.get(field.type, ""),
        choices=field.values,
        flag=flag,
        many=False,
        help=field.description,
    )


def _of_relation(relation: RelationView, used: Unique) -> OptionView:
    wanted = relation.field.removesuffix("s") if relation.many else relation.field
    what = f"Number of the {relation.target.label}."
    if relation.many:
        what = f"Number of a {relation.target.label}; may be given again."
    option = used(_option(wanted))
    return OptionView(
        name=relation.field,
        label=relation.label,
        option=option,
        key=_key(option),
        metavar="ID",
        parser="eachId" if relation.many else "rowId",
        choices="",
        flag=False,
        many=relation.many,
        help=literal(what),
    )


def _filters(entity: EntityView, options: list[OptionView]) -> Iterable[OptionView]:
    """Options of a list, named as what checks them calls them."""
    by_name = {option.name: option for option in options}
    for field in entity.filters:
        yield replace(by_name[field.name], name=field.query)
    for relation in entity.relations:
        found = by_name[relation.field]
        yield replace(found, name=relation.query, many=False, parser="rowId")
