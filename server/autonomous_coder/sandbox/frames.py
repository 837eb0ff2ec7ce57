"""Reading what the launcher tells: a bounded parser that trusts neither order nor size."""

from __future__ import annotations

import struct
from collections.abc import Callable

MAX_FILES = 10_000
MAX_NAME_BYTES = 1_024
MAX_PARTS = 64


class FrameReader:
    """Takes the bytes of the control pipe as they come; the fields hold what is known so far."""

    def __init__(
        self,
        budget: int,
        on_ready: Callable[[], None],
        on_copied: Callable[[int, int], None] = lambda _used, _inodes: None,
    ) -> None:
        self.budget = budget
        self.on_ready = on_ready
        self.on_copied = on_copied
        self.ready = self.started = self.complete = False
        self.exit_code: int | None = None
        self.start_error: int | None = None
        self.uncopied = 0
        self.peak = 0
        self.too_much = False
        self.broken = False
        self.files: dict[str, bytes] = {}
        self._buffer = bytearray()

    def take(self, data: bytes) -> bool:
        """Feed bytes; False when the output directory holds more than the budget."""
        if self.broken or self.too_much:
            return not self.too_much
        self._buffer += data
        while self._step():
            pass
        return not self.too_much

    def _step(self) -> bool:
        if not self._buffer or self.broken or self.too_much:
            return False
        kind = chr(self._buffer[0])
        if kind == "F":
            return self._file()
        size = {"R": 1, "S": 1, "E": 1, "N": 5, "X": 13, "K": 5, "C": 17}.get(kind)
        if size is None:
            self.broken = True
            return False
        if len(self._buffer) < size:
            return False
        payload = bytes(self._buffer[1:size])
        del self._buffer[:size]
        match kind:
            case "R":
                if not self.ready:
                    self.ready = True
                    self.on_ready()
            case "S":
                self.started = True
            case "C":
                if not self.started:
                    self.on_copied(*struct.unpack(">QQ", payload))
            case "E":
                self.complete = True
            case "N":
                (self.start_error,) = struct.unpack(">I", payload)
            case "K":
                self.uncopied += struct.unpack(">I", payload)[0]
            case _:
                self.exit_code, self.peak = struct.unpack(">iQ", payload)
        return True

    def _file(self) -> bool:
        if len(self._buffer) < 13:
            return False
        length, size = struct.unpack(">IQ", self._buffer[1:13])
        if length > 1 << 16 or len(self.files) >= MAX_FILES:
            self.broken = True
            return False
        if size > self.budget:
            self.too_much = True
            return False
        end = 13 + length + size
        if len(self._buffer) < end:
            return False
        name = safe_name(bytes(self._buffer[13 : 13 + length]))
        if name is not None:
            self.files[name] = bytes(self._buffer[13 + length : end])
        self.budget -= size
        del self._buffer[:end]
        return True


def safe_name(raw: bytes) -> str | None:
    """A relative POSIX path of printable characters without `..`, or None."""
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    parts = name.split("/")
    fits = len(raw) <= MAX_NAME_BYTES and len(parts) <= MAX_PARTS and name.isprintable()
    clean = all(part not in ("", ".", "..") for part in parts) and "\\" not in name
    return name if fits and clean else None
