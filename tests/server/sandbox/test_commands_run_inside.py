"""What a command sees, what it may leave, and that nothing of it stays behind."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.execution import Command, Limits, Mount, SandboxLevel
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.sandbox.workspace import WORKSPACES, remove_tree
from sandbox_host import SECRET, Listening

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]


def _command(sandbox: Sandbox, python: str, program: str, **fields: object) -> Command:
    base = Command(argv=(python, "-c", program), mounts=sandbox.interpreter_mounts(Path(python)))
    values = {name: getattr(base, name) for name in base.__slots__}
    extra = fields.pop("mounts", ())
    assert isinstance(extra, tuple)
    return Command(**{**values, **fields, "mounts": (*base.mounts, *extra)})


def _digest(root: Path) -> dict[str, tuple[int, int, str]]:
    found = {}
    for path in sorted(root.rglob("*")):
        info = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (info.st_mode, info.st_mtime_ns, hashlib.sha256(content).hexdigest())
    return found


def _processes(marker: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and marker.encode() in (entry / "cmdline").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


async def _none_left(marker: str) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not _processes(marker):
            return True
        await anyio.sleep(0.02)
    return False


def _own_runs() -> list[Path]:
    home = WORKSPACES.home
    return [path for path in home.iterdir() if path.is_dir()] if home else []


async def test_it_works_on_a_copy_and_the_real_tree_stays_as_it_was(
    sandbox: Sandbox, python: str, tree: Path
) -> None:
    before = _digest(tree)
    program = """
import os, pathlib, shutil
print(open("main.py").read(), open("/source/package/data.txt").read(), os.getcwd())
shutil.rmtree("package")
open("main.py", "w").write("changed")
for attempt in (lambda: open("/source/main.py", "w"), lambda: os.unlink("/source/main.py"),
                lambda: os.chmod("/source/main.py", 0o777)):
    try:
        attempt()
        print("ESCAPED")
    except OSError as error:
        print(error.strerror)
"""
    outcome = await sandbox.run(_command(sandbox, python, program, tree=tree))
    assert outcome.exit_code == 0
    assert outcome.level is SandboxLevel.L3
    assert b"print('hello')" in outcome.stdout
    assert b"/project" in outcome.stdout
    assert outcome.stdout.count(b"Read-only file system") == 3
    assert _digest(tree) == before


async def test_modes_and_times_and_links_of_the_tree_are_kept(
    sandbox: Sandbox, python: str, tree: Path
) -> None:
    (tree / "run.sh").write_text("#!/bin/sh\necho ran\n", encoding="ascii")
    (tree / "run.sh").chmod(0o755)
    (tree / "link").symlink_to("package/data.txt")
    os.utime(tree / "main.py", (1_000_000_000, 1_000_000_000))
    program = """
import os, subprocess
print(os.stat("main.py").st_mtime, os.readlink("link"), open("link").read())
print(subprocess.check_output(["./run.sh"]))
"""
    outcome = await sandbox.run(_command(sandbox, python, program, tree=tree))
    assert outcome.stdout == b"1000000000.0 package/data.txt data\n\nb'ran\\n'\n", outcome


async def test_without_a_copy_only_the_source_is_there(
    sandbox: Sandbox, python: str, tree: Path
) -> None:
    program = "import os; print(sorted(os.listdir('/source')), os.listdir('/project'))"
    outcome = await sandbox.run(
        _command(sandbox, python, program, tree=tree, copy_tree=False, cwd="/source")
    )
    assert outcome.stdout == b"['main.py', 'package'] []\n"


async def test_the_environment_holds_what_was_given_and_four_variables(
    sandbox: Sandbox, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AC_TEST_TOKEN", SECRET)
    monkeypatch.setenv("LD_PRELOAD", "")
    outcome = await sandbox.run(
        _command(
            sandbox,
            python,
            "import json, os; print(json.dumps(dict(os.environ)))",
            env={"GIVEN": "ü\n1", "LANG": "C"},
        )
    )
    seen = json.loads(outcome.stdout)
    assert seen.pop("GIVEN") == "ü\n1"
    assert seen.pop("LANG") == "C"
    assert {name for name in seen if not name.startswith("LC_")} == {"HOME", "PATH", "TMPDIR"}


async def test_the_users_home_is_not_there(sandbox: Sandbox, python: str) -> None:
    home = Path.home()
    names = sorted(path.name for path in home.iterdir() if path.is_file())
    program = f"""
