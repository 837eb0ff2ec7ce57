"""The tests as a project's last checkpoint defines them, to compare those of now with."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.errors import CoderError, UnsupportedError
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.languages.base import TestFact
from autonomous_coder.store.store import Store
from autonomous_coder.treecopy import private_directory

KEPT = 32
MAX_BYTES = 64 * 1024**2
"""Of the sources of one checkpoint: beyond that its tests are not looked at."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The tests of one checkpoint, by id."""

    checkpoint_id: str
    tests: Mapping[str, TestFact]


class Baselines:
    """Reads each checkpoint once; what a checkpoint holds never changes."""

    def __init__(self, store: Store, validator: ValidatorEngine, work_dir: Path) -> None:
        self._store = store
        self._validator = validator
        self._work_dir = work_dir
        self._known: OrderedDict[str, Baseline] = OrderedDict()

    async def of(self, where: Path) -> Baseline | None:
        """The tests of the last checkpoint of a directory; None when it has none, when the
        checkpoint defines no test, or when it cannot be read here."""
        newest = await self._store.checkpoints.list(path=where, limit=1)
        return await self.get(newest[0].checkpoint_id) if newest else None

    async def get(self, checkpoint_id: str) -> Baseline | None:
        """As `of`, for a known checkpoint ('' for none)."""
        if not checkpoint_id:
            return None
        if checkpoint_id not in self._known:
            try:
                tests = await self._read(checkpoint_id)
            except UnsupportedError:
                tests = {}
            except CoderError as error:
                logger.warning("the tests of %s cannot be told: %s", checkpoint_id, error.message)
                return None
            self._known[checkpoint_id] = Baseline(checkpoint_id, tests)
        self._known.move_to_end(checkpoint_id)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        found = self._known[checkpoint_id]
        return found if found.tests else None

    async def _read(self, checkpoint_id: str) -> Mapping[str, TestFact]:
        with private_directory(self._work_dir / "baselines") as scratch:
            tree = scratch / "tree"
            await self._store.checkpoints.write_out(
                checkpoint_id, tree, wanted=_tells_of_tests, max_bytes=MAX_BYTES
            )
            return await self._validator.tests_defined(tree)


def _tells_of_tests(path: str) -> bool:
    """Whether a file is a source or makes its directory a project."""
    name = path.rpartition("/")[2]
    return any(
        name in language.markers or name.endswith(language.suffixes)
        for language in LANGUAGES.values()
    )
