"""`doctor`: what is there, what is missing, what to do, and the exit code that says which."""

from __future__ import annotations

import os

import pytest

from command_line import CommandLine

OFFLINE = {"AUTONOMOUS_CODER_RESEARCH__OFFLINE": "true"}


def test_doctor_looks_at_everything_and_says_what_to_do(cli: CommandLine) -> None:
    report = cli("doctor", "--json", env=OFFLINE).json()
    items = {item["name"]: item for item in report["items"]}
    for name in ("python", "ruff", "mypy", "bandit", "uv", "data directory", "database"):
        assert items[name]["ok"], items[name]
        assert items[name]["required"]
        assert any(c.isdigit() for c in items[name]["detail"])
    for name in ("git", "node", "npm", "go", "cargo", "java", "mvn"):
        assert not items[name]["required"]
    assert items["sandbox"]["detail"].startswith("level L")
    assert {"registry pypi", "registry npm", "configuration"} <= set(items)
    assert all(item["remedy"] for item in report["items"] if not item["ok"])
    assert report["ok"] == all(i["ok"] for i in report["items"] if i["required"])


def test_doctor_ends_with_three_when_the_sandbox_is_not_good_enough(cli: CommandLine) -> None:
    env = OFFLINE | {
        "AUTONOMOUS_CODER_SANDBOX__BWRAP": "/nonexistent/bwrap",
        "AUTONOMOUS_CODER_SANDBOX__REQUIRED_LEVEL": "L3",
    }
    call = cli("doctor", env=env)
    assert call.code == 3
    assert "missing  sandbox" in call.out
    assert "What to do" in call.out
    assert "Missing and required: sandbox." in call.out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_doctor_ends_with_three_when_the_state_cannot_be_written(cli: CommandLine) -> None:
    cli.data.mkdir()
    cli.data.chmod(0o500)
    try:
        assert cli("doctor", env=OFFLINE).code == 3
    finally:
        cli.data.chmod(0o700)


def test_doctor_ends_with_three_when_the_data_directory_is_a_file(cli: CommandLine) -> None:
    cli.data.write_text("", encoding="utf-8")
    call = cli("doctor", "--json", env=OFFLINE)
    assert call.code == 3
    items = {item["name"]: item for item in call.json()["items"]}
    assert not items["data directory"]["ok"]
    assert not items["database"]["ok"]
    assert items["database"]["remedy"]


def test_doctor_shows_plain_text_without_escape_codes(cli: CommandLine) -> None:
    call = cli("doctor", env=OFFLINE)
    assert "\x1b" not in call.out
    assert "  ok " in call.out
