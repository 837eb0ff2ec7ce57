"""Reading package-lock.json and npm's errors. Pure: text in, facts out."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from autonomous_coder.engines.research.resolving.base import shorten
from autonomous_coder.engines.research.resolving.npm_node import NodeTarget
from autonomous_coder.errors import ResolutionError

_NAMED = re.compile(r"((?:@[\w.~-]+/)?[\w.~-]+)@(\d+\.\d+\.\d+[\w.+-]*)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One package of a lock, at its path (`node_modules/a/node_modules/b`)."""

    path: str
    name: str
    version: str
    node: str
    needs: Mapping[str, str]
    optional: bool


class NpmLock:
    """A package-lock.json of version 2 or 3.

    Raises:
        ResolutionError: it cannot be read.
    """

    def __init__(self, text: str) -> None:
        try:
            packages = json.loads(text)["packages"]
            root = packages[""]
            self.direct = [
                name
                for group in ("dependencies", "devDependencies", "optionalDependencies")
                for name in root.get(group, {})
            ]
            self.entries = {
                path: _entry(path, row)
                for path, row in packages.items()
                if path.startswith("node_modules/") and not row.get("link")
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ResolutionError(
                "The lock file that npm wrote cannot be read.", hint="Check npm's version."
            ) from error

    def pins(self) -> dict[str, str]:
        """Name -> version of what is installed at the top, direct packages and others."""
        return {
            entry.name: entry.version
            for path, entry in self.entries.items()
            if path == f"node_modules/{entry.name}"
        }

    def refusing(self, target: NodeTarget) -> list[Entry]:
        """The packages that must be there and whose engines refuse the target."""
        return [e for e in self.entries.values() if not e.optional and not target.takes(e.node)]

    def engines(self) -> list[tuple[str, str]]:
        """(package with version, Node range) of all that must be there and say one."""
        return [
            (f"{e.name} {e.version}", e.node)
            for e in self.entries.values()
            if e.node and not e.optional
        ]

    def brought_by(self, path: str) -> list[str]:
        """The direct packages that need what is at `path`, those nearest to it first."""
        distances: list[tuple[int, str]] = []
        for name in self.direct:
            start = f"node_modules/{name}"
            seen = {start: 0}
            queue = deque([start])
            while queue:
                here = queue.popleft()
                if here == path:
                    distances.append((seen[here], name))
                    break
                for need in self.entries[here].needs if here in self.entries else ():
                    there = self._found(here, need)
                    if there and there not in seen:
                        seen[there] = seen[here] + 1
                        queue.append(there)
        return [name for _, name in sorted(distances)]

    def _found(self, path: str, name: str) -> str:
        """Where Node finds `name` when the package at `path` asks for it."""
        while True:
            place = f"{path}/node_modules/{name}" if path else f"node_modules/{name}"
            if place in self.entries:
                return place
            if not path:
                return ""
            path = path.rpartition("/node_modules/")[0] if "/node_modules/" in path else ""


def _entry(path: str, row: Mapping[str, Any]) -> Entry:
    engines = row.get("engines")
    node = engines.get("node", "") if isinstance(engines, dict) else ""
    needs = {
        **row.get("dependencies", {}),
        **row.get("optionalDependencies", {}),
        **row.get("peerDependencies", {}),
    }
    return Entry(
        path,
        row.get("name") or path.rpartition("node_modules/")[2],
        str(row.get("version", "")),
        node if isinstance(node, str) else "",
        needs,
        bool(row.get("optional") or row.get("devOptional")),
    )


def is_conflict(said: str) -> bool:
    """Whether npm found no tree in which all peers fit."""
    return "ERESOLVE" in said


def is_missing(said: str) -> str:
    """What npm found no version of, or empty."""
    match = re.search(r"(?:No matching version found for|ETARGET.*? for) (\S+?)\.?(?:\s|$)", said)
    if match:
        return match[1]
    match = re.search(
        r"404\s+['‘]?(\S+?)['’]? (?:is not in this registry|could not be found)", said
    )
    return match[1] if match else ""


def in_conflict(said: str) -> list[str]:
    """The packages an ERESOLVE report names, the one being resolved first."""
    return list(dict.fromkeys(match[1] for match in _NAMED.finditer(said)))


def conflict_line(said: str) -> str:
    """An ERESOLVE report in one line."""
    resolving = re.search(r"While resolving: (\S+)", said)
    found = re.search(r"Found: (\S+)", said)
    peer = re.search(r"Could not resolve dependency:\s*(?:npm (?:error|ERR!) )?(.+)", said)
    parts = [
        f"resolving {resolving[1]}" if resolving else "",
        f"found {found[1]}" if found else "",
        f"but needed {peer[1]}" if peer else "",
    ]
    told = ", ".join(part for part in parts if part)
    return shorten(f"npm: {told}" if told else error_line(said))


def error_line(said: str) -> str:
    """npm's own error, bounded."""
    lines = [
        re.sub(r"^npm (?:error|ERR!)\s*", "", line)
        for line in said.splitlines()
        if line.startswith(("npm error", "npm ERR!")) and "complete log" not in line
    ]
    return shorten(" ".join(lines) or said or "npm said nothing", 300)
