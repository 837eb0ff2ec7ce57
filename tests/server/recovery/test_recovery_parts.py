"""Diagnosis, retries and writing."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.recovery import RecoveryEngine
from autonomous_coder.errors import InvalidInputError, NetworkUnavailableError, PathNotAllowedError
from autonomous_coder.models.validation import Diagnostic, Severity
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import OrchestrationSettings, SandboxSettings
from validating import build_file_tree

pytestmark = pytest.mark.anyio


@pytest.fixture
def engine(tmp_path: Path) -> RecoveryEngine:
    sandbox = Sandbox(SandboxSettings(), tmp_path / "cache")
    return RecoveryEngine(sandbox, OrchestrationSettings(), tmp_path / "cache" / "work")


def found(tool: str, code: str) -> Diagnostic:
    return Diagnostic(tool=tool, code=code, severity=Severity.ERROR, message="m", path="a.py")


async def test_a_type_error_is_no_root_while_an_import_is_missing(engine: RecoveryEngine) -> None:
    missing, mismatch = found("mypy", "import-not-found"), found("mypy", "arg-type")
    assert not engine.diagnose_error(mismatch, [missing, mismatch]).root
    assert engine.diagnose_error(mismatch, [mismatch]).root
    assert engine.diagnose_error(missing, [missing, mismatch]).root
    assert engine.diagnose_error(found("python", "invalid-syntax"), [missing]).root


async def test_what_passes_is_tried_again_and_what_does_not_is_not(engine: RecoveryEngine) -> None:
    calls: list[int] = []

    async def comes_back() -> str:
        calls.append(1)
        if len(calls) < 3:
            raise NetworkUnavailableError("gone")
        return "there"

    async def wrong() -> str:
        calls.append(1)
        raise InvalidInputError("never right")

    assert await engine.retry_with_backoff(comes_back, 3, first_delay_s=0.001) == "there"
    calls.clear()
    with pytest.raises(InvalidInputError):
        await engine.retry_with_backoff(wrong, 5, first_delay_s=0.001)
    assert len(calls) == 1


async def test_writing_stays_inside_and_is_all_or_nothing(
    tmp_path: Path, engine: RecoveryEngine
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "old\n"})
    (root / "a.py").chmod(0o755)
    for path in ("../x.py", "/tmp/x.py", ".git/config"):
        with pytest.raises(PathNotAllowedError):
            await engine.apply_fix(root, {path: "x"})
    with pytest.raises(InvalidInputError, match="Nothing was changed"):
        await engine.apply_fix(root, {"a.py": "new\n", "missing/b.py": "x"})
    assert (root / "a.py").read_text() == "old\n"
    assert await engine.apply_fix(root, {"a.py": "new\n"}) == ["a.py"]
    assert (root / "a.py").stat().st_mode & 0o777 == 0o755
    assert sorted(p.name for p in root.iterdir()) == ["a.py"]
