"""Changes that might mend a Python project. Each is tried on a copy and judged by the checks."""

from __future__ import annotations

import builtins
import difflib
import re
import sys
from collections.abc import Iterable, Sequence

from autonomous_coder.languages.base import ProjectView, Repair, Steps, Toolbox
from autonomous_coder.languages.python import ruff
from autonomous_coder.languages.python.declaring import package_of
from autonomous_coder.languages.python.facts import (
    Facts,
    FileFacts,
    Import,
    is_test_path,
    module_name,
)
from autonomous_coder.languages.python.metadata import Metadata
from autonomous_coder.models.execution import Command
from autonomous_coder.models.validation import Diagnostic

UNDEFINED = {"F821", "name-defined"}
_NAME = re.compile(r"[`'\"]([A-Za-z_]\w*)[`'\"]")
MAX_NAMES = 20
MAX_CANDIDATES = 4
MAX_FORMATTED = 60
CLOSE = 0.75

STANDARD = {
    "abc": "ABC abstractmethod",
    "asyncio": "gather sleep_forever TaskGroup",
    "collections": "Counter defaultdict deque OrderedDict namedtuple",
    "collections.abc": (
        "AsyncGenerator AsyncIterable AsyncIterator Awaitable Callable Generator Iterable Iterator "
        "Mapping MutableMapping Sequence"
    ),
    "contextlib": "asynccontextmanager contextmanager suppress ExitStack AsyncExitStack",
    "dataclasses": "dataclass field asdict replace",
    "datetime": "datetime date timedelta timezone UTC",
    "decimal": "Decimal",
    "enum": "Enum IntEnum StrEnum Flag auto",
    "fractions": "Fraction",
    "functools": "cache cached_property lru_cache partial reduce wraps",
    "http": "HTTPStatus",
    "io": "BytesIO StringIO",
    "itertools": "chain islice count cycle groupby product permutations combinations",
    "logging": "getLogger",
    "pathlib": "Path PurePath PurePosixPath",
    "typing": (
        "TYPE_CHECKING Annotated Any ClassVar Final Generic Literal NamedTuple NewType NoReturn "
        "Optional ParamSpec Protocol Self TypeAlias TypeVar TypedDict Union cast overload"
    ),
    "urllib.parse": "quote unquote urlencode urljoin urlparse urlsplit",
    "uuid": "UUID uuid4",
}
"""Well-known names of the standard library; the candidate is proven by the checks, not by this."""
ALIASES = {"np": "numpy", "pd": "pandas", "plt": "matplotlib.pyplot", "sa": "sqlalchemy"}


def repairs(
    project: ProjectView,
    metadata: Metadata,
    facts: Facts,
    diagnostics: Sequence[Diagnostic],
    toolbox: Toolbox,
) -> Steps[list[Repair]]:
    """Roots before consequences: names, packages, then lint and layout."""
    found: list[Repair] = []
    undefined = undefined_names(diagnostics)
    tidy = Tidy(project, metadata, diagnostics, toolbox)
    for path, name in undefined[:MAX_NAMES]:
        if path in facts.files and not is_test_path(path):
            found += yield from _imports(project, facts, facts.files[path], name, tidy)
    found += _packages(diagnostics)
    found += yield from _lint(project, diagnostics, {p for p, _ in undefined}, tidy)
    found += yield from _layout(project, diagnostics, tidy)
    return found


def undefined_names(diagnostics: Iterable[Diagnostic]) -> list[tuple[str, str]]:
    """(path, name) of every name that is used and bound nowhere."""
    found: dict[tuple[str, str], None] = {}
    for diagnostic in diagnostics:
        if diagnostic.code in UNDEFINED and (match := _NAME.search(diagnostic.message)):
            found[diagnostic.path, match[1]] = None
    return list(found)


