"""What the templates of desktop applications read beside the spec: inputs, columns, tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autonomous_coder.languages.python.pack_command_view import CommandView
from autonomous_coder.languages.python.pack_view import SpecView
from autonomous_coder.languages.python.pack_web_view import InputView


@dataclass(frozen=True, slots=True)
class MarkedView:
    """A command that sets a field; `value` and `before` are Python expressions."""

    capability: str
    function: str
    field: str
    value: str
    before: str


@dataclass(frozen=True, slots=True)
class EntityWindow:
    """What the list and the form of an entity have."""

    inputs: tuple[InputView, ...]
    columns: tuple[str, ...]
    naming: str
    """Expression of the name of a row, in a method of its model."""
    titled: str
    """The input that holds this name; empty when none does."""
    commands: Mapping[str, tuple[str, ...]]
    """Operation -> capabilities of the commands of the spec that mean it."""
    marks: tuple[MarkedView, ...]


@dataclass(frozen=True, slots=True)
class TaskView:
    """A command whose work is done by the host's file, and the inputs for its arguments."""

    command: CommandView
    title: str
    inputs: tuple[InputView, ...]


@dataclass(frozen=True, slots=True)
class DesktopView:
    """A whole application."""

    entities: Mapping[str, EntityWindow]
    """By the name of the entity."""
    tasks: tuple[TaskView, ...]
    variable: str
    """The environment variable that names the data file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopSpecView(SpecView):
    """A spec as the templates of a desktop application see it."""

    desktop: DesktopView
