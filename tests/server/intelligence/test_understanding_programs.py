"""Requests for command-line programs and libraries: what they keep, do and cannot have."""

from __future__ import annotations

import time
from typing import Any

import pytest

from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.models.spec import FieldType, ProjectSpec, Provenance
from server.intelligence.understanding import (
    PROGRAMS,
    cases,
    core,
    needs,
    program_outcome,
    programs_core,
)

CASES = [case for case in cases(PROGRAMS) if case[1]]
EXPENSES = (
    "a command-line tool that tracks expenses: add, list and delete expenses with amount, "
    "category and date"
)
CSV = "a CLI that converts CSV to JSON with an option for the delimiter"


def spec_of(sentence: str, **host_spec: Any) -> ProjectSpec:
    return programs_core().analyze_requirements(sentence, host_spec=host_spec or None)


@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[c[0][:50] for c in CASES])
def test_a_sentence_becomes_the_program_it_describes(sentence: str, expected: str) -> None:
    assert program_outcome(spec_of(sentence)) == expected


def test_the_table_covers_sixty_sentences_half_of_them_written_after_the_rules() -> None:
    sentences = [sentence for sentence, _ in cases(PROGRAMS)]
    written = sentences.index("---")
    assert len(CASES) >= 60
    assert len(sentences) - written - 1 >= written


def test_verbs_on_what_is_stored_become_commands_with_its_attributes() -> None:
    spec = spec_of(EXPENSES)
    assert (spec.archetype, spec.framework, spec.name) == ("cli", "typer", "expense-cli")
    assert spec.title == "Expense CLI"
    assert [(c.name, c.description) for c in spec.commands] == [
        ("add", "Add an expense."),
        ("list", "List expenses."),
        ("delete", "Delete an expense."),
    ]
    assert {"archetype:cli", "entity:Expense", "command:add", "field:Expense.amount"} <= set(
        needs(spec)
    )
    assert spec.features == ["tests", "docs"]
    assert spec.provenance["commands.add"] is Provenance.USER
    assert not any("logging in" in text for text in spec.assumptions)
    assert not any(need.startswith("unknown:") for need in needs(spec))


def test_the_usual_commands_are_made_for_what_is_kept_and_nobody_demands_them() -> None:
    spec = spec_of("a CLI to manage books and authors")
    assert {"add_book", "list_books", "show_book", "update_author"} <= {
        c.name for c in spec.commands
    }
    assert spec.provenance["commands"] is Provenance.RULE
    assert not any(need.startswith("command:") for need in needs(spec))


def test_what_no_template_knows_is_not_built_and_asked_for_as_code() -> None:
    spec = spec_of(CSV)
    (convert,) = spec.commands
    assert [(a.name, a.required) for a in convert.arguments] == [
        ("source", True), ("output", False), ("delimiter", False),
    ]  # fmt: skip
    assert needs(spec) == ["command:convert", "archetype:cli", "unknown:convert CSV to JSON"]
    question = next(q for q in spec.questions if q.id == "logic_1")
    number = next(r.id for r in spec.requirements if "unknown:convert CSV to JSON" in r.needs)
    assert "spec.extra_files" in question.question
    assert number in question.question
    assert not any(q.id.startswith("unknown_") for q in spec.questions)


def test_a_library_of_books_stays_one() -> None:
    for sentence in ("a library system where members borrow books", "a library with books"):
        assert spec_of(sentence).archetype == "rest_api"
    assert spec_of("a library with models for invoices").archetype == "library"


@pytest.mark.parametrize(
    ("sentence", "feature", "nearest"),
    [
        ("a CLI for expenses where users can log in", "accounts", "a REST API in Python"),
        ("a CLI for notes with PostgreSQL", "postgresql", "sqlite"),
        ("a CLI for notes with Swagger", "openapi", "--help"),
        ("a Python library for parsing dates, with docker", "docker", "ci"),
        ("a Python library for parsing dates with OAuth", "oauth", "extra_files"),
    ],
)
def test_a_feature_that_makes_no_sense_is_told_with_the_reason_and_the_nearest(
    sentence: str, feature: str, nearest: str
) -> None:
    spec = spec_of(sentence)
    assert feature not in spec.features
    row = next(r for r in spec.requirements if r.needs == [f"feature:{feature}"])
    assert "not built, because" in row.text
    assert nearest in row.text
    assert any(f"'{feature}' is not built" in text for text in spec.assumptions)


def test_a_feature_of_the_hosts_that_makes_no_sense_is_told_as_well() -> None:
    spec = spec_of("a Python library for parsing dates", features=["tests", "docker"])
    assert spec.features == ["tests"]
    assert "feature:docker" in needs(spec)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("a CLI for todos with Cobra", ["Cobra is a framework of Go", "Python with Typer"]),
        ("a CLI for todos using clap", ["Rust", "a command-line program in Python with Typer"]),
        ("a CLI for todos with picocli", ["Java", "Typer"]),
        ("a CLI for todos using Click", ["click", "Typer"]),
        ("a CLI for todos with argparse", ["argparse", "Typer"]),
        ("a CLI for todos in TypeScript", ["TypeScript", "Typer", "a REST API in TypeScript"]),
        ("a todo app using Express", ["Express is a framework of JavaScript", "Hono"]),
        ("a todo API in TypeScript with Express", ["express", "Hono"]),
        ("a Rust crate for checksums", ["Rust", "a library in Python"]),
    ],
)
def test_a_cell_that_is_not_there_is_refused_with_the_nearest(
    sentence: str, said: list[str]
) -> None:
    with pytest.raises(UnsupportedError) as error:
        spec_of(sentence)
    told = f"{error.value.message} {error.value.hint}"
    assert all(words in told for words in said), told


