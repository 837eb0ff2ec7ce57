"""Changing files: whole, atomically, never through a link, and back again."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from autonomous_coder.errors import InvalidInputError, PathNotAllowedError

MAX_DIFF_CHARS = 60_000


def read(root: Path, path: str) -> bytes | None:
    """A file's bytes; None when it is not there."""
    try:
        return place_of(root, path).read_bytes()
    except FileNotFoundError:
        return None


def is_text(content: bytes | None) -> bool:
    """Whether a file can be rewritten as text without losing a byte."""
    try:
        (content or b"").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def place_of(root: Path, path: str) -> Path:
    """Where a relative path lies below the root.

    Raises:
        PathNotAllowedError: it leads out, or through a link.
    """
    place = root / path
    parts = Path(path).parts
    if not parts or Path(path).is_absolute() or ".." in parts or ".git" in parts:
        raise PathNotAllowedError(f"{path!r} is no path inside the project.", hint="Fix nothing.")
    links = [p for p in (place, *place.parents) if p.is_relative_to(root) and p != root]
    if any(p.is_symlink() for p in links):
        raise PathNotAllowedError(
            f"{path!r} is or lies behind a symbolic link.", hint="Edit the file itself."
        )
    return place


def write(root: Path, path: str, content: bytes) -> None:
    """Replace a file's content, keeping its permission bits: all or nothing."""
    place = place_of(root, path)
    temporary = place.with_name(f".{place.name}.{secrets.token_hex(4)}.tmp")
    try:
        mode = place.stat().st_mode & 0o777
    except FileNotFoundError:
        mode = 0o644
    try:
        temporary.write_bytes(content)
        temporary.chmod(mode)
        temporary.replace(place)
    finally:
        temporary.unlink(missing_ok=True)


def write_all(root: Path, contents: Mapping[str, bytes]) -> None:
    """Write several files; when one fails, those already written get their old content back.

    Raises:
        InvalidInputError: a file could not be written.
    """
    before = {path: read(root, path) for path in contents}
    done: list[str] = []
    try:
        for path, content in contents.items():
            write(root, path, content)
            done.append(path)
    except OSError as error:
        restore(root, {path: before[path] for path in done})
        raise InvalidInputError(
            f"{path} could not be written: {error.strerror}. Nothing was changed.",
            hint="Check its permissions and the free space.",
        ) from error


def restore(root: Path, contents: Mapping[str, bytes | None]) -> None:
    """Give files their old content back; what was not there is removed."""
    for path, content in contents.items():
        if content is None:
            place_of(root, path).unlink(missing_ok=True)
        else:
            write(root, path, content)


def unified(before: Path, after: Path, paths: Iterable[str]) -> str:
    """A unified diff of some files of two trees, bounded."""
    parts: list[str] = []
    for path in sorted(paths):
        old = (read(before, path) or b"").decode("utf-8", "replace").splitlines(keepends=True)
        new = (read(after, path) or b"").decode("utf-8", "replace").splitlines(keepends=True)
        parts += difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")
    text = "".join(p if p.endswith("\n") else f"{p}\n" for p in parts)
    return text if len(text) <= MAX_DIFF_CHARS else text[:MAX_DIFF_CHARS] + "…\n"
