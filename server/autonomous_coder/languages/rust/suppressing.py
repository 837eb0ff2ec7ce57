"""What a project switches off in the linter: whole groups are told, single lints are its choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.findings import finding
from autonomous_coder.languages.rust.manifests import MANIFEST, Workspace, line_of, table
from autonomous_coder.models.validation import Diagnostic, Severity

BROAD = frozenset(
    {
        "warnings", "unused", "nonstandard_style", "future_incompatible", "all",
        "clippy::all", "clippy::correctness", "clippy::suspicious", "clippy::style",
        "clippy::complexity", "clippy::perf",
    }
)  # fmt: skip
"""Groups that hold lints which are on unless somebody switches them off."""
MAX_FLAGS = 400
LEVELS = {"allow": "-A", "warn": "-W", "deny": "-D", "forbid": "-F"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ATTRIBUTE = re.compile(
    r"#(!?)\[\s*((?:cfg_attr\s*\()?[^\]]*?\b(?:allow|expect)\s*\([^\]]*)\]", re.S
)
_GROUP = re.compile(r"[a-z_]+(?:::[a-z_]+)?")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|r#*\".*?\"#*|\"(?:[^\"\\]|\\.)*\"", re.S)


def lint_flags(workspace: Workspace) -> tuple[str, ...]:
    """Arguments for clippy that switch on again what a `[lints]` table switches off in groups;
    the table's single lints are repeated after them, so that they stay as the project has them."""
    broad: dict[str, None] = {}
    single: dict[str, str] = {}
    for _, _, name, level in _entries(workspace):
        if name in BROAD and level == "allow":
            broad[name] = None
        elif level in LEVELS and name not in BROAD:
            single[name] = LEVELS[level]
    if not broad:
        return ()
    flags = [part for name in broad for part in ("-W", name)]
    flags += [part for name, level in single.items() for part in (level, name)]
    return tuple(flags[:MAX_FLAGS])


def _entries(workspace: Workspace) -> Iterator[tuple[str, str, str, str]]:
    """(manifest, key, lint as rustc names it, level) of every `[lints]` table."""
    documents: list[tuple[str, Mapping[str, Any]]] = [
        (c.path, c.manifest) for c in workspace.crates
    ]
    root = workspace.root or {}
    documents.append((MANIFEST, table(root.get("workspace"))))
    for path, document in documents:
        for tool, lints in table(document.get("lints")).items():
            if tool not in ("rust", "clippy", "rustdoc"):
                continue
            for key, value in table(lints).items():
                level = value if isinstance(value, str) else table(value).get("level")
                name = key.replace("-", "_")
                if isinstance(level, str) and _NAME.fullmatch(name):
                    yield path, key, name if tool == "rust" else f"{tool}::{name}", level


def suppressions(project: ProjectView, workspace: Workspace) -> Iterator[Diagnostic]:
    """Whole groups that are switched off, in a manifest or in a source file."""
    for path, key, name, level in _entries(workspace):
        if name in BROAD and level == "allow":
            section = "clippy" if "::" in name else "rust"
            message = f"[lints] allows all of '{name}'; it was checked all the same"
            yield finding(
                "rust", "autonomous-coder", "lint-suppressed", Severity.WARNING, message,
                path=path, line=line_of(project.read(path), key, f"lints.{section}"),
            )  # fmt: skip
    for path in project.files:
        if path.endswith(".rs") and path.isprintable():
            yield from _in_source(path, project.read(path))


def _in_source(path: str, text: str) -> Iterator[Diagnostic]:
    if "allow" not in text and "expect" not in text:
        return
    # Blanked, not removed: places stay what they are.
    bare = _COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    for match in _ATTRIBUTE.finditer(bare):
        names = [name for name in _GROUP.findall(match[2]) if name in BROAD]
        for name in dict.fromkeys(names):
            if name == "all":
                continue
            whole = match[1] == "!"
            message = f"an attribute switches off all of '{name}'"
            message += " for the whole module or crate" if whole else " for one item"
            yield finding(
                "rust", "autonomous-coder", "lint-suppressed",
                Severity.WARNING if whole else Severity.INFO, message, path=path,
                line=text.count("\n", 0, match.start()) + 1, column=1,
            )  # fmt: skip
