"""Each kind of software hears a request and takes part in drafting its spec."""

from __future__ import annotations

from collections import Counter

import pytest

from autonomous_coder.engines.intelligence.kinds import KINDS, spoken_of
from server.intelligence.understanding import core, needs

EVERY = frozenset(
    {"rest_api", "cli", "library", "worker", "data_pipeline", "realtime", "game", "web_app"}
)


def test_no_kind_of_software_is_made_by_two() -> None:
    names = Counter(name for kind in KINDS for name in kind.names)
    assert set(names.values()) == {1}


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("a worker that sends a report daily", "worker"),
        ("a pipeline that reads orders from CSV and sums them up", "data_pipeline"),
        ("a chat server with rooms", "realtime"),
        ("a todo app", ""),
    ],
)
def test_some_kinds_are_spoken_of_by_more_than_a_word(sentence: str, kind: str) -> None:
    assert spoken_of(sentence, EVERY) == kind
    assert spoken_of(sentence, frozenset({"rest_api"})) == ""


@pytest.mark.parametrize("kind", sorted(EVERY - {"game"}))
def test_what_a_host_gives_is_a_demand_in_every_kind(kind: str) -> None:
    given = {"jobs": ["nap"], "channels": ["talk"], "commands": ["go_on"], "archetype": kind}
    spec = core("python", python=EVERY).analyze_requirements("tasks with a title", host_spec=given)
    assert {"job:nap", "channel:talk", "command:go_on"} <= set(needs(spec))
    assert [job.name for job in spec.jobs] == ["nap"]
