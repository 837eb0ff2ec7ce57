"""Private mounts: a command writes there as it likes, and the host's directory never changes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import anyio
import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.execution import Command, Limits, Mount, SandboxLevel
from autonomous_coder.sandbox.probe import OVERLAY
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

MEGA = 1 << 20
WITHOUT_OVERLAYS = """#!/bin/sh
for word in "$@"; do
  if [ "$word" = --overlay-src ]; then
    echo "bwrap: Unknown option --overlay-src" >&2
    exit 1
  fi
done
exec {bwrap} "$@"
"""


@pytest.fixture(params=["overlay", "copied", "landlock"])
async def everywhere(
    request: pytest.FixtureRequest, sandbox: Sandbox, landlock: Sandbox, tmp_path: Path
) -> Sandbox:
    """Level L3 with overlays, level L3 with a bubblewrap that has none, and level L2."""
    if request.param == "landlock":
        return landlock
    status = await sandbox.probe()
    if request.param == "overlay":
        if OVERLAY not in status.layers:
            pytest.skip(f"no overlays here: {status.missing}")
        return sandbox
    old = tmp_path / "bwrap"
    bwrap = status.mechanism.partition("(")[2].rstrip(")")
    old.write_text(WITHOUT_OVERLAYS.format(bwrap=bwrap), encoding="utf-8")
    old.chmod(0o755)
    found = Sandbox(SandboxSettings(bwrap=str(old)), tmp_path / "cache")
    status = await found.probe()
    assert status.level is SandboxLevel.L3
    assert [gap.layer for gap in status.missing] == [OVERLAY]
    return found


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A directory as a package manager leaves it: modes, times, links, odd names."""
    root = tmp_path / "installed: a,b"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "one.txt").write_text("one", encoding="ascii")
    (root / "deep" / "two.txt").write_text("two", encoding="ascii")
    (root / "deep" / "er" / "run.sh").write_text("#!/bin/sh\necho ran\n", encoding="ascii")
    (root / "deep" / "er" / "run.sh").chmod(0o755)
    (root / "closed.txt").write_text("closed", encoding="ascii")
    (root / "closed.txt").chmod(0o444)
    (root / "link").symlink_to("deep/two.txt")
    (root / "hard.txt").hardlink_to(root / "one.txt")
    for path in (root / "one.txt", root / "deep" / "two.txt", root / "deep"):
        os.utime(path, ns=(10**18, 10**18 + 1))
    return root


def _state(root: Path) -> dict[str, tuple[object, ...]]:
    found = {}
    for path in (root, *sorted(root.rglob("*"))):
        info = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        digest = hashlib.sha256(data).hexdigest()
        kind = (info.st_mode, info.st_nlink, info.st_size, info.st_uid, info.st_ino)
        found[str(path)] = (*kind, info.st_mtime_ns, info.st_ctime_ns, digest)
    return found


def _command(
    sandbox: Sandbox, python: str, program: str, *mounts: Mount, **fields: object
) -> Command:
    return Command(
        argv=(python, "-c", program, *(mount.target for mount in mounts)),
        mounts=(*sandbox.interpreter_mounts(Path(python)), *mounts),
        **fields,  # type: ignore[arg-type]
    )


CHANGES = """
import os, subprocess, sys
for place in sys.argv[1:]:
    os.chdir(place)
    before = (open("one.txt").read(), open("link").read(), os.stat("deep/two.txt").st_mtime_ns)
    print(*before, subprocess.check_output(["deep/er/run.sh"]))
    open("one.txt", "a").write(" more")
    open("link", "w").write("through the link")
    os.chmod("closed.txt", 0o600); open("closed.txt", "w").write("opened")
    os.utime("deep", (1, 1)); os.chmod("deep", 0o777)
    os.unlink("deep/er/run.sh"); os.rmdir("deep/er")
    os.rename("hard.txt", "deep/moved.txt")
    os.mkdir("new"); open("new/file", "w").write("new")
    print(open("one.txt").read(), open("deep/two.txt").read(), sorted(os.listdir(".")),
          sorted(os.listdir("deep")))
"""


async def test_what_is_written_is_seen_inside_and_gone_afterwards(
    everywhere: Sandbox, python: str, modules: Path, tree: Path
) -> None:
    (tree / "node_modules").mkdir()
    (tree / "node_modules" / "one.txt").write_text("from the tree", encoding="ascii")
    before = _state(modules)
    command = _command(
        everywhere,
        python,
        CHANGES,
        Mount(modules, "/project/node_modules", private=True),
        Mount(modules, "/elsewhere", private=True),
        Mount(modules, "/project/pack/ages/deps", private=True),
        tree=tree,
    )
    for _round in range(2):
        outcome = await everywhere.run(command)
        assert outcome.exit_code == 0, outcome
        lines = outcome.stdout.decode().splitlines()
        assert lines[::2] == [f"one two {10**18 + 1} b'ran\\n'"] * 3
        entries = ["closed.txt", "deep", "link", "new", "one.txt"]
        seen = f"one more through the link {entries} ['moved.txt', 'two.txt']"
        assert lines[1::2] == [seen] * 3
        assert _state(modules) == before


