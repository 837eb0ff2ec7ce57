"""What comes through the launcher's pipe is parsed without trust."""

from __future__ import annotations

import struct

import pytest

from autonomous_coder.sandbox.frames import FrameReader, safe_name


def _file(name: bytes, content: bytes) -> bytes:
    return b"F" + struct.pack(">IQ", len(name), len(content)) + name + content


def _reader(budget: int = 1_000) -> FrameReader:
    return FrameReader(budget, lambda: None)


@pytest.mark.parametrize("step", [1, 3, 1_000])
def test_frames_are_understood_however_they_are_cut(step: int) -> None:
    stream = (
        b"RK" + struct.pack(">I", 2) + b"S" + b"X" + struct.pack(">iQ", -9, 4096)
        + _file(b"a/b", b"content") + _file(b"empty", b"") + b"E"
    )  # fmt: skip
    reader = _reader()
    for place in range(0, len(stream), step):
        assert reader.take(stream[place : place + step])
    assert (reader.ready, reader.started, reader.complete) == (True, True, True)
    assert (reader.uncopied, reader.exit_code, reader.peak) == (2, -9, 4096)
    assert reader.files == {"a/b": b"content", "empty": b""}


@pytest.mark.parametrize(
    "name",
    [
        b"/etc/passwd",
        b"../up",
        b"a/../../up",
        b"a//b",
        b"./a",
        b"a/.",
        b"",
        b"a\0b",
        b"new\nline",
        b"back\\slash",
        b"\x1b[2J",
        b"\xff",
        "right-to-left\u202e".encode(),
        b"x" * 2_000,
        b"/".join([b"d"] * 100),
    ],
)
def test_a_name_that_could_lead_astray_is_dropped_with_its_content(name: bytes) -> None:
    reader = _reader()
    assert reader.take(_file(name, b"evil") + _file(b"good", b"fine") + b"E")
    assert reader.files == {"good": b"fine"}
    assert reader.complete


def test_ordinary_names_are_kept() -> None:
    for name in ("report.xml", "coverage/html/index.html", "ünï code", ".hidden", "a..b"):
        assert safe_name(name.encode()) == name


def test_more_than_the_budget_is_told_before_it_is_read() -> None:
    reader = _reader(10)
    assert reader.take(_file(b"one", b"12345"))
    assert not reader.take(b"F" + struct.pack(">IQ", 3, 6) + b"two")
    assert not reader.take(b"more")
    assert reader.files == {"one": b"12345"}


@pytest.mark.parametrize(
    "noise", [b"?", b"\0" * 100, b"F" + struct.pack(">IQ", 1 << 20, 1), b"Fx", b"X\0"]
)
def test_noise_neither_raises_nor_invents_anything(noise: bytes) -> None:
    reader = _reader()
    assert reader.take(noise)
    reader.take(b"E" * 50)
    assert reader.files == {}
    assert reader.exit_code is None or noise == b"X\0"
