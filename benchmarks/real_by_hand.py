"""Running a package's own commands, in the sandbox, and reading how many tests they report."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from autonomous_coder.engines.validator.toolchains import find_toolchain
from autonomous_coder.languages.base import Language
from autonomous_coder.models.execution import (
    Command,
    FetchAccess,
    Limits,
    Mount,
    Network,
    Outcome,
)
from autonomous_coder.sandbox.sandbox import Sandbox

HAND = "/hand"
LIMITS = Limits(disk_bytes=8 * 2**30, inodes=600_000, timeout_s=1_200)
ECOSYSTEMS = {"python": "pypi", "go": "go", "rust": "crates", "java": "maven"}
ENVIRONMENT = {
    "CI": "true",
    "CARGO_TERM_COLOR": "never",
    "GOTOOLCHAIN": "local",
    "GOFLAGS": "-modcacherw",
    "UV_PYTHON_DOWNLOADS": "never",
    "VIRTUAL_ENV": f"{HAND}/environment",
    "HOME": f"{HAND}/home",
    # Java takes the home directory of the account instead.
    "MAVEN_OPTS": f"-Duser.home={HAND}/home",
}
MAVEN = (
    # Java takes neither the proxy nor the repository from the variables that other clients read.
    'mkdir -p "$HOME/.m2"; printf "<settings><localRepository>$HOME/.m2/repository'
    "</localRepository><mirrors><mirror><id>own</id><mirrorOf>*</mirrorOf><url>%s</url></mirror>"
    '</mirrors></settings>" "$MAVEN_REPOSITORY" > "$HOME/.m2/settings.xml"; P=${HTTPS_PROXY##*:}; '
    'export MAVEN_OPTS="$MAVEN_OPTS -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=${P%/}"; '
)


class Counts(NamedTuple):
    """How many tests passed, failed and were skipped."""

    passed: int
    failed: int
    skipped: int


class ByHand:
    """One package and a home of its own below the cache; commands find both as they left them."""

    def __init__(
        self,
        sandbox: Sandbox,
        fetch_access: Callable[[str], Awaitable[FetchAccess]],
        language: Language,
        base: Path,
    ) -> None:
        self._sandbox, self._access, self._language = sandbox, fetch_access, language
        self._base = base
        self.versions: dict[str, str] = {}

    async def run(
        self, script: str, *, fetching: bool = False, checked_out: bool = False
    ) -> Outcome:
        """A line of shell in the package's directory; `fetching` lets it ask the registry. With
        `checked_out` that is a repository, where linters leave out what it ignores."""
        chains = [await find_toolchain(self._sandbox, s) for s in self._language.toolchains]
        self.versions = {chain.name: chain.version for chain in chains}
        mounts = {m.target: m for m in self._sandbox.tool_mounts()}
        mounts |= {m.target: m for c in chains for m in c.mounts if m.target[:5] != "/etc/"}
        programs = [Path(p) for c in chains for p in c.programs.values()]
        places = [f"{HAND}/environment/bin", *(str(p.parent) for p in programs)]
        places += [str(self._sandbox.tool("uv").parent), "/usr/local/bin", "/usr/bin", "/bin"]
        # In automation node's tools colour what they print, unless told not to.
        plain = {"NO_COLOR": "1"} if self._language.name not in ECOSYSTEMS else {}
        access = None
        if checked_out:
            script = f"git init -q && {{ {script}\n}}; code=$?; rm -rf .git; exit $code"
        if fetching:
            access = await self._access(ECOSYSTEMS.get(self._language.name, "npm"))
            script = MAVEN + script if self._language.name == "java" else script
        return await self._sandbox.run(
            Command(
                argv=("/bin/sh", "-c", script),
                cwd=f"{HAND}/project",
                env={**ENVIRONMENT, **plain, "PATH": ":".join(dict.fromkeys(places))},
                mounts=(*mounts.values(), Mount(self._base, HAND, writable=True)),
                network=Network.FETCH if fetching else Network.NONE,
                access=access,
                limits=LIMITS,
            )
        )


def find_counts(command: str, text: str) -> Counts | None:
    """What a test runner's output says; None for those that count assertions, not tests."""

    def total(pattern: str) -> int:
        return sum(int(n) for n in re.findall(pattern, text, re.M))

    def numbers(line: str, *words: str) -> int:
        return sum(int(n) for n in re.findall(rf"(\d+) (?:{'|'.join(words)})\b", line))

    if "pytest" in command:
        line = text.strip().rpartition("\n")[2]
        return Counts(
            numbers(line, "passed", "xpassed"),
            numbers(line, "failed", "errors?"),
            numbers(line, "skipped", "xfailed"),
        )
    if command.startswith("go test"):
        # Not only at the start of a line: what a test prints need not end one.
        words = ("PASS", "FAIL", "SKIP")
        return Counts(*(len(re.findall(rf"--- {word}: \S+ \(", text)) for word in words))
    if "cargo test" in command:
        return Counts(*(total(rf"(\d+) {word};") for word in ("passed", "failed", "ignored")))
    if "mvn" in command:
        words = ("Tests run", "Failures", "Errors", "Skipped")
        found = re.findall(", ".join(rf"{word}: (\d+)" for word in words), text)
        ran, failures, errors, skipped = map(int, found[-1] if found else (0, 0, 0, 0))
        return Counts(ran - failures - errors - skipped, failures + errors, skipped)
    found = [Counts(0, 0, 0)]
    if "mocha" in command:
        words = ("passing", "failing", "pending")
        found.append(Counts(*(total(rf"^\s*(\d+) {word}\b") for word in words)))
    if "vitest" in command or "jest" in command:
        line = next(iter(re.findall(r"^\s*Tests:?\s+(.*)$", text, re.M)), "")
        found.append(Counts(*(numbers(line, word) for word in ("passed", "failed", "skipped"))))
    if "node --test" in command:
        words = ("pass", "fail", "skipped")
        found.append(Counts(*(total(rf"^\S+ {word} (\d+)") for word in words)))
    return Counts(*map(sum, zip(*found, strict=True))) if found[1:] else None
