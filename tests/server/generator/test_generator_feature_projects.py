"""Services with features, alone and together, pass every check of our own validator."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS
from server.generator.proving import passed, proven
from server.generator.test_generator_service_projects import CHECKED, TODO

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.live,
    pytest.mark.sandbox,
    pytest.mark.thorough,
]

LANGUAGES = sorted(CHECKED.keys() | {"python"})
ALL = (
    *("accounts", "roles", "cors", "logging", "rate_limiting", "monitoring", "compose"),
    *("dev_container", "license"),
)
BLOG = SPECS["blog"]["entities"]
CASES: dict[str, tuple[object, tuple[str, ...]]] = {
    "none-of-anything": ([], ("rate_limiting", "monitoring")),
    "limits-alone": ([TODO], ("rate_limiting",)),
    "metrics-alone": ([TODO], ("monitoring", "compose")),
    "all-together": (BLOG, ALL),
}


BESIDE = ("file_upload", "background_jobs", "websocket", "property_tests")
NEWER = {
    "python": BESIDE,
    "go": (*BESIDE, "postgresql"),
    "typescript": BESIDE,
    "javascript": BESIDE,
}
"""Features that not every language has."""


@pytest.mark.parametrize("language", NEWER)
@pytest.mark.parametrize("case", ["none-of-anything", "limits-alone", "all-together"])
async def test_a_service_with_newer_features_passes_every_check(
    language: str, case: str, tmp_path: Path
) -> None:
    entities, features = CASES[case]
    wanted = CHECKED.get(language, {"dependencies", "lint", "types", "tests", "start", "format"})
    assert wanted <= passed(
        await proven(_spec(language, entities, (*features, *NEWER[language])), tmp_path)
    )


def _spec(language: str, entities: object, features: tuple[str, ...]) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": language, "entities": entities, "features": features}
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
async def test_a_service_with_features_passes_every_check(
    language: str, case: str, tmp_path: Path
) -> None:
    entities, features = CASES[case]
    wanted = CHECKED.get(language, {"dependencies", "lint", "types", "tests", "start", "format"})
    assert wanted <= passed(await proven(_spec(language, entities, features), tmp_path))
