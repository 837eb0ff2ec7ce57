"""Web applications with Next.js pass every check of our own validator."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.generator.proving import proven
from server.generator.test_generator_spa_projects import BLOG, TODO

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.live,
    pytest.mark.sandbox,
    pytest.mark.thorough,
]

CHECKS = {"dependencies", "build", "lint", "types", "tests", "start", "format", "secrets"}


@pytest.mark.parametrize(
    ("entities", "features"),
    [
        ([], []),
        (BLOG, ["accounts", "license"]),
        ([TODO | {"access": "private"}], ["accounts"]),
        (BLOG, []),
    ],
    ids=["no-entities", "relations-with-accounts", "private", "open"],
)
async def test_it_passes_every_check(
    entities: list[dict[str, object]], features: list[str], tmp_path: Path
) -> None:
    spec = ProjectSpec.model_validate(
        {
            "name": "demo",
            "language": "typescript",
            "archetype": "web_app",
            "framework": "next.js",
            "entities": entities if features else [e | {"access": "open"} for e in entities],
            "features": features,
            "pages": [{"name": "about"}],
        }
    )
    report = await proven(spec, tmp_path)
    assert {check.name for check in report.checks if check.status.value == "passed"} >= CHECKS
