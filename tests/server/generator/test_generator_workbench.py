"""What is beside the code of every project that can be generated: the container it is developed
in, and what is checked before each commit."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest
import yaml

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.generator.layers import LayerCatalogue
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import TEMPLATES, entity, field

pytestmark = pytest.mark.anyio

CATALOGUE = LayerCatalogue(data_roots().templates, tuple(PACKS))
CELLS = [(tongue, kind) for tongue in PACKS for kind in CATALOGUE.archetypes(tongue)]
SERVED = {"rest_api", "web_app", "realtime", "static_site"}
BOOK = entity("Book", "books", [field("title")])
TOOLS = {
    "python": {"uv"},
    "typescript": {"npx", "npm"},
    "javascript": {"npx"},
    "html": {"npx"},
    "go": {"go", "gofmt"},
    "rust": {"cargo"},
    "java": {"mvn"},
}


async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


ENGINE = GeneratorEngine(TEMPLATES, dict(PACKS), leave)


async def _files(language: str, archetype: str, **more: object) -> dict[str, str]:
    spec = {
        "name": "demo",
        "language": language,
        "archetype": archetype,
        "entities": [BOOK],
        "features": ["dev_container", "pre_commit", "license"],
        **more,
    }
    render = await ENGINE.render(ProjectSpec.model_validate(spec), None)
    return {file.path: file.content for file in render.files}


@pytest.mark.parametrize(("language", "archetype"), CELLS)
async def test_every_project_can_have_a_dev_container_and_checks_before_each_commit(
    language: str, archetype: str
) -> None:
    files = await _files(language, archetype)
    container = json.loads(files[".devcontainer/devcontainer.json"])
    assert container["name"] == "demo"
    assert container["postCreateCommand"]
    if archetype in SERVED:
        assert container["forwardPorts"]
    elif language != "html":
        assert "forwardPorts" not in container
    (repository,) = yaml.safe_load(files[".pre-commit-config.yaml"])["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    assert {hook["entry"].split()[0] for hook in repository["hooks"]} <= TOOLS[language]
    readme = files["README.md"]
    assert readme.count("## Dev container") == 1
    assert "pre-commit install" in readme
    assert not re.search(r"\n{3,}", readme)
    assert "MIT" in files["LICENSE"]


@pytest.mark.parametrize("api", ["typescript", "javascript", "python", "go", "rust", "java"])
async def test_pages_with_an_api_are_developed_and_checked_as_one(api: str) -> None:
    files = await _files("typescript", "web_app", constraints={"api_language": api})
    container = json.loads(files[".devcontainer/devcontainer.json"])
    # The container has the tools of both parts, and gets the packages of both.
    assert container["postCreateCommand"].endswith("npm ci --prefix web")
    assert "api" in container["postCreateCommand"]
    node = "node" in container["image"] or any("node" in name for name in container["features"])
    assert node
    hooks = yaml.safe_load(files[".pre-commit-config.yaml"])["repos"][0]["hooks"]
    assert {hook["entry"].split()[0] for hook in hooks} == TOOLS[api] - {"npx"} | {"npm"}
    patterns = [re.compile(hook["files"]) for hook in hooks]
    sources = [path for path in files if re.search(r"\.(ts|tsx|js|py|go|rs|java)$", path)]
    unseen = [p for p in sources if not any(pattern.search(p) for pattern in patterns)]
    assert not unseen
    for path in files:
        assert not path.startswith(("api/.devcontainer", "web/.devcontainer", "api/.pre-commit"))
