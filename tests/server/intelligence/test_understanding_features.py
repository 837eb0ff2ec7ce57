"""What services are asked to do beside keeping things: uploads, jobs, live updates, property
tests."""

from __future__ import annotations

from typing import Any

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.intelligence.understanding import needs

KINDS = frozenset({"rest_api", "cli", "library", "mcp_server", "worker"})
NEW = frozenset({"file_upload", "background_jobs", "websocket", "property_tests"})


def spec_of(sentence: str, **host_spec: Any) -> ProjectSpec:
    """What Python, which has all features, and TypeScript, which has fewer, are asked for."""
    offered = {"python": KINDS, "typescript": KINDS}
    features = {"python": FIRST_OFFERED | NEW, "typescript": FIRST_OFFERED}
    core = IntelligenceCore(GenerationSettings(), Supported(offered, features))
    return core.analyze_requirements(sentence, host_spec=host_spec or None)


@pytest.mark.parametrize(
    ("sentence", "entities"),
    [
        ("A recipe API where users can upload photos", "Recipe"),
        ("An API for tickets; users can attach files to tickets", "Ticket*"),
        ("A REST API for products with image upload", "Product*"),
        ("A todo API with file attachments", "Todo"),
        (
            "a blog API with posts and comments, users can upload images for posts",
            "Post* Comment",
        ),
        ("A REST API for invoices. Each invoice has PDF attachments.", "Invoice*"),
        ("An API where people upload documents", ""),
        ("a photo sharing platform where users upload photos", "Photo"),
        ("An API for tasks in projects where users attach documents to tasks", "Task*"),
    ],
)
def test_uploads_are_meant_for_what_is_named_with_them(sentence: str, entities: str) -> None:
    spec = spec_of(sentence)
    assert spec.archetype == "rest_api"
    assert spec.language == "python"
    assert "file_upload" in spec.features
    assert "feature:file_upload" in needs(spec)
    assert " ".join(f"{e.name}{'*' * e.attachments}" for e in spec.entities) == entities


def test_a_host_says_what_files_are_attached_to() -> None:
    entities = [{"name": "Page", "attachments": True}, {"name": "Tag"}]
    spec = spec_of("upload files for tags", features=["file_upload"], entities=entities)
    assert [entity.attachments for entity in spec.entities] == [True, False]


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("a command line tool for notes with file upload", "reads files where they lie"),
        ("an MCP server for notes with file uploads", "receives no uploads"),
    ],
)
def test_uploads_are_refused_where_nobody_uploads(sentence: str, why: str) -> None:
    spec = spec_of(sentence)
    assert "file_upload" not in spec.features
    (told,) = [r.text for r in spec.requirements if "feature:file_upload" in r.needs]
    assert why in told
    assert "a REST API in Python, which can have it" in told


@pytest.mark.parametrize(
    ("sentence", "jobs"),
    [
        (
            "A todo API that sends a reminder e-mail in the background every night",
            "send_reminder_e_mail: every night",
        ),
        (
            "A REST API for bookings. Every night, delete bookings older than 90 days.",
            "delete_bookings: every night",
        ),
        (
            "A shop API with products and orders; it should recalculate prices every hour and send "
            "a weekly report every Monday at 8am",
            "recalculate_prices: every hour, send_weekly_report: every monday at 8am",
        ),
        (
            "An API for sensors that archives old readings in the background",
            "archive_old_readings: ",
        ),
        ("An API that backs up the database nightly", "back_up_database: nightly"),
        ("A blog API with posts where users can send messages every day", ""),
        ("an API for rooms that are cleaned every day", ""),
        ("A notes API with background jobs", ""),
    ],
)
def test_what_a_service_does_by_itself_becomes_jobs(sentence: str, jobs: str) -> None:
    spec = spec_of(sentence)
    assert spec.archetype == "rest_api"
    assert ", ".join(f"{job.name}: {job.schedule}" for job in spec.jobs) == jobs
    assert {f"job:{job.name}" for job in spec.jobs} <= set(needs(spec))
    assert ("background_jobs" in spec.features) == (bool(jobs) or "background" in sentence)
    assert not [need for need in needs(spec) if jobs and need.startswith("unknown:")]
    assert spec.language == ("python" if "background_jobs" in spec.features else "typescript")


def test_a_job_deletes_rows_that_end_by_themselves() -> None:
    spec = spec_of("A REST API for coupons which deletes expired coupons hourly")
    (coupon,) = spec.entities
    assert [field.name for field in coupon.fields if field.name == "expires_at"]
    assert not [question for question in spec.questions if question.id.startswith("logic")]


def test_a_host_is_asked_for_what_no_template_knows() -> None:
    spec = spec_of("A todo API that sends a reminder every night")
    (asked,) = [question for question in spec.questions if question.id == "logic_1"]
    assert "app/jobs/send_reminder.py" in asked.question


def test_where_a_hosts_code_goes_is_told_as_the_language_has_it() -> None:
    offered, features = {"javascript": KINDS}, {"javascript": FIRST_OFFERED | NEW}
    core = IntelligenceCore(GenerationSettings(), Supported(offered, features))
    spec = core.analyze_requirements("A todo API that sends a reminder every night")
    (asked,) = [question for question in spec.questions if question.id == "logic_1"]
    assert "src/jobs/send-reminder.js" in asked.question


def test_jobs_of_a_host_bring_the_feature() -> None:
    spec = spec_of("A todo API", jobs=[{"name": "tidy", "schedule": "hourly"}])
    assert [job.name for job in spec.jobs] == ["tidy"]
    assert "background_jobs" in spec.features
    assert spec.language == "python"


@pytest.mark.parametrize("kind", ["a command line tool", "an MCP server"])
def test_jobs_are_refused_where_nothing_runs_for_long(kind: str) -> None:
    spec = spec_of(f"{kind} for notes with background jobs")
    assert "background_jobs" not in spec.features
    assert any("feature:background_jobs" in r.needs for r in spec.requirements)


@pytest.mark.parametrize(
    ("sentence", "entities"),
    [
        ("A todo API with live updates", "Todo"),
        ("A price API which pushes live updates of prices", "Price"),
        ("A kanban API with boards and cards and real-time updates", "Board Card"),
        ("a REST API for orders with WebSocket updates", "Order"),
        ("a REST API for bookings whose changes arrive in real time", "Booking"),
    ],
)
def test_changes_are_told_at_once_where_that_is_asked_for(sentence: str, entities: str) -> None:
    spec = spec_of(sentence)
    assert (spec.archetype, spec.language) == ("rest_api", "python")
    assert "websocket" in spec.features
    assert " ".join(entity.name for entity in spec.entities) == entities
    assert not [need for need in needs(spec) if need.startswith("unknown:")]


@pytest.mark.parametrize(
    "sentence",
    ["A todo API with property-based tests", "a REST API for todos, tested with Hypothesis"],
)
def test_property_tests_are_had_where_they_are_asked_for(sentence: str) -> None:
    spec = spec_of(sentence)
    assert "property_tests" in spec.features
    assert spec.language == "python"
    assert [entity.name for entity in spec.entities] == ["Todo"]
