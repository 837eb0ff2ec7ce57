"""Builds that do not get to their end: Ctrl-C, a registry that is away, and how to go on."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator

import pytest

from command_line import CommandLine

REQUEST = ("build", "A notes API in Python where users can log in", "--output", "notes")


@pytest.fixture
def silent_index() -> Iterator[str]:
    """The address of a package index that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/simple/"


@pytest.fixture
def absent_index() -> str:
    """The address of a package index that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}/simple/"


def using(index: str) -> dict[str, str]:
    return {"UV_DEFAULT_INDEX": index, "AUTONOMOUS_CODER_RESEARCH__MAX_RETRIES": "0"}


def interrupt(cli: CommandLine, index: str, number: int, *more: str) -> tuple[int, str, str]:
    """Start a build, send the signal once it is looking up packages, and wait for its end."""
    with subprocess.Popen(
        [str(cli.program), *REQUEST, *more],
        env={**cli.environment, **using(index)},
        cwd=cli.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        seen = ""
        for line in process.stderr:
            seen += line
            if "looking up" in line:
                process.send_signal(number)
                break
        out, err = process.communicate(timeout=60)
    return process.returncode, out, seen + err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_cleanly_and_tells_how_to_resume(
    cli: CommandLine, silent_index: str, number: int, code: int
) -> None:
    ended, out, err = interrupt(cli, silent_index, number)
    assert ended == code, err
    assert out == ""
    assert "Traceback" not in err
    found = re.search(r"autonomous-coder build --resume (run_\w+)", err)
    assert found, err
    run = cli("status", found[1], "--json").json()
    assert run["status"] == "cancelled"
    assert "Take it up again" in cli("status", found[1]).out


def test_a_stopped_build_in_json_is_one_object(cli: CommandLine, silent_index: str) -> None:
    import json

    code, out, _ = interrupt(cli, silent_index, signal.SIGINT, "--json")
    assert code == 130
    value = json.loads(out)
    assert value["success"] is False
    assert value["error"]["code"] == "cancelled"
    assert value["run_id"] in value["resume"]


@pytest.mark.thorough
def test_a_build_without_its_registry_ends_with_three_and_can_be_resumed(
    cli: CommandLine, absent_index: str
) -> None:
    call = cli(*REQUEST, "--json", env=using(absent_index))
    assert call.code == 3, call
    value = call.json()
    assert value["error"]["code"] == "network_unavailable"
    assert value["error"]["hint"]
    again = cli("build", "--resume", value["run_id"], "--json", env=using(absent_index))
    assert again.code == 3
    assert again.json()["run_id"] == value["run_id"]
