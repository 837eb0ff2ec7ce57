"""A spec as the templates of a command-line program see it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from autonomous_coder.languages.common.command_names import (
    RESERVED_OPTIONS,
    Alias,
    CommandNames,
    Group,
    dashed,
)
from autonomous_coder.languages.common.commands import MARK, SEARCH
from autonomous_coder.languages.common.naming import Unique, article, label, pascal
from autonomous_coder.languages.rust.pack_build import ViewBuilder, crate
from autonomous_coder.languages.rust.pack_command_view import (
    AliasView,
    CliEntityView,
    CliView,
    CommandView,
    MarkView,
    OptionView,
)
from autonomous_coder.languages.rust.pack_fields import FieldView, Names, view_field
from autonomous_coder.languages.rust.pack_host import (
    HostFunction,
    given,
    host_function,
    wanted_file,
)
from autonomous_coder.languages.rust.pack_literals import literal
from autonomous_coder.languages.rust.pack_names import (
    KEYWORDS,
    NOT_RAW,
    PRELUDE,
    RESERVED_ARGUMENTS,
    RESERVED_CLI_MODULES,
    RESERVED_CLI_TYPES,
    raw,
    squeezed,
)
from autonomous_coder.languages.rust.pack_uses import CLI_NAMES
from autonomous_coder.languages.rust.pack_view import AccountView, EntityView, RelationView
from autonomous_coder.models.spec import Command, ProjectSpec

KINDS = {
    "string": "TEXT", "text": "TEXT", "integer": "NUMBER", "float": "NUMBER", "decimal": "NUMBER",
    "date": "YYYY-MM-DD", "datetime": "YYYY-MM-DDTHH:MM:SSZ", "email": "ADDRESS", "url": "URL",
    "uuid": "UUID",
}  # fmt: skip
TYPED = {
    "date": "forms::date", "datetime": "forms::moment", "email": "forms::email",
    "url": "forms::web_address",
}  # fmt: skip
NEGATIVE = frozenset({"integer", "float", "decimal"})
USED = "The program checks the arguments, calls it and prints what it returns; an error is told to "
VARIANTS = {"add": "Add", "list": "List", "show": "Show", "update": "Update", "delete": "Delete"}
GIVEN = {"add": "Add", "list": "List", "show": "One", "update": "Update", "delete": "Unwanted"}
"""The types of what is typed for operations."""


class CliBuilder(ViewBuilder):
    """Adds the commands of a program to its tables."""

    reserved_types: ClassVar[frozenset[str]] = PRELUDE | RESERVED_CLI_TYPES | CLI_NAMES

    def __init__(self, spec: ProjectSpec, features: frozenset[str]) -> None:
        modules = Unique(RESERVED_CLI_MODULES | KEYWORDS, suffix="_command")
        self._command_modules = {c.name: modules(squeezed(c.name)) for c in spec.commands}
        self.reserved_modules = RESERVED_CLI_MODULES | set(self._command_modules.values())
        super().__init__(spec, features)
        self._hosts: dict[str, HostFunction] = {}
        self._names = CommandNames(spec, self._is_written, {"help"})
        self._variants = Unique({"Self"}, suffix="Command")

    def _is_written(self, command: Command) -> bool:
        """The host's file comes first: it says what the command means."""
        module = self._command_modules[command.name]
        stored = bool(self._spec.entities)
        found = host_function(self._spec, module, command, stored=stored)
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
            lambda command: wanted_file(self._command_modules[command.name], command),
            f"{USED}the user.",
            stored=bool(self._stored),
        )
        facts = self._spec_facts()
        facts["summary"] = (
            self._spec.description.strip() or f"The command-line program {self._spec.name}."
        )
        facts["notes"] = (*facts["notes"], *left_out)
        pairs = zip(facts["entities"], names.groups, strict=True)
        items = tuple(self._item(entity, group) for entity, group in pairs)
        by_name = {item.entity.name: item for item in items}
        return CliView(
            **facts,
            account=AccountView(**self._account_facts()),
            crate=crate(self._spec),
            items=items,
            operations=tuple(self._command(command) for command in names.written),
            aliases=tuple(
                self._alias(alias, by_name[alias.entity])
                for alias in names.aliases
                if alias.operation != "update" or by_name[alias.entity].options
            ),
            variable=f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE",
            provides=tuple(f"command:{command.name}" for command in names.written),
        )

    def _item(self, entity: EntityView, group: Group) -> CliEntityView:
        used = Unique(RESERVED_OPTIONS - {"no-json", "no-yes"}, suffix="-value")
        members = Unique(RESERVED_ARGUMENTS | NOT_RAW, suffix="_value")
        options = [_of_field(field, used, members(field.plain)) for field in entity.fields]
        options += [_of_relation(r, used, members(r.rust)) for r in entity.relations]
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
            variant=self._variants(entity.types),
        )

    def _alias(self, alias: Alias, item: CliEntityView) -> AliasView:
        entity = item.entity
        labelled = f"{article(entity.label)} {entity.label}"
        function, boxed = alias.operation, alias.operation in item.large
        if alias.operation == MARK:
            found = next(m for m in item.marks if m.mark.command == alias.command)
            function, kind = found.function, "One"
            told = f"Set {label(found.mark.field)} of {labelled} to {found.mark.said}"
        elif alias.operation == SEARCH:
            kind, told = "Search", f"List the {entity.labels} that hold a text"
        else:
            kind = GIVEN[alias.operation]
            verb = "Change" if alias.operation == "update" else alias.operation.capitalize()
            told = f"{verb} {entity.labels if alias.operation == 'list' else labelled}"
        variant = self._variants(pascal(alias.cli.replace("-", "_")))
        return AliasView(alias.cli, variant, item, function, kind, boxed, told)

    def _command(self, command: Command) -> CommandView:
        host = self._hosts[command.name]
        used = Unique(RESERVED_OPTIONS - {"no-json", "no-yes"}, suffix="-value")
        members = Unique(RESERVED_ARGUMENTS | NOT_RAW, suffix="_value")
        fields, options = [], []
        for given_argument in command.arguments:
            argument = given_argument.model_copy(update={"unique": False})
            short = squeezed(argument.name)
            names = Names(short, short, argument.name, short)
            field = view_field(command.name, argument, names)
            fields.append(field)
            options.append(_of_argument(field, used, members(short)))
        shown = self._names.shown[command.name]
        return CommandView(
            name=command.name,
            cli=shown,
            module=self._command_modules[command.name],
            variant=self._variants(pascal(shown.replace("-", "_"))),
            description=command.description,
            fields=tuple(fields),
            options=tuple(options),
            given=tuple(given(*pair) for pair in zip(host.kinds, _members(options), strict=True)),
            store=host.store,
        )


