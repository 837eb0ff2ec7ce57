"""Specs of Rust programs, with the host's code for their commands."""

from __future__ import annotations

import tomllib

from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import TEMPLATES, TYPES, field
from server.generator.python_packages import ADD_UP, NAMES, TODO, WIDE

OFFERED = frozenset(tomllib.loads((TEMPLATES / "rust/layer.toml").read_text("utf-8"))["archetypes"])
HOST_CODE = """//! Sums.

/// Gives the sum of numbers.
pub fn add_up(first: i64, second: Option<i64>) -> anyhow::Result<i64> {
    anyhow::ensure!(first != 13, "thirteen is too much");
    Ok(first + second.unwrap_or_default())
}
"""
HOST_TEST = """//! Sums.

use demo::logic::add_up::add_up;

#[test]
fn sums() {
    assert_eq!(add_up(2, Some(3)).expect("a sum"), 5);
    assert!(add_up(13, None).is_err());
}
"""
HOST_FILES: list[dict[str, object]] = [
    {"path": "src/logic/add_up.rs", "content": HOST_CODE, "mode": "once"},
    {
        "path": "tests/sums.rs",
        "content": HOST_TEST,
        "mode": "once",
        "proves": ["command:add_up"],
    },
]
MIX_UP: dict[str, object] = {
    "name": "mix_up",
    "arguments": [
        *(field(f"a_{kind}", kind) for kind in TYPES if kind not in {"text", "email", "url"}),
        *(field(f"o_{kind}", kind, required=False) for kind in ("text", "decimal", "uuid", "date")),
        field("mode", "enum", values=["low", "high"], default="low"),
        field("ratio", "decimal", minimum=0.25, default=1.5),
        field("dry", "boolean", default=False),
        field("json", "enum", values=["x"], required=False),
    ],
}
MIX_CODE = """//! Mixes.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::Connection;
use uuid::Uuid;

use crate::store::posts::{self, PostQuery};

/// Tells what was given, and how many posts there are.
#[expect(clippy::too_many_arguments, reason = "the command has as many")]
pub fn mix_up(
    db: &Connection,
    a_string: &str,
    a_integer: i64,
    a_float: f64,
    a_decimal: String,
    a_boolean: bool,
    a_date: NaiveDate,
    a_datetime: DateTime<Utc>,
    a_uuid: Uuid,
    o_text: Option<&str>,
    o_decimal: Option<String>,
    o_uuid: Option<Uuid>,
    o_date: Option<NaiveDate>,
    mode: &str,
    ratio: String,
    dry: bool,
    json: Option<String>,
) -> anyhow::Result<Vec<String>> {
    let count = posts::list(db, &PostQuery::default())?.len();
    let first = format!("{a_string} {a_integer} {a_float} {a_decimal} {a_boolean} {a_date}");
    let second = format!("{a_datetime} {a_uuid} {o_text:?} {o_decimal:?} {o_uuid:?} {o_date:?}");
    Ok(vec![first, second, format!("{mode} {ratio} {dry} {json:?}: {count}")])
}
"""
MIX_FILE = {"path": "src/logic/mix_up.rs", "content": MIX_CODE, "mode": "once"}


def cli(**more: object) -> ProjectSpec:
    """A program called `demo`."""
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "rust", "archetype": "cli", **more}
    )


PROVED = {
    "cli-empty": cli(),
    "cli-todo": cli(
        entities=[TODO], commands=[{"name": "add"}, {"name": "done"}], features=["license"]
    ),
    "cli-command": cli(commands=[ADD_UP], extra_files=HOST_FILES),
    "cli-wide": cli(
        entities=[*WIDE, NAMES],
        commands=[
            {"name": "publish"},
            {"name": "add_post"},
            {"name": "search_posts", "arguments": [field("text")]},
            ADD_UP,
            MIX_UP,
        ],
        extra_files=[*HOST_FILES, MIX_FILE],
    ),
}
