"""When JavaScript is built: where it or Express is asked for, and with what."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.settings import GenerationSettings

LANGUAGES = ("python", "typescript", "javascript")
OFFERED = {language: frozenset({"rest_api"}) for language in LANGUAGES}
FEATURES = {language: FIRST_OFFERED - {"postgresql"} for language in LANGUAGES}


def core() -> IntelligenceCore:
    return IntelligenceCore(GenerationSettings(), Supported(OFFERED, FEATURES, {}))


@pytest.mark.parametrize(
    "sentence",
    ["a todo API in JavaScript", "a todo API with Express", "a todo API with Node.js and login"],
)
def test_javascript_is_built_where_it_or_its_framework_is_named(sentence: str) -> None:
    spec = core().analyze_requirements(sentence)
    assert (spec.language, spec.framework) == ("javascript", "express")
    stack = core().select_tech_stack(spec, None)
    assert stack.language == "javascript"
    chosen = {choice.choice for choice in stack.choices}
    assert {"javascript", "express", "zod", "drizzle", "node:test", "biome"} <= chosen
    assert ("jose" in chosen) == ("accounts" in spec.features)


def test_the_default_gives_way_to_javascript_for_its_tools() -> None:
    spec = core().analyze_requirements("a todo API", preferences={"testing": "node:test"})
    assert spec.language == "javascript"
    assert core().analyze_requirements("a todo API").language == "typescript"


def test_another_framework_is_refused_with_the_one_there_is() -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements("a todo API in JavaScript", constraints={"framework": "koa"})
    assert "Express" in error.value.hint
