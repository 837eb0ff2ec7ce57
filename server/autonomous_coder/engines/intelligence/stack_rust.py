"""The stacks of Rust: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_features import feature_parts
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

RUST_RUNTIME = ">=1.95"
Row = tuple[str, str, str, str]
PARTS = (
    ("web framework", "axum", "axum", "handlers are functions, checked when they are compiled"),
    ("runtime", "tokio", "tokio", "what axum and sqlx run on"),
    ("validation", "own rules", "", "every fault of a request is named, not the first"),
    ("documentation", "openapi", "", "one document; a test asks for each of its operations"),
    ("queries", "sqlx", "sqlx", "plain SQL that is written in the code, values as parameters"),
    ("dates", "chrono", "chrono", "known to serde and to sqlx"),
)
ON_POSTGRESQL: Row = (
    "database",
    "postgresql",
    "",
    "asked for; SQLite is used by the tests unless TEST_DATABASE_URL names a server",
)
TOOLS = (
    ("migrations", "sqlx migrate", "", "numbered SQL files in the program, each in a transaction"),
    ("logs", "tracing", "tracing", "JSON lines"),
    ("tests", "cargo test", "", "each requirement is shown by a test of the whole service"),
    ("lint and format", "clippy, rustfmt", "", "come with Rust"),
    ("packaging", "cargo", "", "Cargo.lock holds the hash of every crate"),
)

RECORDS = (
    ("records", "structs", "", "typed, with IDs that know what they are of"),
    ("collections", "own store", "", "generic, and sealed: it holds the types of the crate alone"),
    ("JSON", "serde", "serde", "both ways; what breaks a rule is refused on the way"),
    ("errors", "thiserror", "thiserror", "one enum, whose variants callers can tell apart"),
    ("dates", "chrono", "chrono", "known to serde"),
)
PUBLISHED = (
    ("tests", "cargo test", "", "each requirement is shown by a test; examples run, too"),
    ("API documentation", "cargo doc", "", "made from comments; the compiler finds what has none"),
    ("lint and format", "clippy, rustfmt", "", "come with Rust"),
    ("packaging", "cargo", "", "cargo package checks what would be published"),
)

PARSER = (
    "command line",
    "clap",
    "clap",
    "types say what can be typed; help and messages are made from them",
)
KEPT = (
    ("queries", "rusqlite", "rusqlite", "plain SQL without a runtime, values as parameters"),
    ("database", "sqlite", "", "one file in the user's own directory; needs no server"),
    ("migrations", "include_dir", "include_dir", "numbered SQL files in the program, all or none"),
    ("dates", "chrono", "chrono", "known to serde and to rusqlite"),
)


def rust_cli(spec: ProjectSpec, resolution: Resolution | None, language_reason: str) -> TechStack:
    """clap, and SQLite where something is stored."""
    errors = ("errors", "anyhow", "anyhow", "told to the user with what led to them")
    return _stack(
        [PARSER, errors, *(KEPT if spec.entities else ()), *TOOLS[2:]], resolution, language_reason
    )


def rust_library(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Few crates that most programs have anyway; versions as the resolution says."""
    return _stack([*(RECORDS if spec.entities else ()), *PUBLISHED], resolution, language_reason)


def rust_rest_api(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """axum, sqlx and what belongs to them; versions as the resolution says."""
    asked = spec.provenance.get("features.sqlite") in {"user", "host"}
    database = "asked for" if asked else "needs no server"
    on_sqlite: Row = ("database", "sqlite", "", f"{database}; compiled into the program")
    rows: list[Row] = [*PARTS, ON_POSTGRESQL if "postgresql" in spec.features else on_sqlite]
    if "accounts" in spec.features:
        rows += [
            ("tokens", "jsonwebtoken", "jsonwebtoken", "signed access tokens"),
            ("password hashing", "argon2", "argon2", "Argon2id, by the RustCrypto project"),
        ]
    return _stack([*rows, *feature_parts(spec), *TOOLS], resolution, language_reason)


def _stack(rows: list[Row], resolution: Resolution | None, language_reason: str) -> TechStack:
    versions = resolution.versions() if resolution else {}
    runtime = resolution.runtime if resolution and resolution.runtime else RUST_RUNTIME
    choices = [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in rows
    ]
    first = StackChoice(part="language", choice="rust", version=runtime, reason=language_reason)
    return TechStack(
        language="rust", runtime=runtime, choices=[first, *choices], resolution=resolution
    )