import os
print([name for name in {names!r} if os.path.lexists({str(home)!r} + "/" + name)])
print(os.path.lexists({str(home / ".ssh")!r}))
"""
    outcome = await sandbox.run(_command(sandbox, python, program, mounts=sandbox.tool_mounts()))
    assert outcome.stdout == b"[]\nFalse\n"


async def test_our_own_tools_exist_inside_at_the_same_path(sandbox: Sandbox, tree: Path) -> None:
    for name in ("ruff", "mypy", "uv"):
        tool = sandbox.tool(name)
        outcome = await sandbox.run(
            Command(
                argv=(str(tool), "--version"),
                tree=tree,
                mounts=sandbox.tool_mounts(),
                runs_project_code=False,
            )
        )
        assert outcome.exit_code == 0, outcome
        assert name.encode() in outcome.stdout


async def test_standard_input_is_handed_in_even_when_nobody_reads_it(
    sandbox: Sandbox, python: str
) -> None:
    data = b"line\n" * 200_000
    reading = _command(sandbox, python, "import sys; print(len(sys.stdin.read()))", stdin=data)
    ignoring = _command(sandbox, python, "print('ended')", stdin=data)
    assert (await sandbox.run(reading)).stdout == b"1000000\n"
    assert (await sandbox.run(ignoring)).stdout == b"ended\n"


async def test_exit_codes_and_signals_are_told(sandbox: Sandbox, python: str) -> None:
    async def code(program: str) -> int | None:
        return (await sandbox.run(_command(sandbox, python, program))).exit_code

    assert await code("raise SystemExit(7)") == 7
    assert await code("import os; os.kill(os.getpid(), 11)") == 128 + 11
    assert await code("import os; os._exit(0)") == 0


async def test_a_program_that_is_not_there_is_told_and_not_raised(sandbox: Sandbox) -> None:
    outcome = await sandbox.run(Command(argv=("/usr/bin/no-such-program",)))
    assert outcome.exit_code == 127
    assert b"could not be started: No such file" in outcome.stderr


@pytest.mark.parametrize(
    "command",
    [
        Command(argv=()),
        Command(argv=("python",)),
        Command(argv=("/bin/true", "a\0b")),
        Command(argv=("/bin/true",), env={"A=B": "1"}),
        Command(argv=("/bin/true",), env={"": "1"}),
        Command(argv=("/bin/true",), cwd="relative"),
        Command(argv=("/bin/true", "x" * 2_000_000)),
        Command(argv=("/bin/true",), tree=Path("/no/such/tree")),
        Command(argv=("/bin/true",), tree=Path("/")),
        Command(argv=("/bin/true",), tree=Path.home()),
        Command(argv=("/bin/true",), mounts=(Mount(Path("/no/such"), "/cache"),)),
        Command(argv=("/bin/true",), mounts=(Mount(Path.home(), "/cache"),)),
        Command(argv=("/bin/true",), mounts=(Mount(Path("/usr/lib"), "/proc/x"),)),
        Command(argv=("/bin/true",), mounts=(Mount(Path("/usr/lib"), "/"),)),
        Command(argv=("/bin/true",), mounts=(Mount(Path("/usr/lib"), "/a/../b"),)),
        Command(argv=("/bin/true",), mounts=(Mount(Path("/usr/lib"), "relative"),)),
        Command(argv=("/bin/true",), mounts=(Mount(Path("/usr/share"), "/data", writable=True),)),
    ],
    ids=[
        "empty",
        "relative program",
        "NUL in an argument",
        "malformed variable",
        "nameless variable",
        "relative working directory",
        "two megabytes of arguments",
        "missing tree",
        "the whole machine as tree",
        "the home as tree",
        "missing mount",
        "the home as mount",
        "mount in /proc",
        "mount at the root",
        "mount with dots",
        "relative mount",
        "writable mount outside of our cache",
    ],
)
async def test_a_malformed_command_is_refused_before_anything_starts(
    sandbox: Sandbox, command: Command
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await sandbox.run(command)
    assert caught.value.hint


async def test_a_cache_of_ours_may_be_filled_and_a_plain_mount_may_not(
    tmp_path: Path, python: str
) -> None:
    from autonomous_coder.settings import SandboxSettings

    cache = tmp_path / "cache"
    kept = cache / "kept"
    kept.mkdir(parents=True)
    sandbox = Sandbox(SandboxSettings(), cache)
    program = """
open("/kept/new", "w").write("1")
try:
    open("/shown/new", "w")
    print("ESCAPED")
except OSError as error:
    print(error.strerror)
"""
    mounts = (Mount(kept, "/kept", writable=True), Mount(kept, "/shown"))
    outcome = await sandbox.run(_command(sandbox, python, program, mounts=mounts))
    assert outcome.stdout == b"Read-only file system\n"
    assert (kept / "new").read_text(encoding="ascii") == "1"


async def test_filling_a_cache_beyond_the_limit_ends_the_command(
    tmp_path: Path, python: str
) -> None:
    from autonomous_coder.settings import SandboxSettings

    kept = tmp_path / "cache" / "kept"
    kept.mkdir(parents=True)
    sandbox = Sandbox(SandboxSettings(), tmp_path / "cache")
    program = """
