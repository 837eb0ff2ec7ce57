"""What go.mod, go.work, vendor/ and the import clauses of a project say; read, never run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.base import Package, ProjectView

MANIFEST, LOCKFILE, WORKSPACE = "go.mod", "go.sum", "go.work"
VENDORED = "vendor/modules.txt"
MAX_FILE_CHARS = 2_000_000
MAX_REQUIREMENTS = 5_000

_WORD = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`\n]*`|[()]|=>|[^\s()"`]+')
_VERSION = re.compile(r"\d+(?:\.\d+){0,2}")
_PACKAGE = re.compile(r"^package[ \t]+([^\W\d]\w*)", re.M)
_CLAUSE = re.compile(r"^import[ \t]*(?:\(([^)]*)\)|(?:[\w.]+[ \t]+)?([\"`][^\"`\n]+[\"`]))", re.M)
_PATH = re.compile(r"[\"`]([^\"`\n]+)[\"`]")
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
_MODULE_NAME = re.compile(r"[A-Za-z0-9][\w.~\-]*(?:/[\w.~\-]+)*")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One `require` line."""

    module: str
    version: str
    line: int
    indirect: bool = False


@dataclass(frozen=True, slots=True)
class Replacement:
    """One `replace` line; `local` when its target is a directory."""

    module: str
    target: str
    version: str
    line: int

    @property
    def local(self) -> bool:
        return not self.version and self.target.startswith((".", "/"))


@dataclass(frozen=True, slots=True)
class ModFile:
    """One go.mod (or go.work, with `uses`). `go` is the language version it asks for."""

    path: str
    module: str = ""
    go: tuple[int, ...] = ()
    go_line: int = 0
    requirements: tuple[Requirement, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    uses: tuple[tuple[str, int], ...] = ()


def read_mod(project: ProjectView, path: str = MANIFEST) -> ModFile:
    """The facts of one module file; what cannot be read is left out, for go tells of it."""
    module, go_line = "", 0
    go: tuple[int, ...] = ()
    requirements: list[Requirement] = []
    replacements: list[Replacement] = []
    uses: list[tuple[str, int]] = []
    for number, words, indirect in _lines(project.read(path)[:MAX_FILE_CHARS]):
        match words:
            case ["module", name]:
                module = name
            case ["go", version] if _VERSION.match(version):
                go, go_line = _numbers(version), number
            case ["require", name, version] if len(requirements) < MAX_REQUIREMENTS:
                requirements.append(Requirement(name, version, number, indirect))
            case ["use", place]:
                uses.append((place, number))
            case ["replace", *rest] if "=>" in rest:
                arrow = rest.index("=>")
                after = [*rest[arrow + 1 :], ""]
                if arrow and after[0]:
                    replacements.append(Replacement(rest[0], after[0], after[1], number))
    return ModFile(
        path, module, go, go_line, tuple(requirements), tuple(replacements), tuple(uses)
    )  # fmt: skip


def _lines(text: str) -> Iterable[tuple[int, list[str], bool]]:
    """(line number, words with the block's keyword first, whether marked `// indirect`)."""
    keyword = ""
    for number, line in enumerate(text.splitlines(), 1):
        code, _, comment = line.partition("//")
        words = [_unquoted(word) for word in _WORD.findall(code)]
        if keyword and words == [")"]:
            keyword = ""
        elif len(words) == 2 and words[1] == "(":
            keyword = words[0]
        elif words:
            indirect = comment.strip().startswith("indirect")
            yield number, ([keyword, *words] if keyword else words), indirect


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] in '"`' and word[-1] == word[0] else word


def _numbers(version: str) -> tuple[int, ...]:
    match = _VERSION.match(version)
    return tuple(int(part) for part in match[0].split(".")) if match else ()


def module_files(project: ProjectView) -> list[str]:
    """Every go.mod of the project, the top one first; not those of vendored code."""
    found = [
        f
        for f in project.files
        if posixpath.basename(f) == MANIFEST and not _set_aside(posixpath.dirname(f))
    ]
    return sorted(found, key=lambda f: (f.count("/"), f))


