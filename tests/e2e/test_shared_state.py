"""Several processes, commands and servers, on one state: no error, nothing lost, nothing doubled.

And one server that is killed, told to stop or asked to cancel in the middle of a build.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from command_line import CommandLine
from hosting import text_of

pytestmark = pytest.mark.anyio

SENTENCE = "A notes app in Python"
SUBJECTS = ("a recipe app", "a garden app", "a library of books", "a song collection")
RACERS = tuple(f"{subject}, in Python" for subject in SUBJECTS)
PATIENCE_S = 120.0


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """The command with a home of its own; trust in the registry's certificate is the user's."""
    home = tmp_path / "home"
    home.mkdir()
    command = CommandLine(home)
    command.environment |= {k: v for k, v in os.environ.items() if k.startswith("SSL_")}
    return command


@pytest.fixture
def silent_index(cli: CommandLine) -> Iterator[None]:
    """The user's package index accepts connections and never answers: builds wait there."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/simple"
        cli.environment |= {"UV_DEFAULT_INDEX": address, "PIP_INDEX_URL": address}
        yield


@asynccontextmanager
async def server(cli: CommandLine) -> AsyncIterator[Client]:
    """A client of a server process as a host starts it."""
    parameters = StdioServerParameters(
        command=str(cli.program), args=["serve"], env=cli.environment, cwd=cli.home
    )
    async with Client(parameters, read_timeout_seconds=300) as client:
        yield client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The structured result of a call that must succeed."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    data: dict[str, Any] | None = result.structured_content
    assert data is not None
    return data


# several processes ------------------------------------------------------------------------


@pytest.mark.thorough
@pytest.mark.usefixtures("silent_index")
def test_of_processes_that_want_one_directory_at_once_one_gets_it_and_the_rest_are_told(
    cli: CommandLine,
) -> None:
    racers = [
        subprocess.Popen(
            [str(cli.program), "build", sentence, "--output", "same"],
            env=cli.environment,
            cwd=cli.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for sentence in RACERS
    ]
    told: list[tuple[subprocess.Popen[str], str]] = []
    winners: list[subprocess.Popen[str]] = []
    try:
        for racer in racers:
            assert racer.stderr is not None
            line = racer.stderr.readline()
            if "%" in line:
                winners.append(racer)
            else:
                told.append((racer, line))
        assert len(winners) == 1, [line for _, line in told]
        for racer, line in told:
            assert "same" in line
            assert racer.stderr is not None
            assert "Name a" in racer.stderr.read()
            assert racer.wait(timeout=30) == 2
        (winner,) = winners
        winner.send_signal(signal.SIGINT)
        assert winner.stderr is not None
        assert "build --resume run_" in winner.stderr.read()
        winner.wait(timeout=30)
    finally:
        for racer in racers:
            racer.kill()
            racer.communicate()
    status = cli("status", "--json").json()
    (project,) = status["projects"]
    assert project["path"] == str(cli.home / "same")
    assert [run["status"] for run in status["runs"]] == ["cancelled"]
    assert not (cli.home / "same").exists()


@pytest.mark.thorough
async def test_eight_commands_and_servers_share_one_state_and_nothing_is_lost(
    cli: CommandLine,
) -> None:
    project = cli.home / "sample"
    project.mkdir()
    (project / "main.py").write_text("x = 1\n", encoding="utf-8")
    plans: list[str] = []
    checkpoints: list[str] = []

    async def serve(number: int, client: Client) -> None:
        for turn in range(2):
            made = await call(
                client,
                "plan",
                description=f"a shop in Python with {number} shelves {turn}",
                offline=True,
            )
            plans.append(made["project_id"])
            label = f"server {number} {turn}"
            kept = await call(client, "checkpoint", action="create", path=str(project), label=label)
            checkpoints.append(kept["checkpoint_id"])

    async def command(number: int) -> None:
        for arguments, found, key in (
            (("plan", f"a club with {number} members", "--offline"), plans, "project_id"),
            (("checkpoint", "create", "sample"), checkpoints, "checkpoint_id"),
        ):
            made = await anyio.to_thread.run_sync(partial(cli, *arguments, "--json"))
            assert made.code == 0, made
            assert "Traceback" not in made.err
            found.append(made.json()[key])

    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(server(cli)) for _ in range(4)]
        async with anyio.create_task_group() as tasks:
            for number, client in enumerate(clients):
                tasks.start_soon(serve, number, client)
            for number in range(4):
                tasks.start_soon(command, number)
    status = cli("status", "--json", "--limit", "50").json()
    assert status["notices"] == []
    assert len(plans) == len(set(plans)) == 12
    assert {p["project_id"] for p in status["projects"]} == set(plans)
    listed = cli("checkpoint", "list", "sample", "--json").json()["checkpoints"]
    assert {c["checkpoint_id"] for c in listed} == set(checkpoints)
    assert len(checkpoints) == 12


# one server, stopped in the middle --------------------------------------------------------


def children(pid: int) -> dict[int, str]:
    """All descendants of a process and their command lines."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found: dict[int, str] = {}
    for process in parents:
        ancestor: int | None = process
        while ancestor and ancestor != pid:
            ancestor = parents.get(ancestor)
        if ancestor == pid and process != pid:
            found[process] = command_of(process)
    return found


def command_of(pid: int) -> str:
    """The command line of a process; empty when it is gone or only waits to be reaped."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


