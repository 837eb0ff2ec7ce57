"""Services in Go: property tests with values that every entity's fields take and refuse."""

from __future__ import annotations

import re

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.languages.go.pack_properties import PropertiesView, PropertyView
from autonomous_coder.languages.go.pack_service import ServiceView
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import SPECS, TEMPLATES, entity, field, link
from server.generator.sqlite_library import leave_files

pytestmark = pytest.mark.anyio

SUPPORT = "internal/api/property_support_test.go"
HELPERS = re.compile(r"^(?:func|var) (\w+)", re.M)
BESIDE = ("accounts", "roles", "postgresql", "file_upload", "background_jobs", "websocket")
TAKEN = [
    entity("Property", "properties", [field("texts")]),
    entity("PropertySupport", "property_support", [field("letters", "enum", values=["days"])]),
    entity("Main", "main", [field("any", "boolean")], access="shared"),
]


@pytest.fixture
def golang() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"go": GoPack()}, leave_files)


def spec_of(*features: str, entities: object = (), **more: object) -> ProjectSpec:
    given = {"name": "demo", "language": "go", "features": features, "entities": entities}
    return ProjectSpec.model_validate(given | more)


def contents(render: Render) -> dict[str, str]:
    files = {file.path: file.content for file in render.files}
    for path, text in files.items():
        assert not re.search(r"\bTODO\b|FIXME|nolint", text), path
    return files


def properties(*entities: dict[str, object]) -> dict[str, PropertiesView]:
    view = GoPack().view(
        spec_of("property_tests", entities=entities), frozenset({"property_tests"})
    )
    assert isinstance(view, ServiceView)
    return dict(view.properties)


def members(made: PropertiesView) -> dict[str, PropertyView]:
    return {member.name: member for member in made.members}


@pytest.mark.parametrize("name", sorted(SPECS.keys() - {"tricky"}))
@pytest.mark.parametrize("beside", [(), BESIDE], ids=["alone", "all"])
async def test_any_spec_has_properties_with_no_helper_that_nothing_uses(
    golang: GeneratorEngine, name: str, beside: tuple[str, ...]
) -> None:
    entities = SPECS[name].get("entities", [])
    render = await golang.render(spec_of("property_tests", *beside, entities=entities), None)
    files = contents(render)
    tests = {path: text for path, text in files.items() if path.endswith("_test.go")}
    assert '"rapid.seed": "1"' in tests[SUPPORT]
    assert "internal/api/testdata/rapid/" in files[".gitignore"]
    assert "-rapid.checks=1000" in files["README.md"]
    assert "-rapid.checks=1000" in files["AGENTS.md"]
    code = "\n".join(text for path, text in tests.items() if "propert" in path)
    for helper in HELPERS.findall(tests[SUPPORT]):
        assert helper.startswith("Test") or len(re.findall(rf"\b{helper}\b", code)) > 1, helper
    there = {
        f"{path}::{test}"
        for path, text in tests.items()
        for test in re.findall(r"^func (Test\w+)\(t ", text, re.M)
    }
    assert set(render.provides["feature:property_tests"]) <= there
    kept = [path for path in tests if path.endswith("_properties_test.go")]
    assert bool(kept) == bool(entities)


async def test_the_library_is_there_for_tests_alone(golang: GeneratorEngine) -> None:
    render = await golang.render(spec_of("property_tests"), None)
    assert render.dependencies is not None
    assert "pgregory.net/rapid" in render.dependencies.dev_packages
    assert "pgregory.net/rapid" not in render.dependencies.packages


def test_values_lie_within_the_bounds_of_their_field_or_beyond() -> None:
    fields = [
        field("title", minimum=2, maximum=10),
        field("pages", "integer", minimum=1, maximum=5),
        field("price", "decimal", minimum=0.5, maximum=9.99999),
        field("kind", "enum", values=["a", "b"]),
        field("long", "text", minimum=300, required=False),
        field("ok", "boolean"),
        field("at", "datetime"),
    ]
    made = members(properties(entity("Book", "books", fields))["Book"])
    null = "rapid.Just[any](nil)"
    assert made["title"].taken == "textOf(2, 10)"
    assert made["title"].refused == f"rapid.OneOf(textOf(11, 11).AsAny(), noText, blanks, {null})"
    assert made["pages"].taken == "rapid.Int64Range(1, 5)"
    assert "rapid.Int64Max(0)" in made["pages"].refused
    assert "rapid.Int64Min(6)" in made["pages"].refused
    assert made["price"].taken == "decimals(5000, 99999)"
    assert "rapid.Int64Range(10, 1000010)" in made["price"].refused
    assert made["kind"].taken == 'rapid.SampledFrom([]string{"a", "b"})'
    assert 'otherThan("a", "b")' in made["kind"].refused
    assert made["long"].taken == "orNull(longText(300))"
    assert null not in made["long"].refused
    assert made["ok"].refused == f"rapid.OneOf(letters, rapid.Float64().AsAny(), {null})"
    assert "beyondTime" in made["at"].refused


def test_rows_are_referred_to_that_are_there_and_of_another_kind() -> None:
    made = properties(
        entity("Author", "authors", [field("name", unique=True)]),
        entity(
            "Book",
            "books",
            [field("title")],
            link("author", "Author"),
            link("sequel_of", "Book", required=False),
            link("readers", "Author", "many_to_many"),
        ),
    )["Book"]
    assert members(made)["author_id"].taken == "rapid.Just[any](authorID)"
    assert members(made)["author_id"].refused == "rapid.OneOf(noRow, rapid.Just[any](nil))"
    assert members(made)["sequel_of_id"].taken == "rapid.Just[any](nil)"
    assert members(made)["reader_ids"].taken == "rapid.SampledFrom([][]any{{}, readerIDs})"
    assert [variable for variable, _ in made.targets] == ["authorID", "readerIDs"]


async def test_names_of_entities_are_in_nobodys_way(golang: GeneratorEngine) -> None:
    render = await golang.render(spec_of("property_tests", "accounts", entities=TAKEN), None)
    paths = [file.path for file in render.files]
    assert len(paths) == len(set(paths))
    code = "\n".join(f.content for f in render.files if f.path.startswith("internal/api/"))
    found = re.findall(r"^func (\w+)\(", code, re.M)
    assert len(found) == len(set(found))


async def test_without_tests_there_are_no_property_tests(golang: GeneratorEngine) -> None:
    spec = spec_of("property_tests", entities=SPECS["blog"]["entities"], left_out=["tests"])
    render = await golang.render(spec, None)
    files = contents(render)
    assert not [path for path in files if path.endswith("_test.go")]
    assert "rapid" not in files["README.md"] + files["AGENTS.md"] + files[".gitignore"]
    assert render.dependencies is not None
    assert "pgregory.net/rapid" not in render.dependencies.dev_packages


async def test_moments_that_json_cannot_hold_are_refused(golang: GeneratorEngine) -> None:
    entities = [entity("Visit", "visits", [field("at", "datetime")])]
    forms = contents(await golang.render(spec_of(entities=entities), None))["internal/api/forms.go"]
    assert "value.Year() > 9999" in forms
