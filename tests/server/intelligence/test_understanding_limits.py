"""How long or how great something may be, and values that are listed in brackets."""

from __future__ import annotations

import pytest

from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec
from server.intelligence.understanding import core, needs


def shown(field: EntityField) -> str:
    """`rating 1..5`, `body ..500`, `condition new|used`."""
    if field.type is FieldType.ENUM:
        return f"{field.name} {'|'.join(field.values)}"
    low, high = ("" if bound is None else f"{bound:g}" for bound in (field.minimum, field.maximum))
    return f"{field.name} {low}..{high}"


def fields_of(spec: ProjectSpec) -> dict[str, list[str]]:
    return {entity.name: [shown(field) for field in entity.fields] for entity in spec.entities}


@pytest.mark.parametrize(
    ("sentence", "entity", "field"),
    [
        ("a chat API with rooms and messages max 500 characters", "Message", "body ..500"),
        ("an API for chats with messages of at most 280 characters", "Message", "body ..280"),
        ("posts with title (max 100 characters) and body", "Post", "title 1..100"),
        ("posts with title and body up to 5,000 characters", "Post", "body ..5000"),
        ("an API for notes (max. 80 chars)", "Note", "body ..80"),
        ("surveys with score 1-10 and comment (optional, up to 500 letters)", "Survey",
         "comment ..500"),
        ("products with name, price between 0 and 10000 and stock", "Product", "price 0..10000"),
        ("employees with name, age from 18 to 67 and salary over 0", "Employee", "age 18..67"),
        ("employees with name, age from 18 to 67 and salary over 0", "Employee", "salary 0.01.."),
        ("courses with title, capacity (max 30) and level", "Course", "capacity 0..30"),
        ("events with capacity of at least 10 and at most 500", "Event", "capacity 10..500"),
        ("hotel rooms with number, beds (1-4) and price", "Room", "beds 1..4"),
        ("an API for books with title and reviews (1-5 stars)", "Review", "rating 1..5"),
        ("movies with title and reviews (1 to 10)", "Review", "rating 1..10"),
        ("users can leave reviews (1-5 stars) for products", "Review", "rating 1..5"),
        ("hotels with name, stars (1-5) and address", "Hotel", "stars 1..5"),
        ("recipes with title and rating out of 10", "Recipe", "rating 1..10"),
        ("books with a 5-star rating", "Book", "rating 1..5"),
        ("a course platform where students rate courses from 1 to 7", "Rating", "score 1..7"),
        ("an API for articles; the title must have at most 120 characters", "Article",
         "title 1..120"),
        ("listeners rate episodes 1 to 5", "Rating", "score 1..5"),
        ("an API for users (age 18+) and posts", "User", "age 18.."),
        ("users with name, role (admin, editor) and age over 17", "User", "role admin|editor"),
        ("trips with hours (0.25 to 24) and date", "Trip", "hours 0.25..24"),
        ("a task API; titles are limited to 80 characters", "Task", "title 1..80"),
        ("parcels with weight under 30 kg and width", "Parcel", "weight ..30"),
        ("a movie API with runtime (minutes) and year from 1900 to 2100", "Movie",
         "year 1900..2100"),
        ("invoices with number and status: draft, sent or paid", "Invoice",
         "status draft|sent|paid"),
        ("trips with distance up to 500 km and price under 1000", "Trip", "price 0..999.99"),
    ],
)  # fmt: skip
def test_what_is_said_of_length_and_size_bounds_the_field(
    sentence: str, entity: str, field: str
) -> None:
    spec = core().analyze_requirements(sentence)
    found = fields_of(spec)
    assert field in found.get(entity, []), found
    assert not {"Character", "Char", "Star"} & found.keys()
    assert not [need for need in needs(spec) if need.startswith("unknown:")]


@pytest.mark.parametrize(
    ("sentence", "unknown"),
    [
        ("passwords must be at least 12 characters; users can add notes", "at least 12 characters"),
        ("posts with title and up to 4 photos", "up to 4"),
        ("a quiz API with questions, 2 to 6 options each", "2 to 6"),
        (
            "an API with rate limiting (100 requests per minute) for notes",
            "100 requests per minute",
        ),
        ("an API for loans of books for 14 days", "14 days"),
        ("a gym API: members must be over 18", "over 18"),
    ],
)
def test_limits_of_what_no_field_holds_are_told(sentence: str, unknown: str) -> None:
    assert f"unknown:{unknown}" in needs(core().analyze_requirements(sentence))


@pytest.mark.parametrize(
    ("sentence", "entity", "field"),
    [
        ("an API for vinyl records with title, artist, condition (mint, good, poor)",
         "VinylRecord", "condition mint|good|poor"),
        ("tools with name and condition (new, used, broken)", "Tool", "condition new|used|broken"),
        ("sales records with amount, region (north, south, east)", "SalesRecord",
         "region north|south|east"),
        ("employee records with name and contract (full-time, part-time)", "Employee",
         "contract full_time|part_time"),
        ("a plant diary with plants and light (sun, shade, half shade)", "Plant",
         "light sun|shade|half_shade"),
        ("a todo API with status (open, done)", "Todo", "status open|done"),
        ("flats with floor and energy class (A, B, C)", "Flat", "energy_class a|b|c"),
        ("an API for houses: address, price, heating (gas, electric)", "House",
         "heating gas|electric"),
    ],
)  # fmt: skip
def test_values_in_brackets_are_those_of_an_attribute(
    sentence: str, entity: str, field: str
) -> None:
    spec = core().analyze_requirements(sentence)
    assert field in fields_of(spec)[entity]
    assert list(fields_of(spec)) == [entity]
    assert not [need for need in needs(spec) if need.startswith("unknown:")]


def test_things_in_brackets_with_attributes_stay_things() -> None:
    spec = core().analyze_requirements("authors (name, bio), books (title, pages) and genres")
    assert list(fields_of(spec)) == ["Author", "Book", "Genre"]
