"""What a test stands under: `cfg` of its own, of the modules around it, of what includes its file.

A test may be left out only where its conditions cannot hold here and could hold elsewhere: on
another platform, or with a feature the manifest declares. What depends on a `cfg` of the project's
own making must run.
"""

from __future__ import annotations

import platform
import posixpath
import re
import sys
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from enum import StrEnum

from autonomous_coder.languages.common.conditions import (
    ALWAYS,
    FREE,
    MAX_DEPTH,
    NO,
    UNKNOWN,
    YES,
    Can,
    Condition,
    Group,
    Word,
    satisfiable,
)
from autonomous_coder.languages.rust.manifests import TABLES, Crate, Workspace, table, texts
from autonomous_coder.languages.sources import SourceFacts

ROOTS = ("lib.rs", "main.rs", "mod.rs")
MAX_DECLARED = 20
SYSTEMS = {"darwin": "macos", "win32": "windows"}
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
MACHINE = re.compile(
    r"target_\w+|panic|debug_assertions|overflow_checks|miri|loom|shuttle|kani|fuzzing|doc|doctest"
)
"""Words that the platform, the profile or a checker of its own sets."""
_TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\s+|(\"(?:[^\"\\]|\\.)*\"|[A-Za-z_][\w:]*|[(),=])", re.S)


class Standing(StrEnum):
    """Whether a test is compiled by a run."""

    MUST = "must"
    ELSEWHERE = "elsewhere"
    """Another platform or other features would compile it."""
    NOWHERE = "nowhere"
    """Nothing would."""


def parse(rule: str) -> Condition:
    """What stands in `cfg(…)`; what cannot be read is a word that nobody knows."""
    tokens: list[str] = []
    at = 0
    while at < len(rule):
        match = _TOKEN.match(rule, at)
        if match is None:
            return Word(rule)
        tokens += [match[1]] if match[1] else []
        at = match.end()
    try:
        condition, at = _parsed(tokens, 0, 0)
    except IndexError:
        return Word(rule)
    return condition if at == len(tokens) else Word(rule)


def _parsed(tokens: list[str], at: int, depth: int) -> tuple[Condition, int]:
    name = tokens[at]
    if depth > MAX_DEPTH or not re.match(r"\w", name):
        raise IndexError
    follows = tokens[at + 1] if at + 1 < len(tokens) else ""
    if follows == "=":
        return Word(name, tokens[at + 2][1:-1] or "?"), at + 3
    if follows != "(":
        if name in ("true", "false"):
            return Group("all" if name == "true" else "any"), at + 1
        return Word(name), at + 1
    parts: list[Condition] = []
    at += 2
    while tokens[at] != ")":
        part, at = _parsed(tokens, at, depth + 1)
        parts.append(part)
        if tokens[at] == ",":
            at += 1
    known = name in ("all", "any") or (name == "not" and len(parts) == 1)
    return (Group(name, tuple(parts)) if known else Word(f"{name}(")), at + 1


def declared(crate: Crate) -> frozenset[str]:
    """Every feature the crate has; optional dependencies are features, too."""
    places = [crate.manifest, *map(table, table(crate.manifest.get("target")).values())]
    optional = (
        name
        for place in places
        for kind in TABLES
        for name, about in table(place.get(kind)).items()
        if table(about).get("optional") is True
    )
    return frozenset({*table(crate.manifest.get("features")), *optional} - {"default"})


