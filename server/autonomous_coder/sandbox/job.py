"""What the launcher is told: one JSON document, written into a directory of ours."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.execution import (
    PROJECT_DIR,
    Command,
    KilledBy,
    Limits,
    Mount,
    Outcome,
    SandboxLevel,
)
from autonomous_coder.sandbox.frames import FrameReader
from autonomous_coder.sandbox.process import Finished

DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin"
MAX_ARGUMENT_BYTES = 1 << 20
OPEN_FILES = 8_192
DATA_FACTOR = 2
"""A process may map twice the memory limit, so that the watchdog sees the excess and names it."""
TASKS_PER_PROCESS = 4
TASKS_SPARE = 32


def checked_command(command: Command) -> Command:
    """Refuse what no kernel would take, before anything is started.

    Raises:
        InvalidInputError: the argument vector, environment or working directory is malformed.
    """
    if not command.argv or not PurePosixPath(command.argv[0]).is_absolute():
        raise InvalidInputError(
            "A command must start with an absolute path.", hint="Name the program's full path."
        )
    env = {**(command.access.env if command.access else {}), **command.env}
    words = [*command.argv, command.cwd, *env, *env.values()]
    if any("\0" in word for word in words) or any(not key or "=" in key for key in env):
        raise InvalidInputError(
            "A command or its environment holds a NUL character or an empty or malformed name.",
            hint="Remove it.",
        )
    try:
        size = sum(len(os.fsencode(word)) + 1 for word in words)
    except UnicodeEncodeError as error:
        raise InvalidInputError(
            "A command or its environment holds a character that no system can pass on.",
            hint="Remove it.",
        ) from error
    if size > MAX_ARGUMENT_BYTES:
        raise InvalidInputError(
            "A command with its environment is larger than 1 MB.",
            hint="Pass long lists through a file or standard input.",
        )
    if not PurePosixPath(command.cwd).is_absolute():
        raise InvalidInputError("A working directory must be absolute.", hint="Use /project.")
    return command


def resource_limits(limits: Limits, *, tasks: bool) -> dict[str, int]:
    """The rlimits of the command; `tasks` only where the count is the sandbox's own."""
    values = {
        "RLIMIT_CORE": 0,
        "RLIMIT_DATA": limits.memory_bytes * DATA_FACTOR,
        "RLIMIT_FSIZE": 2 * limits.disk_bytes + (4 << 20),
        "RLIMIT_NOFILE": OPEN_FILES,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_MEMLOCK": 64 << 10,
    }
    if tasks and _counts_by_namespace():
        values["RLIMIT_NPROC"] = limits.processes * TASKS_PER_PROCESS + TASKS_SPARE
    return values


def _counts_by_namespace() -> bool:
    """Since Linux 5.14 a user namespace has a process count of its own; before, the limit would
    count everything the user runs on the machine."""
    match = re.match(r"(\d+)\.(\d+)", os.uname().release)
    return match is not None and (int(match[1]), int(match[2])) >= (5, 14)


def skipped_paths(targets: Sequence[str], root: str = PROJECT_DIR) -> list[str]:
    """Mount points below `root`, relative: the copy leaves them alone."""
    inside = (PurePosixPath(target) for target in targets if target != root)
    return [str(path.relative_to(root)) for path in inside if path.is_relative_to(root)]


def private_copies(
    shown: Sequence[Mount], places: Mapping[str, tuple[str, str]], limits: Limits
) -> dict[str, Any] | None:
    """What the launcher is to copy, by target: where from and where to. None if nothing is."""
    targets = [mount.target for mount in shown]
    parts = [
        {"source": source, "target": real, "skip": skipped_paths(targets, target)}
        for target, (source, real) in places.items()
    ]
    return {"parts": parts, "bytes": limits.disk_bytes, "inodes": limits.inodes} if parts else None


def write_job(directory: Path, job: Mapping[str, Any]) -> tuple[str, str]:
    """Write the launcher and its job; returns both names."""
    package = files("autonomous_coder.sandbox.inside")
    for name in ("launcher.py", "confine.py"):
        (directory / name).write_bytes((package / name).read_bytes())
    (directory / "job.json").write_text(json.dumps(job), encoding="ascii")
    return "launcher.py", "job.json"


def outcome(
    finished: Finished,
    frames: FrameReader,
    level: SandboxLevel,
    *,
    peak: int = 0,
    refused: Sequence[str] = (),
) -> Outcome:
    """What the launcher's frames and the process's end say together."""
    killed: KilledBy = finished.killed_by
    code = None if killed else frames.exit_code
    stderr = finished.stderr
    if not killed and frames.start_error in (errno.ENOSPC, errno.EDQUOT):
        killed = "disk"
    if not killed and frames.start_error is not None:
        code = 126 if frames.start_error != 2 else 127
        reason = os.strerror(frames.start_error)
        stderr += f"sandbox: the command could not be started: {reason}\n".encode()
    elif code is not None and code < 0:
        code = 128 - code
        if code == 128 + signal.SIGXFSZ:
            killed, code = "disk", None
    if frames.started and not killed and code is None:
        stderr += b"sandbox: the command's end was not observed\n"
    if frames.uncopied:
        note = f"sandbox: {frames.uncopied} unreadable entries of the tree were left out\n"
        stderr += note.encode()
    return Outcome(
        exit_code=code,
        stdout=finished.stdout,
        stderr=stderr,
        duration_s=finished.duration_s,
        level=level,
        killed_by=killed,
        files={} if killed else dict(frames.files),
        refused_hosts=tuple(refused),
        peak_memory_bytes=max(peak, frames.peak),
    )
