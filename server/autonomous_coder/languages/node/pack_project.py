"""package.json, built as data and serialised."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution


def package_json(
    data: Mapping[str, object],
    spec: ProjectSpec,
    dependencies: Dependencies,
    resolution: Resolution | None,
) -> str:
    """The file's text: layers' keys, with the project's own data and dependencies put in."""
    versions = resolution.versions() if resolution else {}
    manifest: dict[str, object] = {
        "name": spec.name,
        "version": "0.1.0",
        "description": _one_line(spec.description or spec.title or spec.name),
        "private": True,
        "type": "module",
        "engines": {"node": dependencies.runtime},
    }
    manifest |= dict(data)
    scripts = manifest.get("scripts")
    if "tests" in spec.left_out and isinstance(scripts, Mapping):
        manifest["scripts"] = {name: line for name, line in scripts.items() if name != "test"}
    if not manifest["private"]:
        del manifest["private"]
    for group, names in (
        ("dependencies", dependencies.packages),
        ("devDependencies", dependencies.dev_packages),
    ):
        manifest[group] = {
            name: _range(name, dependencies.holds, versions) for name in sorted(names)
        }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _range(name: str, holds: Mapping[str, str], versions: Mapping[str, str]) -> str:
    """What fits the resolved version, else a known hold, else anything."""
    version = versions.get(name, "")
    return f"^{version}" if version else holds.get(name, "*")


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f\s]+", " ", text).strip()[:300]
