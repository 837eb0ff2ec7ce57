"""Reading text files out of an archive in memory: bounded, nothing is ever written or run."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator

MAX_ENTRIES = 100_000
MAX_UNPACKED_BYTES = 160 * 1024**2
MAX_FILE_BYTES = 400_000
MAX_FILES = 500
MAX_TOTAL_BYTES = 8 * 1024**2
BLOCK = 512
MAX_HEADER_BYTES = 64 * 1024

Wanted = Callable[[str], bool]


class UnreadableArchiveError(Exception):
    """Not an archive, damaged, or larger than anybody needs."""


def read_archive(body: bytes, wanted: Wanted, *, is_zip: bool) -> dict[str, str]:
    """The texts of the wanted files by path, in the archive's order; long files are cut.

    Raises:
        UnreadableArchiveError: it cannot be read.
    """
    found: dict[str, str] = {}
    total = 0
    try:
        for path, content in _zip(body, wanted) if is_zip else _tar(body, wanted):
            if path in found:
                continue
            found[path] = content.decode("utf-8", "replace")
            total += len(content)
            if len(found) >= MAX_FILES or total >= MAX_TOTAL_BYTES:
                break
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        # RuntimeError: encrypted, or packed in an unknown way.
        if not found:
            raise UnreadableArchiveError(type(error).__name__) from error
    return found


def _zip(body: bytes, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    if body.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise ValueError("too many entries")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for entry in archive.infolist():
            if entry.is_dir() or not wanted(entry.filename):
                continue
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                # What else there is asks for memory as its header pleases.
                continue
            with archive.open(entry) as file:
                yield entry.filename, file.read(MAX_FILE_BYTES)


class _Unpacked:
    """The unpacked stream, never more of it than allowed."""

    def __init__(self, body: bytes) -> None:
        self._file = gzip.GzipFile(fileobj=io.BytesIO(body))
        self._left = MAX_UNPACKED_BYTES

    def read(self, size: int) -> bytes:
        self._left -= size
        if self._left < 0:
            raise ValueError("unpacks to too much")
        return self._file.read(size)

    def skip(self, size: int) -> None:
        while size > 0:
            step = min(size, 1 << 20)
            if len(self.read(step)) < step:
                raise EOFError
            size -= step


def _tar(body: bytes, wanted: Wanted) -> Iterator[tuple[str, bytes]]:
    """Regular files of a gzipped tar. The standard library's reader takes headers of any length."""
    stream = _Unpacked(body)
    renamed: str | None = None
    for _ in range(MAX_ENTRIES):
        header = stream.read(BLOCK)
        if len(header) < BLOCK or not header.strip(b"\0"):
            return
        size = _number(header[124:136])
        kind = header[156:157]
        padded = -(-size // BLOCK) * BLOCK
        if kind in (b"x", b"L"):
            if size > MAX_HEADER_BYTES:
                raise ValueError("a header is too long")
            content = stream.read(padded)[:size]
            renamed = (_pax_path(content) if kind == b"x" else _text(content)) or renamed
            continue
        if kind == b"g":
            stream.skip(padded)
            continue
        path, renamed = renamed or _path(header), None
        if kind in (b"0", b"\0") and wanted(path):
            taken = min(size, MAX_FILE_BYTES)
            yield path, stream.read(taken)
            stream.skip(padded - taken)
        else:
            stream.skip(padded)


def _number(field: bytes) -> int:
    """A size: octal digits, or binary when the first bit is set."""
    if field[:1] and field[0] & 0x80:
        value = int.from_bytes(field[1:], "big")
    else:
        value = int(field.strip(b"\0 ") or b"0", 8)
    if not 0 <= value <= MAX_UNPACKED_BYTES:
        raise ValueError("an entry is too large")
    return value


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")


def _path(header: bytes) -> str:
    name, prefix = _text(header[:100]), _text(header[345:500])
    ustar = header[257:262] == b"ustar"
    return f"{prefix}/{name}" if prefix and ustar else name


def _pax_path(content: bytes) -> str:
    """The `path` record of an extended header."""
    while content:
        length, space, _ = content.partition(b" ")
        size = int(length) if space and length.isdigit() and len(length) < 8 else 0
        if size <= len(length) + 1:
            return ""
        key, _, value = content[len(length) + 1 : size].rstrip(b"\n").partition(b"=")
        if key == b"path":
            return _text(value)
        content = content[size:]
    return ""