def nested_modules(project: ProjectView) -> list[str]:
    """Directories that are modules of their own, which no go.work joins to this one."""
    used = {
        posixpath.normpath(place) for place, _line in read_mod(project, WORKSPACE).uses
    } if WORKSPACE in project.files else set()  # fmt: skip
    places = (posixpath.dirname(f) for f in module_files(project))
    return [place for place in places if place and place not in used]


def vendored(project: ProjectView) -> bool:
    """Whether the dependencies lie in the project itself."""
    return VENDORED in project.files and WORKSPACE not in project.files


def outside(base: str, target: str) -> bool:
    """Whether a directory named in a module file lies outside the project."""
    if target.startswith("/"):
        return True
    place = posixpath.normpath(posixpath.join(posixpath.dirname(base), target))
    return place == ".." or place.startswith("../")


def _set_aside(directory: str) -> bool:
    """Whether `./...` leaves a directory out, as the go command does."""
    parts = directory.split("/") if directory else []
    return any(p in ("vendor", "testdata") or p.startswith(("_", ".")) for p in parts)


def sources(project: ProjectView) -> list[str]:
    """The project's own Go files, as `./...` sees them, those of nested modules among them."""
    return [
        f
        for f in project.files
        if f.endswith(".go")
        and not _set_aside(posixpath.dirname(f))
        and not posixpath.basename(f).startswith(("_", "."))
    ]


@dataclass(frozen=True, slots=True)
class Source:
    """The head of one Go file, as text tells it."""

    path: str
    package: str
    imports: tuple[str, ...]
    text: str


def read_source(project: ProjectView, path: str) -> Source:
    """Package name and imports of one file, found without a parser."""
    text = project.read(path)[:MAX_FILE_CHARS]
    code = _COMMENT.sub(_blanked, text) if "/*" in text[:20_000] else text
    package = _PACKAGE.search(code)
    imports: list[str] = []
    for block, single in _CLAUSE.findall(code):
        plain = "\n".join(line.split("//")[0] for line in block.splitlines()) if block else single
        imports += _PATH.findall(plain)
    return Source(path, package[1] if package else "", tuple(dict.fromkeys(imports)), text)


def _blanked(match: re.Match[str]) -> str:
    # An import path may hold '//' nowhere but in a comment; lines keep their numbers.
    return "\n" * match[0].count("\n") if match[0].startswith("/*") else match[0]


def is_standard(module: str) -> bool:
    """Whether an import path is the standard library's: its first part has no dot."""
    return "." not in module.partition("/")[0]


def packages(project: ProjectView) -> list[Package]:
    """What go.mod requires (since Go 1.17 with all indirect ones), as it would be replaced."""
    about = read_mod(project)
    swapped = {r.module: r for r in about.replacements}
    found = []
    for wanted in about.requirements:
        name, version = wanted.module, wanted.version
        if (other := swapped.get(name)) is not None:
            if other.local:
                continue
            name, version = other.target, other.version
        found.append(
            Package("go", name, version, not wanted.indirect, MANIFEST, wanted.line)
        )  # fmt: skip
    return found


def declare(manifest: str, package: str, version: str) -> str:
    """The manifest with one more `require` line.

    Raises:
        InvalidInputError: there is no `module` line, or the name is no module's.
    """
    if not re.search(r"^module\s+\S", manifest, re.M):
        raise InvalidInputError(
            "go.mod has no module line that could take a dependency.",
            hint="Run `go mod init` with the module's path.",
        )
    if not _MODULE_NAME.fullmatch(package) or not re.fullmatch(r"[\w.+\-]{1,100}", version):
        raise InvalidInputError(
            f"{package[:80]!r} at {version[:40]!r} cannot be required.",
            hint="Name a module's path and a version such as v1.2.3.",
        )
    if any(words[:2] == ["require", package] for _n, words, _i in _lines(manifest)):
        return manifest
    exact = version if version.startswith("v") else f"v{version}"
    block = re.search(r"^require[ \t]*\([ \t]*\n", manifest, re.M)
    if block:
        return f"{manifest[: block.end()]}\t{package} {exact}\n{manifest[block.end() :]}"
    return f"{manifest.rstrip()}\n\nrequire {package} {exact}\n"
