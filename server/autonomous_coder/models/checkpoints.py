"""Checkpoints: the files of a project at a moment, and the state that goes with them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from autonomous_coder.models.base import Model


class Checkpoint(Model):
    """`tree_hash` identifies the content; `state` is what the run knew (may be empty)."""

    checkpoint_id: str
    path: str
    project_id: str = ""
    label: str = ""
    created_at: datetime
    tree_hash: str
    files: int
    bytes: int
    skipped: list[str] = Field(default_factory=list)
    """Paths left out, with the reason (sockets, files over the size limit)."""


class PathChange(Model):
    """One difference between two trees. `change` is added, removed, modified or mode."""

    path: str
    change: str
    lines_added: int = 0
    lines_removed: int = 0


class CheckpointDiff(Model):
    """What changed from `old` to `new` (checkpoint ids, or `working tree`)."""

    old: str
    new: str
    changes: list[PathChange] = Field(default_factory=list)
    patch: str = ""
    truncated: bool = False


class RestoreResult(Model):
    """What a restore did. `backup_id` is the checkpoint of the state before it."""

    checkpoint_id: str
    backup_id: str
    written: list[str] = Field(default_factory=list)
    deleted: list[str] = Field(default_factory=list)
    unchanged: int = 0
