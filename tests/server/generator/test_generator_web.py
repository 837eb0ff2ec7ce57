"""Web applications in Python: which pages there are, what they may show, and that they are
proven."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import (
    AWKWARD,
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TYPES,
    entity,
    field,
    link,
)
from server.generator.proving import passed, proven

pytestmark = pytest.mark.anyio

SHELF = [
    entity(
        "Book",
        "books",
        [
            field("title"),
            field("genre", "enum", values=["novel", "essay"], default="novel"),
            *(field(f"a_{kind}", kind, required=False) for kind in TYPES),
        ],
        link("author", "Author", back_name="books"),
        link("readers", "Reader", "many_to_many"),
        access="owner_write",
        description="What can be read.",
    ),
    entity("Author", "authors", [field("first_name"), field("last_name")], access="shared"),
    entity("Reader", "readers", [field("email", "email", unique=True)], access="private"),
    entity("Loan", "loans", [field("due", "date")], link("book", "Book", on_delete="restrict")),
]


def web(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "archetype": "web_app", **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


@pytest.mark.parametrize("name", ["empty", "people", "tricky", "everything"])
async def test_a_spec_becomes_pages_whose_tests_prove_all_of_it(
    plain_engine: GeneratorEngine, name: str
) -> None:
    spec = ProjectSpec.model_validate(SPECS[name] | {"archetype": "web_app"})
    spec = spec.model_copy(update={"features": [*spec.features, "charts"]})
    render = await plain_engine.render(spec, None)
    for path, content in texts(render).items():
        if path.endswith(".py"):
            compile(content, path, "exec")
        assert "TODO" not in content
        assert "type: ignore" not in content
    accounts = "feature:accounts" in render.provides
    for thing in spec.entities:
        if accounts and thing.name == "User":
            continue
        assert render.provides[f"entity:{thing.name}"]
        for one in thing.fields:
            proof = render.provides[f"field:{thing.name}.{one.name}"]
            assert proof, one.name
        for relation in thing.relations:
            assert render.provides[f"relation:{thing.name}.{relation.name}"], relation.name
    for name in ("archetype:web_app", "feature:frontend", "feature:charts", "feature:health"):
        assert render.provides[name], name


async def test_each_field_has_the_input_that_suits_it(plain_engine: GeneratorEngine) -> None:
    spec = web(features=["accounts"], entities=SHELF)
    books = texts(await plain_engine.render(spec, None))["app/routers/books.py"]
    for wanted in (
        "forms.Input('title', 'Title', sortable=True, limits={'maxlength': 255})",
        "'choice', sortable=True, filter='genre', options=(forms.Option('novel', 'Novel'), ",
        "forms.Input('a_text', 'A text', 'textarea', required=False",
        "forms.Input('a_boolean', 'A boolean', 'answer', required=False",
        "forms.Input('a_date', 'A date', 'date', required=False",
        "forms.Input('a_datetime', 'A datetime', 'datetime', required=False",
        "forms.Input('a_url', 'A url', 'url', required=False",
        "'number', required=False, sortable=True, limits={'step': '0.0001'}",
        "forms.Input('author_id', 'Author', 'one', filter='author_id', path='/authors')",
        "forms.Input('reader_ids', 'Readers', 'many', required=False, filter='reader_id', ",
    ):
        assert wanted in books, wanted


async def test_names_of_rows_are_only_shown_to_those_who_may_see_them(
    plain_engine: GeneratorEngine,
) -> None:
    files = texts(await plain_engine.render(web(features=["accounts"], entities=SHELF), None))
    books, authors = files["app/routers/books.py"], files["app/models/authors.py"]
    assert books.count("Reader.owner_id == (user.id if user else None)") == 2
    assert books.count("sa.true() if user else sa.false()") == 2
    assert 'return f"{self.first_name} {self.last_name}"' in authors
    assert 'return self.email.partition("@")[0]' in files["app/models/auth.py"]
    alone = texts(await plain_engine.render(web(entities=SHELF), None))["app/routers/books.py"]
    assert "user" not in alone


async def test_further_pages_are_written_once_and_belong_to_the_user(
    plain_engine: GeneratorEngine,
) -> None:
    spec = web(
        entities=[entity("Page", "pages", [field("title")])],
        pages=[
            {"name": "about", "title": "About {{ us }}", "description": HOSTILE_LINE},
            {"name": "home"},
            {"name": "pages"},
            {"name": "static"},
            {"name": "opening_hours"},
        ],
    )
    render = await plain_engine.render(spec, None)
    kept = {file.path for file in render.files if file.mode == "once"}
    assert kept >= {f"app/templates/pages/{name}.html" for name in ("about", "opening_hours")}
    home = texts(render)["app/routers/home.py"]
    assert 'path="/static-page"' in home
    assert 'path="/opening-hours"' in home
    assert "title='Opening hours'" in home
    assert 'path="/home"' not in home
    assert 'path="/pages"' not in home


async def test_awkward_names_stay_valid_code(plain_engine: GeneratorEngine) -> None:
    names = ("Form", "Kind", "Option", "Request", "Input", "Response", "Home", "Overview", "Static")
    spec = web(
        features=["accounts", "charts"],
        entities=[
            entity("Class", "class", [field(name, required=False) for name in AWKWARD]),
            *(
                entity(
                    name,
                    name.lower(),
                    [field("title", unique=True)],
                    link("form", "Form", required=False, back_name=f"of_{name.lower()}"),
                    access="private",
                )
                for name in names
            ),
        ],
    )
    render = await plain_engine.render(spec, None)
    for path, content in texts(render).items():
        if path.endswith(".py"):
            compile(content, path, "exec")
    assert "/overview-list" in texts(render)["app/routers/overview_.py"]


async def test_words_of_a_web_application_stay_words(plain_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        thing = entity("Thing", "things", [field("a", description=line)], description=line)
        spec = web(
            title=line,
            description=text,
            features=["accounts", "charts"],
            entities=[thing],
            pages=[{"name": "about", "title": line, "description": line}],
        )
        files = texts(await plain_engine.render(spec, None))
        tomllib.loads(files["pyproject.toml"])
        assert "<script>" not in files["README.md"].replace("\\<", "")
        return {
            path: _without_strings(content) if path.endswith(".py") else content
            for path, content in files.items()
            if not path.endswith((".md", ".toml"))
        }

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


def _without_strings(content: str) -> str:
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        web(pages=[{"name": "about", "title": "About us"}]),
        web(entities=[SHELF[1], SHELF[3] | {"relations": []}], features=["charts", "logging"]),
        web(entities=SHELF, features=["accounts", "charts", "license"]),
    ],
    ids=["empty", "small", "accounts"],
)
async def test_a_generated_web_application_passes_every_check(
    spec: ProjectSpec, tmp_path: Path
) -> None:
    report = await proven(spec, tmp_path)
    wanted = {"dependencies", "lint", "types", "tests", "start", "security", "format"}
    assert wanted <= passed(report)
