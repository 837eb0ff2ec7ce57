"""Which files build constraints leave out here, and what would bring them back.

Files of other platforms and scripts (`//go:build ignore`) are normal; code behind tags of the
project's own is built with these tags.
"""

from __future__ import annotations

import platform
import posixpath
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from autonomous_coder.languages.base import ProjectView, Toolbox
from autonomous_coder.languages.common.conditions import (
    FREE,
    MAX_DEPTH,
    NO,
    YES,
    Can,
    Condition,
    Group,
    Word,
    possible,
    satisfiable,
)
from autonomous_coder.languages.findings import finding
from autonomous_coder.languages.go import modfile, toolchain
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.models.validation import Diagnostic, Severity

SYSTEMS = frozenset(
    {
        "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux",
        "nacl", "netbsd", "openbsd", "plan9", "solaris", "wasip1", "windows", "zos",
    }
)  # fmt: skip
MACHINES = frozenset(
    {
        "386", "amd64", "amd64p32", "arm", "arm64", "armbe", "arm64be", "loong64", "mips",
        "mips64", "mips64le", "mipsle", "ppc", "ppc64", "ppc64le", "riscv", "riscv64", "s390",
        "s390x", "sparc", "sparc64", "wasm",
    }
)  # fmt: skip
UNIX = frozenset(SYSTEMS - {"js", "nacl", "plan9", "wasip1", "windows", "zos"})
COMPILER = frozenset({"appengine", "asan", "boringcrypto", "gccgo", "msan", "race"})
"""What the way of compiling decides; not asked for here."""
SCRIPTS = frozenset({"ignore", "tools"})
"""The custom for programs of one file, and for lists of tools that are imported nowhere."""
MAX_SETS = 4
MAX_TOLD = 30
MAX_TAGS = 10
NAMES = {"x86_64": "amd64", "aarch64": "arm64", "i686": "386"}
_RULE = re.compile(r"^//go:build[ \t]+(.+)$", re.M)
_CODE = re.compile(r"^package\b", re.M)
_TOKEN = re.compile(r"\s*(&&|\|\||!|\(|\)|[\w.]+)")
_PLAIN = re.compile(r"[\w./\-]+")


class Reach(StrEnum):
    """Why a file is not built here."""

    PLATFORM = "platform"
    SCRIPT = "script"
    TAGS = "tags"
    """Tags of the project's own would bring it in."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Left:
    """One file that is left out; `tags` would bring it in, `rule` stands at `line`."""

    path: str
    reach: Reach
    rule: str = ""
    line: int = 1
    tags: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The reason in a few words."""
        if self.rule:
            return f"'//go:build {self.rule}'"
        return "its name" if self.reach is Reach.PLATFORM else "something go does not tell"


@dataclass(frozen=True, slots=True)
class Round:
    """Files that are built with the same tags, and the directories they stand in."""

    tags: tuple[str, ...]
    paths: tuple[str, ...]

    @property
    def patterns(self) -> tuple[str, ...]:
        """What go is asked for."""
        places = dict.fromkeys(posixpath.dirname(path) for path in self.paths)
        return tuple(f"./{place}" if place else "." for place in places)


def left_out(
    project: ProjectView, chosen: Choices, toolbox: Toolbox, *, tests: bool = False
) -> list[Left]:
    """Every file of this module that is not built with these settings, as a package or, with
    `tests`, for its tests."""
    race = tests and chosen.race
    here = partial(_here, cgo=chosen.cgo or race, race=race, version=_version(toolbox))
    nested = modfile.nested_modules(project)
    found = []
    for path in modfile.sources(project):
        if not any(path.startswith(f"{place}/") for place in nested):
            left = _left(path, modfile.read_source(project, path), here)
            found += [left] if left else []
    return found


def _version(toolbox: Toolbox) -> tuple[int, ...]:
    return toolchain.numbers(toolchain.found(toolbox).version)


def _left(path: str, source: modfile.Source, here: Callable[[str], Can | None]) -> Left | None:
    named = [Word(part) for part in _parts(path)]
    code = _CODE.search(source.text)
    head = source.text[: code.start()] if code else source.text[:20_000]
    match = _RULE.search(head)
    rule = match[1].strip() if match else ""
    line = head.count("\n", 0, match.start()) + 1 if match else 1
    whole = Group("all", (*named, *([parse(rule)] if rule else [])))

    def can(*, scripts: Can, system: Can | None = None) -> bool:
        def meaning(word: Word) -> Can:
            if word.name in SCRIPTS:
                return scripts
            known = here(word.name)
            return FREE if known is None else system or known

        return satisfiable(whole, meaning)

    tags = tuple(sorted(_asked(whole)))[:MAX_TAGS]
    if possible(whole, lambda word: here(word.name) or NO).true:
        if "C" in source.imports and here("cgo") == NO:
            return Left(path, Reach.PLATFORM, "cgo", line)
        return None
    if can(scripts=NO):
        return Left(path, Reach.TAGS, rule, line, tags)
    if can(scripts=FREE):
        return Left(path, Reach.SCRIPT, rule, line)
    elsewhere = can(scripts=FREE, system=FREE)
    return Left(path, Reach.PLATFORM if elsewhere else Reach.NEVER, rule, line)


