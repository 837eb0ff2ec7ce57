"""Requests for command-line programs, libraries and MCP servers in TypeScript and JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import cases, core, program_outcome

TABLE = Path(__file__).parent / "node.txt"
"""Those behind the line `> ---` were written after the rules."""
CASES = [case for case in cases(TABLE) if case[1]]
NODE = frozenset({"rest_api", "cli", "library"})


def spec_of(sentence: str) -> ProjectSpec:
    able = core(
        "python",
        python=NODE | {"mcp_server"},
        typescript=NODE | {"mcp_server"},
        javascript=NODE | {"mcp_server"},
    )
    return able.analyze_requirements(sentence)


@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[c[0][:50] for c in CASES])
def test_a_sentence_becomes_the_package_it_describes(sentence: str, expected: str) -> None:
    spec = spec_of(sentence)
    assert f"{spec.language} {program_outcome(spec)}" == expected


@pytest.mark.parametrize(
    ("sentence", "hint"),
    [
        ("a TypeScript CLI built with yargs to manage contacts", "built with Commander"),
    ],
)
def test_what_cannot_be_built_is_refused_with_what_is_nearest(sentence: str, hint: str) -> None:
    with pytest.raises(UnsupportedError) as refused:
        spec_of(sentence)
    assert hint in refused.value.hint
