"""The system-call filter, assembled as classic BPF without any library.

Everything is allowed but a list of calls that no build or test needs and that reach beyond the
sandbox or escape its accounting. Foreign architectures are killed, the x32 variant is refused.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterable

LD_ABS, JEQ, JGE, JSET, AND, RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, KILL_PROCESS, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
OFFSET_NR, OFFSET_ARCH, OFFSET_ARGS = 0, 4, 16
X32_BIT = 0x40000000

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# name: (x86_64, aarch64); None where the architecture does not have it.
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "acct": (163, 89),
    "add_key": (248, 217),
    "adjtimex": (159, 171),
    "bpf": (321, 280),
    "chroot": (161, 51),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "clone": (56, 220),
    "clone3": (435, 435),
    "delete_module": (176, 106),
    "fanotify_init": (300, 262),
    "finit_module": (313, 273),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fsopen": (430, 430),
    "fspick": (433, 433),
    "init_module": (175, 105),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425),
    "ioctl": (16, 29),
    "ioperm": (173, None),
    "iopl": (172, None),
    "kcmp": (312, 272),
    "kexec_file_load": (320, 294),
    "kexec_load": (246, 104),
    "keyctl": (250, 219),
    "lookup_dcookie": (212, 18),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "modify_ldt": (154, None),
    "mount": (165, 40),
    "mount_setattr": (442, 442),
    "move_mount": (429, 429),
    "mq_open": (240, 180),
    "msgget": (68, 186),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_getfd": (438, 438),
    "pivot_root": (155, 41),
    "process_madvise": (440, 440),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "ptrace": (101, 117),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "reboot": (169, 142),
    "request_key": (249, 218),
    "semget": (64, 190),
    "sendmmsg": (307, 269),
    "sendmsg": (46, 211),
    "sendto": (44, 206),
    "setdomainname": (171, 162),
    "sethostname": (170, 161),
    "setns": (308, 268),
    "settimeofday": (164, 170),
    "shmget": (29, 194),
    "socket": (41, 198),
    "swapoff": (168, 225),
    "swapon": (167, 224),
    "sysfs": (139, None),
    "syslog": (103, 116),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "uselib": (134, None),
    "userfaultfd": (323, 282),
    "ustat": (136, None),
    "vhangup": (153, 58),
}

FORBIDDEN = (
    "acct", "add_key", "adjtimex", "bpf", "chroot", "clock_adjtime", "clock_settime",
    "delete_module", "fanotify_init", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick",
    "init_module", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl",
    "lookup_dcookie", "modify_ldt", "mount", "mount_setattr", "move_mount", "name_to_handle_at",
    "open_by_handle_at", "open_tree", "open_tree_attr", "perf_event_open", "pidfd_getfd",
    "pivot_root", "process_madvise", "process_vm_readv", "process_vm_writev", "ptrace", "quotactl",
    "quotactl_fd", "reboot", "request_key", "setdomainname", "sethostname", "setns",
    "settimeofday", "swapoff", "swapon", "sysfs", "syslog", "umount2", "uselib", "userfaultfd",
    "ustat", "vhangup",
)  # fmt: skip

# Answered as "this kernel does not have it", so that programs fall back: clone3 hides its flags
# from filters, io_uring bypasses them, and memory of memfd and shmget is in nobody's account.
ABSENT = (
    "clone3", "io_uring_enter", "io_uring_register", "io_uring_setup", "memfd_create",
    "memfd_secret", "shmget",
)  # fmt: skip

# Without an IPC namespace these would be shared with the host.
WITHOUT_NAMESPACES = ("mq_open", "msgget", "semget")

NEW_NAMESPACES = 0x7E020080
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET and NEWTIME."""
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16
SOCK_STREAM, SOCK_TYPE_MASK, IPPROTO_TCP = 1, 0xF, 6
MSG_FASTOPEN = 0x20000000


def supported(machine: str | None = None) -> bool:
    """Whether a filter can be assembled for this architecture."""
    return (machine or os.uname().machine) in ARCHITECTURES