def _parts(path: str) -> list[str]:
    """System and machine at the end of a file's name: `a_linux_arm64_test.go`."""
    words = posixpath.basename(path).removesuffix(".go").removesuffix("_test").split("_")[1:]
    if len(words) > 1 and words[-2] in SYSTEMS and words[-1] in MACHINES:
        return words[-2:]
    return words[-1:] if words and words[-1] in SYSTEMS | MACHINES else []


def _here(name: str, *, cgo: bool, race: bool, version: tuple[int, ...]) -> Can | None:
    """What a tag is on this machine; None for those of the project's own."""
    system = sys.platform
    if name in SYSTEMS:
        return YES if name == system else NO
    if name in MACHINES:
        return YES if name == NAMES.get(platform.machine().lower(), platform.machine()) else NO
    if name == "unix":
        return YES if system in UNIX else NO
    if name in ("gc", "cgo"):
        return YES if name == "gc" or cgo else NO
    if match := re.fullmatch(r"go1\.(\d{1,4})", name):
        return YES if (1, int(match[1])) <= version[:2] else NO
    if name in COMPILER or name.startswith("goexperiment."):
        return YES if race and name == "race" else NO
    return None


def _asked(condition: Condition, *, wanted: bool = True) -> set[str]:
    """The tags of the project's own that stand there without a `!`."""
    if isinstance(condition, Word):
        own = _here(condition.name, cgo=False, race=False, version=()) is None
        return {condition.name} if own and wanted and condition.name not in SCRIPTS else set()
    turned = wanted is not (condition.kind == "not")
    return {tag for part in condition.parts for tag in _asked(part, wanted=turned)}


def parse(rule: str) -> Condition:
    """A `//go:build` expression; one that cannot be read never holds."""
    tokens: list[str] = []
    at = 0
    text = rule.split("//")[0].rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            return Group("any")
        tokens.append(match[1])
        at = match.end()
    try:
        condition, end = _either(tokens, 0, 0)
    except IndexError:
        return Group("any")
    return condition if end == len(tokens) else Group("any")


def _either(tokens: list[str], at: int, depth: int) -> tuple[Condition, int]:
    """`a && b || c`: any of what is joined by `&&`."""
    any_of: list[Condition] = []
    while True:
        all_of: list[Condition] = []
        while True:
            part, at = _single(tokens, at, depth + 1)
            all_of.append(part)
            if at >= len(tokens) or tokens[at] != "&&":
                break
            at += 1
        any_of.append(Group("all", tuple(all_of)))
        if at >= len(tokens) or tokens[at] != "||":
            return Group("any", tuple(any_of)), at
        at += 1


def _single(tokens: list[str], at: int, depth: int) -> tuple[Condition, int]:
    word = tokens[at]
    if depth > MAX_DEPTH:
        raise IndexError
    if word == "!":
        part, at = _single(tokens, at + 1, depth + 1)
        return Group("not", (part,)), at
    if word == "(":
        part, at = _either(tokens, at + 1, depth + 1)
        if tokens[at] != ")":
            raise IndexError
        return part, at + 1
    if word in ("&&", "||", ")"):
        raise IndexError
    return Word(word), at + 1


def rounds(left: Iterable[Left]) -> list[Round]:
    """Runs that build what tags keep apart: one for each set of tags, at most `MAX_SETS`."""
    sets: dict[tuple[str, ...], list[str]] = {}
    for one in left:
        if one.reach is Reach.TAGS and one.tags and _PLAIN.fullmatch(one.path):
            sets.setdefault(one.tags, []).append(one.path)
    return [Round(tags, tuple(paths)) for tags, paths in list(sets.items())[:MAX_SETS]]


def told(left: Iterable[Left]) -> tuple[list[Diagnostic], str]:
    """What is said of files that are not built: each of them, and a sentence."""
    said = {
        Reach.PLATFORM: (Severity.INFO, "other-platform", "is not built on this platform"),
        Reach.SCRIPT: (Severity.INFO, "script", "is a program of its own and is not built"),
        Reach.TAGS: (Severity.WARNING, "never-built", "was not built, with whatever tags"),
        Reach.NEVER: (Severity.WARNING, "never-built", "is never built"),
    }
    found = list(left)
    findings = []
    for reach, (severity, code, message) in said.items():
        some = [one for one in found if one.reach is reach]
        findings += [
            finding(
                "go", "autonomous-coder", code, severity,
                f"this file {message}, because of {one.why}", path=one.path, line=one.line,
            )
            for one in (some[:MAX_TOLD] if severity is Severity.INFO else some)
        ]  # fmt: skip
    names = ", ".join(one.path for one in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return findings, f"Not compiled, because of build constraints: {names}{more}." if found else ""