def chosen(crate: Crate) -> frozenset[str]:
    """The features that are on unless somebody asks for others."""
    known = table(crate.manifest.get("features"))
    found: set[str] = set()
    waiting = ["default"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [word.partition("/")[0] for word in texts(known.get(name))]
    return frozenset(found)


def off(workspace: Workspace) -> list[str]:
    """Features of the workspace's members that the default leaves out, sorted."""
    return sorted({f for c in workspace.crates if c.member for f in declared(c) - chosen(c)})


def meaning(word: Word, features: AbstractSet[str], known: AbstractSet[str] | None = None) -> Can:
    """What a word is here, with these features; with `known` what it could be anywhere."""
    name, value = word.name, word.value
    if name == "test":
        return YES
    if name == "feature":
        if known is not None:
            return FREE if value in known else NO
        return YES if value in features else NO
    here = _here(name, value)
    if here is None:
        return FREE
    return here if known is None else FREE


def _here(name: str, value: str) -> Can | None:
    """What the platform says; None of words that are the project's own."""
    windows = sys.platform == "win32"
    if name in ("unix", "windows"):
        return YES if (name == "windows") is windows else NO
    if name == "target_family" and value in ("unix", "windows"):
        return YES if (value == "windows") is windows else NO
    if name == "target_os":
        return YES if value == SYSTEMS.get(sys.platform, sys.platform) else NO
    machine = MACHINES.get(platform.machine().lower())
    if name == "target_arch" and machine:
        return YES if value == machine else NO
    return UNKNOWN if MACHINE.fullmatch(name) else None


class Conditions:
    """The conditions of every test of a workspace."""

    def __init__(self, workspace: Workspace, facts: SourceFacts) -> None:
        self._workspace, self._facts = workspace, facts
        self._roots = {
            target.path: target.features for crate in workspace.crates for target in crate.targets
        }
        self._tests: dict[str, list[Condition]] = {}
        self._declared: dict[str, list[tuple[str, Condition]]] = {}
        self._whole: dict[str, Condition] = {}
        for path, fact in facts.files.items():
            for condition in fact.conditions:
                rule = together(*map(parse, condition.rules))
                if not condition.module:
                    self._tests.setdefault(f"{path}::{condition.name}", []).append(rule)
                    continue
                for place in self._places(path, condition.name, condition.path):
                    self._declared.setdefault(place, []).append((path, rule))

    def _places(self, path: str, name: str, given: str) -> Iterator[str]:
        """The files a module may stand in."""
        folder, file = posixpath.split(path)
        *around, last = name.split("::")
        own = folder
        if file not in ROOTS and path not in self._roots:
            own = path.removesuffix(".rs")
        if given:
            base = posixpath.join(own, *around) if around else folder
            places = [posixpath.normpath(posixpath.join(base, given))]
        else:
            stem = posixpath.join(own, *around, last)
            places = [f"{stem}.rs", f"{stem}/mod.rs"]
        return (place for place in places if place in self._facts.files)

    def _of_file(self, path: str, above: frozenset[str] = frozenset()) -> Condition:
        """What a file is included under: any of its declarations."""
        if path in self._whole:
            return self._whole[path]
        found: list[Condition] = []
        if path in self._roots:
            found.append(together(*(Word("feature", name) for name in self._roots[path])))
        if len(above) < MAX_DECLARED:
            for parent, rule in self._declared.get(path, ())[:MAX_DECLARED]:
                if parent not in above and parent != path:
                    whole = self._of_file(parent, above | {path})
                    found.append(together(rule, whole))
        # Nobody says how it is included: then nothing excuses it.
        self._whole[path] = either(*found) if found else ALWAYS
        return self._whole[path]

    def of(self, test: str) -> Condition:
        """Everything a test stands under."""
        own = self._tests.get(test)
        whole = self._of_file(test.split("::", 1)[0])
        return together(either(*own), whole) if own else whole

    def standing(self, test: str, *, everything: bool) -> Standing:
        """Whether a run with the default features, or with `everything`, compiles a test."""
        crate = self._workspace.crate_of(test.split("::", 1)[0])
        known = declared(crate) if crate else frozenset()
        features = known if everything or crate is None else chosen(crate)
        condition = self.of(test)
        if satisfiable(condition, lambda word: meaning(word, features)):
            return Standing.MUST
        anywhere = satisfiable(condition, lambda word: meaning(word, features, known))
        return Standing.ELSEWHERE if anywhere else Standing.NOWHERE

    def told(self, test: str) -> str:
        """The conditions in one line."""
        return shown(self.of(test)) or "a condition"


def together(*conditions: Condition) -> Condition:
    """That all of them hold."""
    parts: list[Condition] = []
    for one in conditions:
        parts += one.parts if isinstance(one, Group) and one.kind == "all" else (one,)
    parts = list(dict.fromkeys(parts))
    return parts[0] if len(parts) == 1 else Group("all", tuple(parts))


def either(*conditions: Condition) -> Condition:
    """That one of them holds."""
    if ALWAYS in conditions:
        return ALWAYS
    return conditions[0] if len(conditions) == 1 else Group("any", conditions)


def shown(condition: Condition) -> str:
    """A condition as it is written; empty when it always holds."""
    if isinstance(condition, Word):
        return f'{condition.name} = "{condition.value}"' if condition.value else condition.name
    if condition == ALWAYS:
        return ""
    return f"{condition.kind}({', '.join(shown(part) or 'true' for part in condition.parts)})"


def off_note(workspace: Workspace) -> str:
    """A sentence on features that are off by default, whose code is not compiled."""
    found = off(workspace)
    if not found:
        return ""
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    named = ", ".join(f"'{name}'" for name in found[:8])
    return f"Not compiled: code behind features that are off by default ({named}{more})."
