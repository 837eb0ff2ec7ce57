"""Runs inside the sandbox, by a trusted interpreter: reads every Python file without running it.

`survey.py MINOR` reads a JSON list of paths (relative to the current directory) from its standard
input and prints one JSON object a line and file. Standard library only, no imports of ours.
"""

import ast
import hashlib
import json
import re
import sys
import warnings
from typing import Any

MAX_BYTES = 4_000_000
SUPPRESS = re.compile(
    r"#\s*(?:ruff\s*:\s*noqa|flake8\s*:\s*noqa(?!\s*:)"
    r"|mypy\s*:\s*(?:ignore[-_]errors|disable))",
    re.I,
)
SKIPS = re.compile(r"\bskip|\bxfail|expectedFailure")
FACTORIES = {"create_app", "make_app", "build_app", "get_app", "app_factory"}
FRAMEWORKS = {"FastAPI", "Starlette", "Litestar"}


def imports(tree: ast.Module) -> list[list[Any]]:
    """[module, name or "", line, level, guarded, bound name] of every import statement."""
    found: list[list[Any]] = []

    def visit(node: ast.AST, guarded: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(
                [a.name, "", node.lineno, 0, guarded, a.asname or a.name.split(".")[0]]
                for a in node.names
            )
        elif isinstance(node, ast.ImportFrom):
            found.extend(
                [node.module or "", a.name, node.lineno, node.level, guarded, a.asname or a.name]
                for a in node.names
            )
        elif isinstance(node, ast.Try):
            caught = any(catches_import_error(h) for h in node.handlers)
            for child in node.body:
                visit(child, guarded or caught)
            for handler in node.handlers:
                visit(handler, guarded or caught)
            for child in node.orelse + node.finalbody:
                visit(child, guarded)
            return
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for child in node.body:
                visit(child, True)
            for child in node.orelse:
                visit(child, guarded)
            return
        for below in ast.iter_child_nodes(node):
            visit(below, guarded)

    visit(tree, False)
    return found


def catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def defines(tree: ast.Module) -> list[str]:
    """Public names the module binds at its top level (imports apart)."""
    names: list[str] = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [t.id for t in node.targets if isinstance(t, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
    return names


def tests(tree: ast.Module) -> list[tuple[str, ast.AST, bool]]:
    """(id, node, skipped) of test functions and methods; ids as the runner will name them,
    without parameters."""
    found: list[tuple[str, ast.AST, bool]] = []
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name.startswith("test") and not is_fixture(node):
                found.append((node.name, node, is_skipped(node)))
        elif isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or is_case(node)):
            members = {n.name for n in node.body if isinstance(n, ast.FunctionDef)}
            disabled = any(
                isinstance(n, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == "__test__" for t in n.targets)
                for n in node.body
            )
            if "__init__" in members or disabled:
                continue
            found += [
                (f"{node.name}::{n.name}", n, is_skipped(node) or is_skipped(n))
                for n in node.body
                if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))
                and n.name.startswith("test")
                and not is_fixture(n)
            ]
    return list({name: (name, node, skipped) for name, node, skipped in found}.values())


def is_skipped(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    return any(SKIPS.search(ast.unparse(d)) for d in node.decorator_list)


def assertions(node: ast.AST) -> int:
    """How often a test can fail: assert statements, `raises` blocks, methods named assert…"""
    count = 0
    for below in ast.walk(node):
        if isinstance(below, ast.Assert):
            count += 1
        elif isinstance(below, ast.Call):
            name = ast.unparse(below.func).rsplit(".", 1)[-1]
            count += name.startswith("assert") or name in {"raises", "warns", "fail"}
    return count


def bodies(found: list[tuple[str, ast.AST, bool]]) -> list[list[Any]]:
    """[name, line, assertions, skipped, digest of the body] of every test."""
    return [
        [
            name, getattr(node, "lineno", 0), assertions(node), skipped,
            hashlib.blake2b(ast.dump(node).encode(), digest_size=8).hexdigest(),
        ]
        for name, node, skipped in found
    ]  # fmt: skip


def is_case(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("TestCase") for base in node.bases)


def is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(d).split("(")[0] for d in node.decorator_list)


def hooks(tree: ast.Module) -> list[list[Any]]:
    """[name, line] of functions that a test runner would call as hooks."""
    return [
        [node.name, node.lineno]
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("pytest_")
    ]


def apps(tree: ast.Module) -> tuple[list[str], list[str]]:
    """Names bound to a web application at the top level, and functions that make one."""
    names: list[str] = []
    makers: list[str] = []
    for node in tree.body:
        target: ast.expr | None = None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
        elif isinstance(node, ast.AnnAssign):
            target = node.target
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Call):
            called = ast.unparse(value.func).rsplit(".", 1)[-1]
            if called in FRAMEWORKS | FACTORIES:
                names.append(target.id)
        if isinstance(node, ast.FunctionDef) and node.name in FACTORIES:
            required = len(node.args.posonlyargs + node.args.args) - len(node.args.defaults)
            keywords = sum(default is None for default in node.args.kw_defaults)
            if required == 0 and keywords == 0:
                makers.append(node.name)
    return names, makers


def look(path: str, minor: int) -> dict[str, Any]:
    """Everything there is to say about one file."""
    fact: dict[str, Any] = {"path": path, "error": None, "warnings": []}
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            source = stream.read(MAX_BYTES + 1)
        if len(source) > MAX_BYTES:
            fact["error"] = [0, 0, "the file is too large to be checked"]
            return fact
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            compile(source, path, "exec", dont_inherit=True)
            tree = ast.parse(source, path, feature_version=(3, minor))
        fact["warnings"] = sorted({(w.lineno, str(w.message)) for w in caught})
        fact["suppress"] = [
            number
            for number, line in enumerate(source.decode("utf-8", "replace").splitlines(), 1)
            if SUPPRESS.search(line) or (number == 1 and line.strip() == "# type: ignore")
        ]
        fact["imports"] = imports(tree)
        fact["defines"] = defines(tree)
        found = tests(tree)
        fact["tests"] = [name for name, _, _ in found]
        fact["bodies"] = bodies(found)
        fact["hooks"] = hooks(tree)
        fact["apps"], fact["factories"] = apps(tree)
    except SyntaxError as error:
        fact["error"] = [error.lineno or 0, error.offset or 0, error.msg]
    except (ValueError, OSError) as error:
        fact["error"] = [0, 0, str(error)]
    except (RecursionError, MemoryError):
        fact["error"] = [0, 0, "the code is nested too deeply"]
    return fact


def main() -> None:
    for path in json.load(sys.stdin):
        print(json.dumps(look(path, int(sys.argv[1]))))  # noqa: T201


main()
