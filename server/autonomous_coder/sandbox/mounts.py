"""What of the host is shown inside: system directories, interpreters, and the caller's mounts."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.execution import OUTPUT_DIR, PROJECT_DIR, SOURCE_DIR, Mount

SYSTEM_DIRECTORIES = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
SYSTEM_FILES = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/maven",
    "/etc/mime.types",
    "/etc/pki/ca-trust/extracted",
    "/etc/pki/java",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/profile.d/jdk.sh",
    "/etc/protocols",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/timezone",
)
"""Read-only, where they exist. Never all of /etc, and never its private keys."""
INSTALLATION_MARKS = ("pyvenv.cfg", "lib/node_modules", "lib/modules", "pkg/tool", "lib/rustlib")
INSIDE_DIR = "/run/sandbox"
COPIED_DIR = "/run/copied"
"""Where the sources of private directories stand that are copied for want of overlays."""
RESERVED = ("/proc", "/dev", "/sys", INSIDE_DIR, COPIED_DIR)
OCCUPIED = ("/", "/etc", "/home", "/root", "/run", "/tmp", "/usr", "/var")  # noqa: S108
WORK_DIRS = (PROJECT_DIR, SOURCE_DIR, OUTPUT_DIR)


def system_paths() -> list[Path]:
    """Existing directories and files of the system that every command may read."""
    java = sorted(Path("/etc").glob("java*")) if Path("/etc").is_dir() else []
    named = [Path(name) for name in (*SYSTEM_DIRECTORIES, *SYSTEM_FILES)]
    return [path for path in (*named, *java) if path.exists()]


def shown_by_system(path: Path) -> bool:
    """Whether a host path is inside already, being part of the system."""
    if path.is_relative_to("/etc") and any(part.startswith("java") for part in path.parts[2:3]):
        return True
    return any(path.is_relative_to(root) for root in (*SYSTEM_DIRECTORIES, *SYSTEM_FILES))


def prefix_mounts(prefix: Path) -> tuple[Mount, ...]:
    """One installation (an environment's or interpreter's prefix) at the same path.

    A prefix that is the home directory, above it or its `.local` is never shown whole, only
    Python's own parts of it.
    """
    prefix = prefix.absolute()
    if shown_by_system(prefix):
        return ()
    if _holds_personal_files(prefix):
        parts = [
            prefix / "pyvenv.cfg",
            *prefix.glob("lib*/python3*"),
            *prefix.glob("lib/libpython*"),
        ]
        return tuple(Mount(part, str(part)) for part in parts if _shows(part))
    return (Mount(prefix, str(prefix)),) if prefix.is_dir() else ()


def _shows(path: Path) -> bool:
    return path.exists() and not shown_by_system(path)


def _holds_personal_files(prefix: Path) -> bool:
    home = Path.home()
    places = (home, home.resolve(), home / ".local", (home / ".local").resolve())
    return any(place.is_relative_to(prefix) for place in places)


def _is_installation(prefix: Path) -> bool:
    """Whether a directory is one tool's own place, and not one that many things share."""
    known = any((prefix / name).exists() for name in INSTALLATION_MARKS)
    return known or any(prefix.glob("lib/python3*"))


def own_mounts() -> tuple[Mount, ...]:
    """Our own environment and the Python beneath it."""
    found: dict[str, Mount] = {}
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        for path in (Path(prefix), Path(prefix).resolve()):
            found |= {mount.target: mount for mount in prefix_mounts(path)}
    return tuple(found.values())


