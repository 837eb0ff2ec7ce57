"""Outcomes of a survey's commands, kept so that an unchanged project need not be read again.

What the commands answered is kept rather than what was made of it: plain data, from which the
language makes its own facts again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from autonomous_coder.engines.validator.keys import command_digest
from autonomous_coder.models.execution import Command, Outcome, SandboxLevel


class Recording:
    """(command, outcome) in order. `play` answers from what was kept, as long as it fits."""

    def __init__(self, kept: bytes | None = None) -> None:
        self._kept = _read(kept) if kept else []
        self._made: list[tuple[str, Outcome]] = []
        self.played = 0

    def play(self, command: Command) -> Outcome | None:
        """The outcome of the same command at the same place of the order; None when unknown."""
        position = len(self._made)
        if self.played != position or position >= len(self._kept):
            return None
        known, outcome = self._kept[position]
        if known != command_digest(command):
            return None
        self.played += 1
        self._made.append((known, outcome))
        return outcome

    def note(self, command: Command, outcome: Outcome) -> None:
        """A command was run."""
        self._made.append((command_digest(command), outcome))

    @property
    def complete(self) -> bool:
        """Whether nothing had to be run."""
        return self.played == len(self._made)

    @property
    def undisturbed(self) -> bool:
        """Whether every command ended by itself."""
        return not any(outcome.killed_by for _, outcome in self._made)

    def dump(self) -> bytes:
        """What `Recording` reads again."""
        return json.dumps([[key, _dump(outcome)] for key, outcome in self._made]).encode()


def _dump(outcome: Outcome) -> dict[str, Any]:
    return {
        "exit_code": outcome.exit_code,
        "stdout": _text(outcome.stdout),
        "stderr": _text(outcome.stderr),
        "duration_s": outcome.duration_s,
        "level": outcome.level.value,
        "files": {name: _text(content) for name, content in outcome.files.items()},
        "peak_memory_bytes": outcome.peak_memory_bytes,
    }


def _read(kept: bytes) -> list[tuple[str, Outcome]]:
    try:
        return [(str(key), _outcome(raw)) for key, raw in json.loads(kept)]
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return []


def _outcome(raw: Mapping[str, Any]) -> Outcome:
    return Outcome(
        exit_code=raw["exit_code"],
        stdout=_bytes(raw["stdout"]),
        stderr=_bytes(raw["stderr"]),
        duration_s=float(raw["duration_s"]),
        level=SandboxLevel(raw["level"]),
        files={str(name): _bytes(content) for name, content in raw["files"].items()},
        peak_memory_bytes=int(raw["peak_memory_bytes"]),
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
