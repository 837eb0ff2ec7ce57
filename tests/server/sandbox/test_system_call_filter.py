"""The filter's verdicts, computed by a small interpreter of classic BPF for both architectures."""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence

import pytest

from autonomous_coder.sandbox import seccomp

ALLOWED, KILLED = "allowed", "killed"
ARCHITECTURES = ("x86_64", "aarch64")


def verdict(code: bytes, arch: int, number: int, arguments: Sequence[int] = ()) -> str:
    """What the filter says to one call: allowed, killed, or the name of an error."""
    padded = [*arguments, *[0] * (6 - len(arguments))]
    data = struct.pack("<IIQ6Q", number, arch, 0, *padded)
    steps = [struct.unpack_from("=HBBI", code, place) for place in range(0, len(code), 8)]
    loaded, at = 0, 0
    while True:
        operation, true, false, value = steps[at]
        at += 1
        match operation:
            case seccomp.LD_ABS:
                (loaded,) = struct.unpack_from("<I", data, value)
            case seccomp.AND:
                loaded &= value
            case seccomp.JEQ:
                at += true if loaded == value else false
            case seccomp.JGE:
                at += true if loaded >= value else false
            case seccomp.JSET:
                at += true if loaded & value else false
            case seccomp.RET:
                if value == seccomp.ALLOW:
                    return ALLOWED
                return KILLED if value == seccomp.KILL_PROCESS else errno.errorcode[value & 0xFFFF]
            case _:
                raise AssertionError(f"unknown instruction {operation}")


class Filter:
    def __init__(self, machine: str, *, namespaces: bool, inet: bool = True) -> None:
        self.code = seccomp.program(namespaces=namespaces, inet=inet, machine=machine)
        self.arch = seccomp.ARCHITECTURES[machine]
        self.column = ARCHITECTURES.index(machine)

    def __call__(self, name: str, *arguments: int) -> str:
        number = seccomp.NUMBERS[name][self.column]
        assert number is not None
        return verdict(self.code, self.arch, number, arguments)


@pytest.fixture(params=ARCHITECTURES)
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_forbidden_calls_are_refused_and_absent_ones_fall_back(machine: str) -> None:
    full = Filter(machine, namespaces=True)
    for name in ("ptrace", "process_vm_readv", "keyctl", "mount", "bpf", "setns", "userfaultfd"):
        assert full(name) == "EPERM"
    for name in ("clone3", "io_uring_setup", "memfd_create", "shmget"):
        assert full(name) == "ENOSYS"


def test_calls_of_another_architecture_are_killed(machine: str) -> None:
    code = seccomp.program(namespaces=True, machine=machine)
    assert verdict(code, 0x40000003, 20) == KILLED
    assert verdict(code, 0x12345678, 0) == KILLED


def test_the_x32_variant_of_every_call_is_refused() -> None:
    code = seccomp.program(namespaces=True, machine="x86_64")
    arch = seccomp.ARCHITECTURES["x86_64"]
    assert verdict(code, arch, 0x40000000 | 0) == "ENOSYS"
    assert verdict(code, arch, 0x40000000 | 101) == "ENOSYS"


def test_ordinary_calls_are_allowed() -> None:
    x86, arm = (seccomp.program(namespaces=True, machine=name) for name in ARCHITECTURES)
    for number in (0, 1, 9, 39, 59, 202, 257, 318, 334, 435 - 1):
        assert verdict(x86, seccomp.ARCHITECTURES["x86_64"], number) == ALLOWED
    for number in (56, 57, 63, 64, 98, 172, 221, 222, 278, 434):
        assert verdict(arm, seccomp.ARCHITECTURES["aarch64"], number) == ALLOWED


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("clone", (17,), ALLOWED),
        ("clone", (0x3D0F00,), ALLOWED),
        ("clone", (0x10000000 | 17,), "EPERM"),
        ("clone", (0x40000000,), "EPERM"),
        ("unshare", (0x400,), ALLOWED),
        ("unshare", (0x20000,), "EPERM"),
        ("ioctl", (0, 0x5401), ALLOWED),
        ("ioctl", (0, 0x5412), "EPERM"),
        ("ioctl", (0, 0x5412 | 1 << 32), "EPERM"),
        ("ioctl", (0, 0x541C), "EPERM"),
        ("personality", (0,), ALLOWED),
        ("personality", (0xFFFFFFFF,), ALLOWED),
        ("personality", (0x0040000,), "EPERM"),
        ("socket", (1, 1), ALLOWED),
        ("socket", (2, 2), ALLOWED),
        ("socket", (10, 1), ALLOWED),
        ("socket", (40, 1), "EAFNOSUPPORT"),
        ("socket", (38, 5), "EAFNOSUPPORT"),
        ("socket", (17, 3), "EAFNOSUPPORT"),
    ],
)
def test_arguments_decide_with_namespaces(
    machine: str, name: str, arguments: tuple[int, ...], expected: str
) -> None:
    assert Filter(machine, namespaces=True)(name, *arguments) == expected


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("socket", (2, 1), ALLOWED),
        ("socket", (2, 1 | 0o2004000, 6), ALLOWED),
        ("socket", (10, 1, 0), ALLOWED),
        ("socket", (16, 3, 0), ALLOWED),
        ("socket", (16, 3, 9), "EACCES"),
        ("socket", (2, 2), "EACCES"),
        ("socket", (2, 3, 1), "EACCES"),
        ("socket", (2, 1, 262), "EACCES"),
        ("socket", (1, 1), "EACCES"),
        ("socket", (40, 1), "EACCES"),
        ("sendto", (3, 0, 0, 0), ALLOWED),
        ("sendto", (3, 0, 0, 0x20000000), "EPERM"),
        ("sendmsg", (3, 0, 0x20000000), "EPERM"),
        ("sendmmsg", (3, 0, 0, 0x20000000), "EPERM"),
        ("msgget", (), "EPERM"),
        ("mq_open", (), "EPERM"),
        ("clone", (0x10000000,), "EPERM"),
    ],
)
def test_arguments_decide_without_namespaces(
    machine: str, name: str, arguments: tuple[int, ...], expected: str
) -> None:
    assert Filter(machine, namespaces=False)(name, *arguments) == expected


def test_without_landlocks_network_rules_no_socket_is_possible(machine: str) -> None:
    filtered = Filter(machine, namespaces=False, inet=False)
    assert filtered("socket", 2, 1) == "EACCES"
    assert filtered("socket", 16, 3) == "EACCES"


def test_an_architecture_without_numbers_is_not_supported() -> None:
    assert seccomp.supported("x86_64")
    assert not seccomp.supported("riscv64")
