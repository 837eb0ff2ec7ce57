"""Every fault of the corpus is found at its place, and nothing is found in correct code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from corpus_cases import Bundle, bundles, false_alarms, missed
from live_validating import live_validator

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.live, pytest.mark.sandbox]
BUNDLES = list(bundles())
QUICK = ("python", "rust")
"""Whose toolchains need no long start; the others run when thorough tests do."""


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """State and cache shared by all bundles."""
    return tmp_path_factory.mktemp("corpus")


@pytest.fixture
async def validator(kept: Path) -> AsyncIterator[ValidatorEngine]:
    async with live_validator(kept) as engine:
        yield engine


@pytest.mark.parametrize(
    "bundle",
    [
        pytest.param(
            bundle,
            id=f"{bundle.language}-{bundle.name}",
            marks=[] if bundle.language in QUICK else [pytest.mark.thorough],
        )
        for bundle in BUNDLES
    ],
)
async def test_each_fault_is_found_and_correct_code_is_left_alone(
    bundle: Bundle, validator: ValidatorEngine, tmp_path: Path
) -> None:
    report = await validator.validate(bundle.write(tmp_path), checks=bundle.checks)
    assert report.language == bundle.language
    assert missed(bundle, report) == []
    assert false_alarms(bundle, report) == []


def test_the_corpus_holds_what_it_promises() -> None:
    cases = [(bundle.language, case) for bundle in BUNDLES for case in bundle.cases]
    assert sum(bool(case.expect) for _, case in cases) >= 150
    assert sum(not case.expect for _, case in cases) >= 50
    assert {language for language, _ in cases} == {
        "python", "typescript", "javascript", "go", "rust", "java",
    }  # fmt: skip
