"""When TypeScript is built: when it is asked for, or set as the default by somebody."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.settings import GenerationSettings

BOTH = {"python": frozenset({"rest_api"}), "typescript": frozenset({"rest_api"})}


def core(settings: GenerationSettings | None = None) -> IntelligenceCore:
    return IntelligenceCore(settings or GenerationSettings(), Supported(BOTH, FIRST_OFFERED))


def test_a_default_that_nobody_set_leaves_what_sentences_build_as_it_was() -> None:
    spec = core().analyze_requirements("a todo API with login")
    assert (spec.language, spec.framework) == ("python", "fastapi")
    assert any("default language" in said for said in spec.assumptions)


def test_a_default_that_was_set_is_used() -> None:
    settings = GenerationSettings(default_language="typescript")
    assert core(settings).analyze_requirements("a todo API").language == "typescript"


def test_typescript_that_is_asked_for_has_its_own_stack() -> None:
    spec = core().analyze_requirements("a todo API with login in TypeScript")
    assert (spec.language, spec.framework) == ("typescript", "hono")
    stack = core().select_tech_stack(spec, None)
    assert {"hono", "drizzle", "vitest", "scrypt"} <= {choice.choice for choice in stack.choices}


def test_another_framework_is_refused_with_the_one_there_is() -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements("a todo API with Express")
    assert "Hono" in error.value.hint