import time
file = open("/kept/big", "wb")
for _ in range(40): file.write(b"x" * 1_000_000)
file.flush()
time.sleep(30)
"""
    command = _command(
        sandbox,
        python,
        program,
        mounts=(Mount(kept, "/kept", writable=True),),
        limits=Limits(disk_bytes=20 << 20, timeout_s=20),
    )
    outcome = await sandbox.run(command)
    assert outcome.killed_by == "disk"


async def test_a_mount_inside_the_project_wins_over_the_tree(
    sandbox: Sandbox, python: str, tree: Path, tmp_path: Path
) -> None:
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "one").write_text("mounted", encoding="ascii")
    (tree / "node_modules").mkdir()
    (tree / "node_modules" / "one").write_text("from the tree", encoding="ascii")
    program = "import os; print(open('node_modules/one').read(), os.path.exists('main.py'))"
    outcome = await sandbox.run(
        _command(
            sandbox,
            python,
            program,
            tree=tree,
            mounts=(Mount(modules, "/project/node_modules"),),
        )
    )
    assert outcome.stdout == b"mounted True\n"


async def test_trees_with_odd_names_are_copied(
    sandbox: Sandbox, python: str, tmp_path: Path
) -> None:
    root = tmp_path / "odd"
    root.mkdir()
    for name in ("with\nnewline", "with space", "ünïcode", "-rf", "$(id)", "a" * 255):
        (root / name).write_text(name, encoding="utf-8")
    (root / os.fsdecode(b"not-utf8-\xff")).write_text("x", encoding="ascii")
    os.mkfifo(root / "pipe")
    (root / "dangling").symlink_to("/no/where")
    depth = os.open(root, os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("deeper", dir_fd=depth)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=depth)
        os.close(depth)
        depth = inner
    os.close(os.open("bottom", os.O_CREAT | os.O_WRONLY, dir_fd=depth))
    os.close(depth)
    program = """
import os
print(" ".join(ascii(os.fsdecode(name))[:24] for name in os.listdir(b".")))
depth = 0
while os.path.isdir("deeper"):
    os.chdir("deeper")
    depth += 1
print(depth, os.listdir("."))
"""
    try:
        outcome = await sandbox.run(_command(sandbox, python, program, tree=root))
    finally:
        # The standard library's own removal is too recursive for this tree.
        remove_tree(root)
    assert not root.exists()
    text = outcome.stdout.decode()
    assert outcome.exit_code == 0, outcome
    for part in ("with\\nnewline", "'-rf'", "$(id)", "not-utf8-\\udcff", "dangling"):
        assert part in text
    assert "pipe" not in text
    assert text.endswith("3000 ['bottom']\n")


async def test_regular_files_of_the_output_directory_come_back_and_nothing_else(
    sandbox: Sandbox, python: str, host: Listening
) -> None:
    secret = Path(host.machine.secret_file)
    program = f"""
import os, socket
os.chdir("/output")
os.makedirs("deep/er")
open("report.json", "w").write("{{}}")
open("deep/er/data", "wb").write(bytes(range(256)))
open("empty", "w").close()
os.symlink({str(secret)!r}, "key")
os.symlink("/etc/passwd", "passwd")
os.symlink("/", "everything")
os.mkfifo("pipe")
open("new\\nline", "w").write("x")
open(b"bad\\xff", "w").write("x")
open("back\\\\slash", "w").write("x")
os.mkdir("closed"); open("closed/inner", "w").write("in"); os.chmod("closed", 0)
open("unreadable", "w").write("u"); os.chmod("unreadable", 0)
"""
    outcome = await sandbox.run(_command(sandbox, python, program))
    assert outcome.exit_code == 0, outcome
    assert outcome.files["deep/er/data"] == bytes(range(256))
    assert outcome.files["report.json"] == b"{}"
    assert outcome.files["empty"] == b""
    assert outcome.files["closed/inner"] == b"in"
    assert {"key", "passwd", "pipe", "new\nline", "back\\slash"}.isdisjoint(outcome.files)
    assert not any(SECRET.encode() in data for data in outcome.files.values())
    assert not any(name.startswith(("everything", "/", "..")) for name in outcome.files)


async def test_a_killed_command_hands_back_no_files_but_its_output(
    sandbox: Sandbox, python: str
) -> None:
    program = """
