"""Finding out, by trying, what the sandbox can do on this machine."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from autonomous_coder.errors import CoderError
from autonomous_coder.models.execution import (
    Command,
    Limits,
    MissingLayer,
    Mount,
    Outcome,
    SandboxLevel,
)
from autonomous_coder.sandbox import seccomp

CANARY_LIMITS = Limits(
    memory_bytes=512 << 20,
    processes=64,
    disk_bytes=64 << 20,
    inodes=10_000,
    output_bytes=1 << 20,
    timeout_s=20,
)
NAMESPACES = "namespaces (bubblewrap)"
LANDLOCK = "landlock"
OVERLAY = "copy-on-write"
PRIVATE = "/private"
INSTALL = "sudo apt install bubblewrap, or: pip install 'autonomous-coder[sandbox]'"
APPARMOR = (
    "sudo apt install apparmor-profiles && "
    "sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && "
    "sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict"
)
CONTAINER = (
    "allow user namespaces for this container (a seccomp profile that permits clone, unshare and "
    "mount), or run on the host"
)
DEMANDED = {
    SandboxLevel.L3: (
        "seccomp",
        "no new privileges",
        "no capabilities",
        "read-only system",
        "host files hidden",
        "pid namespace",
        "network namespace",
    ),
    SandboxLevel.L2: (
        "seccomp",
        "no new privileges",
        "no capabilities",
        "read-only system",
        "host files unreadable",
        "no datagrams",
    ),
}


def canary(python: Path, outside: Path, source: str, shown: Path) -> Command:
    """The command that looks at its own confinement; `outside` is a host file it must not see,
    `shown` a host directory that it sees as a private one."""
    # Without namespaces places are replaced in arguments; this one must be the host's.
    hidden = os.fsencode(outside).hex()
    return Command(
        argv=(str(python), "-I", "-S", "-c", source, str(os.getpid()), hidden, PRIVATE),
        mounts=(Mount(shown, PRIVATE, private=True),),
        limits=CANARY_LIMITS,
    )


DEMANDED_OF_SEATBELT = ("read-only system", "host files unreadable", "no connections")


async def try_level(
    demanded: Sequence[str], run: Callable[[], Awaitable[Outcome]]
) -> tuple[list[str], str]:
    """The protections the canary found, and why the level does not hold (empty when it does)."""
    try:
        outcome = await run()
    except CoderError as error:
        return [], error.message
    except OSError as error:
        return [], error.strerror or type(error).__name__
    except Exception as error:
        # A probe answers; what it cannot explain is a level that is not to be had.
        return [], f"the canary failed ({type(error).__name__})"
    if outcome.exit_code != 0:
        text = outcome.stderr.decode("utf-8", "replace").strip().splitlines()
        return [], text[-1][:300] if text else outcome.killed_by or "the canary failed"
    try:
        held = json.loads(outcome.stdout)
        layers = [name for name, value in held.items() if value is True]
    except (ValueError, AttributeError):
        return [], "the canary's answer was unreadable"
    lacking = [name for name in demanded if name not in layers]
    return layers, f"not in force: {', '.join(lacking)}" if lacking else ""


def missing_namespaces(bwrap: Path | None, named: str, reason: str) -> MissingLayer:
    """Why level L3 is not to be had, with the command that mends it."""
    if sys.platform != "linux":
        return MissingLayer(
            layer=NAMESPACES,
            reason=f"bubblewrap needs Linux; this is {platform.system()}",
            remedy="run the server on Linux, in WSL2 or in a container that allows namespaces",
        )
    if bwrap is None:
        if named:
            return MissingLayer(
                layer=NAMESPACES,
                reason=f"{named}, named by the setting sandbox.bwrap, is not an executable file",
                remedy=f"correct or remove sandbox.bwrap; where there is no bwrap: {INSTALL}",
            )
        return MissingLayer(layer=NAMESPACES, reason="bwrap is missing", remedy=INSTALL)
    if not seccomp.supported():
        why = f"no filter is known for {platform.machine()}"
        return MissingLayer(layer=NAMESPACES, reason=why, remedy="use x86_64 or aarch64")
    return MissingLayer(layer=NAMESPACES, reason=reason, remedy=_remedy(bwrap))


def missing_overlay() -> MissingLayer:
    """Level L3 without overlays: all is contained, only slower."""
    return MissingLayer(
        layer=OVERLAY,
        reason="installed dependencies are copied for each run, which takes longer: an overlay "
        "needs bubblewrap 0.11 and Linux 5.11 or newer",
        remedy="pip install 'autonomous-coder[sandbox]'",
    )


def landlock_abi() -> int:
    """The kernel's Landlock version; 0 where there is none, or no way to ask."""
    if sys.platform != "linux":
        return 0
    try:
        from autonomous_coder.sandbox.inside import confine
    except ImportError:
        return 0
    return confine.landlock_abi()


def landlock_lacks(abi: int) -> str:
    """Why level L2 cannot even be tried; empty when it can."""
    if sys.platform != "linux":
        return f"Landlock needs Linux; this is {platform.system()}"
    if abi < 1:
        return "this kernel has no Landlock, or it is switched off"
    if not seccomp.supported():
        return f"no filter is known for {platform.machine()}"
    return ""


def missing_landlock(reason: str) -> MissingLayer:
    """Why level L2 is not to be had."""
    remedy = "use Linux 5.13 or newer with `landlock` in the kernel's lsm= list"
    return MissingLayer(layer=LANDLOCK, reason=reason, remedy=remedy)


def known_holes(abi: int) -> list[MissingLayer]:
    """What level L2 is known not to hold; level L3 holds all of it."""
    holes = {
        "own file modes": "Landlock does not govern mode, owner, times and attributes of the "
        "user's own files",
        "metadata": "that a file exists, its size and times are visible; its content is not",
        "pid namespace": "the list of the host's processes and their command lines is visible",
        "survivors": "a process may survive when the server and the launcher are both killed",
        "disk quota": "disk use is measured now and then, not bounded by a file system",
        "shared memory": "shm_open and semaphores do not work, nor do Unix sockets",
        "loopback": "no port can be opened or reached, so services cannot be tried",
    }
    if abi < 6:
        holes["signal scope"] = f"Landlock {abi} does not stop signals to the user's processes"
    if abi < 3:
        holes["truncate"] = f"Landlock {abi} does not stop truncating the user's own files"
    remedy = "get level L3"
    return [MissingLayer(layer=name, reason=why, remedy=remedy) for name, why in holes.items()]


def _remedy(bwrap: Path) -> str:
    restricted = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if _reads(restricted) == "1":
        note = "" if bwrap == Path("/usr/bin/bwrap") else " (the profile is for /usr/bin/bwrap)"
        return f"sudo apt install bubblewrap && {APPARMOR}{note}"
    if _reads(Path("/proc/sys/kernel/unprivileged_userns_clone")) == "0":
        return "sudo sysctl kernel.unprivileged_userns_clone=1"
    if _reads(Path("/proc/sys/user/max_user_namespaces")) == "0":
        return "sudo sysctl user.max_user_namespaces=15000"
    return CONTAINER


def _reads(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
