"""Rust on SQLite or PostgreSQL: tables and the steps between them are made for both.

Where `AUTONOMOUS_CODER_TEST_POSTGRESQL` is the URL of a server, and psql is there, the steps run on
it: they must lead to the tables that a new project has.
"""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.languages.common.postgresql_beside import NOT_MOVED
from autonomous_coder.languages.rust.pack import RustPack
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.generator.conftest import SPECS, TEMPLATES, TYPES, entity, field
from server.generator.sqlite_library import AUTHORS, EDITOR, TAGS, books, leave_files
from server.generator.test_generator_go_postgresql import SERVER, shape

pytestmark = pytest.mark.anyio

SQLITE = "migrations"
POSTGRESQL = "migrations/postgresql"


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    features = more.pop("features", ["postgresql"])
    return ProjectSpec.model_validate(
        {"name": "library", "language": "rust", "entities": entities, "features": features, **more}
    )


class Project:
    """A project that is generated again and again."""

    def __init__(self, engine: GeneratorEngine, root: Path) -> None:
        self.engine = engine
        self.root = root / "library"
        self.earlier: Earlier | None = None
        self.render = Render(files=[])

    @property
    def files(self) -> dict[str, str]:
        return {file.path: file.content for file in self.render.files}

    async def becomes(self, wanted: ProjectSpec) -> dict[str, str]:
        """Generate it; its migrations for PostgreSQL by the names of their files."""
        self.render = await self.engine.render(wanted, None, self.earlier)
        baseline = self.earlier.files if self.earlier else None
        await self.engine.write(self.render, self.root, baseline=baseline)
        self.earlier = Earlier(spec=wanted, files=self.files, root=self.root)
        found = _scripts(self.files, POSTGRESQL)
        if found and "postgresql" in wanted.features and SERVER and shutil.which("psql"):
            fresh = await self.engine.render(wanted, None)
            first = _scripts({f.path: f.content for f in fresh.files}, POSTGRESQL)
            steps = sorted((self.root / POSTGRESQL).glob("*.sql"))
            assert shape(step.read_text() for step in steps) == shape(iter(first.values()))
        return found

    def asked_for(self, feature: str) -> None:
        """As if the spec had always asked for a feature, which there was not yet."""
        assert self.earlier is not None
        asked = self.earlier.spec.model_copy(update={"features": [feature]})
        self.earlier = self.earlier.model_copy(update={"spec": asked})


def _scripts(files: dict[str, str], folder: str) -> dict[str, str]:
    """The files right below a folder, in order."""
    paths = (path for path in sorted(files) if path.endswith(".sql"))
    return {Path(p).name: files[p] for p in paths if Path(p).parent == Path(folder)}


@pytest.fixture(scope="module")
def engine() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"rust": RustPack()}, leave_files)


@pytest.fixture
def project(engine: GeneratorEngine, tmp_path: Path) -> Project:
    return Project(engine, tmp_path)


async def test_tables_are_made_and_changed_in_place(project: Project) -> None:
    tags = entity("Tag", "tags", [field("name", unique=True)])
    made = await project.becomes(spec(AUTHORS, books(field("pages", "integer", minimum=1))))
    assert (
        '  title TEXT COLLATE "C" NOT NULL,\n  pages BIGINT NOT NULL,' in made["0001_initial.sql"]
    )
    more = [
        field("pages", "integer", required=False),
        field("price", "decimal", minimum=0.5),
        field("read_at", "datetime"),
        field("lent", "boolean"),
        field("mark", "uuid"),
    ]
    made = await project.becomes(spec(AUTHORS, books(*more, relations=(EDITOR, TAGS)), tags))
    assert list(made) == ["0001_initial.sql", "0002_add_tags.sql"]
    assert list(made) == list(_scripts(project.files, SQLITE))
    for line in (
        "ALTER TABLE books ADD COLUMN price NUMERIC(18, 4) NOT NULL DEFAULT 0.5000;",
        "ALTER TABLE books ADD COLUMN read_at TIMESTAMPTZ NOT NULL "
        "DEFAULT '1970-01-01T00:00:00+00:00';",
        "ALTER TABLE books ADD COLUMN lent BOOLEAN NOT NULL DEFAULT FALSE;",
        f"ALTER TABLE books ADD COLUMN mark UUID NOT NULL DEFAULT '{'0' * 32}';",
    ):
        assert line in made["0002_add_tags.sql"], line
    made = await project.becomes(spec(AUTHORS))
    assert "DROP TABLE books_tags, tags, books;" in made[max(made)]


async def test_every_spec_can_follow_nothing_and_be_followed(project: Project) -> None:
    asked = ["postgresql", "accounts"]
    wanted = ProjectSpec.model_validate(
        SPECS["everything"] | {"language": "rust", "name": "library", "features": asked}
    )
    simple = entity("Zebra", "zebras", [field(f"a_{kind}", kind) for kind in TYPES])
    await project.becomes(spec(simple, features=asked))
    await project.becomes(wanted)
    assert len(await project.becomes(spec(simple, features=asked))) == 3


async def test_a_project_that_asked_before_there_was_postgresql_gets_its_tables(
    project: Project,
) -> None:
    await project.becomes(spec(AUTHORS, features=[]))
    project.asked_for("postgresql")
    made = await project.becomes(spec(AUTHORS))
    assert list(made) == ["0001_initial.sql"]
    assert "CREATE TABLE authors" in made["0001_initial.sql"]
    assert NOT_MOVED in project.render.notes
    assert list(await project.becomes(spec(AUTHORS, books()))) == [*made, "0002_add_books.sql"]


