"""A spec as the templates of data pipelines see it, whatever the language.

Every pipeline reads, checks, tidies, sums up and writes. A step of its own is a job or a command
of the spec, whose logic comes from the host. Without it the step is left out, and a note says what
to hand in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.naming import Unique, label
from autonomous_coder.languages.common.pack_views import EntityView
from autonomous_coder.languages.common.pipeline_stages import stage_of
from autonomous_coder.models.spec import Command, ProjectSpec

_NAMING = frozenset({"string", "integer", "email", "url", "uuid", "enum"})
"""Types of unique fields that can name a record."""
_NUMERIC = frozenset({"integer", "float", "decimal"})
_GROUPING = frozenset({"enum", "boolean"})

EntityT = TypeVar("EntityT", bound=EntityView[Any, Any])


@dataclass(frozen=True, slots=True)
class DatasetView(Generic[EntityT]):
    """An entity as a kind of record in files."""

    entity: EntityT
    name: str
    """What its files are called."""
    const: str
    """What the code calls the dataset."""
    needs_id: bool
    """Whether other records point at it, and nothing else could name one."""
    natural: str
    """The column that names a record which has no id; empty for none."""

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that every row must fill."""
        fields = (field.name for field in self.entity.fields if field.required)
        links = (link.field for link in self.entity.links if link.required)
        return (*(("id",) if self.needs_id else ()), *fields, *links)

    @property
    def unique(self) -> tuple[str, ...]:
        """Columns in which no two records have the same."""
        fields = (field.name for field in self.entity.fields if field.unique)
        links = (link.field for link in self.entity.links if link.one_to_one)
        return ("id", *fields, *links)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that summaries add up."""
        return tuple(f.name for f in self.entity.fields if f.type in _NUMERIC and not f.unique)

    @property
    def groups(self) -> tuple[str, ...]:
        """Columns that summaries count by."""
        return tuple(f.name for f in self.entity.fields if f.type in _GROUPING)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns in their order."""
        fields = (field.name for field in self.entity.fields)
        return ("id", *fields, *(relation.field for relation in self.entity.relations))


@dataclass(frozen=True, slots=True)
class StepView:
    """A step whose work is done by a file of the host's."""

    name: str
    module: str
    """Of `core/`."""
    function: str
    description: str
    """As an expression of the language."""
    about: str
    """The description as text."""
    keywords: tuple[str, ...]
    """What the function takes of what steps are given."""


@dataclass(frozen=True, slots=True)
class PipelineView(Generic[EntityT]):
    """A whole pipeline."""

    datasets: tuple[DatasetView[EntityT], ...]
    steps: tuple[StepView, ...]
    stages: Mapping[str, tuple[str, ...]]
    """Stage that every pipeline has -> capabilities that the spec asks for by it."""
    prefix: str
    """What the names of its environment variables begin with."""

    def of(self, name: str) -> DatasetView[EntityT]:
        """The dataset of the entity of that name."""
        return next(item for item in self.datasets if item.entity.name == name)

    def asked(self, *stages: str) -> tuple[str, ...]:
        """Capabilities that tests of these stages prove."""
        return tuple(name for stage in stages for name in self.stages.get(stage, ()))


@dataclass(frozen=True, slots=True)
class Pipeline(Generic[EntityT]):
    """The view of a pipeline, with what it provides and what has to be told of it."""

    view: PipelineView[EntityT]
    provides: tuple[str, ...]
    """Capabilities that only tests of the host's prove."""
    notes: tuple[str, ...]


class PipelineBuilder(ABC, Generic[EntityT]):
    """Turns a spec into a pipeline; a language says how its code is written."""

    reserved: ClassVar[frozenset[str]] = frozenset()
    """Names that datasets cannot have in the code."""

    def __init__(self, spec: ProjectSpec, entities: Iterable[EntityT]) -> None:
        self._spec = spec
        self._entities = tuple(entities)

    @abstractmethod
    def constant(self, entity: EntityT) -> str:
        """What the code would like to call the dataset of an entity."""

    @abstractmethod
    def literal(self, text: str) -> str:
        """Text as an expression."""

    @abstractmethod
    def names(self, step: Command) -> tuple[str, str]:
        """The host's module and function of a step."""

    @abstractmethod
    def taken(self, step: Command) -> tuple[str, ...] | None:
        """What the host's function takes; None when there is none."""

    @abstractmethod
    def wanted(self, step: Command) -> str:
        """What to hand in for a step, as one sentence."""

    def build(self) -> Pipeline[EntityT]:
        """The pipeline.

        Raises:
            InvalidInputError: two steps have the same name.
        """
        asked = [(f"job:{j.name}", Command(name=j.name, description=j.description))
                 for j in self._spec.jobs]  # fmt: skip
        asked += [(f"command:{command.name}", command) for command in self._spec.commands]
        names = [command.name for _, command in asked]
        twice = next((name for name in names if names.count(name) > 1), "")
        if twice:
            raise InvalidInputError(
                f"the step '{twice}' is listed twice", hint="Rename one of them."
            )
        steps: list[StepView] = []
        written: list[str] = []
        stages: dict[str, tuple[str, ...]] = {}
        notes: list[str] = []
        for capability, command in asked:
            taken = self.taken(command)
            stage = stage_of(command.name, self._spec.entities)
            if taken is not None:
                steps.append(self._step(command, taken))
                written.append(capability)
            elif stage:
                stages[stage] = (*stages.get(stage, ()), capability)
            else:
                notes.append(
                    f"The step `{command.name}` was left out: no template knows what it is to do. "
                    f"{self.wanted(command)}."
                )
        prefix = f"{self._spec.name.replace('-', '_').upper()}_"
        view = PipelineView(self._datasets(), tuple(steps), stages, prefix)
        return Pipeline(view, tuple(written), tuple(notes))

    def _datasets(self) -> tuple[DatasetView[EntityT], ...]:
        constants = Unique(self.reserved)
        targets = {r.target.name for entity in self._entities for r in entity.relations}
        return tuple(self._dataset(entity, constants, targets) for entity in self._entities)

    def _dataset(
        self, entity: EntityT, constants: Unique, targets: set[str]
    ) -> DatasetView[EntityT]:
        plural = next(e.plural for e in self._spec.entities if e.name == entity.name)
        natural = next(
            (f.name for f in entity.fields if f.unique and f.required and f.type in _NAMING), ""
        )
        return DatasetView(
            entity=entity,
            name=plural,
            const=constants(self.constant(entity)),
            needs_id=entity.name in targets and not natural,
            natural=natural,
        )

    def _step(self, command: Command, keywords: tuple[str, ...]) -> StepView:
        about = command.description or f"{label(command.name).capitalize()}."
        module, function = self.names(command)
        return StepView(
            name=command.name,
            module=module,
            function=function,
            description=self.literal(about),
            about=about,
            keywords=keywords,
        )
