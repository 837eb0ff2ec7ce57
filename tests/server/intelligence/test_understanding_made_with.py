"""What software is to be made with, said in brackets, in other tongues, or not to be used."""

from __future__ import annotations

import pytest

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import core, needs

API = frozenset({"rest_api"})
LANGUAGES = ("python", "typescript", "javascript", "go", "rust", "java")


def spec_of(sentence: str) -> ProjectSpec:
    return core("typescript", **dict.fromkeys(LANGUAGES, API)).analyze_requirements(sentence)


@pytest.mark.parametrize(
    ("sentence", "language", "things"),
    [
        ("a todo API (Express, not Fastify) for tasks", "javascript", ["Task"]),
        ("a REST API for books (Hono, not Express)", "typescript", ["Book"]),
        ("an API for invoices (written in Rust, with axum)", "rust", ["Invoice"]),
        ("an API for invoices written in Rust", "rust", ["Invoice"]),
        ("a backend for lessons developed in Python with FastAPI", "python", ["Lesson"]),
        ("a book library API (in Java please) with authors and books", "java", ["Author", "Book"]),
        ("REST API for tickets (TypeScript + Hono)", "typescript", ["Ticket"]),
        ("an API for orders (not Django, please use FastAPI)", "python", ["Order"]),
        ("inventory backend (Go) for products", "go", ["Product"]),
        ("API for movies (should be written in Go, not Python)", "go", ["Movie"]),
        ("a REST API in Python (FastAPI preferred) to manage recipes", "python", ["Recipe"]),
        ("an API for tasks, not in TypeScript", "python", ["Task"]),
        ("an API for tasks (not Hono)", "python", ["Task"]),
        ("Une API en Go pour gérer des livres", "go", ["Item"]),
        ("API en Go", "go", ["Item"]),
        ("api en go para libros", "go", ["Item"]),
        ("En API i Go för böcker", "go", ["Item"]),
        ("Créer une API avec Go", "go", ["Item"]),
        ("Un'API in Java per gestire libri", "java", ["Item"]),
    ],
)
def test_the_language_is_heard_wherever_it_is_said(
    sentence: str, language: str, things: list[str]
) -> None:
    spec = spec_of(sentence)
    assert (spec.language, [entity.name for entity in spec.entities]) == (language, things)


def test_go_is_a_language_by_its_capital_only() -> None:
    for sentence in ("an API for trips. Go for Rust", "a leaderboard for Go players"):
        assert spec_of(sentence).language != "go"


def test_features_in_brackets_are_asked_for() -> None:
    spec = spec_of("a blog API (with Docker and PostgreSQL) for posts")
    assert {"docker", "postgresql"} <= set(spec.features)
    assert [entity.name for entity in spec.entities] == ["Post"]


def test_what_is_not_to_be_used_is_not_used_and_told() -> None:
    assert "without:framework:fastify" in needs(spec_of("an API for tasks (Hono, not Fastify)"))
    assert "without:language:typescript" in needs(spec_of("an API for tasks, not in TypeScript"))
    with pytest.raises(UnsupportedError, match=r"Spring Boot is not to be used.*FastAPI"):
        spec_of("an API for tasks in Java without Spring")


def test_a_framework_in_brackets_that_is_not_offered_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="'fastify' is not supported"):
        spec_of("A REST API in TypeScript for books (Fastify)")
    with pytest.raises(UnsupportedError, match=r"Hono is not to be used.*Python with FastAPI"):
        spec_of("A REST API in TypeScript for books (Fastify, not Hono)")
