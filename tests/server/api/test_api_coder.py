"""The Python API: what is refused before anything starts, and how failures are raised."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder import AutonomousCoder, BuildRequest, BuildResult
from autonomous_coder.calling import build_request, result_of
from autonomous_coder.errors import (
    CoderError,
    DeadlineExceededError,
    DiskFullError,
    InternalError,
    InvalidInputError,
    NotFoundError,
    PathNotAllowedError,
    PathOccupiedError,
    RunInterruptedError,
    UsageError,
)
from autonomous_coder.models.runs import Run, RunKind, RunStatus

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def coder(tmp_path: Path) -> AutonomousCoder:
    """One with state of its own that never asks a registry."""
    return AutonomousCoder(
        research={"offline": True},
        paths={
            "data_dir": str(tmp_path / "data"),
            "cache_dir": str(tmp_path / "cache"),
            "allowed_roots": (str(tmp_path),),
        },
    )


def test_a_configuration_file_and_overrides_are_heeded(tmp_path: Path) -> None:
    file = tmp_path / "custom_config.yaml"
    file.write_text("research: {timeout: 5, max_retries: 1}\n", encoding="utf-8")
    coder = AutonomousCoder(config=str(file), research={"timeout": 7})
    assert coder.settings.research.timeout == 7
    assert coder.settings.research.max_retries == 1


def test_a_missing_file_or_an_unknown_setting_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        AutonomousCoder(config=tmp_path / "nowhere.yaml")
    with pytest.raises(InvalidInputError, match=r"research\.timeuot"):
        AutonomousCoder(research={"timeuot": 1})
    with pytest.raises(InvalidInputError, match="unknown key 'reserch'"):
        AutonomousCoder(reserch={})


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["build", "plan", "generate", "validate", "fix", "research"])
async def test_blocking_calls_inside_an_event_loop_point_to_the_coroutine(
    coder: AutonomousCoder, name: str
) -> None:
    with pytest.raises(UsageError, match="running event loop") as caught:
        getattr(coder, name)("something")
    assert f"a{name}(" in caught.value.hint


@pytest.mark.parametrize(
    "arguments",
    [
        {"description": 5},
        {"description": "A todo app", "constraints": {"framework": 5}},
        {"description": "A todo app", "spec": {1: "x"}},
        {"description": "A todo app", "spec": "abc"},
        {"description": "A todo app", "spec": ["a"]},
        {"description": "A todo app", "preferences": 5},
        {"description": "A todo app", "output_path": 5},
        {"description": "A todo app", "deadline": "whenever"},
        {"description": "A todo app", "deadline": NOW - timedelta(days=10_000)},
    ],
)
def test_a_malformed_request_is_invalid_input(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError):
        build_request(**arguments)


def test_a_ready_request_is_taken_as_it_is() -> None:
    request = BuildRequest(description="A todo app", output_path="/tmp/x")
    assert build_request(request) is request


def test_a_deadline_may_be_a_moment_or_a_span() -> None:
    moment = datetime.now(UTC) + timedelta(hours=1)
    assert build_request("x", deadline=moment).deadline == moment
    span = build_request("x", deadline="10m").deadline
    assert span is not None
    assert timedelta(minutes=9) < span - datetime.now(UTC) <= timedelta(minutes=10)


def _run(status: RunStatus, **values: Any) -> Run:
    return Run(
        run_id="run_aaaaaaaaaaaa",
        kind=RunKind.BUILD,
        status=status,
        created_at=NOW,
        updated_at=NOW,
        **values,
    )


@pytest.mark.parametrize(
    "kind", [DiskFullError, DeadlineExceededError, RunInterruptedError, PathOccupiedError]
)
def test_a_failed_run_raises_the_error_its_record_names(kind: type[CoderError]) -> None:
    run = _run(RunStatus.FAILED, error="what", error_code=kind.code, hint="next")
    with pytest.raises(CoderError) as caught:
        result_of(run, BuildResult)
    assert type(caught.value) is kind
    assert (caught.value.message, caught.value.hint) == ("what", "next")


def test_a_run_without_result_or_error_is_our_own_fault() -> None:
    with pytest.raises(InternalError, match="run_aaaaaaaaaaaa"):
        result_of(_run(RunStatus.INTERRUPTED), BuildResult)


@pytest.mark.parametrize(
    ("description", "where", "kind"),
    [
        ("", "project", InvalidInputError),
        ("A todo API", "/usr/lib/project", PathNotAllowedError),
        ("A todo API", "occupied", PathOccupiedError),
    ],
)
def test_a_build_that_cannot_start_raises_and_leaves_nothing(
    coder: AutonomousCoder, tmp_path: Path, description: str, where: str, kind: type[CoderError]
) -> None:
    occupied = tmp_path / "occupied"
    occupied.mkdir()
    (occupied / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(kind):
        coder.build(description, output_path=tmp_path / where)
    assert coder.last_result is None
    assert not (tmp_path / "project").exists()
    assert [p.name for p in occupied.iterdir()] == ["mine.txt"]


@pytest.mark.anyio
async def test_progress_of_a_build_that_cannot_start_raises_from_the_iteration(
    coder: AutonomousCoder, tmp_path: Path
) -> None:
    progress = coder.build_with_progress("", output_path=tmp_path / "project")
    with pytest.raises(InvalidInputError):
        await anext(progress)


def test_validation_and_fixing_of_nothing_are_not_found(
    coder: AutonomousCoder, tmp_path: Path
) -> None:
    with pytest.raises(NotFoundError):
        coder.validate(tmp_path / "nowhere")
    with pytest.raises(NotFoundError):
        coder.fix(tmp_path / "nowhere")


def test_validation_by_the_api_gives_a_report(coder: AutonomousCoder, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "p"\nversion = "1"\n', "utf-8")
    (project / "a.py").write_text("x = (\n", encoding="utf-8")
    report = coder.validate(project, checks=["syntax"])
    assert not report.passed
    assert [d.path for d in report.diagnostics()] == ["a.py"]
