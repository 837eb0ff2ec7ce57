"""What the templates of a data pipeline read beside a spec's entities: datasets and steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autonomous_coder.languages.python.pack_fields import FieldView
from autonomous_coder.languages.python.pack_view import EntityView, SpecView

KINDS = {
    "string": "Line",
    "text": "PlainText",
    "date": "IsoDate",
    "datetime": "UtcDateTime",
}
"""Types that tidy a value before it is checked."""


@dataclass(frozen=True, slots=True)
class DatasetView:
    """An entity as a kind of record in files."""

    entity: EntityView
    name: str
    """What its files are called."""
    const: str
    """What the code calls the dataset."""
    needs_id: bool
    """Whether other records point at it, and nothing else could name one."""
    natural: str
    """The column that names a record which has no id; empty for none."""

    @property
    def unique(self) -> tuple[str, ...]:
        """Columns in which no two records have the same."""
        fields = (field.name for field in self.entity.fields if field.unique)
        links = (link.field for link in self.entity.links if link.one_to_one)
        return ("id", *fields, *links)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that summaries add up."""
        numeric = {"integer", "float", "decimal"}
        return tuple(f.name for f in self.entity.fields if f.type in numeric and not f.unique)

    @property
    def groups(self) -> tuple[str, ...]:
        """Columns that summaries count by."""
        return tuple(f.name for f in self.entity.fields if f.type in {"enum", "boolean"})

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in their order."""
        fields = (field.name for field in self.entity.fields)
        return ("id", *fields, *(relation.field for relation in self.entity.relations))

    def kind(self, field: FieldView) -> str:
        """The type of a field."""
        return KINDS.get(field.type, field.annotation)


@dataclass(frozen=True, slots=True)
class StepView:
    """A step whose work is done by a file of the host's. `description` is a Python expression."""

    name: str
    module: str
    """Of `core/`."""
    function: str
    description: str
    about: str
    """The description as text."""
    keywords: tuple[str, ...]
    """What the function takes of `tables` and `now`."""


@dataclass(frozen=True, slots=True)
class PipelineView:
    """A whole pipeline."""

    datasets: tuple[DatasetView, ...]
    steps: tuple[StepView, ...]
    stages: Mapping[str, tuple[str, ...]]
    """Stage that every pipeline has -> capabilities that the spec asks for by it."""
    prefix: str
    """What the names of its environment variables begin with."""

    def of(self, name: str) -> DatasetView:
        """The dataset of the entity of that name."""
        return next(item for item in self.datasets if item.entity.name == name)

    def asked(self, *stages: str) -> tuple[str, ...]:
        """Capabilities that tests of these stages prove."""
        return tuple(name for stage in stages for name in self.stages.get(stage, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineSpecView(SpecView):
    """A spec as the templates of a data pipeline see it."""

    pipeline: PipelineView
