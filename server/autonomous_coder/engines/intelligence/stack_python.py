"""The stacks of Python packages: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_features import feature_parts
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

PYTHON_RUNTIME = ">=3.11"
PARSER = ("command line", "typer", "typer", "commands are typed functions; help comes with them")
CHECKED = ("validation", "pydantic", "pydantic", "what is typed is checked against the spec")
STORED = (
    ("orm", "sqlalchemy", "sqlalchemy", "typed tables; no SQL put together from strings"),
    ("database", "sqlite", "", "one file in the user's own directory; needs no server"),
    ("data directory", "platformdirs", "platformdirs", "where each system wants data to be"),
)
RECORDS = (
    "records",
    "pydantic",
    "pydantic",
    "immutable, checked when made, and to JSON and back without code of their own",
)
DOCUMENTED = ("API documentation", "pdoc", "pdoc", "made from docstrings and types; small")
TOOLS = (
    ("tests", "pytest", "pytest", "each requirement is shown by a test"),
    ("lint and format", "ruff", "ruff", "one fast tool for both"),
    ("types", "mypy", "mypy", "strict types find errors before a user does"),
    ("build", "hatchling", "", "small, and finds packages under src/"),
    ("packaging", "uv", "uv", "a lock file with hashes, installed in seconds"),
)
PAGES = (
    ("web framework", "fastapi", "fastapi", "typed routes and dependencies; pages as well as APIs"),
    ("templates", "jinja2", "jinja2", "pages made on the server, text escaped by itself"),
    ("server", "uvicorn", "uvicorn", "the ASGI server FastAPI is run with"),
    ("validation", "pydantic", "pydantic", "every form is checked against the fields of the spec"),
    ("sessions", "itsdangerous", "itsdangerous", "signs the cookie that holds a session"),
    ("orm", "sqlalchemy", "sqlalchemy", "asynchronous and typed; the same code on every database"),
)
HASHED = ("password hashing", "pwdlib", "pwdlib", "Argon2; passlib is no longer maintained")
MIGRATED = ("migrations", "alembic", "alembic", "a schema that lives on needs migrations")
ON_SQLITE = (
    ("database", "sqlite", "", "needs no server; PostgreSQL is a matter of the database URL"),
    ("database driver", "aiosqlite", "aiosqlite", "the asynchronous SQLite driver"),
)
ON_POSTGRESQL = (
    ("database", "postgresql", "", "asked for; SQLite is used by the tests, the URL decides"),
    ("database driver", "asyncpg", "asyncpg", "the asynchronous PostgreSQL driver"),
)

Row = tuple[str, str, str, str]


def python_cli(spec: ProjectSpec, resolution: Resolution | None, language_reason: str) -> TechStack:
    """Typer, and SQLAlchemy where something is stored."""
    stored = STORED if spec.entities else ()
    checked = (CHECKED,) if spec.entities or spec.commands else ()
    return stack((PARSER, *checked, *stored, *TOOLS), resolution, language_reason)


def python_library(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """pydantic where there are records, and tools to publish with."""
    records = (RECORDS,) if spec.entities else ()
    return stack((*records, *TOOLS, DOCUMENTED), resolution, language_reason)


def python_web_app(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """FastAPI with pages by Jinja2, and a database behind them."""
    database = ON_POSTGRESQL if "postgresql" in spec.features else ON_SQLITE
    hashed = (HASHED,) if "accounts" in spec.features else ()
    tools = tuple(tool for tool in TOOLS if tool[0] != "build")
    rows = (*PAGES, *database, MIGRATED, *hashed, *feature_parts(spec), *tools)
    return stack(rows, resolution, language_reason)


def stack(rows: tuple[Row, ...], resolution: Resolution | None, language_reason: str) -> TechStack:
    """Rows of part, choice, package and reason as a stack."""
    pins = resolution.pins if resolution else []
    versions = {pin.name.lower().replace("_", "-"): pin.version for pin in pins}
    runtime = resolution.runtime if resolution and resolution.runtime else PYTHON_RUNTIME
    first = StackChoice(part="language", choice="python", version=runtime, reason=language_reason)
    choices = [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in rows
    ]
    return TechStack(
        language="python", runtime=runtime, choices=[first, *choices], resolution=resolution
    )
