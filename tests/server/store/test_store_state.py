"""Projects, documents, runs, reports, cache, audit and metrics of one process."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from autonomous_coder.errors import InvalidInputError, NotFoundError, PathOccupiedError, StateError
from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.models.runs import RunKind, RunStatus, Step
from autonomous_coder.models.validation import ValidationReport
from autonomous_coder.store.cache import Cache
from autonomous_coder.store.documents import HISTORY
from autonomous_coder.store.store import Store
from autonomous_coder.store.text import now

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "data") as opened:
        yield opened


def report(path: Path, *, passed: bool = True, project_id: str = "") -> ValidationReport:
    return ValidationReport(
        path=str(path),
        project_id=project_id,
        tree_hash="ab",
        created_at=now(),
        passed=passed,
        complete=True,
        level=SandboxLevel.L2,
    )


async def test_a_project_is_found_by_id_and_by_path(store: Store, tmp_path: Path) -> None:
    place = tmp_path / "todo"
    made = await store.create_project("todo", description="an API", path=str(place))
    assert await store.project(made.project_id) == made
    assert await store.project_at(place) == made
    assert await store.project_at(tmp_path / "elsewhere") is None
    moved = await store.set_project_path(made.project_id, str(tmp_path / "moved"))
    assert moved.path == str(tmp_path / "moved")
    assert await store.project_at(place) is None
    assert moved.updated_at >= made.updated_at


async def test_a_project_is_found_through_a_link_to_its_directory(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    made = await store.create_project("p", path=str(tmp_path / "link"))
    assert await store.project_at(tmp_path / "real") == made


async def test_projects_are_listed_newest_first_in_pages(store: Store) -> None:
    for number in range(5):
        await store.create_project(f"p{number}")
    assert [p.name for p in await store.projects(limit=2)] == ["p4", "p3"]
    assert [p.name for p in await store.projects(limit=2, offset=4)] == ["p0"]


@pytest.mark.parametrize(
    "wrong", ["", "nope", "prj_aaaaaaaaaaaa", "../../etc", "x" * 5_000, "a\nb"]
)
async def test_unknown_ids_are_refused_with_a_way_on(store: Store, wrong: str) -> None:
    for ask in (
        store.project(wrong),
        store.run(wrong),
        store.report(wrong),
        store.checkpoints.get(wrong),
        store.checkpoints.delete(wrong),
        store.checkpoints.restore(wrong),
        store.checkpoints.diff(wrong),
        store.load_state(wrong, "spec"),
        store.save_state(wrong, "spec", {}),
        store.set_project_path(wrong, "/tmp"),
    ):
        with pytest.raises(NotFoundError) as caught:
            await ask
        assert caught.value.hint
        assert len(str(caught.value)) < 400
    with pytest.raises(NotFoundError):
        async with store.claim(wrong):
            pass


async def test_the_newest_document_of_a_kind_counts_and_history_is_bounded(store: Store) -> None:
    project = await store.create_project("p")
    assert await store.load_state(project.project_id, "spec") is None
    for number in range(HISTORY + 5):
        await store.save_state(project.project_id, "spec", {"n": number, "ü": [None, 1.5]})
    await store.save_state(project.project_id, "plan", {"other": True})
    newest = {"n": HISTORY + 4, "ü": [None, 1.5]}
    assert await store.load_state(project.project_id, "spec") == newest
    assert (await store.collect_metrics(project.project_id))["documents"] == HISTORY + 1


async def test_what_json_cannot_hold_is_refused(store: Store) -> None:
    project = await store.create_project("p")
    for data in ({"a": object()}, {"a": float("nan")}, {"a": b"bytes"}):
        with pytest.raises(InvalidInputError):
            await store.save_state(project.project_id, "spec", data)
    with pytest.raises(InvalidInputError):
        await store.save_state(project.project_id, "../kind", {})
    with pytest.raises(InvalidInputError):
        await store.create_run(RunKind.BUILD, {"a": "\ud800"})
    with pytest.raises(InvalidInputError):
        await store.create_project("\udcff")
    assert await store.runs() == []


async def test_a_run_is_recorded_with_its_steps(store: Store) -> None:
    project = await store.create_project("p")
    run = await store.create_run(RunKind.BUILD, {"x": 1}, project_id=project.project_id)
    assert run.status is RunStatus.RUNNING
    async with store.claim(run.run_id):
        run.steps.append(Step(name="research", status=RunStatus.RUNNING, started_at=now()))
        run.percentage = 20.0
        await store.save_run(run)
        assert await store.run(run.run_id) == run
    interrupted = await store.run(run.run_id)
    assert interrupted.status is RunStatus.INTERRUPTED
    assert interrupted.steps[0].status is RunStatus.INTERRUPTED
    assert interrupted.percentage == 20.0
    assert await store.runs(project_id=project.project_id) == [interrupted]
    with pytest.raises(NotFoundError):
        await store.create_run(RunKind.BUILD, {}, project_id="prj_aaaaaaaaaaaa")
    assert list((store.data_dir / "runs").iterdir()) == []


async def test_a_new_project_is_never_there_without_its_first_run(
    store: Store, tmp_path: Path
) -> None:
    place, kind = str(tmp_path / "p"), RunKind.BUILD
    with pytest.raises(InvalidInputError):
        await store.create_project_with_run(
            "p", kind, {"text": "x" * 60_000_000}, description="", path=place
        )
    assert await store.project_at(tmp_path / "p") is None
    project, run = await store.create_project_with_run("p", kind, {}, description="", path=place)
    assert await store.project_at(tmp_path / "p") == project
    assert [r.run_id for r in await store.runs(project_id=project.project_id)] == [run.run_id]
    with pytest.raises(PathOccupiedError):
        await store.create_project_with_run("q", kind, {}, description="", path=place)
    assert [r.run_id for r in await store.runs()] == [run.run_id]


async def test_reports_are_found_by_id_project_and_path(store: Store, tmp_path: Path) -> None:
    project = await store.create_project("p")
    first = await store.save_report(report(tmp_path / "a", project_id=project.project_id))
    second = await store.save_report(report(tmp_path / "b", passed=False))
    third = await store.save_report(report(tmp_path / "a"))
    assert first.report_id.startswith("rep_")
    assert await store.report(first.report_id) == first
    assert await store.latest_report(path=str(tmp_path / "a")) == third
    assert await store.latest_report(path=str(tmp_path / "b")) == second
    assert await store.latest_report(project_id=project.project_id) == first
    assert await store.latest_report() == third
    assert await store.latest_report(path=str(tmp_path / "c")) is None
    numbers = await store.collect_metrics()
    assert (numbers["reports"], numbers["reports_passed"]) == (3.0, 2.0)


async def test_the_cache_keeps_value_tag_and_time(store: Store) -> None:
    assert await store.cache_get("k") is None
    before = now()
    await store.cache_put("k", b"\0\xff", etag='"1"')
    await store.cache_put("k", b"newer", etag='"2"')
    entry = await store.cache_get("k")
    assert entry is not None
    assert (entry.value, entry.etag) == (b"newer", '"2"')
    assert abs(entry.stored_at - before.timestamp()) < 60


async def test_the_cache_lets_the_longest_stored_go_first(store: Store) -> None:
    cache = Cache(store._cache_file, max_bytes=10_000)
    for number in range(30):
        await cache.put(f"k{number}", bytes(1_000), etag="")
    await cache.put("huge", bytes(20_000), etag="")
    kept = [number for number in range(30) if await cache.get(f"k{number}") is not None]
    assert kept == list(range(kept[0], 30))
    assert 5 <= len(kept) <= 9
    assert await cache.get("huge") is None


async def test_the_audit_log_holds_no_secrets(store: Store) -> None:
    secrets = [
        "ghp_" + "a1" * 18,
        "github_pat_" + "a1" * 20,
        "sk-proj-" + "Ab1" * 10,
        "AKIA" + "ABCD1234" * 2,
        "eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl",
        "hunter2-long",
        "npm_" + "x" * 36,
    ]
    await store.audit(
        "fetch",
        f"https://user:{secrets[5]}@index.invalid/simple?token={secrets[6]}",
        password=secrets[5],
        API_KEY=secrets[2],
        note=f"Authorization: Bearer {secrets[4]}",
        more=f"{secrets[0]} {secrets[1]} {secrets[2]} {secrets[3]} password='{secrets[5]}'",
        tokens=12,
        ok=True,
        path="/home/someone/project",
    )
    entry = (await store.audit_log())[0]
    for secret in secrets:
        assert secret not in f"{entry}"
    assert "index.invalid/simple" in entry.subject
    assert entry.detail["tokens"] == 12
    assert entry.detail["ok"] is True
    assert entry.detail["path"] == "/home/someone/project"
    assert now() - entry.at < timedelta(minutes=1)
    assert b"hunter2" not in b"".join(p.read_bytes() for p in store.data_dir.glob("state.db-wal"))


async def test_the_audit_log_is_paged_newest_first(store: Store) -> None:
    for number in range(5):
        await store.audit("did", str(number))
    assert [e.subject for e in await store.audit_log(limit=2, offset=1)] == ["3", "2"]


async def test_metrics_count_runs_by_status(store: Store) -> None:
    project = await store.create_project("p")
    for status in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.SUCCEEDED):
        run = await store.create_run(RunKind.BUILD, {}, project_id=project.project_id)
        run.status = status
        await store.save_run(run)
    numbers = await store.collect_metrics(project.project_id)
    assert numbers["runs"] == 3
    assert numbers["runs_succeeded"] == 2
    assert numbers["runs_failed"] == 1
    assert numbers["build_seconds_mean"] >= 0


async def test_only_the_user_can_read_the_data(store: Store) -> None:
    for path in (store.data_dir, *store.data_dir.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


async def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = await Store.open(tmp_path)
    await store.close()
    await store.close()
    with pytest.raises(StateError, match="closed"):
        await store.projects()


async def test_state_is_there_after_reopening(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        project = await store.create_project("p")
    async with await Store.open(tmp_path) as store:
        assert await store.projects() == [project]
        assert store.notices == []
        assert store.sqlite_version.count(".") == 2
