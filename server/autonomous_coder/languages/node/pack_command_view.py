"""What the templates of packages read beside a spec's entities: commands and their options."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autonomous_coder.languages.node.pack_fields import FieldView
    from autonomous_coder.languages.node.pack_view import EntityView


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command whose work is done by a file of the host's."""

    name: str
    """As the spec calls it."""
    cli: str
    """As it is typed."""
    module: str
    function: str
    """The function in `core/<module>`."""
    type: str
    """The schema that checks its arguments."""
    description: str
    arguments: tuple[FieldView, ...]
    stored: bool
    """Whether the function takes the open database."""

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.arguments if field.values)

    @property
    def helpers(self) -> tuple[str, ...]:
        """What its schema takes from the shared ones."""
        return tuple(sorted({name for field in self.arguments for name in field.helpers}))


@dataclass(frozen=True, slots=True)
class RecordView:
    """What the library calls the types and the collection of an entity."""

    entity: EntityView
    new: str
    """The type of what a new one is made from."""
    attr: str
    """The store's property."""
    commands: tuple[str, ...]
    """Capabilities of commands of the spec that the collection fulfils."""

    @property
    def helpers(self) -> tuple[str, ...]:
        """What the module of its schemas takes from the shared one."""
        used = {name for field in self.entity.fields for name in field.helpers}
        return tuple(sorted(used | ({"RecordId"} if self.entity.relations else set())))

    @property
    def made(self) -> str:
        """Plain data that makes one, as JSON."""
        pairs = [f"{f.name}: {f.example}" for f in self.entity.fields if f.required]
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"

    @property
    def unique(self) -> tuple[str, ...]:
        """Names of the members of which no two have the same."""
        fields = [field.name for field in self.entity.fields if field.unique]
        return (*fields, *(link.field for link in self.entity.links if link.one_to_one))


@dataclass(frozen=True, slots=True)
class LibraryView:
    """A whole library."""

    records: tuple[RecordView, ...]
    store: str
    """The class that holds all collections."""
    exports: tuple[str, ...]
    """Names that the package offers at run time, sorted."""

    def of(self, name: str) -> RecordView:
        """The record of the entity of that name."""
        return next(record for record in self.records if record.entity.name == name)

    @property
    def exported(self) -> str:
        """The names as elements of a list."""
        return ", ".join(map(json.dumps, self.exports))