def test_only_what_is_supported_is_chosen() -> None:
    with pytest.raises(UnsupportedError):
        core().analyze_requirements(CSV)
    typed = programs_core(typescript=frozenset({"cli"}), python=frozenset({"rest_api"}))
    spec = typed.analyze_requirements("a CLI for todos using commander")
    assert (spec.language, spec.framework) == ("typescript", "commander")


def test_a_framework_says_what_kind_of_software_is_meant() -> None:
    spec = spec_of("Typer app for tracking books")
    assert (spec.archetype, spec.language, spec.framework) == ("cli", "python", "typer")


def test_a_rest_api_is_read_as_ever_where_programs_can_be_made() -> None:
    sentence = "URL shortener with click counts and login"
    ours = programs_core(python=frozenset({"rest_api", "cli"})).analyze_requirements(sentence)
    assert ours.archetype == "rest_api"
    assert ours.commands == []


def test_architecture_and_risks_of_programs_are_their_own() -> None:
    engine = programs_core()
    tool, package = spec_of(EXPENSES), spec_of("a Python library for parsing durations")
    assert engine.determine_architecture(tool).layers == ["commands", "core", "storage"]
    assert engine.determine_architecture(spec_of(CSV)).layers == ["commands", "core"]
    assert engine.determine_architecture(package).pattern == "importable package"
    assert engine.estimate_complexity(tool).factors["commands"] == 6


def test_commands_of_the_host_are_taken_as_data() -> None:
    spec = spec_of(
        "",
        name="tools",
        commands={
            "convert": {
                "description": "Convert CSV to JSON",
                "arguments": ["source", "delimiter?: string", "mode: fast|exact"],
                "options": ["limit: integer", "pretty: boolean"],
            },
            "Dry-Run": "Show what would be done",
        },
    )
    assert spec.archetype == "cli"
    convert, dry_run = spec.commands
    assert [(a.name, a.type, a.required) for a in convert.arguments] == [
        ("source", FieldType.STRING, True),
        ("delimiter", FieldType.STRING, False),
        ("mode", FieldType.ENUM, False),
        ("limit", FieldType.INTEGER, False),
        ("pretty", FieldType.BOOLEAN, False),
    ]
    assert (dry_run.name, dry_run.description) == ("dry_run", "Show what would be done")
    assert needs(spec) == ["command:convert", "command:dry_run"]
    assert spec.provenance["commands"] is Provenance.HOST
    assert spec.provenance["commands.convert"] is Provenance.HOST


def test_commands_of_the_host_replace_those_of_the_sentence() -> None:
    spec = spec_of(EXPENSES, commands=["add", "report"])
    assert [c.name for c in spec.commands] == ["add", "report"]
    assert {"command:add", "command:delete", "command:report"} <= set(needs(spec))


@pytest.mark.parametrize(
    ("commands", "place"),
    [
        ("convert", "spec.commands"),
        ([7], "spec.commands[0]"),
        ([{"description": "x"}], "spec.commands[0]"),
        (["???"], "spec.commands[0]"),
        (["add", "Add"], "spec.commands[1]"),
        ([{"name": "add", "colour": 1}], "spec.commands[0].colour"),
        ({"add": {"arguments": ["x: colour"]}}, "spec.commands.add.arguments[0].type"),
        ({"add": {"arguments": ["x"], "options": ["x"]}}, "spec.commands.add.arguments"),
        ({"add": 5}, "spec.commands.add"),
        ([f"c{n}" for n in range(61)], "spec.commands"),
    ],
)
def test_a_mistake_in_a_command_names_its_place(commands: Any, place: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        spec_of("a CLI", commands=commands)
    assert place in error.value.message
    assert error.value.hint


@pytest.mark.parametrize(
    "sentence",
    [
        "a CLI " + "that converts a file and " * 400,
        "a CLI with options " + "--x, " * 2000,
        "a CLI with commands " + "(" * 500 + "add, " * 500,
        "a Python library for : : , and and ()",
        "a CLI to",
        "a CLI that",
        "mark as CLI",
    ],
    ids=range(7),
)
def test_odd_sentences_raise_nothing_unexpected(sentence: str) -> None:
    assert len(spec_of(sentence).commands) <= 60


@pytest.mark.parametrize("word", ["a ", '"', ", ", "the 'and' "])
def test_a_program_told_in_a_run_of_one_word_takes_time_by_its_length_only(word: str) -> None:
    started = time.process_time()
    spec_of(("a command-line tool with commands " + word * 8_000)[:8_000])
    assert time.process_time() - started < 5
