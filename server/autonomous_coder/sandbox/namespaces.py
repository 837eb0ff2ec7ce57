"""Level L3: run one command in bubblewrap, with the filter, the limits and the watchdog."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from anyio import to_thread

from autonomous_coder.errors import SandboxUnavailableError
from autonomous_coder.models.execution import (
    OUTPUT_DIR,
    PROJECT_DIR,
    SOURCE_DIR,
    Command,
    Mount,
    Outcome,
    SandboxLevel,
)
from autonomous_coder.sandbox import bubblewrap, job, mounts, seccomp
from autonomous_coder.sandbox.frames import FrameReader
from autonomous_coder.sandbox.process import Spawn, run_process
from autonomous_coder.sandbox.watchdog import NamespaceGuard

PROXY_PORT = 3128
MAX_INFO_BYTES = 65_536


class InfoReader:
    """Takes bubblewrap's information document and hands on the host's id of its process 1."""

    def __init__(self, guard: NamespaceGuard) -> None:
        self.guard = guard
        self.text = b""

    def take(self, data: bytes) -> bool:
        self.text = (self.text + data)[:MAX_INFO_BYTES]
        if self.text.rstrip().endswith(b"}"):
            self.guard.first_process(int(json.loads(self.text)["child-pid"]))
        return True


class _OverlayRefusedError(Exception):
    """This bubblewrap, kernel or file system cannot lay one directory over another."""


async def run(
    command: Command,
    *,
    bwrap: Path,
    work: Path,
    cache_dir: Path,
    overlay: bool = True,
    proxied: bool = False,
    ca_mounts: tuple[Mount, ...] = (),
    extra_env: dict[str, str] | None = None,
) -> Outcome:
    """Run it; `work` is a private directory, with the proxy's socket in `inside/` if `proxied`.
    With `overlay`, private directories are overlays where that works, else they are copied.

    Raises:
        InvalidInputError: the command's mounts or tree are not acceptable.
        SandboxUnavailableError: bubblewrap did not come as far as our launcher.
    """
    own = [*mounts.interpreter_mounts(mounts.launcher_python()), *command.mounts, *ca_mounts]
    shown = mounts.checked_mounts(own, cache_dir)
    if overlay:
        try:
            return await _attempt(command, shown, bwrap, work, True, proxied, extra_env or {})
        except _OverlayRefusedError:
            pass
    return await _attempt(command, shown, bwrap, work, False, proxied, extra_env or {})


async def _attempt(
    command: Command,
    shown: Sequence[Mount],
    bwrap: Path,
    work: Path,
    overlay: bool,
    proxied: bool,
    extra_env: Mapping[str, str],
) -> Outcome:
    inside = work / "inside"
    inside.mkdir(mode=0o700, exist_ok=True)
    bubblewrap.write_etc(inside)
    tree = mounts.checked_tree(command.tree) if command.tree else None
    python = mounts.launcher_python()
    caches = [mount.source for mount in shown if mount.writable]
    volumes = bubblewrap.watched_volumes(shown, overlay)
    guard = NamespaceGuard(command.limits, volumes, caches)
    copied = bubblewrap.copied_private(shown, overlay)
    if copied:
        guard.copied = (command.limits.disk_bytes, command.limits.inodes)
    frames = FrameReader(command.limits.output_bytes, guard.attach, guard.set_copied)
    copy = None
    if tree is not None and command.copy_tree:
        skip = job.skipped_paths([mount.target for mount in shown])
        copy = {"source": SOURCE_DIR, "target": PROJECT_DIR, "skip": skip}
    names = job.write_job(
        inside,
        {
            "namespace": True,
            "own_session": True,
            "argv": command.argv,
            "cwd": command.cwd,
            "env": {
                "HOME": bubblewrap.HOME_DIR,
                "PATH": job.DEFAULT_PATH,
                "TMPDIR": bubblewrap.TMP_DIR,
                "LANG": "C.UTF-8",
                **extra_env,
                **command.env,
            },
            "copy": copy,
            "private": job.private_copies(
                shown,
                {target: (source, target) for target, source in copied.items()},
                command.limits,
            ),
            "relay": {"port": PROXY_PORT, "socket": f"{mounts.INSIDE_DIR}/fetch.sock"}
            if proxied
            else None,
            "rlimits": job.resource_limits(command.limits, tasks=True),
            "output": {"path": OUTPUT_DIR, "bytes": command.limits.output_bytes},
        },
    )
    launcher, document = (f"{mounts.INSIDE_DIR}/{name}" for name in names)
    await to_thread.run_sync(guard.remember_caches)
    info_read, info_write = os.pipe()
    control_read, control_write = os.pipe()
    with tempfile.TemporaryFile(dir=work) as memory:
        memory.write(seccomp.program(namespaces=True))
        memory.seek(0)
        rules = os.dup(memory.fileno())
    args = bubblewrap.arguments(
        bwrap,
        inside=inside,
        tree=tree,
        extra=shown,
        limits=command.limits,
        seccomp_fd=rules,
        info_fd=info_write,
        overlay=overlay,
        command=(str(python), "-I", "-S", "-B", launcher, document, str(control_write)),
    )
    finished = await run_process(
        Spawn(
            argv=args,
            env={},
            cwd=Path("/"),
            stdin=command.stdin,
            output_bytes=command.limits.output_bytes,
            timeout_s=command.limits.timeout_s,
            guard=guard,
            pass_fds=(rules, info_write, control_write),
            readers={info_read: InfoReader(guard).take, control_read: frames.take},
        )
    )
    if not frames.ready and not finished.killed_by:
        private = any(mount.private for mount in shown)
        if overlay and private and b"overlay" in finished.stderr:
            raise _OverlayRefusedError
        raise SandboxUnavailableError(
            f"bubblewrap could not set up the sandbox: {_first_line(finished.stderr)}.",
            hint="`autonomous-coder doctor` names the missing layer and what mends it.",
        )
    return job.outcome(finished, frames, SandboxLevel.L3, peak=guard.peak_memory_bytes)


def _first_line(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").strip().splitlines()
    return lines[0][:300] if lines else "it gave no reason"
