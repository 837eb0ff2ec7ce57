"""Results of checks on disk, by a key that names everything they depend on.

Only this program writes here (the sandbox shows the directory to nobody). An entry whose digest
does not fit is dropped: losing the whole cache costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import zlib
from hashlib import blake2b
from pathlib import Path

MAX_BYTES = 128 * 1024**2
MAX_ENTRY_BYTES = 32 * 1024**2
PUTS_BETWEEN_SWEEPS = 64
BLOCK = 4_096
_DIGEST = 32


class ResultCache:
    """Bytes by key. All methods block, raise no error, and may be called from several processes."""

    def __init__(self, directory: Path, max_bytes: int = MAX_BYTES) -> None:
        self._directory = directory
        self._max_bytes = max_bytes
        self._puts = 0

    def get(self, key: str) -> bytes | None:
        """What is kept under a key, intact; None otherwise."""
        place = self._place(key)
        try:
            stored = place.read_bytes()
        except OSError:
            return None
        packed = stored[_DIGEST:]
        unpacking = zlib.decompressobj()
        try:
            if stored[:_DIGEST] != _digest(key, packed):
                raise ValueError(key)
            content = unpacking.decompress(packed, MAX_ENTRY_BYTES)
            if not unpacking.eof:
                raise ValueError(key)
        except (ValueError, zlib.error):
            with contextlib.suppress(OSError):
                place.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(place)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep it; too large an entry, or a full disk, leaves the cache as it is."""
        if len(content) > MAX_ENTRY_BYTES:
            return
        packed = zlib.compress(content, 1)
        place = self._place(key)
        temporary = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(
                temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600
            )
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(_digest(key, packed) + packed)
            temporary.replace(place)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            return
        if self._puts % PUTS_BETWEEN_SWEEPS == 0:
            self._sweep()
        self._puts += 1

    def _place(self, key: str) -> Path:
        return self._directory / key[:2] / key

    def _sweep(self) -> None:
        """Drop what was used longest ago beyond the bound."""
        found: list[tuple[float, int, Path]] = []
        for place in self._directory.glob("??/*"):
            with contextlib.suppress(OSError):
                info = place.stat()
                found.append((info.st_mtime, max(info.st_size, BLOCK), place))
        excess = sum(size for _, size, _ in found) - self._max_bytes
        if excess <= 0:
            return
        # More room than needed, so that not every sweep has to make some.
        excess += self._max_bytes // 8
        for _, size, place in sorted(found):
            if excess <= 0:
                return
            with contextlib.suppress(OSError):
                place.unlink()
            excess -= size


def _digest(key: str, packed: bytes) -> bytes:
    return blake2b(packed, digest_size=_DIGEST, key=key.encode()[:64]).digest()
