"""A server process starts, answers in both protocol eras, and ends cleanly whatever ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from autonomous_coder.app.serving import check_loopback, parse_address
from autonomous_coder.errors import InvalidInputError, UnsupportedError, UsageError
from hosting import ERAS, SERVE, Era, environment, over_stdio

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
DISCOVER = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "server/discover",
    "params": {
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
    },
}
OPENINGS: dict[Era, dict[str, Any]] = {"legacy": INITIALIZE, "auto": DISCOVER}


@contextmanager
def process(root: Path, code: str = SERVE) -> Iterator[subprocess.Popen[str]]:
    """A server process with pipes; killed at the end if it still lives."""
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(environment(root)),
    )
    try:
        yield server
    finally:
        if server.poll() is None:
            server.kill()
        server.wait()
        for pipe in (server.stdin, server.stdout, server.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


def ask(server: subprocess.Popen[str], message: dict[str, Any]) -> dict[str, Any]:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(message) + "\n")
    server.stdin.flush()
    answer: dict[str, Any] = json.loads(server.stdout.readline())
    return answer


def ended(server: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code and whatever else was written."""
    code = server.wait(timeout=15)
    assert server.stdout is not None
    assert server.stderr is not None
    return code, server.stdout.read(), server.stderr.read()


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("end", ["SIGTERM", "SIGINT", "end of input"])
def test_the_process_ends_at_once_and_quietly(end: str, era: Era, tmp_path: Path) -> None:
    with process(tmp_path) as server:
        assert "result" in ask(server, OPENINGS[era])
        if end == "end of input":
            assert server.stdin is not None
            server.stdin.close()
        else:
            server.send_signal(getattr(signal, end))
        assert ended(server) == (0, "", "")


@pytest.mark.parametrize("end", ["SIGTERM", "end of input"])
def test_a_call_that_still_waits_does_not_keep_the_process(end: str, tmp_path: Path) -> None:
    with process(tmp_path) as server:
        ask(server, INITIALIZE)
        arguments = {
            "description": "a todo list in Python",
            "output_path": str(tmp_path / "todo"),
            "wait_seconds": 300,
        }
        parameters = {
            "name": "build",
            "arguments": arguments,
            "_meta": {"progressToken": "p"},
        }
        told = ask(
            server, {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": parameters}
        )
        assert told["method"] == "notifications/progress"
        if end == "SIGTERM":
            server.send_signal(signal.SIGTERM)
        else:
            assert server.stdin is not None
            server.stdin.close()
        code, _, errors = ended(server)
        assert code == 0
        assert "Traceback" not in errors


def test_a_host_that_leaves_before_its_first_request_ends_the_process(tmp_path: Path) -> None:
    with process(tmp_path) as server:
        assert server.stdin is not None
        server.stdin.close()
        assert ended(server) == (0, "", "")


def test_a_host_that_stops_reading_does_not_leave_a_traceback(tmp_path: Path) -> None:
    with process(tmp_path) as server:
        ask(server, INITIALIZE)
        assert server.stdout is not None
        assert server.stdin is not None
        server.stdout.close()
        for number in range(2, 40):
            try:
                server.stdin.write(
                    json.dumps({"jsonrpc": "2.0", "id": number, "method": "tools/list"}) + "\n"
                )
                server.stdin.flush()
            except BrokenPipeError:
                break
        assert server.stderr is not None
        assert server.wait(timeout=15) == 0
        assert "Traceback" not in server.stderr.read()


def test_older_clients_learn_that_lists_may_change(tmp_path: Path) -> None:
    with process(tmp_path) as server:
        capabilities = ask(server, INITIALIZE)["result"]["capabilities"]
        for part in ("tools", "prompts", "resources"):
            assert capabilities[part]["listChanged"] is True


def test_a_line_that_is_not_json_does_not_end_the_server(tmp_path: Path) -> None:
    with process(tmp_path) as server:
        assert server.stdin is not None
        ask(server, INITIALIZE)
        server.stdin.write("this is not json\n")
        answer = ask(server, {"jsonrpc": "2.0", "id": 2, "method": "ping"})
        while answer.get("id") != 2:
            assert server.stdout is not None
            answer = json.loads(server.stdout.readline())
        assert answer["result"] == {}


@pytest.mark.anyio
@pytest.mark.parametrize("era", ERAS)
async def test_a_client_talks_to_the_process(era: Era, tmp_path: Path) -> None:
    async with Client(over_stdio(tmp_path), mode=era) as client:
        assert len((await client.list_tools()).tools) == 9
        assert len((await client.list_prompts()).prompts) == 3


@pytest.mark.anyio
@pytest.mark.parametrize("era", ERAS)
async def test_the_server_answers_over_http_on_loopback_and_ends_on_a_signal(
    era: Era, tmp_path: Path
) -> None:
    code = SERVE.replace("load_settings())", "load_settings(), http='127.0.0.1:0')")
    with process(tmp_path, code) as server:
        assert server.stderr is not None
        address = server.stderr.readline().split()[-1]
        assert address.startswith("http://127.0.0.1:")
        async with Client(address, mode=era) as first, Client(address, mode=era) as second:
            assert len((await first.list_tools()).tools) == 9
            assert len((await second.list_prompts()).prompts) == 3
        server.send_signal(signal.SIGTERM)
        assert ended(server) == (0, "", "")


@pytest.mark.parametrize("text", ["0.0.0.0:8000", "192.168.1.4:1", "example.com:80", "[::]:80"])
def test_an_address_others_can_reach_is_refused_without_authentication(text: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        parse_address(text)
    assert "127.0.0.1" in caught.value.hint
    assert isinstance(caught.value, UsageError)


@pytest.mark.parametrize("text", ["", "8000", "localhost", "127.0.0.1:", "localhost:99999", ":80"])
def test_a_malformed_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="HOST:PORT"):
        parse_address(text)


def test_loopback_addresses_are_accepted() -> None:
    assert parse_address("127.0.0.1:8000") == ("127.0.0.1", 8000)
    assert parse_address("[::1]:0") == ("::1", 0)
    assert parse_address("localhost:65535") == ("localhost", 65_535)
    check_loopback("127.8.8.8")


def test_an_address_in_use_is_a_clear_error(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = SERVE.replace("load_settings())", f"load_settings(), http='127.0.0.1:{port}')")
        with process(tmp_path, code) as server:
            status, out, err = ended(server)
    assert status != 0
    assert out == ""
    assert f"127.0.0.1:{port} cannot be served" in err


def test_importing_the_server_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys, mcp.server.mcpserver\n"
        "before = set(sys.modules)\n"
        "import autonomous_coder.app\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "deep = [n for n in sys.modules if n.startswith(('autonomous_coder.engines.',\n"
        "        'autonomous_coder.store.', 'autonomous_coder.orchestrator.'))]\n"
        "heavy = {'jinja2', 'aiosqlite', 'rich', 'yaml', 'pypi_simple', 'zstandard', 'packaging',\n"
        "         'tomlkit', 'tomllib', 'sqlite3'}\n"
        "print(sorted(new & heavy) + deep)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment(tmp_path)},
    )
    assert done.stdout.strip() == "[]"
