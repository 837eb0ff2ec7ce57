"""A private copy of a project's tree, hashed as it is copied: checks and fixes work on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autonomous_coder.errors import InvalidInputError, NotFoundError
from autonomous_coder.treewalk import (
    TreeEntry,
    TreeMemory,
    digest_content,
    fold,
    read_entry,
    shown,
    walk,
)

LOCK = "owner.lock"


@dataclass(frozen=True, slots=True)
class TreeCopy:
    """`digest` is that of `hash_tree`; `files` are the regular files and `links` the symbolic
    links with names that are text. `stamps` says of every entry that was copied what it is: kind,
    permission bits and the digest of its content, equal for equal entries."""

    root: Path
    digest: str
    files: tuple[str, ...]
    links: tuple[str, ...]
    skipped: tuple[str, ...]
    stamps: Mapping[str, str] = field(default_factory=dict)


def checked_root(path: Path) -> Path:
    """The project's directory, absolute and resolved.

    Raises:
        NotFoundError: there is nothing there.
        InvalidInputError: it is a file.
    """
    root = path.expanduser().resolve()
    if not root.exists():
        raise NotFoundError(f"{path} does not exist.", hint="Name an existing project directory.")
    if not root.is_dir():
        raise InvalidInputError(f"{path} is not a directory.", hint="Name the project's directory.")
    return root


def copy_tree(root: Path, target: Path, memory: TreeMemory | None = None) -> TreeCopy:
    """Copy the project, links as links, and hash what was copied. Blocking.

    A `memory` of this tree is brought up to date.

    Raises:
        InvalidInputError: as `treewalk.walk`.
    """
    files: list[str] = []
    links: list[str] = []
    skipped: list[str] = []
    stamps: dict[str, str] = {}
    read: list[tuple[TreeEntry, bytes, int]] = []
    target.mkdir(parents=True)

    def copied() -> Iterator[tuple[TreeEntry, bytes]]:
        for entry in walk(root):
            place = target / entry.path
            if entry.kind == "skipped":
                skipped.append(f"{shown(entry.path)} ({entry.reason})")
            elif entry.kind == "dir":
                place.mkdir()
                stamps[entry.path] = f"dir {entry.mode:o}"
                yield entry, b""
            else:
                at = time.time_ns()
                try:
                    content = read_entry(root, entry)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    skipped.append(f"{shown(entry.path)} ({error.strerror or 'not readable'})")
                    continue
                if entry.kind == "link":
                    place.symlink_to(os.fsdecode(content))
                    links.append(shown(entry.path))
                else:
                    place.write_bytes(content)
                    place.chmod(entry.mode | 0o600)
                    _date(place, content)
                    # Names that are not UTF-8 can be named in no report.
                    if shown(entry.path) == entry.path:
                        files.append(entry.path)
                known = digest_content(content)
                stamps[entry.path] = f"{entry.kind} {entry.mode:o} {known.hex()}"
                read.append((entry, known, at))
                yield entry, known

    digest = fold(copied()).hex()
    if memory is not None:
        memory.replace(read)
    return TreeCopy(target, digest, tuple(sorted(files)), tuple(links), tuple(skipped), stamps)


def _date(place: Path, content: bytes) -> None:
    """Give a file a time that follows from its content: mypy takes a file of the same size and
    whole second for unchanged, and two versions are easily written within one second."""
    seconds = 1_000_000_000 + int.from_bytes(digest_content(content)[:4], "big") % (1 << 29)
    os.utime(place, (seconds, seconds))


@contextlib.contextmanager
def private_directory(base: Path) -> Iterator[Path]:
    """A fresh directory below `base`, removed afterwards; those of dead owners go with the next."""
    base.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(base)
    place = base / secrets.token_hex(6)
    place.mkdir(mode=0o700)
    lock = os.open(place / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def _sweep(base: Path) -> None:
    for entry in base.iterdir():
        try:
            lock = os.open(entry / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            # Being made or removed by another process; what stays so is tiny.
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(entry, ignore_errors=True)
        except OSError:
            continue
        finally:
            os.close(lock)