def program(*, namespaces: bool, inet: bool = True, machine: str | None = None) -> bytes:
    """The filter as `struct sock_filter` bytes in native order.

    `namespaces` says that network and IPC have namespaces of their own (L3). Without them (L2)
    System V IPC, Unix sockets and all but plain TCP streams are refused as well; with `inet`
    false, these too.

    Raises:
        KeyError: the architecture is not in `ARCHITECTURES`.
    """
    name = machine or os.uname().machine
    column = 0 if name == "x86_64" else 1
    code = [
        _load(OFFSET_ARCH),
        _op(JEQ, ARCHITECTURES[name], 1, 0),
        _op(RET, KILL_PROCESS),
        _load(OFFSET_NR),
    ]
    if name == "x86_64":
        code += [_op(JGE, X32_BIT, 0, 1), _deny(errno.ENOSYS)]
    refused = FORBIDDEN if namespaces else FORBIDDEN + WITHOUT_NAMESPACES
    for names, number in ((refused, errno.EPERM), (ABSENT, errno.ENOSYS)):
        for call in names:
            if (value := NUMBERS[call][column]) is not None:
                code += [_op(JEQ, value, 0, 1), _deny(number)]
    for call, body in _conditional(namespaces, inet):
        if (value := NUMBERS[call][column]) is not None:
            block = list(body)
            code += [_op(JEQ, value, 0, len(block)), *block]
    code.append(_op(RET, ALLOW))
    return b"".join(code)


def _conditional(namespaces: bool, inet: bool) -> Iterable[tuple[str, tuple[bytes, ...]]]:
    """Calls that depend on an argument; each block ends in a return of its own."""
    yield "clone", _refuse_bits(0, NEW_NAMESPACES)
    yield "unshare", _refuse_bits(0, NEW_NAMESPACES)
    yield "ioctl", _refuse_values(1, (TIOCSTI, TIOCLINUX))
    yield "personality", (_arg(0), *_unless((0, 0xFFFFFFFF)), _deny(errno.EPERM))
    if namespaces:
        families = (AF_UNIX, AF_INET, AF_INET6, AF_NETLINK)
        yield "socket", (_arg(0), *_unless(families), _deny(errno.EAFNOSUPPORT))
        return
    for call, index in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
        yield call, _refuse_bits(index, MSG_FASTOPEN)
    yield "socket", _stream_sockets_only() if inet else (_deny(errno.EACCES),)


def _stream_sockets_only() -> tuple[bytes, ...]:
    """AF_NETLINK's routing protocol, and AF_INET(6) streams over TCP proper (not MPTCP)."""
    stream = (
        _arg(1),
        _op(AND, SOCK_TYPE_MASK),
        _op(JEQ, SOCK_STREAM, 1, 0),
        _deny(errno.EACCES),
        _arg(2),
        *_unless((0, IPPROTO_TCP)),
        _deny(errno.EACCES),
    )
    netlink = (_arg(2), *_unless((0,)), _deny(errno.EACCES))
    return (
        _arg(0),
        _op(JEQ, AF_NETLINK, 0, len(netlink)),
        *netlink,
        _op(JEQ, AF_INET, 2, 0),
        _op(JEQ, AF_INET6, 1, 0),
        _deny(errno.EACCES),
        *stream,
    )


def _refuse_bits(index: int, bits: int) -> tuple[bytes, ...]:
    return (_arg(index), _op(JSET, bits, 0, 1), _deny(errno.EPERM), _op(RET, ALLOW))


def _refuse_values(index: int, values: tuple[int, ...]) -> tuple[bytes, ...]:
    checks = (part for value in values for part in (_op(JEQ, value, 0, 1), _deny(errno.EPERM)))
    return (_arg(index), *checks, _op(RET, ALLOW))


def _unless(values: tuple[int, ...]) -> tuple[bytes, ...]:
    """Allow when the loaded word is one of `values`; otherwise go on."""
    return tuple(part for value in values for part in (_op(JEQ, value, 0, 1), _op(RET, ALLOW)))


def _op(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, value)


def _load(offset: int) -> bytes:
    return _op(LD_ABS, offset)


def _arg(index: int) -> bytes:
    """The low 32 bits of an argument; both architectures are little endian."""
    return _load(OFFSET_ARGS + 8 * index)


def _deny(number: int) -> bytes:
    return _op(RET, ERRNO | number)