def _members(options: Iterable[OptionView]) -> list[str]:
    return [option.member for option in options]


def _of_field(field: FieldView, used: Unique, member: str) -> OptionView:
    preset = field.preset
    typed = json.dumps(preset) if isinstance(preset, bool | int | float) else str(preset)
    return OptionView(
        name=field.name,
        rust=field.rust,
        member=raw(member),
        option=used(dashed(field.name)),
        type=field.rust_type,
        kind=KINDS.get(field.type, ""),
        rule=_rule(field),
        help=field.description or f"{field.label[:1].upper()}{field.label[1:]}.",
        negative=field.type in NEGATIVE,
        flag=field.type == "boolean",
        many=False,
        required=field.required,
        nullable=field.nullable,
        default="" if preset is None else literal(typed),
    )


def _rule(field: FieldView) -> str:
    """What makes a value of what is typed."""
    kind, inside = field.type, field.rule.partition("(")[2]
    if kind in {"string", "text"}:
        return field.rule
    if kind == "integer":
        return f"clap::value_parser!(i64).range({inside}"
    return f"rules::within({inside}" if kind in {"float", "decimal"} else TYPED.get(kind, "")


def _of_argument(field: FieldView, used: Unique, member: str) -> OptionView:
    """Decimals stay text, so that a function takes what it likes best; so do enums."""
    option = _of_field(field, used, member)
    if field.type == "decimal":
        return replace(option, type="String", rule=option.rule.replace("within", "exact_text"))
    if field.type == "enum":
        listed = ", ".join(literal(variant.value) for variant in field.variants)
        return replace(option, type="String", rule=f"[{listed}]")
    return option


def _of_relation(relation: RelationView, used: Unique, member: str) -> OptionView:
    wanted = relation.field.removesuffix("s") if relation.many else relation.field
    what = f"Number of the {relation.target.label}."
    if relation.many:
        what = f"Number of one of the {relation.label}; may be given again."
    return OptionView(
        name=relation.field,
        rust=relation.rust,
        member=raw(member),
        option=used(dashed(wanted)),
        type="i64",
        kind="ID",
        rule="rules::row_id()",
        help=what,
        negative=False,
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
        rule = TYPED.get(field.type, "") if field.type in {"date", "datetime", "email"} else ""
        told = f"Only those with this {field.label}."
        yield replace(
            by_name[field.name], name=field.query, rust=field.filter, rule=rule, help=told
        )
    for relation in entity.relations:
        told = f"Only those with this {relation.target.label}."
        option = by_name[relation.field]
        yield replace(option, name=relation.query, rust=relation.filter, many=False, help=told)


def _marks(entity: EntityView, group: Group) -> Iterable[MarkView]:
    fields = {field.name: field for field in entity.fields}
    taken = {"Self", *VARIANTS.values(), *(["Search"] if group.searches else [])}
    variants = Unique(taken, suffix="Mark")
    for mark in group.marks:
        field = fields[mark.field]
        value = json.dumps(mark.value)
        if field.choices:
            chosen = next(v.name for v in field.variants if v.value == mark.value)
            value = f"{field.choices}::{chosen}"
        yield MarkView(
            mark=mark,
            variant=variants(pascal(mark.cli.replace("-", "_"))),
            function=f"mark_{squeezed(mark.command)}",
            rust=field.rust,
            set=f"Some(Some({value}))" if field.nullable else f"Some({value})",
            before=json.dumps(mark.before),
            after=json.dumps(mark.value),
        )
