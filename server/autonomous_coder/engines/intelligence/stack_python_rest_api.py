"""The stack of a REST API in Python: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_features import feature_parts
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

RUNTIME = ">=3.11"


def python_rest_api(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """FastAPI, SQLAlchemy and what belongs to them; versions as the resolution says."""
    versions = (
        {p.name.lower().replace("_", "-"): p.version for p in resolution.pins} if resolution else {}
    )
    runtime = resolution.runtime if resolution and resolution.runtime else RUNTIME
    features = set(spec.features)
    rows = [
        ("language", "python", runtime, language_reason),
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
