"""How long checks took on a project before: what takes longest is started first."""

from __future__ import annotations

import contextlib
import json
import secrets
from pathlib import Path

MAX_KEPT = 4_000
MAX_FILE_BYTES = 4_000_000


class Durations:
    """Seconds by (project, check), kept in one file; an unreadable one is begun anew."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._known: dict[str, float] | None = None
        self._changed = False

    def load(self) -> None:
        """Read the file once. Blocking."""
        if self._known is not None:
            return
        known: dict[str, float] = {}
        with contextlib.suppress(OSError, ValueError, RecursionError, AttributeError):
            if self._place.stat().st_size <= MAX_FILE_BYTES:
                for key, value in json.loads(self._place.read_bytes()).items():
                    if isinstance(value, (int, float)) and 0 <= value < 1e6:
                        known[key] = float(value)
        self._known = known

    def expected(self, root: Path, check: str, otherwise: float) -> float:
        """What it took lately; `otherwise` when it was never run there."""
        return (self._known or {}).get(_key(root, check), otherwise)

    def note(self, root: Path, check: str, seconds: float) -> None:
        """A check was run."""
        known = self._known = self._known or {}
        key = _key(root, check)
        before = known.pop(key, seconds)
        known[key] = round((before + seconds) / 2, 3)
        while len(known) > MAX_KEPT:
            del known[next(iter(known))]
        self._changed = True

    def save(self) -> None:
        """Write what was noted; a failure costs nothing but the order. Blocking."""
        if not self._changed or self._known is None:
            return
        self._changed = False
        temporary = self._place.with_name(f"{self._place.name}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            temporary.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(dict(self._known)), encoding="utf-8")
            temporary.replace(self._place)


def _key(root: Path, check: str) -> str:
    return f"{root}\0{check}"
