"""Each bound ends the whole command, and the outcome names the bound."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from autonomous_coder.models.execution import (
    Command,
    FetchAccess,
    KilledBy,
    Limits,
    Network,
    SandboxLevel,
)
from autonomous_coder.sandbox.sandbox import Sandbox

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

MEGA = 1 << 20
TIGHT = Limits(
    memory_bytes=192 * MEGA,
    processes=40,
    disk_bytes=48 * MEGA,
    inodes=3_000,
    output_bytes=MEGA,
    timeout_s=20,
)


@dataclass(frozen=True)
class Excess:
    sentence: str
    program: str
    killed_by: KilledBy
    timeout_s: float = 20
    landlock: bool = True


EXCESSES = [
    Excess("it runs for ever", "import time\nwhile True: time.sleep(1)", "timeout", 0.6),
    Excess(
        "it ignores every signal",
        """
import signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: time.sleep(1)
""",
        "timeout",
        0.6,
    ),
    Excess(
        "it stops itself",
        "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
        "timeout",
        0.6,
    ),
    Excess(
        "it forks children that die at once, for ever",
        """
import os
while True:
    if os.fork() == 0: os._exit(0)
    os.wait()
""",
        "timeout",
        0.6,
    ),
    Excess(
        "one process takes too much memory",
        "kept = []\nwhile True: kept.append(b'x' * 1_000_000)",
        "memory",
    ),
    Excess(
        "twelve processes together take too much memory",
        """
import os, time
for _ in range(12):
    if os.fork() == 0: break
kept = bytearray(b"x" * 24_000_000)
time.sleep(30)
""",
        "memory",
    ),
    Excess(
        "it takes too much memory that is shared",
        """
import mmap, time
kept = []
while True:
    part = mmap.mmap(-1, 1 << 20)
    part.write(b"x" * (1 << 20))
    kept.append(part)
""",
        "memory",
    ),
    Excess(
        "it is a fork bomb",
        """
import os, time
while True:
    try:
        if os.fork() == 0: time.sleep(60)
    except OSError: time.sleep(1)
""",
        "processes",
    ),
    Excess(
        "it writes one huge file",
        "file = open('big', 'wb')\nwhile True: file.write(b'x' * 1_000_000)",
        "disk",
    ),
    Excess(
        "it fills the directory for temporary files",
        """
import os
file = open(os.environ["TMPDIR"] + "/big", "wb")
while True: file.write(b"x" * 1_000_000)
""",
        "disk",
    ),
    Excess(
        "it fills its home and its project by turns",
        """
import os
one, other = open(os.environ["HOME"] + "/a", "wb"), open("b", "wb")
while True:
    one.write(b"x" * 500_000)
    other.write(b"x" * 500_000)
""",
        "disk",
    ),
    Excess(
        "it fills the shared memory directory",
        "file = open('/dev/shm/big', 'wb')\nwhile True: file.write(b'x' * 1_000_000)",
        "disk",
        landlock=False,
    ),
    Excess(
        "it makes very many files",
        """
import time
for number in range(5_000): open(str(number), "w").close()
time.sleep(30)
""",
        "inodes",
    ),
    Excess(
        "it makes very many directories in each other's place",
        """
import os, time
for number in range(5_000): os.mkdir(str(number))
time.sleep(30)
""",
        "inodes",
    ),
    Excess(
        "it unpacks an archive that is small and holds much",
        """
import io, zipfile
made = io.BytesIO()
with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
    with archive.open("bomb", "w", force_zip64=True) as entry:
        for _ in range(25): entry.write(bytes(4_000_000))
