"""Rows outlive the changes of a spec: generated migrations are run on a database with content."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sysconfig
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.models.generation import Earlier
from autonomous_coder.models.spec import ProjectSpec

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.live, pytest.mark.thorough]

OURS = Path(sysconfig.get_path("scripts"))
COMPARE = """
import asyncio, sys
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from app.database import Database
from app.models import Base

async def main():
    database = Database(sys.argv[1])
    async with database.engine.connect() as connection:
        print(await connection.run_sync(
            lambda c: compare_metadata(
                MigrationContext.configure(c, opts={"compare_type": True}), Base.metadata
            )
        ))
    await database.dispose()

asyncio.run(main())
"""
MOMENT = "2026-01-02 03:04:05.000000"
NAME: dict[str, Any] = {"name": "name", "unique": True}
TITLE: dict[str, Any] = {"name": "title"}
PAGES = {"name": "pages", "type": "integer", "minimum": 1}
AUTHOR = {"name": "author", "kind": "many_to_one", "target": "Author", "back_name": "books"}
EDITOR = {
    "name": "editor", "kind": "many_to_one", "target": "Author", "required": False,
    "on_delete": "set_null", "back_name": "edited",
}  # fmt: skip
TAGS = {"name": "tags", "kind": "many_to_many", "target": "Tag", "back_name": "books"}


def entity(
    name: str, plural: str, fields: list[dict[str, Any]], *relations: dict[str, Any]
) -> dict[str, Any]:
    return {"name": name, "plural": plural, "fields": fields, "relations": list(relations)}


def spec(*entities: dict[str, Any]) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "library", "entities": entities})


class Library:
    """A project with a database, generated and migrated again and again."""

    def __init__(self, engine: GeneratorEngine, root: Path) -> None:
        self.engine = engine
        self.root = root / "library"
        self.place = root / "library.db"
        self.venv = root / "venv"
        self.earlier: Earlier | None = None

    async def becomes(self, wanted: ProjectSpec) -> None:
        render = await self.engine.render(wanted, None, self.earlier)
        baseline = self.earlier.files if self.earlier else None
        await self.engine.write(render, self.root, baseline=baseline)
        files = {file.path: file.content for file in render.files}
        self.earlier = Earlier(spec=wanted, files=files, root=self.root)

    async def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        environment = {
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_PROJECT_ENVIRONMENT": str(self.venv),
            "DATABASE_URL": self.url,
            "PYTHONPATH": ".",
        }

        def work() -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                command, cwd=self.root, env=kept | environment, capture_output=True, text=True,
                check=False,
            )  # fmt: skip

        return await anyio.to_thread.run_sync(work)

    @property
    def url(self) -> str:
        return f"sqlite+aiosqlite:///{self.place}"

    async def install(self) -> None:
        done = await self.run(OURS / "uv", "sync", "--quiet")
        assert done.returncode == 0, done.stderr

    async def migrate(self, *where: str) -> None:
        done = await self.run(self.venv / "bin/alembic", *(where or ("upgrade", "head")))
        assert done.returncode == 0, done.stderr[-3000:]
        assert self.query("PRAGMA foreign_key_check") == []
        assert self.query("PRAGMA integrity_check") == [("ok",)]

    async def demand_same_tables(self) -> None:
        """The migrated tables are exactly those of the models."""
        done = await self.run(self.venv / "bin/python", "-c", COMPARE, self.url)
        assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stdout + done.stderr

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.place)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            found = connection.execute(sql, values).fetchall()
            connection.commit()
            return found

    def insert(self, table: str, **values: object) -> None:
        columns = {row[1] for row in self.query(f"PRAGMA table_info({table})")}
        stamps = {"created_at": MOMENT, "updated_at": MOMENT}
        row: Mapping[str, object] = {k: v for k, v in stamps.items() if k in columns} | values
        marks = ", ".join("?" for _ in row)
        self.query(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())


async def test_rows_outlive_entities_fields_and_relations_that_come_and_go(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    library = Library(engine, tmp_path)
    await library.becomes(
        spec(
            entity("Author", "authors", [NAME]),
            entity("Book", "books", [TITLE, PAGES], AUTHOR),
        )
    )
    await library.install()
    await library.migrate()
    await library.demand_same_tables()
    for number, name in enumerate(("Ada", "Bo"), 1):
        library.insert("authors", id=number, name=name)
        library.insert("books", id=number, title=f"By {name}", pages=10 * number, author_id=number)
    stars = {"name": "stars", "type": "integer", "minimum": 1, "maximum": 5, "default": 4}
    price = {"name": "price", "type": "decimal", "minimum": 0}
    printed = {"name": "printed", "type": "date"}
    hint = {"name": "hint", "type": "text", "required": False}
    kind = {"name": "kind", "type": "enum", "values": ["novel", "poem"]}
    more = [TITLE, PAGES, stars, price, printed, hint, kind]
    await library.becomes(
        spec(
            entity("Author", "authors", [NAME]),
            entity("Book", "books", more, AUTHOR, EDITOR, TAGS),
            entity("Tag", "tags", [NAME]),
        )
    )
    await library.migrate()
    await library.demand_same_tables()
    assert library.query(
        "SELECT id, title, pages, author_id, stars, price, printed, hint, kind, editor_id "
        "FROM books ORDER BY id"
    ) == [
        (1, "By Ada", 10, 1, 4, 0, "1970-01-01", None, "novel", None),
        (2, "By Bo", 20, 2, 4, 0, "1970-01-01", None, "novel", None),
    ]
    library.insert("tags", id=1, name="old")
    [(link,)] = library.query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%tag_id%'"
    )
    library.query(f"INSERT INTO {link} (book_id, tag_id) VALUES (1, 1)")
    library.query("UPDATE books SET stars = 5, editor_id = 2, hint = 'x' WHERE id = 1")
    active = {"name": "active", "type": "boolean", "default": True}
    await library.becomes(
        spec(
            entity("Author", "authors", [NAME, active]),
            entity("Book", "books", [TITLE, stars, {**hint, "required": True}], EDITOR),
            entity("Shelf", "shelves", [TITLE]),
        )
    )
    await library.migrate()
    await library.demand_same_tables()
    kept = [(1, "By Ada", 5, "x", 2), (2, "By Bo", 4, "-", None)]
    books = "SELECT id, title, stars, hint, editor_id FROM books ORDER BY id"
    assert library.query(books) == kept
    assert library.query("SELECT name, active FROM authors ORDER BY id") == [("Ada", 1), ("Bo", 1)]
    assert library.query("SELECT count(*) FROM shelves") == [(0,)]
    code = {"name": "code", "unique": True}
    await library.becomes(spec(entity("Book", "books", [TITLE, stars, hint, code])))
    failed = await library.run(library.venv / "bin/alembic", "upgrade", "head")
    assert failed.returncode != 0
    assert "2 rows of books have no code" in failed.stderr
    assert library.query(books) == kept
    library.query("DELETE FROM books")
    await library.migrate()
    await library.demand_same_tables()
    await library.migrate("downgrade", "base")
    await library.migrate()
    await library.demand_same_tables()
