"""Looking at some paths of a project only."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from autonomous_coder.errors import InvalidInputError, NotFoundError
from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.findings import MAX_DIAGNOSTICS, counts
from autonomous_coder.models.validation import CheckResult, CheckStatus

FILE_SCOPED = frozenset({"syntax", "lint", "format", "security", "secrets", "performance"})
"""Checks whose findings are about one file each."""
MAX_PATHS = 1_000
MAX_PATH_CHARS = 1_000
MAX_TOLD = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """The files that are looked at. `told` is what the report says of it."""

    files: frozenset[str]
    told: tuple[str, ...]


def checked_paths(paths: Sequence[str]) -> tuple[str, ...]:
    """Relative paths in their plain form, without those that are inside another; empty when one
    of them is the whole project.

    Raises:
        InvalidInputError: too many or too long, or one leads out of the project.
    """
    if len(paths) > MAX_PATHS:
        raise InvalidInputError(
            f"{len(paths):,} paths are too many.",
            hint=f"Name at most {MAX_PATHS:,}; a directory stands for all files below it.",
        )
    plain = []
    for path in paths:
        normal = posixpath.normpath(path.replace("\\", "/")) if path else "."
        outside = normal.startswith(("/", "../")) or normal == ".." or "\0" in normal
        if outside or len(path) > MAX_PATH_CHARS:
            raise InvalidInputError(
                f"{path[:80]!r} is no path inside the project.",
                hint="Name files and directories relative to the project's top.",
            )
        plain.append(normal)
    if "." in plain:
        return ()
    unique = list(dict.fromkeys(plain))
    return tuple(p for p in unique if not any(p.startswith(f"{o}/") for o in unique if o != p))


def scope_of(paths: Sequence[str], files: Sequence[str]) -> Scope:
    """The files below the named paths.

    Raises:
        NotFoundError: nothing that is checked lies at a path.
    """
    chosen: set[str] = set()
    for path in paths:
        below = [f for f in files if f == path or f.startswith(f"{path}/")]
        if not below:
            raise NotFoundError(
                f"{path[:200]!r} does not exist in the project, or is left out of every check.",
                hint="Name an existing file or directory, relative to the project's top.",
            )
        chosen.update(below)
    return Scope(frozenset(chosen), tuple(paths[:MAX_TOLD]))


def changed_since(before: Mapping[str, str], now: Mapping[str, str], files: Sequence[str]) -> Scope:
    """Files that are new or other than they were."""
    chosen = [f for f in files if before.get(f) != now[f]]
    return Scope(frozenset(chosen), tuple(sorted(chosen)[:MAX_TOLD]))


def narrowed_view(
    project: ProjectView, chosen: Collection[str], suffixes: Sequence[str]
) -> ProjectView:
    """The project with only the chosen ones of its source files; what configures it stays."""
    ends = tuple(suffixes)
    kept = tuple(f for f in project.files if f in chosen or not f.endswith(ends))
    return replace(project, files=kept)


def narrowed_result(result: CheckResult, scope: Scope, *, strict: bool) -> CheckResult:
    """A result without findings in other files; a failure that consisted of those alone is none."""
    kept = [d for d in result.diagnostics if not d.path or d.path in scope.files]
    if len(kept) == len(result.diagnostics):
        return result
    status, reason = result.status, result.reason
    whole = len(result.diagnostics) < MAX_DIAGNOSTICS
    by_findings = counts(result.diagnostics, strict=strict)
    if status is CheckStatus.FAILED and whole and by_findings and not counts(kept, strict=strict):
        status, reason = CheckStatus.PASSED, ""
    return result.model_copy(update={"diagnostics": kept, "status": status, "reason": reason})
