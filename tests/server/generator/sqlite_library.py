"""A project with a SQLite database that is generated again and again: its migrations run for real,
and must lead to the tables that a new project has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.generator.pack import Pack
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import TEMPLATES, entity, field, link

AUTHOR = link("author", "Author", back_name="books")
EDITOR = link("editor", "Author", required=False, on_delete="set_null")
TAGS = link("tags", "Tag", "many_to_many", back_name="books")
AUTHORS = entity("Author", "authors", [field("name", unique=True)])


def books(*more: object, relations: tuple[dict[str, object], ...] = (AUTHOR,)) -> dict[str, object]:
    """The entity whose table changes."""
    fields = [f for f in more if isinstance(f, dict)]
    return entity("Book", "books", [field("title"), *fields], *relations)


async def leave_files(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


class Library:
    """The project. `moment` is what its rows have for times."""

    def __init__(self, root: Path, pack: Pack, folder: str, moment: object) -> None:
        self.engine = GeneratorEngine(TEMPLATES, {pack.language: pack}, leave_files)
        self.folder, self.moment = folder, moment
        self.root = root / "library"
        self.place = root / "library.db"
        self.earlier: Earlier | None = None
        self.render = Render(files=[])

    async def becomes(self, wanted: ProjectSpec) -> None:
        """Generate the project again, and bring the database up to date."""
        self.render = await self.engine.render(wanted, None, self.earlier)
        baseline = self.earlier.files if self.earlier else None
        await self.engine.write(self.render, self.root, baseline=baseline)
        files = {file.path: file.content for file in self.render.files}
        self.earlier = Earlier(spec=wanted, files=files, root=self.root)
        migrate(self.place, self.root / self.folder)
        fresh = await self.engine.render(wanted, None)
        place = self.place.with_suffix(".fresh")
        place.unlink(missing_ok=True)
        with closing(sqlite3.connect(place)) as connection:
            connection.executescript(self.first_of(fresh))
        assert shape(self.place) == shape(place)

    def first_of(self, render: Render) -> str:
        """The first migration, where there is one."""
        path = f"{self.folder}/0001_initial.sql"
        return next((f.content for f in render.files if f.path == path), "")

    @property
    def migrations(self) -> list[str]:
        """Their names, in order."""
        return sorted(path.name for path in (self.root / self.folder).glob("*.sql"))

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What is found; foreign keys are checked."""
        with closing(sqlite3.connect(self.place)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            found = connection.execute(sql, values).fetchall()
            connection.commit()
            return found

    def insert(self, table: str, **values: object) -> None:
        """Put a row into a table."""
        row = {"created_at": self.moment, "updated_at": self.moment} | values
        marks = ", ".join("?" for _ in row)
        self.query(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())


def migrate(place: Path, folder: Path) -> None:
    """What the generated program does when it opens its database."""
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY)")
        connection.execute("PRAGMA foreign_keys = OFF")
        done = {name for (name,) in connection.execute("SELECT name FROM schema_migrations")}
        for path in sorted(folder.glob("*.sql")):
            if path.name in done:
                continue
            try:
                connection.executescript(f"BEGIN IMMEDIATE;\n{path.read_text('utf-8')}")
                assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("INSERT INTO schema_migrations VALUES (?)", [path.name])
            connection.execute("COMMIT")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def shape(place: Path) -> dict[str, object]:
    """All that SQLite knows of the tables, the order of columns apart."""
    with closing(sqlite3.connect(place)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
            "AND name != 'schema_migrations'"
        ).fetchall()
        return {name: list(_facts(connection, name)) for (name,) in names}


def _facts(connection: sqlite3.Connection, table: str) -> Iterator[object]:
    yield sorted(row[1:] for row in connection.execute(f"PRAGMA table_info('{table}')"))
    keys = connection.execute(f"PRAGMA foreign_key_list('{table}')")
    yield sorted((row[2], row[3], row[4], row[6]) for row in keys)
    indexes = []
    for _, name, unique, origin, _ in connection.execute(f"PRAGMA index_list('{table}')"):
        columns = [row[2] for row in connection.execute(f"PRAGMA index_info('{name}')")]
        indexes.append(("" if origin != "c" else name, unique, origin, columns))
    yield sorted(indexes)
