"""Turning what tools print into diagnostics: clean text, relative paths, fingerprints, verdicts."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from autonomous_coder.models.execution import OUTPUT_DIR, PROJECT_DIR, SOURCE_DIR, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

MAX_DIAGNOSTICS = 200
MAX_MESSAGE_CHARS = 1_000

_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069"
    r"\ud800-\udfff]"
)
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`|“[^”\n]*”")
_PATH = re.compile(r"(?:[\w.\-]*/)+[\w.\-]*")
_NUMBER = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")


def clean(text: str, root: Path | None = None, limit: int = MAX_MESSAGE_CHARS) -> str:
    """Without control characters, halves of characters (which no answer can carry) and places of
    the sandbox or of the staging copy; bounded."""
    text = _CONTROL.sub("", text)
    for prefix in (str(root) if root else "", SOURCE_DIR, PROJECT_DIR, OUTPUT_DIR):
        if prefix:
            # Not in the middle of a path: app/models/projects.py is no place of the sandbox.
            place = rf"(?<![\w./-]){re.escape(prefix)}"
            text = re.sub(rf"{place}(?![\w-]|\.\w)", ".", re.sub(f"{place}/", "", text))
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def relative(path: str, root: Path) -> str:
    """A path a tool printed, relative to the project with '/'; empty when it lies elsewhere."""
    path = path.replace("\\", "/")
    for prefix in (f"{root}/", f"{SOURCE_DIR}/", f"{PROJECT_DIR}/"):
        if path.startswith(prefix):
            path = path[len(prefix) :]
            break
    path = posixpath.normpath(path) if path else path
    return "" if path.startswith(("/", "../")) or path in {"", "."} else clean(path, limit=500)


def template(message: str) -> str:
    """A message without its particulars: quoted names, paths and numbers."""
    text = _QUOTED.sub("'…'", message)
    text = _PATH.sub("…/", text)
    return _SPACE.sub(" ", _NUMBER.sub("0", text)).strip()


def fingerprint(language: str, tool: str, code: str, message: str) -> str:
    """Equal for equal mistakes in other places: 16 hexadecimal digits."""
    text = "\0".join((language, tool, code, template(message)))
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def finding(
    language: str,
    tool: str,
    code: str,
    severity: Severity,
    message: str,
    *,
    root: Path | None = None,
    path: str = "",
    line: int = 0,
    column: int = 0,
    **more: Any,
) -> Diagnostic:
    """A diagnostic with its text cleaned and its fingerprint set."""
    message = clean(message, root)
    return Diagnostic(
        tool=tool,
        code=code,
        severity=severity,
        message=message,
        path=path,
        line=max(0, line),
        column=max(0, column),
        fingerprint=fingerprint(language, tool, code, message),
        **more,
    )


def counts(diagnostics: Iterable[Diagnostic], *, strict: bool) -> bool:
    """Whether any of these findings fails a check."""
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(d.severity in failing for d in diagnostics)


def bounded(diagnostics: Sequence[Diagnostic]) -> tuple[list[Diagnostic], str]:
    """At most `MAX_DIAGNOSTICS` findings, the gravest kept, and a sentence about the rest."""
    if len(diagnostics) <= MAX_DIAGNOSTICS:
        return list(diagnostics), ""
    rank = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    order = sorted(range(len(diagnostics)), key=lambda i: (rank[diagnostics[i].severity], i))
    kept = sorted(order[:MAX_DIAGNOSTICS])
    return (
        [diagnostics[i] for i in kept],
        f"{len(diagnostics)} findings, {MAX_DIAGNOSTICS} of them listed.",
    )


def verdict(
    name: str,
    title: str,
    diagnostics: Sequence[Diagnostic],
    *,
    strict: bool,
    outcome: Outcome | None = None,
    reason: str = "",
    informational: bool = False,
    **more: Any,
) -> CheckResult:
    """The result of a check that was carried out: failed when any finding counts."""
    kept, rest = bounded(diagnostics)
    failed = not informational and counts(diagnostics, strict=strict)
    return CheckResult(
        name=name,
        title=title,
        status=CheckStatus.FAILED if failed else CheckStatus.PASSED,
        reason=" ".join(part for part in (reason, rest) if part),
        level=outcome.level if outcome else None,
        duration_s=outcome.duration_s if outcome else 0.0,
        diagnostics=kept,
        informational=informational,
        **more,
    )


def stopped(name: str, title: str, outcome: Outcome, **more: Any) -> CheckResult | None:
    """The result when the sandbox ended the command; None when it ended by itself."""
    if not outcome.killed_by:
        return None
    cause = {
        "timeout": "it ran longer than allowed",
        "memory": "it used more memory than allowed",
        "processes": "it started more processes than allowed",
        "disk": "it wrote more than allowed",
        "inodes": "it created more files than allowed",
        "output": "it printed more than allowed",
        "cancelled": "it was cancelled",
    }[outcome.killed_by]
    cancelled = outcome.killed_by == "cancelled"
    return CheckResult(
        name=name,
        title=title,
        status=CheckStatus.INFRASTRUCTURE if cancelled else CheckStatus.FAILED,
        reason=f"Stopped: {cause}.",
        level=outcome.level,
        duration_s=outcome.duration_s,
        **more,
    )


def unreadable(name: str, title: str, outcome: Outcome, what: str, **more: Any) -> CheckResult:
    """A tool that reported nothing usable: a failure, never a pass."""
    said = clean((outcome.stderr or outcome.stdout).decode("utf-8", "replace")[-600:], limit=400)
    return CheckResult(
        name=name,
        title=title,
        status=CheckStatus.FAILED,
        reason=f"{what} (exit code {outcome.exit_code}). {said}".strip(),
        level=outcome.level,
        duration_s=outcome.duration_s,
        **more,
    )


def parse_json(data: bytes) -> Any:
    """What a tool printed as JSON; None when it is not."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None