import time
open("/output/half", "w").write("half")
print("so far", flush=True)
time.sleep(60)
"""
    outcome = await sandbox.run(_command(sandbox, python, program, limits=Limits(timeout_s=0.8)))
    assert (outcome.killed_by, outcome.exit_code) == ("timeout", None)
    assert outcome.stdout == b"so far\n"
    assert outcome.files == {}


@pytest.mark.parametrize("level", ["best", "landlock"])
async def test_a_daemon_does_not_outlive_its_command(
    level: str, sandbox: Sandbox, landlock: Sandbox, python: str
) -> None:
    chosen = sandbox if level == "best" else landlock
    marker = f"daemon-{os.getpid()}-{level}"
    program = f"""
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv({python!r}, [{python!r}, "-c", "import time; time.sleep(600)", {marker!r}])
    os._exit(0)
import time; time.sleep(0.3)
print("parent ends")
"""
    outcome = await chosen.run(_command(chosen, python, program))
    assert outcome.stdout == b"parent ends\n"
    assert await _none_left(marker)


@pytest.mark.parametrize("level", ["best", "landlock"])
async def test_cancelling_ends_the_whole_tree_and_leaves_nothing(
    level: str, sandbox: Sandbox, landlock: Sandbox, python: str
) -> None:
    chosen = sandbox if level == "best" else landlock
    await chosen.probe()
    marker = f"cancelled-{os.getpid()}-{level}"
    program = f"""
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        os.execv({python!r}, [{python!r}, "-c", "import time; time.sleep(600)", {marker!r}])
time.sleep(600)
"""
    async with anyio.create_task_group() as group:
        group.start_soon(chosen.run, _command(chosen, python, program))
        with anyio.fail_after(20):
            while len(_processes(marker)) < 4:
                await anyio.sleep(0.02)
        group.cancel_scope.cancel()
    assert await _none_left(marker)
    assert _own_runs() == []


@pytest.mark.parametrize("level", ["best", "landlock"])
async def test_killing_the_server_ends_the_command_too(
    level: str, sandbox: Sandbox, landlock: Sandbox, python: str, tmp_path: Path
) -> None:
    await (sandbox if level == "best" else landlock).probe()
    marker = f"orphan-{os.getpid()}-{level}"
    program = f"""
import sys, anyio
from pathlib import Path
from autonomous_coder.models.execution import Command
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings
sandbox = Sandbox(SandboxSettings(bwrap={"" if level == "best" else "/nowhere/bwrap"!r}), Path())
anyio.run(sandbox.run, Command(
    argv=({python!r}, "-c", "import time; time.sleep(600)", "mark-" + sys.argv[1]),
    mounts=sandbox.interpreter_mounts(Path({python!r})),
))
"""
    server = subprocess.Popen([sys.executable, "-c", program, marker], cwd=tmp_path)
    try:
        with anyio.fail_after(30):
            while not _processes(f"mark-{marker}"):
                await anyio.sleep(0.02)
    finally:
        server.kill()
        server.wait()
    assert await _none_left(f"mark-{marker}")


async def test_many_commands_run_at_once_without_meeting(sandbox: Sandbox, python: str) -> None:
    results: dict[int, bytes] = {}

    async def one(number: int) -> None:
        program = f"""
import os
open("/tmp/mine", "w").write("{number}")
open("/output/mine", "w").write("{number}" * 1000)
print(os.listdir("/tmp"), open("/tmp/mine").read())
"""
        outcome = await sandbox.run(_command(sandbox, python, program))
        assert outcome.stdout == f"['mine'] {number}\n".encode()
        results[number] = outcome.files["mine"]

    before = len(list(Path("/proc/self/fd").iterdir()))
    async with anyio.create_task_group() as group:
        for number in range(12):
            group.start_soon(one, number)
    assert results == {number: str(number).encode() * 1000 for number in range(12)}
    assert _own_runs() == []
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


async def test_services_can_be_started_and_reached_inside(sandbox: Sandbox, python: str) -> None:
    program = """
import socket, threading
server = socket.create_server(("127.0.0.1", 8000))
threading.Thread(target=lambda: server.accept()[0].sendall(b"served"), daemon=True).start()
print(socket.create_connection(("127.0.0.1", 8000)).recv(10))
"""
    outcome = await sandbox.run(_command(sandbox, python, program))
    assert outcome.stdout == b"b'served'\n"


async def test_pools_of_processes_work_inside(sandbox: Sandbox, python: str) -> None:
    program = """
import concurrent.futures, math
with concurrent.futures.ProcessPoolExecutor(2) as pool:
    print(list(pool.map(math.factorial, range(5))))
"""
    outcome = await sandbox.run(_command(sandbox, python, program))
    assert outcome.stdout == b"[1, 1, 2, 6, 24]\n", outcome


async def test_the_work_directory_of_a_run_is_private(sandbox: Sandbox, python: str) -> None:
    await sandbox.run(_command(sandbox, python, "pass"))
    home = WORKSPACES.home
    assert home is not None
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
