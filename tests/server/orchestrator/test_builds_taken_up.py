"""Builds that are taken up again: nothing but their own, whole and current report makes a success,
and what the host hands in is locked in the sandbox only."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder import AutonomousCoder
from autonomous_coder.calling import use_services
from autonomous_coder.errors import CoderError, PathNotAllowedError, PathOccupiedError
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.planning import PHASES
from autonomous_coder.models.runs import BuildRequest, Run, RunKind, RunStatus, Step
from autonomous_coder.models.validation import CheckResult, CheckStatus, ValidationReport
from autonomous_coder.orchestrator.orchestrator import Orchestrator
from autonomous_coder.settings import Settings
from autonomous_coder.store.store import Store
from autonomous_coder.treewalk import hash_tree

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

DESCRIPTION = "A REST API in Python for notes"
MANIFEST = '[project]\nname = "notes"\nversion = "1"\nrequires-python = ">=3.11"\n'


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return AutonomousCoder(
        research={"offline": True},
        paths={
            "data_dir": str(tmp_path / "data"),
            "cache_dir": str(tmp_path / "cache"),
            "allowed_roots": (str(tmp_path),),
        },
    ).settings


def handing_in(**files: str) -> dict[str, Any]:
    """A spec with files of the host's own."""
    return {"extra_files": [{"path": path, "content": text} for path, text in files.items()]}


def report_on(output: Path, project_id: str, status: CheckStatus) -> ValidationReport:
    return ValidationReport(
        project_id=project_id,
        path=str(output),
        language="python",
        tree_hash=hash_tree(output).digest,
        created_at=datetime.now(UTC),
        passed=status is CheckStatus.PASSED,
        complete=True,
        level=SandboxLevel.L3,
        checks=[CheckResult(name="tests", status=status)],
    )


async def interrupted_build(
    operations: Orchestrator, store: Store, output: Path, status: CheckStatus
) -> Run:
    """The record of a build that was killed after its last phase, its report of that status."""
    spec = handing_in(**{"pyproject.toml": MANIFEST})
    planned = await operations.plan(DESCRIPTION, spec=spec, offline=True)
    project_id = planned.project_id
    await operations.generate(project_id, str(output), offline=True)
    await store.save_state(project_id, "spec", planned.plan.spec.model_dump(mode="json"))
    request = BuildRequest(
        description=DESCRIPTION, spec=spec, output_path=str(output), offline=True
    )
    run = await store.create_run(
        RunKind.BUILD, request.model_dump(mode="json"), project_id=project_id
    )
    run.status = RunStatus.INTERRUPTED
    run.steps = [
        Step(name=phase.value, status=RunStatus.SUCCEEDED, started_at=datetime.now(UTC))
        for phase in PHASES
    ]
    async with store.claim(run.run_id):
        await store.save_run(run)
    saved = await store.save_report(report_on(output, project_id, status))
    await store.save_state(project_id, "build_report", {"report_id": saved.report_id})
    return run


@pytest.mark.parametrize("own", [CheckStatus.PASSED, CheckStatus.FAILED])
async def test_a_build_taken_up_goes_by_its_own_report_and_not_by_a_later_partial_one(
    tmp_path: Path, settings: Settings, own: CheckStatus
) -> None:
    output = tmp_path / "notes"

    async def work(operations: Orchestrator) -> Run:
        store = operations.checkpoints._store
        run = await interrupted_build(operations, store, output, own)
        await store.save_report(report_on(output, run.project_id, CheckStatus.PASSED))
        await operations.builds.resume(run.run_id)
        return await operations.runs.wait(run.run_id, 60)

    done = await use_services(settings, work)
    assert done.status is RunStatus.SUCCEEDED
    assert done.result is not None
    assert done.result["success"] is (own is CheckStatus.PASSED)


@pytest.mark.parametrize("doubt", [{"complete": False}, {"stale": True}], ids=str)
async def test_a_report_with_gaps_or_on_moving_files_makes_no_success(
    tmp_path: Path, settings: Settings, doubt: dict[str, bool]
) -> None:
    output = tmp_path / "notes"

    async def work(operations: Orchestrator) -> Run:
        store = operations.checkpoints._store
        run = await interrupted_build(operations, store, output, CheckStatus.PASSED)
        report = report_on(output, run.project_id, CheckStatus.PASSED).model_copy(update=doubt)
        saved = await store.save_report(report)
        await store.save_state(run.project_id, "build_report", {"report_id": saved.report_id})
        await operations.builds.resume(run.run_id)
        return await operations.runs.wait(run.run_id, 60)

    done = await use_services(settings, work)
    assert done.result is not None
    assert done.result["checks"][0]["status"] == "passed"
    assert done.result["success"] is False


