"""Programs that attack the host, each contained; run bare as a control where that is safe.

Each prints `ESCAPED` when it got what it wanted; attacks on files and sockets are also judged from
outside, where the traces would be.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from autonomous_coder.models.execution import Command, Limits, Outcome, SandboxLevel
from autonomous_coder.sandbox.sandbox import Sandbox
from sandbox_host import Listening

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

PRELUDE = """
import ctypes, json, os, platform, signal, socket, struct, sys, time
told = json.loads(bytes.fromhex(sys.argv[1]))
libc = ctypes.CDLL(None, use_errno=True)
intel = platform.machine() == "x86_64"
def escaped(what=""):
    print("ESCAPED", what, flush=True)
def held(what):
    print("held:", what, flush=True)
def call(intel_number, arm_number, *arguments):
    result = libc.syscall(ctypes.c_long(intel_number if intel else arm_number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
"""

WRAP = """
try:
{body}
except Exception as error:
    held(repr(error))
"""


@dataclass(frozen=True)
class Attack:
    """`control`: safe to run bare, where it must escape; `landlock`: held at level L2 as well,
    else it is one of its known holes, and shown to be one."""

    sentence: str
    body: str
    control: bool = True
    landlock: bool = True

    @property
    def program(self) -> str:
        lines = "\n".join(f"    {line}" for line in self.body.strip().splitlines())
        return PRELUDE + WRAP.format(body=lines)


ATTACKS = [
    Attack(
        "it reads a private key of the user",
        "print(open(told['secret_file']).read()); escaped()",
    ),
    Attack(
        "it reads secrets of the server's environment",
        "escaped(os.environ['AC_TEST_TOKEN'])",
    ),
    Attack(
        "it writes outside of its project",
        "open(told['outside'] + '/written', 'w').write('x'); escaped()",
    ),
    Attack(
        "it writes through a symbolic link that leaves its project",
        """
os.symlink(told['outside'], 'link')
open('link/written', 'w').write('x'); escaped()
""",
    ),
    Attack(
        "it makes a hard link to a private key",
        """
os.link(told['secret_file'], 'linked')
print(open('linked').read()); escaped()
""",
    ),
    Attack(
        "it changes the mode of a file outside",
        "os.chmod(told['secret_file'], 0o666); escaped()",
        landlock=False,
    ),
    Attack(
        "it changes the times of a file outside",
        "os.utime(told['secret_file'], (1, 1)); escaped()",
        landlock=False,
    ),
    Attack(
        "it marks a file outside with an attribute",
        "os.setxattr(told['secret_file'], 'user.mark', b'1'); escaped()",
        landlock=False,
    ),
    Attack(
        "it learns the size of a private key",
        "escaped(os.stat(told['secret_file']).st_size)",
        landlock=False,
    ),
    Attack(
        "it reads the command line of another process",
        "escaped(open(f\"/proc/{told['victim']}/cmdline\", 'rb').read())",
        landlock=False,
    ),
    Attack(
        "it reads the environment of another process",
        "data = open(f\"/proc/{told['victim']}/environ\", 'rb').read(); escaped(data)",
    ),
    Attack(
        "it reads the files of another process through /proc",
        "escaped(os.listdir(f\"/proc/{told['victim']}/root/\"))",
    ),
    Attack(
        "it traces a process",
        """
child = os.fork()
if child == 0:
    time.sleep(5)
    os._exit(0)
try:
    call(101, 117, 16, child, None, None)
    escaped()
finally:
    os.kill(child, signal.SIGKILL)
""",
    ),
    Attack(
        "it reads the memory of a process",
        """
buffer = ctypes.create_string_buffer(b"x" * 8)
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
here = Vector(ctypes.addressof(buffer), 8)
call(310, 270, os.getpid(), ctypes.byref(here), ctypes.c_ulong(1), ctypes.byref(here),
     ctypes.c_ulong(1), ctypes.c_ulong(0))
escaped()
""",
    ),
    Attack(
        "it opens the memory of the launcher above it",
        """
parent = os.getppid()
open(f"/proc/{parent}/mem", "r+b"); escaped()
""",
        control=False,
    ),
    Attack(
        "it opens the pipe of the launcher above it",
        """
for number in range(3, 64):
    try:
        os.open(f"/proc/{os.getppid()}/fd/{number}", os.O_WRONLY)
        escaped(number)
    except OSError as error:
        held(error)
""",
        control=False,
    ),
    Attack(
        "it signals a process of the host",
        "os.kill(told['victim'], 0); escaped()",
    ),
    Attack(
        "it kills everything it may",
        "os.kill(-1, signal.SIGKILL); held('sent')",
        control=False,
    ),
    Attack(
        "it connects to a service on the host's loopback",
        "socket.create_connection(('127.0.0.1', told['tcp_port']), 2); escaped()",
    ),
    Attack(
        "it sends with TCP fast open to the host's loopback",
        """
client = socket.socket()
client.sendto(b"x", 0x20000000, ('127.0.0.1', told['tcp_port'])); escaped()
""",
        control=False,
    ),
    Attack(
        "it connects with multipath TCP to the host's loopback",
        """
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
client.connect(('127.0.0.1', told['tcp_port'])); escaped()
""",
        control=False,
    ),
    Attack(
        "it sends a datagram to the host",
        """
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", told["udp_port"]))
""",
    ),
    Attack(
        "it asks a name server",
        """
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.sendto(b"x", ("192.0.2.1", 53)); escaped()
""",
        control=False,
    ),
    Attack(
        "it connects to a Unix socket such as an agent's",
        "socket.socket(socket.AF_UNIX).connect(told['unix_path']); escaped()",
        control=False,
    ),
    Attack(
        "it asks the user's key agent",
        "socket.socket(socket.AF_UNIX).connect(os.environ['SSH_AUTH_SOCK']); escaped()",
        control=False,
    ),
    Attack(
        "it looks for the sockets of container daemons and of the desktop",
        """
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock",
             "/run/podman/podman.sock", "/run/dbus/system_bus_socket", "/run/user",
             "/tmp/.X11-unix/X0"):
    try:
        socket.socket(socket.AF_UNIX).connect(path); escaped(path)
    except OSError as error:
        held(error)
    try:
        escaped(os.listdir(path))
    except OSError as error:
        held(error)
""",
        control=False,
    ),
    Attack(
        "it unpacks a tar archive whose names lead outside",
        """
import io, tarfile
made = io.BytesIO()
with tarfile.open(fileobj=made, mode="w") as archive:
    for name in (told['outside'] + '/written', '../' * 40 + told['outside'][1:] + '/written'):
        entry = tarfile.TarInfo(name)
        entry.size = 1
        archive.addfile(entry, io.BytesIO(b"x"))
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, told['outside']
    archive.addfile(link)
    entry = tarfile.TarInfo("link/written")
    entry.size = 1
    archive.addfile(entry, io.BytesIO(b"x"))
made.seek(0)
with tarfile.open(fileobj=made) as archive:
    if hasattr(tarfile, "fully_trusted_filter"):
        archive.extraction_filter = staticmethod(tarfile.fully_trusted_filter)
    for entry in archive:
        try:
            archive.extract(entry)
        except OSError as error:
            held(error)
""",
    ),
    Attack(
        "it unpacks a zip archive whose names lead outside",
        """
import io, zipfile
made = io.BytesIO()
with zipfile.ZipFile(made, "w") as archive:
    for name in (told['outside'] + '/written', '../' * 40 + told['outside'][1:] + '/written'):
        archive.writestr(name, "x")
for entry in zipfile.ZipFile(made).infolist():
    try:
        open(entry.filename, "w").write("x"); escaped()
    except OSError as error:
        held(error)
""",
    ),
    Attack(
        "it connects to an abstract socket",
        "socket.socket(socket.AF_UNIX).connect('\\0' + told['abstract']); escaped()",
    ),
    Attack(
        "it opens a socket to the hypervisor",
        "socket.socket(40, socket.SOCK_STREAM); escaped()",
        control=False,
    ),
    Attack(
        "it gains rights through a set-user-id program",
        """
status = open("/proc/self/status").read()
if "NoNewPrivs:\\t1" not in status:
    escaped()
os.setresuid(0, 0, 0)
escaped() if "CapEff:\\t0000000000000000" not in open("/proc/self/status").read() else held("no")
""",
        control=False,
    ),
    Attack(
        "it mounts a file system",
        "os.makedirs('m')\nif libc.mount(b'tmpfs', b'm', b'tmpfs', 0, None) == 0: escaped()",
        control=False,
    ),
    Attack(
        "it makes a user namespace with unshare",
        "escaped() if libc.unshare(0x10000000) == 0 else held(os.strerror(ctypes.get_errno()))",
    ),
    Attack(
        "it makes a user namespace with clone",
        """
child = call(56, 220, ctypes.c_ulong(0x10000000 | 17), None, None, None, None)
os._exit(0) if child == 0 else escaped()
""",
        control=False,
    ),
    Attack(
        "it makes a user namespace with clone3",
        """
arguments = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17, 0, 0, 0)
child = call(435, 435, ctypes.byref(arguments), ctypes.c_size_t(64))
os._exit(0) if child == 0 else escaped()
""",
        control=False,
    ),
    Attack(
        "it reads the user's keyring",
        "call(250, 219, 0, ctypes.c_long(-4), 1); escaped()",
        control=False,
    ),
    Attack(
        "it pushes characters into a terminal",
        """
