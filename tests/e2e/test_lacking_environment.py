"""A machine that lacks something: network, space, bwrap, a healthy database. It is said plainly."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from command_line import Call, CommandLine
from shared_cache import shared_cache

SENTENCE = "A notes app in Python"
IN_TYPESCRIPT = "A notes app in TypeScript"
NO_NETWORK_REMEDY = re.compile(r"network|index", re.IGNORECASE)


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """The command with a home of its own, its temporary files below it."""
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    command = CommandLine(home)
    command.environment["TMPDIR"] = str(home / "tmp")
    return command


@pytest.fixture
def closed_index(cli: CommandLine) -> None:
    """The user's package index is at a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    address = f"http://127.0.0.1:{port}/simple"
    cli.environment |= {
        "UV_DEFAULT_INDEX": address,
        "PIP_INDEX_URL": address,
        "UV_HTTP_RETRIES": "0",
        "npm_config_registry": address,
        "npm_config_cache": str(cli.home / "npm-cache"),
        "npm_config_fetch_retries": "0",
        "AUTONOMOUS_CODER_RESEARCH__MAX_RETRIES": "0",
    }


def mounted(place: Path, size: str) -> Iterator[Path]:
    """A small file system of its own at `place`; skips where nobody may mount one."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system needs root")
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"mounting a small file system is not allowed here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture
def small_disk(cli: CommandLine) -> Iterator[Path]:
    yield from mounted(cli.home / "disk", "48k")


def fill(place: Path) -> Path:
    """A file that takes all the space there is."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(bytes(4_096))
        except OSError:
            pass
    return ballast


def staging(cli: CommandLine) -> list[Path]:
    """Directories in which something of ours was being made."""
    work = cli.home / "cache" / "work"
    return list(work.iterdir()) if work.exists() else []


def trust() -> dict[str, str]:
    """The user's certificates and the run's cache, for tests that ask real registries."""
    certificates = {name: value for name, value in os.environ.items() if name.startswith("SSL_")}
    return {**certificates, "AUTONOMOUS_CODER_CACHE_DIR": str(shared_cache())}


def lacks(call: Call, code: str) -> dict[str, Any]:
    """The error of a call that ended because the machine lacks something."""
    assert call.code == 3, call
    error: dict[str, Any] = call.json()["error"]
    assert error["code"] == code
    assert error["message"]
    assert error["hint"]
    assert "Traceback" not in call.err
    return error


# no network -------------------------------------------------------------------------------


@pytest.mark.usefixtures("closed_index")
@pytest.mark.parametrize(
    ("sentence", "offline"),
    [
        pytest.param(SENTENCE, [], id="unaware"),
        pytest.param(SENTENCE, ["--offline"], id="offline", marks=pytest.mark.thorough),
        pytest.param(IN_TYPESCRIPT, ["--offline"], id="typescript", marks=pytest.mark.thorough),
    ],
)
def test_a_build_without_network_and_cache_says_so_and_writes_nothing(
    cli: CommandLine, sentence: str, offline: list[str]
) -> None:
    if sentence == IN_TYPESCRIPT and shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    call = cli("build", sentence, "--output", "notes", "--json", *offline)
    error = lacks(call, "network_unavailable")
    assert "cannot be locked" in error["message"]
    assert NO_NETWORK_REMEDY.search(error["message"] + error["hint"])
    assert not (cli.home / "notes").exists()
    assert [p.name for p in cli.home.iterdir() if "notes" in p.name] == []
    assert staging(cli) == []
    (run,) = cli("status", "--json").json()["runs"]
    assert run["status"] == "failed"


@pytest.mark.usefixtures("closed_index")
@pytest.mark.parametrize("sentence", [SENTENCE, IN_TYPESCRIPT], ids=["python", "typescript"])
def test_a_plan_without_network_names_its_versions_as_curated(
    cli: CommandLine, sentence: str
) -> None:
    made = cli("plan", sentence, "--offline", "--json")
    assert made.code == 0, made
    resolution = made.json()["plan"]["stack"]["resolution"]
    assert resolution["origin"] == "curated"
    assert {pin["origin"] for pin in resolution["pins"]} == {"curated"}
    assert any("last known good set" in note for note in resolution["notes"])
    shown = cli("plan", sentence, "--offline").out
    assert "They are curated; repeat with a network." in shown


