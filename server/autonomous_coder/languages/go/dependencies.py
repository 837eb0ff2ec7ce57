"""Dependencies: they download and verify, what is imported is required, go.mod is tidy."""

from __future__ import annotations

import re
from typing import Any

from autonomous_coder.languages.base import CheckPlan, Environment, ProjectView, Steps, Toolbox
from autonomous_coder.languages.findings import clean, finding, stopped, unreadable, verdict
from autonomous_coder.languages.go import listing, modfile, toolchain
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.models.execution import OUTPUT_DIR, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "dependencies", "Dependencies download, verify and are required"
UNTOLD = "Whether go.mod is tidy cannot be told from the downloaded modules alone."
SCRIPT = f"""
set -f
"$GO" list -e -test -json={listing.FIELDS} $PATTERNS >{OUTPUT_DIR}/{listing.LIST_FILE} || exit 1
if [ "$GOWORK" = off ] && [ "$TIDY" = 1 ]; then
    GOFLAGS=-mod=mod "$GO" mod tidy -diff >{OUTPUT_DIR}/tidy.diff 2>{OUTPUT_DIR}/tidy.err
    echo $? >{OUTPUT_DIR}/tidy.end
fi
exit 0
"""
_CHANGE = re.compile(r"^([+-])(?:require\s+)?\s*(\S+) (v\S+)( // indirect)?$")


def dependencies_plan(
    project: ProjectView, environment: Environment, chosen: Choices, toolbox: Toolbox
) -> CheckPlan:
    """What the fetch phase found, and a comparison of imports with requirements."""

    def steps() -> Steps[CheckResult]:
        about: dict[str, Any] = {"tool": "go mod", "tool_version": toolchain.found(toolbox).version}
        if not environment.ready:
            ours = environment.infrastructure
            return CheckResult(
                name=NAME,
                title=TITLE,
                status=CheckStatus.INFRASTRUCTURE if ours else CheckStatus.FAILED,
                reason=environment.reason,
                diagnostics=list(environment.diagnostics),
                duration_s=environment.duration_s,
                level=environment.level,
                **about,
            )
        tidy = {"TIDY": "0" if chosen.mode == "vendor" else "1"}
        outcome = yield toolchain.command(
            project, toolbox, environment, chosen, SCRIPT, extra=tidy
        )  # fmt: skip
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        packages = listing.read_listing(outcome.files.get(listing.LIST_FILE, b""), project.root)
        found = [*environment.diagnostics, *_vendoring(project, outcome)]
        found += packages.diagnostics(project.root)
        if not packages.packages and not found:
            return unreadable(NAME, TITLE, outcome, "go sees no package here", **about)
        more, note = untidy(project, outcome)
        notes = [*environment.notes, note]
        result = verdict(
            NAME, TITLE, _own([*found, *more]), strict=False,
            reason=" ".join(filter(None, notes)), outcome=outcome,
            files=len(packages.files()), cached=environment.cached, **about,
        )  # fmt: skip
        result.duration_s += environment.duration_s
        return result

    return CheckPlan(NAME, TITLE, steps, cost=1.0, needs_environment=True)


def _own(found: list[Diagnostic]) -> list[Diagnostic]:
    """Each once; files that cannot be parsed are another check's finding."""
    kept = {(d.code, d.path, d.line, d.message): d for d in found if d.code != "load"}
    return list(kept.values()) or [d for d in found if d.code == "load"]


def _vendoring(project: ProjectView, outcome: Outcome) -> list[Diagnostic]:
    """What `vendor/` and go.mod disagree on, or why no package could be listed at all."""
    said = clean(outcome.stderr.decode("utf-8", "replace")[:4_000], project.root, 4_000)
    if "inconsistent vendoring" in said:
        lines = [line.strip() for line in said.splitlines() if line.startswith("\t")]
        message = f"vendor/ does not fit go.mod: {'; '.join(lines[:4])}; run `go mod vendor`"
        return [
            finding(
                "go", "go", "vendor-out-of-step", Severity.ERROR, message,
                path=modfile.VENDORED, line=1,
            )
        ]  # fmt: skip
    if outcome.exit_code == 0:
        return []
    found = listing.compiled(said.replace("go: ", ""), project.root, tool="go", code="go-mod")
    if found:
        return found
    text = " ".join(line.strip() for line in said.splitlines())[:500] or "go list failed"
    at = modfile.MANIFEST if modfile.MANIFEST in project.files else ""
    return [finding("go", "go", "go-mod", Severity.ERROR, text, path=at)]


def untidy(project: ProjectView, outcome: Outcome) -> tuple[list[Diagnostic], str]:
    """What `go mod tidy` would change, as the difference it prints; or that it cannot be told."""
    end = outcome.files.get("tidy.end", b"").strip()
    if end in (b"", b"0"):
        return [], ""
    text = outcome.files.get("tidy.diff", b"").decode("utf-8", "replace")
    if not text.startswith("diff "):
        return [], UNTOLD
    about = modfile.read_mod(project)
    lines = {r.module: r.line for r in about.requirements}
    removed: dict[str, bool] = {}
    added: dict[str, bool] = {}
    in_sum = sums = 0
    for row in text.splitlines()[:20_000]:
        if row.startswith("diff "):
            in_sum = modfile.LOCKFILE in row
        elif in_sum and row.startswith("+") and not row.startswith("+++"):
            sums += 1
        elif not in_sum and (match := _CHANGE.match(row)):
            (added if match[1] == "+" else removed)[match[2]] = bool(match[4])
    found: list[Diagnostic] = []
    for module, indirect in removed.items():
        if module in added and added[module] == indirect:
            continue
        if module not in added:
            code, message = "unused-requirement", f"'{module}' is required, but nothing imports it"
        elif indirect:
            code = "marked-indirect"
            message = f"'{module}' is imported, but marked '// indirect'"
        else:
            code, message = (
                "not-indirect",
                f"'{module}' is not imported here; mark it '// indirect'",
            )
        found.append(_warning(code, message, lines.get(module, 0)))
    for module in [m for m in added if m not in removed]:
        found.append(
            _warning(
                "missing-requirement", f"go.mod does not require '{module}', though it is used", 0
            )
        )
    if sums and not found:
        found.append(_warning("sum-not-tidy", "go.sum lacks entries; run `go mod tidy`", 0))
    if not found:
        return [_warning("not-tidy", "go.mod is not tidy; run `go mod tidy`", 0, Severity.INFO)], ""
    return found, ""


def _warning(
    code: str, message: str, line: int, severity: Severity = Severity.WARNING
) -> Diagnostic:
    return finding("go", "go", code, severity, message, path=modfile.MANIFEST, line=line)