import fcntl, pty
_master, terminal = pty.openpty()
fcntl.ioctl(terminal, 0x5412, b"x"); escaped()
""",
        control=False,
    ),
    Attack(
        "it uses io_uring",
        "call(425, 425, 8, ctypes.create_string_buffer(256)); escaped()",
        control=False,
    ),
    Attack(
        "it hides memory in an anonymous file",
        "os.memfd_create('x'); escaped()",
    ),
    Attack(
        "it takes a System V shared memory segment",
        "call(29, 194, 4711, ctypes.c_size_t(4096), 0o1600); escaped()",
        control=False,
    ),
    Attack(
        "it opens a file by a kernel handle",
        "call(304, 265, -100, ctypes.create_string_buffer(64), 0); escaped()",
        control=False,
    ),
    Attack(
        "it finds a descriptor that was left open",
        """
extra = [fd for fd in os.listdir("/proc/self/fd") if int(fd) > 2]
seen = [os.readlink(f"/proc/self/fd/{fd}") for fd in extra if os.path.exists(f"/proc/self/fd/{fd}")]
escaped(seen) if seen else held("none")
""",
        control=False,
    ),
    Attack(
        "it writes into the system's directories",
        "open('/usr/bin/written', 'w'); escaped()",
        control=False,
    ),
    Attack(
        "it writes into /dev",
        "open('/dev/written', 'w'); escaped()",
        control=False,
    ),
    Attack(
        "it reads the host's private keys in /etc",
        "escaped(os.listdir('/etc/ssl/private'))",
        control=False,
    ),
]


def _judge(host: Listening, text: str, key: Path, outside: Path, mode: int) -> list[str]:
    """What got out, seen from outside."""
    traces = []
    if "ESCAPED" in text:
        traces.append("the program says so")
    if "the-secret-of-the-host" in text:
        traces.append("the secret was printed")
    if (outside / "written").exists():
        traces.append("a file was written outside")
    if key.stat().st_mode != mode:
        traces.append("the key's mode was changed")
    try:
        host.udp.recv(10)
        traces.append("a datagram arrived")
    except BlockingIOError:
        pass
    if host.process.poll() is not None:
        traces.append("the other process was ended")
    return traces


async def _attacked(sandbox: Sandbox, attack: Attack, python: str, host: Listening) -> Outcome:
    machine = host.machine
    readable, writable = os.pipe()
    os.set_inheritable(readable, True)
    try:
        return await sandbox.run(
            Command(
                argv=(python, "-c", attack.program, machine.as_argument()),
                mounts=sandbox.interpreter_mounts(Path(python)),
                limits=Limits(timeout_s=30),
            )
        )
    finally:
        os.close(readable)
        os.close(writable)


def _marks(host: Listening) -> tuple[Path, Path, int]:
    machine = host.machine
    key = Path(machine.secret_file)
    return key, Path(machine.outside), key.stat().st_mode


@pytest.mark.parametrize("attack", ATTACKS, ids=[attack.sentence for attack in ATTACKS])
async def test_level_3_holds_when(
    attack: Attack, sandbox: Sandbox, python: str, host: Listening
) -> None:
    marks = _marks(host)
    outcome = await _attacked(sandbox, attack, python, host)
    text = (outcome.stdout + outcome.stderr).decode()
    assert outcome.level is SandboxLevel.L3
    assert _judge(host, text, *marks) == []
    assert b"held:" in outcome.stdout or outcome.exit_code == 0


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if attack.landlock],
    ids=[attack.sentence for attack in ATTACKS if attack.landlock],
)
async def test_level_2_holds_when(
    attack: Attack, landlock: Sandbox, python: str, host: Listening
) -> None:
    marks = _marks(host)
    outcome = await _attacked(landlock, attack, python, host)
    text = (outcome.stdout + outcome.stderr).decode()
    assert outcome.level is SandboxLevel.L2
    assert _judge(host, text, *marks) == []


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if not attack.landlock],
    ids=[attack.sentence for attack in ATTACKS if not attack.landlock],
)
async def test_level_2_is_known_not_to_hold_when(
    attack: Attack, landlock: Sandbox, python: str, host: Listening
) -> None:
    marks = _marks(host)
    outcome = await _attacked(landlock, attack, python, host)
    text = (outcome.stdout + outcome.stderr).decode()
    assert _judge(host, text, *marks) != []


@pytest.mark.parametrize(
    "attack",
    [attack for attack in ATTACKS if attack.control],
    ids=[attack.sentence for attack in ATTACKS if attack.control],
)
async def test_it_would_succeed_bare_when(
    attack: Attack, python: str, host: Listening, tmp_path: Path
) -> None:
    marks = _marks(host)
    work = tmp_path / "work"
    work.mkdir()
    machine = host.machine
    done = subprocess.run(
        [python, "-c", attack.program, machine.as_argument()],
        cwd=work,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert _judge(host, done.stdout + done.stderr, *marks) != []


async def test_level_2_names_the_holes_that_level_3_closes(landlock: Sandbox) -> None:
    status = await landlock.probe()
    assert status.level is SandboxLevel.L2
    named = {gap.layer for gap in status.missing}
    assert {"own file modes", "pid namespace", "survivors", "disk quota", "metadata"} <= named
    assert all(gap.reason and gap.remedy for gap in status.missing)


async def test_a_call_of_a_foreign_architecture_kills_the_program(
    sandbox: Sandbox, python: str
) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("the program is made of x86 instructions")
    program = """
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
page.write(bytes.fromhex("b814000000cd80c3"))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
print("ESCAPED")
"""
    outcome = await sandbox.run(
        Command(argv=(python, "-c", program), mounts=sandbox.interpreter_mounts(Path(python)))
    )
    assert outcome.exit_code == 128 + 31
    assert outcome.stdout == b""
