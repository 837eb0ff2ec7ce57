"""A spec as the templates of a command-line program see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from autonomous_coder.languages.common.bounds import bounds
from autonomous_coder.languages.common.command_names import (
    RESERVED_OPTIONS,
    CommandNames,
    Group,
    dashed,
)
from autonomous_coder.languages.common.commands import MARK, SEARCH
from autonomous_coder.languages.common.naming import Unique, label, pascal
from autonomous_coder.languages.java.pack_build import ViewBuilder, base_of
from autonomous_coder.languages.java.pack_checks import check, choice
from autonomous_coder.languages.java.pack_command_view import (
    AliasView,
    CliEntityView,
    CliView,
    CommandView,
    MarkView,
    OptionView,
)
from autonomous_coder.languages.java.pack_fields import FieldView, view_field
from autonomous_coder.languages.java.pack_host import HostMethod, Place, host_method, wanted_file
from autonomous_coder.languages.java.pack_literals import literal
from autonomous_coder.languages.java.pack_names import (
    CLI_PACKAGES,
    CLI_TYPES,
    CLI_VARIABLES,
    KEYWORDS,
    RESERVED_PACKAGES,
    RESERVED_TYPES,
    RESERVED_VARIABLES,
)
from autonomous_coder.languages.java.pack_view import AccountView, EntityView, RelationView
from autonomous_coder.models.spec import Command, EntityField, FieldType, ProjectSpec

KINDS = {
    "string": "TEXT", "text": "TEXT", "integer": "NUMBER", "float": "NUMBER", "decimal": "NUMBER",
    "date": "YYYY-MM-DD", "datetime": "YYYY-MM-DDTHH:MM:SSZ", "email": "ADDRESS", "url": "URL",
    "uuid": "UUID",
}  # fmt: skip
RESERVED_GROUPS = frozenset({"help", "completion"})
"""Commands that are there by themselves."""
RESERVED_FIELDS = KEYWORDS | {"data", "output", "id", "clear", "checks", "confirmation", "sort",
                              "limit", "search", "query", "before", "input", "changes"}  # fmt: skip
"""Fields and variables of every class of a command."""


class CliBuilder(ViewBuilder):
    """Adds the commands of a program to its tables."""

    derived = (*CliView.class_ends, "Commands", "CommandsTest")
    reserved_types: frozenset[str] = RESERVED_TYPES | CLI_TYPES
    reserved_packages: ClassVar[frozenset[str]] = RESERVED_PACKAGES | CLI_PACKAGES
    reserved_variables: ClassVar[frozenset[str]] = RESERVED_VARIABLES | CLI_VARIABLES

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        super().__init__(spec, features)
        self._place = Place(f"{base_of(spec.name)}.core", database=bool(spec.entities))
        self._hosts: dict[str, HostMethod] = {}
        self._names = CommandNames(spec, self._is_written, RESERVED_GROUPS)
        self._commands = Unique(self.reserved_types | self._made_types(), suffix="Command")

    def _is_written(self, command: Command) -> bool:
        """The host's file comes first: it says what the command means."""
        found = host_method(self._spec, self._place, command)
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
            lambda command: wanted_file(self._place, command),
            "The program checks the arguments, calls it and prints what it returns; an exception "
            "is told to the user.",
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
            base=base_of(self._spec.name),
            items=items,
            operations=tuple(self._command(command) for command in names.written),
            aliases=tuple(self._aliases({item.entity.name: item for item in items})),
            variable=f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE",
            provides=tuple(f"command:{command.name}" for command in names.written),
        )

    def _item(self, entity: EntityView, group: Group) -> CliEntityView:
        used = Unique(RESERVED_OPTIONS, suffix="-value")
        members = Unique(RESERVED_FIELDS, suffix="Value")
        options = [_of_field(field, used, members) for field in entity.fields]
        options += [_of_relation(relation, used, members) for relation in entity.relations]
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
            marks=tuple(_marks(entity, group)),
            searches=group.searches,
        )

    def _aliases(self, items: dict[str, CliEntityView]) -> Iterable[AliasView]:
        for alias in self._names.aliases:
            item = items[alias.entity]
            kind = pascal(alias.operation)
            if alias.operation == MARK:
                kind = next(m.type for m in item.marks if m.mark.command == alias.command)
            elif alias.operation == SEARCH:
                kind = "Search"
            elif alias.operation == "list":
                kind = "ListAll"
            elif alias.operation == "update" and not item.options:
                continue
            yield AliasView(alias.cli, f"{item.entity.type}Commands.{kind}")

    def _command(self, command: Command) -> CommandView:
        host = self._hosts[command.name]
        used = Unique(RESERVED_OPTIONS, suffix="-value")
        members = Unique(RESERVED_FIELDS, suffix="Value")
        fields = [_argument(command, argument) for argument in command.arguments]
        pairs = zip(command.arguments, fields, strict=True)
        return CommandView(
            name=command.name,
            cli=self._names.shown[command.name],
            type=self._commands(f"{host.type}Command"),
            host=host.type,
            method=host.method,
            database=host.database,
            description=command.description or f"{label(command.name).capitalize()}.",
            fields=tuple(fields),
            options=tuple(_of_argument(a, field, used, members) for a, field in pairs),
        )


