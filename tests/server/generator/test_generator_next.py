"""A web application with Next.js renders: pages, what they do and where it is stored, in one
project."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tree_sitter import Language, Parser
from tree_sitter_typescript import language_tsx

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.intelligence import stack
from autonomous_coder.engines.research.lastgood import last_known_good
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import (
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TEMPLATES,
    TODO,
    entity,
    field,
    link,
)

pytestmark = pytest.mark.anyio
PARSER = Parser(Language(language_tsx()))
KIND = {"language": "typescript", "archetype": "web_app", "framework": "next.js"}


async def unformatted(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    return files


@pytest.fixture(scope="module")
def engine() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, dict(PACKS), unformatted)


def app(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "entities": list(entities), **KIND, **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


@pytest.mark.parametrize("name", ["accounts_only", "blog", "empty", "everything", "plain"])
async def test_every_spec_becomes_one_project_that_proves_all_of_it(
    engine: GeneratorEngine, name: str
) -> None:
    spec = ProjectSpec.model_validate(SPECS[name] | KIND | {"pages": [{"name": "about"}]})
    render = await engine.render(spec, None)
    wanted = {"archetype:web_app", "feature:frontend", "feature:health", "page:about"}
    for e in spec.entities:
        wanted |= {f"entity:{e.name}", *(f"field:{e.name}.{f.name}" for f in e.fields)}
        wanted |= {f"relation:{e.name}.{r.name}" for r in e.relations}
        wanted |= {f"relation:{r.target}.{r.back_name}" for r in e.relations if r.back_name}
    assert not [capability for capability in wanted if not render.provides.get(capability)]
    files = texts(render)
    for path, text in files.items():
        if path.endswith((".ts", ".tsx")):
            assert not PARSER.parse(text.encode()).root_node.has_error, path
            assert not re.search(r"\bany\b(?=[\[\];,)>])|biome-ignore|@ts-|TODO:", text), path
            assert not re.search(r"^import \{ type \w+ \} from", text, re.M), path
    assert render.start == "npm ci && npm run build && npm start"


async def test_an_entity_has_all_its_pages(engine: GeneratorEngine) -> None:
    files = texts(await engine.render(app(TODO, features=["accounts"]), None))
    places = ("page", "new/page", "[id]/page", "[id]/edit/page", "[id]/delete/page", "TodoForm")
    assert {f"src/app/todos/{place}.tsx" for place in places} <= files.keys()
    assert {"src/app/(accounts)/login/page.tsx", "src/app/health/route.ts"} <= files.keys()
    for path, text in files.items():
        if path.startswith("src/app/todos/") and path.endswith(("page.tsx", "actions.ts")):
            asked = text.count("await requireUser(")
            assert asked == (3 if path.endswith("actions.ts") else 1), path


async def test_scripts_for_browsers_take_nothing_of_the_server(engine: GeneratorEngine) -> None:
    files = texts(await engine.render(app(TODO, features=["accounts"]), None))
    clients = [text for text in files.values() if text.startswith('"use client"')]
    assert clients
    for text in clients:
        for line in text.splitlines():
            server = re.search(
                r'from "@/(tables|services|schemas|lib/(forms|session|choices))', line
            )
            assert not server or line.startswith("import type"), line


async def test_it_can_be_developed_in_a_container_and_checked_before_each_commit(
    engine: GeneratorEngine,
) -> None:
    spec = app(TODO, features=["accounts", "docker", "dev_container", "pre_commit"])
    files = texts(await engine.render(spec, None))
    assert json.loads(files[".devcontainer/devcontainer.json"])["forwardPorts"] == [3000]
    assert "npx tsc" in files[".pre-commit-config.yaml"]
    assert not re.search(r"\n{3,}", files["README.md"])


async def test_without_accounts_nobody_is_asked_for(engine: GeneratorEngine) -> None:
    files = texts(await engine.render(app(TODO | {"access": "open"}), None))
    assert not [path for path in files if "login" in path or "session" in path]
    told = [path for path, text in files.items() if re.search("session|SECRET_KEY", text)]
    assert told == []


async def test_free_text_stays_text(engine: GeneratorEngine) -> None:
    fields = [
        field("title", description=HOSTILE_LINE, default=HOSTILE_LINE, maximum=500),
        field("body", "text", description=HOSTILE_LINE),
    ]
    thing = entity("Thing", "things", fields, description=HOSTILE_LINE)
    user = entity("User", "users", [field("nick", description=HOSTILE_LINE)])
    page = {"name": "about", "title": HOSTILE_LINE, "description": HOSTILE_LINE}
    more = {"title": HOSTILE_LINE, "description": HOSTILE, "pages": [page]}
    files = texts(await engine.render(app(thing, user, features=["accounts"], **more), None))
    clean = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", HOSTILE.replace("\r\n", "\n")).strip()
    for path, text in files.items():
        if path.endswith((".ts", ".tsx")):
            assert not PARSER.parse(text.encode()).root_node.has_error, path
            for line in text.splitlines():
                harmless = line.replace(json.dumps(HOSTILE_LINE), "").replace(json.dumps(clean), "")
                assert "`id`" not in harmless, (path, line)
    assert "\x00" not in "".join(files.values())


async def test_names_that_modules_have_for_themselves_are_kept_apart(
    engine: GeneratorEngine,
) -> None:
    names = ("Page", "Link", "Form", "Action", "Choice", "Metadata", "Column", "FormState")
    odd = [
        entity(name, f"{name.lower()}s", [field("row"), field("state"), field("entry")])
        for name in names
    ]
    odd.append(entity("Login", "login", [field("name")], link("pages", "Page", "many_to_many")))
    files = texts(await engine.render(app(*odd, features=["accounts"]), None))
    assert "export type PageRecord" in files["src/tables.ts"]
    assert "src/app/login-list/page.tsx" in files
    for path, text in files.items():
        if path.endswith((".ts", ".tsx")):
            taken = re.findall(r"^import (?:type )?\{([^}]*)\}", text, re.MULTILINE)
            found = [
                name.strip().removeprefix("type ").rpartition(" as ")[2]
                for names in taken
                for name in names.split(",")
                if name.strip()
            ]
            assert len(found) == len(set(found)), (path, found)


async def test_addresses_and_parameters_that_mean_something_else_are_kept_apart(
    engine: GeneratorEngine,
) -> None:
    names = [field("page", "integer"), field("label")]
    spec = app(entity("Place", "places", names), features=["accounts"], pages=[{"name": "health"}])
    files = texts(await engine.render(spec, None))
    assert "src/app/health/route.ts" in files
    assert "src/app/health/page.tsx" not in files
    assert "src/app/health-list/page.tsx" in files
    assert "export type PlaceRecord" in files["src/tables.ts"]
    asked = files["src/schemas/places.ts"].partition("PageQuery.extend")[2]
    assert "page_" in asked
    assert not re.search(r"^ +page:", asked, re.MULTILINE)


async def test_tables_change_by_a_migration_that_follows(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    before = app(TODO, features=["accounts"])
    first = await engine.render(before, None)
    await engine.write(first, tmp_path / "project", baseline=None)
    todo: dict[str, Any] = TODO
    fields = [*todo["fields"], field("place", required=False)]
    now = app(TODO | {"fields": fields}, features=["accounts"])
    earlier = Earlier(spec=before, files=texts(first), root=tmp_path / "project")
    files = texts(await engine.render(now, None, earlier))
    (second,) = [path for path in files if path.startswith("migrations/0002")]
    assert "place" in files[second]
    assert files["migrations/0001_initial.sql"] == texts(first)["migrations/0001_initial.sql"]


async def test_accounts_that_come_later_bring_their_tables(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    before, now = (
        app(TODO | {"access": "open"}),
        app(TODO | {"access": "open"}, features=["accounts"]),
    )
    first = await engine.render(before, None)
    await engine.write(first, tmp_path / "project", baseline=None)
    earlier = Earlier(spec=before, files=texts(first), root=tmp_path / "project")
    later = texts(await engine.render(now, None, earlier))
    (second,) = [path for path in later if path.startswith("migrations/0002")]
    at_once = texts(await engine.render(now, None))["migrations/0001_initial.sql"]
    for table in ("users", "auth_sessions", "auth_attempts"):
        (made,) = re.findall(rf'CREATE TABLE "{table}" \([^;]+;', at_once)
        assert made in later[second]
        for index in re.findall(rf'CREATE INDEX "{table}_.+', at_once):
            assert index in later[second]


async def test_production_needs_no_secret_and_keeps_none(engine: GeneratorEngine) -> None:
    files = texts(await engine.render(app(TODO, features=["accounts", "docker"]), None))
    scripts = json.loads(files["package.json"])["scripts"]
    assert scripts["start"].startswith("next start")
    assert scripts["dev"].startswith("next dev")
    assert not [path for path, text in files.items() if re.search("SECRET_KEY|ENVIRONMENT", text)]


async def test_tests_of_accounts_are_not_those_of_an_entity(engine: GeneratorEngine) -> None:
    names = ("Account", "Login", "Session", "AuthSession", "AuthAttempt", "Attempt", "Turn")
    entities = [entity(name, f"{name.lower()}s", [field("name")]) for name in names]
    render = await engine.render(app(*entities, features=["accounts"]), None)
    paths = [file.path for file in render.files]
    assert len(paths) == len(set(paths))
    assert {"tests/accounts.test.ts", "tests/auth.test.ts", "tests/pages/auth.test.ts"} <= {*paths}
    tables = texts(render)["src/tables.ts"]
    made = re.findall(r'export const (\w+) = sqliteTable\("(\w+)"', tables)
    assert len({name for name, _ in made}) == len({table for _, table in made}) == len(made)


async def test_a_project_keeps_its_framework(engine: GeneratorEngine, tmp_path: Path) -> None:
    before = app(TODO | {"access": "open"})
    first = await engine.render(before, None)
    earlier = Earlier(spec=before, files=texts(first), root=tmp_path)
    now = before.model_copy(update={"framework": "react"})
    with pytest.raises(UnsupportedError, match=r"framework .* from next\.js to react"):
        await engine.render(now, None, earlier)


async def test_each_package_has_a_reason_or_is_told_and_a_version_that_works(
    engine: GeneratorEngine,
) -> None:
    spec = app(TODO, features=["accounts"])
    needed = engine.dependencies(spec)
    told = {choice.choice for choice in stack.select(spec, None).choices}
    assert {
        "next",
        "react",
        "tailwindcss",
        "drizzle",
        "zod",
        "rows with hashed keys",
        "scrypt",
    } <= told
    good = data_roots().knowledge / "last-known-good"
    for name in ("node.toml", "node-20.toml"):
        known = last_known_good(good / name).versions
        assert not [p for p in (*needed.packages, *needed.dev_packages) if p not in known]
