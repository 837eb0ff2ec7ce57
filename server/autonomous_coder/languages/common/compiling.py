"""Bounds of work that compiles what a project depends on."""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.models.execution import Limits

DISK_BYTES = 4 * 1024**3
INODES = 300_000
COMPILE_SECONDS = 1_200.0
USUAL_SECONDS = 300.0


def compiling(given: Limits) -> Limits:
    """Compiling writes more and takes longer than other work, and what others write meanwhile into
    a cache that is shared counts, too. Who allows less time than is usual gets no more of it."""
    patient = given.timeout_s >= USUAL_SECONDS
    return replace(
        given,
        disk_bytes=max(given.disk_bytes, DISK_BYTES),
        inodes=max(given.inodes, INODES),
        timeout_s=max(given.timeout_s, COMPILE_SECONDS) if patient else given.timeout_s,
    )
