"""A spec as the templates of a command-line program see it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from autonomous_coder.languages.common.command_names import (
    RESERVED_OPTIONS,
    CommandNames,
    Group,
    dashed,
)
from autonomous_coder.languages.common.commands import MARK, SEARCH
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.go.pack_build import ViewBuilder
from autonomous_coder.languages.go.pack_command_view import (
    AliasView,
    CliEntityView,
    CliView,
    CommandView,
    MarkView,
    OptionView,
)
from autonomous_coder.languages.go.pack_fields import FieldView, view_field
from autonomous_coder.languages.go.pack_host import (
    HostFunction,
    Place,
    function_name,
    host_function,
    wanted_file,
)
from autonomous_coder.languages.go.pack_literals import literal
from autonomous_coder.languages.go.pack_names import RESERVED_CLI_FILES, exported, unexported
from autonomous_coder.languages.go.pack_view import AccountView, EntityView, RelationView
from autonomous_coder.models.spec import Command, FieldType, ProjectSpec

CORE = Place("core", "internal/core/", store=True)
KINDS = {
    "string": "TEXT", "text": "TEXT", "integer": "NUMBER", "float": "NUMBER", "decimal": "NUMBER",
    "date": "YYYY-MM-DD", "datetime": "YYYY-MM-DDTHH:MM:SSZ", "email": "ADDRESS", "url": "URL",
    "uuid": "UUID", "boolean": "bool",
}  # fmt: skip
RESERVED_GROUPS = frozenset({"help", "completion"})
"""Commands that are there by themselves."""


class CliBuilder(ViewBuilder):
    """Adds the commands of a program to its tables."""

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        files = Unique(RESERVED_CLI_FILES, suffix="command")
        self._command_files = {c.name: files(c.name.replace("_", "")) for c in spec.commands}
        self.reserved_files = RESERVED_CLI_FILES | set(self._command_files.values())
        super().__init__(spec, features)
        self._place = replace(CORE, store=bool(spec.entities))
        self._hosts: dict[str, HostFunction] = {}
        self._names = CommandNames(spec, self._is_written, RESERVED_GROUPS)
        self._functions = Unique(suffix="Command")

    def _is_written(self, command: Command) -> bool:
        """The host's file comes first: it says what the command means."""
        file = command.name.replace("_", "")
        found = host_function(self._spec, self._place, file, command, result=True)
        if found is not None:
            self._hosts[command.name] = found
        return found is not None

    def build(self) -> CliView:
        """The view.

        Raises:
            UnsupportedError: commands are asked for, and none of what is asked for can be built.
        """
        names = self._names
        left_out = names.left_out(
            lambda command: wanted_file(
                self._place, command.name.replace("_", ""), command, result=True
            ),
            "The program checks the arguments, calls it and prints what it returns; an error is "
            "told to the user.",
            stored=bool(self._stored),
        )
        facts = self._spec_facts()
        facts["summary"] = (
            self._spec.description.strip() or f"The command-line program {self._spec.name}."
        )
        facts["notes"] = (*facts["notes"], *left_out)
        items = tuple(
            self._item(*pair) for pair in zip(facts["entities"], names.groups, strict=True)
        )
        return CliView(
            **facts,
            account=AccountView(**self._account_facts()),
            module=self.module,
            items=items,
            operations=tuple(self._command(command) for command in names.written),
            aliases=tuple(self._aliases({item.entity.name: item for item in items})),
            variable=f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE",
            provides=tuple(f"command:{command.name}" for command in names.written),
        )

    def _item(self, entity: EntityView, group: Group) -> CliEntityView:
        used = Unique(RESERVED_OPTIONS, suffix="-value")
        options = [_of_field(field, used, field.go) for field in entity.fields]
        options += [_of_relation(relation, used) for relation in entity.relations]
        first = next((f for f in entity.fields if f.required), None)
        plain = first.name if first is not None and first.type == "string" else ""
        return CliEntityView(
            entity=entity,
            group=group.group,
            names=group.names,
            commands=group.commands,
            options=tuple(options),
            positional=next((o for o in options if o.name == plain), None),
            filters=tuple(_filters(entity, options)),
            marks=tuple(self._marks(entity, group)),
            searches=group.searches,
        )

    def _marks(self, entity: EntityView, group: Group) -> Iterable[MarkView]:
        fields = {field.name: field for field in entity.fields}
        for mark in group.marks:
            field = fields[mark.field]
            yield MarkView(
                mark=mark,
                function=self._functions(f"mark{entity.type}{exported(mark.command)}"),
                go=field.go,
                nullable=field.nullable,
                kind=field.go_type,
                value=json.dumps(mark.value),
                before=json.dumps(mark.before),
                after=json.dumps(mark.value),
            )

    def _aliases(self, items: dict[str, CliEntityView]) -> Iterable[AliasView]:
        for alias in self._names.aliases:
            item = items[alias.entity]
            if alias.operation == MARK:
                function = next(m.function for m in item.marks if m.mark.command == alias.command)
            elif alias.operation == SEARCH:
                function = f"search{item.entity.types}"
            elif alias.operation == "list":
                function = f"list{item.entity.types}"
            elif alias.operation == "update" and not item.options:
                continue
            else:
                function = f"{alias.operation}{item.entity.type}"
            yield AliasView(alias.cli, function)

    def _command(self, command: Command) -> CommandView:
        host = self._hosts[command.name]
        used, members = Unique(RESERVED_OPTIONS, suffix="-value"), Unique(suffix="Value")
        fields = []
        for argument in command.arguments:
            choices = ""
            if argument.type is FieldType.ENUM:
                choices = self._choices(
                    unexported(function_name(command)) + exported(argument.name)
                )
            go = members(exported(argument.name))
            fields.append(view_field(command.name, argument, go, choices, argument.name, go))
        return CommandView(
            name=command.name,
            cli=self._names.shown[command.name],
            file=self._command_files[command.name],
            function=host.name,
            description=command.description or f"{label(command.name).capitalize()}.",
            fields=tuple(fields),
            options=tuple(_of_argument(field, used) for field in fields),
            context=host.context,
            store=host.store,
        )