assert len(made.getvalue()) < 1_000_000
zipfile.ZipFile(made).extractall("unpacked")
""",
        "disk",
    ),
    Excess("it prints without end", "while True: print('x' * 1000)", "output"),
    Excess(
        "it prints errors without end",
        "import sys\nwhile True: print('x' * 1000, file=sys.stderr)",
        "output",
    ),
    Excess(
        "it hands back more than it may",
        "open('/output/big', 'wb').truncate(3 << 20)",
        "output",
    ),
]


@pytest.mark.parametrize("excess", EXCESSES, ids=[excess.sentence for excess in EXCESSES])
async def test_level_3_ends_it_when(excess: Excess, sandbox: Sandbox, python: str) -> None:
    limits = replace(TIGHT, timeout_s=excess.timeout_s)
    outcome = await sandbox.run(
        Command(
            argv=(python, "-c", excess.program),
            mounts=sandbox.interpreter_mounts(Path(python)),
            limits=limits,
        )
    )
    assert outcome.level is SandboxLevel.L3
    assert outcome.killed_by == excess.killed_by
    assert outcome.exit_code is None
    assert outcome.duration_s < 15
    assert len(outcome.stdout) + len(outcome.stderr) <= limits.output_bytes
    assert outcome.files == {}


@pytest.mark.parametrize(
    "excess",
    [excess for excess in EXCESSES if excess.landlock],
    ids=[excess.sentence for excess in EXCESSES if excess.landlock],
)
async def test_level_2_ends_it_when(excess: Excess, landlock: Sandbox, python: str) -> None:
    limits = replace(TIGHT, timeout_s=excess.timeout_s)
    outcome = await landlock.run(
        Command(
            argv=(python, "-c", excess.program),
            mounts=landlock.interpreter_mounts(Path(python)),
            limits=limits,
        )
    )
    assert outcome.level is SandboxLevel.L2
    assert outcome.killed_by == excess.killed_by
    assert outcome.exit_code is None
    assert outcome.duration_s < 15


@pytest.mark.parametrize("level", ["L3", "L2"])
@pytest.mark.parametrize(
    "flight", ["pass", "os.setsid()"], ids=["plainly", "in sessions of its own"]
)
async def test_a_program_that_flees_by_forking_is_caught(
    level: str, flight: str, sandbox: Sandbox, landlock: Sandbox, python: str
) -> None:
    chosen = sandbox if level == "L3" else landlock
    mark = f"rabbit-{os.getpid()}-{level}"
    program = f"""
import os
while True:
    if os.fork(): os._exit(0)
    {flight}
"""
    outcome = await chosen.run(
        Command(
            argv=(python, "-c", program, mark),
            mounts=chosen.interpreter_mounts(Path(python)),
            limits=replace(TIGHT, timeout_s=15),
        )
    )
    assert (outcome.exit_code, outcome.killed_by) == (0, "")
    # Who flees is hard to see: one look could come between two of its processes.
    left = []
    for entry in [entry for _look in range(20) for entry in Path("/proc").iterdir()]:
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and mark.encode() in (entry / "cmdline").read_bytes():
                left.append(entry.name)
    assert left == []


@pytest.mark.parametrize("level", ["L3", pytest.param("L2", marks=pytest.mark.thorough)])
async def test_the_same_bounds_hold_in_the_phase_that_may_fetch(
    level: str, sandbox: Sandbox, landlock: Sandbox, python: str
) -> None:
    chosen = sandbox if level == "L3" else landlock
    tried = list({excess.killed_by: excess for excess in reversed(EXCESSES)}.values())
    seen: dict[str, KilledBy] = {}
    for excess in tried:
        outcome = await chosen.run(
            Command(
                argv=(python, "-c", excess.program),
                mounts=chosen.interpreter_mounts(Path(python)),
                limits=replace(TIGHT, timeout_s=excess.timeout_s),
                network=Network.FETCH,
                access=FetchAccess(hosts=frozenset()),
            )
        )
        seen[excess.sentence] = outcome.killed_by
    assert seen == {excess.sentence: excess.killed_by for excess in tried}
    assert len(tried) == 6


async def test_a_sparse_file_costs_nothing_but_is_not_handed_back(
    sandbox: Sandbox, python: str
) -> None:
    outcome = await sandbox.run(
        Command(
            argv=(python, "-c", "open('sparse', 'wb').truncate(1 << 26); print('fine')"),
            mounts=sandbox.interpreter_mounts(Path(python)),
            limits=TIGHT,
        )
    )
    assert outcome.stdout == b"fine\n"
    assert outcome.killed_by == ""


async def test_what_stays_within_all_bounds_is_not_ended(sandbox: Sandbox, python: str) -> None:
    program = """
import os
kept = bytearray(b"x" * 60_000_000)
open("some", "wb").write(b"x" * 20_000_000)
for number in range(1_000): open(str(number), "w").close()
print("x" * 500_000)
children = [os.fork() for _ in range(1)]
"""
    outcome = await sandbox.run(
        Command(
            argv=(python, "-c", program),
            mounts=sandbox.interpreter_mounts(Path(python)),
            limits=TIGHT,
        )
    )
    assert outcome.killed_by == ""
    assert outcome.exit_code == 0
    assert outcome.peak_memory_bytes <= TIGHT.memory_bytes
