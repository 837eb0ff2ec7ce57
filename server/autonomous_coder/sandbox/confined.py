"""Levels L2, L1 and L0: run one command without namespaces, in a private work directory.

The fixed places do not exist here. `/project`, `/source`, `/output`, `/tmp`, the home directory and
the targets of mounts are replaced by the real directories in the arguments, the working directory
and the values of the environment; text inside files is left as it is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from autonomous_coder.errors import SandboxUnavailableError
from autonomous_coder.models.execution import (
    OUTPUT_DIR,
    PROJECT_DIR,
    SOURCE_DIR,
    Command,
    Mount,
    Network,
    Outcome,
    SandboxLevel,
)
from autonomous_coder.sandbox import job, mounts, seatbelt, seccomp
from autonomous_coder.sandbox.bubblewrap import HOME_DIR, TMP_DIR
from autonomous_coder.sandbox.frames import FrameReader
from autonomous_coder.sandbox.process import Spawn, run_process
from autonomous_coder.sandbox.treeguard import TreeGuard

NET_ABI = 4
DEVICES_READ = ("/dev/random", "/dev/urandom")
DEVICES_WRITE = ("/dev/null", "/dev/zero", "/dev/full")
EXTRA_READ = (
    "/proc",
    "/sys/devices/system/cpu",
    "/sys/fs/cgroup",
    "/etc/passwd",
    "/etc/group",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/alpine-release",
    "/etc/debian_version",
    "/etc/fedora-release",
    "/etc/lsb-release",
    "/etc/os-release",
    "/etc/redhat-release",
    "/etc/system-release",
)


class Places:
    """Real directories for the fixed places, and the rewriting of words."""

    def __init__(self, work: Path, tree: Path | None, shown: Sequence[Mount]) -> None:
        self.project = work / "project"
        self.output = work / "output"
        self.home = work / "home"
        self.tmp = work / "tmp"
        self.copies = work / "copies"
        for path in self.private:
            path.mkdir(mode=0o700)
        below = [mount for mount in shown if _below_project(mount) and not mount.private]
        self.links = {str(self._inside(mount)): str(mount.source) for mount in below}
        real = {
            PROJECT_DIR: self.project,
            OUTPUT_DIR: self.output,
            HOME_DIR: self.home,
            TMP_DIR: self.tmp,
        }
        if tree is not None:
            real[SOURCE_DIR] = tree
        real |= {mount.target: mount.source for mount in shown if not _below_project(mount)}
        mine = [mount for mount in shown if mount.private]
        copied = {mount.target: self._copy(mount, index) for index, mount in enumerate(mine)}
        real |= {name: path for name, path in copied.items() if name in real}
        self.copied = {m.target: (str(m.source), str(copied[m.target])) for m in mine}
        # What is shown at its own place keeps it, also where that lies below /tmp.
        self._real = {name: str(path) for name, path in real.items()}
        names = sorted(self._real, key=len, reverse=True)
        alternatives = "|".join(re.escape(name) for name in names)
        self._pattern = re.compile(rf"(?<![\w./-])(?:{alternatives})(?=/|$|[^\w.-])")

    @property
    def private(self) -> tuple[Path, ...]:
        return (self.project, self.output, self.home, self.tmp, self.copies)

    def _inside(self, mount: Mount) -> Path:
        return self.project / PurePosixPath(mount.target).relative_to(PROJECT_DIR)

    def _copy(self, mount: Mount, index: int) -> Path:
        return self._inside(mount) if _below_project(mount) else self.copies / str(index)

    def rewrite(self, text: str) -> str:
        return self._pattern.sub(lambda match: self._real[match[0]], text)


def _below_project(mount: Mount) -> bool:
    return PurePosixPath(mount.target).is_relative_to(PROJECT_DIR)


async def run(
    command: Command,
    level: SandboxLevel,
    *,
    work: Path,
    cache_dir: Path,
    abi: int = 0,
    apple: bool = False,
    proxy_port: int | None = None,
    extra_env: Mapping[str, str] | None = None,
) -> Outcome:
    """Run it at `level`; `abi` is Landlock's version, `proxy_port` the proxy's on loopback;
    with `apple`, level L2 is made by sandbox-exec instead of Landlock.

    Raises:
        InvalidInputError: the command's mounts or tree are not acceptable.
        SandboxUnavailableError: the launcher could not start, or the kernel cannot restrict TCP.
    """
    landlock = level is SandboxLevel.L2 and not apple
    if landlock and command.network is Network.FETCH and abi < NET_ABI:
        raise SandboxUnavailableError(
            "This kernel's Landlock cannot restrict TCP, so nothing can be fetched safely.",
            hint="Use Linux 6.7 or newer, or install bubblewrap.",
        )
    tree = mounts.checked_tree(command.tree) if command.tree else None
    shown = mounts.checked_mounts(command.mounts, cache_dir)
    places = Places(work, tree, shown)
    env = {
        "HOME": str(places.home),
        "PATH": job.DEFAULT_PATH,
        "TMPDIR": str(places.tmp),
        "LANG": "C.UTF-8",
        **{
            name: places.rewrite(value)
            for name, value in {**(extra_env or {}), **command.env}.items()
        },
    }
    inside = work / "inside"
    inside.mkdir(mode=0o700, exist_ok=True)
    copy = None
    if tree is not None and command.copy_tree:
        skip = job.skipped_paths([mount.target for mount in shown])
        copy = {"source": str(tree), "target": str(places.project), "skip": skip}
    argv = [places.rewrite(word) for word in command.argv]
    if level is SandboxLevel.L2 and apple:
        rules = inside / "profile.sb"
        read, write = _shown(places, tree, shown)
        rules.write_text(seatbelt.profile(read, write, proxy_port=proxy_port), encoding="utf-8")
        argv = [str(seatbelt.PROGRAM), "-f", str(rules), *argv]
    document = {
        "namespace": False,
        "own_session": not apple,
        "argv": argv,
        "cwd": places.rewrite(command.cwd),
        "env": env,
        "copy": copy,
        "private": job.private_copies(shown, places.copied, command.limits),
        "links": places.links,
        "relay": None,
        "rlimits": job.resource_limits(command.limits, tasks=False),
        "output": {"path": str(places.output), "bytes": command.limits.output_bytes},
        "confine": _confinement(inside, places, tree, shown, abi, proxy_port) if landlock else None,
    }
    launcher, name = (str(inside / part) for part in job.write_job(inside, document))
    writable = [mount.source for mount in shown if mount.writable]
    guard = TreeGuard(command.limits, places.private, writable)
    if places.copied:
        guard.copied = (command.limits.disk_bytes, command.limits.inodes)
    frames = FrameReader(command.limits.output_bytes, lambda: None, guard.set_copied)
    control_read, control_write = os.pipe()
    python = str(mounts.launcher_python())
    finished = await run_process(
        Spawn(
            argv=(python, "-I", "-S", "-B", launcher, name, str(control_write)),
            env={},
            cwd=inside,
            stdin=command.stdin,
            output_bytes=command.limits.output_bytes,
            timeout_s=command.limits.timeout_s,
            guard=guard,
            pass_fds=(control_write,),
            readers={control_read: frames.take},
        )
    )
    if not frames.ready and not finished.killed_by:
        raise SandboxUnavailableError(
            "The sandbox's launcher could not be started.",
            hint="`autonomous-coder doctor` names what is missing.",
        )
    return job.outcome(finished, frames, level, peak=guard.peak_memory_bytes)


def _shown(
    places: Places, tree: Path | None, shown: Sequence[Mount]
) -> tuple[list[str], list[str]]:
    """The directories and files that may be read, and those that may be written."""
    python = mounts.interpreter_mounts(mounts.launcher_python())
    read = [*mounts.system_paths(), *(mount.source for mount in python)]
    read += [mount.source for mount in shown if not (mount.writable or mount.private)]
    read += [tree] if tree is not None else []
    writable = [mount.source for mount in shown if mount.writable]
    return [str(path) for path in read], [str(path) for path in (*places.private, *writable)]


def _confinement(
    inside: Path,
    places: Places,
    tree: Path | None,
    shown: Sequence[Mount],
    abi: int,
    proxy_port: int | None,
) -> dict[str, object]:
    rules = inside / "filter.bpf"
    rules.write_bytes(seccomp.program(namespaces=False, inet=abi >= NET_ABI))
    read, write = _shown(places, tree, shown)
    return {
        "program": str(inside / "confine.py"),
        "filter": str(rules),
        "read": [*read, *EXTRA_READ, *DEVICES_READ],
        "write": [*write, *DEVICES_WRITE],
        "ports": [proxy_port] if proxy_port else [],
    }
