"""What `go test -json` prints, as packages and tests with their outcomes and output."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autonomous_coder.languages.findings import relative

MAX_OUTPUT = 40_000
MAX_TESTS = 50_000
MAX_STORED = 8_000_000
OUTCOMES = frozenset({"pass", "fail", "skip"})

_AT = re.compile(r"^\s+([\w.\-]+\.go):(\d+): (.*)")
_FRAME = re.compile(r"^\s+(/\S.*\.go):(\d+)(?: \+0x[0-9a-f]+)?$")
_PANIC = re.compile(r"^(?:panic|fatal error): (.+)")
_TIMEOUT = re.compile(r"^panic: test timed out after (\S+)")
_NOISE = re.compile(r"^\s*(?:=== |--- (?:PASS|FAIL|SKIP)|FAIL\b|PASS$|ok\s|exit status|\?\s)")


@dataclass(frozen=True, slots=True)
class Told:
    """Why something failed: `code` is failed, panic, timeout, exit or data-race."""

    code: str
    message: str
    place: str = ""
    line: int = 0


@dataclass(slots=True)
class TestRun:
    """One test; `outcome` stays empty when the process ended within it."""

    outcome: str = ""
    output: str = ""

    def failure(self, root: Path, directory: str, files: Collection[str]) -> Told:
        """Why it failed, at the deepest place of the project."""
        return explain(self.output, root, directory, files)


@dataclass(slots=True)
class PackageRun(TestRun):
    """One package."""

    tests: dict[str, TestRun] = field(default_factory=dict)
    failed_build: bool = False

    @property
    def panicked(self) -> bool:
        """Whether its process ended before it was through."""
        return any(_ended(text) for text in (self.output, *(t.output for t in self.tests.values())))


@dataclass(slots=True)
class Run:
    """All packages by import path, and what the compiler said."""

    packages: dict[str, PackageRun] = field(default_factory=dict)
    compiler: str = ""


def read_events(data: bytes) -> Run:
    """Events line by line; what is no event is left out."""
    run = Run()
    stored = tests = 0
    for raw in data.decode("utf-8", "replace").split("\n"):
        try:
            event = json.loads(raw) if raw.startswith("{") else None
        except (ValueError, RecursionError):
            continue
        if not isinstance(event, dict) or stored > MAX_STORED or tests > MAX_TESTS:
            continue
        action, output = _text(event, "Action"), _text(event, "Output")
        stored += len(output)
        if action == "build-output":
            run.compiler += output
            continue
        name = _text(event, "Package")
        if not name:
            continue
        package = run.packages.setdefault(name, PackageRun())
        test = _text(event, "Test")
        tests += bool(test) and test not in package.tests
        target = package.tests.setdefault(test, TestRun()) if test else package
        if action == "output":
            if len(target.output) < MAX_OUTPUT:
                target.output += output
        elif action in OUTCOMES:
            # A failure stays one, whatever is said about it later.
            target.outcome = target.outcome if target.outcome == "fail" else action
            package.failed_build |= not test and bool(event.get("FailedBuild"))
    return run


def _text(event: dict[str, Any], key: str) -> str:
    value = event.get(key)
    return value if isinstance(value, str) else ""


def _ended(text: str) -> bool:
    return bool(re.search(r"^(?:panic|fatal error): |^exit status ", text, re.M))


def explain(text: str, root: Path, directory: str, files: Collection[str]) -> Told:
    """The first thing that went wrong in what a test printed."""
    lines = [line for line in text.splitlines() if not _NOISE.match(line)]
    for number, line in enumerate(lines):
        if "WARNING: DATA RACE" in line:
            place, at = _frame(lines[number:], root, files)
            return Told("data-race", "a data race: two goroutines use this at once", place, at)
        if match := _TIMEOUT.match(line):
            place, at = _frame(lines[number:], root, files)
            return Told("timeout", f"it did not end within {match[1]}", place, at)
        if match := _PANIC.match(line):
            place, at = _frame(lines[number:], root, files)
            if "unexpected call to os.Exit" in match[1]:
                return Told("exit", "it ended the process with os.Exit(0)", place, at)
            message = match[1].split(" [recovered")[0]
            return Told("panic", f"panic: {message}", place, at)
    failed = [(m, n) for n, line in enumerate(lines) if (m := _AT.match(line))]
    if failed:
        # What it logged comes before what made it fail: the last place decides.
        match, number = failed[-1]
        more = [
            line.strip() for line in lines[number + 1 : number + 8] if line.startswith("      ")
        ]
        place = posixpath.join(directory, match[1])
        known = place in files
        message = " ".join([match[3].strip(), *more])
        return Told("failed", message, place if known else "", int(match[2][:9]) if known else 0)
    said = " ".join(line.strip() for line in lines if line.strip())[:400]
    return Told("failed", said)


def _frame(lines: list[str], root: Path, files: Collection[str]) -> tuple[str, int]:
    """The first place of a stack that lies in the project."""
    for line in lines[:400]:
        if match := _FRAME.match(line):
            place = relative(match[1], root)
            if place in files:
                return place, int(match[2][:9])
    return "", 0
