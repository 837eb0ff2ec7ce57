"""What a project's Cargo.lock pins, and whether it speaks of the project's own crates."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from autonomous_coder.languages.base import Package, ProjectView
from autonomous_coder.languages.findings import finding
from autonomous_coder.languages.rust.manifests import Workspace
from autonomous_coder.models.validation import Diagnostic, Severity

LOCK = "Cargo.lock"
_EXACT = re.compile(r"=\s*(\d+\.\d+\.\d+[\w.+-]*)")


def packages(project: ProjectView, workspace: Workspace) -> list[Package]:
    """Everything the lock takes from a registry; without a lock, exact requirements."""
    direct = {d.package for crate in workspace.crates for d in crate.dependencies if d.external}
    if LOCK not in project.files:
        return [
            Package("crates", found.package, version, True, crate.path, found.line)
            for crate in workspace.crates
            for found in crate.dependencies
            if (version := _exact(found.version))
        ]
    text = project.read(LOCK)
    found = []
    for name, version, source, line in _entries(text):
        if source.startswith(("registry+", "sparse+")):
            found.append(Package("crates", name, version, name in direct, LOCK, line))
    return found


def _exact(requirement: str) -> str:
    """The one version a requirement admits; empty when it admits several."""
    match = _EXACT.fullmatch(requirement.strip())
    return match[1] if match else ""


def _entries(text: str) -> list[tuple[str, str, str, int]]:
    """(name, version, source, line of the name) of every entry."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError):
        return []
    lines = [
        (match[1], text.count("\n", 0, match.start()) + 1)
        for match in re.finditer(r'^name = "([^"]+)"$', text, re.M)
    ]
    entries = document.get("package", ())
    entries = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    found = []
    for index, entry in enumerate(entries):
        name, version = entry.get("name"), entry.get("version")
        if isinstance(name, str) and isinstance(version, str):
            known = index < len(lines) and lines[index][0] == name
            source = entry.get("source")
            source = source if isinstance(source, str) else ""
            found.append((name, version, source, lines[index][1] if known else 0))
    return found


def own_crates(project: ProjectView, workspace: Workspace) -> Iterator[Diagnostic]:
    """Crates of the project that its lock does not hold at their version."""
    if LOCK not in project.files:
        return
    own = {
        (name, version) for name, version, source, _ in _entries(project.read(LOCK)) if not source
    }
    for crate in workspace.crates:
        if (crate.name, crate.version) not in own:
            message = (
                f"{LOCK} does not hold '{crate.name}' {crate.version}. Run `cargo update "
                "--workspace` and commit it."
            )
            yield finding("rust", "cargo", "lock-out-of-step", Severity.ERROR, message, path=LOCK)