class Tidy:
    """Ruff on single texts: what a change leaves untidy is no reason to refuse it."""

    def __init__(
        self,
        project: ProjectView,
        metadata: Metadata,
        diagnostics: Sequence[Diagnostic],
        toolbox: Toolbox,
    ) -> None:
        self._project, self._metadata, self._toolbox = project, metadata, toolbox
        self._ugly = {d.path for d in diagnostics if d.code == "unformatted"}

    def fixed(
        self, path: str, text: str, rules: tuple[str, ...], left_out: tuple[str, ...] = ()
    ) -> Steps[str]:
        """With the safe fixes of some rules, formatted if the file was."""
        command = ruff.fix_command(
            self._project, self._metadata, self._toolbox, path, text, rules, left_out
        )
        text = yield from self._printed(command, text)
        if path not in self._ugly:
            text = yield from self.formatted(path, text)
        return text

    def formatted(self, path: str, text: str) -> Steps[str]:
        """As the formatter would have it."""
        command = ruff.layout_command(self._project, self._metadata, self._toolbox, path, text)
        return (yield from self._printed(command, text))

    def _printed(self, command: Command, before: str) -> Steps[str]:
        outcome = yield command
        after = outcome.stdout.decode("utf-8", "replace")
        return after if outcome.exit_code == 0 and after.strip() else before


def _imports(
    project: ProjectView, facts: Facts, file: FileFacts, name: str, tidy: Tidy
) -> Steps[list[Repair]]:
    """Import statements that would bind a name, and a misspelt import that should have."""
    text = project.read(file.path)
    lines = _as_others_do(facts, file, name)
    lines += _from_project(facts, file, name)
    lines += _from_standard_library(name)
    if name in ALIASES and any(i.top == ALIASES[name].split(".")[0] for i in _all_imports(facts)):
        lines.append(f"import {ALIASES[name]} as {name}")
    found = []
    checks = ("syntax", "lint", "types")
    for old, changed in _misspelt(text, file, name):
        changed = yield from tidy.fixed(file.path, changed, ("I001",))
        description = f"{file.path}: {old} → {name}"
        found.append(Repair("misspelt-import", description, checks, {file.path: changed}))
    for statement in list(dict.fromkeys(lines))[:MAX_CANDIDATES]:
        changed = yield from tidy.fixed(file.path, with_import(text, statement), ("I001",))
        description = f"{file.path}: {statement}"
        found.append(Repair("missing-import", description, checks, {file.path: changed}))
    return found


def _all_imports(facts: Facts) -> Iterable[Import]:
    return (item for file in facts.files.values() for item in file.imports)


def _as_others_do(facts: Facts, file: FileFacts, name: str) -> list[str]:
    """How other files import the same name, the most frequent first."""
    counts: dict[str, int] = {}
    for other in facts.files.values():
        if other.path == file.path:
            continue
        for item in other.imports:
            if item.bound != name or item.level:
                continue
            if not item.name:
                plain = item.module == name or item.module.startswith(f"{name}.")
                statement = f"import {item.module}" + ("" if plain else f" as {name}")
            else:
                alias = "" if item.name == name else f" as {name}"
                statement = f"from {item.module} import {item.name}{alias}"
            counts[statement] = counts.get(statement, 0) + 1
    return sorted(counts, key=lambda s: -counts[s])


def _from_project(facts: Facts, file: FileFacts, name: str) -> list[str]:
    """The project's own definitions of the name, unless there are too many to guess."""
    found = [
        f"from {module_name(other.path)} import {name}"
        for other in facts.files.values()
        if other.path != file.path and name in other.defines and not is_test_path(other.path)
        and re.fullmatch(r"[\w.]+", module_name(other.path))
    ]  # fmt: skip
    return found if len(found) <= 2 else []


def _from_standard_library(name: str) -> list[str]:
    found = [
        f"from {module} import {name}"
        for module, names in STANDARD.items()
        if name in names.split()
    ]
    if name in sys.stdlib_module_names and not name.startswith("_"):
        found.append(f"import {name}")
    return found


