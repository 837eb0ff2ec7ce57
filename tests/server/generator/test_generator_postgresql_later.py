"""PostgreSQL that a service on SQLite gets later, loses, and gets again: it goes on with what is
there, and says what it does not do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.generator.pack import Pack
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.postgresql_beside import NOT_MOVED
from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.languages.java.pack import JavaPack
from autonomous_coder.languages.rust.pack import RustPack
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import TEMPLATES
from server.generator.sqlite_library import AUTHORS, books, leave_files

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Kind:
    """Where a language keeps its migrations, and what it calls them."""

    pack: Pack
    sqlite: str
    postgresql: str
    first: str
    second: str


KINDS = {
    "go": Kind(
        GoPack(),
        "internal/store/migrations",
        "internal/store/migrations/postgresql",
        "0001_initial.sql",
        "0002_add_books.sql",
    ),
    "rust": Kind(
        RustPack(),
        "migrations",
        "migrations/postgresql",
        "0001_initial.sql",
        "0002_add_books.sql",
    ),
    "java": Kind(
        JavaPack(),
        "src/main/resources/db/migration",
        "src/main/resources/db/postgresql",
        "V1__initial.sql",
        "V2__add_books.sql",
    ),
}


class Project:
    """A project that is generated again and again."""

    def __init__(self, language: str, root: Path) -> None:
        self.kind = KINDS[language]
        self.root = root / "library"
        self.render = Render(files=[])
        self._language = language
        self._engine = GeneratorEngine(TEMPLATES, {language: self.kind.pack}, leave_files)
        self._earlier: Earlier | None = None

    async def becomes(self, *entities: dict[str, object], postgresql: bool) -> dict[str, str]:
        """Generate it; its migrations for PostgreSQL by the names of their files."""
        wanted = ProjectSpec.model_validate(
            {
                "name": "library",
                "language": self._language,
                "entities": entities,
                "features": ["postgresql"] * postgresql,
            }
        )
        self.render = await self._engine.render(wanted, None, self._earlier)
        baseline = self._earlier.files if self._earlier else None
        await self._engine.write(self.render, self.root, baseline=baseline)
        files = {file.path: file.content for file in self.render.files}
        self._earlier = Earlier(spec=wanted, files=files, root=self.root)
        return self.scripts(self.kind.postgresql)

    def scripts(self, folder: str) -> dict[str, str]:
        files = {Path(file.path): file.content for file in self.render.files}
        here = {path.name: text for path, text in files.items() if str(path.parent) == folder}
        return {name: text for name, text in here.items() if name.endswith(".sql")}


@pytest.fixture(params=list(KINDS))
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    return Project(request.param, tmp_path)


async def test_postgresql_that_comes_later_begins_with_the_tables_of_then(
    project: Project,
) -> None:
    kind = project.kind
    assert await project.becomes(AUTHORS, postgresql=False) == {}
    made = await project.becomes(AUTHORS, books(), postgresql=True)
    assert list(made) == [kind.second]
    assert "CREATE TABLE authors" in made[kind.second]
    assert {kind.first, kind.second} <= project.scripts(kind.sqlite).keys()
    assert NOT_MOVED in project.render.notes
    made = await project.becomes(AUTHORS, postgresql=True)
    assert "DROP TABLE books;" in made[max(made)]
    assert NOT_MOVED not in project.render.notes


async def test_postgresql_that_comes_again_goes_on_where_it_was(project: Project) -> None:
    first = await project.becomes(AUTHORS, postgresql=True)
    await project.becomes(AUTHORS, postgresql=False)
    assert await project.becomes(AUTHORS, postgresql=True) == first
    await project.becomes(AUTHORS, postgresql=False)
    made = await project.becomes(AUTHORS, books(), postgresql=True)
    assert made.items() > first.items()
    assert "CREATE TABLE books" in made[project.kind.second]
    assert "CREATE TABLE authors" not in made[project.kind.second]


async def test_postgresql_does_not_come_again_to_tables_that_changed_meanwhile(
    project: Project,
) -> None:
    kind = project.kind
    first = await project.becomes(AUTHORS, postgresql=True)
    await project.becomes(AUTHORS, books(), postgresql=False)
    with pytest.raises(UnsupportedError) as refused:
        await project.becomes(AUTHORS, books(), postgresql=True)
    assert f"{kind.postgresql}/{kind.second}" in refused.value.hint
    for name in first:
        (project.root / kind.postgresql / name).unlink()
    made = await project.becomes(AUTHORS, books(), postgresql=True)
    assert "CREATE TABLE authors" in made[kind.second]
    on_disk = [path.name for path in (project.root / kind.postgresql).glob("*.sql")]
    assert on_disk == [kind.second]


async def test_a_migration_written_by_hand_for_postgresql_is_not_overtaken(
    project: Project,
) -> None:
    kind = project.kind
    await project.becomes(AUTHORS, postgresql=True)
    by_hand = kind.second.replace("2", "7").replace("books", "index")
    (project.root / kind.postgresql / by_hand).write_text("CREATE INDEX late ON authors (name);\n")
    made = await project.becomes(AUTHORS, books(), postgresql=True)
    assert list(made) == [kind.first, kind.second.replace("2", "8")]
