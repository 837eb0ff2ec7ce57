"""Java on SQLite or PostgreSQL: tables and the steps between them are made for both.

Where `AUTONOMOUS_CODER_TEST_POSTGRESQL` is the URL of a server, and psql is there, the steps run on
it: they must lead to the tables that a new project has.
"""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
import yaml

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.languages.java.pack import JavaPack
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.generator.conftest import SPECS, TEMPLATES, TYPES, entity, field
from server.generator.sqlite_library import AUTHORS, EDITOR, TAGS, books, leave_files
from server.generator.test_generator_go_postgresql import SERVER, shape

pytestmark = pytest.mark.anyio

SQLITE = "src/main/resources/db/migration"
POSTGRESQL = "src/main/resources/db/postgresql"


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    features = more.pop("features", ["postgresql"])
    return ProjectSpec.model_validate(
        {"name": "library", "language": "java", "entities": entities, "features": features, **more}
    )


class Project:
    """A project that is generated again and again."""

    def __init__(self, engine: GeneratorEngine, root: Path) -> None:
        self.engine = engine
        self.root = root / "library"
        self.earlier: Earlier | None = None
        self.render = Render(files=[])

    async def becomes(self, wanted: ProjectSpec) -> dict[str, str]:
        """Generate it; its migrations for PostgreSQL by the names of their files."""
        self.render = await self.engine.render(wanted, None, self.earlier)
        baseline = self.earlier.files if self.earlier else None
        await self.engine.write(self.render, self.root, baseline=baseline)
        files = {file.path: file.content for file in self.render.files}
        self.earlier = Earlier(spec=wanted, files=files, root=self.root)
        found = _scripts(files, POSTGRESQL)
        assert not found or max(found, key=_number) == max(_scripts(files, SQLITE), key=_number)
        if found and SERVER and shutil.which("psql"):
            fresh = await self.engine.render(wanted, None)
            first = _scripts({f.path: f.content for f in fresh.files}, POSTGRESQL)
            steps = [found[name] for name in sorted(found, key=_number)]
            assert shape(iter(steps)) == shape(iter(first.values()))
        return found


def _scripts(files: dict[str, str], folder: str) -> dict[str, str]:
    paths = (path for path in files if path.startswith(f"{folder}/V"))
    return {path.removeprefix(f"{folder}/"): files[path] for path in paths}


def _number(name: str) -> int:
    return int(name[1 : name.index("__")])


@pytest.fixture(scope="module")
def engine() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"java": JavaPack()}, leave_files)


@pytest.fixture
def project(engine: GeneratorEngine, tmp_path: Path) -> Project:
    return Project(engine, tmp_path)


async def test_tables_are_made_and_changed_in_place(project: Project) -> None:
    tags = entity("Tag", "tags", [field("name", unique=True)])
    made = await project.becomes(spec(AUTHORS, books(field("pages", "integer", minimum=1))))
    assert "  pages BIGINT NOT NULL,\n  author_id BIGINT NOT NULL," in made["V1__initial.sql"]
    more = [
        field("pages", "integer", required=False),
        field("price", "decimal", minimum=0.5),
        field("read_at", "datetime"),
        field("lent", "boolean"),
    ]
    made = await project.becomes(spec(AUTHORS, books(*more, relations=(EDITOR, TAGS)), tags))
    assert list(made) == ["V1__initial.sql", "V2__add_tags.sql"]
    for line in (
        "ALTER TABLE books ADD COLUMN price NUMERIC(18, 4) NOT NULL DEFAULT 0.5000;",
        "ALTER TABLE books ADD COLUMN read_at TIMESTAMPTZ NOT NULL "
        "DEFAULT '1970-01-01T00:00:00+00:00';",
        "ALTER TABLE books ADD COLUMN lent BOOLEAN NOT NULL DEFAULT FALSE;",
    ):
        assert line in made["V2__add_tags.sql"], line
    made = await project.becomes(spec(AUTHORS))
    assert "DROP TABLE books_tags, tags, books;" in made[max(made)]


