"""Level L2 without namespaces: Landlock and a seccomp filter on the process that will be replaced.

`confine` is called in the forked child, just before the command is executed. Any failure is an
OSError, and the command is then not started.
"""

# Descriptors everywhere, and pathlib would double the start-up time.
# ruff: noqa: PTH123

from __future__ import annotations

import ctypes
import os
import stat
from typing import Any

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG = 1
PATH_BENEATH, NET_PORT = 1, 2
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
PR_CAPBSET_DROP, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 24, 47, 4
CAPABILITY_VERSION = 0x20080522

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
FIRST_RIGHTS = (1 << 13) - 1
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
READ_ONLY = EXECUTE | READ_FILE | READ_DIR
BIND_TCP, CONNECT_TCP = 1, 2
SCOPE_ABSTRACT_UNIX, SCOPE_SIGNAL = 1, 2


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("fs", ctypes.c_uint64),
        ("net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _Path(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("rights", ctypes.c_uint64), ("fd", ctypes.c_int32))


class _Port(ctypes.Structure):
    _fields_ = (("rights", ctypes.c_uint64), ("port", ctypes.c_uint64))


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def _libc() -> Any:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _call(libc: Any, number: int, *arguments: Any) -> int:
    result = int(libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def landlock_abi() -> int:
    """The kernel's Landlock version, 0 when it has none."""
    try:
        return _call(_libc(), CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except (OSError, AttributeError):
        return 0


def handled_rights(abi: int) -> int:
    """All file system rights that this version can withhold."""
    rights = FIRST_RIGHTS
    for since, right in ((2, REFER), (3, TRUNCATE), (5, IOCTL_DEV)):
        rights |= right if abi >= since else 0
    return rights


def confine(job: dict[str, Any]) -> None:
    """`job`: `read` and `write` path lists, `ports` that may be connected to, `filter` file."""
    libc = _libc()
    abi = landlock_abi()
    if abi < 1:
        raise OSError(38, "Landlock is not available")
    with open(job["filter"], "rb") as file:
        code = file.read()
    _no_new_privileges(libc)
    _no_capabilities(libc)
    _landlock(libc, abi, job)
    program = _Filter(len(code) // 8, code)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the filter was refused")


def _no_new_privileges(libc: Any) -> None:
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs was refused")


def _no_capabilities(libc: Any) -> None:
    """For a server that runs as root: the kernel lets capabilities pass by Landlock in places."""
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    if libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())) != 0:
        raise OSError(ctypes.get_errno(), "capabilities could not be dropped")


def _landlock(libc: Any, abi: int, job: dict[str, Any]) -> None:
    everything = handled_rights(abi)
    ruleset = _Ruleset(everything, 0, 0)
    size = 8
    if abi >= 4:
        ruleset.net, size = BIND_TCP | CONNECT_TCP, 16
    if abi >= 6:
        ruleset.scoped, size = SCOPE_ABSTRACT_UNIX | SCOPE_SIGNAL, 24
    rules = _call(
        libc, CREATE_RULESET, ctypes.byref(ruleset), ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    for paths, rights in ((job["read"], READ_ONLY), (job["write"], everything)):
        for path in paths:
            _allow(libc, rules, path, rights & everything)
    if abi >= 4:
        for port in job["ports"]:
            rule = _Port(CONNECT_TCP, port)
            _call(libc, ADD_RULE, rules, NET_PORT, ctypes.byref(rule), ctypes.c_uint32(0))
    _call(libc, RESTRICT_SELF, rules, ctypes.c_uint32(0))
    os.close(rules)


def _allow(libc: Any, rules: int, path: str, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            rights &= FILE_RIGHTS
        rule = _Path(rights, fd)
        _call(libc, ADD_RULE, rules, PATH_BENEATH, ctypes.byref(rule), ctypes.c_uint32(0))
    finally:
        os.close(fd)