async def test_many_use_the_same_directory_at_once_without_meeting(
    everywhere: Sandbox, python: str, modules: Path
) -> None:
    before = _state(modules)

    async def one(number: int) -> None:
        program = f"""
import os, sys, time
os.chdir(sys.argv[1])
assert open("one.txt").read() == "one"
open("one.txt", "w").write("{number}" * 100_000)
open("mine-{number}", "w").close()
time.sleep(0.05)
print(open("one.txt").read() == "{number}" * 100_000, [n for n in os.listdir(".") if "mine" in n])
"""
        mount = Mount(modules, "/cache/shared", private=True)
        outcome = await everywhere.run(_command(everywhere, python, program, mount))
        assert outcome.stdout.decode() == f"True ['mine-{number}']\n", outcome

    async with anyio.create_task_group() as group:
        for number in range(4):
            group.start_soon(one, number)
    assert _state(modules) == before


FULL = """
import os, sys, time
os.chdir(sys.argv[1])
{body}
time.sleep(30)
"""


@pytest.mark.parametrize(
    ("body", "killed_by"),
    [
        ("out = open('big', 'wb')\nwhile True: out.write(b'x' * 1_000_000)", "disk"),
        pytest.param(
            "os.mkdir('x')\nfor n in range(150_000): open(f'x/{n}', 'w').close()",
            "inodes",
            marks=pytest.mark.thorough,
        ),
    ],
    ids=["filled", "150,000 files"],
)
async def test_a_private_directory_counts_against_the_limits(
    everywhere: Sandbox, python: str, modules: Path, tmp_path: Path, body: str, killed_by: str
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    mounts = (Mount(modules, "/cache/m", private=True), Mount(other, "/project/n", private=True))
    outcome = await everywhere.run(
        _command(
            everywhere,
            python,
            FULL.format(body=body),
            *mounts,
            limits=Limits(disk_bytes=64 * MEGA, inodes=20_000, timeout_s=30),
        )
    )
    assert (outcome.killed_by, outcome.exit_code) == (killed_by, None)
    assert not (modules / "big").exists()


async def test_what_was_there_before_does_not_count_and_as_much_again_may_be_written(
    everywhere: Sandbox, python: str, tmp_path: Path
) -> None:
    large = tmp_path / "large"
    large.mkdir()
    (large / "data").write_bytes(os.urandom(12 * MEGA))
    program = """
import os, sys, time
os.chdir(sys.argv[1])
open("more", "wb").write(b"x" * (8 << 20))
time.sleep(0.3)
print("written")
"""
    mount = Mount(large, "/project/target", private=True)
    outcome = await everywhere.run(
        _command(everywhere, python, program, mount, limits=Limits(disk_bytes=16 * MEGA))
    )
    assert (outcome.killed_by, outcome.stdout) == ("", b"written\n"), outcome


async def test_more_than_the_limit_is_never_copied(
    everywhere: Sandbox, python: str, tmp_path: Path
) -> None:
    large = tmp_path / "large"
    large.mkdir()
    (large / "data").write_bytes(bytes(MEGA))
    os.truncate(large / "data", 1 << 36)
    mount = Mount(large, "/project/target", private=True)
    program = "import os; print(os.stat('target/data').st_size)"
    outcome = await everywhere.run(
        _command(everywhere, python, program, mount, limits=Limits(disk_bytes=64 * MEGA))
    )
    if OVERLAY in (await everywhere.probe()).layers:
        assert outcome.stdout == f"{1 << 36}\n".encode()
    else:
        assert (outcome.killed_by, outcome.exit_code) == ("disk", None)


@pytest.mark.parametrize(
    "mount",
    [
        Mount(Path("/usr/bin/env"), "/cache/env", private=True),
        Mount(Path("/usr/lib"), "/usr/lib", private=True),
        Mount(Path("/usr/lib"), "/run/copied/0", private=True),
    ],
    ids=["a file", "a part of the system", "a place of ours"],
)
async def test_what_cannot_be_private_is_refused(sandbox: Sandbox, mount: Mount) -> None:
    with pytest.raises(InvalidInputError):
        await sandbox.run(Command(argv=("/bin/true",), mounts=(mount,)))
