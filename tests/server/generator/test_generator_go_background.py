"""Services in Go: jobs in the background and live updates."""

from __future__ import annotations

import json
import re

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE_LINE, SPECS, TEMPLATES, entity, field
from server.generator.sqlite_library import leave_files

pytestmark = pytest.mark.anyio

PEOPLE = ("accounts", "roles")
BOTH = ("background_jobs", "websocket")
COUPON = entity("Coupon", "coupons", [field("expires_at", "datetime")], access="private")
PURGE = {"name": "clean", "description": "Delete expired coupons.", "schedule": "every night"}
SENT = "package jobs\n\nfunc SendMail(ctx context.Context, call Call) (string, error) {{ {} }}\n"
TAKEN = [
    entity("Job", "jobs", [field("name")], access="private"),
    entity("BackgroundJob", "background_jobs", [field("name")]),
    entity("JobRun", "job_runs", [field("status", "enum", values=["a"])]),
    entity("Run", "runs", [field("status", "enum", values=["a"])], access="private"),
    entity("Live", "live", [field("name")], access="shared"),
    entity("Listener", "listeners", [field("name")]),
    entity("Change", "changes", [field("action")], access="owner_write"),
]


@pytest.fixture
def golang() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"go": GoPack()}, leave_files)


def spec_of(*features: str, **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "go", "features": features, **more}
    )


def contents(render: Render) -> dict[str, str]:
    files = {file.path: file.content for file in render.files}
    for path, text in files.items():
        assert not re.search(r"\bTODO\b|FIXME|nolint|InsecureSkipVerify", text), path
    return files


@pytest.mark.parametrize("name", ["empty", "blog"])
@pytest.mark.parametrize("beside", [(), PEOPLE], ids=["alone", "people"])
async def test_any_service_can_have_jobs_and_live_updates(
    golang: GeneratorEngine, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    render = await golang.render(spec_of(*BOTH, *beside, entities=entities), None)
    files = contents(render)
    for feature in BOTH:
        assert render.provides[f"feature:{feature}"]
    paths = json.loads(files["internal/api/openapi.json"])["paths"]
    told = {f"{verb.upper()} {p}" for p, each in paths.items() for verb in each}
    routed = set(re.findall(r'handle\("([^"]+)"', files["internal/api/server.go"]))
    found = {route for route in told if not route.startswith("PARAMETERS")}
    assert found == routed - {"GET /openapi.json", "GET /live"}
    assert "CREATE TABLE job_runs" in files["internal/store/migrations/0001_initial.sql"]


async def test_names_that_jobs_need_are_left_to_them(golang: GeneratorEngine) -> None:
    render = await golang.render(spec_of(*BOTH, *PEOPLE, entities=TAKEN), None)
    files = contents(render)
    assert "type JobRun struct" in files["internal/store/jobruns.go"]
    assert "type JobRunRecord struct" in files["internal/store/jobrunslist.go"]
    routes = re.findall(r'handle\("([^"]+)"', files["internal/api/server.go"])
    assert len(routes) == len(set(routes))
    tables = re.findall(r"CREATE TABLE (\w+)", files["internal/store/migrations/0001_initial.sql"])
    assert len(tables) == len(set(tables))


async def test_jobs_that_delete_what_has_expired_are_made(golang: GeneratorEngine) -> None:
    spec = spec_of("background_jobs", "accounts", entities=[COUPON], jobs=[PURGE])
    render = await golang.render(spec, None)
    files = contents(render)
    assert render.provides["job:clean"]
    listed = files["internal/jobs/jobs.go"]
    assert 'Schedule: Cron("0 3 * * *"),' in listed
    assert "WHERE expires_at < ?" in files["internal/store/purging.go"]
    assert "func Clean(ctx context.Context, call Call)" in files["internal/jobs/clean.go"]


async def test_work_that_no_template_knows_is_the_hosts(golang: GeneratorEngine) -> None:
    job = {"name": "send_mail", "description": HOSTILE_LINE, "schedule": "every 90 seconds"}
    left = await golang.render(spec_of("background_jobs", jobs=[job]), None)
    assert any("internal/jobs/sendmail.go" in note for note in left.notes)
    given = {"path": "internal/jobs/sendmail.go", "mode": "once"}
    file = given | {"content": SENT.format('return "", nil')}
    render = await golang.render(spec_of("background_jobs", jobs=[job], extra_files=[file]), None)
    listed = contents(render)["internal/jobs/jobs.go"]
    assert "Work: SendMail," in listed
    assert "Schedule: Every(90 * time.Second)," in listed
    for bad in (
        "package main\n",
        "package jobs\n",
        "package jobs\n\nfunc SendMail(call Call) error { return nil }\n",
        "package jobs\n\n// func SendMail(ctx context.Context, call Call) (string, error)\n",
    ):
        with pytest.raises(InvalidInputError):
            await golang.render(
                spec_of("background_jobs", jobs=[job], extra_files=[given | {"content": bad}]),
                None,
            )


async def test_jobs_without_their_feature_are_told(golang: GeneratorEngine) -> None:
    render = await golang.render(spec_of(entities=[COUPON], jobs=[PURGE]), None)
    assert any("jobs need 'background_jobs'" in note for note in render.notes)


@pytest.mark.parametrize("database", [(), ("postgresql",)], ids=["sqlite", "postgresql"])
def test_the_queue_comes_later_by_a_migration(database: tuple[str, ...]) -> None:
    pack = GoPack()
    features = (*PEOPLE, *database)
    before, after = (spec_of(*names, entities=[COUPON]) for names in (features, (*features, *BOTH)))
    step = pack.migrate(
        pack.view(before, frozenset(features)),
        pack.view(after, frozenset({*features, *BOTH})),
        {"internal/store/migrations/0001_initial.sql": ""},
    )
    assert step is not None
    texts = [step.text, *step.more.values()]
    assert len(texts) == 1 + len(database)
    assert all("CREATE TABLE job_schedules" in text for text in texts)
