"""A server that is killed in the middle of its work leaves nothing that lives, and nothing that the
next start does not clear away.

The moment is counted, not timed, see `killing.KILL_AT`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.sandbox.workspace import LOCK_NAME, sweep
from killing import KILL_AT, held, left_alive, moments, short_directory

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox, pytest.mark.slow]

ROUNDS = 12 if os.environ.get("AUTONOMOUS_CODER_TEST_THOROUGH") == "1" else 5
SEED = 4711

SERVER = (
    f"""
import sys
from pathlib import Path
import anyio
from autonomous_coder.models.execution import Command, FetchAccess, Limits, Mount, Network
from autonomous_coder.sandbox import confined, namespaces, proxy
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings

place, python, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
{KILL_AT}"""
    + """
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

done = anyio.run(main)
print(seen, *sorted(done), flush=True)
"""
)


@pytest.fixture
def place() -> Iterator[Path]:
    with short_directory() as root:
        for name in ("tmp", "cache/kept", "tree", "modules/deep"):
            (root / name).mkdir(parents=True)
        for number in range(40):
            (root / "tree" / f"{number}.txt").write_text("x" * 1000, encoding="ascii")
            (root / "modules" / "deep" / f"{number}.txt").write_text("x" * 1000, encoding="ascii")
        yield root


def _serve(place: Path, python: str, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SERVER, str(place), python, str(last)],
        env={**os.environ, "TMPDIR": str(place / "tmp")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


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
    left_something = 0
    for moment in moments(int(operations), ROUNDS, SEED):
        killed = _serve(place, python, moment)
        # A run may need fewer operations than the first did; then it just ends.
        assert killed.returncode in (-9, 0), killed.stderr
        assert left_alive(place) == [], moment
        assert held([base / "sweep.lock", *base.glob(f"*/{LOCK_NAME}")]) == [], moment
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
