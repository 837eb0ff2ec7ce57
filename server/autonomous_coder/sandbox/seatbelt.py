"""Level L2 on macOS: the profile with which `sandbox-exec` confines a command.

Written to Apple's documentation and to what other programs do; it was not tried on a Mac, and says
so wherever it is named. What it holds is asked of the probe's canary like everywhere else.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.execution import MissingLayer

PROGRAM = Path("/usr/bin/sandbox-exec")
LAYER = "seatbelt (sandbox-exec)"
MECHANISM = "sandbox-exec (L2m, untested)"
SYSTEM_READ = (
    "/System",
    "/usr",
    "/bin",
    "/sbin",
    "/opt/homebrew",
    "/opt/local",
    "/Library/Apple",
    "/Library/Developer",
    "/Library/Frameworks",
    "/Library/Java",
    "/Applications/Xcode.app",
    "/private/etc/ssl",
    "/private/etc/localtime",
    "/private/etc/hosts",
    "/private/etc/passwd",
    "/private/etc/protocols",
    "/private/etc/services",
    "/private/var/db/dyld",
    "/private/var/db/timezone",
    "/private/var/select",
    "/dev/fd",
    "/dev/random",
    "/dev/urandom",
)
DEVICES_WRITE = ("/dev/null", "/dev/zero", "/dev/dtracehelper", "/dev/tty")
SERVICES = (
    "com.apple.system.logger",
    "com.apple.system.notification_center",
    "com.apple.system.opendirectoryd.libinfo",
    "com.apple.system.opendirectoryd.membership",
)
"""What the system's own libraries ask for; none of them hands out files or the network."""


def quoted(text: str) -> str:
    """A string of the profile's language.

    Raises:
        InvalidInputError: the path holds a character that has no safe form there.
    """
    if not text.isprintable():
        raise InvalidInputError(
            "A path with control characters cannot be shown in the sandbox.",
            hint="Rename the directory.",
        )
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def profile(read: Sequence[str], write: Sequence[str], *, proxy_port: int | None = None) -> str:
    """The whole profile: all is denied but what follows. Paths are resolved, for the kernel
    compares real ones (`/tmp` and `/var` are links there)."""
    lines = [
        "(version 1)",
        "(deny default)",
        "(allow process-fork)",
        "(allow process-exec)",
        "(allow process-info* (target same-sandbox))",
        "(allow signal (target same-sandbox))",
        "(allow sysctl-read)",
        "(allow file-read-metadata)",
        '(allow file-read* (literal "/"))',
        *(f"(allow mach-lookup (global-name {quoted(name)}))" for name in SERVICES),
        *_paths("file-read*", (*SYSTEM_READ, *read)),
        *_paths("file-read* file-write* file-ioctl", (*DEVICES_WRITE, *write)),
    ]
    if proxy_port is not None:
        lines.append(f'(allow network-outbound (remote tcp "localhost:{int(proxy_port)}"))')
    return "\n".join(lines) + "\n"


def _paths(operations: str, paths: Sequence[str]) -> list[str]:
    real = dict.fromkeys(os.path.realpath(path) for path in paths)
    return [f"(allow {operations} (subpath {quoted(path)}))" for path in real]


def lacks(platform: str, program: Path = PROGRAM) -> str:
    """Why it cannot even be tried; empty when it can."""
    if platform != "darwin":
        return "sandbox-exec is a program of macOS"
    if not os.access(program, os.X_OK):
        return f"{program} is missing"
    return ""


def missing(reason: str) -> MissingLayer:
    """Why this level is not to be had on a Mac."""
    return MissingLayer(
        layer=LAYER,
        reason=reason,
        remedy="run the server in a Linux virtual machine or container (level L2 or L3)",
    )


def known_holes() -> list[MissingLayer]:
    """What it is known, or must be taken, not to hold."""
    remedy = "run the server in a Linux virtual machine"
    holes = {
        "untested": "this level was written to documentation and never tried on a Mac",
        "pid namespace": "the list of the Mac's processes and their command lines is visible",
        "survivors": "a process that makes a session of its own may survive its command",
        "memory and processes": "their limits are not watched on macOS",
        "disk quota": "disk use is measured now and then, not bounded by a file system",
        "metadata": "that a file exists, its size and times are visible; its content is not",
        "loopback": "no port can be opened or reached, so services cannot be tried",
    }
    return [MissingLayer(layer=name, reason=why, remedy=remedy) for name, why in holes.items()]
