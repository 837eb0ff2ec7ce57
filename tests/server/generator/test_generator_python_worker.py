"""Background workers in Python: which jobs there are, when they run, and that they are proven."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, entity, field, link
from server.generator.proving import passed, proven
from server.generator.python_packages import NAMES, WIDE

pytestmark = pytest.mark.anyio

SESSION = entity(
    "Session", "sessions", [field("token", unique=True), field("expires_at", "datetime")]
)
NOTE = entity("Note", "notes", [field("text", "text")], link("session", "Session", required=False))
CLEAN = {"name": "clean_up", "description": "Clean up expired sessions", "schedule": "every night"}
PURGE = {
    "name": "purge_notes",
    "description": "Delete notes older than 2 weeks",
    "schedule": "every 7 minutes",
}
REPORT = {"name": "send_report", "description": "Sends it", "schedule": "weekdays at 08:00"}
CODE = '''"""Reports."""

import datetime as dt


def send_report(*, now: dt.datetime) -> str:
    """What is sent."""
    return f"sent at {now:%H:%M}"
'''
TEST = '''"""What the host proves."""

import datetime as dt

from demo.core.send_report import send_report


def test_report() -> None:
    assert send_report(now=dt.datetime(2026, 1, 1, 8, tzinfo=dt.UTC)) == "sent at 08:00"
'''
FILES: list[dict[str, object]] = [
    {"path": "src/demo/core/send_report.py", "content": CODE, "mode": "once"},
    {
        "path": "tests/test_report.py",
        "content": TEST,
        "mode": "once",
        "proves": ["job:send_report"],
    },
]


def worker(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "archetype": "worker", **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_jobs_run_when_the_spec_says(plain_engine: GeneratorEngine) -> None:
    spec = worker(entities=[SESSION, NOTE], jobs=[CLEAN, PURGE, REPORT], extra_files=FILES)
    render = await plain_engine.render(spec, None)
    files = texts(render)
    jobs = files["src/demo/jobs.py"]
    for text in (
        "Cron('0 3 * * *')",
        "Every(dt.timedelta(seconds=420))",
        "Cron('0 8 * * 1-5')",
        "lambda call: send_report.send_report(now=call.now)",
        "lambda call: clean_up.clean_up(session=call.session, now=call.now)",
    ):
        assert text in jobs
    assert "Session.expires_at < now" in files["src/demo/core/clean_up.py"]
    assert "dt.timedelta(days=14)" in files["src/demo/core/purge_notes.py"]
    assert render.provides["job:clean_up"] == ["tests/test_jobs.py::test_clean_up"]
    assert render.provides["job:send_report"] == ["tests/test_report.py::test_report"]
    project = tomllib.loads(files["pyproject.toml"])
    assert project["project"]["scripts"] == {"demo": "demo.__main__:main"}
    assert "DEMO_DATA_FILE" in files["Dockerfile"]


async def test_a_job_nobody_knows_is_left_out_and_told(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(worker(entities=[SESSION], jobs=[CLEAN, REPORT]), None)
    assert "job:send_report" not in render.provides
    (note,) = render.notes
    assert "src/demo/core/send_report.py" in note
    assert "def send_report(*, session: Session, now: dt.datetime) -> object" in note


async def test_a_worker_without_the_code_of_its_job_has_the_one_every_worker_has(
    plain_engine: GeneratorEngine,
) -> None:
    render = await plain_engine.render(worker(jobs=[REPORT]), None)
    assert "src/demo/core/send_report.py" in render.notes[-1]
    jobs = texts(render)["src/demo/jobs.py"]
    assert "prune_runs" in jobs
    assert "send_report" not in jobs


async def test_a_schedule_that_is_not_understood_is_refused(plain_engine: GeneratorEngine) -> None:
    jobs = [REPORT | {"schedule": "when the moon is full"}]
    with pytest.raises(InvalidInputError, match="'when the moon is full' of 'send_report'") as no:
        await plain_engine.render(worker(jobs=jobs, extra_files=FILES), None)
    assert "daily at 03:00" in no.value.hint


async def test_the_hosts_function_demands_only_what_jobs_are_given(
    plain_engine: GeneratorEngine,
) -> None:
    files = [FILES[0] | {"content": "def send_report(*, now, to): ..."}]
    with pytest.raises(InvalidInputError, match="demands to, which no job is given"):
        await plain_engine.render(worker(jobs=[REPORT], extra_files=files), None)
    twice = worker(jobs=[REPORT, REPORT], extra_files=FILES)
    with pytest.raises(InvalidInputError, match="listed twice"):
        await plain_engine.render(twice, None)


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_becomes_valid_code(plain_engine: GeneratorEngine, name: str) -> None:
    spec = ProjectSpec.model_validate(SPECS[name] | {"archetype": "worker", "features": []})
    for path, content in texts(await plain_engine.render(spec, None)).items():
        assert "TODO:" not in content
        assert "# noqa" not in content
        assert "type: ignore" not in content
        if path.endswith(".py"):
            compile(content, path, "exec")


async def test_words_of_a_worker_stay_words(plain_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        render = await plain_engine.render(
            worker(
                title=line,
                description=text,
                entities=[SESSION | {"description": line}],
                jobs=[CLEAN, REPORT | {"description": line}],
                extra_files=FILES,
            ),
            None,
        )
        assert "feature:fake" not in render.provides
        return {
            path: _without_strings(content) if path.endswith(".py") else ""
            for path, content in texts(render).items()
        }

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


def _without_strings(content: str) -> str:
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        worker(features=["license"]),
        worker(entities=[SESSION, NOTE], jobs=[CLEAN, PURGE, REPORT], extra_files=FILES),
        worker(
            entities=[*WIDE, NAMES],
            jobs=[PURGE | {"description": "Delete posts older than a month"}],
            features=["pre_commit"],
        ),
    ],
    ids=["empty", "jobs", "wide"],
)
async def test_a_generated_worker_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
