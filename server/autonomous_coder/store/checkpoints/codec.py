"""Compression of stored objects: zstd, from the standard library where it has it."""

from __future__ import annotations

import sys
import threading

RAW = 0
ZSTD = 1
LEVEL = 3

if sys.version_info >= (3, 14):
    from compression import zstd

    def _compress(content: bytes) -> bytes:
        return zstd.compress(content, level=LEVEL)

    def _decompress(data: bytes, size: int) -> bytes:
        try:
            return zstd.ZstdDecompressor().decompress(data, max_length=size + 1)
        except zstd.ZstdError as error:
            raise ValueError("damaged") from error

else:
    _own = threading.local()

    def _compress(content: bytes) -> bytes:
        # Setting one up costs more than compressing a small file; none may be shared by threads.
        compressor = getattr(_own, "compressor", None)
        if compressor is None:
            import zstandard

            compressor = _own.compressor = zstandard.ZstdCompressor(level=LEVEL)
        return bytes(compressor.compress(content))

    def _decompress(data: bytes, size: int) -> bytes:
        import zstandard

        try:
            stated = zstandard.frame_content_size(data)
            if stated != size:
                raise ValueError("damaged")
            return bytes(zstandard.ZstdDecompressor().decompress(data, max_output_size=size))
        except zstandard.ZstdError as error:
            raise ValueError("damaged") from error


def pack(content: bytes) -> tuple[int, bytes]:
    """Codec and data: compressed unless that gains nothing."""
    if len(content) > 64:
        data = _compress(content)
        if len(data) < len(content):
            return ZSTD, data
    return RAW, content


def unpack(codec: int, data: bytes, size: int) -> bytes:
    """The content, of exactly `size` bytes.

    Raises:
        ValueError: the data is damaged.
    """
    if codec == ZSTD:
        content = _decompress(data, size)
    elif codec == RAW:
        content = data
    else:
        raise ValueError("unknown codec")
    if len(content) != size:
        raise ValueError("damaged")
    return content
