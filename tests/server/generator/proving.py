"""How a generated project is proven: by our own validator, with its dependencies as of now."""

from __future__ import annotations

from pathlib import Path

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.validation import CheckStatus, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.services import Clients
from autonomous_coder.settings import SandboxSettings, Settings
from autonomous_coder.store.store import Store
from live_validating import live_validator
from shared_cache import shared_cache


async def written(spec: ProjectSpec, directory: Path, before: ProjectSpec | None = None) -> Render:
    """The project of a spec, in `project` under the directory, with its dependencies as of now
    and their lock files. With `before` it is what the project of that spec became."""
    cache = shared_cache()
    clients = Clients(Sandbox(SandboxSettings(), cache), None, cache / "formatters")
    engine = GeneratorEngine(data_roots().templates, dict(PACKS), clients.format_files)
    async with (
        await Store.open(directory / "research") as store,
        ResearchEngine(
            Settings().research,
            store,
            clients.read,
            clients.uv,
            data_roots().knowledge,
            cache / "work",
            clients.manage,
        ) as research,
    ):
        dependencies = engine.dependencies(spec)
        resolution = await research.resolve(dependencies, offline=False)
        earlier = None
        if before is not None:
            first = await engine.render(before, resolution)
            files = {file.path: file.content for file in first.files}
            earlier = Earlier(spec=before, files=files, root=directory / "earlier")
            await engine.write(first, directory / "earlier", baseline=None)
        render = await engine.render(spec, resolution, earlier)
        lock = await _locks(research, render)
        await engine.write(render, directory / "project", baseline=None, extra=lock)
    return render


async def proven(
    spec: ProjectSpec, directory: Path, before: ProjectSpec | None = None
) -> ValidationReport:
    """What our validator says of the project of a spec: resolved, locked, installed, built,
    checked, tested and started for real. No check failed, and all tests that are promised passed.
    With `before` it is what the project of that spec became.
    """
    render = await written(spec, directory, before)
    promised = sorted({test for tests in render.provides.values() for test in tests})
    async with live_validator(directory) as validator:
        report = await validator.validate(directory / "project", expected_tests=promised)
    failed = {c.name: c.diagnostics for c in report.checks if c.status is CheckStatus.FAILED}
    assert not failed, failed
    assert report.passed, {c.name: f"{c.status.value}: {c.reason}" for c in report.checks}
    return report


async def _locks(research: ResearchEngine, render: Render) -> dict[str, str]:
    """Lock files by path, those of its parts where it has any."""
    if render.parts:
        found = {}
        for under, part in render.parts.items():
            for path, text in (await _locks(research, part)).items():
                found[f"{under}/{path}"] = text
        return found
    # Maven has no lock.
    if not render.lockfile or render.dependencies is None:
        return {}
    # Go's manager reads what the sources import.
    read = {f.path: f.content for f in render.files if f.path.endswith(".go")}
    read |= {f.path: f.content for f in render.files if f.path == render.manifest}
    return await research.lock_project(render.dependencies.ecosystem, read)


def passed(report: ValidationReport) -> set[str]:
    """Names of the checks that passed."""
    return {check.name for check in report.checks if check.status is CheckStatus.PASSED}
