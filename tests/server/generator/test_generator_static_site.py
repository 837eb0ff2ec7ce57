"""Static sites: pages as they are served, and lists that are shown from files."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, TEMPLATES
from server.generator.proving import passed, proven

pytestmark = pytest.mark.anyio
PAGES = [
    {"name": "home", "title": "Welcome", "description": "A bakery in the middle of town."},
    {"name": "about", "title": "About us"},
    {"name": "index"},
    {"name": "records"},
]
BREAD = {
    "name": "Bread",
    "plural": "breads",
    "fields": [
        {"name": "name"},
        {"name": "price", "type": "decimal", "minimum": 0, "maximum": 20},
        {"name": "kind", "type": "enum", "values": ["white", "sour_dough"]},
        {"name": "vegan", "type": "boolean"},
        {"name": "baked_on", "type": "date", "required": False},
        {"name": "tag", "maximum": 2, "unique": True},
        {"name": "website", "type": "url"},
    ],
    "relations": [
        {"name": "baker", "kind": "many_to_one", "target": "Baker"},
        {"name": "shops", "kind": "many_to_many", "target": "Shop"},
    ],
}
BAKER = {"name": "Baker", "plural": "bakers", "fields": [{"name": "email", "type": "email"}]}
SHOP = {"name": "Shop", "plural": "sites", "fields": []}
WHOLE = {"pages": PAGES, "entities": [BREAD, BAKER, SHOP]}


async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


async def rendered(**spec: Any) -> tuple[Render, dict[str, str]]:
    engine = GeneratorEngine(TEMPLATES, dict(PACKS), leave)
    data = {"name": "bakery", "language": "html", "archetype": "static_site", **spec}
    render = await engine.render(ProjectSpec.model_validate(data), None)
    return render, {file.path: file.content for file in render.files}


class Reader(HTMLParser):
    """Notes the elements of a page, in the order they open, and its texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


async def test_each_page_and_each_entity_is_a_document_in_the_menu_of_all() -> None:
    _, files = await rendered(**WHOLE)
    documents = ["index", "about", "index-page", "records-page", "breads", "bakers", "sites"]
    expected = [f"site/{name}.html" for name in documents]
    assert {path for path in files if path.endswith(".html")} == {*expected, "site/404.html"}
    for path in expected:
        links = [a["href"] for tag, a in Reader(files[path]).elements if tag == "a"]
        assert [f"site/{link}" for link in links[2 : 2 + len(expected)]] == expected


async def test_lists_begin_with_records_that_fit_their_fields() -> None:
    _, files = await rendered(**WHOLE)
    breads = json.loads(files["site/data/breads.json"])
    assert [bread["name"] for bread in breads] == ["Bread 1", "Bread 2", "Bread 3"]
    assert all(len(bread["tag"]) <= 2 for bread in breads)
    assert [bread["kind"] for bread in breads] == ["white", "sour_dough", "white"]
    bakers = {baker["id"] for baker in json.loads(files["site/data/bakers.json"])}
    assert {bread["baker_id"] for bread in breads} <= bakers
    assert all(bread["shop_ids"] for bread in breads)


async def test_what_the_records_are_is_the_users_from_then_on() -> None:
    render, _ = await rendered(**WHOLE)
    modes = {file.path: file.mode for file in render.files}
    assert modes["site/data/breads.json"] == "once"
    assert modes["site/breads.html"] == "managed"


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_makes_a_site_whose_capabilities_have_tests(name: str) -> None:
    spec = {key: value for key, value in SPECS[name].items() if key == "entities"}
    if name == "tricky":
        spec["entities"] = [e for e in spec["entities"] if e["name"] != "PostComment"]
    render, files = await rendered(**spec, pages=PAGES)
    for entity in spec.get("entities", []):
        assert render.provides[f"entity:{entity['name']}"]
    assert render.provides["page:about"]
    whole = "".join(files.values())
    assert not re.search(r"TODO|FIXME|biome-ignore|eslint-disable|innerHTML =(?! read)", whole)
    assert "http:" not in whole.replace("http://localhost:8080", "").replace(
        "http://www.w3.org", ""
    ).replace("http://127.0.0.1:8080", "")


async def test_no_text_of_a_spec_becomes_markup_or_code() -> None:
    entity = {**BREAD, "description": HOSTILE_LINE, "relations": []}
    pages = [{"name": "about", "title": HOSTILE_LINE, "description": HOSTILE_LINE}]
    _, plain = await rendered(
        title="x", description="x", pages=[{"name": "about"}], entities=[BREAD | {"relations": []}]
    )
    _, files = await rendered(
        title=HOSTILE_LINE, description=HOSTILE, pages=pages, entities=[entity]
    )
    for path, text in files.items():
        if path.endswith(".html"):
            seen, known = Reader(text), Reader(plain[path])
            assert [tag for tag, _ in seen.elements] == [tag for tag, _ in known.elements]
            assert any("`id`" in text for text in seen.texts)
    assert Reader(files["site/favicon.svg"]).elements == Reader(plain["site/favicon.svg"]).elements


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"pages": PAGES, "features": ["docker", "ci", "license"]},
        WHOLE,
        {"entities": SPECS["everything"]["entities"]},
    ],
    ids=["empty", "pages", "whole", "everything"],
)
@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
async def test_a_generated_site_passes_every_check(case: dict[str, Any], tmp_path: Path) -> None:
    data = {"name": "bakery", "language": "html", "archetype": "static_site", **case}
    report = await proven(ProjectSpec.model_validate(data), tmp_path)
    assert {"dependencies", "lint", "tests", "format"} <= passed(report)