def _of_field(field: FieldView, used: Unique, go: str) -> OptionView:
    option = used(dashed(field.name))
    flag = field.type == "boolean"
    if flag:
        used(f"no-{option}")
    kind = "store.Decimal" if field.type == "decimal" else field.go_type
    return OptionView(
        name=field.name,
        go=go,
        option=option,
        type=kind,
        kind=KINDS.get(field.type, "VALUE"),
        rule="yesOrNo" if flag else _of_text(field.rule),
        help=field.description or _help(field),
        flag=flag,
        many=False,
        required=field.required,
        nullable=field.nullable,
        default=field.default,
    )


def _help(field: FieldView) -> str:
    if field.members:
        return f"One of {', '.join(field.members)}."
    return f"{field.label[:1].upper()}{field.label[1:]}."


def _of_argument(field: FieldView, used: Unique) -> OptionView:
    """Without tables there is no type for decimals: they stay text."""
    option = _of_field(field, used, field.go)
    if field.type != "decimal":
        return option
    bounds = _of_text(field.rule).removeprefix("decimal(").removesuffix(")")
    low, high = bounds.replace("store.MustDecimal(", "").replace(")", "").split(", ")
    most = literal("99999999999999.9999")
    low = low.replace("-store.MaxDecimal", literal("-99999999999999.9999"))
    default = field.default.replace("store.MustDecimal(", "").replace(")", "")
    rule = f"exactNumber({low}, {high.replace('store.MaxDecimal', most)})"
    return replace(option, type="string", rule=rule, default=default)


def _of_text(rule: str) -> str:
    """A rule for what is sent, as one for what is typed."""
    return rule.removeprefix("parsed(")[:-1] if rule.startswith("parsed(") else rule


def _of_relation(relation: RelationView, used: Unique) -> OptionView:
    wanted = relation.field.removesuffix("s") if relation.many else relation.field
    what = f"Number of the {relation.target.label}."
    if relation.many:
        what = f"Number of one of the {relation.label}; may be given again."
    return OptionView(
        name=relation.field,
        go=relation.go,
        option=used(dashed(wanted)),
        type="int64",
        kind="ID",
        rule="rowID",
        help=what,
        flag=False,
        many=relation.many,
        required=relation.required,
        nullable=relation.many or not relation.required,
        default="",
    )


def _filters(entity: EntityView, options: list[OptionView]) -> Iterable[OptionView]:
    """Options of a list, named as its query calls them."""
    by_name = {option.name: option for option in options}
    for field in entity.filters:
        option = by_name[field.name]
        asked = "yesOrNo" if option.flag else field.asked
        told = f"Only those with this {field.label}."
        yield replace(option, name=field.query, go=field.filter, rule=asked, help=told)
    for relation in entity.relations:
        option = by_name[relation.field]
        told = f"Only those with this {relation.target.label}."
        yield replace(option, name=relation.query, go=relation.filter, many=False, help=told)
