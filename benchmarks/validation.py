"""A whole validation against its checks run by hand, one after another, bare.

    python benchmarks/validation.py [--rounds N] [--project DIRECTORY]

The project is generated first (a shop of twelve entities with accounts) and its dependencies are
installed for both sides beforehand; nothing is fetched while the clock runs. In each round, in
turns:

by hand     each check as a process of its own: compileall, the lock and the declared packages,
            ruff, the type checker with an empty cache, pytest, the service started and its routes
            asked, bandit, the same secret scanner, ruff format, ruff's performance rules
cold        a new server's first validation: no kept results, no state of the type checker
unchanged   again, nothing changed
one file    again, after an edit of one source file

Nothing is asserted: the goal is cold <= 0.7 and unchanged <= 0.02 of by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path
from typing import Any

import anyio

from autonomous_coder import AutonomousCoder
from autonomous_coder.dataroots import data_roots
from autonomous_coder.models.validation import ValidationReport
from autonomous_coder.orchestrator.orchestrator import Orchestrator
from autonomous_coder.services import open_services
from autonomous_coder.settings import Settings, load_settings

SCRIPTS = Path(sysconfig.get_path("scripts"))
SENTENCE = (
    "A REST API in Python for a shop with customers, addresses, categories, products, reviews, "
    "carts, orders, invoices, payments, shipments, suppliers and coupons; users can log in"
)
PERFORMANCE = ["--select", "C901,PERF,PLR0912,PLR0915", "--exit-zero"]
START_S = 60
SECONDS = dict[str, list[float]]


def main() -> None:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--project", type=Path, help="a generated project; else one is generated")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="validation-benchmark-") as name:
        root = Path(name)
        settings = load_settings(
            paths={"data_dir": str(root / "state"), "cache_dir": str(root / "cache")}
        )
        project = root / "shop"
        if arguments.project:
            ignored = shutil.ignore_patterns(".venv", "*_cache")
            shutil.copytree(arguments.project, project, ignore=ignored)
        else:
            built = AutonomousCoder(paths=settings.paths.model_dump()).build(
                SENTENCE, output_path=project
            )
            if not built.success:
                sys.exit(f"the project is not green: {built.checks}")
        install(project, root / "environment")
        anyio.run(measure, project, settings, root, arguments.rounds)


async def measure(project: Path, settings: Settings, root: Path, rounds: int) -> None:
    """All rounds; prints their medians."""
    totals: SECONDS = defaultdict(list)
    hand: SECONDS = defaultdict(list)
    ours: SECONDS = defaultdict(list)
    # Dependencies are installed, and what one process looks up once has been imported.
    await first(settings, project)
    for number in range(rounds):
        for title, seconds in by_hand(project, root, number).items():
            hand[title].append(seconds)
        totals["by hand"].append(sum(seconds[-1] for seconds in hand.values()))
        forget(settings.cache_dir())
        async with open_services(settings, data_roots()) as services:
            orchestrator = await services.orchestrator()
            report = await timed_validation(orchestrator, project, totals["cold"])
            for check in report.checks:
                ours[check.name].append(check.duration_s)
            await timed_validation(orchestrator, project, totals["unchanged"])
            source = project / "app" / "main.py"
            source.write_text(f"{source.read_text('utf-8')}\n# round {number}\n", encoding="utf-8")
            await timed_validation(orchestrator, project, totals["one file"])
    lines = sum(len(p.read_text("utf-8").splitlines()) for p in project.rglob("*.py"))
    print(f"{len(report.checks)} checks, {report.files} files, {lines} lines of Python")
    show(totals, hand, ours)


async def first(settings: Settings, project: Path) -> None:
    async with open_services(settings, data_roots()) as services:
        report = await (await services.orchestrator()).validate(str(project))
    demand(report)


async def timed_validation(
    orchestrator: Orchestrator, project: Path, seconds: list[float]
) -> ValidationReport:
    started = time.perf_counter()
    # By hand nobody is asked for known vulnerabilities either.
    report = await orchestrator.validate(str(project), offline=True)
    seconds.append(time.perf_counter() - started)
    return demand(report)


def demand(report: ValidationReport) -> ValidationReport:
    """A verdict that is not green measures something else."""
    if not report.passed:
        sys.exit("\n".join(f"{c.name}: {c.status} {c.reason}" for c in report.checks))
    return report


def forget(cache: Path) -> None:
    """Everything but the installed environments and what was downloaded for them."""
    shutil.rmtree(cache / "results", ignore_errors=True)
    shutil.rmtree(cache / "state", ignore_errors=True)
    (cache / "durations.json").unlink(missing_ok=True)


def install(project: Path, place: Path) -> None:
    timed(
        [str(SCRIPTS / "uv"), "sync", "--locked", "--compile-bytecode", "--quiet"],
        project,
        environment_of(place),
    )


def environment_of(place: Path) -> dict[str, str]:
    return {
        **{k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONPATH"}},
        "UV_PROJECT_ENVIRONMENT": str(place),
        "UV_PYTHON": sys.executable,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def by_hand(project: Path, root: Path, number: int) -> dict[str, float]:
    """Seconds of each check, run alone."""
    place = root / "environment"
    env = environment_of(place)
    tool = {name: str(SCRIPTS / name) for name in ("uv", "ruff", "bandit")}
    python = str(place / "bin" / "python")
    types = str(root / f"types-{number}")
    commands = {
        "syntax": [[sys.executable, "-I", "-c", COMPILE]],
        "dependencies": [
            [tool["uv"], "lock", "--check", "--offline", "--quiet"],
            [tool["uv"], "pip", "check", "--quiet", "--python", python],
        ],
        "lint": [[tool["ruff"], "check", "--no-cache", "--quiet", "."]],
        "types": [[str(place / "bin" / "mypy"), "--strict", "--cache-dir", types, "."]],
        "tests": [[python, "-m", "pytest", "-q", "-p", "no:cacheprovider"]],
        "security": [[tool["bandit"], "-q", "-ll", "-r", "app"]],
        "secrets": [],
        "format": [[tool["ruff"], "format", "--no-cache", "--check", "--quiet", "."]],
        "performance": [[tool["ruff"], "check", "--no-cache", "--quiet", *PERFORMANCE, "."]],
    }
    seconds = {
        name: sum(timed(command, project, env) for command in group)
        for name, group in commands.items()
    }
    seconds["secrets"] = scan(project, root / f"rules-{number}")
    seconds["start"] = start(project, env, python)
    return seconds


COMPILE = (
    "import ast, pathlib\n"
    "for file in pathlib.Path('.').rglob('*.py'): ast.parse(file.read_text('utf-8'))\n"
)


def scan(project: Path, rules: Path) -> float:
    """The scanner that the check uses, bare, with the same rules."""
    import autonomous_coder.languages.common as common

    rules.mkdir()
    inside = Path(common.__file__).parent / "inside" / "scan_secrets.py"
    listed = [str(p.relative_to(project)) for p in project.rglob("*") if p.is_file()]
    command = [sys.executable, "-I", "-X", "utf8", str(inside), str(rules)]
    return timed(command, project, dict(os.environ), stdin=json.dumps(listed))


def start(project: Path, env: dict[str, str], python: str) -> float:
    """Seconds to start the service, ask its routes without parameters, and stop it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "uvicorn", "app.main:app", "--port", str(port)]
    started = time.perf_counter()
    quiet = subprocess.DEVNULL
    service = subprocess.Popen(command, cwd=project, env=env, stdout=quiet, stderr=quiet)
    try:
        ask_routes(f"http://127.0.0.1:{port}", service)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(timeout=30)
    return time.perf_counter() - started


