"""Adding a dependency to package.json without disturbing the rest of it."""

from __future__ import annotations

import json
import re

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.node.manifest import GROUPS, load


def declare(manifest: str, package: str, version: str, *, development: bool) -> str:
    """The manifest with `^version` of the package among its dependencies.

    Raises:
        InvalidInputError: the manifest is not a JSON object.
    """
    data, fault = load(manifest)
    if fault or not isinstance(data, dict):
        raise InvalidInputError(
            "package.json cannot be read.", hint="Mend it first: it must be a JSON object."
        )
    group = "devDependencies" if development else "dependencies"
    # What is installed at run time serves development as well.
    for name in GROUPS if development else ("dependencies",):
        if isinstance(data.get(name), dict) and package in data[name]:
            return manifest
    wanted = dict(data.get(group) or {}) if isinstance(data.get(group), dict) else {}
    wanted[package] = f"^{version}"
    data[group] = dict(sorted(wanted.items()))
    if not development and isinstance(data.get("devDependencies"), dict):
        # npm holds a package in one of the two.
        data["devDependencies"].pop(package, None)
    indent = re.search(r"^\{\s*\n([ \t]+)\"", manifest)
    end = "\n" if manifest.endswith("\n") else ""
    return json.dumps(data, indent=indent[1] if indent else 2, ensure_ascii=False) + end
