"""Generated projects are installed, linted, type-checked, scanned and tested for real."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import xml.etree.ElementTree as ET
from pathlib import Path

import anyio
import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.live]

OURS = Path(sysconfig.get_path("scripts"))


def run(root: Path, *command: str | Path, **env: str) -> str:
    """Output of a command that must succeed."""
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        command,
        cwd=root,
        env=inherited | {"UV_PYTHON_DOWNLOADS": "never"} | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


async def written(engine: GeneratorEngine, spec: ProjectSpec, root: Path) -> Render:
    render = await engine.render(spec, None)
    await engine.write(render, root, baseline=None)
    return render


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One environment for all projects; uv keeps what is installed and adds what is missing."""
    return tmp_path_factory.mktemp("environment") / "venv"


@pytest.mark.thorough
async def test_a_generated_project_passes_all_checks(
    engine: GeneratorEngine, proved_spec: ProjectSpec, tmp_path: Path, shared: Path
) -> None:
    root = tmp_path / "project"
    render = await written(engine, proved_spec, root)
    promised = {test for tests in render.provides.values() for test in tests}

    def check() -> None:
        run(
            root,
            OURS / "uv",
            "sync",
            "--inexact",
            "--all-extras",
            "--quiet",
            UV_PROJECT_ENVIRONMENT=str(shared),
        )
        scripts = shared / "bin"
        run(root, scripts / "ruff", "check", "--no-cache")
        run(root, scripts / "ruff", "format", "--no-cache", "--check")
        run(root, scripts / "mypy", "--cache-dir", shared.parent / "mypy", ".")
        run(root, OURS / "bandit", "--quiet", "-r", "app", "migrations")
        report = tmp_path / "report.xml"
        run(
            root,
            *(scripts / "python", "-m", "pytest", "-W", "error", "--quiet"),
            *("--basetemp", tmp_path / "tests", "--junit-xml", report),
        )
        passed = {
            f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
            for case in ET.parse(report).iter("testcase")
            if not list(case)
        }
        assert promised <= passed
        url = "postgresql://somebody:secret@localhost/somewhere"
        key = "a key that only this test uses, and nothing else"
        sql = run(
            root,
            *(scripts / "alembic", "upgrade", "head", "--sql"),
            DATABASE_URL=url,
            SECRET_KEY=key,
        )
        for entity in proved_spec.entities:
            if entity.name != "User":
                assert "CREATE TABLE" in sql

    await anyio.to_thread.run_sync(check)
