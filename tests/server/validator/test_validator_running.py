"""Cancelling, running many at once, and the export."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

import anyio
import pytest

from autonomous_coder.engines.validator import to_sarif
from autonomous_coder.models.validation import ValidationReport
from validating import build_file_tree, make_validator

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

FOREVER = "import time\n\n\ndef test_forever() -> None:\n    time.sleep(3600)\n"


def marked_processes(mark: str) -> list[str]:
    """Command lines of living processes that hold a mark."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if mark in line:
            found.append(line)
    return found


def own_processes(mark: str) -> list[int]:
    """Living descendants of this process whose command line holds a mark."""
    parents: dict[int, int] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = place.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents[int(place.parent.name)] = int(fields[1])
    found = []
    for pid in parents:
        line = b""
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
        above = pid
        while above in parents and above != os.getpid():
            above = parents[above]
        if mark.encode() in line and above == os.getpid():
            found.append(pid)
    return found


async def test_a_cancelled_validation_leaves_no_process_and_no_copy(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    validator = make_validator(cache)
    root = build_file_tree(tmp_path / "p", {"tests/test_a.py": FOREVER})
    with anyio.move_on_after(12) as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: validator.validate(root, checks=("tests",)))
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline and not own_processes("run_tests.py"):
                await anyio.sleep(0.05)
            assert own_processes("run_tests.py")
            group.cancel_scope.cancel()
    assert not scope.cancelled_caught
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and marked_processes(str(cache)):
        await anyio.sleep(0.05)
    assert not marked_processes(str(cache))
    assert list((cache / "staging").iterdir()) == []


async def test_many_validations_at_once_do_not_mix(tmp_path: Path) -> None:
    validator = make_validator(tmp_path / "cache")
    roots = [
        build_file_tree(tmp_path / f"p{n}", {"a.py": f"print(missing{n})\n"}) for n in range(6)
    ]
    reports: list[ValidationReport] = []

    async def validate(root: Path) -> None:
        reports.append(await validator.validate(root, checks=("lint",)))

    async with anyio.create_task_group() as group:
        for root in roots:
            group.start_soon(validate, root)
    assert sorted(r.diagnostics()[0].message for r in reports) == [
        f"Undefined name `missing{n}`" for n in range(6)
    ]


async def test_the_export_holds_every_finding_with_its_place_and_rule(tmp_path: Path) -> None:
    validator = make_validator(tmp_path / "cache")
    root = build_file_tree(tmp_path / "p", {"pkg dir/a.py": "import os\n\nprint(missing)\n"})
    report = await validator.validate(root, checks=("lint", "format"))
    sarif = json.loads(json.dumps(to_sarif(report)))
    assert sarif["version"] == "2.1.0"
    own, *runs = sarif["runs"]
    assert own["properties"]["treeHash"] == report.tree_hash
    assert own["properties"]["passed"] is False
    results = [result for run in runs for result in run["results"]]
    assert len(results) == len(report.diagnostics())
    for run in runs:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(rules) == len(set(rules))
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in {"error", "warning", "note"}
            assert result["message"]["text"]
            place = result["locations"][0]["physicalLocation"]
            assert place["artifactLocation"]["uri"] == "pkg%20dir/a.py"
            assert place["region"]["startLine"] >= 1
            assert place["region"]["startColumn"] >= 1
    notes = own["invocations"][0]["toolExecutionNotifications"]
    assert any(note["message"]["text"].startswith("types: not_run") for note in notes)