def interpreter_mounts(executable: Path) -> tuple[Mount, ...]:
    """What another interpreter found on the host needs: its prefix, and its base's if it is of an
    environment. Where the prefix is no installation of its own, the program alone."""
    found: dict[str, Mount] = {}
    seen: set[Path] = set()
    links = [executable.absolute()]
    while links:
        link = links.pop()
        if link in seen or len(seen) > 16:
            continue
        seen.add(link)
        prefix = link.parent.parent if link.parent.name in ("bin", "sbin") else link.parent
        if _is_installation(prefix):
            found |= {mount.target: mount for mount in prefix_mounts(prefix)}
        if link.is_file() and not shown_by_system(link) and not _covered(link, found):
            found[str(link)] = Mount(link, str(link))
        if home := _environment_home(prefix):
            links.append(home / link.name)
            links.append(home / "python3")
        if link.is_symlink():
            links.append(Path(os.path.normpath(link.parent / link.readlink())))
        links.append(link.resolve())
    return tuple(found.values())


def _covered(path: Path, found: Mapping[str, Mount]) -> bool:
    return any(path.is_relative_to(target) for target in found)


def _environment_home(prefix: Path) -> Path | None:
    try:
        text = (prefix / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")[:10_000]
    except OSError:
        return None
    for line in text.splitlines():
        key, _equals, value = line.partition("=")
        if key.strip() == "home" and value.strip():
            return Path(value.strip())
    return None


def launcher_python() -> Path:
    """The interpreter that runs our launcher: the base one, so that no environment is read."""
    return Path(getattr(sys, "_base_executable", "") or sys.executable).resolve()


def checked_mounts(mounts: Sequence[Mount], cache_dir: Path) -> list[Mount]:
    """The caller's mounts with resolved sources, parents before children.

    Raises:
        InvalidInputError: a source is missing or too much, a target is reserved or malformed, or
            something other than a cache of ours would be writable, or something other than a
            directory private.
    """
    checked: dict[str, Mount] = {}
    for mount in mounts:
        target = _checked_target(mount.target)
        source = _checked_source(mount.source)
        if mount.writable and not _below(source, cache_dir):
            raise InvalidInputError(
                f"{mount.source} may not be mounted writable: it is no cache of ours.",
                hint=f"Writable mounts must lie under {cache_dir}.",
            )
        if mount.private and (mount.writable or not source.is_dir()):
            raise InvalidInputError(
                f"{mount.source} cannot be private: only a directory that is not writable can.",
                hint="Mount it read-only, or name its directory.",
            )
        if shown_by_system(Path(target)):
            if Path(target) == mount.source.absolute() and not (mount.writable or mount.private):
                continue
            raise InvalidInputError(
                f"{target} is part of the system inside the sandbox.", hint="Choose another target."
            )
        checked[target] = Mount(source, target, mount.writable, mount.private)
    return [checked[name] for name in sorted(checked, key=lambda name: PurePosixPath(name).parts)]


def checked_tree(tree: Path) -> Path:
    """The resolved directory that is shown at `/source`.

    Raises:
        InvalidInputError: it is not a directory, or is the home directory or above it.
    """
    source = _checked_source(tree)
    if not source.is_dir():
        raise InvalidInputError(f"{tree} is not a directory.", hint="Name a project directory.")
    return source


def _checked_source(path: Path) -> Path:
    source = path.resolve()
    if not source.exists():
        raise InvalidInputError(
            f"{path} does not exist and cannot be shown in the sandbox.",
            hint="Create it first, or leave the mount away.",
        )
    if Path.home().resolve().is_relative_to(source):
        raise InvalidInputError(
            f"{path} holds the home directory and is never shown in the sandbox.",
            hint="Name the exact directory that is needed.",
        )
    return source


def _checked_target(target: str) -> str:
    path = PurePosixPath(target)
    normal = target.isprintable() and ".." not in path.parts and path.is_absolute()
    taken = str(path) in (*OCCUPIED, *WORK_DIRS)
    reserved = any(path.is_relative_to(root) for root in (*RESERVED, SOURCE_DIR))
    if not normal or taken or reserved:
        raise InvalidInputError(
            f"{target!r} cannot be a mount's place inside the sandbox.",
            hint="Use an absolute path such as /cache, or one below /project.",
        )
    return str(path)


def _below(path: Path, root: Path) -> bool:
    return path.is_relative_to(root.resolve()) and path != root.resolve()
