"""System libraries that a package needs and this machine lacks: no mistake of the project.

Wheels such as PySide6's bring their own code and none of the system's (`libEGL.so.1`). Where one
is missing, tests that import the package say nothing about the project; all others do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

CACHE = Path("/etc/ld.so.cache")
"""What the system's loader knows, in the sandbox, too."""
_MISSING = re.compile(r"\bImportError: (lib[\w.+-]{1,80}\.so[\d.]{0,12}): cannot open shared obj")
_DEBIAN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libcairo.so.2": "libcairo2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgomp.so.1": "libgomp1",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpulse.so.0": "libpulse0",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""Library -> the package of Debian and Ubuntu that brings it."""


def known_libraries(cache: Path = CACHE) -> bytes:
    """What the system's loader knows; nothing where there is no such list."""
    try:
        return cache.read_bytes()
    except OSError:
        return b""


def lacking(failures: Iterable[Mapping[str, Any]], known: bytes) -> dict[str, str]:
    """Tests, files or directories that failed -> the library whose absence did it. One that is
    said to be missing and is known to the system is a failure like any other."""
    found = {}
    for record in failures:
        match = _MISSING.search(str(record.get("message", "")))
        if match is not None and f"{match[1]}\0".encode() not in known:
            found[str(record.get("id", ""))] = match[1]
    return found


def concerns(test: str, lacks: Iterable[str]) -> bool:
    """Whether a test could not be run because of one of these tests, files or directories."""
    return any(test == i or test.startswith((f"{i}[", f"{i}::", f"{i}/")) for i in lacks)


def told(libraries: Iterable[str], tests: int) -> str:
    """What the machine lacks, and what brings it."""
    names = sorted(set(libraries))
    brought = [_DEBIAN[name] for name in names if name in _DEBIAN]
    several = len(names) > 1
    mended = f" On Debian and Ubuntu: apt-get install {' '.join(brought)}." if brought else ""
    return (
        f"This machine lacks {'system libraries' if several else 'a system library'} that "
        f"packages of the project need: {', '.join(names)}.{mended} Tests that import them were "
        f"not run; {tests} others passed. "
    )