@pytest.mark.thorough
def test_a_machine_without_any_interface_is_told_the_same(cli: CommandLine) -> None:
    unshare = shutil.which("unshare")
    alone = [unshare or "", "--net", "--map-root-user"]
    if unshare is None or subprocess.run([*alone, "true"], check=False).returncode:
        pytest.skip("no network namespace can be made here")
    done = subprocess.run(
        [*alone, str(cli.program), "build", SENTENCE, "--output", "notes", "--json"],
        env={**cli.environment, "UV_HTTP_RETRIES": "0"}
        | {"AUTONOMOUS_CODER_RESEARCH__MAX_RETRIES": "0"},
        cwd=cli.home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lacks(Call(done.returncode, done.stdout, done.stderr), "network_unavailable")
    assert not (cli.home / "notes").exists()
    assert staging(cli) == []


# a full disk ------------------------------------------------------------------------------


@pytest.mark.thorough
def test_a_full_disk_for_the_state_is_told_and_leaves_no_project(
    cli: CommandLine, small_disk: Path
) -> None:
    state = {"AUTONOMOUS_CODER_DATA_DIR": str(small_disk / "data")}
    ballast = fill(small_disk)
    call = cli("build", SENTENCE, "--output", "notes", "--json", env=state)
    error = lacks(call, "disk_full")
    assert str(small_disk) in error["message"]
    assert "Free some space" in error["hint"]
    assert not (cli.home / "notes").exists()
    ballast.unlink()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    status = cli("status", "--json", env=state).json()
    assert (status["projects"], status["runs"]) == ([], [])


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.live
def test_a_full_disk_for_the_project_leaves_nothing_and_the_build_goes_on_once_there_is_room(
    cli: CommandLine, small_disk: Path
) -> None:
    output = small_disk / "notes"
    call = cli("build", SENTENCE, "--output", str(output), "--json", env=trust())
    error = lacks(call, "disk_full")
    assert "nothing was changed" in error["message"]
    assert list(small_disk.iterdir()) == []
    run_id = call.json()["run_id"]
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    again = cli("build", "--resume", run_id, "--json", env=trust())
    assert again.json().get("error", {}).get("code") != "disk_full", again
    assert (output / "pyproject.toml").is_file()
    assert [p.name for p in small_disk.iterdir()] == ["notes"]


# a damaged database -----------------------------------------------------------------------


@pytest.mark.thorough
def test_a_damaged_database_is_set_aside_told_and_the_last_backup_is_in_its_place(
    cli: CommandLine,
) -> None:
    planned = cli("plan", SENTENCE, "--offline", "--json").json()["project_id"]
    database = cli.data / "state.db"
    database.write_bytes(b"this is no database" * 1_000)
    told = cli("status")
    assert told.code == 0, told
    assert "state.db was damaged and has been set aside as" in told.out
    assert planned in told.out, "the backup knows the project"
    assert [p for p in cli.data.iterdir() if p.name.startswith("state.db.damaged")]
    again = cli("status")
    assert "was damaged" not in again.out + again.err
    assert planned in again.out


def test_a_damaged_database_without_backup_starts_empty_and_says_so(cli: CommandLine) -> None:
    cli.data.mkdir()
    (cli.data / "state.db").write_bytes(b"\0" * 50_000)
    told = cli("plan", SENTENCE, "--offline")
    assert told.code == 0, told
    assert "state.db was damaged and has been set aside as" in told.err
    (aside,) = [p for p in cli.data.iterdir() if p.name.startswith("state.db.damaged")]
    assert aside.read_bytes() == b"\0" * 50_000


# no bwrap ---------------------------------------------------------------------------------


@pytest.fixture
def without_bwrap(cli: CommandLine, tmp_path: Path) -> CommandLine:
    """The setting names a bwrap that is not there, and PATH has none."""
    cli.environment["AUTONOMOUS_CODER_SANDBOX__BWRAP"] = str(tmp_path / "gone" / "bwrap")
    if cli("status", "--json").json()["sandbox"]["level"] != "L2":
        pytest.skip("level L2 is not to be had here")
    project = cli.home / "sample"
    (project / "tests").mkdir(parents=True)
    manifest = '[project]\nname = "sample"\nversion = "1"\nrequires-python = ">=3.11"\n'
    (project / "pyproject.toml").write_text(manifest, encoding="utf-8")
    test = "def test_one() -> None:\n    assert True\n"
    (project / "tests" / "test_one.py").write_text(test, encoding="utf-8")
    return cli


@pytest.mark.thorough
def test_without_bwrap_the_next_level_is_used_and_named(without_bwrap: CommandLine) -> None:
    call = without_bwrap("validate", "sample", "--check", "lint", "--json")
    assert call.code == 0, call
    report = call.json()
    assert report["level"] == "L2"
    missing = {layer["layer"]: layer for layer in report["missing"]}
    gap = missing["namespaces (bubblewrap)"]
    assert "named by the setting sandbox.bwrap, is not an executable file" in gap["reason"]
    assert "apt install bubblewrap" in gap["remedy"]
    shown = without_bwrap("validate", "sample", "--check", "lint")
    assert "level L2; what is missing:" in shown.out
    assert "apt install bubblewrap" in shown.out


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.live
def test_where_level_l3_is_required_checks_that_run_the_project_are_not_run(
    without_bwrap: CommandLine,
) -> None:
    without_bwrap.environment |= trust()
    without_bwrap.environment["AUTONOMOUS_CODER_SANDBOX__REQUIRED_LEVEL"] = "L3"
    call = without_bwrap("build", SENTENCE, "--output", "notes", "--json")
    assert call.code == 3, call
    result = call.json()
    checks = {check["name"]: check for check in result["checks"]}
    assert result["sandbox"]["level"] == "L2"
    assert {r["status"] for r in result["requirements"]} == {"built"}
    assert checks["types"]["status"] == "passed"
    for name in ("tests", "start"):
        assert checks[name]["status"] == "not_run"
        reason = checks[name]["summary"]
        assert "needs sandbox level L3, and this machine offers L2" in reason
        assert "sandbox.bwrap" in reason
        assert reason.count("apt install bubblewrap") == 1
        assert len(reason) < 700
