"""A spec as the templates of a desktop application see it: a list and a form for each entity.

Commands that mean an operation of an entity are done there. What any other is to do comes from the
host, as in programs: such a command is a task in the menu.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import fields, replace

from autonomous_coder.languages.common.commands import MARK, SEARCH
from autonomous_coder.languages.common.naming import Unique, label, pascal
from autonomous_coder.languages.python.pack_asked import asked
from autonomous_coder.languages.python.pack_command_view import (
    ArgumentView,
    CommandView,
    OptionView,
)
from autonomous_coder.languages.python.pack_desktop_view import (
    DesktopSpecView,
    DesktopView,
    EntityWindow,
    MarkedView,
    TaskView,
)
from autonomous_coder.languages.python.pack_fields import FieldView, view_field
from autonomous_coder.languages.python.pack_names import RESERVED_CLASSES
from autonomous_coder.languages.python.pack_package import (
    HostFunction,
    function_name,
    keyword_of,
    model_name,
    package_name,
)
from autonomous_coder.languages.python.pack_view import EntityView, RelationView, SpecView
from autonomous_coder.languages.python.pack_web import MAX_COLUMNS, WIDE, joined, row_naming, words
from autonomous_coder.languages.python.pack_web_view import InputView
from autonomous_coder.models.spec import Command, FieldType, ProjectSpec

OPERATIONS = ("add", "list", "show", "update", "delete", MARK, SEARCH)
_TYPES = {
    "text": "multiline",
    "integer": "number",
    "float": "number",
    "decimal": "number",
    "date": "date",
    "datetime": "datetime",
    "enum": "choice",
}
"""Type of a field -> that of its input; `text` for all others."""


def desktop_view(view: SpecView, spec: ProjectSpec) -> DesktopSpecView:
    """The view with the application's windows.

    Raises:
        UnsupportedError: commands are asked for, and none of what is asked for can be built.
    """
    return _Builder(view, spec).build()


class _Builder:
    def __init__(self, view: SpecView, spec: ProjectSpec) -> None:
        self._view, self._spec = view, spec
        self._package = package_name(spec)
        self._asked = asked(spec, self._package)

    def build(self) -> DesktopSpecView:
        self._asked.refuse_nothing(
            "The window checks the arguments, calls it and shows what it returns; a ValueError "
            "is told to the user.",
            anything=bool(self._view.entities),
        )
        tasks = tuple(self._task(*written) for written in self._asked.written)
        made = replace(
            self._view,
            package=self._package,
            root=f"src/{self._package}",
            stored=bool(self._view.entities),
            summary=self._spec.description.strip() or f"The application {self._view.title}.",
            operations=tuple(task.command for task in tasks),
            notes=(*self._view.notes, *self._asked.notes("command")),
            provides=self._asked.provides,
        )
        windows = DesktopView(
            entities={entity.name: self._window(entity) for entity in self._view.entities},
            tasks=tasks,
            variable=f"{self._spec.name.replace('-', '_').upper()}_DATA_FILE",
        )
        known = {field.name: getattr(made, field.name) for field in fields(made)}
        return DesktopSpecView(**known, desktop=windows)

    def _window(self, entity: EntityView) -> EntityWindow:
        named, titled = row_naming(entity)
        narrow = [f.name for f in entity.fields if f.type not in WIDE and f.name != titled]
        links = [link.field for link in entity.links][:2]
        return EntityWindow(
            inputs=(*map(_input, entity.fields), *map(_choice, entity.relations)),
            columns=(*narrow[: MAX_COLUMNS - len(links)], *links),
            naming=named,
            titled=titled,
            commands={
                operation: tuple(
                    f"command:{name}"
                    for name, found in self._asked.meant.items()
                    if any((m.entity, m.operation) == (entity.name, operation) for m in found)
                )
                for operation in OPERATIONS
            },
            marks=tuple(self._marks(entity)),
        )

    def _marks(self, entity: EntityView) -> Iterable[MarkedView]:
        by_name = {field.name: field for field in entity.fields}
        for name, found in self._asked.meant.items():
            for match in found:
                if (match.entity, match.operation) == (entity.name, MARK):
                    states = [ast.literal_eval(v) for _, v in by_name[match.field].members]
                    other = next((state for state in states if state != match.value), match.value)
                    before = not match.value if isinstance(match.value, bool) else other
                    function = f"{name}_marks_{entity.snake}"
                    yield MarkedView(
                        f"command:{name}", function, match.field, repr(match.value), repr(before)
                    )

    def _task(self, command: Command, written: HostFunction) -> TaskView:
        classes = Unique(RESERVED_CLASSES | {model_name(command)}, suffix="Value")
        arguments, inputs = [], []
        for field in command.arguments:
            enum = classes(pascal(field.name)) if field.type is FieldType.ENUM else ""
            plain = field.model_copy(update={"unique": False})
            view = view_field(command.name, plain, enum, field.name)
            given = OptionView(
                view.name, view.label, view.attr, option="", kind="", flag=False, many=False,
                metavar="", help="",
            )  # fmt: skip
            arguments.append(ArgumentView(view, given, False, keyword_of(field)))
            inputs.append(_input(replace(view, sortable=False)))
        title = label(command.name).capitalize()
        made = CommandView(
            name=command.name,
            cli="",
            module=function_name(command),
            function=written.name,
            model=classes(model_name(command).removesuffix("Arguments") + "Request"),
            description=command.description or f"{title}.",
            arguments=tuple(arguments),
            session=written.session,
        )
        return TaskView(made, title, tuple(inputs))


def _input(field: FieldView) -> InputView:
    kind = _TYPES.get(field.type, "text")
    options = ""
    if field.type == "boolean":
        kind = "answer" if field.nullable else "checkbox"
    if kind == "answer":
        options = 'options=(forms.Option("true", "Yes"), forms.Option("false", "No"))'
    elif field.members:
        values = [f"forms.Option({value}, {words(value)!r})" for _, value in field.members]
        options = f"options=({', '.join(values)},)"
    arguments = [
        repr(field.name),
        repr(words(field.name)),
        "" if kind == "text" else repr(kind),
        "required=False" if field.nullable or kind == "checkbox" else "",
        "unique=True" if field.unique else "",
        "sortable=True" if field.sortable else "",
        f"help={field.description}" if field.description else "",
        options,
    ]
    return InputView(field.name, joined(arguments), kind)


def _choice(relation: RelationView) -> InputView:
    kind = "many" if relation.many else "one"
    arguments = [
        repr(relation.field),
        repr(words(relation.name)),
        repr(kind),
        "" if relation.required else "required=False",
        "unique=True" if relation.one_to_one else "",
    ]
    return InputView(relation.field, joined(arguments), kind)
