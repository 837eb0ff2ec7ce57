"""The one walk over a project's files, and the one hash of them.

Checkpoints and validation reports speak of the same tree exactly when their hashes are equal, so
both take them from here. A tree consists of regular files, symbolic links (as links, never
followed), directories (empty ones too) and their permission bits. Version control is left out by
name; caches, environments and compiler output where they are what their names say (`SEEMING`), so
that no source is lost in `src/target`. Sockets, pipes, devices and files that are too large are
left out and reported.

What is left out is not there when a project is checked: code that needs it fails.

The hash is a Merkle tree: each directory is encoded with `encode_tree` and digested.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Literal, NamedTuple

from autonomous_coder.errors import InvalidInputError

MAX_ENTRIES = 200_000
MAX_FILE_BYTES = 64 * 1024**2
MAX_TOTAL_BYTES = 2 * 1024**3
MAX_DEPTH = 200
MAX_PATH_BYTES = 2_048
DIGEST_BYTES = 32

STAGING = ".autonomous-coder-restore"
"""Where a restore prepares files inside the root; left behind only when it was killed."""
DATA_MARKER = ".autonomous-coder-data"
"""A file that marks the server's own data directory. It is never entered: to open and close a
database there would drop the locks that this process holds on it."""
VERSION_CONTROL = frozenset({".git", ".hg", ".svn", STAGING})
"""Ignored whatever they are: in a linked work tree `.git` is a file."""
CACHE_TAG = "CACHEDIR.TAG"
BYTECODE = "__pycache__"
"""Ignored as a directory that holds nothing but bytecode: other files there are the project's."""


class Marks(NamedTuple):
    """What shows that a directory (or a link to one) is what its name says: a file `beside` it, or
    one that it `holds`."""

    beside: frozenset[str] = frozenset()
    holds: tuple[str, ...] = ()


_TAGGED = Marks(holds=(CACHE_TAG,))
_ENVIRONMENT = Marks(holds=("pyvenv.cfg", "conda-meta/history"))
SEEMING: dict[str, Marks] = {
    "node_modules": Marks(
        frozenset({"package.json", "deno.json", "deno.jsonc"}),
        (".package-lock.json", ".modules.yaml", ".yarn-integrity", ".yarn-state.yml"),
    ),
    "target": Marks(frozenset({"Cargo.toml", "pom.xml"}), (CACHE_TAG,)),
    "venv": _ENVIRONMENT,
    ".venv": _ENVIRONMENT,
    "env": _ENVIRONMENT,
    ".mypy_cache": _TAGGED,
    ".ruff_cache": _TAGGED,
    ".pytest_cache": _TAGGED,
    ".tox": Marks(frozenset({"tox.ini", "tox.toml", "setup.cfg", "pyproject.toml"}), (CACHE_TAG,)),
}
"""Directories that tools fill, by name. A regular file may well be called `target`."""
IGNORED_SUFFIXES = (".pyc",)
_COMPILED = re.compile(r".+\.(?:py[co](?:\.\d+)?|nb[ci])", re.S)

EntryKind = Literal["file", "link", "dir", "skipped"]
_CODES: dict[EntryKind, bytes] = {"file": b"f", "link": b"l", "dir": b"d"}
_KINDS: dict[bytes, EntryKind] = {code: kind for kind, code in _CODES.items()}


class TreeEntry(NamedTuple):
    """One thing below the root.

    `path` is relative with '/', usable with the file system: names that are not UTF-8 hold
    surrogates, so pass it through `shown` before it goes into a message, a model or JSON.
    `mode` is the nine permission bits; `reason` says why a `skipped` entry was left out.
    """

    path: str
    kind: EntryKind
    mode: int = 0
    size: int = 0
    mtime_ns: int = 0
    ctime_ns: int = 0
    inode: int = 0
    device: int = 0
    reason: str = ""


class TreeItem(NamedTuple):
    """One line of an encoded directory. `digest` is that of the content, target or subtree."""

    kind: EntryKind
    mode: int
    name: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class TreeHash:
    """`digest` is hexadecimal. `files` are the regular files and links, sorted, as `TreeEntry.path`
    gives them; `skipped` are shown paths with the reason, e.g. `run/app.sock (socket)`."""

    digest: str
    files: tuple[str, ...]
    skipped: tuple[str, ...]


