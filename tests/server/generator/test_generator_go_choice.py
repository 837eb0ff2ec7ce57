"""Go is built when it is asked for, with the standard library and nothing in its stead."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.settings import GenerationSettings

OFFERED = {"python": frozenset({"rest_api"}), "go": frozenset({"rest_api", "cli", "library"})}
FEATURES = dict.fromkeys(OFFERED, FIRST_OFFERED)


def core() -> IntelligenceCore:
    return IntelligenceCore(GenerationSettings(), Supported(OFFERED, FEATURES))


def test_go_that_is_asked_for_has_its_own_stack() -> None:
    spec = core().analyze_requirements("a todo API with login in Go")
    assert (spec.language, spec.framework) == ("go", "net/http")
    stack = core().select_tech_stack(spec, None)
    assert {"net/http", "modernc sqlite", "argon2id", "jwt"} <= {c.choice for c in stack.choices}


def test_another_framework_is_refused_with_the_one_there_is() -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements("a todo API with Gin")
    assert "net/http" in error.value.hint


def test_a_library_stands_on_the_standard_library_alone() -> None:
    spec = core().analyze_requirements("a Go library with models for invoices and customers")
    assert (spec.language, spec.archetype, spec.framework) == ("go", "library", "")
    stack = core().select_tech_stack(spec, None)
    assert {"go", "generics", "testing", "go doc"} <= {c.choice for c in stack.choices}


def test_a_program_is_made_with_cobra_whether_it_is_named_or_not() -> None:
    for text in ("a command-line tool in Go that tracks expenses", "a todo CLI with cobra"):
        spec = core().analyze_requirements(text)
        assert (spec.language, spec.archetype, spec.framework) == ("go", "cli", "cobra")
    stack = core().select_tech_stack(spec, None)
    assert {"cobra", "modernc sqlite", "embed", "testing"} <= {c.choice for c in stack.choices}


def test_another_parser_is_refused_with_the_one_there_is() -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements("a todo CLI in Go with urfave")
    assert "cobra" in error.value.hint.lower()