async def test_every_spec_can_follow_nothing_and_be_followed(project: Project) -> None:
    asked = ["postgresql", "accounts"]
    wanted = ProjectSpec.model_validate(
        SPECS["everything"] | {"language": "java", "name": "library", "features": asked}
    )
    simple = entity("Zebra", "zebras", [field(f"a_{kind}", kind) for kind in TYPES])
    await project.becomes(spec(simple, features=asked))
    await project.becomes(wanted)
    assert len(await project.becomes(spec(simple, features=asked))) == 3


async def test_files_that_come_later_have_the_table_that_they_have_at_first(
    project: Project,
) -> None:
    files = ["postgresql", "accounts", "file_upload"]
    await project.becomes(spec(AUTHORS, features=files[:2]))
    made = await project.becomes(spec(AUTHORS, features=files))
    assert list(made) == ["V1__initial.sql", "V2__add_uploads.sql"]
    scripts = _scripts({f.path: f.content for f in project.render.files}, SQLITE)
    fresh = await project.engine.render(spec(AUTHORS, features=files), None)
    first = _scripts({f.path: f.content for f in fresh.files}, SQLITE)
    assert _columns(*scripts.values()) == _columns(*first.values())


def _columns(*scripts: str) -> list[tuple[object, ...]]:
    """What SQLite knows of files after some scripts."""
    database = sqlite3.connect(":memory:")
    for script in scripts:
        database.executescript(script)
    asked = ("table_info", "foreign_key_list", "index_list")
    found = [database.execute(f"SELECT * FROM pragma_{name}('uploads')") for name in asked]
    told = [tuple(row[1:]) for rows in found for row in rows]
    database.close()
    return sorted(told, key=repr)


async def test_postgresql_may_come_before_the_first_table(project: Project) -> None:
    assert await project.becomes(spec(features=[])) == {}
    assert await project.becomes(spec()) == {}
    assert list(await project.becomes(spec(AUTHORS))) == ["V1__add_authors.sql"]


async def test_the_address_chooses_and_tests_and_compose_know_of_it(project: Project) -> None:
    await project.becomes(spec(AUTHORS, features=["postgresql", "accounts", "compose", "ci"]))
    files = {file.path: file.content for file in project.render.files}
    assert "DATABASE_URL=sqlite:///library.db" in files[".env.example"]
    assert "DATABASE_PATH" not in "\n".join(files.values())
    services = yaml.safe_load(files["compose.yaml"])["services"]
    assert "@database:5432/" in services["app"]["environment"]["DATABASE_URL"]
    assert services["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_")
    assert "volumes" not in services["app"]
    assert "TEST_DATABASE_URL" in files[".github/workflows/ci.yml"]
    settings = yaml.safe_load(files["src/main/resources/application.yaml"])
    assert settings["database"]["url"] == "${DATABASE_URL:sqlite:///library.db}"
    assert project.render.provides["feature:postgresql"]
    plain = await project.engine.render(spec(AUTHORS, features=["compose", "ci"]), None)
    assert not any("postgres" in file.content for file in plain.files)


async def test_words_of_postgresql_are_quoted(project: Project) -> None:
    words = entity("Fetch", "fetch", [field("user", unique=True), field("only"), field("array")])
    made = await project.becomes(spec(words))
    assert 'CREATE TABLE "fetch" (' in made["V1__initial.sql"]
    assert 'CONSTRAINT fetch_user_key UNIQUE ("user")' in made["V1__initial.sql"]


@pytest.mark.parametrize(
    "sentence",
    [
        "a Java API for books with a title, stored in PostgreSQL",
        "a Spring Boot service for invoices with postgres",
        "Write a REST API in Java with PostgreSQL: books, members and loans",
    ],
)
def test_a_sentence_gets_postgresql_in_java(engine: GeneratorEngine, sentence: str) -> None:
    offered = engine.features("java", "rest_api")
    kinds = {"java": frozenset({"rest_api", "cli", "library"})}
    core = IntelligenceCore(GenerationSettings(), Supported(kinds, {"java": offered}))
    made = core.analyze_requirements(sentence)
    assert (made.language, made.archetype) == ("java", "rest_api")
    assert "postgresql" in made.features
    assert any("feature:postgresql" in row.needs for row in made.requirements)
    chosen = {part.part: part.choice for part in core.select_tech_stack(made, None).choices}
    assert (chosen["database"], chosen["database driver"]) == ("postgresql", "pgjdbc")
