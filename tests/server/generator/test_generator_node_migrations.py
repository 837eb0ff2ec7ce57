"""TypeScript and JavaScript: rows outlive the changes of a spec. The SQL that is generated runs on
a real SQLite file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.models.generation import Earlier
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, TYPES, entity, field
from server.generator.proving import passed, proven
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

PACKS = {"typescript": TypeScriptPack, "javascript": JavaScriptPack}
MOMENT = "2026-01-02T03:04:05.000Z"
EPOCH = "1970-01-01T00:00:00.000Z"


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "library", "language": "typescript", "entities": list(entities), **more}
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path, TypeScriptPack(), "migrations", MOMENT)


async def test_rows_outlive_entities_fields_and_relations_that_come_and_go(
    library: Library,
) -> None:
    await library.becomes(spec(AUTHORS, books(field("pages", "integer", minimum=1))))
    assert library.migrations == ["0001_initial.sql"]
    for number, name in enumerate(("Ada", "Bo"), 1):
        library.insert("authors", id=number, name=name)
        library.insert("books", id=number, title=f"By {name}", pages=10 * number, author_id=number)
    more = [
        field("pages", "integer", minimum=1),
        field("price", "decimal", minimum=0.5),
        field("printed", "date"),
        field("read_at", "datetime"),
        field("seen_at", "datetime", default="2026-01-01T12:00:00+02:00"),
        field("kept", "boolean", default=True),
        field("kind", "enum", values=["novel", "poem"]),
        field("said", default='it\'s "so"', maximum=20),
    ]
    tags = entity("Tag", "tags", [field("name", unique=True)])
    await library.becomes(spec(AUTHORS, books(*more, relations=(AUTHOR, EDITOR, TAGS)), tags))
    assert library.migrations == ["0001_initial.sql", "0002_add_tags.sql"]
    columns = "id, pages, price, printed, read_at, seen_at, kept, kind, said, editor_id"
    assert library.query(f"SELECT {columns} FROM books ORDER BY id") == [
        (1, 10, 5000, "1970-01-01", EPOCH, "2026-01-01T10:00:00.000Z", 1, "novel", 'it\'s "so"',
         None),
        (2, 20, 5000, "1970-01-01", EPOCH, "2026-01-01T10:00:00.000Z", 1, "novel", 'it\'s "so"',
         None),
    ]  # fmt: skip
    library.insert("tags", id=1, name="old")
    library.query("INSERT INTO books_tags (book_id, tag_id) VALUES (1, 1)")
    library.query("UPDATE books SET editor_id = 2")
    await library.becomes(
        spec(AUTHORS | {"fields": [field("name")]}, books(relations=(EDITOR, TAGS)), tags)
    )
    assert library.migrations[2:] == ["0003_change_authors.sql"]
    assert "Migration 0003 removes books.pages" in " ".join(library.render.notes)
    assert library.query("SELECT * FROM books_tags") == [(1, 1)]
    library.query("DELETE FROM authors WHERE id = 2")
    assert library.query("SELECT DISTINCT editor_id FROM books") == [(None,)]
    await library.becomes(spec(AUTHORS, title="The same tables but for those of books"))
    await library.becomes(spec(AUTHORS, title="The same tables"))
    assert library.query("SELECT count(*) FROM authors") == [(1,)]
    assert len(library.migrations) == 4


async def test_tables_follow_none(library: Library) -> None:
    await library.becomes(spec())
    assert library.migrations == []
    await library.becomes(spec(AUTHORS))
    assert library.migrations == ["0001_add_authors.sql"]


async def test_a_migration_stops_where_rows_lack_what_must_be_there(library: Library) -> None:
    await library.becomes(spec(AUTHORS, books(field("isbn", required=False))))
    library.insert("authors", id=1, name="Ada")
    library.insert("books", id=1, title="First", author_id=1)
    with pytest.raises(sqlite3.IntegrityError, match="isbn"):
        await library.becomes(spec(AUTHORS, books(field("isbn", unique=True))))
    library.query("UPDATE books SET isbn = 'x'")
    migrate(library.place, library.root / "migrations")
    assert library.query("SELECT id, title, isbn FROM books") == [(1, "First", "x")]
    with pytest.raises(UnsupportedError, match=r"Book\.isbn"):
        await library.becomes(spec(AUTHORS, books(field("isbn", "date"))))


@pytest.mark.parametrize(
    ("language", "archetype", "name"),
    [
        ("typescript", "rest_api", "blog"),
        ("javascript", "cli", "everything"),
        ("typescript", "worker", "inventory"),
    ],
)
async def test_every_spec_can_follow_nothing_and_be_followed(
    tmp_path: Path, language: str, archetype: str, name: str
) -> None:
    library = Library(tmp_path, PACKS[language](), "migrations", MOMENT)
    asked = ["accounts"] if archetype == "rest_api" else []
    kind: dict[str, object] = {
        "name": "library", "language": language, "archetype": archetype, "features": asked,
    }  # fmt: skip
    wanted = ProjectSpec.model_validate(SPECS[name] | kind)
    simple = entity("Zebra", "zebras", [field(f"a_{kind}", kind) for kind in TYPES])
    await library.becomes(ProjectSpec.model_validate({**kind, "entities": [simple]}))
    await library.becomes(wanted)
    for loose in (True, False):
        turned = wanted.model_copy(deep=True)
        for each in turned.entities:
            for one in each.fields:
                one.required, one.unique = not loose, False
        await library.becomes(turned)
    await library.becomes(ProjectSpec.model_validate({**kind, "entities": [simple]}))
    assert len(library.migrations) == 5


async def test_the_api_behind_pages_keeps_its_rows(library: Library) -> None:
    wanted = spec(AUTHORS, archetype="web_app")
    render = await library.engine.render(wanted, None)
    files = {file.path: file.content for file in render.files}
    await library.engine.write(render, library.root, baseline=None)
    earlier = Earlier(spec=wanted, files=files, root=library.root)
    render = await library.engine.render(spec(AUTHORS, books(), archetype="web_app"), None, earlier)
    made = sorted(f.path for f in render.files if f.path.endswith(".sql"))
    assert made == ["api/migrations/0001_initial.sql", "api/migrations/0002_add_books.sql"]
    assert next(f.content for f in render.files if f.path == made[0]) == files[made[0]]


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    ("language", "archetype"),
    [
        ("typescript", "rest_api"),
        ("javascript", "rest_api"),
        ("javascript", "cli"),
        ("typescript", "mcp_server"),
    ],
)
async def test_a_project_whose_spec_has_changed_passes_every_check(
    tmp_path: Path, language: str, archetype: str
) -> None:
    def of(*entities: dict[str, object]) -> ProjectSpec:
        asked = ["accounts"] if archetype == "rest_api" else []
        kind = {"language": language, "archetype": archetype, "features": asked}
        return spec(*entities, **kind)

    changed = [field("price", "decimal"), field("kind", "enum", values=["novel", "poem"])]
    tags = entity("Tag", "tags", [field("name", unique=True)])
    before = of(AUTHORS, books(field("pages", "integer")))
    now = of(AUTHORS, books(*changed, relations=(AUTHOR, EDITOR, TAGS)), tags)
    report = await proven(now, tmp_path, before)
    assert {"dependencies", "build", "lint", "tests", "format"} - passed(report) <= {"build"}
