"""TypeScript and JavaScript on PostgreSQL: tables, the steps between them, what brings a server.

Where `AUTONOMOUS_CODER_TEST_POSTGRESQL` is the URL of a server, and psql is there, the steps run on
it: they must lead to the tables that a new project has.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.models.generation import Earlier
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.generator.conftest import SPECS, TEMPLATES, entity, field
from server.generator.sqlite_library import AUTHORS, EDITOR, TAGS, books, leave_files
from server.generator.test_generator_go_postgresql import SERVER, shape

pytestmark = pytest.mark.anyio

LANGUAGES = ("typescript", "javascript")
FEATURES = ["accounts", "background_jobs", "file_upload", "roles", "docker", "compose", "ci"]


@pytest.fixture(scope="module")
def engine() -> GeneratorEngine:
    packs = {"typescript": TypeScriptPack(), "javascript": JavaScriptPack()}
    return GeneratorEngine(TEMPLATES, packs, leave_files)


def spec(language: str, *entities: dict[str, object], features: list[str]) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "library", "language": language, "entities": entities, "features": features}
    )


class Project:
    """A project that is generated again and again."""

    def __init__(self, engine: GeneratorEngine, root: Path, language: str) -> None:
        self.engine, self.language = engine, language
        self.root = root / "library"
        self.earlier: Earlier | None = None

    async def becomes(self, *entities: dict[str, object], more: tuple[str, ...] = ()) -> list[str]:
        """Generate it; its migrations in their order."""
        wanted = spec(self.language, *entities, features=["postgresql", *more])
        render = await self.engine.render(wanted, None, self.earlier)
        baseline = self.earlier.files if self.earlier else None
        await self.engine.write(render, self.root, baseline=baseline)
        files = {file.path: file.content for file in render.files}
        self.earlier = Earlier(spec=wanted, files=files, root=self.root)
        found = [files[path] for path in sorted(files) if _is_migration(path)]
        if SERVER and shutil.which("psql"):
            fresh = await self.engine.render(wanted, None)
            first = [file.content for file in fresh.files if _is_migration(file.path)]
            assert shape(iter(found)) == shape(iter(first))
        return found


def _is_migration(path: str) -> bool:
    return path.startswith("migrations/") and path.endswith(".sql")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_tables_are_made_and_changed_in_place(
    engine: GeneratorEngine, tmp_path: Path, language: str
) -> None:
    project = Project(engine, tmp_path, language)
    tags = entity("Tag", "tags", [field("name", unique=True)])
    (first,) = await project.becomes(AUTHORS, books(field("pages", "integer", minimum=1)))
    assert '  "pages" BIGINT NOT NULL,\n  "author_id" BIGINT NOT NULL,' in first
    more = [
        field("pages", "integer", required=False),
        field("price", "decimal", minimum=0.5),
        field("read_at", "datetime"),
        field("lent", "boolean"),
    ]
    made = await project.becomes(AUTHORS, books(*more, relations=(EDITOR, TAGS)), tags)
    assert made[0] == first
    for line in (
        'ALTER TABLE "books" ADD COLUMN "price" NUMERIC(18, 4) NOT NULL DEFAULT 0.5000;',
        'ALTER TABLE "books" ADD COLUMN "read_at" TIMESTAMPTZ NOT NULL '
        "DEFAULT '1970-01-01T00:00:00.000Z';",
        'ALTER TABLE "books" ADD COLUMN "lent" BOOLEAN NOT NULL DEFAULT FALSE;',
    ):
        assert line in made[1], line
    made = await project.becomes(AUTHORS, more=("background_jobs",))
    assert 'DROP TABLE "books_tags", "tags", "books";' in made[2]
    assert '"data" JSON NOT NULL' in made[2]
    assert '"leased_until" TIMESTAMPTZ,' in made[2]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("now", [["postgresql"], []])
async def test_rows_do_not_move_to_another_kind_of_database(
    engine: GeneratorEngine, tmp_path: Path, language: str, now: list[str]
) -> None:
    before = spec(language, AUTHORS, features=[] if now else ["postgresql"])
    render = await engine.render(before, None)
    files = {file.path: file.content for file in render.files}
    await engine.write(render, tmp_path, baseline=None)
    earlier = Earlier(spec=before, files=files, root=tmp_path)
    with pytest.raises(UnsupportedError, match="keeps its rows in") as refused:
        await engine.render(spec(language, AUTHORS, features=now), None, earlier)
    assert "another folder" in refused.value.hint


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_of_sqlite_is_left(engine: GeneratorEngine, language: str) -> None:
    wanted = ProjectSpec.model_validate(
        SPECS["everything"] | {"language": language, "features": ["postgresql", *FEATURES]}
    )
    render = await engine.render(wanted, None)
    files = {file.path: file.content for file in render.files}
    for path, text in files.items():
        told = text.replace("libsql://host", "").lower()
        assert "libsql" not in told, path
        assert "sqlite" not in told, path
    assert {"pg", "@electric-sql/pglite"} <= json.loads(files["package.json"])[
        "dependencies"
    ].keys()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_containers_and_ci_bring_a_server(engine: GeneratorEngine, language: str) -> None:
    wanted = spec(language, AUTHORS, features=["postgresql", *FEATURES])
    render = await engine.render(wanted, None)
    files = {file.path: file.content for file in render.files}
    services = yaml.safe_load(files["compose.yaml"])["services"]
    assert services["app"]["environment"]["DATABASE_URL"].startswith("postgresql://")
    assert services["app"]["volumes"] == ["files:/data"]
    assert services["database"]["image"].startswith("postgres:")
    job = yaml.safe_load(files[".github/workflows/ci.yml"])["jobs"]["check"]
    assert job["services"]["database"]["image"].startswith("postgres:")
    assert any("TEST_DATABASE_URL" in step.get("env", {}) for step in job["steps"])
    assert "DATABASE_URL" not in files["Dockerfile"]


async def test_tests_share_one_database(engine: GeneratorEngine) -> None:
    files = {}
    for language in LANGUAGES:
        render = await engine.render(spec(language, AUTHORS, features=["postgresql"]), None)
        files |= {file.path: file.content for file in render.files}
    assert "isolate: false" in files["vitest.config.ts"]
    assert "fileParallelism: false" in files["vitest.config.ts"]
    assert json.loads(files["package.json"])["scripts"]["test"] == "node --test tests/all.js"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stack_names_the_database_and_its_driver(language: str) -> None:
    core = IntelligenceCore(
        GenerationSettings(), Supported({language: frozenset({"rest_api"})}, {})
    )
    wanted = spec(language, AUTHORS, features=["postgresql"])
    chosen = {choice.part: choice.choice for choice in core.select_tech_stack(wanted, None).choices}
    assert chosen["database"] == "postgresql"
    assert chosen["database driver"] == "node-postgres"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_project_is_what_its_migrations_say_not_what_its_old_spec_asked_for(
    engine: GeneratorEngine, tmp_path: Path, language: str
) -> None:
    render = await engine.render(spec(language, AUTHORS, features=[]), None)
    files = {file.path: file.content for file in render.files}
    await engine.write(render, tmp_path, baseline=None)
    asked = spec(language, AUTHORS, features=["postgresql"])
    earlier = Earlier(spec=asked, files=files, root=tmp_path)
    with pytest.raises(UnsupportedError, match="keeps its rows in SQLite") as refused:
        await engine.render(asked, None, earlier)
    assert "another folder" in refused.value.hint
    render = await engine.render(spec(language, AUTHORS, books(), features=[]), None, earlier)
    made = [file for file in render.files if _is_migration(file.path)]
    assert made[0].content == files[made[0].path]
    assert all("AUTOINCREMENT" in file.content for file in made)
    assert len(made) == 2


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_project_without_tables_can_change_its_database(
    engine: GeneratorEngine, tmp_path: Path, language: str
) -> None:
    before = spec(language, features=[])
    render = await engine.render(before, None)
    files = {file.path: file.content for file in render.files}
    assert not [path for path in files if _is_migration(path)]
    await engine.write(render, tmp_path, baseline=None)
    earlier = Earlier(spec=before, files=files, root=tmp_path)
    await engine.render(spec(language, features=["postgresql"]), None, earlier)
    wanted = spec(language, AUTHORS, features=["postgresql"])
    render = await engine.render(wanted, None, earlier)
    (made,) = (file.content for file in render.files if _is_migration(file.path))
    assert "GENERATED BY DEFAULT AS IDENTITY" in made


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("features", "lock"),
    [
        (["accounts"], '.for("update")'),
        ([], "pg_advisory_xact_lock"),
    ],
)
async def test_a_file_over_the_quota_leaves_no_row(
    engine: GeneratorEngine, language: str, features: list[str], lock: str
) -> None:
    wanted = spec(language, AUTHORS, features=["postgresql", "file_upload", *features])
    suffix = {"typescript": "ts", "javascript": "js"}[language]
    file = await engine.generate_code_file(wanted, f"src/services/uploads.{suffix}")
    adding = file.content.partition("function addUpload")[2].partition("function deleteUpload")[0]
    whole = adding.partition("database.transaction(")[2]
    steps = [lock, "transaction.insert(uploads)", "sum(uploads.size)", "new Problem(413"]
    places = [whole.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)
    assert "database." not in whole


@pytest.mark.parametrize("language", LANGUAGES)
async def test_of_two_who_seed_at_once_one_waits(engine: GeneratorEngine, language: str) -> None:
    wanted = spec(language, AUTHORS, features=["postgresql", "seed_data"])
    suffix = {"typescript": "ts", "javascript": "js"}[language]
    file = await engine.generate_code_file(wanted, f"src/services/seed.{suffix}")
    whole = file.content.partition("database.transaction(")[2]
    assert 0 < whole.find("pg_advisory_xact_lock(${LOCK})") < whole.find("return addRows(")
