"""What one process remembers of the projects it validated, so that nothing is done twice."""

from __future__ import annotations

import contextlib
import os
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autonomous_coder.engines.validator.components import Part
from autonomous_coder.engines.validator.narrowing import Scope
from autonomous_coder.engines.validator.work import Kept
from autonomous_coder.languages.base import Package
from autonomous_coder.treecopy import TreeCopy
from autonomous_coder.treewalk import TreeMemory

MAX_TREES = 32
MAX_REPORTS = 64
REPORT_SECONDS = 3_600.0
"""A report is not taken again for longer: what the machine offers may have changed."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Results that may be used again while the tree (`frozen`, its copy gone), the wishes
    (`request`), the `machines` (what each part is checked with) and the installed `environments`
    are the same. `packages` are asked about anew each
    time."""

    request: str
    parts: Sequence[Part]
    frozen: TreeCopy
    scope: Scope | None
    results: Sequence[Kept]
    machines: tuple[str, ...]
    environments: tuple[Path, ...]
    packages: Sequence[Package]
    made_at: float
    imports: dict[str, list[str]]

    def usable(self) -> bool:
        """Whether it is young and its environments, which are used now, are there. Blocking."""
        if time.monotonic() - self.made_at > REPORT_SECONDS:
            return False
        if not all(place.is_dir() for place in self.environments):
            return False
        for place in self.environments:
            with contextlib.suppress(OSError):
                os.utime(place)
        return True


class Memory:
    """Trees by root, reports by root and request; the longest unused go first."""

    def __init__(self) -> None:
        self._trees: OrderedDict[Path, TreeMemory] = OrderedDict()
        self._reports: OrderedDict[tuple[Path, str], Remembered] = OrderedDict()

    def tree(self, root: Path) -> TreeMemory:
        """What is known of the files below a root."""
        tree = self._trees.setdefault(root, TreeMemory())
        self._trees.move_to_end(root)
        while len(self._trees) > MAX_TREES:
            self._trees.popitem(last=False)
        return tree

    def find(self, root: Path, request: str) -> Remembered | None:
        """The last report for the same wishes."""
        found = self._reports.get((root, request))
        if found is not None:
            self._reports.move_to_end((root, request))
        return found

    def keep(self, root: Path, remembered: Remembered) -> None:
        """Remember a report."""
        self._reports[root, remembered.request] = remembered
        self._reports.move_to_end((root, remembered.request))
        while len(self._reports) > MAX_REPORTS:
            self._reports.popitem(last=False)
