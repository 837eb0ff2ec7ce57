"""Software that is made elsewhere is refused plainly, with what is nearest to it."""

from __future__ import annotations

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import core, needs

KINDS = frozenset({"rest_api", "web_app", "cli", "library", "worker", "data_pipeline", "realtime"})
ABLE = {
    "python": KINDS | {"game", "mcp_server"}, "typescript": KINDS, "html": frozenset({"game"}),
    "go": frozenset({"rest_api", "cli"}),
}  # fmt: skip


def spec_of(sentence: str) -> ProjectSpec:
    return core("typescript", **ABLE).analyze_requirements(sentence)


@pytest.mark.parametrize(
    ("sentence", "nearest"),
    [
        ("A Kubernetes operator", "a background worker"),
        ("a Kubernetes operator in Go that backs up databases", "a background worker"),
        ("an iOS app in Swift", "a web application"),
        ("An Android app in Kotlin for tracking runs", "a web application"),
        ("a React Native app for recipes", "a web application"),
        ("an app for iPhones to track water", "a web application"),
        ("an app for my iPhone that counts steps", "a web application"),
        ("Build me a Chrome extension that saves bookmarks", "a web application"),
        ("a VS Code extension in TypeScript that sorts imports", "a command-line program"),
        ("a WordPress plugin for contact forms", "a web application"),
        ("A smart contract in Solidity for voting", "the REST API behind it"),
        ("firmware for an ESP32 that reads a sensor", "a background worker"),
        ("an Excel macro that sums columns", "a data pipeline"),
        ("a Unity game in C#", "a game"),
        ("a Linux kernel module in C", "a library"),
        ("train a neural network that recognises digits", "a data pipeline"),
        ("a Terraform module for AWS", "a service with Docker"),
        ("A GitHub Action that labels issues", "a command-line program"),
        ("An Alexa skill that reads my calendar", "an MCP server"),
        ("A Discord bot that answers questions", "a background worker"),
        ("a telegram bot", "a background worker"),
    ],
)
def test_what_is_made_elsewhere_is_refused_with_the_nearest(sentence: str, nearest: str) -> None:
    with pytest.raises(UnsupportedError) as refused:
        spec_of(sentence)
    assert "cannot be generated" in refused.value.message
    assert f"Nearest: {nearest}" in refused.value.hint
    assert str(refused.value).count("Nearest") == 1


@pytest.mark.parametrize(
    ("sentence", "kind", "unmet"),
    [
        ("an API for a mobile app with orders", "rest_api", "feature:mobile_app"),
        ("an iOS and Android app for booking tables, with a REST API in Python", "rest_api",
         "feature:mobile_app"),
        ("A Telegram bot that posts every 2 hours", "worker", "feature:third_party"),
        ("a Kubernetes dashboard API listing pods", "rest_api", "feature:kubernetes"),
    ],
)  # fmt: skip
def test_beside_what_can_be_made_it_is_told(sentence: str, kind: str, unmet: str) -> None:
    spec = spec_of(sentence)
    assert spec.archetype == kind
    assert unmet in needs(spec)


def test_a_host_that_says_what_to_build_is_obeyed() -> None:
    spec = core("typescript", **ABLE).analyze_requirements(
        "an iOS app for tasks", host_spec={"archetype": "rest_api", "entities": ["Task"]}
    )
    assert spec.archetype == "rest_api"


@pytest.mark.parametrize(
    ("sentence", "things", "asked"),
    [
        ("A service for teams", ["Team"], True),
        ("a platform for freelancers", ["Freelancer"], True),
        ("a service for teams to share notes", ["Note"], False),
        ("a service for teams with members", ["Team", "Member"], False),
        ("an API for students", ["Student"], False),
    ],
)
def test_whom_a_service_is_for_is_asked_where_nothing_else_is_stored(
    sentence: str, things: list[str], asked: bool
) -> None:
    spec = spec_of(sentence)
    assert [entity.name for entity in spec.entities] == things
    assert any(question.id == "entities" for question in spec.questions) is asked
