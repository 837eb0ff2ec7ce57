"""Go: rows outlive the changes of a spec. The SQL that is generated runs on a real SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, TYPES, entity, field
from server.generator.sqlite_library import (
    AUTHOR,
    AUTHORS,
    EDITOR,
    TAGS,
    Library,
    books,
    migrate,
)

pytestmark = pytest.mark.anyio

FOLDER = "internal/store/migrations"
MOMENT = 1_767_322_000_000_000


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "library", "language": "go", "entities": list(entities), **more}
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path, GoPack(), FOLDER, MOMENT)


async def test_rows_outlive_entities_fields_and_relations_that_come_and_go(
    library: Library,
) -> None:
    await library.becomes(spec(AUTHORS, books(field("pages", "integer", minimum=1))))
    assert library.migrations == ["0001_initial.sql"]
    for number, name in enumerate(("Ada", "Bo", "Cy"), 1):
        library.insert("authors", id=number, name=name)
        library.insert("books", id=number, title=f"By {name}", pages=10 * number, author_id=number)
    library.query("DELETE FROM books WHERE id = 3")
    more = [
        field("pages", "integer", minimum=1),
        field("stars", "integer", minimum=1, maximum=5, default=4),
        field("price", "decimal", minimum=0.5),
        field("printed", "date"),
        field("read_at", "datetime"),
        field("hint", "text", required=False),
        field("kind", "enum", values=["novel", "poem"]),
        field("said", default='it\'s "so"', maximum=20),
    ]
    tags = entity("Tag", "tags", [field("name", unique=True)])
    await library.becomes(spec(AUTHORS, books(*more, relations=(AUTHOR, EDITOR, TAGS)), tags))
    assert library.migrations == ["0001_initial.sql", "0002_add_tags.sql"]
    assert library.render.notes == []
    columns = "id, title, pages, author_id, stars, price, printed, read_at, hint, kind, said"
    assert library.query(f"SELECT {columns}, editor_id FROM books ORDER BY id") == [
        (1, "By Ada", 10, 1, 4, 5000, "1970-01-01", 0, None, "novel", 'it\'s "so"', None),
        (2, "By Bo", 20, 2, 4, 5000, "1970-01-01", 0, None, "novel", 'it\'s "so"', None),
    ]
    # Numbers of rows that were deleted are not given again.
    library.query(
        "INSERT INTO books (title, pages, author_id, stars, price, printed, read_at, kind, said, "
        "created_at, updated_at) VALUES ('New', 1, 1, 1, 0, '', 0, 'poem', '', 0, 0)"
    )
    assert library.query("SELECT max(id) FROM books") == [(4,)]
    library.insert("tags", id=1, name="old")
    library.query("INSERT INTO books_tags (book_id, tag_id) VALUES (1, 1)")
    library.query("UPDATE books SET editor_id = 2")
    await library.becomes(
        spec(AUTHORS | {"fields": [field("name"), field("born", "date", required=False)]},
             books(relations=(EDITOR, TAGS)), tags)
    )  # fmt: skip
    assert library.migrations[2:] == ["0003_change_authors.sql"]
    assert "Migration 0003 removes books.pages" in " ".join(library.render.notes)
    assert library.query("SELECT id, title, editor_id FROM books ORDER BY id")[0] == (
        1,
        "By Ada",
        2,
    )
    assert library.query("SELECT * FROM books_tags") == [(1, 1)]
    assert [name for (name,) in library.query("SELECT name FROM authors")] == ["Ada", "Bo", "Cy"]
    library.query("DELETE FROM authors WHERE id = 2")
    assert library.query("SELECT DISTINCT editor_id FROM books") == [(None,)]
    await library.becomes(spec(AUTHORS))
    assert library.query("SELECT count(*) FROM authors") == [(2,)]


async def test_fields_that_may_be_empty_are_added_where_the_table_is(library: Library) -> None:
    await library.becomes(spec(AUTHORS, books()))
    await library.becomes(
        spec(AUTHORS, books(field("hint", required=False), relations=(AUTHOR, EDITOR)))
    )
    text = (library.root / FOLDER / library.migrations[-1]).read_text("utf-8")
    assert text == (
        "-- Change books.\n\n"
        "ALTER TABLE books ADD COLUMN hint TEXT;\n\n"
        "ALTER TABLE books ADD COLUMN editor_id INTEGER REFERENCES authors (id) "
        "ON DELETE SET NULL;\n\n"
        "CREATE INDEX books_editor_id_index ON books (editor_id);\n"
    )


async def test_a_migration_stops_where_rows_lack_what_must_be_there(library: Library) -> None:
    await library.becomes(spec(AUTHORS, books(field("isbn", required=False))))
    library.insert("authors", id=1, name="Ada")
    library.insert("books", id=1, title="First", author_id=1)
    with pytest.raises(sqlite3.IntegrityError, match="isbn"):
        await library.becomes(spec(AUTHORS, books(field("isbn", unique=True))))
    assert library.query("SELECT id, title, isbn FROM books") == [(1, "First", None)]
    assert "looks at the rows there are first" in " ".join(library.render.notes)
    library.query("UPDATE books SET isbn = 'x'")
    migrate(library.place, library.root / FOLDER)
    assert library.query("SELECT id, title, isbn FROM books") == [(1, "First", "x")]


async def test_nothing_changed_makes_no_migration(library: Library) -> None:
    await library.becomes(spec(AUTHORS, books()))
    await library.becomes(spec(AUTHORS, books(), title="Another"))
    kinds = [field("kind", "enum", values=["a", "b"])]
    await library.becomes(spec(AUTHORS | {"fields": [*kinds, field("name", unique=True)]}, books()))
    await library.becomes(
        spec(
            AUTHORS | {"fields": [field("kind", "enum", values=["a"]), field("name", unique=True)]},
            books(),
        )
    )
    assert library.migrations == ["0001_initial.sql", "0002_change_authors.sql"]
    assert "authors.kind can no longer be b" in library.render.notes[0]


async def test_a_migration_follows_those_of_the_user(library: Library) -> None:
    await library.becomes(spec(AUTHORS, books()))
    own = library.root / FOLDER / "0007_mine.sql"
    own.write_text("UPDATE books SET title = trim(title);\n", "utf-8")
    await library.becomes(
        spec(AUTHORS, books(field("hint", required=False)), entity("Tag", "books_new", []))
    )
    assert library.migrations[1:] == ["0007_mine.sql", "0008_add_books_new.sql"]


async def test_values_of_another_kind_are_refused(library: Library) -> None:
    await library.becomes(spec(AUTHORS, books(field("pages", "integer"))))
    with pytest.raises(UnsupportedError, match=r"Book\.pages"):
        await library.becomes(spec(AUTHORS, books(field("pages", "date"))))


@pytest.mark.parametrize("name", ["blog", "everything"])
async def test_every_spec_can_follow_nothing_and_be_followed(library: Library, name: str) -> None:
    data = SPECS[name] | {"language": "go", "name": "library"}
    asked = [f for f in SPECS[name].get("features", []) if f != "postgresql"]  # type: ignore[attr-defined]
    wanted = ProjectSpec.model_validate(data | {"features": asked})
    simple = entity("Zebra", "zebras", [field(f"a_{kind}", kind) for kind in TYPES])
    await library.becomes(spec(simple, features=asked))
    await library.becomes(wanted)
    for loose in (True, False):
        turned = wanted.model_copy(deep=True)
        for each in turned.entities:
            for one in each.fields:
                one.required, one.unique = not loose, False
        await library.becomes(turned)
    await library.becomes(spec(simple, features=asked))
    assert len(library.migrations) == 5
