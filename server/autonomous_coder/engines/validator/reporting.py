"""What all results amount to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from autonomous_coder.engines.validator.components import Part
from autonomous_coder.engines.validator.narrowing import Scope
from autonomous_coder.engines.validator.wishes import Wishes
from autonomous_coder.engines.validator.work import ADVISORIES, Kept
from autonomous_coder.models.execution import SandboxStatus
from autonomous_coder.models.validation import CheckStatus, Component, ValidationReport
from autonomous_coder.treecopy import TreeCopy

NETWORK = "none, but for installing dependencies through the allow-listing proxy"
UNDECIDED = (CheckStatus.NOT_RUN, CheckStatus.INFRASTRUCTURE)


def make_report(
    root: Path,
    wishes: Wishes,
    parts: Sequence[Part],
    frozen: TreeCopy,
    scope: Scope | None,
    status: SandboxStatus,
    results: Sequence[Kept],
    *,
    stale: bool,
    duration: float,
    imports: dict[str, list[str]],
) -> ValidationReport:
    """The verdict: what applies and was asked for must have passed."""
    return ValidationReport(
        project_id=wishes.project_id,
        path=str(root),
        language=parts[0].language.name,
        components=[Component(path=part.path, language=part.language.name) for part in parts],
        paths=list(scope.told) if scope is not None else [],
        tree_hash=frozen.digest,
        files=len(frozen.files),
        created_at=datetime.now(UTC),
        duration_s=duration,
        passed=passed(wishes, parts, results),
        complete=scope is None and complete(results) and not frozen.skipped,
        level=status.level,
        layers=status.layers,
        missing=status.missing,
        network=NETWORK,
        checks=[kept.result for kept in results],
        stale=stale,
        imports=imports,
    )


def passed(wishes: Wishes, parts: Sequence[Part], results: Sequence[Kept]) -> bool:
    """Whether at least one check decided and every deciding one passed."""
    asked = {
        part.name(name)
        for part in parts
        for name in part.language.check_names
        if wishes.asks(name, part)
    } | {kept.base for kept in results if kept.base == ADVISORIES and wishes.asks(ADVISORIES)}
    # Code that does not compile is never fine, whatever was asked for of its component.
    first = {
        part.name(part.language.check_names[0])
        for part in parts
        if any(part.name(name) in asked for name in part.language.check_names)
    }
    deciding = [
        kept.result
        for kept in results
        if kept.result.name in first
        or (kept.decides and not kept.result.informational and kept.result.name in asked)
    ]
    return bool(deciding) and all(c.status is CheckStatus.PASSED for c in deciding)


def complete(results: Sequence[Kept]) -> bool:
    """Whether nothing that applies was left out."""
    return not any(
        kept.needed and kept.result.status in UNDECIDED and not kept.result.informational
        for kept in results
    )
