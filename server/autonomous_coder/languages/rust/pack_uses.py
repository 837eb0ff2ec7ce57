"""Which items the code of a file names: its `use` declarations, made from the code itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

ITEMS = {
    "Arc": "std::sync::Arc",
    "AtomicU32": "std::sync::atomic::AtomicU32",
    "BTreeMap": "std::collections::BTreeMap",
    "Cow": "std::borrow::Cow",
    "Display": "std::fmt::Display",
    "Duration": "std::time::Duration",
    "FromStr": "std::str::FromStr",
    "HashMap": "std::collections::HashMap",
    "HashSet": "std::collections::HashSet",
    "Mutex": "std::sync::Mutex",
    "Path": "std::path::Path",
    "PathBuf": "std::path::PathBuf",
    "RangeInclusive": "std::ops::RangeInclusive",
    "Argon2": "argon2::Argon2",
    "Params": "argon2::Params",
    "PasswordHasher": "argon2::password_hash::PasswordHasher",
    "PasswordVerifier": "argon2::password_hash::PasswordVerifier",
    "Bytes": "axum::body::Bytes",
    "DefaultBodyLimit": "axum::extract::DefaultBodyLimit",
    "Form": "axum::Form",
    "FormRejection": "axum::extract::rejection::FormRejection",
    "FromRequest": "axum::extract::FromRequest",
    "FromRequestParts": "axum::extract::FromRequestParts",
    "HeaderMap": "axum::http::HeaderMap",
    "HeaderValue": "axum::http::HeaderValue",
    "IntoResponse": "axum::response::IntoResponse",
    "Json": "axum::Json",
    "Method": "axum::http::Method",
    "OptionalFromRequestParts": "axum::extract::OptionalFromRequestParts",
    "Parts": "axum::http::request::Parts",
    "Request": "axum::extract::Request",
    "Response": "axum::response::Response",
    "Router": "axum::Router",
    "State": "axum::extract::State",
    "StatusCode": "axum::http::StatusCode",
    "DateTime": "chrono::DateTime",
    "Days": "chrono::Days",
    "NaiveDate": "chrono::NaiveDate",
    "Utc": "chrono::Utc",
    "Algorithm": "jsonwebtoken::Algorithm",
    "DecodingKey": "jsonwebtoken::DecodingKey",
    "EncodingKey": "jsonwebtoken::EncodingKey",
    "Header": "jsonwebtoken::Header",
    "Validation": "jsonwebtoken::Validation",
    "Deserialize": "serde::Deserialize",
    "DeserializeOwned": "serde::de::DeserializeOwned",
    "IntoDeserializer": "serde::de::IntoDeserializer",
    "Serialize": "serde::Serialize",
    "Serializer": "serde::Serializer",
    "Value": "serde_json::Value",
    "Encode": "sqlx::Encode",
    "FromRow": "sqlx::FromRow",
    "QueryBuilder": "sqlx::QueryBuilder",
    "Sqlite": "sqlx::Sqlite",
    "SqliteConnectOptions": "sqlx::sqlite::SqliteConnectOptions",
    "SqliteConnection": "sqlx::SqliteConnection",
    "SqliteExecutor": "sqlx::SqliteExecutor",
    "SqliteJournalMode": "sqlx::sqlite::SqliteJournalMode",
    "SqlitePool": "sqlx::SqlitePool",
    "SqliteRow": "sqlx::sqlite::SqliteRow",
    "SqliteSynchronous": "sqlx::sqlite::SqliteSynchronous",
    "TempDir": "tempfile::TempDir",
    "TcpListener": "tokio::net::TcpListener",
    "AllowOrigin": "tower_http::cors::AllowOrigin",
    "CorsLayer": "tower_http::cors::CorsLayer",
    "TimeoutLayer": "tower_http::timeout::TimeoutLayer",
    "DefaultOnFailure": "tower_http::trace::DefaultOnFailure",
    "DefaultOnResponse": "tower_http::trace::DefaultOnResponse",
    "TraceLayer": "tower_http::trace::TraceLayer",
    "Level": "tracing::Level",
    "Url": "url::Url",
    "Uuid": "uuid::Uuid",
}
OWN = {
    "AppState": "api::AppState",
    "Body": "api::extract::Body",
    "Clients": "api::rate_limiting::Clients",
    "Config": "config::Config",
    "Decimal": "decimal::Decimal",
    "Fault": "api::problem::Fault",
    "FromBody": "api::reading::FromBody",
    "FromQuery": "api::reading::FromQuery",
    "Invalid": "api::reading::Invalid",
    "Members": "api::reading::Members",
    "Metrics": "api::monitoring::Metrics",
    "NewUser": "store::users::NewUser",
    "Page": "store::Page",
    "Paging": "store::Paging",
    "Parameters": "api::reading::Parameters",
    "Passwords": "auth::passwords::Passwords",
    "Problem": "api::problem::Problem",
    "Query": "api::extract::Query",
    "RateLimit": "api::rate_limiting::RateLimit",
    "RowId": "api::extract::RowId",
    "Tokens": "auth::tokens::Tokens",
    "User": "store::users::User",
    "Viewer": "store::roles::Viewer",
}
CLI_ITEMS = {
    "ArgAction": "clap::ArgAction",
    "Args": "clap::Args",
    "Connection": "rusqlite::Connection",
    "Context": "anyhow::Context",
    "Dir": "include_dir::Dir",
    "FromSql": "rusqlite::types::FromSql",
    "FromSqlError": "rusqlite::types::FromSqlError",
    "FromSqlResult": "rusqlite::types::FromSqlResult",
    "OptionalExtension": "rusqlite::OptionalExtension",
    "Parser": "clap::Parser",
    "Row": "rusqlite::Row",
    "Subcommand": "clap::Subcommand",
    "ToSql": "rusqlite::types::ToSql",
    "ToSqlOutput": "rusqlite::types::ToSqlOutput",
    "TransactionBehavior": "rusqlite::TransactionBehavior",
    "ValueEnum": "clap::ValueEnum",
    "ValueRef": "rusqlite::types::ValueRef",
} | {
    name: ITEMS[name]
    for name in (
        *("Display", "FromStr", "HashMap", "Path", "PathBuf", "RangeInclusive"),
        *("DateTime", "Days", "NaiveDate", "Utc", "Serialize", "Serializer", "Value"),
        *("TempDir", "Url", "Uuid"),
    )
}
CLI_OWN = {
    "Cli": "commands::Cli",
    "Decimal": "decimal::Decimal",
    "One": "options::One",
    "Order": "store::Order",
    "Output": "output::Output",
    "Paging": "store::Paging",
    "Select": "store::Select",
    "Unwanted": "options::Unwanted",
}
CLI_NAMES = frozenset(CLI_ITEMS) | frozenset(CLI_OWN)
"""What no type of a program may be called."""
NAMES = frozenset(ITEMS) | frozenset(OWN)
"""What no type of a service may be called."""
PLAIN = frozenset(
    {
        *("BTreeMap", "Display", "FromStr", "RangeInclusive"),
        *(
            "DateTime",
            "Days",
            "NaiveDate",
            "Utc",
            "Deserialize",
            "Serialize",
            "Url",
            "Uuid",
        ),
    }
)
"""Those of the items that libraries name."""
_PLAIN = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"', re.S)
_NAME = re.compile(r"(?<![\w:.#'])([A-Z]\w*)")
_MADE = re.compile(r"\b(?:struct|enum|trait|type) ([A-Z]\w*)")
_ENUM = re.compile(r"\benum \w+[^{;]*\{.*?^\}", re.S | re.M)
_VARIANT = re.compile(r"^    [A-Z]\w*", re.M)
Tree = dict[str, "Tree"]


def uses(code: str, own: str, *more: str) -> str:
    """The declarations for code, in groups: the standard library, others' crates, the project's.
    `own` is what the project's crate is called in this file (`crate`, or its name in tests);
    `more` are paths that no name of the code tells of."""
    named = _named(code)
    paths = {ITEMS[name] for name in named if name in ITEMS}
    paths |= {f"{own}::{OWN[name]}" for name in named if name in OWN}
    return _grouped(paths | set(more), own)


def cli_uses(code: str, own: str, *more: str) -> str:
    """As `uses`, of a command-line program."""
    named = _named(code)
    paths = {CLI_ITEMS[name] for name in named if name in CLI_ITEMS}
    paths |= {f"{own}::{CLI_OWN[name]}" for name in named if name in CLI_OWN}
    return _grouped(paths | set(more), own)


def plain_uses(code: str, own: str, *more: str) -> str:
    """As `uses`, of a library: what is its own stands in `more`."""
    paths = {ITEMS[name] for name in _named(code) & PLAIN}
    return _grouped(paths | set(more), own)


def called(code: str, module: str, *names: str) -> tuple[str, ...]:
    """Paths of those functions and constants of a module that the code names."""
    return tuple(
        f"{module}::{name}" for name in names if re.search(rf"(?<![\w.:]){name}\b", _plain(code))
    )


def _plain(code: str) -> str:
    return _PLAIN.sub(" ", code)


def _named(code: str) -> set[str]:
    # What a variant is called is not taken from elsewhere, what it holds is.
    plain = _ENUM.sub(lambda found: _VARIANT.sub("", found[0]), _plain(code))
    return set(_NAME.findall(plain)) - set(_MADE.findall(plain))


def _grouped(paths: set[str], own: str) -> str:
    groups: tuple[list[str], ...] = ([], [], [])
    for path in sorted(paths):
        head = path.partition("::")[0]
        groups[0 if head == "std" else 2 if head in {own, "crate", "super"} else 1].append(path)
    return "\n\n".join("\n".join(_declared(group)) for group in groups if group) + "\n"


def _declared(paths: Iterable[str]) -> list[str]:
    tree: Tree = {}
    for path in paths:
        place = tree
        for part in path.split("::"):
            place = place.setdefault(part, {})
        place["self"] = {}
    return [f"use {name}{_below(rest)};" for name, rest in sorted(tree.items())]


def _below(tree: Tree) -> str:
    if tree.keys() <= {"self"}:
        return ""
    parts = [f"{name}{_below(rest)}" for name, rest in sorted(tree.items())]
    return f"::{parts[0]}" if len(parts) == 1 else f"::{{{', '.join(parts)}}}"