async def test_a_missing_step_of_postgresql_can_be_written_by_hand(
    project: Project, engine: GeneratorEngine, tmp_path: Path
) -> None:
    other = Project(engine, tmp_path / "other")
    await other.becomes(spec(AUTHORS))
    step = (await other.becomes(spec(AUTHORS, books())))["0002_add_books.sql"]
    await project.becomes(spec(AUTHORS))
    await project.becomes(spec(AUTHORS, books(), features=[]))
    by_hand = project.root / POSTGRESQL / "0002_add_books.sql"
    by_hand.write_text(step)
    made = await project.becomes(spec(AUTHORS, books(), entity("Tag", "tags", [field("name")])))
    assert list(made) == ["0001_initial.sql", "0003_add_tags.sql"]
    assert "books" not in made["0003_add_tags.sql"]
    assert by_hand.read_text() == step


async def test_what_a_service_on_sqlite_had_is_not_lost_silently(project: Project) -> None:
    """An old setting is refused, and the volume of SQLite's file is not PostgreSQL's."""
    await project.becomes(spec(AUTHORS, features=["postgresql", "compose"]))
    refused = '"DATABASE_PATH is now DATABASE_URL=sqlite:<path>"'
    assert refused in project.files["src/config.rs"]
    assert '("DATABASE_PATH", "other.db"),' in project.files["tests/api/config.rs"]
    compose = yaml.safe_load(project.files["compose.yaml"])
    assert list(compose["volumes"]) == ["database"]
    assert compose["services"]["database"]["volumes"] == ["database:/var/lib/postgresql"]


async def test_rows_to_try_it_with_are_added_once(project: Project) -> None:
    await project.becomes(spec(AUTHORS))
    seeds = project.files["src/api/seeds.rs"]
    assert seeds.index("pg_advisory_xact_lock") < seeds.index("is_empty(")
    tested = "async fn of_two_who_fill_it_at_once_one_does()"
    assert tested in project.files["tests/api/seeds.rs"]


async def test_postgresql_may_come_before_the_first_table(project: Project) -> None:
    assert await project.becomes(spec(features=[])) == {}
    assert await project.becomes(spec()) == {}
    assert f"{POSTGRESQL}/README.md" in project.files
    assert "src/store/sql.rs" not in project.files
    assert list(await project.becomes(spec(AUTHORS))) == ["0001_add_authors.sql"]


async def test_the_address_chooses_and_tests_and_compose_know_of_it(project: Project) -> None:
    await project.becomes(spec(AUTHORS, features=["postgresql", "accounts", "compose", "ci"]))
    files = project.files
    assert "DATABASE_URL=sqlite:library.db" in files[".env.example"]
    told = {path for path, text in files.items() if "DATABASE_PATH" in text}
    assert told == {"src/config.rs", "tests/api/config.rs"}
    services = yaml.safe_load(files["compose.yaml"])["services"]
    assert "@database:5432/" in services["app"]["environment"]["DATABASE_URL"]
    assert services["database"]["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_")
    assert "volumes" not in services["app"]
    assert "TEST_DATABASE_URL" in files[".github/workflows/ci.yml"]
    assert project.render.provides["feature:postgresql"]


async def test_only_those_who_ask_for_postgresql_compile_its_driver(
    engine: GeneratorEngine,
) -> None:
    priced = entity("Ware", "wares", [field("price", "decimal")])
    for features, needed in (([], set()), (["postgresql"], {"postgres", "rust_decimal"})):
        render = await engine.render(spec(priced, features=features), None)
        files = {file.path: file.content for file in render.files}
        asked = tomllib.loads(files["Cargo.toml"])["dependencies"]["sqlx"]["features"]
        assert {"postgres", "rust_decimal"} & set(asked) == needed
        told = any("postgres" in text.lower() for text in files.values())
        assert told == bool(features)


async def test_words_of_postgresql_are_quoted_and_its_types_left_alone(project: Project) -> None:
    words = entity("Fetch", "fetch", [field("user", unique=True), field("only"), field("array")])
    made = await project.becomes(spec(words, entity("Transaction", "transactions", [field("to")])))
    assert 'CREATE TABLE "fetch" (' in made["0001_initial.sql"]
    assert 'CONSTRAINT fetch_user_key UNIQUE ("user")' in made["0001_initial.sql"]
    assert 'SELECT id, "user", "only", "array",' in project.files["src/store/fetch.rs"]
    assert "pub struct TransactionRecord {" in project.files["src/store/transactions.rs"]


@pytest.mark.parametrize(
    "sentence",
    [
        "a Rust API for books with a title, stored in PostgreSQL",
        "an axum service for invoices with postgres",
    ],
)
def test_a_sentence_gets_postgresql_in_rust(engine: GeneratorEngine, sentence: str) -> None:
    offered = engine.features("rust", "rest_api")
    kinds = {"rust": frozenset({"rest_api", "cli", "library"})}
    core = IntelligenceCore(GenerationSettings(), Supported(kinds, {"rust": offered}))
    made = core.analyze_requirements(sentence)
    assert (made.language, made.archetype) == ("rust", "rest_api")
    assert "postgresql" in made.features
    chosen = {part.part: part.choice for part in core.select_tech_stack(made, None).choices}
    assert chosen["database"] == "postgresql"


@pytest.mark.parametrize("entities", [(), (AUTHORS,)], ids=["nothing", "authors"])
async def test_what_is_stored_decides_which_names_are_brought_in(
    project: Project, entities: tuple[dict[str, object], ...]
) -> None:
    """A variant that is called as a type of a crate is no use of it."""
    await project.becomes(spec(*entities))
    brought, _, code = project.files["src/store/database.rs"].partition("static ")
    assert "Sqlite(S)," in code
    assert ("Sqlite," in brought) == bool(entities)
    assert ("Transaction<'static, Sqlite>" in code) == bool(entities)