async def all_gone(processes: dict[int, str]) -> list[str]:
    """Those of the processes that still live after a few seconds."""
    left: list[str] = []
    with anyio.move_on_after(5):
        while left := [c for pid, c in processes.items() if c and command_of(pid) == c]:
            await anyio.sleep(0.05)
    return left


async def server_process(cli: CommandLine) -> int:
    """The process id of the one server that uses this test's state."""
    wanted = f"AUTONOMOUS_CODER_DATA_DIR={cli.data}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            ours = wanted in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if ours and command_of(int(entry.name)).endswith(" serve "):
            found.append(int(entry.name))
    (pid,) = found
    return pid


async def validating(client: Client, cli: CommandLine, run_id: str) -> dict[int, str]:
    """Wait until the run's validation runs something in the sandbox; what runs then."""
    pid = await server_process(cli)
    with anyio.fail_after(PATIENCE_S):
        while True:
            state = await call(client, "status", run_id=run_id)
            assert state["status"] == "running", state
            running = children(pid)
            sandboxed = any("--unshare" in command for command in running.values())
            if sandboxed and state["current_task"].startswith("validation"):
                return running
            await anyio.sleep(0.05)


async def started(client: Client, output: Path) -> str:
    answer = await call(
        client, "build", description=SENTENCE, output_path=str(output), wait_seconds=0
    )
    return str(answer["run_id"])


async def finished(client: Client, run_id: str) -> dict[str, Any]:
    """Resume a build and wait for its end."""
    answer = await call(client, "build", run_id=run_id, wait_seconds=45)
    while answer["status"] == "running":
        answer = await call(client, "status", run_id=run_id, wait_seconds=45)
    return answer


def assert_green(answer: dict[str, Any], output: Path) -> None:
    assert answer["status"] == "succeeded"
    assert answer["success"] is True
    assert {r["status"] for r in answer["requirements"]} == {"proven"}
    assert sorted(p.name for p in output.parent.iterdir() if "notes" in p.name) == ["notes"]


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
async def test_a_build_is_cancelled_killed_and_terminated_while_it_validates_and_ends_green(
    cli: CommandLine,
) -> None:
    output = cli.home / "notes"
    async with server(cli) as client:
        run_id = await started(client, output)
        running = await validating(client, cli, run_id)
        cancelled = await call(client, "build", run_id=run_id, cancel=True)
        assert cancelled["status"] == "cancelled"
        assert run_id in cancelled["next"]
        assert children(await server_process(cli)) == {}
        assert await all_gone(running) == []

        again = await call(client, "build", run_id=run_id, wait_seconds=0)
        assert again["status"] == "running"
        running = await validating(client, cli, run_id)
        os.kill(await server_process(cli), signal.SIGKILL)
        assert await all_gone(running) == [], "the sandbox dies with the server"

    async with server(cli) as client:
        seen = await call(client, "status", run_id=run_id)
        assert seen["status"] == "interrupted"
        assert run_id in seen["next"]
        answer = await finished(client, run_id)
        assert_green(answer, output)
        assert answer["run_id"] == run_id
    run = cli("status", run_id, "--json").json()
    assert run["attempts"] == 3


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
async def test_a_server_that_is_told_to_stop_leaves_within_seconds_and_the_build_goes_on_later(
    cli: CommandLine,
) -> None:
    output = cli.home / "notes"
    with subprocess.Popen(
        [str(cli.program), "serve"],
        env=cli.environment,
        cwd=cli.home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        run_id = await anyio.to_thread.run_sync(build_by_hand, process, output)
        with anyio.fail_after(PATIENCE_S):
            running: dict[int, str] = {}
            while not any("bwrap" in c and "--unshare" in c for c in running.values()):
                await anyio.sleep(0.05)
                running = children(process.pid)
        process.send_signal(signal.SIGTERM)
        begun = anyio.current_time()
        out, err = await anyio.to_thread.run_sync(process.communicate)
        assert anyio.current_time() - begun < 8
        assert process.returncode == 0
        assert all(json.loads(line) for line in out.splitlines())
        assert "Traceback" not in err
        assert await all_gone(running) == []
    async with server(cli) as client:
        seen = await call(client, "status", run_id=run_id)
        assert seen["status"] == "interrupted"
        assert_green(await finished(client, run_id), output)


def build_by_hand(process: subprocess.Popen[str], output: Path) -> str:
    """Open a conversation on the wire and start a build; the run's id."""
    assert process.stdin is not None
    assert process.stdout is not None
    client = {"name": "test", "version": "1"}
    opening = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client}
    arguments = {"description": SENTENCE, "output_path": str(output), "wait_seconds": 0}
    for message in (
        {"id": 1, "method": "initialize", "params": opening},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "build", "arguments": arguments}},
    ):
        process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        process.stdin.flush()
    while True:
        answer = json.loads(process.stdout.readline())
        if answer.get("id") == 2:
            return str(answer["result"]["structuredContent"]["run_id"])
