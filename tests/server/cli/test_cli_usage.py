"""Wrong usage: exit code 2, a message that helps, and pure JSON when JSON was asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from autonomous_coder.cli import program
from command_line import Call, CommandLine

COMMANDS = (
    "build", "serve", "research", "plan", "generate", "validate", "fix", "checkpoint",
    "status", "knowledge", "doctor", "config",
)  # fmt: skip

WRONG = (
    ["nonsense"],
    ["build"],
    ["build", "A todo app"],
    ["build", "A todo app", "--output", "x", "--unknown"],
    ["build", "A todo app", "--resume", "run_aaaaaaaaaaaa"],
    ["build", "A todo app", "--output", "x", "--constraint", "database"],
    ["build", "A todo app", "--output", "x", "--deadline", "soon"],
    ["build", "A todo app", "--output", "x", "--spec", "missing.yaml"],
    ["build", "-", "--output", "x", "--spec", "-"],
    ["plan"],
    ["generate"],
    ["generate", "--spec", "spec.yaml"],
    ["generate", "prj_aaaaaaaaaaaa", "--spec", "spec.yaml", "--adopt"],
    ["generate", "prj_aaaaaaaaaaaa", "--language", "go"],
    ["plan", "--project", "prj_aaaaaaaaaaaa"],
    ["plan", "A todo app", "--project", ""],
    ["validate"],
    ["validate", ".", "--level", "L1"],
    ["validate", ".", "--format", "xml"],
    ["validate", ".", "--output", "nowhere/report.xml"],
    ["fix"],
    ["research"],
    ["checkpoint", "create"],
    ["checkpoint", "create", ".", "--project", "prj_aaaaaaaaaaaa"],
    ["checkpoint", "list", "--limit", "none"],
    ["status", "--limit", "0"],
)


Invoke = Callable[..., Call]


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """The command inside this process: enough for what ends before anything is opened."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTONOMOUS_CODER_DATA_DIR", str(tmp_path / "data"))

    def call(*arguments: str) -> Call:
        done = CliRunner().invoke(program, list(arguments))
        return Call(done.exit_code, done.stdout, done.stderr)

    return call


def test_help_names_every_command(invoke: Invoke) -> None:
    call = invoke("--help")
    assert call.code == 0
    assert all(f"  {name} " in call.out for name in COMMANDS)
    assert call.err == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(invoke: Invoke, name: str) -> None:
    call = invoke(name, "--help")
    assert call.code == 0
    assert call.out.startswith(f"Usage: autonomous-coder {name}")


def test_the_version_is_one_line(invoke: Invoke) -> None:
    call = invoke("--version")
    assert call.code == 0
    assert call.out.startswith("autonomous-coder ")
    assert len(call.out.splitlines()) == 1


def test_running_the_package_is_running_the_command(cli: CommandLine) -> None:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-m", "autonomous_coder", "--version"],
        env=cli.environment,
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == cli("--version").out


def test_no_command_shows_the_help_and_is_wrong_usage(invoke: Invoke) -> None:
    call = invoke()
    assert call.code == 2
    assert "Commands:" in call.err
    assert call.out == ""


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_ends_with_two_and_says_so_on_stderr(
    invoke: Invoke, tmp_path: Path, arguments: list[str]
) -> None:
    call = invoke(*arguments)
    assert call.code == 2
    assert call.out == ""
    assert call.err.startswith("Error: ")
    assert "Traceback" not in call.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_in_json_is_one_object_on_stdout(invoke: Invoke, arguments: list[str]) -> None:
    call = invoke(*arguments, "--json")
    assert call.code == 2
    error = call.json()
    assert error["success"] is False
    assert error["error"]["message"]
    assert set(error["error"]) == {"code", "message", "hint"}
    assert call.err == ""


def test_json_and_another_format_exclude_each_other(invoke: Invoke) -> None:
    call = invoke("validate", ".", "--json", "--format", "sarif")
    assert call.code == 2
    assert "exclude each other" in call.json()["error"]["message"]


def test_json_after_a_double_dash_is_an_argument(invoke: Invoke) -> None:
    call = invoke("build", "--", "--json")
    assert call.code == 2
    assert call.out == ""
    assert "--output" in call.err


def test_a_closed_pipe_ends_quietly(cli: CommandLine) -> None:
    import os
    import subprocess

    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [str(cli.program), "config"],
            env=cli.environment,
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 141