def shown(path: str) -> str:
    """A path for people, models and JSON: bytes that are not UTF-8 become `\\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def walk(root: Path) -> Iterator[TreeEntry]:
    """Everything below `root`, sorted by name within each directory, a directory before what it
    holds. A root that does not exist yields nothing. Blocking.

    Raises:
        InvalidInputError: the root is no directory, or the tree has more than `MAX_ENTRIES`
            entries or `MAX_TOTAL_BYTES` bytes.
    """
    base = Path(os.path.realpath(root))
    try:
        info = base.stat()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise _unreadable(root, error) from error
    if not stat.S_ISDIR(info.st_mode):
        raise InvalidInputError(f"{root} is not a directory.", hint="Name the project's directory.")
    total = 0
    try:
        first = _children(base, "", info.st_dev, info.st_ino)
    except OSError as error:
        raise _unreadable(root, error) from error
    if _is_data(first):
        raise InvalidInputError(
            f"{root} is the data directory of this program.",
            hint="Name the project's directory.",
        )
    for count, entry in enumerate(_descend(base, first), start=1):
        total += entry.size if entry.kind == "file" else 0
        if count > MAX_ENTRIES or total > MAX_TOTAL_BYTES:
            raise InvalidInputError(
                f"{root} is too large: at most {MAX_ENTRIES:,} entries and "
                f"{MAX_TOTAL_BYTES // 1024**3} GB are allowed.",
                hint="Name the project's own directory, or move data and build output out of it.",
            )
        yield entry


def _unreadable(root: Path, error: OSError) -> InvalidInputError:
    return InvalidInputError(
        f"{root} cannot be read: {_reason(error)}.", hint="Mend its permissions, or name another."
    )


def _is_data(entries: list[TreeEntry]) -> bool:
    return any(entry.path.rsplit("/", 1)[-1] == DATA_MARKER for entry in entries)


def _descend(base: Path, first: list[TreeEntry]) -> Iterator[TreeEntry]:
    stack: list[Iterator[TreeEntry]] = [iter(first)]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
        elif entry.kind != "dir":
            yield entry
        elif len(stack) >= MAX_DEPTH:
            yield TreeEntry(entry.path, "skipped", reason=f"deeper than {MAX_DEPTH} levels")
        else:
            try:
                children = _children(base, entry.path, entry.device, entry.inode)
            except FileNotFoundError:
                continue
            except OSError as error:
                yield TreeEntry(entry.path, "skipped", reason=_reason(error))
                continue
            if _is_data(children):
                yield TreeEntry(entry.path, "skipped", reason="this program's own data")
                continue
            yield entry
            stack.append(iter(children))


def _children(base: Path, prefix: str, device: int, inode: int) -> list[TreeEntry]:
    """The entries of one directory. It must still be the one that was seen (same inode), so that
    a component replaced by a link in the meantime leads nowhere."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    kept: list[TreeEntry] = []
    descriptor = os.open(base / prefix, flags)
    try:
        info = os.fstat(descriptor)
        if (info.st_dev, info.st_ino) != (device, inode):
            raise FileNotFoundError(prefix)
        with os.scandir(descriptor) as found:
            # One more than allowed is enough for `walk` to refuse the tree.
            items = list(islice(found, MAX_ENTRIES + 1))
        for item in items:
            name = item.name
            entry = _entry(f"{prefix}/{name}" if prefix else name, item)
            if entry is None or (
                entry.kind in ("dir", "link")
                and (name in SEEMING or name == BYTECODE)
                and _is_what_it_seems(name, items, descriptor)
            ):
                continue
            kept.append(entry)
    finally:
        os.close(descriptor)
    kept.sort()
    return kept


def _is_what_it_seems(name: str, items: list[os.DirEntry[str]], descriptor: int) -> bool:
    """Whether the entry `name` of the opened directory, which holds `items`, was made by a tool."""
    if name == BYTECODE:
        return _holds_bytecode_alone(descriptor)
    marks = SEEMING[name]
    if any(item.name in marks.beside for item in items):
        return True
    for mark in marks.holds:
        try:
            os.stat(f"{name}/{mark}", dir_fd=descriptor)
        except OSError:
            continue
        return True
    return False


