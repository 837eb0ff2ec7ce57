"""What was written of a project last: what edits of the user are told apart by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from anyio import to_thread
from pydantic import Field, ValidationError

from autonomous_coder.engines.generator.tree import Tree
from autonomous_coder.errors import CoderError
from autonomous_coder.models.base import Model
from autonomous_coder.models.generation import Earlier
from autonomous_coder.models.planning import Phase
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.store.store import Store

M = TypeVar("M", bound=Model)

BASELINE, PENDING, GENERATION = "baseline", "baseline_pending", "generation"
WROTE = "wrote"
"""In the state of a checkpoint: the record of the generation that it was made after."""
LOOKED_AT = 100
"""Checkpoints of a project that are searched, the newest first."""


class Record(Model):
    """What is kept of a generation: files by path, those handed over for good, and the spec."""

    files: dict[str, str]
    given: list[str] = Field(default_factory=list)
    spec: dict[str, Any] | None = None
    adopted: bool = False


class Attempt(Model):
    """What is kept of one that did not finish, and what those before it `left`."""

    files: dict[str, str]
    left: dict[str, str] = Field(default_factory=dict)


@dataclass(slots=True)
class Written:
    """`files` is None where nothing was written yet. `tried` is what attempts that did not finish
    may have written, the newest first. `notes` tell what was not on record any more."""

    files: dict[str, str] | None = None
    given: list[str] = field(default_factory=list)
    spec: ProjectSpec | None = None
    tried: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def earlier(self, root: Path) -> Earlier | None:
        """The same for rendering; None where nothing was written."""
        if self.files is None:
            return None
        unfinished = list({path for files in self.tried for path in files})
        return Earlier(spec=self.spec, files=self.files, root=root, unfinished=unfinished)


async def record_of(store: Store, project_id: str) -> Record | None:
    """What was generated last; None where there is no record of it that can be read."""
    return _read(Record, await store.load_state(project_id, BASELINE))


async def tried_of(store: Store, project_id: str) -> list[dict[str, str]]:
    """What attempts that did not finish may have written, the newest first."""
    attempt = _read(Attempt, await store.load_state(project_id, PENDING))
    return [files for files in (attempt.files, attempt.left) if files] if attempt else []


async def last_written(store: Store, project_id: str) -> Written:
    """What was generated last, as far as it is known.

    Where its record is lost or damaged though the project was written, it is taken from the
    checkpoint that was made then; without one, nothing is known of any file.
    """
    record = await record_of(store, project_id)
    notes: list[str] = []
    if record is None:
        record, notes = await _recovered(store, project_id)
    tried = await tried_of(store, project_id)
    if record is None:
        if await store.load_state(project_id, GENERATION) is None:
            return Written(tried=tried)
        return Written(files={}, tried=tried, notes=[_NOTHING_KNOWN, _NO_SPEC])
    spec = _read(ProjectSpec, record.spec)
    notes += [_NO_SPEC] if spec is None else []
    return Written(record.files, record.given, spec, tried, notes)


async def checkpoint_state(store: Store, project_id: str) -> dict[str, Any]:
    """What a checkpoint of a project that was just written is to know of it."""
    return {
        "phase": Phase.IMPLEMENTATION.value,
        WROTE: await store.load_state(project_id, BASELINE),
    }


async def holds(store: Store, project_id: str, place: Path) -> bool:
    """Whether a directory holds what was generated for a project: half of the files at least, as
    they were written."""
    record = await record_of(store, project_id)
    known = [*([record.files] if record else []), *await tried_of(store, project_id)]
    return bool(known) and await to_thread.run_sync(_half_of, known, place)


_NOTHING_KNOWN = (
    "What was generated last is not on record any more, and no checkpoint of it is left: where a "
    "file differs from what is generated now, both versions stand in it, marked."
)
_NO_SPEC = (
    "What the project was generated from is not known any more: migrations that are there stay as "
    "they are, and where stored fields change, the one that leads on is yours to write."
)


async def _recovered(store: Store, project_id: str) -> tuple[Record | None, list[str]]:
    """The record that the newest checkpoint of a generation holds, and where it is from."""
    for checkpoint in await store.checkpoints.list(project_id=project_id, limit=LOOKED_AT):
        try:
            state = await store.checkpoints.state(checkpoint.checkpoint_id)
        except CoderError:
            continue
        record = _read(Record, state.get(WROTE))
        if record is not None:
            return record, [
                "What was generated last was not on record any more: it was taken from checkpoint "
                f"{checkpoint.checkpoint_id} of {checkpoint.created_at:%Y-%m-%d %H:%M} UTC."
            ]
    return None, []


def _texts(root: Path, paths: Sequence[str]) -> dict[str, str]:
    with Tree(root) as tree:
        found = ((path, tree.read(path).text) for path in paths)
        return {path: text for path, text in found if text is not None}


def _half_of(known: Sequence[Mapping[str, str]], place: Path) -> bool:
    paths = sorted({path for files in known for path in files})
    try:
        there = _texts(place, paths)
    except (OSError, CoderError):
        return False
    same = sum(
        any(_plain(files[path]) == _plain(text) for files in known if path in files)
        for path, text in there.items()
    )
    return same > 0 and same * 2 >= max(map(len, known))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")


def _read(kind: type[M], state: Mapping[str, Any] | None) -> M | None:
    """A document in the shape it should have; None when there is none, or in another shape."""
    if not state:
        return None
    try:
        return kind.model_validate(state)
    except ValidationError:
        return None
