"""The first program inside the sandbox: prepare the work directory, run the command, hand back.

Started as `python -I -S -B launcher.py JOB.json FD`. It copies the source tree, forks the command
with its limits, reaps everything, ends every survivor and then streams the output directory.

Frames on FD, big endian:
  `R` alive (namespaces are complete) | `S` the command was started
  `N` + u32 errno: it could not be started | `X` + i32 exit code (negative: the signal)
    and u64 the largest resident size of one process in bytes
  `C` + u64 bytes + u64 inodes: what the copies of private directories take
  `K` + u32 number of files that could not be copied
  `F` + u32 name length + u64 size + name + content | `E` end
"""

# Descriptors everywhere, and pathlib would double the start-up time.
# ruff: noqa: PTH101, PTH103, PTH112, PTH116, PTH120, PTH123, PTH208, PTH211

from __future__ import annotations

import contextlib
import errno
import json
import os
import resource
import signal
import stat
import struct
import sys
from typing import Any

CHUNK = 1 << 20
MAX_OUTPUT_FILES = 10_000
MAX_OUTPUT_ENTRIES = 100_000
MAX_DEPTH = 64
BLOCK = 4096
FICLONE = 0x40049409
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36


def _prctl(option: int, value: int) -> None:
    """prctl(2), best effort: without ctypes or the call, this protection is merely absent."""
    try:
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return


class Control:
    """The pipe to the server."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        os.set_inheritable(fd, False)

    def send(self, *parts: bytes) -> None:
        data = memoryview(b"".join(parts))
        while data:
            data = data[os.write(self.fd, data) :]


def _close_inherited(keep: set[int]) -> None:
    for name in os.listdir("/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"):
        fd = int(name)
        if fd > 2 and fd not in keep:
            with contextlib.suppress(OSError):
                os.close(fd)


class TreeCopy:
    """Copies a tree by descriptors, never by long paths; symbolic links stay links."""

    def __init__(self, budget: tuple[int, int] | None = None) -> None:
        """`budget`: the bytes and inodes that may be copied; more is an error as of a full disk."""
        self.budget = budget
        self.used = self.inodes = 0
        self.failed = 0
        self.buffer = bytearray(CHUNK)
        self.clones = True

    def run(self, source: str, target: str, skip: set[bytes]) -> None:
        """Copy what is in `source` into the directory `target`; `skip` are relative paths."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        src, dst = os.open(source, flags), os.open(target, flags)
        # One frame per open directory: its path, what is left to copy, and its mode and times.
        stack: list[tuple[bytes, list[bytes], os.stat_result | None]] = []
        stack.append((b"", self._names(src), None))
        while stack:
            path, names, info = stack[-1]
            if not names:
                stack.pop()
                if info is not None:
                    self._finish(dst, info)
                    src, dst = self._up(src), self._up(dst)
                continue
            name = names.pop()
            inner = path + b"/" + name if path else name
            if inner in skip:
                continue
            try:
                found = os.stat(name, dir_fd=src, follow_symlinks=False)
                self._count(found)
                if stat.S_ISDIR(found.st_mode):
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(name, 0o700, dir_fd=dst)
                    deeper = os.open(name, flags, dir_fd=src)
                    try:
                        os_target = os.open(name, flags, dir_fd=dst)
                    except OSError:
                        os.close(deeper)
                        raise
                    os.close(src)
                    os.close(dst)
                    src, dst = deeper, os_target
                    stack.append((inner, self._names(src), found))
                elif stat.S_ISREG(found.st_mode):
                    self._file(name, src, dst, found)
                elif stat.S_ISLNK(found.st_mode):
                    os.symlink(os.readlink(name, dir_fd=src), name, dir_fd=dst)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise
                self.failed += 1
        os.close(src)
        os.close(dst)

    def _count(self, info: os.stat_result) -> None:
        self.inodes += 1
        self.used += (info.st_size + BLOCK - 1) // BLOCK * BLOCK
        if self.budget is not None and (self.used > self.budget[0] or self.inodes > self.budget[1]):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _names(self, fd: int) -> list[bytes]:
        return sorted((os.fsencode(name) for name in os.listdir(fd)), reverse=True)

    def _up(self, fd: int) -> int:
        parent = os.open("..", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=fd)
        os.close(fd)
        return parent

    def _finish(self, fd: int, info: os.stat_result) -> None:
        with contextlib.suppress(OSError):
            os.chmod(fd, stat.S_IMODE(info.st_mode) & 0o777 | 0o700)
            os.utime(fd, ns=(info.st_mtime_ns, info.st_mtime_ns))

    def _file(self, name: bytes, src: int, dst: int, info: os.stat_result) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        read = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=src)
        try:
            write = os.open(name, flags, 0o600, dir_fd=dst)
            try:
                if not self._cloned(read, write):
                    while count := os.readv(read, [self.buffer]):
                        view = memoryview(self.buffer)[:count]
                        while view:
                            view = view[os.write(write, view) :]
                os.fchmod(write, stat.S_IMODE(info.st_mode) & 0o777 | 0o600)
                os.utime(write, ns=(info.st_mtime_ns, info.st_mtime_ns))
            finally:
                os.close(write)
        finally:
            os.close(read)

    def _cloned(self, read: int, write: int) -> bool:
        """Let both share their blocks until one is written, where the file system can do that."""
        if self.clones:
            try:
                import fcntl

                fcntl.ioctl(write, FICLONE, read)
            except (ImportError, OSError):
                self.clones = False
        return self.clones


