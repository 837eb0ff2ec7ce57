"""How much our server adds to a bare one: start to the first tools/list, and each tool call.

    python benchmarks/server.py [ROUNDS]

Both servers run over stdio, in turns, in the same run, so that a busy machine slows both. Nothing
is asserted: the goal is +150 ms at most at the start.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

BARE = """
import anyio
from mcp.server.mcpserver import MCPServer
server = MCPServer("bare")
@server.tool()
async def topics() -> str:
    return "nothing"
anyio.run(server.run_stdio_async)
"""
OURS = """
from autonomous_coder.settings import load_settings
from autonomous_coder.app import run_server
run_server(load_settings())
"""
CALLS = 200
INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "benchmark", "version": "1"},
}


class Session:
    """Requests to a server process, one at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._id = 0

    def ask(self, method: str, params: dict[str, Any] | None = None) -> Any:
        self._id += 1
        message = {"jsonrpc": "2.0", "id": self._id, "method": method, "params": params or {}}
        self._send(message)
        assert self._process.stdout is not None
        while True:
            answer = json.loads(self._process.stdout.readline())
            if answer.get("id") == self._id:
                return answer["result"]

    def open(self) -> None:
        self.ask("initialize", INITIALIZE)
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()


@contextmanager
def session(code: str, state: str) -> Iterator[Session]:
    """A server of that code; ended by closing its input."""
    environment = {
        **os.environ,
        "AUTONOMOUS_CODER_DATA_DIR": f"{state}/data",
        "AUTONOMOUS_CODER_CACHE_DIR": f"{state}/cache",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    try:
        yield Session(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=20)


@dataclass(frozen=True)
class Start:
    """Seconds from starting the process to the answer to tools/list, and CPU seconds of its life
    (which a busy machine changes less)."""

    wall: float
    cpu: float


def start(code: str, state: str) -> Start:
    before = cpu_of_children()
    began = time.perf_counter()
    with session(code, state) as client:
        client.open()
        client.ask("tools/list")
        wall = time.perf_counter() - began
    return Start(wall, cpu_of_children() - before)


def cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def call_time(code: str, state: str, tool: str) -> float:
    """Median seconds of one call, after a first one that opens whatever is opened lazily."""
    with session(code, state) as client:
        client.open()
        call: Callable[[], Any] = lambda: client.ask("tools/call", {"name": tool, "arguments": {}})  # noqa: E731
        call()
        times = []
        for _ in range(CALLS):
            began = time.perf_counter()
            call()
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as state:
        for code in (BARE, OURS):
            start(code, state)
        pairs = [(start(BARE, state), start(OURS, state)) for _ in range(rounds)]
        for name, pick in (("wall", attrgetter("wall")), ("CPU", attrgetter("cpu"))):
            bare = statistics.median(pick(pair[0]) for pair in pairs)
            ours = statistics.median(pick(pair[1]) for pair in pairs)
            added = statistics.median(pick(pair[1]) - pick(pair[0]) for pair in pairs)
            print(f"start to first tools/list, {name} time, median of {rounds}:")
            print(f"  bare MCPServer      {bare * 1000:8.0f} ms")
            print(f"  autonomous-coder    {ours * 1000:8.0f} ms")
            print(f"  added               {added * 1000:8.0f} ms   ratio {ours / bare:.2f}")
        print(f"one tool call, median of {CALLS}:")
        bare_call = call_time(BARE, state, "topics")
        print(f"  bare MCPServer      {bare_call * 1000:8.2f} ms")
        for tool in ("knowledge", "status"):
            ours_call = call_time(OURS, state, tool)
            print(f"  {tool:<18}  {ours_call * 1000:8.2f} ms   ratio {ours_call / bare_call:.2f}")


if __name__ == "__main__":
    main()
