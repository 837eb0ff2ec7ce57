"""Requests for games and programs in windows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.intelligence.understanding import cases, needs

TABLE = Path(__file__).parent / "windows.txt"
"""Those behind the line `> ---` were written after the rules."""
CASES = [case for case in cases(TABLE) if case[1]]
KINDS = {
    "python": frozenset({"rest_api", "cli", "game"}),
    "typescript": frozenset({"rest_api"}),
    "html": frozenset({"static_site", "game"}),
}


def able(**settings: str) -> IntelligenceCore:
    """What ships; `settings` are those that somebody made."""
    features = dict.fromkeys(KINDS, FIRST_OFFERED)
    return IntelligenceCore(GenerationSettings(**settings), Supported(KINDS, features))


def outcome(spec: ProjectSpec) -> str:
    """Kind and language, things, commands, and where rules are asked for."""
    rules = [q.question for q in spec.questions if q.id == "rules"]
    lines = [
        f"{spec.archetype} {spec.language}",
        " ".join(entity.name for entity in spec.entities),
        "$ " + " ".join(command.name for command in spec.commands) if spec.commands else "",
        *(f"rules: {place}" for q in rules for place in re.findall(r"Hand in (\S+) ", q)),
        *(need for need in needs(spec) if need.startswith("unknown:")),
    ]
    return "\n".join(line for line in lines if line)


@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[c[0][:50] for c in CASES])
def test_a_sentence_becomes_the_program_it_describes(sentence: str, expected: str) -> None:
    assert outcome(able().analyze_requirements(sentence)) == expected


def test_a_game_is_in_python_where_the_settings_say_so() -> None:
    chosen = able(default_language="python").analyze_requirements("a snake game")
    assert (chosen.language, chosen.framework) == ("python", "pygame ce")
    other = able(default_language="typescript").analyze_requirements("a snake game")
    assert other.language == "html"


def test_another_library_for_games_is_refused_with_the_one_that_is_used() -> None:
    with pytest.raises(UnsupportedError, match="pyglet") as no:
        able().analyze_requirements("a pong game with pyglet")
    assert "pygame-ce" in no.value.hint


def test_what_makes_no_sense_in_a_game_is_told() -> None:
    spec = able().analyze_requirements("a snake game in Python where players can log in")
    assert "accounts" not in spec.features
    assert any("a game knows nobody" in row.text for row in spec.requirements)
