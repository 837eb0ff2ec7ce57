"""Commands that open the state: unknown ids, refused paths, checkpoints, knowledge, checks."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from command_line import CommandLine

OFFLINE = {"AUTONOMOUS_CODER_RESEARCH__OFFLINE": "true"}
MANIFEST = '[project]\nname = "sample"\nversion = "1.0"\nrequires-python = ">=3.11"\n'


@pytest.fixture
def project(cli: CommandLine) -> Path:
    """A project of two files, below the home directory."""
    path = cli.home / "sample"
    path.mkdir()
    (path / "pyproject.toml").write_text(MANIFEST, encoding="utf-8")
    (path / "main.py").write_text("x = 1\n", encoding="utf-8")
    return path


UNKNOWN = (
    ["status", "run_aaaaaaaaaaaa"],
    ["status", "prj_aaaaaaaaaaaa"],
    ["status", "nonsense"],
    ["build", "--resume", "run_aaaaaaaaaaaa"],
    ["generate", "prj_aaaaaaaaaaaa", "--output", "here"],
    ["generate", "prj_aaaaaaaaaaaa", "--description", "A todo app"],
    ["generate", "nowhere"],
    ["plan", "A todo app", "--project", "prj_aaaaaaaaaaaa"],
    ["plan", "A todo app", "--project", "nowhere"],
    ["checkpoint", "diff", "cp_aaaaaaaaaaaa"],
    ["checkpoint", "restore", "cp_aaaaaaaaaaaa"],
    ["checkpoint", "delete", "cp_aaaaaaaaaaaa"],
    ["checkpoint", "create", "nowhere"],
    ["validate", "nowhere"],
    ["fix", "nowhere"],
    ["knowledge", "--id", "nonsense"],
)


@pytest.mark.parametrize("arguments", UNKNOWN, ids=" ".join)
def test_what_is_unknown_is_wrong_usage_and_called_not_found(
    cli: CommandLine, arguments: list[str]
) -> None:
    call = cli(*arguments, "--json")
    assert call.code == 2, call
    assert call.json()["error"]["code"] == "not_found"
    assert call.json()["error"]["hint"]


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (["build", "-", "--output", "new"], "", "invalid_input"),
        (["build", "-", "--output", "new"], "x" * 1_000_000, "invalid_input"),
        (["build", "-", "--output", "new"], b"\xff\xfe", "invalid_input"),
        (["build", "A todo API", "--output", "/usr/share/new"], "", "path_not_allowed"),
        (["build", "A todo API", "--output", "sample"], "", "path_occupied"),
        (["build", "A todo API", "--output", "sample/main.py"], "", "invalid_input"),
        (["build", "A todo API", "--output", "new", "--language", "cobol"], "", "unsupported"),
        (
            ["build", "A todo API", "--output", "new", "--deadline", "1990-01"],
            "",
            "invalid_input",
        ),
        (["generate", "--description", "A todo API", "--output", "sample"], "", "path_occupied"),
        (["validate", "sample", "--check", "nonsense"], "", "invalid_input"),
        (["research", "nonsense"], "", "invalid_input"),
    ],
)
def test_what_cannot_be_done_as_asked_is_refused_and_leaves_nothing(
    cli: CommandLine, project: Path, arguments: list[str], stdin: str | bytes, code: str
) -> None:
    call = cli(*arguments, "--json", stdin=stdin, env=OFFLINE)
    assert (call.code, call.json()["error"]["code"]) == (2, code), call
    assert not (cli.home / "new").exists()
    assert sorted(p.name for p in project.iterdir()) == ["main.py", "pyproject.toml"]


def test_a_wrong_field_of_the_spec_is_told_with_the_file_and_the_field(cli: CommandLine) -> None:
    (cli.home / "spec.yaml").write_text("entities: [{name: Todo, colour: red}]\n", "utf-8")
    call = cli("plan", "A todo API", "--spec", "spec.yaml")
    assert call.code == 2
    assert "spec.yaml" in call.err
    assert "colour" in call.err
    assert call.out == ""


def test_checkpoints_are_made_listed_compared_restored_and_deleted(
    cli: CommandLine, project: Path
) -> None:
    made = cli("checkpoint", "create", "sample", "--label", "first", "--json")
    assert made.code == 0
    checkpoint = made.json()["checkpoint_id"]

    listed = cli("checkpoint", "list", "sample", "--json").json()
    assert [c["label"] for c in listed["checkpoints"]] == ["first"]
    assert "Nothing has changed" in cli("checkpoint", "diff", checkpoint).out

    (project / "main.py").write_text("x = 2\n", encoding="utf-8")
    assert "main.py" in cli("checkpoint", "diff", checkpoint).out
    changes = cli("checkpoint", "diff", checkpoint, "--json").json()["changes"]
    assert [(c["change"], c["path"]) for c in changes] == [("modified", "main.py")]

    restored = cli("checkpoint", "restore", checkpoint, "--json")
    assert restored.json()["written"] == ["main.py"]
    assert (project / "main.py").read_text(encoding="utf-8") == "x = 1\n"

    deleted = cli("checkpoint", "delete", checkpoint, "--json")
    assert deleted.json()["checkpoint_id"] == checkpoint
    assert cli("checkpoint", "diff", checkpoint).code == 2


def test_a_project_that_passes_ends_with_zero_and_one_that_does_not_with_one(
    cli: CommandLine, project: Path
) -> None:
    passed = cli("validate", "sample", "--check", "syntax", "--offline")
    assert passed.code == 0, passed
    assert "PASSED" in passed.out
    assert str(project) in passed.out

    (project / "main.py").write_text("x = (\n", encoding="utf-8")
    failed = cli("validate", "sample", "--check", "syntax", "--offline")
    assert failed.code == 1
    assert "NOT PASSED" in failed.out
    assert "  main.py:1:" in failed.out

    as_json = cli("validate", "sample", "--check", "syntax", "--offline", "--json")
    assert as_json.code == 1
    report = as_json.json()
    assert report["success"] is False
    assert report["project_path"] == str(project)
    assert {c["name"]: c["status"] for c in report["checks"]}["syntax"] == "failed"


@pytest.mark.thorough
def test_a_report_is_printed_or_written_in_each_format(cli: CommandLine, project: Path) -> None:
    (project / "main.py").write_text("x = (\n", encoding="utf-8")
    asked = ("validate", "sample", "--check", "syntax", "--path", "main.py", "--offline")
    call = cli(*asked, "--format", "sarif")
    assert call.code == 1
    junit = cli(*asked, "--format", "junit", "--output", "junit.xml", "--level", "L3")
    assert junit.code == 1
    assert "NOT PASSED" in junit.out
    written = cli.home / "junit.xml"
    assert '<testcase classname="python.syntax" name="main.py">' in written.read_text("utf-8")
    assert [p.name for p in cli.home.iterdir() if "junit" in p.name] == ["junit.xml"]
    log = json.loads(call.out)
    assert log["version"] == "2.1.0"
    places = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for run in log["runs"]
        for result in run["results"]
    ]
    assert places == ["main.py"]


def test_in_a_pipe_there_are_plain_lines_and_no_escape_codes(
    cli: CommandLine, project: Path
) -> None:
    (project / "main.py").write_text("x = (  # \x1b[31m\n", encoding="utf-8")
    call = cli("validate", "sample", "--check", "syntax", "--offline", env={"TERM": "xterm"})
    assert "\x1b" not in call.out + call.err
    assert "%  " in call.err
    assert "%  " not in call.out


@pytest.mark.thorough
def test_a_check_that_cannot_be_carried_out_here_ends_with_three(
    cli: CommandLine, project: Path
) -> None:
    (project / "test_main.py").write_text("def test_it() -> None:\n    assert True\n", "utf-8")
    env = {
        "AUTONOMOUS_CODER_SANDBOX__BWRAP": "/nonexistent/bwrap",
        "AUTONOMOUS_CODER_SANDBOX__REQUIRED_LEVEL": "L3",
    }
    call = cli("validate", "sample", "--check", "tests", "--offline", "--json", env=env)
    assert call.code == 3, call
    checks = {c["name"]: c for c in call.json()["checks"]}
    assert checks["tests"]["status"] in {"not_run", "infrastructure"}
    assert checks["tests"]["reason"]


def test_status_without_anything_says_where_the_state_is(cli: CommandLine) -> None:
    status = cli("status", "--json").json()
    assert status["success"] is True
    assert status["data_dir"] == str(cli.data)
    assert (status["projects"], status["runs"]) == ([], [])
    assert str(cli.data) in cli("status").out


@pytest.mark.thorough
def test_a_run_is_shown_with_its_steps_afterwards(cli: CommandLine, project: Path) -> None:
    cli("validate", "sample", "--check", "syntax", "--offline")
    (run,) = cli("status", "--json").json()["runs"]
    one = cli("status", run["run_id"], "--json").json()
    assert (one["kind"], one["status"]) == ("validate", "succeeded")
    assert run["run_id"] in cli("status", run["run_id"]).out


@pytest.mark.thorough
def test_knowledge_is_listed_searched_and_read(cli: CommandLine) -> None:
    topics = cli("knowledge", "--json").json()["topics"]
    assert topics
    hits = cli("knowledge", "fastapi", "--limit", "2", "--json").json()["hits"]
    assert not any(hit["reported"] for hit in hits)
    assert 1 <= len(hits) <= 2
    document = cli("knowledge", "--id", hits[0]["id"])
    assert document.code == 0
    assert document.out.strip().startswith(hits[0]["title"].partition(":")[0])


def test_offline_facts_are_marked_as_such(cli: CommandLine) -> None:
    call = cli("research", "pypi:fastapi", "--offline", "--json")
    (fact,) = call.json()["packages"]
    assert fact["origin"] in {"curated", "unknown"}
    assert call.code == (1 if fact["error"] else 0)


@pytest.mark.thorough
@pytest.mark.live
def test_what_is_planned_can_be_looked_up_by_its_id(cli: CommandLine) -> None:
    ours = {k: v for k, v in cli.environment.items() if k.startswith("AUTONOMOUS_CODER_")}
    env = {**os.environ, **ours}  # the user's own package clients say where to ask
    planned = cli("plan", "A notes API in Python where users can log in", "--json", env=env)
    assert planned.code == 0, planned
    result = planned.json()
    assert [e["name"] for e in result["plan"]["spec"]["entities"]] == ["Note"]
    text = cli("plan", "A notes API in Python where users can log in", env=env)
    assert "autonomous-coder generate prj_" in text.out
    status = cli("status", result["project_id"], env=env)
    assert "not written yet" in status.out


@pytest.mark.thorough
def test_what_was_found_out_is_kept_told_as_reported_and_the_newer_statement_counts(
    cli: CommandLine,
) -> None:
    topic = "zeppelin client"
    cli("knowledge", topic, "--report", "Version 1 wants gas.", "--source", "a forum")
    cli("knowledge", topic, "--report", "Version 2 wants helium.", "--source", "its authors")
    [hit] = [h for h in cli("knowledge", topic, "--json").json()["hits"] if h["reported"]]
    assert "helium" in hit["passage"]
    shown = cli("knowledge", "--id", hit["id"])
    assert "not verified" in shown.out
    assert "gas" in shown.out
    assert cli("knowledge", "--report", "words").code == 2


@pytest.mark.thorough
def test_a_question_that_speaks_of_no_package_is_refused_with_what_to_do(
    cli: CommandLine,
) -> None:
    call = cli("research", "--topic", "hash passwords in python", "--offline", "--json")
    assert "pwdlib" in call.json()["packages"][0]["best_practices"][0]
    assert "Packages:" not in call.out
    assert cli("research", "--since", "2025-01-01").code == 2
    assert cli("research", "pypi:fastapi", "--since", "yesterday").code == 2
    assert cli("research", "--known", "pydantic").code == 2
    assert (
        "python >=3.11, node 20"
        in cli("research", "pypi:a", "npm:b", "--joint", "--runtime", "20", "--offline").err
    )
