"""A server that is killed in the middle of its work leaves nothing that lives, and nothing that the
next start does not clear away.

The moment is counted, not timed: the server kills itself with its n-th audited operation (a file
opened, a directory made or removed, a process started, a signal sent, a socket bound).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.sandbox.workspace import LOCK_NAME, remove_tree, sweep

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox, pytest.mark.slow]

ROUNDS = 12
SEED = 4711
WAIT_S = 10.0

SERVER = """
import os, signal, sys
from pathlib import Path
import anyio
from autonomous_coder.models.execution import Command, FetchAccess, Limits, Mount, Network
from autonomous_coder.sandbox import confined, namespaces, proxy
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings

place, python, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
seen = 0

def count(event, arguments):
    global seen
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)

PROGRAM = '''
import os, sys, time
place, mark = sys.argv[1:3]
open(place + "/written", "w").write("x" * 100_000)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)", mark])
    os._exit(0)
open(os.environ["OUT"] + "/made", "w").write("made")
time.sleep(0.05)
'''

async def main():
    best = Sandbox(SandboxSettings(), place / "cache")
    landlock = Sandbox(SandboxSettings(bwrap="/nowhere/bwrap"), place / "cache")
    done = []

    async def one(sandbox, network):
        outcome = await sandbox.run(Command(
            argv=(python, "-c", PROGRAM, "/project/modules", "mark-" + place.name),
            tree=place / "tree",
            env={"OUT": "/output"},
            mounts=(
                *sandbox.interpreter_mounts(Path(python)),
                Mount(place / "modules", "/project/modules", private=True),
                Mount(place / "modules", "/shown"),
                Mount(place / "cache" / "kept", "/kept", writable=True),
            ),
            network=network,
            access=FetchAccess(hosts=frozenset({"listed.example"})),
            limits=Limits(timeout_s=60),
        ))
        assert outcome.files == {"made": b"made"}, outcome
        done.append(str(outcome.level))

    async with anyio.create_task_group() as group:
        for sandbox in (best, landlock):
            for network in (Network.NONE, Network.FETCH):
                group.start_soon(one, sandbox, network)
    await one(best, Network.NONE)
    return done

if last:
    sys.addaudithook(count)
done = anyio.run(main)
print(seen, *sorted(done), flush=True)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with a short path (a longer one would not be used for sockets)."""
    root = Path(tempfile.mkdtemp(prefix="ackill"))
    for name in ("tmp", "cache/kept", "tree", "modules/deep"):
        (root / name).mkdir(parents=True)
    for number in range(40):
        (root / "tree" / f"{number}.txt").write_text("x" * 1000, encoding="ascii")
        (root / "modules" / "deep" / f"{number}.txt").write_text("x" * 1000, encoding="ascii")
    try:
        yield root
    finally:
        remove_tree(root)


def _serve(place: Path, python: str, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SERVER, str(place), python, str(last)],
        env={**os.environ, "TMPDIR": str(place / "tmp")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _alive(place: Path) -> list[str]:
    """Processes that name the place in their command line, stand in it, or have mounts of it."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        for source in ("cmdline", "mountinfo", "cwd"):
            with contextlib.suppress(OSError):
                file = entry / source
                text = os.fsencode(file.readlink()) if source == "cwd" else file.read_bytes()
                if place.name.encode() in text:
                    found.append(f"{entry.name} {source} {text[:200]!r}")
    return found


def _left_alive(place: Path) -> list[str]:
    """What still lives after a while."""
    deadline = time.monotonic() + WAIT_S
    while (left := _alive(place)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _held_locks(base: Path) -> list[Path]:
    held = []
    for path in (base / "sweep.lock", *base.glob(f"*/{LOCK_NAME}")):
        if path.exists():
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    held.append(path)
    return held


async def test_a_server_killed_at_any_moment_leaves_nothing_behind(
    sandbox: Sandbox, landlock: Sandbox, python: str, place: Path
) -> None:
    await sandbox.probe()
    await landlock.probe()
    whole = _serve(place, python, 1 << 60)
    assert whole.returncode == 0, whole.stderr
    operations, *levels = whole.stdout.split()
    assert levels == ["L2", "L2", "L3", "L3", "L3"]
    base = place / "tmp" / f"ac-sandbox-{os.getuid()}"
    chosen = random.Random(SEED)
    total = int(operations)
    # Evenly over the whole run, and anywhere within each part.
    moments = [
        chosen.randint(part * total // ROUNDS + 1, (part + 1) * total // ROUNDS)
        for part in range(ROUNDS)
    ]
    left_something = 0
    for moment in moments:
        killed = _serve(place, python, moment)
        # A run may need fewer operations than the first did; then it just ends.
        assert killed.returncode in (-9, 0), killed.stderr
        assert _left_alive(place) == [], moment
        assert _held_locks(base) == [], moment
        assert {path.name for path in (place / "tmp").iterdir()} <= {base.name}
        if base.exists():
            left_something += sweep(base)
            assert [path.name for path in base.iterdir()] == ["sweep.lock"], moment
    assert left_something > 0
    assert sorted(path.name for path in (place / "modules").iterdir()) == ["deep"]
    assert len(list((place / "tree").iterdir())) == 40
    again = _serve(place, python, 0)
    assert again.stdout.split()[1:] == levels, again.stderr
    assert [path.name for path in base.iterdir()] == ["sweep.lock"]
