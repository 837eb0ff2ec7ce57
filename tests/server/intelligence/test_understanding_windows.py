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
    "python": frozenset({"rest_api", "cli", "game", "desktop_app"}),
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


@pytest.mark.parametrize(
    ("sentence", "named", "instead"),
    [
        ("a desktop app for recipes with tkinter", "tkinter", "PySide6"),
        ("a note taking desktop app with PyQt6", "pyqt", "PySide6"),
        ("an electron app for notes", "Electron is a framework", "desktop application in Python"),
        ("a desktop app for notes in Rust", "Rust cannot", "desktop application in Python"),
        ("a snake game in Rust", "Rust cannot", "game in Python with pygame-ce"),
    ],
)
def test_other_tools_for_windows_are_refused_with_what_is_nearest(
    sentence: str, named: str, instead: str
) -> None:
    with pytest.raises(UnsupportedError) as no:
        able().analyze_requirements(sentence)
    assert named in str(no.value)
    assert instead in no.value.hint


@pytest.mark.parametrize(
    ("sentence", "feature", "nearest"),
    [
        ("a desktop app for notes where users can log in", "accounts", "a REST API"),
        ("a desktop app for notes with PostgreSQL", "postgresql", "sqlite"),
        ("a desktop app for notes with Docker", "docker", "PyInstaller"),
    ],
)
def test_what_makes_no_sense_on_a_desktop_is_told_with_the_nearest(
    sentence: str, feature: str, nearest: str
) -> None:
    spec = able().analyze_requirements(sentence)
    assert (spec.archetype, spec.framework) == ("desktop_app", "pyside6")
    assert feature not in spec.features
    row = next(r for r in spec.requirements if r.needs == [f"feature:{feature}"])
    assert "not built, because" in row.text
    assert nearest in row.text


def test_the_kind_and_commands_of_the_host_are_obeyed() -> None:
    given = {"archetype": "desktop", "commands": ["scale"], "entities": {"Recipe": ["title"]}}
    spec = able().analyze_requirements("something for cooks", host_spec=given)
    assert (spec.archetype, spec.language) == ("desktop_app", "python")
    assert [entity.name for entity in spec.entities] == ["Recipe"]
    assert "command:scale" in needs(spec)
    given = {"archetype": "game", "language": "python", "commands": ["hop"]}
    spec = able().analyze_requirements("frogs", host_spec=given)
    assert (spec.archetype, [c.name for c in spec.commands]) == ("game", ["hop"])


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
