"""The knowledge base as a whole: what it covers, how well it answers, lines for programs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from time import process_time

import pytest

from autonomous_coder.engines.knowledge import KnowledgeBase, parse_document, passages
from research_helpers import KNOWLEDGE

QUESTIONS = Path(__file__).parent / "knowledge_questions.toml"
ECOSYSTEMS = {"pypi", "npm", "crates", "go", "maven"}


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase(KNOWLEDGE)


@pytest.mark.parametrize(("part", "least"), [("tuned", 40), ("held_out", 15)])
def test_real_questions_are_answered_first_or_among_the_first_three(
    base: KnowledgeBase, part: str, least: int
) -> None:
    questions: dict[str, str] = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))[part]
    assert len(questions) >= least
    places: dict[str, int] = {}
    for question, fragment in questions.items():
        found = [hit.passage.lower() for hit in base.search(question, limit=3)]
        places[question] = next((i for i, text in enumerate(found) if fragment.lower() in text), 9)
    first = sum(place == 0 for place in places.values()) / len(places)
    three = sum(place < 3 for place in places.values()) / len(places)
    assert (first >= 0.7, three >= 0.9) == (True, True), (
        f"{first:.0%} first, {three:.0%} in three",
        {question: place for question, place in places.items() if place},
    )


def test_sixty_libraries_and_more_are_covered_in_five_ecosystems(base: KnowledgeBase) -> None:
    named = {
        (document.ecosystem, package)
        for document in base.documents()
        if document.id.startswith("changes/")
        for passage in passages(document)
        for package in passage.packages
    }
    assert len(named) >= 60
    for ecosystem in ECOSYSTEMS:
        assert sum(1 for found, _ in named if found == ecosystem) >= 10
        assert f"errors/{_errors_of(ecosystem)}" in {d.id for d in base.documents()}


def _errors_of(ecosystem: str) -> str:
    names = {"pypi": "python", "npm": "typescript", "crates": "rust", "maven": "java"}
    return names.get(ecosystem, ecosystem)


def test_documents_fit_one_answer_and_name_no_registry_host(base: KnowledgeBase) -> None:
    for document in base.documents():
        assert len(document.body) <= 8_000, document.id
        assert "https://" not in document.body, document.id


def test_every_line_for_programs_is_understood(base: KnowledgeBase) -> None:
    for document in base.documents():
        for passage in passages(document):
            where = f"{document.id}: {passage.heading}"
            assert passage.prose or passage.renames, where
            assert len(passage.since) == _parts(passage.text, "Since"), where
            assert len(passage.replaces) == _parts(passage.text, "Replaces"), where
            assert len(passage.renames) == _parts(passage.text, "Renames"), where
            for package, _ in passage.replaces:
                assert package in passage.packages or ":" in package or "/" in package, where


def _parts(text: str, key: str) -> int:
    line = re.search(rf"^{key}: (.+)$", text, re.M)
    return len([part for part in line[1].split(";") if part.strip()]) if line else 0


@pytest.mark.parametrize(
    ("ecosystem", "package", "successor"),
    [
        ("pypi", "passlib", "pwdlib[argon2]"),
        ("pypi", "python-jose", "PyJWT"),
        ("pypi", "httpx", "httpx2"),
        ("npm", "create-react-app", "vite"),
        ("crates", "serde_yaml", "serde_yaml_ng"),
        ("go", "github.com/dgrijalva/jwt-go", "github.com/golang-jwt/jwt/v5"),
        ("maven", "mysql:mysql-connector-java", "com.mysql:mysql-connector-j"),
        ("pypi", "pwdlib", ""),
    ],
)
def test_the_successor_of_a_package_is_known_to_programs(
    base: KnowledgeBase, ecosystem: str, package: str, successor: str
) -> None:
    assert base.replacement(ecosystem, package) == successor


def test_lines_for_programs_are_read_from_any_place_and_odd_ones_ignored() -> None:
    head = "---\ntitle: T\necosystem: pypi\nverified: 2026-11-22\nsource: s\n---\n"
    body = (
        "## One\nText.\nPackages: A, `b`\nReplaces: A -> b; c\nRenames: x -> y; z\n"
        "Since: A 2.0 2026-05; 2026-01-02; b v1; nonsense words here\nEvidence: run.\n"
    )
    [passage] = passages(parse_document("changes/x", head + body))
    assert passage.packages == ("a", "b")
    assert passage.replaces == (("a", "b"), ("c", ""))
    assert passage.renames == (("x", "y"), ("z", ""))
    assert [(s.package, s.version, s.day) for s in passage.since] == [
        ("a", "2.0", "2026-05-01"),
        ("", "", "2026-01-02"),
        ("b", "v1", ""),
    ]
    assert passage.prose == "Text."


@pytest.mark.parametrize("name", ["python", "node", "node-20", "rust", "go", "java"])
def test_a_last_known_good_set_is_dated_and_whole(name: str) -> None:
    path = KNOWLEDGE / "last-known-good" / f"{name}.toml"
    values = tomllib.loads(path.read_text(encoding="utf-8"))
    assert values["verified"].year >= 2026
    assert values.get("lowest") or values.get("lowest_python")
    assert values["source"]
    assert len(values["versions"]) >= 25
    assert all(re.match(r"v?\d+", version) for version in values["versions"].values())


def test_nothing_is_read_before_the_first_question_and_then_in_a_moment() -> None:
    base = KnowledgeBase(KNOWLEDGE / "does-not-exist")
    assert base.documents() == []
    whole = KnowledgeBase(KNOWLEDGE)
    begun = process_time()
    whole.search("warm")
    # Some 50 ms on a free core; other threads of the test process count here, too.
    assert process_time() - begun < 0.5
