"""A private copy of a project's tree, hashed as it is copied: checks and fixes work on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autonomous_coder.errors import InvalidInputError, NotFoundError
from autonomous_coder.treewalk import TreeEntry, digest_content, fold, read_entry, shown, walk

LOCK = "owner.lock"


@dataclass(frozen=True, slots=True)
class TreeCopy:
    """`digest` is that of `hash_tree`; `files` are the regular files and `links` the symbolic
    links with names that are text."""

    root: Path
    digest: str
    files: tuple[str, ...]
    links: tuple[str, ...]
    skipped: tuple[str, ...]


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


def copy_tree(root: Path, target: Path) -> TreeCopy:
    """Copy the project, links as links, and hash what was copied. Blocking.

    Raises:
        InvalidInputError: as `treewalk.walk`.
    """
    files: list[str] = []
    links: list[str] = []
    skipped: list[str] = []
    target.mkdir(parents=True)

    def copied() -> Iterator[tuple[TreeEntry, bytes]]:
        for entry in walk(root):
            place = target / entry.path
            if entry.kind == "skipped":
                skipped.append(f"{shown(entry.path)} ({entry.reason})")
            elif entry.kind == "dir":
                place.mkdir()
                yield entry, b""
            else:
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
                yield entry, digest_content(content)

    digest = fold(copied()).hex()
    return TreeCopy(target, digest, tuple(sorted(files)), tuple(links), tuple(skipped))


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
