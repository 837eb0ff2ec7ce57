"""The stack of a project: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_features import feature_parts
from autonomous_coder.engines.intelligence.stack_go import go_cli, go_library, go_rest_api
from autonomous_coder.engines.intelligence.stack_html import html_game, html_static_site
from autonomous_coder.engines.intelligence.stack_java import java_rest_api
from autonomous_coder.engines.intelligence.stack_javascript import javascript_rest_api
from autonomous_coder.engines.intelligence.stack_node import (
    node_cli,
    node_library,
    node_mcp_server,
)
from autonomous_coder.engines.intelligence.stack_python import (
    python_cli,
    python_library,
    python_web_app,
)
from autonomous_coder.engines.intelligence.stack_python_services import (
    python_mcp_server,
    python_worker,
)
from autonomous_coder.engines.intelligence.stack_rust import rust_library, rust_rest_api
from autonomous_coder.engines.intelligence.stack_typescript import (
    typescript_rest_api,
    typescript_web_app,
)
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

PYTHON_RUNTIME = ">=3.11"


def python_rest_api(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    """FastAPI, SQLAlchemy and what belongs to them; versions as the resolution says."""
    versions = (
        {p.name.lower().replace("_", "-"): p.version for p in resolution.pins} if resolution else {}
    )
    runtime = resolution.runtime if resolution and resolution.runtime else PYTHON_RUNTIME
    features = set(spec.features)
    rows = [
        ("language", "python", runtime, _language_reason(spec)),
        (
            "web framework",
            "fastapi",
            "fastapi",
            "typed requests and an OpenAPI document come with the routes",
        ),
        ("server", "uvicorn", "uvicorn", "the ASGI server FastAPI is run with"),
        (
            "validation",
            "pydantic",
            "pydantic",
            "every request is checked against the fields of the spec",
        ),
        (
            "orm",
            "sqlalchemy",
            "sqlalchemy",
            "asynchronous and typed; the same code on SQLite and PostgreSQL",
        ),
    ]
    if "postgresql" in features:
        rows.append(
            (
                "database",
                "postgresql",
                "",
                "asked for; SQLite is used by the tests, the URL decides",
            )
        )
        rows.append(("database driver", "asyncpg", "asyncpg", "the asynchronous PostgreSQL driver"))
    else:
        reason = (
            "asked for"
            if spec.provenance.get("features.sqlite") in {"user", "host"}
            else "needs no server"
        )
        rows.append(
            ("database", "sqlite", "", f"{reason}; PostgreSQL is a matter of the database URL")
        )
        rows.append(("database driver", "aiosqlite", "aiosqlite", "the asynchronous SQLite driver"))
    if "postgresql" in features or "migrations" in features:
        rows.append(("migrations", "alembic", "alembic", "a schema that lives on needs migrations"))
    if "accounts" in features:
        rows.append(("tokens", "pyjwt", "pyjwt", "signed access tokens; maintained and small"))
        rows.append(
            (
                "password hashing",
                "pwdlib",
                "pwdlib",
                "Argon2, with pwdlib[argon2]; passlib is no longer maintained",
            )
        )
    rows += [
        *feature_parts(spec),
        ("tests", "pytest", "pytest", "each requirement is shown by a test"),
        ("lint and format", "ruff", "ruff", "one fast tool for both"),
        ("types", "mypy", "mypy", "strict types find errors before a request does"),
        ("packaging", "uv", "uv", "a lock file with hashes, installed in seconds"),
    ]
    choices = [
        StackChoice(
            part=part,
            choice=choice,
            version=versions.get(package, package if part == "language" else ""),
            reason=reason,
        )
        for part, choice, package, reason in rows
    ]
    return TechStack(language="python", runtime=runtime, choices=choices, resolution=resolution)


def _language_reason(spec: ProjectSpec) -> str:
    decided = spec.provenance.get("language")
    if decided in {"host", "user"}:
        return "asked for"
    marks = ("default language", "The project's files are in")
    note = next((a for a in spec.assumptions if any(mark in a for mark in marks)), "")
    return note or "the default language"


def _typescript_rest_api(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return typescript_rest_api(spec, resolution, _language_reason(spec))


def _javascript_rest_api(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return javascript_rest_api(spec, resolution, _language_reason(spec))


def _python_cli(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return python_cli(spec, resolution, _language_reason(spec))


def _python_web_app(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return python_web_app(spec, resolution, _language_reason(spec))


def _python_library(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return python_library(spec, resolution, _language_reason(spec))


def _python_mcp_server(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return python_mcp_server(spec, resolution, _language_reason(spec))


def _python_worker(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return python_worker(spec, resolution, _language_reason(spec))


def _node_cli(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return node_cli(spec, resolution, _language_reason(spec))


def _node_mcp_server(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return node_mcp_server(spec, resolution, _language_reason(spec))


def _node_library(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return node_library(spec, resolution, _language_reason(spec))


def _go_rest_api(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return go_rest_api(spec, resolution, _language_reason(spec))


def _go_cli(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return go_cli(spec, resolution, _language_reason(spec))


def _go_library(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return go_library(spec, resolution, _language_reason(spec))


def _html_static_site(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return html_static_site(spec, resolution, _language_reason(spec))


def _rust_rest_api(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return rust_rest_api(spec, resolution, _language_reason(spec))


def _rust_library(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return rust_library(spec, resolution, _language_reason(spec))


def _html_game(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return html_game(resolution, _language_reason(spec))


def _typescript_web_app(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    """Of the pages, and of the API behind them."""
    language = spec.constraints.get("api_language", spec.language)
    parts = resolution.parts if resolution else {}
    behind = {"language": language, "archetype": "rest_api"}
    api = select(spec.model_copy(update=behind), parts.get("api"))
    return typescript_web_app(resolution, parts.get("web"), _language_reason(spec), api)


def _java_rest_api(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    return java_rest_api(spec, resolution, _language_reason(spec))


STACKS = {
    ("python", "rest_api"): python_rest_api,
    ("python", "web_app"): _python_web_app,
    ("typescript", "web_app"): _typescript_web_app,
    ("python", "cli"): _python_cli,
    ("python", "library"): _python_library,
    ("python", "mcp_server"): _python_mcp_server,
    ("python", "worker"): _python_worker,
    ("typescript", "rest_api"): _typescript_rest_api,
    ("typescript", "cli"): _node_cli,
    ("typescript", "library"): _node_library,
    ("typescript", "mcp_server"): _node_mcp_server,
    ("javascript", "rest_api"): _javascript_rest_api,
    ("javascript", "cli"): _node_cli,
    ("javascript", "library"): _node_library,
    ("go", "rest_api"): _go_rest_api,
    ("java", "rest_api"): _java_rest_api,
    ("rust", "rest_api"): _rust_rest_api,
    ("rust", "library"): _rust_library,
    ("html", "static_site"): _html_static_site,
    ("html", "game"): _html_game,
    ("go", "cli"): _go_cli,
    ("go", "library"): _go_library,
}


def select(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    """The stack for a spec.

    Raises:
        UnsupportedError: no stack is known for this language and kind of software.
    """
    builder = STACKS.get((spec.language, spec.archetype))
    if builder is None:
        known = ", ".join(f"{lang} {kind}" for lang, kind in STACKS)
        raise UnsupportedError(
            f"No stack is known for {spec.archetype} in {spec.language}.", hint=f"Known: {known}."
        )
    return builder(spec, resolution)
