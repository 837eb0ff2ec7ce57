"""Generated JavaScript projects are resolved, locked, installed, checked, tested and
started for real, by our own validator."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.validation import CheckStatus
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.services import Clients
from autonomous_coder.settings import SandboxSettings, Settings
from autonomous_coder.store.store import Store
from live_validating import live_validator
from server.generator.conftest import TEMPLATES, TYPES, entity, field, link
from shared_cache import shared_cache

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.live,
    pytest.mark.sandbox,
    pytest.mark.thorough,
]

TODO = entity("Todo", "todos", [field("title"), field("done", "boolean", default=False)])
BLOG = [
    entity(
        "Post",
        "posts",
        [field("title", unique=True), *(field(f"a_{kind}", kind) for kind in TYPES)],
        link("tags", "Tag", "many_to_many", back_name="posts"),
        access="owner_write",
    ),
    entity("Tag", "tags", [field("name", unique=True)], access="shared"),
    entity(
        "Comment",
        "comments",
        [field("body", "text", required=False)],
        link("post", "Post", back_name="comments"),
        link("parent", "Comment", required=False, on_delete="set_null"),
    ),
    entity(
        "Cover",
        "covers",
        [field("image", "url")],
        link("post", "Post", "one_to_one", on_delete="restrict"),
    ),
]


@pytest.mark.parametrize(
    ("entities", "features"),
    [
        ([], []),
        ([TODO | {"access": "private"}], ["accounts", "cors", "logging"]),
        (BLOG, []),
        (BLOG, ["accounts"]),
    ],
    ids=["no-entities", "todo-with-accounts", "relations", "relations-with-accounts"],
)
async def test_a_generated_project_passes_every_check(
    entities: list[dict[str, object]], features: list[str], tmp_path: Path
) -> None:
    spec = ProjectSpec.model_validate(
        {"name": "demo", "language": "javascript", "entities": entities, "features": features}
    )
    cache = shared_cache()
    clients = Clients(Sandbox(SandboxSettings(), cache), None, cache / "formatters")
    engine = GeneratorEngine(TEMPLATES, {"javascript": JavaScriptPack()}, clients.format_files)
    async with (
        await Store.open(tmp_path / "research") as store,
        ResearchEngine(
            Settings().research,
            store,
            clients.read,
            clients.uv,
            data_roots().knowledge,
            cache / "work",
            clients.manage,
        ) as research,
        live_validator(tmp_path) as validator,
    ):
        resolution = await research.resolve(engine.dependencies(spec), offline=False)
        render = await engine.render(spec, resolution)
        manifest = next(f.content for f in render.files if f.path == render.manifest)
        lock = await research.lock_project("npm", {render.manifest: manifest})
        await engine.write(render, tmp_path / "project", baseline=None, extra=lock)
        promised = sorted({test for tests in render.provides.values() for test in tests})
        report = await validator.validate(tmp_path / "project", expected_tests=promised)
    failed = {c.name: c.diagnostics for c in report.checks if c.status is CheckStatus.FAILED}
    assert not failed
    assert report.passed
    passed = {c.name for c in report.checks if c.status is CheckStatus.PASSED}
    assert {"dependencies", "lint", "tests", "start", "format"} <= passed
