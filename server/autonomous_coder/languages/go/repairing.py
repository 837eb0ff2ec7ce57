"""Changes that might mend a Go project. Each is tried on a copy and judged by the checks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from autonomous_coder.languages.base import ProjectView, Repair, Steps, Toolbox
from autonomous_coder.languages.go import layout
from autonomous_coder.languages.sources import SourceFact, SourceFacts
from autonomous_coder.models.validation import Diagnostic

MAX_FILES = 60


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STANDARD = {
    name: name
    for name in _words(
        "bufio bytes cmp context embed errors flag fmt io iter log maps math mime net os path "
        "reflect regexp runtime slices sort strconv strings sync testing time unicode"
    )
} | {
    "atomic": "sync/atomic",
    "base64": "encoding/base64",
    "binary": "encoding/binary",
    "csv": "encoding/csv",
    "debug": "runtime/debug",
    "exec": "os/exec",
    "filepath": "path/filepath",
    "fs": "io/fs",
    "gzip": "compress/gzip",
    "hex": "encoding/hex",
    "hmac": "crypto/hmac",
    "http": "net/http",
    "httptest": "net/http/httptest",
    "json": "encoding/json",
    "multipart": "mime/multipart",
    "sha256": "crypto/sha256",
    "signal": "os/signal",
    "slog": "log/slog",
    "sql": "database/sql",
    "tabwriter": "text/tabwriter",
    "tls": "crypto/tls",
    "url": "net/url",
    "utf8": "unicode/utf8",
    "xml": "encoding/xml",
}
"""Names of packages of the standard library that mean one thing."""
BUILT_IN = _words(
    "any append bool byte cap clear close cmp comparable complex copy delete error false float32 "
    "float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print println "
    "real recover rune string true uint uint16 uint32 uint64 uint8 uintptr"
)
_UNUSED = re.compile(r'"([^"]+)" imported(?: as \w+)? and not used')
_UNDEFINED = re.compile(r"^undefined: (\w+)")
_IMPORTED = re.compile(r"'([^']+)' is imported, but no required module provides it")


def repairs(
    project: ProjectView, diagnostics: Sequence[Diagnostic], toolbox: Toolbox
) -> Steps[list[Repair]]:
    """Imports first, then missing modules, then layout."""
    found: list[Repair] = []
    ugly = {d.path for d in diagnostics if d.code == "unformatted"}
    by_file: dict[str, list[Diagnostic]] = {}
    for item in diagnostics:
        if item.path.endswith(".go") and item.path in project.files:
            by_file.setdefault(item.path, []).append(item)
    for path, items in list(by_file.items())[:MAX_FILES]:
        before = project.read(path)
        after = mended(before, items)
        if after != before and not path.endswith("_test.go"):
            if path not in ugly:
                after = yield from layout.formatted(toolbox, after)
            found.append(
                Repair("imports", f"mend the imports of {path}", ("build", "lint"), {path: after})
            )
    for name, development in _missing(diagnostics).items():
        found.append(
            Repair(
                "missing-dependency", f"require {module_of(name)} for '{name}'",
                ("dependencies", "build"), package=module_of(name), development=development,
            )
        )  # fmt: skip
    changes: dict[str, str] = {}
    for path in sorted(ugly)[:MAX_FILES]:
        before = project.read(path)
        after = yield from layout.formatted(toolbox, before)
        if after != before:
            changes[path] = after
    if changes:
        found.append(Repair("format", "format with gofmt", ("syntax", "format"), changes))
    return found


def mended(text: str, items: Sequence[Diagnostic]) -> str:
    """Without imports the compiler calls unused, with those of the standard library it misses."""
    lines = text.splitlines(keepends=True)
    drop: set[int] = set()
    wanted: dict[str, None] = {}
    for item in items:
        if match := _UNUSED.search(item.message):
            row = lines[item.line - 1] if 1 <= item.line <= len(lines) else ""
            if f'"{match[1]}"' in row and row.count('"') == 2 and "(" not in row:
                drop.add(item.line - 1)
        elif (match := _UNDEFINED.match(item.message)) and match[1] in STANDARD:
            name = match[1]
            if re.search(rf"\b{name}\.[A-Z]", text):
                wanted[STANDARD[name]] = None
    kept = "".join(line for number, line in enumerate(lines) if number not in drop)
    kept = re.sub(r"^import[ \t]*\(\s*\)[ \t]*\n", "", kept, flags=re.M)
    for name in wanted:
        kept = _with_import(kept, name)
    return kept


def _with_import(text: str, name: str) -> str:
    if block := re.search(r"^import[ \t]*\([ \t]*\n", text, re.M):
        return f'{text[: block.end()]}\t"{name}"\n{text[block.end() :]}'
    package = re.search(r"^package[ \t]+\w+.*\n", text, re.M)
    if package is None:
        return text
    return f'{text[: package.end()]}\nimport "{name}"\n{text[package.end() :]}'


def _missing(diagnostics: Sequence[Diagnostic]) -> dict[str, bool]:
    """Imports that no required module provides, and whether only tests have them."""
    found: dict[str, bool] = {}
    for item in diagnostics:
        if item.code == "undeclared-import" and (match := _IMPORTED.search(item.message)):
            test = item.path.endswith("_test.go")
            found[match[1]] = found.get(match[1], True) and test
    return dict(list(found.items())[:20])


def module_of(name: str) -> str:
    """The module a package most likely belongs to: three parts on a code host, with its major."""
    parts = name.split("/")
    hosts = {"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"}
    count = 3 if parts[0] in hosts or parts[:1] == ["golang.org"] else 2
    if parts[0].startswith("gopkg."):
        count = 3 if len(parts) > 2 and ".v" in parts[2] else 2
    if len(parts) > count and re.fullmatch(r"v[2-9]\d*", parts[count]):
        count += 1
    return "/".join(parts[:count])


def symbols(facts: SourceFacts, path: str) -> list[str]:
    """Names of the file, of its imports, of its package, of the project and of the language."""
    file = facts.files.get(path, SourceFact(path, "go"))
    near = posixpath.dirname(path)
    names = [*file.defines, *(posixpath.basename(i.module) for i in file.imports)]
    for other in facts.files.values():
        if posixpath.dirname(other.path) == near:
            names += other.defines
    names += [n for other in facts.files.values() for n in other.defines]
    return list(dict.fromkeys(n for n in [*names, *STANDARD, *BUILT_IN] if n))[:5_000]
