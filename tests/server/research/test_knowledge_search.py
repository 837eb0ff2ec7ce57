"""The knowledge base answers real questions with the right passage, dated and with source."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.knowledge import KnowledgeBase
from autonomous_coder.errors import InvalidInputError, NotFoundError
from research_helpers import KNOWLEDGE


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase(KNOWLEDGE)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how do I hash passwords in Python", "pwdlib"),
        ("passlib bcrypt error", "pwdlib"),
        ("fastapi on_event startup", "lifespan"),
        ("express wildcard route throws", "/*splat"),
        ("axum path parameters", "/{id}"),
        ("is Python 3.11 ok with Django", "Django 5.2"),
        ("greenlet missing with sqlalchemy", "sqlalchemy[asyncio]"),
        ("test client warns about httpx", "httpx2"),
        ("tailwind config file", "@tailwindcss/vite"),
        ("npm ERESOLVE", "--legacy-peer-deps"),
        ("status 401 or 403 without token", "401"),
        ("vulnerabilities not checked", "not checked"),
    ],
)
def test_a_question_finds_its_passage_first(
    base: KnowledgeBase, question: str, answer: str
) -> None:
    assert answer in base.search(question)[0].passage


def test_an_ecosystem_narrows_the_search(base: KnowledgeBase) -> None:
    hits = base.search("strict types and tests", ecosystem="typescript", limit=10)
    assert hits
    assert {base.read(hit.id).ecosystem for hit in hits} <= {"npm", ""}


def test_every_document_is_dated_has_a_source_and_grades_its_evidence(base: KnowledgeBase) -> None:
    documents = base.documents()
    assert len(documents) >= 7
    for document in documents:
        assert document.verified.year >= 2026
        assert document.source
        if document.id.startswith("guides/"):
            continue
        headings = document.body.count("\n## ") + document.body.startswith("## ")
        assert document.body.count("\nEvidence: ") == headings, document.id


def test_an_unknown_document_is_refused_with_near_names(base: KnowledgeBase) -> None:
    with pytest.raises(NotFoundError) as caught:
        base.read("changes/pyton-web")
    assert "changes/python-web" in caught.value.hint


@pytest.mark.parametrize("question", ["", "   ", "x" * 1_001])
def test_an_empty_or_endless_question_is_refused(base: KnowledgeBase, question: str) -> None:
    with pytest.raises(InvalidInputError):
        base.search(question)


def test_a_question_about_nothing_known_finds_nothing(base: KnowledgeBase) -> None:
    assert base.search("zzqx wvvut") == []


def test_a_name_in_camel_case_is_found_by_its_parts_and_chance_finds_are_left_out(
    base: KnowledgeBase,
) -> None:
    (first, *_) = base.search("fastapi testing client 2026")
    assert "httpx2" in first.title
    found = base.search("what replaced passlib?")
    assert all(hit.score >= 0.3 * found[0].score for hit in found)