async def test_a_build_whose_directory_was_given_to_another_project_is_not_taken_up(
    tmp_path: Path, settings: Settings
) -> None:
    output = tmp_path / "notes"

    async def work(operations: Orchestrator) -> None:
        store = operations.checkpoints._store
        run = await interrupted_build(operations, store, output, CheckStatus.PASSED)
        await store.set_project_path(run.project_id, "")
        shutil.rmtree(output)
        other = await store.create_project("other", path=str(output))
        output.mkdir()
        (output / "README.md").write_text("Another's.\n")
        with pytest.raises(PathOccupiedError, match=other.project_id):
            await operations.builds.resume(run.run_id)

    await use_services(settings, work)


async def test_a_project_that_was_emptied_is_written_again(
    tmp_path: Path, settings: Settings
) -> None:
    output = tmp_path / "notes"

    async def work(operations: Orchestrator) -> None:
        spec = handing_in(**{"pyproject.toml": MANIFEST})
        planned = await operations.plan(DESCRIPTION, spec=spec, offline=True)
        for _ in range(2):
            await operations.generate(planned.project_id, str(output), offline=True)
            assert (output / "pyproject.toml").is_file()
            shutil.rmtree(output)
            output.mkdir()
        other = await operations.plan(
            "a shop with products", project_id=planned.project_id, offline=True
        )
        assert other.plan.spec.language == "python"  # as its files: nobody asked to change it

    await use_services(settings, work)


async def test_a_request_that_never_wrote_anything_does_not_keep_its_directory(
    tmp_path: Path, settings: Settings
) -> None:
    output = tmp_path / "notes"

    async def work(operations: Orchestrator) -> None:
        store = operations.checkpoints._store
        # What a kill leaves between the project's record and the run's.
        left = await store.create_project("notes", path=str(output))
        request = BuildRequest(description=DESCRIPTION, output_path=str(output), offline=True)
        run_id = await operations.builds.start(request)
        await operations.runs.cancel(run_id)
        assert (await store.run(run_id)).project_id != left.project_id

    await use_services(settings, work)


async def test_a_generation_that_failed_does_not_keep_its_directory(
    tmp_path: Path, settings: Settings
) -> None:
    output = tmp_path / "notes"

    async def work(operations: Orchestrator) -> None:
        broken = handing_in(**{"pyproject.toml": f'{MANIFEST}dependencies = ["no such thing"]\n'})
        first = await operations.plan(DESCRIPTION, spec=broken, offline=True)
        with pytest.raises(CoderError):
            await operations.generate(first.project_id, str(output), offline=True)
        assert not output.exists()
        spec = handing_in(**{"pyproject.toml": MANIFEST})
        other = await operations.plan(DESCRIPTION, spec=spec, offline=True)
        async with operations.checkpoints._store.work_on(first.project_id):
            with pytest.raises(PathOccupiedError, match=first.project_id):
                await operations.generate(other.project_id, str(output), offline=True)
        await operations.generate(other.project_id, str(output), offline=True)
        assert (output / "pyproject.toml").is_file()

    await use_services(settings, work)


async def test_a_hosts_manifest_runs_no_code_of_its_sources_on_this_machine(
    tmp_path: Path, settings: Settings
) -> None:
    evil = tmp_path / "evil"
    evil.mkdir()
    (evil / "pyproject.toml").write_text(
        '[project]\nname = "evil"\ndynamic = ["version"]\n[build-system]\nrequires = []\n'
        'build-backend = "back"\nbackend-path = ["."]\n'
    )
    ran = tmp_path / "ran"
    (evil / "back.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    manifest = (
        f'{MANIFEST}dependencies = ["evil @ file://{evil}"]\n[tool.uv]\n'
        'no-binary-package = ["evil"]\nno-build-isolation-package = ["evil"]\n'
    )

    async def work(operations: Orchestrator) -> None:
        spec = handing_in(**{"pyproject.toml": manifest})
        planned = await operations.plan(DESCRIPTION, spec=spec, offline=True)
        with pytest.raises(CoderError):
            await operations.generate(planned.project_id, str(tmp_path / "notes"), offline=True)

    await use_services(settings, work)
    assert not ran.exists()


async def test_a_checkpoint_of_a_path_that_leads_elsewhere_by_now_is_neither_shown_nor_restored(
    tmp_path: Path, settings: Settings
) -> None:
    project, other = tmp_path / "p", tmp_path / "other"
    for place in (project, other):
        place.mkdir()
        (place / "a.txt").write_text(place.name)

    async def work(operations: Orchestrator) -> None:
        kept = await operations.checkpoints.create(str(project))
        shutil.rmtree(project)
        project.symlink_to(other)
        with pytest.raises(PathNotAllowedError):
            await operations.checkpoints.diff(kept.checkpoint_id)
        with pytest.raises(PathNotAllowedError):
            await operations.checkpoints.restore(kept.checkpoint_id)

    await use_services(settings, work)
    assert (other / "a.txt").read_text() == "other"
