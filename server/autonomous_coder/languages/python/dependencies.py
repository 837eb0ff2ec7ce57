"""Dependencies: they install from the lock, the lock is in step, what is imported is declared."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from autonomous_coder.languages.base import CheckPlan, Environment, Steps
from autonomous_coder.languages.findings import finding, verdict
from autonomous_coder.languages.python.facts import Facts, Import, is_standard, is_test_path
from autonomous_coder.languages.python.metadata import Metadata, normalise
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "dependencies", "Dependencies install and are declared"
MAX_RECORD_BYTES = 8_000_000


def dependencies_plan(metadata: Metadata, facts: Facts, environment: Environment) -> CheckPlan:
    """What the fetch phase found, and a comparison of imports with declarations."""

    def steps() -> Steps[CheckResult]:
        yield from ()
        if not environment.ready:
            status = CheckStatus.INFRASTRUCTURE if environment.infrastructure else None
            found = list(environment.diagnostics)
            return CheckResult(
                name=NAME,
                title=TITLE,
                status=status or CheckStatus.FAILED,
                reason=environment.reason,
                tool="uv",
                diagnostics=found,
                duration_s=environment.duration_s,
                level=environment.level,
            )
        found = [
            *environment.diagnostics,
            *undeclared(metadata, facts, environment),
            *unused(metadata, facts, environment),
        ]
        result = verdict(
            NAME, TITLE, found, strict=False, reason=" ".join(environment.notes),
            tool="uv", files=len(facts.files), cached=environment.cached,
        )  # fmt: skip
        result.duration_s = environment.duration_s
        result.level = environment.level
        return result

    return CheckPlan(NAME, TITLE, steps, cost=0.1, needs_environment=True)


def undeclared(metadata: Metadata, facts: Facts, environment: Environment) -> list[Diagnostic]:
    """Imports that nothing declared provides: an error when nothing installed does either."""
    providers = installed_modules(environment.directory)
    own = facts.first_party() | {metadata.name.replace("-", "_")}
    declared = metadata.dependencies | metadata.optional | metadata.development
    found = []
    for fact in facts.files.values():
        seen: set[str] = set()
        for item in fact.imports:
            top = item.top
            if item.level or item.guarded or top in seen or top in own or is_standard(top):
                continue
            seen.add(top)
            names = providers.get(top, frozenset())
            if not names:
                found.append(_finding(fact.path, item, "undeclared-import", Severity.ERROR, (
                    f"'{top}' is imported, but no declared dependency provides it"
                )))  # fmt: skip
            elif is_test_path(fact.path) or metadata.dynamic:
                continue
            elif not names & (metadata.dependencies | metadata.optional):
                shown = ", ".join(sorted(names))
                how = "only for development" if names & declared else "only through another package"
                found.append(_finding(fact.path, item, "transitive-import", Severity.WARNING, (
                    f"'{top}' is imported, but '{shown}' is installed {how}; declare it"
                )))  # fmt: skip
    return found


def unused(metadata: Metadata, facts: Facts, environment: Environment) -> list[Diagnostic]:
    """Declared run-time dependencies that no file imports: information, since a driver or plugin
    is loaded by its name."""
    if metadata.dynamic:
        return []
    providers = installed_modules(environment.directory)
    imported = {item.top for fact in facts.files.values() for item in fact.imports}
    used = {name for top in imported for name in providers.get(top, ())}
    known = {name for names in providers.values() for name in names}
    return [
        finding(
            "python", "autonomous-coder", "unused-dependency", Severity.INFO,
            f"'{name}' is declared, but nothing imports it", path="pyproject.toml",
        )
        for name in sorted((metadata.dependencies & known) - used)
    ]  # fmt: skip


def _finding(path: str, item: Import, code: str, severity: Severity, message: str) -> Diagnostic:
    return finding(
        "python", "autonomous-coder", code, severity, message, path=path, line=item.line, column=1
    )


def installed_modules(directory: Path | None) -> Mapping[str, frozenset[str]]:
    """Top-level module -> normalised names of the installed distributions that provide it."""
    modules: dict[str, set[str]] = {}
    for packages in (
        sorted((directory or Path()).glob("lib/python3.*/site-packages")) if directory else ()
    ):
        for record in sorted(packages.glob("*.dist-info/RECORD")):
            name = normalise(record.parent.name.removesuffix(".dist-info").rsplit("-", 1)[0])
            for module in _tops(record):
                modules.setdefault(module, set()).add(name)
    return {module: frozenset(names) for module, names in modules.items()}


def _tops(record: Path) -> Iterator[str]:
    """Module names at the top of what one distribution installed."""
    seen: set[str] = set()
    for line in _read_regular(record).decode("utf-8", "replace").splitlines():
        path = line.rsplit(",", 2)[0].strip('"')
        head, _, rest = path.partition("/")
        if head.endswith((".dist-info", ".data", ".pth", ".egg-info")) or head in {
            "..",
            "__pycache__",
        }:
            continue
        top = head if rest else head.split(".", 1)[0]
        if top.isidentifier() and top not in seen:
            seen.add(top)
            yield top


def _read_regular(place: Path) -> bytes:
    """A regular file's bytes, empty for anything else: code of packages may have left a link out of
    the environment in its place, or a pipe that nobody ever writes to."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(place, flags)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as stream:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode) or info.st_size > MAX_RECORD_BYTES:
            return b""
        return stream.read(MAX_RECORD_BYTES)
