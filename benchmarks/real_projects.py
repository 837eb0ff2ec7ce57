"""Our verdict on small packages by others, against what their own tools say.

    python benchmarks/real_projects.py [--language LANGUAGE] [NAME...]

Each package comes from its registry at a fixed version and is judged twice in the same run: by a
validation, and by the commands of its own automation, with its own configuration and the tools it
declares. `strict_mode` is off, so that its configuration decides (but for formatting, where that
would only warn). Both happen in the sandbox; dependencies are installed
through the proxy (npm's without install scripts), everything else runs without network. Findings
of checks on which both differ are printed below the table.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from anyio import to_thread
from real_by_hand import ByHand, Counts, find_counts
from real_sources import go_source, java_source, npm_source, python_source, rust_source

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.models.execution import Outcome
from autonomous_coder.models.validation import CheckResult, Severity
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.services import Clients
from autonomous_coder.settings import SandboxSettings, Settings, ValidationSettings
from autonomous_coder.store.store import Store

SOURCES: Mapping[str, Callable[[str, str, Path], Path]] = {
    "python": python_source,
    "javascript": npm_source,
    "typescript": npm_source,
    "go": go_source,
    "rust": rust_source,
    "java": java_source,
}
PIP = 'uv venv -q "$VIRTUAL_ENV" && uv pip install -q build'
WHEEL = "python -m build --wheel --no-isolation --outdir /tmp/dist"
RUFF = "ruff check --no-fix ."
NPM = "npm install --ignore-scripts --no-audit --no-fund"
GO = {
    "build": "go build ./...",
    "lint": "go vet ./...",
    "tests": "go test -v ./...",
    "format": 'test -z "$(gofmt -l .)"',
}
RUST = {
    "build": "cargo check --offline --all-targets",
    "lint": "cargo clippy --offline --all-targets",
    "tests": "cargo test --offline",
    "format": "cargo fmt --check",
}
FETCH_MAVEN = "mvn -B -q test -Dmaven.test.failure.ignore"  # What runs tests is fetched late.
NO_STYLE = "-Dcheckstyle.skip"  # Where published archives lack the configuration of that.
JAVA = {"build": "mvn -o -B test-compile", "tests": "mvn -o -B test"}


@dataclass(frozen=True)
class Project:
    """A package, how its dependencies are installed by hand, and the command for each check.
    `known` says why a check may differ without either side being wrong."""

    language: str
    name: str
    version: str
    setup: str
    checks: Mapping[str, str]
    known: Mapping[str, str] = field(default_factory=dict)


PROJECTS = (
    Project(
        "python", "blinker", "1.9.0",
        f"{PIP} 'flit_core<4' -e . -r requirements/tests.txt -r requirements/typing.txt",
        {"build": WHEEL, "lint": RUFF, "types": "mypy", "tests": "python -m pytest -q"},
    ),
    Project(
        "python", "humanize", "4.17.0",
        f"{PIP} hatchling hatch-vcs -e '.[tests]' -r requirements-mypy.txt babel",
        {
            "build": WHEEL, "lint": RUFF, "types": "mypy . --num-workers 0",
            "tests": "python -m pytest -q",
        },
    ),
    Project(
        "python", "idna", "3.20", f"{PIP} 'flit_core<5' -e '.[all]'",
        {"build": WHEEL, "lint": RUFF, "tests": "python -m pytest -q"},
    ),
    Project(
        "python", "click", "8.5.1",
        f"{PIP} 'flit_core<4' -e . && uv sync -q --active --locked --group tests --group typing "
        "--no-group pre-commit --no-group dev --inexact",
        {"build": WHEEL, "lint": RUFF, "types": "mypy", "tests": "python -m pytest -q"},
    ),
    Project(
        "javascript", "minimist", "1.2.8", NPM,
        {"lint": "npm run lint", "tests": "npm run tests-only # tape"},
    ),
    Project(
        "javascript", "process-warning", "5.1.1", NPM,
        {"lint": "npm run lint", "tests": "npx c8 --100 node --test && npm run test:jest"},
    ),
    Project(
        "javascript", "@fastify/error", "4.2.1", NPM,
        {"lint": "npm run lint", "tests": "npx c8 --100 node --test"},
    ),
    Project(
        "javascript", "split2", "4.2.0", NPM,
        {"lint": "npm run lint", "tests": "npm run unit # tape"},
    ),
    Project(
        "typescript", "reusify", "1.1.0", NPM,
        {"lint": "npm run lint", "types": "npm run test:typescript", "tests": "npm test # tape"},
    ),
    Project(
        "typescript", "cborg", "6.1.5", NPM,
        {
            "build": "npm run build", "lint": "npm run lint", "types": "npx tsc --noEmit",
            "tests": "npm run test:node && npm run test:node-bin # mocha",
        },
    ),
    Project("typescript", "css-what", "8.0.0", NPM, {"tests": "npx vitest run"}),
    Project("typescript", "entities", "7.0.0", NPM, {"tests": "npx vitest run"}),
    Project("typescript", "htmlparser2", "10.0.0", NPM, {"tests": "npx vitest run"}),
    Project("go", "github.com/google/uuid", "v1.6.0", "go mod download", GO),
    Project("go", "github.com/gorilla/mux", "v1.8.1", "go mod download", GO),
    Project("go", "github.com/spf13/pflag", "v1.0.10", "go mod download", GO),
    Project("go", "github.com/fatih/color", "v1.18.0", "go mod download", GO),
    Project("rust", "itoa", "1.0.19", "cargo fetch", RUST),
    Project(
        "rust", "hex", "0.4.3", "cargo fetch",
        RUST | {"tests": "cargo test --offline --all-features"},
    ),
    Project("rust", "fnv", "1.0.7", "cargo fetch", RUST),
    Project("java", "commons-cli:commons-cli", "1.10.0", FETCH_MAVEN, JAVA),
    Project("java", "org.apache.commons:commons-csv", "1.14.1", FETCH_MAVEN, JAVA),
    Project(
        "java", "commons-fileupload:commons-fileupload", "1.6.0", f"{FETCH_MAVEN} {NO_STYLE}",
        {check: f"{command} {NO_STYLE}" for check, command in JAVA.items()},
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Engines:
    """What both sides work with."""

    sandbox: Sandbox
    research: ResearchEngine
    lenient: ValidatorEngine
    strict: ValidatorEngine

    async def validate(
        self, root: Path, checks: Sequence[str]
    ) -> tuple[list[CheckResult], set[str]]:
        """The results of these checks, and the languages that were found."""
        report = await self.lenient.validate(root, checks=[c for c in checks if c != "format"])
        results = [result for result in report.checks if result.name != "format"]
        if "format" in checks:
            results += (await self.strict.validate(root, checks=("format",))).checks
        return results, {part.language for part in report.components}


@asynccontextmanager
async def open_engines(base: Path) -> AsyncIterator[Engines]:
    """With all state below `base`."""
    settings, cache, limits = Settings(), base / "cache", SandboxSettings()
    cache.mkdir()
    sandbox = Sandbox(limits, cache)
    clients = Clients(sandbox)
    async with (
        await Store.open(base / "state") as store,
        ResearchEngine(
            settings.research, store, clients.read, clients.uv, data_roots().knowledge,
            cache / "work",
        ) as research,
    ):  # fmt: skip
        validators = [
            ValidatorEngine(
                sandbox, ValidationSettings(strict_mode=strict), LANGUAGES, cache,
                research.fetch_access, limits=limits.limits(),
            )
            for strict in (False, True)
        ]  # fmt: skip
        yield Engines(sandbox, research, *validators)


def in_words(status: str, counts: Counts | None) -> str:
    """A verdict with the number of tests, as both columns show it."""
    if counts is None:
        return status
    skipped = f", {counts.skipped} skipped" if counts.skipped else ""
    failed = f", {counts.failed} failed" if counts.failed else ""
    return f"{status}, {counts.passed}{failed}{skipped}"


def said_by_hand(command: str, outcome: Outcome) -> tuple[str, Counts | None]:
    """The verdict of a command, and how many tests it tells of."""
    if outcome.killed_by:
        return f"stopped ({outcome.killed_by})", None
    text = (outcome.stderr + b"\n" + outcome.stdout).decode("utf-8", "replace")
    return "passed" if outcome.exit_code == 0 else "failed", find_counts(command, text)


def said_by_us(result: CheckResult | None) -> tuple[str, Counts | None]:
    """The same of one of our checks."""
    if result is None:
        return "-", None
    counts = Counts(result.tests_passed, result.tests_failed, result.tests_skipped)
    return result.status.value, counts if any(counts) else None


def explained(result: CheckResult | None, outcome: Outcome) -> str:
    """What both sides say where they differ, for whoever looks for the cause."""
    lines = ["  ours:"]
    if result is not None:
        lines += [f"    {result.reason}"] if result.reason else []
        grave = [d for d in result.diagnostics if d.severity is not Severity.INFO]
        lines += [f"    {d.code} {d.path}:{d.line} {d.message[:200]}" for d in grave[:8]]
    said = (outcome.stdout[-1_500:] + outcome.stderr[-1_500:]).decode("utf-8", "replace")
    return "\n".join([*lines, "  by hand:", *(f"    {line}" for line in said.splitlines()[-12:])])


async def judge(project: Project, into: Path, engines: Engines) -> list[str]:
    """Print one line for each check; returns what explains the differences."""
    fetched, hand = into / "fetched", into / "hand"
    fetched.mkdir(parents=True)
    get = SOURCES[project.language]
    root = await to_thread.run_sync(get, project.name, project.version, fetched)
    await to_thread.run_sync(shutil.copytree, root, hand / "project")
    (hand / "home").mkdir()
    (hand / "environment").mkdir()
    access = engines.research.fetch_access
    by_hand = ByHand(engines.sandbox, access, LANGUAGES[project.language], hand)
    results, found = await engines.validate(root, tuple(project.checks))
    prepared = await by_hand.run(project.setup, fetching=True)
    if prepared.exit_code != 0:
        said = (prepared.stdout + prepared.stderr)[-3_000:].decode("utf-8", "replace")
        why = f"{project.name}: not installed by hand {prepared.killed_by}"
        return [f"{why}\n{said}"]
    notes = []
    if found != {project.language}:
        notes.append(f"{project.name}: found to be {sorted(found)}, not {project.language}")
    for check, command in project.checks.items():
        outcome = await by_hand.run(command, checked_out=check == "lint")
        hand_status, hand_counts = said_by_hand(command, outcome)
        hand_counts = hand_counts if check == "tests" else None
        result = next((r for r in results if r.name == check), None)
        our_status, our_counts = said_by_us(result)
        same = hand_status == our_status
        same = same and (None in (hand_counts, our_counts) or hand_counts == our_counts)
        print(
            f"| {project.name} {project.version} | {project.language} | {check} | `{command}` "
            f"| {in_words(hand_status, hand_counts)} | {in_words(our_status, our_counts)} "
            f"| {'yes' if same else '**no**'} |",
            flush=True,
        )
        if not same:
            notes.append(f"{project.name} {check}\n{explained(result, outcome)}")
    return notes


async def main(names: Sequence[str], language: str) -> None:
    """Print the table, then what explains the differences."""
    print("| package | language | check | by hand | says | we say | equal |")
    print("|---|---|---|---|---|---|---|")
    notes = []
    with tempfile.TemporaryDirectory(prefix="real-projects-") as temporary:
        base = Path(temporary)
        async with open_engines(base) as engines:
            for number, project in enumerate(PROJECTS):
                if (names and project.name not in names) or language not in ("", project.language):
                    continue
                into = base / "cache" / "real" / str(number)
                notes += await judge(project, into, engines)
                shutil.rmtree(into, ignore_errors=True)
    print("\n".join(["", *notes]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--language", default="", choices=["", *SOURCES])
    arguments = parser.parse_args()
    anyio.run(main, arguments.names, arguments.language)