def ask_routes(address: str, service: subprocess.Popen[bytes]) -> None:
    while get(f"{address}/health") is None:
        if service.poll() is not None:
            sys.exit("the service ended by itself")
        time.sleep(0.02)
    described: dict[str, Any] = json.loads(get(f"{address}/openapi.json") or b"{}")
    for path, methods in described.get("paths", {}).items():
        if "get" in methods and "{" not in path:
            get(f"{address}{path}")


def get(address: str) -> bytes | None:
    """The body of an answer below 500, whatever it says; None when there is none."""
    try:
        with urllib.request.urlopen(address, timeout=START_S) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            sys.exit(f"{address}: {error.code}")
        return b""
    except urllib.error.URLError:
        return None


def timed(command: list[str], directory: Path, env: dict[str, str], stdin: str = "") -> float:
    """Seconds of one command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=directory, env=env, input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


def show(totals: SECONDS, hand: SECONDS, ours: SECONDS) -> None:
    baseline = statistics.median(totals["by hand"])
    print(f"{'':16}{'seconds':>10}{'ratio':>8}   rounds (ratio to by hand of the same round)")
    for title, rounds in totals.items():
        ratios = [one / base for one, base in zip(rounds, totals["by hand"], strict=True)]
        each = ", ".join(f"{one:.3f}" for one in ratios)
        median = statistics.median(rounds)
        print(f"{title:16}{median:10.3f}{statistics.median(ratios):8.3f}   {each}")
    print(f"\n{'check':16}{'by hand':>10}{'ours, cold':>12}")
    for name in dict.fromkeys([*hand, *ours]):
        left = f"{statistics.median(hand[name]):.2f}" if name in hand else "-"
        right = f"{statistics.median(ours[name]):.2f}" if name in ours else "-"
        print(f"{name:16}{left:>10}{right:>12}")
    print(f"by hand {baseline:.1f} s; load {', '.join(f'{x:.1f}' for x in os.getloadavg())}")


if __name__ == "__main__":
    main()
