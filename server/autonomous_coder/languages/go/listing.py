"""What `go list` tells of a project's packages, and where compilers say a mistake is."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autonomous_coder.languages.findings import clean, finding, relative
from autonomous_coder.models.execution import OUTPUT_DIR
from autonomous_coder.models.validation import Diagnostic, Severity

LIST_FILE = "packages.json"
FIELDS = (
    "ImportPath,Dir,Name,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,InvalidGoFiles,"
    "Error,DepsErrors"
)
# The directories of packages that can be loaded stand in $TMPDIR/names; a missing import elsewhere
# would otherwise end the whole command before anything is compiled. $TESTS is -test or nothing.
LIST = f"""
set -f
"$GO" list -e -test -json={FIELDS} $PATTERNS >{OUTPUT_DIR}/{LIST_FILE}
"$GO" list -e $TESTS -f '{{{{if or .Error .DepsErrors}}}}{{{{.Dir}}}}{{{{end}}}}' $PATTERNS \\
    >"$TMPDIR/broken" 2>/dev/null
echo : >>"$TMPDIR/broken"
"$GO" list -e -f '{{{{.Dir}}}}' $PATTERNS 2>/dev/null | grep -vxF -f "$TMPDIR/broken" \\
    >"$TMPDIR/names"
IFS='
'
"""

MAX_PACKAGES = 5_000
MAX_TOLD = 20_000
PLACE = re.compile(r"^(?:vet: )?(?P<path>[^\s:][^:\n]*\.(?:go|s|mod|c|h)):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*)")  # noqa: E501  # fmt: skip
_UNPROVIDED = re.compile(
    r"no required module provides package ([^\s;]+)|cannot find module providing package ([^\s:;]+)"
)
_UNKNOWN_STD = re.compile(r"package (\S+) is not in (?:std|GOROOT)")


@dataclass(frozen=True, slots=True)
class GoPackage:
    """One package. `files` are built, `tests` are its test files, `ignored` those that constraints
    leave out; all relative to the project."""

    name: str
    path: str
    directory: str
    files: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
    """(position as printed, message)"""


CHAIN = " imports "
MAX_SOURCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Listing:
    """All packages, by import path."""

    packages: Mapping[str, GoPackage] = field(default_factory=dict)

    def files(self) -> set[str]:
        """Every file that is built, with a package or with its tests."""
        return {f for p in self.packages.values() for f in (*p.files, *p.tests)}

    def diagnostics(self, root: Path) -> list[Diagnostic]:
        """What kept packages from being loaded, each mistake once."""
        found: dict[tuple[str, str], Diagnostic] = {}
        for package in self.packages.values():
            for place, message in package.faults:
                item = load_fault(place or self._cycle(message, root), message, root)
                found.setdefault((f"{item.path}:{item.line}", item.message), item)
        return list(found.values())

    def _cycle(self, message: str, root: Path) -> str:
        """`path:line` of the import that closes a cycle; empty when there is none."""
        chain = message.partition(": ")[2].split(CHAIN)
        package = self.packages.get(chain[0]) if len(chain) > 1 else None
        for path in package.files if package else ():
            if (root / path).is_symlink() or not (root / path).is_file():
                continue
            text = (root / path).read_text("utf-8", "replace")[:MAX_SOURCE]
            before, found, _ = text.partition(f'"{chain[1]}"')
            if found:
                return f"{root / path}:{before.count(chr(10)) + 1}"
        return ""


def read_listing(data: bytes, root: Path) -> Listing:
    """Packages from the concatenated objects of `go list -json`; nonsense is left out."""
    packages: dict[str, GoPackage] = {}
    for item in objects(data):
        directory = relative(f"{item.get('Dir', '')}/x", root)
        name = item.get("ImportPath")
        if not isinstance(name, str) or not directory or len(packages) >= MAX_PACKAGES:
            continue
        folder = posixpath.dirname(directory)
        tested = name.split(" ")[0].removesuffix(".test").removesuffix("_test")
        if (name.endswith((".test", "]")) or " " in name) and tested in packages:
            # What a package's tests are built from; only what is wrong with it is new.
            faults = (*packages[tested].faults, *_faults(item))
            packages[tested] = replace(packages[tested], faults=tuple(dict.fromkeys(faults)))
            continue
        packages[name] = GoPackage(
            name=str(item.get("Name", "")),
            path=name,
            directory=folder,
            files=_places(folder, item, "GoFiles", "CgoFiles", "InvalidGoFiles"),
            tests=_places(folder, item, "TestGoFiles", "XTestGoFiles"),
            ignored=_places(folder, item, "IgnoredGoFiles"),
            faults=tuple(_faults(item)),
        )
    return Listing(packages)


def _places(folder: str, item: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    names = [n for key in keys if isinstance(item.get(key), list) for n in item[key]]
    return tuple(posixpath.join(folder, n) for n in dict.fromkeys(names) if isinstance(n, str))


def _faults(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    errors = [item.get("Error"), *(item.get("DepsErrors") or ())]
    for error in errors[:200]:
        if isinstance(error, dict) and isinstance(error.get("Err"), str):
            message, stack = error["Err"], error.get("ImportStack")
            if "import cycle" in message and isinstance(stack, list):
                message = f"import cycle not allowed: {CHAIN.join(map(str, stack[:20]))}"
            yield str(error.get("Pos") or ""), message


def objects(data: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand one after another in a text, whatever stands between them."""
    text = data.decode("utf-8", "replace")
    decoder = json.JSONDecoder()
    at, told = 0, 0
    while told < MAX_TOLD and (at := text.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            line = text.find("\n", at)
            at = line + 1 if line >= 0 else len(text)
            continue
        told += 1
        if isinstance(value, dict):
            yield value


def load_fault(place: str, message: str, root: Path) -> Diagnostic:
    """One reason why a package cannot be loaded."""
    parts = place.split(":")
    path = relative(parts[0], root) if parts[0] else ""
    line, column = (int(p) if p.isdigit() else 0 for p in [*parts[1:3], "", ""][:2])
    first = message.strip()
    if not path and (match := PLACE.match(first)):
        path, line = relative(match["path"], root), int(match["line"])
        column, first = int(match["column"] or 0), match["message"]
    code, severity = "load", Severity.ERROR
    if match := _UNPROVIDED.search(first):
        name = match[1] or match[2]
        code = "undeclared-import"
        first = f"'{name}' is imported, but no required module provides it"
    elif match := _UNKNOWN_STD.search(first):
        code, first = "unknown-import", f"'{match[1]}' is no package of the standard library"
    elif "missing go.sum entry" in first:
        code = "missing-sum"
    elif "import cycle" in first:
        code = "import-cycle"
    first = first.split("; to add it:")[0].split("\n\tgo ")[0]
    return finding(
        "go", "go", code, severity, first or "the package cannot be loaded", root=root,
        path=path, line=line, column=column,
    )  # fmt: skip


def compiled(text: str, root: Path, tool: str = "go build", code: str = "") -> list[Diagnostic]:
    """Places and messages of a compiler's lines, each once; indented lines continue the last."""
    found: dict[tuple[str, int, int, str], list[str]] = {}
    last: list[str] | None = None
    for raw in text.splitlines()[:MAX_TOLD]:
        match = PLACE.match(raw)
        path = relative(match["path"], root) if match else ""
        if match and path and _UNPROVIDED.search(match["message"]):
            last = None  # What cannot be loaded is told by `load_fault`.
        elif match and path:
            place = (
                path,
                int(match["line"][:9]),
                int((match["column"] or "0")[:9]),
                match["message"],
            )
            last = found.setdefault(place, [])
        elif raw.startswith("\t") and last is not None and len(last) < 6:
            last.append(raw.strip())
        else:
            last = None
    return [
        finding(
            "go", tool, code or _code(message), Severity.ERROR,
            "; ".join([message, *dict.fromkeys(more)]), root=root,
            path=path, line=line, column=column,
        )
        for (path, line, column, message), more in found.items()
        if not message.startswith("too many errors")
    ]  # fmt: skip


_CODES = (
    ("undefined:", "undefined"),
    ("imported and not used", "unused-import"),
    ("declared and not used", "unused-variable"),
    ("syntax error", "syntax"),
    ("missing return", "missing-return"),
    ("redeclared", "redeclared"),
    ("cannot use", "type-mismatch"),
    ("mismatched types", "type-mismatch"),
    ("not enough arguments", "arguments"),
    ("too many arguments", "arguments"),
    ("undefined (type", "undefined"),
)


def _code(message: str) -> str:
    return next((code for text, code in _CODES if text in message), "compile")


def said(data: bytes, root: Path) -> str:
    """What a tool printed, bounded and clean."""
    return clean(data.decode("utf-8", "replace")[-1_500:], root, 600)
