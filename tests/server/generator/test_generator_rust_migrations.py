"""Rust: rows outlive the changes of a spec. The SQL that is made runs on a real SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.rust.pack import RustPack
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, TYPES, entity, field
from server.generator.rust_packages import OFFERED
from server.generator.sqlite_library import AUTHOR, AUTHORS, EDITOR, TAGS, Library, books

pytestmark = pytest.mark.anyio

MOMENT = "2026-01-02T03:04:05+00:00"


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "library", "language": "rust", "entities": list(entities), **more}
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path, RustPack(), "migrations", MOMENT)


@pytest.mark.parametrize(("archetype", "between"), [("rest_api", "T"), ("cli", " ")])
async def test_rows_outlive_entities_fields_and_relations_that_come_and_go(
    library: Library, archetype: str, between: str
) -> None:
    if archetype not in OFFERED:
        pytest.skip("offered once the validator has proven it")

    def wanted(*entities: dict[str, object]) -> ProjectSpec:
        return spec(*entities, archetype=archetype)

    await library.becomes(wanted(AUTHORS, books(field("pages", "integer", minimum=1))))
    for number, name in enumerate(("Ada", "Bo"), 1):
        library.insert("authors", id=number, name=name)
        library.insert("books", id=number, title=f"By {name}", pages=10 * number, author_id=number)
    more = [
        field("pages", "integer", minimum=1),
        field("price", "decimal", minimum=0.5),
        field("read_at", "datetime"),
        field("seen_at", "datetime", default="2026-01-01T12:00:00+02:00"),
        field("mark", "uuid"),
        field("kept", "boolean", default=True),
        field("kind", "enum", values=["novel", "poem"]),
    ]
    tags = entity("Tag", "tags", [field("name", unique=True)])
    await library.becomes(wanted(AUTHORS, books(*more, relations=(AUTHOR, EDITOR, TAGS)), tags))
    assert library.migrations == ["0001_initial.sql", "0002_add_tags.sql"]
    columns = "id, pages, price, read_at, seen_at, mark, kept, kind, editor_id"
    epoch, seen = (f"{day}{between}{time}+00:00" for day, time in (
        ("1970-01-01", "00:00:00"), ("2026-01-01", "10:00:00"),
    ))  # fmt: skip
    assert library.query(f"SELECT {columns} FROM books ORDER BY id") == [
        (1, 10, 5000, epoch, seen, bytes(16), 1, "novel", None),
        (2, 20, 5000, epoch, seen, bytes(16), 1, "novel", None),
    ]
    library.insert("tags", id=1, name="old")
    library.query("INSERT INTO books_tags (book_id, tag_id) VALUES (1, 1)")
    await library.becomes(
        wanted(AUTHORS | {"fields": [field("name")]}, books(relations=(EDITOR, TAGS)), tags)
    )
    assert library.migrations[2:] == ["0003_change_authors.sql"]
    assert "Migration 0003 removes books.pages" in " ".join(library.render.notes)
    assert library.query("SELECT * FROM books_tags") == [(1, 1)]
    await library.becomes(wanted(AUTHORS))
    assert library.query("SELECT count(*) FROM authors") == [(2,)]


async def test_a_migration_stops_where_rows_lack_what_must_be_there(library: Library) -> None:
    await library.becomes(spec(AUTHORS, books(field("isbn", required=False))))
    library.insert("authors", id=1, name="Ada")
    library.insert("books", id=1, title="First", author_id=1)
    with pytest.raises(sqlite3.IntegrityError, match="isbn"):
        await library.becomes(spec(AUTHORS, books(field("isbn", unique=True))))
    with pytest.raises(UnsupportedError, match=r"Book\.isbn"):
        await library.becomes(spec(AUTHORS, books(field("isbn", "date"))))


@pytest.mark.parametrize(
    ("archetype", "name"), [("rest_api", "blog"), ("rest_api", "everything"), ("cli", "everything")]
)
async def test_every_spec_can_follow_another(library: Library, archetype: str, name: str) -> None:
    if archetype not in OFFERED:
        pytest.skip("offered once the validator has proven it")
    asked = [] if archetype == "cli" else SPECS[name].get("features", [])
    assert isinstance(asked, list)
    more = {"archetype": archetype, "features": [f for f in asked if f != "postgresql"]}
    simple = spec(entity("Zebra", "zebras", [field(f"a_{kind}", kind) for kind in TYPES]), **more)
    wanted = {**SPECS[name], "language": "rust", "name": "library", **more}
    await library.becomes(simple)
    await library.becomes(ProjectSpec.model_validate(wanted))
    await library.becomes(simple)
    assert len(library.migrations) == 3