def _misspelt(text: str, file: FileFacts, name: str) -> list[tuple[str, str]]:
    """Imports whose bound name is nearly the missing one and is used nowhere else."""
    found = []
    lines = text.splitlines(keepends=True)
    for item in file.imports:
        close = difflib.SequenceMatcher(None, item.bound, name).ratio() >= CLOSE
        if not close or item.bound == name or not 1 <= item.line <= len(lines):
            continue
        word = re.compile(rf"\b{re.escape(item.bound)}\b")
        if len(word.findall(text)) != 1 or not word.search(lines[item.line - 1]):
            continue
        changed = lines.copy()
        changed[item.line - 1] = word.sub(name, lines[item.line - 1])
        found.append((item.bound, "".join(changed)))
    return found


def with_import(text: str, statement: str) -> str:
    """The text with one more import, after the docstring and `__future__`; sorting is ruff's."""
    lines = text.splitlines(keepends=True)
    place = _insertion(text)
    return "".join([*lines[:place], f"{statement}\n", *lines[place:]])


def _insertion(text: str) -> int:
    """The number of lines before which nothing may be imported.

    Found by tokens, so that no code of a project is parsed deeply in our process.
    """
    import io
    import tokenize

    place = 0
    statement: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING):
                if not statement and token.type == tokenize.COMMENT and place == token.start[0] - 1:
                    place = token.end[0]
                continue
            if token.type == tokenize.NEWLINE:
                docstring = len(statement) == 1 and statement[0][-1:] in "\"'"
                if docstring or statement[:2] == ["from", "__future__"]:
                    place, statement = token.end[0], []
                    continue
                break
            statement.append(token.string)
            if len(statement) == 1 and token.type != tokenize.STRING and token.string != "from":
                break
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return place
    return place


def _packages(diagnostics: Sequence[Diagnostic]) -> list[Repair]:
    """Imports that nothing declared provides."""
    wanted: dict[str, bool] = {}
    for diagnostic in diagnostics:
        if diagnostic.code in {"undeclared-import", "transitive-import"}:
            names = _NAME.findall(diagnostic.message)
            if names:
                test = is_test_path(diagnostic.path)
                wanted[names[0]] = wanted.get(names[0], True) and test
    return [
        Repair(
            "missing-dependency",
            f"declare {package_of(name)} for 'import {name}'",
            ("dependencies",),
            package=package_of(name),
            development=development,
        )
        for name, development in list(wanted.items())[:MAX_NAMES]
    ]


def _lint(
    project: ProjectView, diagnostics: Sequence[Diagnostic], undefined: set[str], tidy: Tidy
) -> Steps[list[Repair]]:
    """Ruff's safe fixes. Tests only get their imports sorted.

    An unused import stays while a name in its file is unbound: it may be that name, misspelt.
    """
    paths = dict.fromkeys(d.path for d in diagnostics if d.tool == "ruff" and d.safe and d.path)
    changes: dict[str, str] = {}
    for path in list(paths)[:MAX_FORMATTED]:
        left_out = ("F401",) if path in undefined else ()
        rules = ("I001",) if is_test_path(path) else ruff.LINT_RULES
        before = project.read(path)
        after = yield from tidy.fixed(path, before, rules, left_out)
        if after != before:
            changes[path] = after
    if not changes:
        return []
    checks = ("syntax", "lint", "format")
    return [Repair("ruff-safe-fixes", "apply ruff's safe fixes", checks, changes)]


def _layout(
    project: ProjectView, diagnostics: Sequence[Diagnostic], tidy: Tidy
) -> Steps[list[Repair]]:
    changes: dict[str, str] = {}
    paths = dict.fromkeys(d.path for d in diagnostics if d.code == "unformatted")
    for path in list(paths)[:MAX_FORMATTED]:
        before = project.read(path)
        after = yield from tidy.formatted(path, before)
        if after != before:
            changes[path] = after
    if not changes:
        return []
    return [Repair("format", "format with ruff", ("syntax", "format"), changes)]


def symbols(facts: Facts, path: str) -> list[str]:
    """Names known in a file: its own, its imports', then the project's and the built-in ones."""
    file = facts.files.get(path, FileFacts(path))
    names = [*file.defines, *(i.bound for i in file.imports)]
    names += [name for other in facts.files.values() for name in other.defines]
    names += [name for name in dir(builtins) if not name.startswith("_")]
    return list(dict.fromkeys(n for n in names if n))[:5_000]
