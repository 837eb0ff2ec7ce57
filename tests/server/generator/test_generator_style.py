"""Style guides: asked for, or of the settings; what a language's formatter is told of them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.generator.conftest import TEMPLATES

pytestmark = pytest.mark.anyio
KINDS = frozenset({"rest_api"})
OFFERED = Supported(dict.fromkeys(("python", "typescript", "go"), KINDS), {})


def planned(sentence: str, settings: dict[str, Any], **asked: Any) -> ProjectSpec:
    core = IntelligenceCore(GenerationSettings(**settings), OFFERED)
    return core.analyze_requirements(sentence, **asked)


async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


async def configuration(path: str, **spec: Any) -> dict[str, Any]:
    engine = GeneratorEngine(TEMPLATES, dict(PACKS), leave)
    render = await engine.render(ProjectSpec(name="shop", **spec), None)
    text = next(file.content for file in render.files if file.path == path)
    read = json.loads if path.endswith(".json") else tomllib.loads
    return dict(read(text))


@pytest.mark.parametrize(
    ("guide", "width", "quotes", "semicolons"),
    [
        ("", 100, "single", "always"),
        ("airbnb", 100, "single", "always"),
        ("google", 80, "single", "always"),
        ("standard", 100, "single", "asNeeded"),
    ],
)
@pytest.mark.parametrize("language", ["typescript", "javascript"])
async def test_biome_is_told_what_the_guide_says(
    language: str, guide: str, width: int, quotes: str, semicolons: str
) -> None:
    asked = {"style_guide": guide} if guide else {}
    found = await configuration("biome.json", language=language, preferences=asked)
    assert found["formatter"]["lineWidth"] == width
    told = found["javascript"]["formatter"]
    assert (told["quoteStyle"], told["semicolons"]) == (quotes, semicolons)


async def test_prettier_is_what_biome_does_by_itself_in_shorter_lines() -> None:
    asked = {"style_guide": "prettier"}
    found = await configuration("biome.json", language="typescript", preferences=asked)
    assert "javascript" not in found
    assert found["formatter"]["lineWidth"] == 80


@pytest.mark.parametrize(("guide", "width"), [("", 100), ("pep8", 79), ("black", 88)])
async def test_ruff_is_told_how_long_a_line_may_be(guide: str, width: int) -> None:
    asked = {"style_guide": guide} if guide else {}
    found = await configuration("pyproject.toml", language="python", preferences=asked)
    assert found["tool"]["ruff"]["line-length"] == width


def test_a_guide_is_asked_for_in_usual_spellings() -> None:
    spec = planned("a todo API in Python", {}, preferences={"code style": "PEP 8"})
    assert spec.preferences["style_guide"] == "pep8"
    assert not [r for r in spec.requirements if "style" in r.text]


def test_a_guide_that_is_none_of_the_language_is_told_as_not_built() -> None:
    spec = planned("a todo API in Python", {}, preferences={"style_guide": "airbnb"})
    assert [r for r in spec.requirements if "airbnb" in r.text]


def test_the_guide_of_the_settings_is_followed_where_it_is_one_of_the_language() -> None:
    settings = {"style_guide": "google"}
    assert planned("a todo API in Python", settings).preferences == {"style_guide": "google"}
    in_go = planned("a todo API in Go", settings)
    assert in_go.preferences == {}
    [told] = [note for note in in_go.assumptions if "google" in note]
    assert told.endswith("is not for Go: it has one layout for everybody.")
    asked = planned("a todo API in Python", settings, preferences={"style_guide": "black"})
    assert asked.preferences == {"style_guide": "black"}
