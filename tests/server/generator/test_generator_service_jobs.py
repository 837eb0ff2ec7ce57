"""Jobs in the background of services: those that templates know, and those of the host."""

from __future__ import annotations

import ast

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.python.pack import PythonPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE_LINE, SPECS, entity, field

pytestmark = pytest.mark.anyio

FORBIDDEN = ("TODO", "FIXME", "noqa", "type: ignore")
PEOPLE = ("accounts", "roles")
BESIDE = (*PEOPLE, "rate_limiting", "monitoring", "postgresql", "logging", "file_upload")
COUPON = entity("Coupon", "coupons", [field("expires_at", "datetime")], access="private")
PURGE = {"name": "clean", "description": "Delete expired coupons.", "schedule": "every night"}
TAKEN = [
    entity("Job", "jobs", [field("name")], access="private"),
    entity("BackgroundJob", "background_jobs", [field("name")]),
    entity("JobRun", "job_runs", [field("status", "enum", values=["a"])]),
    entity("Worker", "workers", [field("name")], access="shared"),
    entity("Call", "calls", [field("at", "datetime")], access="owner_write"),
    entity("Schedule", "schedule", [field("day", "date")]),
]


def spec_of(*features: str, **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "features": features, **more})


def host_file(name: str, content: str) -> dict[str, str]:
    return {"path": f"app/jobs/{name}.py", "content": content, "mode": "once"}


def contents(render: Render) -> dict[str, str]:
    files = {file.path: file.content for file in render.files}
    for path, text in files.items():
        assert not [word for word in FORBIDDEN if word in text], path
        if path.endswith(".py"):
            ast.parse(text)
    return files


@pytest.mark.parametrize("name", ["empty", "blog", "everything", "tricky"])
@pytest.mark.parametrize("beside", [(), PEOPLE, BESIDE], ids=["alone", "people", "all"])
async def test_any_service_can_have_jobs(
    plain_engine: GeneratorEngine, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    spec = spec_of("background_jobs", *beside, entities=entities)
    render = await plain_engine.render(spec, None)
    contents(render)
    assert render.provides["feature:background_jobs"]


async def test_rows_that_end_by_themselves_are_deleted(plain_engine: GeneratorEngine) -> None:
    spec = spec_of("background_jobs", entities=[COUPON], jobs=[PURGE])
    render = await plain_engine.render(spec, None)
    files = contents(render)
    assert "Coupon.expires_at < now" in files["app/jobs/clean.py"]
    assert "Cron('0 3 * * *')" in files["app/background.py"]
    assert render.provides["job:clean"] == ["tests/test_background.py::test_clean"]


async def test_what_no_template_knows_is_left_out_and_told(plain_engine: GeneratorEngine) -> None:
    jobs = [{"name": "send_reminders", "description": HOSTILE_LINE, "schedule": "hourly"}]
    render = await plain_engine.render(spec_of("background_jobs", jobs=jobs), None)
    assert "send_reminders" not in contents(render)["app/background.py"]
    (note,) = render.notes
    assert "app/jobs/send_reminders.py" in note
    assert "async def send_reminders(*, session: AsyncSession" in note
    assert "job:send_reminders" not in render.provides


async def test_the_hosts_code_is_called_with_what_it_takes(plain_engine: GeneratorEngine) -> None:
    given = [
        host_file("send", "async def send(*, data: dict[str, object]) -> None: ..."),
        host_file("dt", "async def dt() -> None: ..."),
    ]
    jobs = [
        {"name": "send", "description": HOSTILE_LINE, "schedule": "every 90 seconds"},
        {"name": "dt"},
    ]
    render = await plain_engine.render(
        spec_of("background_jobs", jobs=jobs, extra_files=given), None
    )
    listed = contents(render)["app/background.py"]
    assert "lambda call: send.send(data=call.data)" in listed
    assert "from app.jobs import dt as dt_job" in listed
    assert "lambda _: dt_job.dt()" in listed
    assert "Every(dt.timedelta(seconds=90))" in listed


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("def send() -> None: ...", "no coroutine"),
        ("async def send(*, recipient: str) -> None: ...", "demands recipient"),
        ("async def send(now: object, /) -> None: ...", "demands now"),
        ("async def send(", "no Python"),
    ],
)
def test_code_that_cannot_be_called_is_refused(content: str, told: str) -> None:
    spec = spec_of(jobs=[{"name": "send"}], extra_files=[host_file("send", content)])
    with pytest.raises(InvalidInputError, match=told):
        PythonPack().view(spec, frozenset({"background_jobs"}))


@pytest.mark.parametrize(
    "jobs",
    [[{"name": "a", "schedule": "when the moon is full"}], [{"name": "a"}, {"name": "a"}]],
)
def test_jobs_that_contradict_themselves_are_refused(jobs: list[dict[str, str]]) -> None:
    with pytest.raises(InvalidInputError):
        PythonPack().view(spec_of(jobs=jobs), frozenset({"background_jobs"}))


async def test_jobs_without_the_feature_are_told(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(spec_of(jobs=[PURGE]), None)
    assert any("'background_jobs'" in note for note in render.notes)


async def test_names_that_jobs_need_are_left_to_them(plain_engine: GeneratorEngine) -> None:
    spec = spec_of("background_jobs", *PEOPLE, entities=TAKEN)
    render = await plain_engine.render(spec, None)
    files = contents(render)
    assert "class JobRun(Base)" in files["app/models/job_runs.py"]
    assert 'prefix="/background-jobs"' in files["app/routers/job_runs.py"]
    assert 'prefix="/background-jobs-list"' in files["app/routers/background_jobs.py"]
    routers = "".join(text for path, text in files.items() if path.startswith("app/routers/"))
    names = [line.split("(")[0] for line in routers.splitlines() if line.startswith("async def ")]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("features", [(), PEOPLE])
def test_the_table_of_runs_comes_later_by_a_migration(features: tuple[str, ...]) -> None:
    pack = PythonPack()
    spec = spec_of(entities=SPECS["blog"]["entities"])
    existing = {"migrations/versions/0001_initial.py": 'revision = "0001"\ndown_revision = None\n'}
    step = pack.migrate(
        pack.view(spec, frozenset(features)),
        pack.view(spec, frozenset({*features, "background_jobs"})),
        existing,
    )
    assert step is not None
    ast.parse(step.text)
    assert step.path.endswith("0002_add_job_runs.py")
    assert 'sa.UniqueConstraint("job", "key")' in step.text
    assert 'op.create_index(None, "job_runs", ["due_at"])' in step.text
    assert ("requested_by_id" in step.text) == bool(features)
