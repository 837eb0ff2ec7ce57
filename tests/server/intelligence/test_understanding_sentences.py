"""Whole outcomes of sentences over many domains, and what every outcome has in common."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.intelligence.features import FEATURES
from autonomous_coder.models.spec import Access, Provenance
from server.intelligence.understanding import cases, core, needs, outcome

CASES = cases()


@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[c[0][:50] for c in CASES])
def test_a_sentence_becomes_the_spec_it_describes(sentence: str, expected: str) -> None:
    assert outcome(core().analyze_requirements(sentence)) == expected


def test_the_table_covers_at_least_sixty_sentences() -> None:
    assert len({sentence for sentence, _ in CASES}) >= 60


@pytest.mark.parametrize("sentence", [c[0] for c in CASES])
def test_every_sentence_yields_requirements_that_point_at_what_is_there(sentence: str) -> None:
    spec = core().analyze_requirements(sentence)
    there = {f"archetype:{spec.archetype}", *(f"feature:{f}" for f in spec.features)}
    there |= {f"without:feature:{f}" for f in FEATURES if f not in spec.features}
    for entity in spec.entities:
        there.add(f"entity:{entity.name}")
        there |= {f"field:{entity.name}.{f.name}" for f in entity.fields}
        there |= {f"relation:{entity.name}.{r.name}" for r in entity.relations}
    honest = {"archetype:web_app", "relation:Issue.user"}
    missing = [n for n in needs(spec) if n not in there | honest and not n.startswith("unknown:")]
    assert spec.requirements
    assert all(r.needs for r in spec.requirements)
    assert missing == []
    assert [r.id for r in spec.requirements] == [
        f"R{n}" for n in range(1, len(spec.requirements) + 1)
    ]


def test_the_todo_sentence_gives_todos_that_belong_to_accounts() -> None:
    spec = core().analyze_requirements("Create a REST API for a todo app with authentication")
    assert [e.name for e in spec.entities] == ["Todo"]
    assert [f.name for f in spec.entity("Todo").fields] == [
        "title",
        "description",
        "done",
        "due_date",
    ]
    assert spec.entity("Todo").access is Access.PRIVATE
    assert [(r.text, r.needs) for r in spec.requirements] == [
        (
            "Create a REST API for a todo app with authentication",
            ["archetype:rest_api", "entity:Todo"],
        ),
        ("Users can register and log in", ["feature:accounts"]),
    ]
    assert set(spec.features) == {
        "accounts", "openapi", "pagination", "health", "tests", "docs", "docker", "ci", "sqlite",
    }  # fmt: skip
    assert spec.provenance["features.accounts"] is Provenance.USER
    assert spec.provenance["features.docker"] is Provenance.DEFAULT
    assert spec.provenance["entities.Todo"] is Provenance.USER
    assert spec.name == "todo-api"
    assert spec.confidence > 0.9


def test_the_blog_sentence_gives_posts_comments_and_tags_with_their_relations() -> None:
    spec = core().analyze_requirements("a blog with posts, comments and tags, users can log in")
    assert [e.name for e in spec.entities] == ["Post", "Comment", "Tag"]
    comment = spec.entity("Comment").relations
    assert [(r.name, r.target, r.required, r.back_name) for r in comment] == [
        ("post", "Post", True, "comments")
    ]
    assert [(r.name, r.kind.value) for r in spec.entity("Post").relations] == [
        ("tags", "many_to_many")
    ]
    assert spec.entity("Post").access is Access.OWNER_WRITE
    assert spec.entity("Tag").access is Access.SHARED
    assert "feature:accounts" in needs(spec)


def test_the_library_sentence_keeps_members_as_things_and_stores_the_loan() -> None:
    spec = core().analyze_requirements(
        "an API for a library: members borrow books, books have authors and a due date"
    )
    assert [e.name for e in spec.entities] == ["Member", "Book", "Author", "Loan"]
    assert "due_date" in [f.name for f in spec.entity("Book").fields]
    assert {r.target for r in spec.entity("Loan").relations} == {"Book", "Member"}
    assert "accounts" not in spec.features
    assert spec.provenance["entities.Loan"] is Provenance.RULE
    assert any("Loan" in text for text in spec.assumptions)


def test_nothing_is_private_without_accounts() -> None:
    spec = core().analyze_requirements("an inventory without accounts")
    assert {e.access for e in spec.entities} == {Access.OPEN}
    assert "accounts" not in spec.features
    assert not any(q.id == "accounts" for q in spec.questions)


def test_no_entity_called_user_is_made_when_there_are_accounts() -> None:
    spec = core().analyze_requirements(
        "users (name, email) can log in and write posts, each user has many bookmarks"
    )
    assert "User" not in [e.name for e in spec.entities]
    assert {"Post", "Bookmark"} <= {e.name for e in spec.entities}


@pytest.mark.parametrize(
    ("sentence", "need"),
    [
        ("a shop with products, pay with Stripe", "feature:payments"),
        ("send emails when an order is shipped", "feature:email"),
        ("users can upload images for products", "feature:file_upload"),
        ("a todo app with push notifications", "feature:notifications"),
        ("a notes app with login with Google", "feature:oauth"),
        ("a CRM with two-factor authentication", "feature:two_factor"),
        ("a forum with real-time updates", "feature:websocket"),
        ("expenses with charts", "feature:charts"),
        ("a recipe API with GraphQL", "feature:graphql"),
        ("an order API for several tenants, multi-tenant", "feature:multi_tenancy"),
        ("only admins can delete posts", "feature:roles"),
        ("a blog with an admin panel", "feature:admin_panel"),
        ("products with AI recommendations", "feature:recommendations"),
        ("Create a web app for recipes", "archetype:web_app"),
        ("users can teleport books", "unknown:teleport books"),
        ("users can share notes with other users", "unknown:share notes"),
        ("books that glow quietly at midnight", "unknown:glow quietly"),
        ("issues are assigned to a user", "relation:Issue.user"),
        ("filter products by moon phase", "unknown:by moon phase"),
    ],
)
def test_what_nobody_can_build_is_still_a_requirement(sentence: str, need: str) -> None:
    spec = core().analyze_requirements(sentence)
    found = needs(spec)
    assert any(n == need or n.startswith(f"{need} ") for n in found), found


def test_words_that_were_not_understood_lower_confidence_and_raise_a_question() -> None:
    plain = core().analyze_requirements("a todo app with authentication")
    odd = core().analyze_requirements(
        "a todo app with authentication, users can transmogrify zorbs"
    )
    assert odd.confidence < plain.confidence
    question = next(q for q in odd.questions if q.id == "unknown_1")
    assert "transmogrify zorbs" in question.question
    assert question.assumed
    assert question.choices


def test_the_same_request_always_gives_the_same_spec() -> None:
    for sentence, _ in CASES[:10]:
        first = core().analyze_requirements(sentence).model_dump_json()
        assert core().analyze_requirements(sentence).model_dump_json() == first
