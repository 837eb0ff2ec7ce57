"""Wrong usage: exit code 2, a message that helps, and pure JSON when JSON was asked for."""

from __future__ import annotations

import pytest
from command_line import CommandLine

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
    ["generate", "prj_aaaaaaaaaaaa", "--description", "A todo app"],
    ["validate"],
    ["fix"],
    ["research"],
    ["checkpoint", "create"],
    ["checkpoint", "create", ".", "--project", "prj_aaaaaaaaaaaa"],
    ["checkpoint", "list", "--limit", "none"],
    ["status", "--limit", "0"],
)


def test_help_names_every_command(cli: CommandLine) -> None:
    call = cli("--help")
    assert call.code == 0
    assert all(f"  {name} " in call.out for name in COMMANDS)
    assert call.err == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(cli: CommandLine, name: str) -> None:
    call = cli(name, "--help")
    assert call.code == 0
    assert call.out.startswith(f"Usage: autonomous-coder {name}")


def test_the_version_is_one_line(cli: CommandLine) -> None:
    call = cli("--version")
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


def test_no_command_shows_the_help_and_is_wrong_usage(cli: CommandLine) -> None:
    call = cli()
    assert call.code == 2
    assert "Commands:" in call.err
    assert call.out == ""


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_ends_with_two_and_says_so_on_stderr(
    cli: CommandLine, arguments: list[str]
) -> None:
    call = cli(*arguments)
    assert call.code == 2
    assert call.out == ""
    assert call.err.startswith("Error: ")
    assert "Traceback" not in call.err
    assert not cli.data.exists()


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_usage_in_json_is_one_object_on_stdout(
    cli: CommandLine, arguments: list[str]
) -> None:
    call = cli(*arguments, "--json")
    assert call.code == 2
    error = call.json()
    assert error["success"] is False
    assert error["error"]["message"]
    assert set(error["error"]) == {"code", "message", "hint"}
    assert call.err == ""


def test_json_and_sarif_exclude_each_other(cli: CommandLine) -> None:
    call = cli("validate", ".", "--json", "--sarif")
    assert call.code == 2
    assert "exclude each other" in call.json()["error"]["message"]


def test_json_after_a_double_dash_is_an_argument(cli: CommandLine) -> None:
    call = cli("build", "--", "--json")
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