def copy_private(job: dict[str, Any], control: Control) -> None:
    """Fill the private directories, within the budget, and tell how much they took."""
    copy = TreeCopy((job["bytes"], job["inodes"]))
    for part in job["parts"]:
        os.makedirs(part["target"], mode=0o755, exist_ok=True)
        copy.run(part["source"], part["target"], {os.fsencode(path) for path in part["skip"]})
        info = os.stat(part["source"])
        with contextlib.suppress(OSError):
            os.chmod(part["target"], stat.S_IMODE(info.st_mode) & 0o777 | 0o700)
            os.utime(part["target"], ns=(info.st_mtime_ns, info.st_mtime_ns))
    control.send(b"C", struct.pack(">QQ", copy.used, copy.inodes))
    if copy.failed:
        control.send(b"K", struct.pack(">I", copy.failed))


def collect(control: Control, root: str, budget: int) -> None:
    """Stream the regular files under `root`; one more than the budget allows tells the server."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    stack: list[bytes] = [b""]
    files = entries = 0
    top = os.open(root, flags)
    while stack and entries < MAX_OUTPUT_ENTRIES:
        relative = stack.pop()
        try:
            fd = os.open(relative or b".", flags, dir_fd=top)
        except OSError:
            continue
        for text in sorted(os.listdir(fd)):
            entries += 1
            name = os.fsencode(text)
            inner = relative + b"/" + name if relative else name
            try:
                info = os.stat(name, dir_fd=fd, follow_symlinks=False)
                if stat.S_ISDIR(info.st_mode) and inner.count(b"/") < MAX_DEPTH:
                    os.chmod(name, 0o700, dir_fd=fd)
                    stack.append(inner)
                elif stat.S_ISREG(info.st_mode) and files < MAX_OUTPUT_FILES:
                    files += 1
                    budget -= info.st_size
                    if budget < 0:
                        control.send(b"F", struct.pack(">IQ", len(inner), info.st_size), inner)
                        return
                    _send_file(control, fd, name, inner, info.st_size)
            except OSError:
                continue
        os.close(fd)
    os.close(top)


def _send_file(control: Control, fd: int, name: bytes, inner: bytes, size: int) -> None:
    read = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=fd)
    try:
        control.send(b"F", struct.pack(">IQ", len(inner), size), inner)
        left = size
        while left:
            data = os.read(read, min(CHUNK, left)) or bytes(min(CHUNK, left))
            control.send(data)
            left -= len(data)
    finally:
        os.close(read)


def relay(port: int, socket_path: str) -> None:
    """Carry bytes between loopback connections and the server's Unix socket until killed."""
    import socket
    import threading

    def pump(one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(1 << 16):
                other.sendall(data)
        except OSError:
            pass
        finally:
            with contextlib.suppress(OSError):
                other.shutdown(socket.SHUT_WR)

    def serve(client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
            try:
                server.connect(socket_path)
            except OSError:
                return
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join()

    listener = socket.create_server(("127.0.0.1", port), backlog=128)
    if os.fork():
        listener.close()
        return
    with contextlib.suppress(OSError):
        os.setsid()
    while True:
        try:
            client, _address = listener.accept()
        except OSError:
            continue
        try:
            threading.Thread(target=serve, args=(client,), daemon=True).start()
        except RuntimeError:
            # Too many threads: this connection is lost, the relay goes on.
            client.close()


def _limit(kind: int, value: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (value, value))


def _become(job: dict[str, Any], failure: int) -> None:
    """In the forked child: limits, confinement, then the command; never returns."""
    try:
        if job["own_session"]:
            # Elsewhere the group is what the server ends it by.
            os.setsid()
        for number in range(1, signal.NSIG):
            with contextlib.suppress(OSError, ValueError):
                signal.signal(number, signal.SIG_DFL)
        for name, value in job["rlimits"].items():
            if kind := getattr(resource, name, None):
                _limit(kind, value)
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "wb") as score:
            score.write(b"1000")
        if not job["namespace"]:
            _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.umask(0o022)
        os.chdir(job["cwd"])
        if job.get("confine"):
            import runpy

            runpy.run_path(job["confine"]["program"])["confine"](job["confine"])
        os.execve(job["argv"][0], job["argv"], job["env"])  # noqa: S606
    except OSError as error:
        os.write(failure, struct.pack(">I", error.errno or errno.EIO))
    finally:
        os._exit(127)


def _end_all(namespace: bool) -> None:
    """Kill and reap everything that is left below us."""
    if not namespace:
        _hunt()
        return
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _hunt() -> None:
    """End what is below us without a namespace's help.

    Orphans become our children, so a program that flees by forking is always among these: the
    kernel's own short list of them is read and acted upon faster than a process forks. A look at
    all of /proc, which is not, finds the rest.
    """
    before: list[int] = []
    while True:
        found = _children()
        if not found or found == before:
            found = descendants(os.getpid())
        before = found
        for pid in found:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return


def _children() -> list[int]:
    """Our own children, where the kernel lists them."""
    pid = os.getpid()
    try:
        with open(f"/proc/{pid}/task/{pid}/children", "rb", buffering=0) as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def _server_gone(_number: int, _frame: object) -> None:
    _end_all(namespace=False)
    os._exit(1)


def descendants(root: int) -> list[int]:
    """Process ids below `root`, by the parents that /proc names; empty where there is no /proc."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(name))
    found: list[int] = []
    queue = [root]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def run(job: dict[str, Any], control: Control) -> None:
    """Everything, in order; the frames tell how far it came."""
    control.send(b"R")
    if job["copy"]:
        copy = TreeCopy()
        skip = {os.fsencode(path) for path in job["copy"]["skip"]}
        try:
            copy.run(job["copy"]["source"], job["copy"]["target"], skip)
        except OSError as error:
            control.send(b"N", struct.pack(">I", error.errno or errno.EIO))
            return
        if copy.failed:
            control.send(b"K", struct.pack(">I", copy.failed))
    if job["private"]:
        try:
            copy_private(job["private"], control)
        except OSError as error:
            control.send(b"N", struct.pack(">I", error.errno or errno.EIO))
            return
    for path, target in job.get("links", {}).items():
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.symlink(target, path)
        except OSError as error:
            control.send(b"N", struct.pack(">I", error.errno or errno.EIO))
            return
    if job["relay"]:
        relay(job["relay"]["port"], job["relay"]["socket"])
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        _become(job, write)
    os.close(write)
    failure = os.read(read, 4)
    os.close(read)
    if failure:
        os.waitpid(pid, 0)
        _end_all(job["namespace"])
        control.send(b"N", failure)
        return
    control.send(b"S")
    # The command's own pipes must not be held open by us once it has ended.
    while True:
        ended, status, usage = os.wait3(0)
        if ended == pid:
            break
    _end_all(job["namespace"])
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    control.send(b"X", struct.pack(">iQ", os.waitstatus_to_exitcode(status), peak))
    collect(control, job["output"]["path"], job["output"]["bytes"])
    control.send(b"E")


def main() -> None:
    fd = int(sys.argv[2])
    _close_inherited({fd})
    # Not dumpable: the command, though of the same user, can neither trace us nor open our pipe.
    _prctl(PR_SET_DUMPABLE, 0)
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    if not job["namespace"]:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
        # Without a namespace nobody else ends what the command left running when the server is
        # killed. A server that was gone before this line is noticed by the first frame.
        signal.signal(signal.SIGTERM, _server_gone)
        _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    with contextlib.suppress(BrokenPipeError):
        run(job, Control(fd))


if __name__ == "__main__":
    main()
