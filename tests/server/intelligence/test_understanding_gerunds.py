"""`members borrowing books`: a gerund behind who does it is a verb, else part of a name."""

from __future__ import annotations

import pytest

from autonomous_coder.models.spec import ProjectSpec
from server.intelligence.understanding import core, needs


def shape(spec: ProjectSpec) -> dict[str, list[str]]:
    """What is stored, each with what it refers to."""
    return {e.name: sorted(r.target for r in e.relations) for e in spec.entities}


@pytest.mark.parametrize(
    ("gerund", "finite"),
    [
        ("a library with members borrowing books", "a library with members who borrow books"),
        ("members borrowing books", "members borrow books"),
        ("a library API: members borrowing books", "a library API: members borrow books"),
        ("a car rental with customers renting cars", "a car rental with customers who rent cars"),
        ("a gym with members booking classes", "a gym with members who book classes"),
        ("a hotel with guests booking rooms", "a hotel with guests who book rooms"),
        ("an API for patients visiting doctors", "an API for patients who visit doctors"),
        ("students attending a course", "students attend a course"),
        ("customers ordering products", "customers order products"),
        ("an app for users tracking expenses", "an app for users who track expenses"),
    ],
)
def test_a_gerund_behind_who_does_it_is_a_verb(gerund: str, finite: str) -> None:
    assert shape(core().analyze_requirements(gerund)) == shape(core().analyze_requirements(finite))


def test_who_borrows_what_is_stored_as_a_loan() -> None:
    spec = core().analyze_requirements("a library with members borrowing books")
    assert shape(spec) == {"Member": [], "Book": [], "Loan": ["Book", "Member"]}
    assert not [need for need in needs(spec) if need.startswith("unknown:")]


def test_a_verb_nobody_knows_makes_no_thing_of_its_own() -> None:
    spec = core().analyze_requirements("a school with students taking courses")
    assert {"Student", "Course"} <= set(shape(spec))
    assert "TakingCourse" not in shape(spec)
    assert "unknown:taking courses" in needs(spec)


@pytest.mark.parametrize(
    ("sentence", "stored"),
    [
        ("employees with working hours", ["Employee"]),
        ("orders with shipping address and billing address", ["Order"]),
        ("a rooms booking system", ["Booking"]),
        ("customers, ordering by date", ["Customer"]),
        ("trainers and training sessions", ["Trainer", "SessionRecord"]),
    ],
)
def test_a_gerund_that_is_part_of_a_name_stays_one(sentence: str, stored: list[str]) -> None:
    assert list(shape(core().analyze_requirements(sentence))) == stored