def _holds_bytecode_alone(descriptor: int) -> bool:
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        opened = os.open(BYTECODE, flags, dir_fd=descriptor)
    except OSError:
        return False
    try:
        with os.scandir(opened) as found:
            return all(
                (item.name.endswith(".pyc") or _COMPILED.fullmatch(item.name))
                and item.is_file(follow_symlinks=False)
                for item in found
            )
    except OSError:
        return False
    finally:
        os.close(opened)


def _entry(path: str, item: os.DirEntry[str]) -> TreeEntry | None:
    try:
        info = item.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        return TreeEntry(path, "skipped", reason=_reason(error))
    kind: EntryKind
    if stat.S_ISREG(info.st_mode):
        kind = "file"
    elif stat.S_ISLNK(info.st_mode):
        kind = "link"
    elif stat.S_ISDIR(info.st_mode):
        kind = "dir"
    else:
        return TreeEntry(path, "skipped", reason=_special(info.st_mode))
    if item.name in VERSION_CONTROL or (kind == "file" and item.name.endswith(IGNORED_SUFFIXES)):
        return None
    # A character takes four bytes at most: most paths need not be encoded to be measured.
    if len(path) > MAX_PATH_BYTES // 4 and len(os.fsencode(path)) > MAX_PATH_BYTES:
        return TreeEntry(path, "skipped", reason=f"path longer than {MAX_PATH_BYTES} bytes")
    if kind == "file" and info.st_size > MAX_FILE_BYTES:
        return TreeEntry(path, "skipped", reason=f"larger than {MAX_FILE_BYTES // 1024**2} MB")
    return TreeEntry(
        path,
        kind,
        mode=0 if kind == "link" else info.st_mode & 0o777,
        size=info.st_size if kind == "file" else 0,
        mtime_ns=info.st_mtime_ns,
        ctime_ns=info.st_ctime_ns,
        inode=info.st_ino,
        device=info.st_dev,
    )


def _special(mode: int) -> str:
    if stat.S_ISSOCK(mode):
        return "socket"
    if stat.S_ISFIFO(mode):
        return "named pipe"
    return "device"


def _reason(error: OSError) -> str:
    return (error.strerror or "not readable").lower()


def read_entry(root: Path, entry: TreeEntry) -> bytes:
    """The content of a file, or the target of a link. Blocking; at most `MAX_FILE_BYTES`.

    Raises:
        OSError: it is gone, unreadable, has grown too large, or is no longer what was walked.
    """
    path = root / entry.path
    if entry.kind == "link":
        # Not `Path.readlink`: that would tidy the target up.
        return os.readlink(os.fsencode(path))  # noqa: PTH115
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        info = os.fstat(descriptor)
        if (info.st_dev, info.st_ino) != (entry.device, entry.inode):
            raise FileNotFoundError(errno.ENOENT, "replaced while it was read")
        parts: list[bytes] = []
        length = 0
        # One more byte than it should have tells whether it has grown.
        while part := stream.read(max(entry.size, 4_096) + 1):
            parts.append(part)
            length += len(part)
            if length > MAX_FILE_BYTES:
                raise OSError(errno.EFBIG, "grew too large while it was read")
        return parts[0] if len(parts) == 1 else b"".join(parts)


def digest_content(content: bytes) -> bytes:
    """The digest of a file's content or a link's target."""
    return blake2b(content, digest_size=DIGEST_BYTES, person=b"blob").digest()


def digest_tree(encoded: bytes) -> bytes:
    """The digest of an encoded directory; never equal to that of a file with the same bytes."""
    return blake2b(encoded, digest_size=DIGEST_BYTES, person=b"tree").digest()


def encode_tree(items: Iterable[TreeItem]) -> bytes:
    """One directory as bytes: for each name in order `KIND MODE NAME NUL DIGEST`."""
    return b"".join(
        b"%b %03o %b\0%b" % (_CODES[item.kind], item.mode, item.name, item.digest)
        for item in sorted(items, key=lambda item: item.name)
    )


