"""Runs inside the sandbox, by a trusted interpreter: lists the classes of Python files.

Reads a JSON list of paths (relative to the current directory) from its standard input and prints
one JSON object a line and file: `classes` as [name, line, bases, mark, fields]. `mark` is "table"
for a class that names its table, "abstract" for one that is only to be derived from.
Standard library only, no imports of ours; nothing that is read is run.
"""

import ast
import json
import sys
import warnings
from typing import Any

MAX_BYTES = 4_000_000
MAX_CLASSES = 500
MAX_FIELDS = 40
PRIVATE = ("_", "Config", "Meta", "model_config")


def name_of(node: ast.expr) -> str:
    """A dotted name, subscripts and calls taken off; empty for anything else."""
    while isinstance(node, (ast.Subscript, ast.Call)):
        node = node.value if isinstance(node, ast.Subscript) else node.func
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def targets(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Call, ast.Constant, ast.Name)):
        return [t.id for t in node.targets if isinstance(t, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return []


def fields(node: ast.ClassDef) -> list[str]:
    """What the class binds by a call or an annotation."""
    found: list[str] = []
    for line in node.body:
        called = isinstance(line, ast.AnnAssign) or (
            isinstance(line, ast.Assign) and isinstance(line.value, ast.Call)
        )
        found += [n for n in targets(line) if called and not n.startswith(PRIVATE)]
    return found[:MAX_FIELDS]


def mark(node: ast.ClassDef) -> str:
    bound = {name for line in node.body for name in targets(line)}
    if "__abstract__" in bound:
        return "abstract"
    for line in node.body:
        meta = isinstance(line, ast.ClassDef) and line.name == "Meta"
        if meta and any("abstract" in targets(inner) for inner in getattr(line, "body", [])):
            return "abstract"
    if {"__tablename__", "__table__"} & bound:
        return "table"
    named = any(
        isinstance(line, ast.FunctionDef) and line.name == "__tablename__" for line in node.body
    )
    for keyword in node.keywords:
        if keyword.arg == "table" and getattr(keyword.value, "value", None) is True:
            return "table"
    return "abstract" if named else ""


def look(path: str) -> dict[str, Any]:
    found: list[list[Any]] = []
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            source = stream.read(MAX_BYTES + 1)
        if len(source) > MAX_BYTES:
            return {"path": path, "unread": True}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, path)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and len(found) < MAX_CLASSES:
                bases = [name for name in map(name_of, node.bases) if name][:5]
                found.append([node.name, node.lineno, bases, mark(node), fields(node)])
    except (SyntaxError, ValueError, OSError, RecursionError, MemoryError):
        return {"path": path, "unread": True}
    return {"path": path, "classes": found}


def main() -> None:
    for path in json.load(sys.stdin):
        print(json.dumps(look(path)))  # noqa: T201


main()
