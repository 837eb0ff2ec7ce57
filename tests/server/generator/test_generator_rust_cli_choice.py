"""Command-line programs in Rust are built when they are asked for, with clap."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.settings import GenerationSettings

OFFERED = {
    "python": frozenset({"rest_api", "cli", "library"}),
    "rust": frozenset({"rest_api", "cli", "library"}),
}
FEATURES = dict.fromkeys(OFFERED, FIRST_OFFERED)


def core() -> IntelligenceCore:
    return IntelligenceCore(GenerationSettings(), Supported(OFFERED, FEATURES))


@pytest.mark.parametrize(
    ("request_text", "entities"),
    [
        ("a todo CLI in Rust", {"Todo"}),
        ("a command-line tool in Rust that tracks expenses", {"Expense"}),
        ("Write a Rust CLI with clap for notes", {"Note"}),
        ("I want a terminal program, written in Rust, to keep recipes", {"Recipe"}),
        ("rust cli to manage books and authors", {"Book", "Author"}),
        ("Build me a command line app with clap that stores contacts", {"Contact"}),
        ("a clap tool with commands add, list and done for tasks", {"Task"}),
    ],
)
def test_a_program_in_rust_is_understood(request_text: str, entities: set[str]) -> None:
    spec = core().analyze_requirements(request_text)
    assert (spec.language, spec.archetype, spec.framework) == ("rust", "cli", "clap")
    assert {entity.name for entity in spec.entities} == entities
    stack = core().select_tech_stack(spec, None)
    assert {"clap", "rusqlite", "anyhow", "sqlite"} <= {choice.choice for choice in stack.choices}


@pytest.mark.parametrize(
    ("request_text", "archetype"),
    [
        ("a todo API in Rust", "rest_api"),
        ("a Rust crate for todos", "library"),
        ("a todo CLI", "cli"),
    ],
)
def test_other_requests_stay_what_they_are(request_text: str, archetype: str) -> None:
    spec = core().analyze_requirements(request_text)
    assert spec.archetype == archetype
    assert spec.language == ("rust" if "Rust" in request_text else "python")


def test_a_host_is_obeyed() -> None:
    given = {"archetype": "cli", "language": "rust", "commands": [{"name": "greet"}]}
    spec = core().analyze_requirements("a small tool", host_spec=given)
    assert (spec.archetype, spec.language, spec.framework) == ("cli", "rust", "clap")
    assert [command.name for command in spec.commands] == ["greet"]


def test_another_parser_is_refused_with_the_one_there_is() -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements("a todo CLI in Rust", host_spec={"framework": "structopt"})
    assert "clap" in f"{error.value} {error.value.hint}".lower()
