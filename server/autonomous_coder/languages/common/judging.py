"""What the end of locking or installing means, for tools that tell it in their error output."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from autonomous_coder.languages.base import InstallVerdict
from autonomous_coder.languages.findings import clean
from autonomous_coder.models.execution import Outcome

MAX_READ = 6_000
Signs = Sequence[tuple[re.Pattern[str], InstallVerdict]]
"""Patterns of what is printed, the first that is found decides."""


def judged(
    outcome: Outcome, tool: str, signs: Signs, gist: Callable[[str], str]
) -> tuple[InstallVerdict, str]:
    """The verdict with one line of `gist`. What no sign tells is not blamed on the project."""
    if outcome.killed_by:
        return InstallVerdict.INFRASTRUCTURE, f"{tool} was stopped ({outcome.killed_by})"
    if outcome.exit_code == 0:
        return InstallVerdict.OK, ""
    said = clean(outcome.stderr.decode("utf-8", "replace")[-MAX_READ:], limit=MAX_READ)
    line = gist(said) or f"{tool} ended with exit code {outcome.exit_code}"
    if outcome.refused_hosts:
        hosts = ", ".join(outcome.refused_hosts[:5])
        return InstallVerdict.INFRASTRUCTURE, f"hosts were refused by the proxy: {hosts}. {line}"
    found = (verdict for pattern, verdict in signs if pattern.search(said))
    return next(found, InstallVerdict.INFRASTRUCTURE), line
