"""Who may use the cores when, and what is kept on disk."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import pytest

from autonomous_coder.engines.validator.durations import Durations
from autonomous_coder.engines.validator.housekeeping import lock_of, trim, trim_when_due
from autonomous_coder.engines.validator.locking import FileLock
from autonomous_coder.engines.validator.slots import Slots
from autonomous_coder.models.validation import ValidationReport
from validating import build_file_tree, make_validator

pytestmark = pytest.mark.anyio


async def test_work_goes_by_turn_and_then_by_length_and_never_exceeds_the_cores() -> None:
    slots = Slots(2)
    first, second = slots.turn(), slots.turn()
    order: list[str] = []
    busy = most = 0
    gate = anyio.Event()

    async def work(turn: int, expected: float, name: str) -> None:
        nonlocal busy, most
        async with slots.hold(turn, expected):
            busy += 1
            most = max(most, busy)
            order.append(name)
            await gate.wait()
            await anyio.lowlevel.checkpoint()
            busy -= 1

    async with anyio.create_task_group() as group:
        for turn, expected, name in (
            (second, 9, "second 9"),
            (first, 1, "first 1"),
            (second, 5, "second 5"),
            (first, 2, "first 2"),
            (second, 7, "second 7"),
            (first, 3, "first 3"),
        ):
            group.start_soon(work, turn, expected, name)
        await anyio.wait_all_tasks_blocked()
        gate.set()
    # The two that found a free core, then the first validation's, each validation's longest first.
    assert order == ["second 9", "first 1", "first 3", "first 2", "second 7", "second 5"]
    assert most == 2


async def test_who_gives_up_waiting_takes_no_slot_along() -> None:
    slots = Slots(1)
    turn = slots.turn()
    done: list[int] = []

    async def work(number: int) -> None:
        async with slots.hold(turn, -number):
            done.append(number)

    async with anyio.create_task_group() as group:
        async with slots.hold(turn):
            with anyio.CancelScope() as scope:
                async with anyio.create_task_group() as waiting:
                    for number in range(3):
                        waiting.start_soon(work, number)
                    await anyio.wait_all_tasks_blocked()
                    scope.cancel()
            group.start_soon(work, 7)
            await anyio.wait_all_tasks_blocked()
        # Granted and cancelled in the same moment: the slot is handed on.
        with anyio.move_on_after(5) as limit:
            async with slots.hold(turn):
                pass
        assert not limit.cancelled_caught
    assert done == [7]


async def test_waiting_validations_hold_no_copy_and_go_cleanly(tmp_path: Path) -> None:
    validator = make_validator(tmp_path / "cache")
    roots = [build_file_tree(tmp_path / f"p{n}", {"a.py": f"x = {n}\n"}) for n in range(40)]
    staging = tmp_path / "cache" / "staging"
    most = 0
    reports: list[ValidationReport] = []

    async def look(percent: float, message: str) -> None:
        nonlocal most
        most = max(most, len(list(staging.iterdir())))

    async def validate(root: Path) -> None:
        reports.append(await validator.validate(root, checks=("syntax",), on_progress=look))

    async with anyio.create_task_group() as group:
        for root in roots:
            group.start_soon(validate, root)
        with anyio.fail_after(120):
            while len(reports) < 8:
                await anyio.lowlevel.checkpoint()
                await anyio.sleep(0.01)
        group.cancel_scope.cancel()
    assert 1 <= most <= 2 * (os.cpu_count() or 1)
    assert [r.path for r in reports[:4]] != []
    assert {r.path for r in reports} <= {str(r) for r in roots[:20]}
    assert list(staging.iterdir()) == []
    after = await validator.validate(roots[-1], checks=("syntax",))
    assert after.passed


async def test_the_cache_is_trimmed_by_bytes_and_what_is_in_use_stays(tmp_path: Path) -> None:
    places = [
        tmp_path / "downloads/npm",
        tmp_path / "envs/old",
        tmp_path / "envs/used",
        tmp_path / "state/old-mypy",
        tmp_path / "envs/young",
    ]
    for age, place in enumerate(places):
        deep = place / "a/b"
        deep.mkdir(parents=True)
        (deep / "file").write_bytes(b"x" * 1_000_000)
        deep.chmod(0o500)
        os.utime(place, (1_000_000 + age, 1_000_000 + age))
    left = tmp_path / "envs/.doomed-1"
    left.mkdir()
    lock = FileLock(lock_of(tmp_path / "envs/used"))
    assert lock.attempt(shared=True)
    kept = trim(tmp_path, 2_500_000)
    lock.close()
    assert [place.exists() for place in places] == [False, False, True, False, True]
    assert not left.exists()
    assert 2_000_000 <= kept <= 2_500_000
    trim_when_due(tmp_path, 1_500_000)
    assert [place.exists() for place in places] == [False, False, False, False, True]
    trim_when_due(tmp_path, 0)
    assert places[-1].exists(), "measured again within the hour"


async def test_how_long_checks_took_is_remembered(tmp_path: Path) -> None:
    known = Durations(tmp_path / "d.json")
    known.load()
    assert known.expected(tmp_path, "tests", 15.0) == 15.0
    known.note(tmp_path, "tests", 2.0)
    known.note(tmp_path, "tests", 4.0)
    known.save()
    again = Durations(tmp_path / "d.json")
    again.load()
    assert again.expected(tmp_path, "tests", 15.0) == 3.0
    (tmp_path / "d.json").write_text('{"a": "x", "b": [')
    broken = Durations(tmp_path / "d.json")
    broken.load()
    assert broken.expected(tmp_path, "tests", 15.0) == 15.0
