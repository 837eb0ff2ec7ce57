"""The checksum of a Go module's zip, as its checksum database records it."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
import zlib

MAX_ENTRIES = 100_000
MAX_UNPACKED_BYTES = 512 * 1024**2
CHUNK = 1 << 16


def module_hash(body: bytes) -> str:
    """`h1:` and the hash over the hashes of all files; empty when it is no zip or unpacks to more
    than 512 MB."""
    if body.count(b"PK\x01\x02") > MAX_ENTRIES:
        return ""
    lines: list[tuple[str, str]] = []
    left = MAX_UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for entry in archive.infolist():
                digest = hashlib.sha256()
                with archive.open(entry) as file:
                    while chunk := file.read(CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            return ""
                        digest.update(chunk)
                lines.append((entry.filename, digest.hexdigest()))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        # RuntimeError: encrypted. NotImplementedError, for unknown packing, is one of them.
        return ""
    whole = hashlib.sha256()
    for name, hexadecimal in sorted(lines):
        whole.update(f"{hexadecimal}  {name}\n".encode("utf-8", "surrogateescape"))
    return f"h1:{base64.b64encode(whole.digest()).decode()}"
