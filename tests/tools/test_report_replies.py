"""What a host reads of a validation: the verdict first, then what to mend first, within limits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mcp.types import TextResourceContents

from autonomous_coder.models.execution import MissingLayer, SandboxLevel
from autonomous_coder.models.validation import (
    TEST_DELETED,
    TEST_WEAKENED,
    CheckResult,
    CheckStatus,
    Diagnostic,
    Severity,
    ValidationReport,
)
from autonomous_coder_tools.reply import reply
from autonomous_coder_tools.show.report import page_view, report_view
from hosting import call, host, refused, text_of
from validating import build_file_tree

MAX_TOKENS = 10_000


def tokens(result: Any) -> float:
    """Four characters a token, text and structured content together."""
    return len(result.model_dump_json(by_alias=True, exclude_none=True)) / 4


def finding(n: int, message: str = "x is unused", **more: Any) -> Diagnostic:
    """One of many errors."""
    values: dict[str, Any] = {
        "tool": "ruff", "code": f"F{n}", "severity": Severity.ERROR, "message": f"{message} {n}",
        "path": f"app/module_{n % 900}.py", "line": n + 1, "column": 1, "fingerprint": f"{n:016x}",
    }  # fmt: skip
    return Diagnostic(**{**values, **more})


def report(*checks: CheckResult, **more: Any) -> ValidationReport:
    """A stored report."""
    values: dict[str, Any] = {
        "report_id": "rep_0123456789ab", "path": "/home/ann/app", "tree_hash": "0" * 64,
        "created_at": datetime(2026, 11, 22, tzinfo=UTC), "passed": False, "complete": True,
        "level": SandboxLevel.L3, "checks": list(checks),
    }  # fmt: skip
    return ValidationReport(**{**values, **more})


def failed(name: str, *found: Diagnostic) -> CheckResult:
    """A failed check."""
    return CheckResult(name=name, status=CheckStatus.FAILED, diagnostics=list(found))


@pytest.mark.parametrize(
    ("unit", "each", "pages"),
    [("x is unused", 1_000, 5), ("ü" * 990, 1_000, 5), ('"\\' * 490, 1_000, 5), ("x", 50, 99)],
)
def test_thousands_of_findings_fit_and_all_can_be_read(unit: str, each: int, pages: int) -> None:
    five = [
        failed(name, *(finding(n, unit, code=f"{name}{n}") for n in range(each)))
        for name in ("syntax", "build", "types", "lint", "security")
    ]
    big = report(*five)
    first = reply(report_view(big, offset=0, limit=50))
    assert tokens(first) < MAX_TOKENS
    assert "report://rep_0123456789ab/json" in text_of(first)
    assert text_of(first).startswith("Validation failed: syntax, build, types, lint, security.")
    seen: list[tuple[str, str]] = []
    offset = 0
    for _ in range(pages):
        result = reply(page_view(big, offset))
        assert tokens(result) < MAX_TOKENS
        data = result.structured_content
        assert data is not None
        assert data["total_diagnostics"] == 5 * each
        assert data["diagnostics"][0]["code"] in text_of(result)
        assert data["diagnostics"][-1]["code"] in text_of(result)
        seen += [(d["check"], d["code"]) for d in data["diagnostics"]]
        notes = [n for n in data.get("truncated", []) if "cursor=" in n]
        if not notes:
            break
        offset = int(notes[0].split("cursor='rep_0123456789ab:")[1].split("'")[0])
    assert len(seen) == len(set(seen)) >= min(5 * each, 10 * pages)


def test_the_verdict_comes_first_and_what_was_not_checked_is_told_apart_by_its_cause() -> None:
    told = report(
        CheckResult(
            name="build", status=CheckStatus.NOT_RUN, reason="No compiler. Install it: `apt x`."
        ),
        CheckResult(name="types", status=CheckStatus.NOT_RUN, reason="Not asked for."),
        CheckResult(name="dependencies", status=CheckStatus.INFRASTRUCTURE, reason="No network."),
        missing=[MissingLayer(layer="cgroup", reason="not delegated", remedy="Run `y`.")],
        complete=False,
    )
    view = report_view(told)
    assert view.lines[0] == (
        "The project could not be judged. Could not be carried out: dependencies. "
        "Not everything that applies was checked."
    )
    text = "\n".join(view.lines)
    assert "Sandbox level: L3; missing: cgroup: not delegated Run `y`." in text
    assert "Not run:\n- build: 'No compiler. Install it: `apt x`.'\nNot asked for: types" in text
    assert "not by the project (mend it, validate again):\n- dependencies: 'No network.'" in text
    passed = report(CheckResult(name="lint", status=CheckStatus.PASSED), passed=True)
    assert report_view(passed).lines[0] == "Validation passed."
    some = passed.model_copy(update={"paths": ["a.py"]})
    assert "only the files asked for" in report_view(some).lines[0]


def test_roots_are_numbered_with_their_like_and_their_consequences() -> None:
    alike = [finding(n, "same", fingerprint="same", path=f"f{n}.py") for n in range(15)]
    missing = finding(90, "'requests' is imported, but no declared dependency provides it")
    view = report_view(
        report(
            failed("lint", *alike),
            failed("tests", finding(91, "No module named 'requests'")),
            failed("dependencies", missing),
            CheckResult(
                name="types",
                status=CheckStatus.NOT_RUN,
                reason="The dependencies are not installed: requests",
            ),
        )
    )
    first, second = [line for line in view.lines if line[:2] in ("1.", "2.")]
    assert "F90" in first
    assert "also causes 1 findings (1 tests)" in first
    assert "not judged before it is mended: types" in first
    assert "and 14 more like it, in f" in second
    assert view.data["first_to_mend"][0]["also_causes"] == 1
    assert view.data["diagnostics"][1]["because_of"] == "app/module_90.py:91 F90"


def test_lost_tests_and_a_moved_tree_are_in_the_headline() -> None:
    lost = CheckResult(
        name="tests_kept",
        status=CheckStatus.PASSED,
        informational=True,
        diagnostics=[
            finding(1, code=TEST_DELETED, severity=Severity.WARNING),
            finding(2, code=TEST_WEAKENED, severity=Severity.WARNING),
        ],
    )
    stale = report(lost, passed=True, stale=True, baseline="cp_1")
    view = report_view(stale)
    assert "TESTS LOST: 1 deleted, 1 weakened since checkpoint cp_1." in view.lines[0]
    assert any(line.startswith("STALE") for line in view.lines)
    assert (view.data["tests_deleted"], view.data["tests_weakened"]) == (1, 1)
    assert "for a verdict on the files as they are" in view.next_step


@pytest.mark.anyio
@pytest.mark.sandbox
async def test_a_host_narrows_reads_on_and_finds_the_whole_as_resources(tmp_path: Path) -> None:
    """One conversation: validate, page, resources, a checkpoint's tests, a tree that moved on."""
    one = "def test_one() -> None:\n    assert 1 + 1 == 2\n"
    root = build_file_tree(
        tmp_path / "p", {f"m{n}.py": f"import os\n\nprint(missing{n})\n" for n in range(30)}
    )
    build_file_tree(root, {"tests/test_a.py": f"{one}\n\n{one.replace('one', 'two')}"})
    async with host(tmp_path) as client:
        kept = await call(client, "checkpoint", action="create", path=str(root))
        build_file_tree(root, {"tests/test_a.py": one})
        found = await call(
            client, "validate", path=str(root), checks=["lint"], level="L3", wait_seconds=300
        )
        report_id = found["report_id"]
        assert (found["baseline"], found["tests_deleted"]) == (kept["checkpoint_id"], 1)
        assert found["total_diagnostics"] >= 60
        seen = 0
        cursor = f"{report_id}:0"
        while cursor:
            part = await call(client, "validate", cursor=cursor)
            seen += len(part["diagnostics"])
            notes = [n for n in part.get("truncated", []) if "cursor='" in n]
            cursor = notes[0].split("cursor='")[1].split("'")[0] if notes else ""
        assert seen == found["total_diagnostics"]
        for kind, mime, holds in (
            ("json", "application/json", '"stale": false'),
            ("sarif", "application/sarif+json", "partialFingerprints"),
            ("junit", "application/xml", "<testsuite "),
        ):
            read = await client.read_resource(f"report://{report_id}/{kind}")
            (content,) = read.contents
            assert isinstance(content, TextResourceContents)
            assert content.mime_type == mime
            assert holds in content.text
        build_file_tree(root, {"m0.py": "import os\n"})
        (content,) = (await client.read_resource(f"report://{report_id}/json")).contents
        assert isinstance(content, TextResourceContents)
        assert '"stale": true' in content.text
        assert (await call(client, "validate", cursor=f"{report_id}:9"))["stale"] is True
        assert "none that validate gave" in await refused(client, "validate", cursor="rep_1")
        assert "alone" in await refused(client, "validate", cursor="rep_1:1", path=str(root))
        assert "rep_none" in await refused(client, "validate", cursor="rep_none:0")