def decode_tree(encoded: bytes) -> list[TreeItem]:
    """The inverse of `encode_tree`.

    Raises:
        ValueError: the bytes are no encoded directory, or a name is unsafe (`..`, holds '/').
    """
    items: list[TreeItem] = []
    position = 0
    while position < len(encoded):
        end = encoded.index(b"\0", position)
        code, mode, name = encoded[position:end].split(b" ", 2)
        digest = encoded[end + 1 : end + 1 + DIGEST_BYTES]
        kind = _KINDS.get(code)
        if (
            kind is None
            or len(digest) != DIGEST_BYTES
            or name in (b"", b".", b"..")
            or b"/" in name
        ):
            raise ValueError("not an encoded directory")
        items.append(TreeItem(kind, int(mode, 8) & 0o777, name, digest))
        position = end + 1 + DIGEST_BYTES
    return items


def fold(
    entries: Iterable[tuple[TreeEntry, bytes]], keep: Callable[[bytes, bytes], None] | None = None
) -> bytes:
    """The root's digest from entries in the order of `walk`, each with its content's digest
    (ignored for directories). `keep` receives digest and bytes of every directory, leaves first.
    """
    levels: list[tuple[str, TreeEntry | None, list[TreeItem]]] = [("", None, [])]

    def close() -> bytes:
        _, entry, items = levels.pop()
        encoded = encode_tree(items)
        digest = digest_tree(encoded)
        if keep is not None:
            keep(digest, encoded)
        if entry is not None:
            name = os.fsencode(entry.path.rsplit("/", 1)[-1])
            levels[-1][2].append(TreeItem("dir", entry.mode, name, digest))
        return digest

    for entry, content in entries:
        if entry.kind == "skipped":
            continue
        parent, _, name = entry.path.rpartition("/")
        while levels[-1][0] != parent:
            close()
        if entry.kind == "dir":
            levels.append((entry.path, entry, []))
        else:
            levels[-1][2].append(TreeItem(entry.kind, entry.mode, os.fsencode(name), content))
    while len(levels) > 1:
        close()
    return close()


TRUSTED_AFTER_NS = 2_000_000_000
"""A file younger than this when it was read may change again within one tick of the clock."""


class TreeMemory:
    """Digests of one tree's files as they were last read, with what the file system said of them.

    A file is taken for unchanged while its size, times, inode and mode are the same; one that was
    written less than two seconds before it was read is read again. Walks in several threads may
    use one memory: each replaces it as a whole.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[TreeEntry, bytes]] = {}

    def digest(self, entry: TreeEntry) -> bytes | None:
        """The digest of an unchanged file or link; None when it has to be read."""
        known = self._known.get(entry.path)
        return known[1] if known is not None and known[0] == entry else None

    def replace(self, read: Iterable[tuple[TreeEntry, bytes, int]]) -> None:
        """Remember (entry, digest, when it was read: nanoseconds since 1970), nothing else."""
        self._known = {
            entry.path: (entry, digest)
            for entry, digest, at in read
            if max(entry.mtime_ns, entry.ctime_ns) + TRUSTED_AFTER_NS < at
        }


def hash_tree(root: Path, memory: TreeMemory | None = None) -> TreeHash:
    """Read and hash everything below `root`; a root that does not exist is an empty tree. Blocking.

    With a `memory` of the same tree only what has changed since is read.

    Raises:
        InvalidInputError: as `walk`.
    """
    base = Path(os.path.realpath(root))
    skipped: list[str] = []
    files: list[str] = []
    read: list[tuple[TreeEntry, bytes, int]] = []

    def digests() -> Iterator[tuple[TreeEntry, bytes]]:
        for entry in walk(base):
            if entry.kind == "skipped":
                skipped.append(f"{shown(entry.path)} ({entry.reason})")
            elif entry.kind == "dir":
                yield entry, b""
            else:
                # The time before reading: what is written afterwards is younger than that.
                at = time.time_ns()
                found = memory.digest(entry) if memory is not None else None
                try:
                    found = found or digest_content(read_entry(base, entry))
                except FileNotFoundError:
                    continue
                except OSError as error:
                    skipped.append(f"{shown(entry.path)} ({_reason(error)})")
                    continue
                files.append(entry.path)
                read.append((entry, found, at))
                yield entry, found

    digest = fold(digests())
    if memory is not None:
        memory.replace(read)
    return TreeHash(digest.hex(), tuple(sorted(files)), tuple(skipped))
