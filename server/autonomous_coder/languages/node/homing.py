"""Paths as they read at level L3, also where the project's copy stood elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.models.execution import PROJECT_DIR, Outcome, SandboxLevel

MAX_FILES = 2_000
_COPY = re.compile(rb"/(?:[^\s\"'():,/]+/)*?project(?=/)")


def at_home(outcome: Outcome, project: ProjectView) -> Outcome:
    """The outcome with `/project` wherever a tool named the real directory of the copy. Below L3
    there is no such place, and what tools print or write is handed back as it is."""
    if outcome.level is SandboxLevel.L3:
        return outcome
    text = b"\n".join((outcome.stdout, outcome.stderr, *outcome.files.values()))
    names = [f.encode("utf-8", "replace") for f in project.files[:MAX_FILES]]
    for place in sorted(set(_COPY.findall(text)), key=len):
        if place != PROJECT_DIR.encode() and any(place + b"/" + name in text for name in names):
            there = PROJECT_DIR.encode()
            return replace(
                outcome,
                stdout=outcome.stdout.replace(place, there),
                stderr=outcome.stderr.replace(place, there),
                files={k: v.replace(place, there) for k, v in outcome.files.items()},
            )
    return outcome
