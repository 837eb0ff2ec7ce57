"""What the templates of a web application read beside the spec: inputs, columns, further pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputView:
    """An input of a form. `arguments` are those of the generated `Input`, as Python source."""

    name: str
    arguments: str
    type: str


@dataclass(frozen=True, slots=True)
class RelationInput:
    """A relation as pages show it: by the names of the rows it points at."""

    field: str
    attr: str
    cls: str
    """The model of the rows."""
    many: bool
    visible: str
    """Condition (a Python expression) under which a name may be seen; empty for always."""
    offered: str
    """Condition under which a row may be chosen."""


@dataclass(frozen=True, slots=True)
class EntityPages:
    """What the pages of an entity have."""

    inputs: tuple[InputView, ...]
    columns: tuple[str, ...]
    relations: tuple[RelationInput, ...]
    naming: str
    """Expression of the name of a row, in a method of its model."""
    titled: str
    """The input that holds this name; empty when none does."""
    enums: tuple[str, ...]
    """Fields whose values charts count."""
    markup: str
    """A field that takes any short text; empty for none."""


@dataclass(frozen=True, slots=True)
class PageView:
    """A further page; `title` and `description` are free text."""

    name: str
    path: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class WebView:
    """All of it."""

    entities: Mapping[str, EntityPages]
    """By the name of the entity."""
    pages: tuple[PageView, ...]
    account_inputs: tuple[InputView, ...]
    account_naming: str