def _argument(command: Command, argument: EntityField) -> FieldView:
    return view_field(command.name, "", argument, "", argument.name)


def _of_field(field: FieldView, used: Unique, members: Unique) -> OptionView:
    option = used(dashed(field.name))
    flag = field.type == "boolean"
    if flag:
        used(f"no-{option}")
    return OptionView(
        name=field.name,
        option=option,
        help=field.description or _help(field),
        flag=flag,
        many=False,
        required=field.required,
        nullable=field.nullable,
        java=members(field.java),
        type=field.java_type,
        kind=KINDS.get(field.type, "VALUE"),
        check="",
        default=_typed(field.preset),
    )


def _typed(preset: object) -> str:
    if preset is None:
        return ""
    return str(preset).lower() if isinstance(preset, bool) else str(preset)


def _help(field: FieldView) -> str:
    if field.members:
        return f"One of {', '.join(member.text for member in field.members)}."
    return f"{field.label[:1].upper()}{field.label[1:]}."


def _of_argument(
    argument: EntityField, field: FieldView, used: Unique, members: Unique
) -> OptionView:
    """What a host's method takes of an enum is one of its texts."""
    made = _of_field(field, used, members)
    enum = argument.type is FieldType.ENUM
    limit = bounds("", argument)
    checked = choice(argument, made.java) if enum else check(argument, limit, made.java, firm=True)
    return replace(made, type="String" if enum else made.type, check=checked)


def _of_relation(relation: RelationView, used: Unique, members: Unique) -> OptionView:
    wanted = relation.field.removesuffix("s") if relation.many else relation.field
    what = f"Number of the {relation.target.label}."
    if relation.many:
        what = f"Number of one of the {relation.label}; may be given again."
    return OptionView(
        name=relation.field,
        option=used(dashed(wanted)),
        help=what,
        flag=False,
        many=relation.many,
        required=relation.required,
        nullable=relation.many or not relation.required,
        java=members(relation.java),
        type="List<Long>" if relation.many else "Long",
        kind="ID",
        check="",
        default="",
    )


def _filters(entity: EntityView, options: list[OptionView]) -> Iterable[OptionView]:
    """Options of a list, named as its query calls them."""
    by_name = {option.name: option for option in options}
    members = Unique(RESERVED_FIELDS, suffix="Value")
    for field in entity.filters:
        yield _asked(by_name[field.name], field.query, members(field.query_java), field.label)
    for link in entity.relations:
        label_ = link.target.label
        yield _asked(by_name[link.field], link.query, members(link.query_java), label_)


def _asked(option: OptionView, query: str, java: str, told: str) -> OptionView:
    return replace(
        option,
        name=query,
        help=f"Only those with this {told}.",
        many=False,
        required=False,
        nullable=True,
        java=java,
        type="Long" if option.many else option.type,
        default="",
    )


def _marks(entity: EntityView, group: Group) -> Iterable[MarkView]:
    fields = {field.name: field for field in entity.fields}
    types = Unique({"Add", "ListAll", "Show", "Update", "Delete", "Search"}, suffix="Mark")
    for mark in group.marks:
        field = fields[mark.field]
        constants = {member.text: member.constant for member in field.members}
        kind = types(f"Mark{pascal(mark.command)}")
        yield MarkView(
            mark=mark,
            type=kind,
            method=kind[:1].lower() + kind[1:],
            java=field.java,
            value=(
                f"{field.java_type}.{constants[str(mark.value)]}"
                if constants
                else _text(mark.value)
            ),
            before=_text(mark.before),
            after=_text(mark.value),
        )


def _text(value: bool | str) -> str:
    return ("false", "true")[value] if isinstance(value, bool) else literal(value)
