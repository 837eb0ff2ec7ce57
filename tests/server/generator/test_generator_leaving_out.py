"""Projects without tests, and without documents, where the request or the settings say so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.generator.conftest import SPECS, TEMPLATES

pytestmark = pytest.mark.anyio
OFFERED = Supported({"python": frozenset({"rest_api"})}, {"python": frozenset({"accounts"})})
TODO = "a todo API in Python"
COMMANDS = re.compile(r"\b(pytest|vitest|npm test|go test|cargo test)\b")


async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


def engine() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, dict(PACKS), leave)


CELLS = [(lang, kind) for lang, kinds in engine().supported().items() for kind in sorted(kinds)]


@pytest.mark.parametrize(("language", "archetype"), CELLS, ids=map("-".join, CELLS))
async def test_without_tests_there_is_none_and_nothing_runs_any(
    language: str, archetype: str
) -> None:
    data = {"name": "shop", "language": language, "archetype": archetype, "features": ["ci"]}
    entities = SPECS["inventory"]["entities"]
    spec = ProjectSpec.model_validate({**data, "entities": entities, "left_out": ["tests"]})
    render = await engine().render(spec, None)
    files = {file.path: file.content for file in render.files}
    assert not [path for path in files if "test" in path.lower()]
    assert "feature:tests" not in render.provides
    if archetype != "worker":
        assert all(f"entity:{entity['name']}" in render.provides for entity in entities)
    assert not render.test
    assert not [test for tests in render.provides.values() for test in tests]
    read = [path for path in files if path.endswith((".md", ".yml", ".toml", "package.json"))]
    assert not {
        path: COMMANDS.findall(files[path]) for path in read if COMMANDS.search(files[path])
    }


@pytest.mark.parametrize(("language", "archetype"), CELLS, ids=map("-".join, CELLS))
async def test_without_documents_what_is_left_says_how_to_start(
    language: str, archetype: str
) -> None:
    data = {"name": "shop", "language": language, "archetype": archetype, "left_out": ["docs"]}
    render = await engine().render(ProjectSpec.model_validate(data), None)
    named = {file.path.rpartition("/")[2] for file in render.files}
    assert "README.md" in named
    assert not {"AGENTS.md", "CHANGELOG.md"} & named
    assert "feature:docs" not in render.provides


def left_out(settings: Mapping[str, Any], **asked: Any) -> list[str]:
    core = IntelligenceCore(GenerationSettings(**settings), OFFERED)
    return core.analyze_requirements(TODO, **asked).left_out


def test_the_settings_and_the_request_say_what_is_left_out() -> None:
    assert left_out({}) == []
    assert left_out({"tests": False, "documentation": False}) == ["tests", "docs"]
    assert left_out({}, host_spec={"features": {"tests": False}}) == ["tests"]
    assert left_out({}, preferences={"docs": "no"}) == ["docs"]


def test_what_the_host_lists_is_there_whatever_the_settings_say() -> None:
    listed = {"features": ["tests", "docs"]}
    assert left_out({"tests": False, "documentation": False}, host_spec=listed) == []
