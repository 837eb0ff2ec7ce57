"""What a host needs to mend the first remaining errors by hand."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from autonomous_coder.engines.recovery.diagnosis import in_order
from autonomous_coder.engines.recovery.editing import read
from autonomous_coder.errors import PathNotAllowedError
from autonomous_coder.models.validation import Diagnostic, Excerpt, FixAttempt, ValidationReport

MAX_EXCERPTS = 5
CONTEXT = 15
MAX_LINE_CHARS = 200
_QUOTED = re.compile(r"[`'\"“]([A-Za-z_]\w*)[`'\"”]")


def excerpts(
    root: Path,
    report: ValidationReport,
    diagnostics: Sequence[Diagnostic],
    attempts: Sequence[FixAttempt],
    symbols: Callable[[str], Sequence[str]],
) -> list[Excerpt]:
    """The first finding of each kind, roots first."""
    found: list[Excerpt] = []
    seen: set[str] = set()
    for diagnostic in in_order(diagnostics):
        if diagnostic.fingerprint in seen:
            continue
        seen.add(diagnostic.fingerprint)
        text, start = numbered(root, diagnostic)
        check = next((c.name for c in report.checks if diagnostic in c.diagnostics), "")
        found.append(
            Excerpt(
                diagnostic=diagnostic,
                text=text,
                start_line=start,
                symbols=nearest(diagnostic, symbols(diagnostic.path)),
                tried=[
                    f"{a.description}: {a.reason}"
                    for a in attempts
                    if not a.kept and diagnostic.path in a.paths
                ][:5],
                recheck=f'validate(path="{report.path}", checks=["{check}"])',
            )
        )
        if len(found) == MAX_EXCERPTS:
            break
    return found


def numbered(root: Path, diagnostic: Diagnostic) -> tuple[str, int]:
    """Numbered lines around a finding's place, and the first one's number."""
    if not diagnostic.path:
        return "", 1
    try:
        content = read(root, diagnostic.path)
    except (OSError, PathNotAllowedError):
        return "", 1
    lines = (content or b"").decode("utf-8", "replace").splitlines()
    middle = max(1, diagnostic.line)
    start = max(1, middle - CONTEXT)
    shown = lines[start - 1 : middle + CONTEXT]
    return (
        "\n".join(f"{start + i:5} {line[:MAX_LINE_CHARS]}" for i, line in enumerate(shown)),
        start,
    )


def nearest(diagnostic: Diagnostic, known: Sequence[str]) -> list[str]:
    """Up to five known names near those the message quotes."""
    found: list[str] = []
    for name in _QUOTED.findall(diagnostic.message)[:3]:
        found += [n for n in difflib.get_close_matches(name, known, n=5, cutoff=0.6) if n != name]
    return list(dict.fromkeys(found))[:5]
