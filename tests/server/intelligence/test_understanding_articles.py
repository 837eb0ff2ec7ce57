"""Texts of ours are English: `an author`, not `a author`."""

from __future__ import annotations

import re

import pytest

from autonomous_coder.engines.intelligence.features import FEATURES
from server.intelligence.understanding import cases, core

_WRONG = re.compile(
    r"\ba ['\"]?(?!one|uni|use|util|eu)[aeiou]\w*|\ban ['\"]?[bcdgjkqtvwyz]\w*", re.I
)


@pytest.mark.parametrize(
    "sentence", [*(s for s, _ in cases()), "books with an author", "an author API, users log in"]
)
def test_articles_agree_with_what_follows(sentence: str) -> None:
    engine = core()
    spec = engine.analyze_requirements(sentence)
    stack = engine.select_tech_stack(spec, None)
    texts = [*spec.assumptions, *(c.reason for c in stack.choices)]
    texts += [q.question for q in spec.questions if not q.id.startswith("unknown")]
    texts += [e.description for e in spec.entities]
    texts += [f.description for e in spec.entities for f in e.fields]
    texts += [str(risk) for risk in engine.assess_risks(spec, stack)]
    assert [m.group() for text in texts for m in _WRONG.finditer(text)] == []


def test_titles_of_features_have_the_right_articles() -> None:
    assert [f.title for f in FEATURES.values() if _WRONG.search(f.title)] == []
