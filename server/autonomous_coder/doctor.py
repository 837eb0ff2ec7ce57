"""What this machine has and lacks, and what to do about it. Nothing here ever raises."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from autonomous_coder.errors import CoderError, ToolchainMissingError
from autonomous_coder.models.questions import ResearchQuestion
from autonomous_coder.models.results import DoctorItem, DoctorReport
from autonomous_coder.settings import Settings, config_path

if TYPE_CHECKING:
    from autonomous_coder.languages.base import ToolchainSpec
    from autonomous_coder.sandbox.sandbox import Sandbox
    from autonomous_coder.services import Services

MIN_FREE_MB = 500
VERSION_TIMEOUT_S = 15.0
REGISTRY_TIMEOUT_S = 8.0
PROBE_PACKAGES = ("pypi:pip", "npm:npm")
"""Packages every registry and every mirror of one has."""

OWN_TOOLS = ("ruff", "mypy", "bandit", "uv")

CLIENTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("git", ("--version",), "Install git; merging into an edited project is finer with it."),
    ("npm", ("--version",), "It comes with Node.js, or: `apt install npm`."),
)
"""Programs beside the toolchains: name, how to ask for the version, what to do. None is required.
"""

TITLES = {"javascript": "JavaScript", "typescript": "TypeScript"}

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

Look = Callable[[], Awaitable[DoctorItem]]


async def examine(settings: Settings, *, config: str | Path | None = None) -> DoctorReport:
    """Look at everything, side by side. `config` is the file named on the command line."""
    from autonomous_coder.dataroots import data_roots
    from autonomous_coder.services import open_services

    items: dict[int, DoctorItem] = {}
    async with open_services(_quick(settings), data_roots()) as services:
        looks = _looks(services, settings, config)

        async def keep(index: int, name: str, look: Look) -> None:
            try:
                items[index] = await look()
            except CoderError as error:
                items[index] = _bad(name, error.message, error.hint)
            except Exception as error:
                items[index] = _bad(name, f"{type(error).__name__}: {error}"[:300], "")

        async with anyio.create_task_group() as tasks:
            for index, (name, look) in enumerate(looks):
                tasks.start_soon(keep, index, name, look)
        registries = await _registries(services)
    found = [items[index] for index in range(len(looks))] + registries
    return DoctorReport(ok=all(item.ok for item in found if item.required), items=found)


def _quick(settings: Settings) -> Settings:
    """The same settings, but a registry is asked once, now, and not for long."""
    research = settings.research.model_copy(
        update={"timeout": REGISTRY_TIMEOUT_S, "max_retries": 0, "cache_ttl": 0}
    )
    return settings.model_copy(update={"research": research})


def _looks(
    services: Services, settings: Settings, config: str | Path | None
) -> Sequence[tuple[str, Look]]:
    from autonomous_coder.engines.validator.provisioning import Provisioner, find_or_provide

    sandbox = services.sandbox()

    async def python() -> DoctorItem:
        version = platform.python_version()
        ok = sys.version_info >= (3, 11)
        return _item("python", ok, f"{version} ({sys.executable})", "Use Python 3.11 or newer.")

    async def configuration() -> DoctorItem:
        path = config_path(config)
        return _item("configuration", True, str(path) if path else "defaults, no file")

    async def probe() -> DoctorItem:
        return await _sandbox(sandbox, settings)

    async def database() -> DoctorItem:
        return await _database(settings.data_dir())

    def tool(name: str) -> Look:
        async def look() -> DoctorItem:
            version = await _version(sandbox, [str(sandbox.tool(name)), "--version"])
            return _item(name, True, version)

        return look

    def client(name: str, arguments: tuple[str, ...], remedy: str) -> Look:
        async def look() -> DoctorItem:
            path = shutil.which(name)
            if path is None:
                return _item(name, False, "not found", remedy, required=False)
            try:
                version = await _version(sandbox, [path, *arguments])
            except ToolchainMissingError as error:
                return _item(name, False, error.message, remedy, required=False)
            return _item(name, True, version, required=False)

        return look

    kept = None
    if settings.validation.provision_toolchains:
        # Nothing is downloaded here: without access to a registry it knows what is kept.
        kept = Provisioner(sandbox, settings.cache_dir(), settings.sandbox.limits(), None)

    def toolchain(spec: ToolchainSpec, languages: Sequence[str]) -> Look:
        async def look() -> DoctorItem:
            found = await find_or_provide(sandbox, spec, kept)
            name = spec.programs[0]
            if found.found:
                place = f"provisioned, {found.programs[name]}" if found.provisioned else ""
                detail = f"{found.version} ({place or found.programs[name]})"
                return _item(name, True, detail, required=False)
            other = f", or {found.instead}" if found.instead else ""
            remedy = f"For {' and '.join(languages)} projects: `{spec.remedy}`{other}."
            return _item(name, False, found.reason, remedy, required=False)

        return look

    def directory(name: str, path: Path) -> Look:
        async def look() -> DoctorItem:
            return await anyio.to_thread.run_sync(_directory, name, path)

        return look

    return [
        ("python", python),
        ("configuration", configuration),
        *((name, tool(name)) for name in OWN_TOOLS),
        ("sandbox", probe),
        ("data directory", directory("data directory", settings.data_dir())),
        ("cache directory", directory("cache directory", settings.cache_dir())),
        ("database", database),
        *((spec.programs[0], toolchain(spec, used)) for spec, used in _toolchains()),
        *((name, client(name, arguments, remedy)) for name, arguments, remedy in CLIENTS),
    ]


def _toolchains() -> list[tuple[ToolchainSpec, list[str]]]:
    """Every toolchain with the languages that need it."""
    from autonomous_coder.languages import LANGUAGES

    found: dict[str, tuple[ToolchainSpec, list[str]]] = {}
    for name, language in LANGUAGES.items():
        title = TITLES.get(name, name.capitalize())
        for spec in language.toolchains:
            found.setdefault(spec.name, (spec, []))[1].append(title)
    return list(found.values())


async def _version(sandbox: Sandbox, argv: Sequence[str]) -> str:
    """The first line in which a program tells its version, cut to a line of a table."""
    outcome = await sandbox.run_client(argv, timeout_s=VERSION_TIMEOUT_S)
    if outcome.exit_code != 0:
        name = Path(argv[0]).name
        raise ToolchainMissingError(
            f"{name} is there but does not work ({' '.join(argv)}).",
            hint=f"Run it by hand to see why, or install {name} anew.",
        )
    text = _COLOUR.sub("", (outcome.stdout or outcome.stderr).decode("utf-8", "replace"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if any(c.isdigit() for c in line)]
    return (telling or lines or ["installed"])[0][:100]


async def _sandbox(sandbox: Sandbox, settings: Settings) -> DoctorItem:
    status = await sandbox.probe()
    required = settings.sandbox.required_level
    detail = f"level {status.level.value} (required: {required.value})"
    if status.mechanism:
        detail += f", {status.mechanism}"
    if status.layers:
        detail += f": {', '.join(status.layers)}"
    remedies = [f"{m.layer}: {m.reason} {m.remedy}".strip() for m in status.missing]
    ok = status.level.rank >= required.rank
    if ok and remedies:
        detail += f"; missing: {'; '.join(remedies)}"
    remedy = "; ".join(remedies) or "Project code cannot be run safely here."
    return _item("sandbox", ok, detail, remedy)


async def _database(data_dir: Path) -> DoctorItem:
    from autonomous_coder.store.store import Store

    async with await Store.open(data_dir) as store:
        projects = await store.projects(limit=1)
        count = "projects known" if projects else "no projects yet"
        detail = f"opens, SQLite {store.sqlite_version}, {count}"
        if store.notices:
            return _item("database", True, f"{detail}; {'; '.join(store.notices)}")
        return _item("database", True, detail)


def _directory(name: str, path: Path) -> DoctorItem:
    """Whether a directory of ours can be written to, and how much space is left."""
    remedy = f"Make {path} writable, or name another one (paths.{name.split()[0]}_dir)."
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        free_mb = shutil.disk_usage(path).free // 1024**2
    except OSError as error:
        return _item(name, False, f"{path}: {error.strerror}", remedy)
    if not os.access(path, os.W_OK | os.X_OK):
        return _item(name, False, f"{path} is not writable", remedy)
    space = f"{free_mb / 1024:.1f} GB free" if free_mb >= 1024 else f"{free_mb} MB free"
    if free_mb < MIN_FREE_MB:
        return _item(name, False, f"{path}: only {space}", f"Free {MIN_FREE_MB} MB or more there.")
    return _item(name, True, f"{path}, {space}")


async def _registries(services: Services) -> list[DoctorItem]:
    """Ask PyPI's and npm's registries for one package each; offline is no fault of the machine."""
    names = [ref.partition(":")[0] for ref in PROBE_PACKAGES]
    if services.settings.research.offline:
        detail = "not asked: research.offline is set"
        return [_item(f"registry {name}", True, detail, required=False) for name in names]
    try:
        orchestrator = await services.orchestrator()
        with anyio.fail_after(2 * REGISTRY_TIMEOUT_S):
            result = await orchestrator.researching.answer(
                ResearchQuestion(packages=list(PROBE_PACKAGES))
            )
    except TimeoutError:
        return _unreached(names, "no answer in time", "Check the network and the proxy.")
    except CoderError as error:
        return _unreached(names, error.message, error.hint)
    except Exception as error:
        return _unreached(names, f"{type(error).__name__}: {error}"[:300], "")
    items = []
    for name, fact in zip(names, result.packages, strict=True):
        live = fact.origin.value == "live"
        detail = f"answers: {fact.name} {fact.version}" if live else fact.error or "does not answer"
        remedy = "Check the network, the proxy and the package client's configuration."
        items.append(_item(f"registry {name}", live, detail, remedy, required=False))
    return items


def _unreached(names: Sequence[str], detail: str, remedy: str) -> list[DoctorItem]:
    return [_item(f"registry {name}", False, detail, remedy, required=False) for name in names]


def _item(
    name: str, ok: bool, detail: str, remedy: str = "", *, required: bool = True
) -> DoctorItem:
    return DoctorItem(
        name=name, ok=ok, required=required, detail=detail, remedy="" if ok else remedy
    )


def _bad(name: str, detail: str, remedy: str) -> DoctorItem:
    """Something required that could not be looked at."""
    return _item(name, False, detail, remedy or "Run `autonomous-coder -v doctor` for details.")
