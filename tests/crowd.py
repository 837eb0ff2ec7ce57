"""Many validations asked of one HTTP server at once, and what that cost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
from anyio import to_thread
from mcp import Client

from hosting import ERAS, call, environment

SERVE_HTTP = (
    # As many systems begin: less than the calls at once need.
    "import resource\n"
    "_, most = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (100, most))\n"
    "from autonomous_coder.settings import load_settings\n"
    "from autonomous_coder.app import run_server\n"
    "run_server(load_settings(), http='127.0.0.1:0')\n"
)
CHECKS = ["syntax", "format"]
SESSIONS = 10
WAIT_SECONDS = 60
SAMPLE_S = 0.1
ASK_S = 0.25
PAGE = 50


@dataclass
class Peak:
    """The most that a server and what it started had at any sample: processes, bytes, and the
    server's own threads and open files."""

    processes: int = 0
    tree_bytes: int = 0
    server_bytes: int = 0
    threads: int = 0
    files: int = 0


@dataclass
class Crowd:
    """What came of it. `answers` are by project; `arrived` and `ended` are run ids in the server's
    own order; `status_s` are the seconds that single status calls took meanwhile."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    arrived: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    seconds: float = 0.0
    status_s: list[float] = field(default_factory=list)
    peak: Peak = field(default_factory=Peak)
    left: int = 0
    """Processes below the server once all is done."""

    def farthest_out_of_turn(self) -> int:
        """By how many places a run ended earlier or later than it arrived."""
        place = {run: number for number, run in enumerate(self.ended)}
        return max(abs(place[run] - number) for number, run in enumerate(self.arrived))


def project_of(root: Path, number: int) -> Path:
    """A tiny project whose one fault is like no other's: Python and JavaScript in turns."""
    place = root / f"project{number}"
    blank = "\n" * number
    if number % 2:
        manifest = f'{{"name": "project{number}", "type": "module"}}\n'
        files = {"package.json": manifest, f"file{number}.js": f"{blank}const x = = {number};\n"}
    else:
        manifest = f'[project]\nname = "project{number}"\nversion = "0"\n'
        files = {"pyproject.toml": manifest, f"file{number}.py": f"{blank}x = = {number}\n"}
    for name, text in files.items():
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")
    return place


def fault_of(number: int) -> tuple[str, int]:
    """File and line of that fault."""
    return f"file{number}.{'js' if number % 2 else 'py'}", number + 1


@contextmanager
def served(root: Path) -> Iterator[tuple[int, str]]:
    """A server over HTTP with state below `root`: its process and its address."""
    errors = root / "server.log"
    with errors.open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", SERVE_HTTP],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=dict(environment(root)),
        )
    try:
        yield server.pid, _address(server, errors)
    finally:
        server.terminate()
        code = server.wait(timeout=30)
    assert code == 0
    assert "Traceback" not in errors.read_text("utf-8")


def _address(server: subprocess.Popen[bytes], errors: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, errors.read_text("utf-8")
        if told := re.search(r"http://\S+", errors.read_text("utf-8")):
            return told[0]
        time.sleep(0.05)
    raise AssertionError("the server did not say where it serves")


async def crowd(root: Path, count: int) -> Crowd:
    """Ask for `count` validations at once, from several sessions in both protocol eras."""
    projects = [project_of(root / "projects", number) for number in range(count)]
    found = Crowd()
    with served(root) as (pid, address):
        async with _sessions(address, SESSIONS + 1) as (observer, *clients):
            # The first validation of a process looks for tools and sandbox.
            for number in (count, count + 1):
                warm = project_of(root / "projects", number)
                await call(observer, "validate", path=str(warm), checks=CHECKS)
            async with anyio.create_task_group() as beside:
                beside.start_soon(_sample, pid, found.peak)
                beside.start_soon(_ask_now_and_then, observer, found.status_s)
                started = time.perf_counter()
                async with anyio.create_task_group() as asking:
                    for number, project in enumerate(projects):
                        client = clients[number % SESSIONS]
                        asking.start_soon(_validate, client, project, number, found.answers)
                found.seconds = time.perf_counter() - started
                beside.cancel_scope.cancel()
            await _order(observer, found)
            found.left = len(await to_thread.run_sync(_below, pid))
    return found


@asynccontextmanager
async def _sessions(address: str, count: int) -> AsyncIterator[list[Client]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(Client(address, mode=ERAS[number % len(ERAS)]))
            for number in range(count)
        ]


async def _validate(
    client: Client, project: Path, number: int, answers: dict[str, dict[str, Any]]
) -> None:
    """Every other caller waits for its answer, the rest ask for it by the run's id."""
    seconds = WAIT_SECONDS if number % 4 < 2 else 0
    answer = await call(client, "validate", path=str(project), checks=CHECKS, wait_seconds=seconds)
    while answer["status"] == "running":
        run_id = answer["run_id"]
        answer = await call(client, "status", run_id=run_id, wait_seconds=WAIT_SECONDS)
    answers[project.name] = answer


async def _ask_now_and_then(client: Client, seconds: list[float]) -> None:
    while True:
        started = time.perf_counter()
        await call(client, "status", limit=1)
        seconds.append(time.perf_counter() - started)
        await anyio.sleep(ASK_S)


async def _order(client: Client, found: Crowd) -> None:
    """The runs as the server recorded them; its list begins with the newest."""
    wanted = {answer["run_id"] for answer in found.answers.values()}
    runs: list[Mapping[str, Any]] = []
    while True:
        page = (await call(client, "status", limit=PAGE, offset=len(runs)))["runs"]
        runs += page
        if not page:
            break
    runs = [run for run in reversed(runs) if run["run_id"] in wanted]
    found.arrived = [run["run_id"] for run in runs]
    found.ended = [run["run_id"] for run in sorted(runs, key=lambda run: str(run["updated_at"]))]


async def _sample(pid: int, peak: Peak) -> None:
    while True:
        await to_thread.run_sync(_look, pid, peak)
        await anyio.sleep(SAMPLE_S)


def _look(pid: int, peak: Peak) -> None:
    own = _words(pid)
    # Between its start and its first own instruction a child is a shadow of the server.
    below = [one for one in _below(pid) if _words(one) != own]
    server = _resident(pid)
    peak.processes = max(peak.processes, len(below))
    peak.server_bytes = max(peak.server_bytes, server)
    peak.tree_bytes = max(peak.tree_bytes, server + sum(_resident(one) for one in below))
    peak.threads = max(peak.threads, _entries(f"/proc/{pid}/task"))
    peak.files = max(peak.files, _entries(f"/proc/{pid}/fd"))


def _entries(directory: str) -> int:
    return sum(1 for _ in Path(directory).iterdir())


def _below(pid: int) -> list[int]:
    """All processes that a process started, and those which they did."""
    children: dict[int, list[int]] = {}
    for name in [place.name for place in Path("/proc").iterdir()]:
        if name.isdecimal():
            try:
                stat = Path(f"/proc/{name}/stat").read_text("utf-8", "replace")
            except OSError:
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _words(pid: int) -> bytes:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _resident(pid: int) -> int:
    """Bytes in memory; what is shared counts for each who shares it."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0
