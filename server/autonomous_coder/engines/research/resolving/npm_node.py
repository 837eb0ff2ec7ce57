"""The Node.js a stack shall run on. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autonomous_coder.engines.research.resolving.npm_solver import accepts
from autonomous_coder.errors import InvalidInputError

NEWEST_MINOR = 999
LAST_PATCH = 30
_RANGE = re.compile(r"[\d.xX*<>=^~| -]{1,80}")


@dataclass(frozen=True, slots=True)
class NodeTarget:
    """`version` is what engines are asked about: of a line asked for as a whole (`20`, `>=22`)
    its latest release, of a range that names a minor version the lowest one."""

    asked: str
    version: str

    @property
    def major(self) -> str:
        return self.version.partition(".")[0]

    @property
    def whole_line(self) -> bool:
        return f".{NEWEST_MINOR}." in self.version

    def takes(self, engines: str) -> bool:
        """Whether this Node is one that `engines` accepts."""
        return not engines or accepts(engines, self.version)

    def __str__(self) -> str:
        return f"Node {self.asked}"


def node_target(runtime: str, installed: str) -> NodeTarget | None:
    """The target for a runtime range such as `20`, `node >=22.12` or `^20.19`; the installed Node
    (`v20.20.2`) where none is named; None where neither is known.

    Raises:
        InvalidInputError: it is no range of Node versions.
    """
    wanted = re.sub(r"^node(?:\\.?js)?\b", "", runtime.strip(), flags=re.I).strip().lstrip("v")
    if not wanted:
        found = re.fullmatch(r"v?(\d+\.\d+\.\d+)\S*", installed)
        return NodeTarget(found[1], found[1]) if found else None
    numbers = re.search(r"(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,4}))?", wanted)
    if not _RANGE.fullmatch(wanted) or not numbers or wanted.startswith("<"):
        raise InvalidInputError(
            f"'{runtime[:60]}' is not a range of Node versions.",
            hint="Write it like 22 or >=20.19.",
        )
    major, minor, patch = numbers.groups()
    if minor is None:
        return NodeTarget(wanted, f"{major}.{NEWEST_MINOR}.0")
    return NodeTarget(wanted, f"{major}.{minor}.{patch or 0}")


def lowest_of_line(target: NodeTarget, engines: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """(the lowest version of the target's line that all engines take, who asks for it), for
    engines as (package, range); empty when the line's first release will do or none will."""
    ranges = [(name, range_) for name, range_ in engines if range_]
    asking = ""

    def refusing(version: str) -> str:
        return next((f"{n} asks for {r}" for n, r in ranges if not accepts(r, version)), "")

    for minor in range(100):
        last = refusing(f"{target.major}.{minor}.{LAST_PATCH}")
        asking = refusing(f"{target.major}.{minor}.0") or asking
        if last:
            continue
        for patch in range(LAST_PATCH + 1):
            version = f"{target.major}.{minor}.{patch}"
            if not (said := refusing(version)):
                return ("", "") if version == f"{target.major}.0.0" else (version, asking)
            asking = said
    return "", ""
