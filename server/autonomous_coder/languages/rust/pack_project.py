"""Cargo.toml, built as data and serialised."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from autonomous_coder.languages.rust.pack_build import crate
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution


def cargo_toml(
    data: Mapping[str, Any],
    spec: ProjectSpec,
    dependencies: Dependencies,
    resolution: Resolution | None,
) -> str:
    """The file's text. Below `crates` layers say which features of a dependency they need; below
    `together` what a crate needs of others where it is there itself; below `relations` and `fields`
    what they need where a spec has relations or fields of a kind."""
    versions = resolution.versions() if resolution else {}
    crates = {name: dict(options) for name, options in data.get("crates", {}).items()}
    names = {*dependencies.packages, *dependencies.dev_packages}
    kinds = {relation.kind.value for entity in spec.entities for relation in entity.relations}
    types = {field.type.value for entity in spec.entities for field in entity.fields}
    there = (("together", names), ("relations", kinds), ("fields", types))
    reasons = [
        others
        for table, present in there
        for reason, others in data.get(table, {}).items()
        if reason in present
    ]
    for others in reasons:
        for other, features in others.items():
            known = crates.setdefault(other, {})
            known["features"] = [*known.get("features", []), *features]
    package = {
        "name": crate(spec),
        "version": "0.1.0",
        **data.get("package", {}),
        "description": _one_line(spec.description or spec.title or spec.name),
    }
    lines = ["[package]", *(f"{key} = {_value(value)}" for key, value in package.items())]
    for title, group in (
        ("dependencies", dependencies.packages),
        ("dev-dependencies", dependencies.dev_packages),
    ):
        lines += ["", f"[{title}]"] if group else []
        for name in sorted(group):
            version = versions.get(name) or dependencies.holds.get(name, "*")
            lines.append(f"{name} = {_dependency(version, crates.get(name, {}))}")
    for tool, lints in data.get("lints", {}).items():
        lines += ["", f"[lints.{tool}]", *(f"{key} = {_value(v)}" for key, v in lints.items())]
    return "\n".join([*lines, ""])


def _dependency(version: str, options: Mapping[str, Any]) -> str:
    if not options:
        return _value(version)
    parts: dict[str, Any] = {"version": version}
    if options.get("default-features") is False:
        parts["default-features"] = False
    if features := sorted(set(options.get("features", ()))):
        parts["features"] = features
    return "{ " + ", ".join(f"{key} = {_value(value)}" for key, value in parts.items()) + " }"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()[:300]
