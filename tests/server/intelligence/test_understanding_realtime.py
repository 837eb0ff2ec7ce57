"""Requests for realtime services: channels, and what is said in their rooms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import cases, core, needs, program_outcome

TABLE = Path(__file__).parent / "realtime.txt"
"""Those behind the line `> ---` were written after the rules."""
CASES = [case for case in cases(TABLE) if case[1]]
KINDS = frozenset({"rest_api", "web_app", "cli", "library", "worker", "game", "realtime"})
USUAL = frozenset({"health", "validation", "websocket", "rate_limiting", "logging", "docker", "ci"})


def spec_of(sentence: str, **host_spec: Any) -> ProjectSpec:
    able = core("typescript", python=KINDS, typescript=frozenset({"rest_api"}))
    return able.analyze_requirements(sentence, host_spec=host_spec or None)


def outcome(spec: ProjectSpec) -> str:
    """As of programs without what every service has, with channels."""
    if spec.archetype != "realtime":
        return spec.archetype
    extra = [name for name in spec.features if name not in USUAL]
    lines = program_outcome(spec.model_copy(update={"features": extra})).splitlines()
    return "\n".join(
        [
            *(line for line in lines if line not in {f"feature:{name}" for name in USUAL}),
            *(f"# {channel.name}" for channel in spec.channels),
        ]
    )


@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[c[0][:50] for c in CASES])
def test_a_sentence_becomes_the_service_it_describes(sentence: str, expected: str) -> None:
    assert outcome(spec_of(sentence)) == expected


def test_channels_are_demanded() -> None:
    spec = spec_of("a chat server with rooms for support and sales")
    assert {"archetype:realtime", "channel:support", "channel:sales"} <= set(needs(spec))


def test_the_channels_of_the_host_are_obeyed() -> None:
    channels = [
        "talk",
        {"name": "scores", "fields": ["points: integer", "player?"], "description": "Points"},
    ]
    spec = spec_of("a chat server", channels=channels)
    assert [channel.name for channel in spec.channels] == ["talk", "scores"]
    assert [(f.name, f.type.value, f.required) for f in spec.channels[1].fields] == [
        ("points", "integer", True),
        ("player", "string", False),
    ]
    assert "channel:chat" not in needs(spec)
    assert spec_of("", archetype="realtime", channels=["talk"]).archetype == "realtime"
    with pytest.raises(InvalidInputError, match=r"spec\.channels\[0\]\.field"):
        spec_of("a chat server", channels=[{"name": "talk", "field": []}])


def test_what_makes_no_sense_in_rooms_is_told_with_the_reason_and_the_nearest() -> None:
    spec = spec_of("a chat server with file uploads for photos")
    assert "file_upload" not in spec.features
    row = next(r for r in spec.requirements if "feature:file_upload" in r.needs)
    assert "not built, because messages are small" in row.text


def test_in_a_language_that_cannot_the_api_is_built_and_told() -> None:
    spec = spec_of("a chat server in TypeScript")
    assert (spec.archetype, spec.language) == ("rest_api", "typescript")
    assert any("a real-time server; that cannot be" in told for told in spec.assumptions)


def test_without_realtime_services_the_api_is_built_as_before() -> None:
    able = core("python", python=frozenset({"rest_api"}))
    assert able.analyze_requirements("a chat server with rooms").archetype == "rest_api"


def test_long_texts_about_rooms_take_no_longer_than_they_are() -> None:
    spec = spec_of("a chat server with rooms for " + "support and sales and " * 800)
    assert len(spec.channels) <= 60


def test_what_stores_nothing_is_refused_in_a_language_without_realtime_services() -> None:
    with pytest.raises(UnsupportedError, match=r"TypeScript cannot.*Nearest: a real-time server"):
        spec_of("A whiteboard in TypeScript")
