"""Features of REST APIs, in every language that has them: what they bring, alone and together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import GenerationSettings
from server.generator.conftest import SPECS, TEMPLATES, entity, field

pytestmark = pytest.mark.anyio

LANGUAGES = ("python", "typescript", "javascript", "go", "java")
TESTED = ("rate_limiting", "monitoring", "roles")
"""Features that tests of the generated project prove."""
SHIPPED = (*TESTED, "compose", "dev_container")
NEEDS = {"roles": ("accounts",)}
FORBIDDEN = ("TODO", "FIXME", "noqa", "type: ignore", "biome-ignore", "@ts-", "nolint", ": any")


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language in LANGUAGES
    return files


@pytest.fixture(scope="module")
def features_engine() -> GeneratorEngine:
    """An engine that does not format."""
    return GeneratorEngine(TEMPLATES, dict(PACKS), leave_files)


def spec_of(language: str, *features: str, entities: object = ()) -> ProjectSpec:
    """A REST API with these features."""
    return ProjectSpec.model_validate(
        {"name": "demo", "language": language, "features": features, "entities": entities}
    )


def contents(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


def environment(render: Render) -> dict[str, str]:
    """Variables of the example of settings."""
    lines = contents(render)[".env.example"].splitlines()
    pairs = (line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    return dict(pairs)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
async def test_a_feature_stands_alone(
    features_engine: GeneratorEngine, language: str, name: str
) -> None:
    needs = NEEDS.get(name, ())
    without = await features_engine.render(spec_of(language, *needs), None)
    render = await features_engine.render(spec_of(language, name, *needs), None)
    assert contents(render).keys() > contents(without).keys()
    assert bool(render.provides[f"feature:{name}"]) or name not in TESTED
    _check_promises(render)
    for path, text in contents(render).items():
        assert not [word for word in FORBIDDEN if word in text], path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("other", ["blog", "everything", "empty"])
async def test_all_features_stand_together(
    features_engine: GeneratorEngine, language: str, other: str
) -> None:
    features = ("accounts", "cors", "logging", "license", *SHIPPED)
    entities = SPECS[other].get("entities", [])
    render = await features_engine.render(spec_of(language, *features, entities=entities), None)
    assert not render.notes or other != "empty"
    _check_promises(render)


def _check_promises(render: Render) -> None:
    """Every test that is promised is there."""
    files = contents(render)
    for test in {test for tests in render.provides.values() for test in tests}:
        path, title = test.partition("::")[0], test.rpartition("::")[2]
        assert re.search(rf"\b{re.escape(title)}\b", files[path].replace('\\"', '"')), test


@pytest.mark.parametrize("language", LANGUAGES)
async def test_requests_are_limited_by_settings_that_tests_do_not_meet(
    features_engine: GeneratorEngine, language: str
) -> None:
    render = await features_engine.render(spec_of(language, "rate_limiting"), None)
    settings = environment(render)
    assert settings["RATE_LIMIT_REQUESTS"] == "300"
    assert settings["RATE_LIMIT_SECONDS"] == "60"
    text = "".join(t for path, t in contents(render).items() if "test" in path)
    assert re.search(r"1_?000_?000", text)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_metrics_take_their_address_only_where_they_are(
    features_engine: GeneratorEngine, language: str
) -> None:
    metric = [entity("Metric", "metrics", [field("value", "integer")])]
    plain = await features_engine.render(spec_of(language, entities=metric), None)
    render = await features_engine.render(spec_of(language, "monitoring", entities=metric), None)
    assert not _mentions(plain, "/metrics-list")
    assert _mentions(render, "/metrics-list")
    assert _mentions(render, "/metrics")


def _mentions(render: Render, address: str) -> bool:
    return any(
        f'"{address}"' in text or f" {address}" in text for text in contents(render).values()
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("features", [(), ("accounts",)])
async def test_compose_starts_the_service_with_what_it_needs(
    features_engine: GeneratorEngine, language: str, features: tuple[str, ...]
) -> None:
    render = await features_engine.render(spec_of(language, "compose", *features), None)
    compose: dict[str, Any] = yaml.safe_load(contents(render)["compose.yaml"])
    app = compose["services"]["app"]
    assert app["ports"] == ["127.0.0.1:8000:8000"]
    assert app["volumes"] == ["data:/data"]
    assert "data" in compose["volumes"]
    assert ("SECRET_KEY" in app["environment"]) == ("accounts" in features)
    assert app["environment"].get("SECRET_KEY", "${SECRET_KEY:?").startswith("${SECRET_KEY:?")
    checked = "HEALTHCHECK" in contents(render)["Dockerfile"] or "healthcheck" in app
    assert checked


async def test_compose_brings_postgresql_where_it_is_chosen(
    features_engine: GeneratorEngine,
) -> None:
    render = await features_engine.render(spec_of("python", "compose", "postgresql"), None)
    compose: dict[str, Any] = yaml.safe_load(contents(render)["compose.yaml"])
    app, database = compose["services"]["app"], compose["services"]["database"]
    assert app["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "@database:5432/" in app["environment"]["DATABASE_URL"]
    assert "healthcheck" in database
    assert database["environment"]["POSTGRES_PASSWORD"].startswith("${POSTGRES_PASSWORD:?")
    assert environment(render)["POSTGRES_PASSWORD"] == ""


async def test_compose_is_refused_where_there_is_no_image(features_engine: GeneratorEngine) -> None:
    without = {"text": "no docker", "needs": ["without:feature:docker"], "id": "R1"}
    spec = spec_of("python", "compose").model_copy()
    refused = ProjectSpec.model_validate(spec.model_dump() | {"requirements": [without]})
    with pytest.raises(UnsupportedError, match="docker"):
        await features_engine.render(refused, None)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_dev_container_is_described(
    features_engine: GeneratorEngine, language: str
) -> None:
    render = await features_engine.render(spec_of(language, "dev_container"), None)
    described = json.loads(contents(render)[".devcontainer/devcontainer.json"])
    assert described["forwardPorts"] == [8000]
    assert described["postCreateCommand"]


@pytest.mark.parametrize(
    ("sentence", "features"),
    [
        ("a todo API with rate limiting and Prometheus metrics", {"rate_limiting", "monitoring"}),
        (
            "a todo API with rate limiting, run by docker compose",
            {"rate_limiting", "compose", "docker"},
        ),
        ("a todo API with a dev container", {"dev_container"}),
        ("a todo app with a metrics endpoint and docker-compose", {"monitoring", "compose"}),
        ("a todo API with user roles", {"roles", "accounts"}),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_sentences_lead_to_features(sentence: str, features: set[str], language: str) -> None:
    engine = GeneratorEngine(TEMPLATES, dict(PACKS), leave_files)
    offered = engine.features(language, "rest_api")
    supported = Supported({language: frozenset({"rest_api"})}, {language: offered})
    core = IntelligenceCore(GenerationSettings(default_language=language), supported)
    spec = core.analyze_requirements(sentence)
    assert [e.name for e in spec.entities] == ["Todo"]
    assert features <= set(spec.features)
    needs = {need for r in spec.requirements for need in r.needs}
    assert {f"feature:{name}" for name in features} <= needs | {
        "feature:docker",
        "feature:accounts",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stack_names_what_features_bring(language: str) -> None:
    from autonomous_coder.engines.intelligence.stack import select

    stack = select(spec_of(language, "rate_limiting", "monitoring"), None)
    assert {"rate limits", "metrics"} <= {choice.part for choice in stack.choices}
    assert {"rate limits", "metrics"}.isdisjoint(
        choice.part for choice in select(spec_of(language), None).choices
    )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_roles_are_no_choice_of_who_registers(
    features_engine: GeneratorEngine, language: str
) -> None:
    roles = field("role", "enum", values=["owner", "guest"], default="guest")
    users = [entity("User", "users", [field("nickname"), roles])]
    render = await features_engine.render(
        spec_of(language, "accounts", "roles", entities=users), None
    )
    assert any("User.role" in note for note in render.notes)
    text = "".join(contents(render).values())
    assert "guest" not in text
    assert render.provides["field:User.nickname"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_roles_need_accounts(features_engine: GeneratorEngine, language: str) -> None:
    with pytest.raises(UnsupportedError, match="accounts"):
        await features_engine.render(spec_of(language, "roles"), None)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_names_that_features_take_are_left_to_them(
    features_engine: GeneratorEngine, language: str
) -> None:
    names = [("Viewer", "viewers"), ("UserRole", "user_roles"), ("Role", "roles")]
    names += [("Metric", "metrics"), ("Person", "users"), ("RateLimit", "rate_limits")]
    things = [entity(name, plural, [field("name")], access="private") for name, plural in names]
    features = ("accounts", *SHIPPED)
    render = await features_engine.render(spec_of(language, *features, entities=things), None)
    _check_promises(render)
    assert all(render.provides[f"entity:{name}"] for name, _ in names)
