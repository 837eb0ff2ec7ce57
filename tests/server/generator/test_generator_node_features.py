"""Features of services in TypeScript and JavaScript: every spec has them, and names they need."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import yaml

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.languages.node.pack_view import SpecView
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, TEMPLATES, entity, field, link

pytestmark = pytest.mark.anyio

FORBIDDEN = re.compile(r"TODO|FIXME|biome-ignore|@ts-|: any\b|as any\b")
PEOPLE = ("accounts", "roles")
BESIDE = (*PEOPLE, "rate_limiting", "monitoring", "logging", "cors", "compose")
NEW = ("file_upload", "websocket", "background_jobs", "property_tests")
SUFFIX = {"typescript": "ts", "javascript": "js"}
LANGUAGES = tuple(SUFFIX)
TAKEN = [
    entity("Upload", "uploads", [field("type", "enum", values=["a", "b"])], access="private"),
    entity("File", "files", [field("name")], link("recipe", "Recipe", back_name="uploads")),
    entity("FileStore", "stores", [field("place")], access="owner_write"),
    entity("Recipe", "recipes", [field("settings")], access="shared"),
    entity("Place", "places", [field("name")]),
]


@pytest.fixture(scope="module")
def node_engine() -> GeneratorEngine:
    """An engine for both languages that does not format; it compiles each template once."""
    packs = {"typescript": TypeScriptPack(), "javascript": JavaScriptPack()}
    return GeneratorEngine(TEMPLATES, packs, leave_files)


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """Files as they are."""
    assert language in LANGUAGES
    return files


JOBS = [
    entity("Job", "jobs", [field("name")], access="private"),
    entity("JobRun", "job_runs", [field("status", "enum", values=["a"])]),
    entity("JobSchedule", "job_schedules", [field("day", "date")], access="owner_write"),
    entity("Call", "calls", [field("at", "datetime")], access="shared"),
    entity("Live", "live", [field("row")], access="shared"),
    entity("Worker", "worker", [field("name")]),
]
COUPON = entity("Coupon", "coupons", [field("expires_at", "datetime")], access="private")
PURGE = {"name": "clean", "description": "Delete expired coupons.", "schedule": "every night"}


def spec_of(language: str, *features: str, entities: object = (), **more: object) -> ProjectSpec:
    given = {"name": "demo", "language": language, "features": features, "entities": entities}
    return ProjectSpec.model_validate(given | more)


def contents(render: Render) -> dict[str, str]:
    files = {file.path: file.content for file in render.files}
    for path, text in files.items():
        assert not FORBIDDEN.search(text), path
    return files


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["empty", "everything"])
@pytest.mark.parametrize("beside", [(), BESIDE], ids=["alone", "all"])
async def test_a_service_of_any_spec_has_the_features(
    node_engine: GeneratorEngine, language: str, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    render = await node_engine.render(spec_of(language, *NEW, *beside, entities=entities), None)
    contents(render)
    for feature in NEW:
        assert render.provides[f"feature:{feature}"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_names_that_files_need_are_left_to_them(
    node_engine: GeneratorEngine, language: str
) -> None:
    suffix = SUFFIX[language]
    spec = spec_of(language, "file_upload", *PEOPLE, entities=TAKEN)
    files = contents(await node_engine.render(spec, None))
    tables = files[f"src/tables.{suffix}"]
    assert 'export const uploads = sqliteTable("uploads"' in tables
    assert 'export const uploadsTable = sqliteTable("uploads_' in tables
    assert "upload__id" in tables
    assert "createUploadRecord" in files[f"src/services/uploads-list.{suffix}"]
    assert "uploadTo" in files[f"src/routes/uploads/uploads-list.{suffix}"]
    assert "requireOwner" in files[f"src/routes/uploads/stores.{suffix}"]
    assert "/uploads_" not in files[f"src/routes/recipes.{suffix}"]


@pytest.mark.parametrize("features", [(), PEOPLE])
def test_the_table_of_files_comes_later_by_a_migration(features: tuple[str, ...]) -> None:
    pack = TypeScriptPack()
    entities = SPECS["blog"]["entities"]
    step = pack.migrate(
        pack.view(spec_of("typescript", *features, entities=entities), frozenset(features)),
        pack.view(
            spec_of("typescript", *features, "file_upload", entities=entities),
            frozenset({*features, "file_upload"}),
        ),
        {"migrations/0001_initial.sql": ""},
    )
    assert step is not None
    assert step.path.endswith("0002_add_uploads.sql")
    assert 'CREATE TABLE "uploads"' in step.text
    assert 'REFERENCES "posts" ("id") ON DELETE SET NULL' in step.text
    assert ("uploader_id" in step.text) == bool(features)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_files_outlive_the_container(node_engine: GeneratorEngine, language: str) -> None:
    files = contents(await node_engine.render(spec_of(language, "file_upload", "compose"), None))
    app = yaml.safe_load(files["compose.yaml"])["services"]["app"]
    assert app["environment"]["UPLOAD_DIRECTORY"] == "/data/uploads"
    assert app["volumes"] == ["data:/data"]
    assert "UPLOAD_DIRECTORY=/data/uploads" in files["Dockerfile"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_names_that_jobs_and_live_updates_need_are_left_to_them(
    node_engine: GeneratorEngine, language: str
) -> None:
    suffix = SUFFIX[language]
    spec = spec_of(language, "background_jobs", "websocket", *PEOPLE, entities=JOBS)
    files = contents(await node_engine.render(spec, None))
    tables = files[f"src/tables.{suffix}"]
    assert 'export const jobRuns = sqliteTable("job_runs"' in tables
    assert 'export const jobRunsTable = sqliteTable("job_runs_' in tables
    assert "/background-jobs" in files[f"src/routes/job-runs.{suffix}"]
    assert f"src/routes/job-runs-list.{suffix}" in files
    assert "/live-list" in files[f"src/routes/live-list.{suffix}"]
    assert "PRIVATE" in files[f"src/live.{suffix}"]
    assert "owner_id" in files[f"src/routes/jobs.{suffix}"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_jobs_delete_rows_with_their_files_or_are_written_by_the_host(
    node_engine: GeneratorEngine, language: str
) -> None:
    suffix = SUFFIX[language]
    jobs = [PURGE, {"name": "send_mail", "schedule": "hourly"}, {"name": "lost"}]
    signature = "export async function sendMail({ data })"
    code = f"{signature}{': Promise<string>' * (suffix == 'ts')} {{ return data; }}"
    host = {"path": f"src/jobs/send-mail.{suffix}", "content": code, "mode": "once"}
    spec = spec_of(
        language,
        "background_jobs",
        "file_upload",
        "accounts",
        entities=[COUPON],
        jobs=jobs,
        extra_files=[host],
    )
    render = await node_engine.render(spec, None)
    files = contents(render)
    assert "tables.coupons.expires_at" in files[f"src/jobs/clean.{suffix}"]
    assert "discardOrphans" in files[f"src/jobs/clean.{suffix}"]
    assert "work: sendMail" in files[f"src/background.{suffix}"]
    assert any(f"src/jobs/lost.{suffix}" in note for note in render.notes)
    assert render.provides["job:clean"]


def test_jobs_need_the_feature() -> None:
    view = TypeScriptPack().view(spec_of("typescript", jobs=[PURGE]), frozenset())
    assert any("'background_jobs'" in note for note in view.notes)


def test_a_function_of_the_host_is_given_one_thing() -> None:
    code = "export function clean(database: Database, now: Date) {}"
    given = [{"path": "src/jobs/clean.ts", "content": code, "mode": "once"}]
    spec = spec_of("typescript", "background_jobs", jobs=[PURGE], extra_files=given)
    with pytest.raises(InvalidInputError, match="demands 2 things"):
        TypeScriptPack().view(spec, frozenset({"background_jobs"}))


def test_the_tables_of_jobs_come_later_by_a_migration() -> None:
    pack = TypeScriptPack()
    step = pack.migrate(
        pack.view(spec_of("typescript", "accounts"), frozenset({"accounts"})),
        pack.view(
            spec_of("typescript", "accounts", "background_jobs"),
            frozenset({"accounts", "background_jobs"}),
        ),
        {"migrations/0001_initial.sql": ""},
    )
    assert step is not None
    assert 'UNIQUE ("job", "scheduled_for")' in step.text
    assert '"requested_by_id" INTEGER REFERENCES "users" ("id") ON DELETE SET NULL' in step.text
    assert 'CREATE TABLE "job_schedules"' in step.text


def test_values_lie_within_the_bounds_of_their_field() -> None:
    fields = [
        field("title", minimum=2, maximum=10),
        field("pages", "integer", minimum=1, maximum=5),
        field("price", "decimal", minimum=0.5, maximum=9.99999),
        field("kind", "enum", values=["a", "b"]),
        field("long", "text", minimum=300, required=False),
        field("ok", "boolean"),
    ]
    spec = spec_of("typescript", entities=[entity("Book", "books", fields)])
    view = TypeScriptPack().view(spec, frozenset({"property_tests"}))
    assert isinstance(view, SpecView)
    made = {each.name: each for each in view.properties["Book"]}
    assert made["title"].taken == "text(2, 10)"
    assert made["title"].refused == "text(11, 11)"
    assert made["pages"].taken == "fc.integer({ min: 1, max: 5 })"
    assert made["price"].taken.startswith("fc.integer({ min: 5000, max: 99999 })")
    assert made["kind"].taken == 'fc.constantFrom("a", "b")'
    assert made["long"].taken.startswith("fc.option(fc.constantFrom(")
    assert made["ok"].refused == ""


async def test_without_tests_there_are_no_property_tests(node_engine: GeneratorEngine) -> None:
    spec = spec_of("typescript", "property_tests", left_out=["tests"])
    files = contents(await node_engine.render(spec, None))
    assert not [path for path in files if path.startswith("tests/")]
