"""Bad requests through both faces: what is wrong, what to do next, and nothing left behind."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from command_line import CommandLine
from hosting import refused, text_of

pytestmark = pytest.mark.anyio

SENTENCE = "A notes app in Python"
MEGABYTE = "notes " * 170_000
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Bad:
    """A build request nobody can carry out. `{home}` stands for the home directory."""

    says: str
    """What the error must name."""
    description: str = SENTENCE
    output: str = "{home}/new"
    spec: str = ""
    deadline: str = ""


BAD_BUILDS: dict[str, Bad] = {
    "an empty description": Bad("empty", description="  "),
    "a description of a megabyte": Bad("20000 char|100 KB", description=MEGABYTE),
    "a path outside the allowed roots": Bad("outside the allowed", output="{home}/../elsewhere/x"),
    "a link that leads out": Bad("outside the allowed", output="{home}/link-out/new"),
    "a loop of links": Bad("loop of links", output="{home}/loop/new"),
    "a system directory": Bad("system directory", output="/usr/share/notes"),
    "the state of this program": Bad("own state", output="{home}/data/new"),
    "a directory that holds our state": Bad("own state", output="{home}"),
    "a hidden directory": Bad("hidden directory", output="{home}/.ssh/new"),
    "a path that is a file": Bad("is not a directory", output="{home}/file"),
    "a path below a file": Bad("is a file", output="{home}/file/below/it"),
    "too long a name": Bad("too long a name", output="{home}/" + "x" * 300),
    "a directory that is not empty": Bad("is not empty", output="{home}/occupied"),
    "an unknown key in the spec": Bad("'spec.entitiez'", spec='{"entitiez": []}'),
    "a spec of two megabytes": Bad(
        "1 MB|at most 20000", spec=json.dumps({"description": "x" * 2_000_000})
    ),
    "a spec that is not JSON": Bad("not valid JSON|dictionary", spec="{nope"),
    "a deadline that is no time": Bad("deadline is not a time", deadline="next tuesday"),
    "a deadline that has passed": Bad("deadline", deadline="2001-01-01T00:00:00+00:00"),
}

UNKNOWN: list[tuple[str, Arguments, str]] = [
    ("status", {"run_id": "run_aaaaaaaaaaaa"}, "no run 'run_aaaaaaaaaaaa'"),
    ("status", {"project_id": "../../etc/passwd"}, "no project '../../etc/passwd'"),
    ("build", {"run_id": "run_aaaaaaaaaaaa"}, "no run"),
    ("build", {"run_id": "run_aaaaaaaaaaaa", "cancel": True}, "no run"),
    ("generate", {"project_id": "prj_aaaaaaaaaaaa", "output_path": "{home}/new"}, "no project"),
    ("plan", {"project_id": "prj_aaaaaaaaaaaa", "description": SENTENCE}, "no project"),
    ("validate", {"project_id": "prj_aaaaaaaaaaaa"}, "no project"),
    ("validate", {"path": "{home}/nowhere"}, "no directory"),
    ("fix", {"project_id": "prj_aaaaaaaaaaaa"}, "no project"),
    ("checkpoint", {"action": "restore", "checkpoint_id": "cp_aaaaaaaaaaaa"}, "no checkpoint"),
]

WRONG: list[tuple[str, Arguments, str]] = [
    ("build", {"description": SENTENCE, "output": "{home}/new"}, "no argument 'output'"),
    ("build", {"description": SENTENCE, "output_path": "new"}, "is relative"),
    ("build", {"description": None, "output_path": None}, "needs an output_path"),
    ("build", {"description": None, "output_path": "{home}/new"}, "description is empty"),
    ("generate", {"project_id": None, "output_path": "{home}/new"}, "'project_id' is required"),
    ("build", {"description": SENTENCE, "output_path": "{home}/new", "wait_seconds": -1}, "'wait_"),
    ("build", {"description": SENTENCE, "output_path": "{home}/new", "wait_seconds": 1e9}, "'wait"),
    ("build", {"description": SENTENCE, "output_path": "{home}/new", "wait_seconds": "x"}, "'wait"),
    ("build", {"description": SENTENCE, "output_path": "{home}/new", "constraints": ["a"]}, "'con"),
    ("plan", {"description": SENTENCE, "constraints": {"database": None}}, "'constraints.data"),
    ("checkpoint", {"action": "explode"}, "'create', 'list', 'diff', 'restore'"),
    ("explode", {}, "no tool 'explode'"),
]


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """A home with a file, a full directory and links in the way; temporary files go below it."""
    home = tmp_path / "home"
    for name in ("occupied", ".ssh", "tmp"):
        (home / name).mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (home / "file").write_text("mine", encoding="utf-8")
    (home / "occupied" / "file").write_text("mine", encoding="utf-8")
    (home / "link-out").symlink_to(tmp_path / "elsewhere")
    (home / "loop").symlink_to(home / "loop")
    command = CommandLine(home)
    command.environment["TMPDIR"] = str(home / "tmp")
    return command


def files(root: Path) -> list[str]:
    """Everything below a directory but our own state, whose rows are looked at otherwise."""
    own = (root / "home" / "data", root / "home" / "cache")
    found = [p for p in root.rglob("*") if not any(p.is_relative_to(place) for place in own)]
    return sorted(str(p.relative_to(root)) for p in found)


def rows(cli: CommandLine) -> list[int]:
    """How many projects, runs and files of ours being made there are."""
    status = cli("status", "--json").json()
    cache = cli.home / "cache"
    staging = [p for p in cache.rglob("*") if p.is_file()] if cache.exists() else []
    return [len(status["projects"]), len(status["runs"]), len(staging)]


def filled(value: Any, home: Path) -> Any:
    return value.replace("{home}", str(home)) if isinstance(value, str) else value


@asynccontextmanager
async def server(cli: CommandLine) -> AsyncIterator[Client]:
    """A client of a server process as a host starts it."""
    parameters = StdioServerParameters(
        command=str(cli.program), args=["serve"], env=cli.environment, cwd=cli.home
    )
    async with Client(parameters, read_timeout_seconds=60) as client:
        yield client


@pytest.mark.thorough
def test_the_command_refuses_each_bad_build_and_leaves_nothing(cli: CommandLine) -> None:
    spec = cli.home / "spec.json"
    spec.touch()
    before = files(cli.home.parent)
    for name, bad in BAD_BUILDS.items():
        spec.write_text(bad.spec or "{}", encoding="utf-8")
        arguments = ["build", "-", "--output", filled(bad.output, cli.home), "--spec", str(spec)]
        call = cli(*arguments, "--deadline", bad.deadline, stdin=bad.description)
        assert call.code == 2, (name, call)
        assert call.out == "", name
        check_text(name, bad, call.err.removeprefix("Error: "))
        assert call.err.count("\n") == 2, f"{name}: what is wrong, then what to do: {call.err}"
        assert files(cli.home.parent) == before, name
    assert rows(cli) == [0, 0, 0]


async def test_the_server_refuses_each_bad_build_and_leaves_nothing(cli: CommandLine) -> None:
    before = files(cli.home.parent)
    async with server(cli) as client:
        for name, bad in BAD_BUILDS.items():
            spec: Any = bad.spec
            if bad.spec.endswith("}"):
                spec = json.loads(bad.spec)
            arguments = {
                "description": bad.description,
                "output_path": filled(bad.output, cli.home),
                "deadline": bad.deadline,
                "spec": spec or {},
            }
            check_text(name, bad, await refused(client, "build", **arguments))
            assert files(cli.home.parent) == before, name
        assert not text_of(await client.call_tool("status", {})).count("prj_")
    assert files(cli.home.parent) == before
    assert rows(cli) == [0, 0, 0]


def check_text(name: str, bad: Bad, text: str) -> None:
    assert any(words in text for words in bad.says.split("|")), (name, text)
    assert len(text) < 700, name
    assert "Traceback" not in text, name
    assert "Errno" not in text, name


async def test_the_server_names_what_is_unknown_or_wrong_and_leaves_nothing(
    cli: CommandLine,
) -> None:
    before = files(cli.home.parent)
    async with server(cli) as client:
        for tool, given, says in [*UNKNOWN, *WRONG]:
            arguments = {name: filled(value, cli.home) for name, value in given.items()}
            text = await refused(client, tool, **arguments)
            assert says in text, (tool, given, text)
            assert text.count(". ") >= 1, f"what is wrong, and what to do: {text}"
        alive = await client.call_tool("status", {"run_id": None, "project_id": None})
        assert not alive.is_error
    assert files(cli.home.parent) == before
    assert rows(cli) == [0, 0, 0]


@pytest.fixture
def read_only(cli: CommandLine) -> Iterator[Path]:
    """A directory nobody may write to, not even root."""
    place = cli.home / "read-only"
    place.mkdir()
    if os.geteuid() != 0:
        place.chmod(0o555)
        yield place
        place.chmod(0o755)
        return
    mounting = ["mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", str(place)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing is read-only for root here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize(
    "below",
    [
        pytest.param("", marks=pytest.mark.thorough),
        pytest.param("new", marks=pytest.mark.thorough),
        "a/deep/new",
    ],
)
async def test_a_place_that_cannot_be_written_is_refused_before_anything_starts(
    cli: CommandLine, read_only: Path, below: str
) -> None:
    output = str(read_only / below)
    call = cli("build", SENTENCE, "--output", output)
    assert call.code == 2, call
    assert f"{read_only} is not writable." in call.err
    assert "Name an output path you may write to." in call.err
    async with server(cli) as client:
        text = await refused(client, "build", description=SENTENCE, output_path=output)
        assert "is not writable" in text
    assert list(read_only.iterdir()) == []
    assert rows(cli) == [0, 0, 0]


async def test_a_plan_whose_directory_was_refused_is_kept_for_another_one(
    cli: CommandLine,
) -> None:
    occupied = str(cli.home / "occupied")
    async with server(cli) as client:
        planned = await client.call_tool("plan", {"description": SENTENCE, "offline": True})
        assert planned.structured_content is not None
        project_id = planned.structured_content["project_id"]
        text = await refused(client, "generate", project_id=project_id, output_path=occupied)
        assert "is not empty" in text
        kept = await client.call_tool("status", {"project_id": project_id})
        assert not kept.is_error
    assert [p.name for p in (cli.home / "occupied").iterdir()] == ["file"]
