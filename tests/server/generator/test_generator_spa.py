"""A web application of two parts renders: pages in TypeScript, and an API in any language."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.node.pack_client import client_view
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.languages.python.pack import PythonPack
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Pin, Resolution
from server.generator.conftest import (
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TEMPLATES,
    TYPES,
    entity,
    field,
    link,
)

pytestmark = pytest.mark.anyio

BLOG = (
    entity(
        "Post",
        "posts",
        [field("title", unique=True), *(field(f"a_{kind}", kind) for kind in TYPES)],
        link("tags", "Tag", "many_to_many", back_name="posts"),
        link("author", "User"),
        access="owner_write",
    ),
    entity("Tag", "tags", [field("name", unique=True)], access="shared"),
    entity("User", "users", [field("nick")]),
)


async def unformatted(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    return files


@pytest.fixture(scope="module")
def engine() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, dict(PACKS), unformatted)


def app(*entities: dict[str, object], **more: object) -> ProjectSpec:
    kind = {"language": "typescript", "archetype": "web_app"}
    return ProjectSpec.model_validate({"name": "demo", "entities": list(entities), **kind, **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_both_parts_prove_each_entity_field_and_relation(engine: GeneratorEngine) -> None:
    spec = app(*BLOG, features=["accounts", "license"], pages=[{"name": "about"}])
    render = await engine.render(spec, None)
    for capability in (
        *("entity:Post", "field:Post.a_decimal", "relation:Post.tags", "relation:Post.author"),
        *("feature:accounts", "feature:search", "feature:pagination"),
    ):
        folders = {test.partition("/")[0] for test in render.provides[capability]}
        assert folders == {"api", "web"}, capability
    assert render.provides["page:about"] == ["web/tests/pages.test.tsx::the page /about is there"]
    assert render.provides["archetype:web_app"]
    assert render.start.count("cd api && ") == render.start.count("cd web && ") == 1


async def test_what_is_of_the_whole_stands_around_the_parts(engine: GeneratorEngine) -> None:
    files = texts(await engine.render(app(*BLOG, features=["accounts", "license"]), None))
    around = {path for path in files if "/" not in path or path.startswith(".github")}
    assert around == {
        *("README.md", "AGENTS.md", ".gitignore", "LICENSE", "compose.yaml"),
        ".github/workflows/ci.yml",
    }
    assert {path.partition("/")[0] for path in files.keys() - around} == {"api", "web"}
    assert "SECRET_KEY" in files["compose.yaml"]


APIS = {
    "typescript": ("package.json", "npm test"),
    "javascript": ("package.json", "npm test"),
    "python": ("pyproject.toml", "uv run pytest"),
    "go": ("go.mod", "go test -race"),
    "java": ("pom.xml", "mvn -B -ntp verify"),
    "rust": ("Cargo.toml", "cargo test --locked"),
}
"""Language of an API -> its manifest, and what tests it."""


@pytest.mark.parametrize("language", APIS)
async def test_the_api_is_in_the_language_that_is_chosen(
    engine: GeneratorEngine, language: str
) -> None:
    manifest, step = APIS[language]
    spec = app(*BLOG, features=["accounts"], preferences={"backend": language.capitalize()})
    render = await engine.render(spec, None)
    files = texts(render)
    assert {f"api/{manifest}", "api/Dockerfile", "web/package.json"} <= files.keys()
    assert render.parts["api"].manifest == manifest
    assert step in files[".github/workflows/ci.yml"]
    told = "Java" if language == "java" else render.parts["api"].layers[0].partition("/")[0]
    assert told.lower() in files["README.md"].lower()
    for capability in ("entity:Post", "relation:Post.tags", "feature:accounts"):
        assert {test.partition("/")[0] for test in render.provides[capability]} == {"api", "web"}
    for place in ("EXPOSE 8000", "HOST=0.0.0.0"):
        assert place in files["api/Dockerfile"] or language == "python"
    assert "127.0.0.1:8000" in files["api/README.md"]


@pytest.mark.parametrize("name", sorted(SPECS.keys() - {"tricky"}))
def test_pages_are_the_same_whatever_the_api_is_written_in(name: str) -> None:
    features = frozenset({"accounts"}) if SPECS[name].get("features") else frozenset()
    views = [
        client_view(
            ProjectSpec.model_validate(
                SPECS[name] | {"language": "typescript", "constraints": {"api_language": language}}
            ),
            features,
        )
        for language in APIS
    ]
    assert {replace(view, api="", notes=()) for view in views} == {
        replace(views[0], api="", notes=())
    }


async def test_containers_know_what_the_api_needs(engine: GeneratorEngine) -> None:
    wanted = ["accounts", "rate_limiting", "postgresql"]
    python = app(*BLOG, features=wanted, constraints={"api_language": "python"})
    files = texts(await engine.render(python, None))
    for line in ("postgresql://app:", "SECRET_KEY:", "FORWARDED_ALLOW_IPS:", "image: postgres"):
        assert line in files["compose.yaml"]
    assert "POSTGRES_PASSWORD=" in files["README.md"]
    go = app(*BLOG, features=["rate_limiting"], constraints={"api_language": "go"})
    compose = texts(await engine.render(go, None))["compose.yaml"]
    assert 'TRUSTED_PROXIES: "1"' in compose
    assert "SECRET_KEY" not in compose


async def test_containers_of_pages_pass_on_what_the_api_does(engine: GeneratorEngine) -> None:
    asked = ["websockets", "rate_limiting", "background_jobs"]
    python = {"api_language": "python"}
    whole = texts(await engine.render(app(BLOG[1], features=asked, constraints=python), None))
    compose = yaml.safe_load(whole["compose.yaml"])
    api, web = compose["services"]["api"], compose["services"]["web"]
    (pages,) = web["networks"].values()
    assert api["environment"]["FORWARDED_ALLOW_IPS"] == pages["ipv4_address"]
    (network,) = compose["networks"]["default"]["ipam"]["config"]
    place = ipaddress.ip_address(pages["ipv4_address"])
    assert place in ipaddress.ip_network(network["subnet"])
    assert place not in ipaddress.ip_network(network["ip_range"])
    assert api["stop_grace_period"]
    nginx, vite = whole["web/nginx.conf.template"], whole["web/vite.config.ts"]
    assert "location = /api/live {" in nginx
    assert "proxy_set_header Upgrade $http_upgrade;" in nginx
    assert "ws: true" in vite
    plain = texts(await engine.render(app(BLOG[1], constraints=python), None))
    assert "Upgrade" not in plain["web/nginx.conf.template"]
    assert "ws:" not in plain["web/vite.config.ts"]
    assert "networks" not in yaml.safe_load(plain["compose.yaml"])


async def test_an_api_in_a_language_that_has_none_is_refused(engine: GeneratorEngine) -> None:
    with pytest.raises(UnsupportedError, match="cobol"):
        await engine.render(app(constraints={"api_language": "cobol"}), None)


async def test_pages_are_no_kind_of_software_of_their_own(engine: GeneratorEngine) -> None:
    assert "web_client" not in engine.supported()["typescript"]


async def test_each_part_has_packages_and_versions_of_its_own(engine: GeneratorEngine) -> None:
    spec = app(*BLOG, constraints={"api_language": "python"})
    needed = engine.dependencies(spec)
    assert needed.count == sum(part.count for part in needed.parts.values())
    assert "fastapi" in needed.parts["api"].packages
    assert "react" in needed.parts["web"].packages
    pages = Resolution(ecosystem="npm", runtime="x", pins=[Pin(name="react", version="19.3.1")])
    whole = Resolution(ecosystem="npm", runtime="x", parts={"web": pages})
    manifest = json.loads(texts(await engine.render(spec, whole))["web/package.json"])
    assert manifest["dependencies"]["react"] == "^19.3.1"


async def test_free_text_stays_text(engine: GeneratorEngine) -> None:
    fields = [field("title", description=HOSTILE_LINE, default=HOSTILE_LINE, maximum=500)]
    thing = entity("Thing", "things", fields, description=HOSTILE_LINE)
    page = {"name": "about", "title": HOSTILE_LINE, "description": HOSTILE_LINE}
    asked = ["accounts", "charts"]
    spec = app(thing, title=HOSTILE_LINE, description=HOSTILE, pages=[page], features=asked)
    files = texts(await engine.render(spec, None))
    literal = json.dumps(HOSTILE_LINE)
    for path, text in files.items():
        if path.startswith("web/") and path.endswith((".ts", ".tsx")):
            for line in text.splitlines():
                assert "`id`" not in line.replace(literal, "").replace(_told(), ""), (path, line)
    assert "<title>quote &quot;" in files["web/index.html"]


def _told() -> str:
    """The description as it stands in code."""
    clean = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", HOSTILE.replace("\r\n", "\n")).strip()
    return json.dumps(clean)


@pytest.mark.parametrize("name", sorted(SPECS.keys() - {"tricky"}))
async def test_every_spec_renders_without_anything_left_to_do(
    engine: GeneratorEngine, name: str
) -> None:
    kind = {"language": "typescript", "archetype": "web_app"}
    render = await engine.render(ProjectSpec.model_validate(SPECS[name] | kind), None)
    for path, text in texts(render).items():
        if path.startswith("web/") and path.endswith((".ts", ".tsx")):
            assert not re.search(r"\bany\b(?!-)(?=[\[\];,)>])|biome-ignore|@ts-|TODO:", text), path


async def test_fields_get_the_controls_that_fit(engine: GeneratorEngine) -> None:
    fields = [
        *(field(f"f_{kind}", kind) for kind in TYPES),
        field("kind", "enum", values=["one", "two"]),
        field("maybe", "boolean", required=False),
    ]
    files = texts(await engine.render(app(entity("Thing", "things", fields)), None))
    form = files["web/src/features/things/EditThing.tsx"]
    for kind in ("text", "number", "date", "datetime-local", "email", "url"):
        assert f'type="{kind}"' in form
    assert form.count("<SelectField") == 2
    assert form.count("<CheckboxField") == form.count("<TextField") == 1


async def test_a_row_of_somebody_shows_whose_it_is(engine: GeneratorEngine) -> None:
    note = entity("Note", "notes", [field("title")], link("author", "User"), access="owner_write")
    spec = app(note, entity("User", "users", [field("nick")]), features=["accounts"])
    files = texts(await engine.render(spec, None))
    shown = files["web/src/features/notes/ShowNote.tsx"]
    assert 'note.author_id === user?.id ? "You"' in shown
    assert "NOTHING" not in shown
    assert "web/src/components/choices.tsx" not in files
    assert "MoreChoices" not in files["web/src/components/fields.tsx"]


async def test_a_field_that_every_object_has_is_refused(engine: GeneratorEngine) -> None:
    spec = app(
        entity("Thing", "things", [field("constructor")]), constraints={"api_language": "python"}
    )
    with pytest.raises(UnsupportedError, match="constructor"):
        await engine.render(spec, None)


async def test_pages_that_need_a_login_stand_behind_it(engine: GeneratorEngine) -> None:
    spec = app(*BLOG, features=["accounts"])
    routes = texts(await engine.render(spec, None))["web/src/routes.tsx"]
    opened, _, closed = routes.partition("RequireLogin,")
    assert 'path: "/posts"' in opened
    assert 'path: "/posts/new"' in closed
    assert 'path: "/tags"' in closed


SHELF = (
    entity(
        "Book",
        "books",
        [
            field("title"),
            field("genre", "enum", values=["novel", "essay"], required=False),
            field("lent", "boolean"),
        ],
        link("author", "Author", required=False),
        link("readers", "Reader", "many_to_many"),
        link("cover", "Cover", "one_to_one", required=False),
    ),
    entity("Author", "authors", [field("name")]),
    entity("Reader", "readers", [field("name")], access="shared"),
    entity("Cover", "covers", [field("colour")], access="private"),
)


@pytest.mark.parametrize("language", APIS)
async def test_charts_count_what_lists_of_any_api_are_filtered_by(
    engine: GeneratorEngine, language: str
) -> None:
    chosen = {"features": ["charts"], "constraints": {"api_language": language}}
    open_shelf = [thing | {"access": "open"} for thing in SHELF]
    render = await engine.render(app(*open_shelf, **chosen), None)
    files = texts(render)
    books = files["web/src/features/books/BookFigures.tsx"]
    assert re.findall(r'query="(\w+)"', books) == ["genre", "lent", "author_id", "reader_id"]
    assert books.count('rest="None"') == 2
    assert "Chart" not in files["web/src/features/covers/CoverFigures.tsx"]
    proofs = render.provides["feature:charts"]
    assert {test.partition("::")[0] for test in proofs} == {"web/tests/overview.test.tsx"}


async def test_charts_are_loaded_with_their_page_alone(engine: GeneratorEngine) -> None:
    files = texts(await engine.render(app(*BLOG, features=["charts"]), None))
    assert 'await import("./overview/OverviewPage")' in files["web/src/routes.tsx"]
    assert '{ to: "/overview", label: "Overview" }' in files["web/src/components/Layout.tsx"]
    drawn = {path for path, text in files.items() if 'from "recharts"' in text}
    assert drawn == {"web/src/overview/BarFigure.tsx"}
    plain = texts(await engine.render(app(*BLOG), None))
    assert "recharts" in files["web/package.json"]
    assert "recharts" not in plain["web/package.json"]
    assert not any("verview" in text for text in plain.values())


async def test_charts_show_what_a_reader_may_see(engine: GeneratorEngine) -> None:
    hiding = link("cover", "Cover", required=False)
    asked = (SHELF[0] | {"relations": [*SHELF[0]["relations"][:2], hiding]}, *SHELF[1:])
    spec = app(*asked, features=["accounts", "charts"])
    files = texts(await engine.render(spec, None))
    opened, _, closed = files["web/src/routes.tsx"].partition("RequireLogin,")
    assert 'path: "/overview"' in opened
    assert 'path: "/overview"' not in closed
    books = files["web/src/features/books/BookFigures.tsx"]
    assert "closed" not in books
    assert books.count("token !== null") == 2
    assert books.count('rest="Other or none"') == 1
    assert "closed" in files["web/src/features/readers/ReaderFigures.tsx"]
    spec = app(SHELF[2], features=["accounts", "charts"])
    closed = texts(await engine.render(spec, None))["web/src/routes.tsx"].partition(
        "RequireLogin,"
    )[2]
    assert 'path: "/overview"' in closed


async def test_charts_of_nothing_say_so(engine: GeneratorEngine) -> None:
    files = texts(await engine.render(app(features=["charts"]), None))
    assert "There is nothing to count yet." in files["web/src/overview/OverviewPage.tsx"]
    assert "recharts" not in files["web/package.json"]


@pytest.mark.parametrize("kind", ["rest_api", "next.js"])
async def test_charts_that_no_template_draws_are_told(engine: GeneratorEngine, kind: str) -> None:
    made = {"framework": kind} if kind == "next.js" else {"archetype": kind}
    render = await engine.render(app(SHELF[1], features=["charts"], **made), None)
    assert any("No template builds 'charts'" in note for note in render.notes)
    assert "feature:charts" not in render.provides


async def test_things_called_like_the_page_of_figures_keep_their_own(
    engine: GeneratorEngine,
) -> None:
    named = entity("Overview", "overview", [field("title")])
    spec = app(named, features=["charts"], pages=[{"name": "overview"}])
    files = texts(await engine.render(spec, None))
    routes = files["web/src/routes.tsx"]
    assert routes.count('path: "/overview",') == 1
    assert 'path: "/overview-list"' in routes
    assert {"web/tests/overview.test.tsx", "web/tests/overview-list.test.tsx"} <= files.keys()


async def test_the_host_hands_in_files_of_each_part(engine: GeneratorEngine) -> None:
    test = 'import { expect, test } from "vitest";\n\ntest("it counts", () => expect(1).toBe(1));\n'
    given = [
        {"path": "web/tests/own.test.tsx", "content": test, "proves": ["feature:counting"]},
        {"path": "notes.md", "content": "# Notes\n", "mode": "user"},
    ]
    spec = engine.bound(app(extra_files=given))
    render = await engine.render(spec, None)
    assert render.provides["feature:counting"] == ["web/tests/own.test.tsx::it counts"]
    assert texts(render)["notes.md"] == "# Notes\n"


async def test_again_it_keeps_changes_and_migrates_the_api(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    todo = entity("Todo", "todos", [field("title")])
    python = {"constraints": {"api_language": "python"}}
    before = await engine.render(app(todo, **python), None)
    output = tmp_path / "project"
    await engine.write(before, output, baseline=None)
    home = output / "web/src/pages/HomePage.tsx"
    home.write_text(home.read_text().replace("<ul", '<ul id="mine"'))
    (output / "web/AGENTS.md").unlink()
    baseline = texts(before)
    earlier = Earlier(spec=app(todo, **python), files=baseline, root=output)
    wider = entity("Todo", "todos", [field("title"), field("note", "text", required=False)])
    tag = entity("Tag", "tags", [field("name")])
    after = await engine.render(app(wider, tag, **python), None, earlier)
    await engine.write(after, output, baseline=baseline)
    assert 'id="mine"' in home.read_text()
    assert "/tags" in home.read_text()
    assert not (output / "web/AGENTS.md").exists()
    assert (output / "web/src/features/tags/ListTags.tsx").exists()
    folder = output / "api" / PythonPack.migrations
    assert len([path for path in folder.iterdir() if path.suffix == ".py"]) == 2


async def test_the_language_of_the_api_stays(engine: GeneratorEngine, tmp_path: Path) -> None:
    spec = app()
    baseline = texts(await engine.render(spec, None))
    earlier = Earlier(spec=spec, files=baseline, root=tmp_path)
    with pytest.raises(UnsupportedError, match="cannot change from typescript to python"):
        await engine.render(app(constraints={"api_language": "python"}), None, earlier)
