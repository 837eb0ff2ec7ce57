"""A validation that is killed in its middle leaves nothing that lives or is held, and the next one
comes to the same verdict as if it had never been."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from killing import KILL_AT, held, left_alive, moments, short_directory
from validating import build_file_tree

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

ROUNDS = 4
SEED = 20_261_122
PROJECT = {
    "pyproject.toml": '[project]\nname = "small"\nversion = "1"\nrequires-python = ">=3.11"\n',
    "small.py": "import os\n\n\ndef double(number: int) -> int:\n    return number * 2\n",
    "tests/test_small.py": """\
        from small import double


        def test_doubles() -> None:
            assert double(2) == 4
        """,
}
VALIDATION = f"""
import sys
from pathlib import Path
import anyio
from validating import make_validator

place, last = Path(sys.argv[1]), int(sys.argv[2])
{KILL_AT}
report = anyio.run(
    lambda: make_validator(place / "cache").validate(
        place / "project", checks=["syntax", "lint", "security", "tests"], use_cache=False
    )
)
checks = (f"{{c.name}}={{c.status}}:{{len(c.diagnostics)}}" for c in report.checks)
print(seen, *checks)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    with short_directory() as root:
        (root / "tmp").mkdir()
        build_file_tree(root / "project", PROJECT)
        yield root


def _validate(place: Path, last: int) -> subprocess.CompletedProcess[str]:
    tests = str(Path(__file__).parents[2])
    return subprocess.run(
        [sys.executable, "-c", VALIDATION, str(place), str(last)],
        env={**os.environ, "TMPDIR": str(place / "tmp"), "PYTHONPATH": tests},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


@pytest.mark.thorough
def test_a_validation_killed_at_any_moment_leaves_nothing_and_the_next_one_is_whole(
    place: Path,
) -> None:
    whole = _validate(place, 1 << 60)
    assert whole.returncode == 0, whole.stderr
    operations, *verdict = whole.stdout.split()
    assert "tests=passed:0" in verdict
    assert "lint=failed:1" in verdict
    untouched = _files(place / "project")
    base = place / "tmp" / f"ac-sandbox-{os.getuid()}"
    killed = 0
    for moment in moments(int(operations), ROUNDS, SEED):
        ended = _validate(place, moment)
        assert ended.returncode in (-9, 0), ended.stderr
        killed += ended.returncode == -9
        assert left_alive(place) == [], moment
        assert held([*(place / "cache").rglob("*.lock"), *base.rglob("*lock*")]) == [], moment
    assert killed >= ROUNDS // 2
    again = _validate(place, 0)
    assert again.stdout.split()[1:] == verdict, again.stderr
    assert [path.name for path in base.iterdir()] == ["sweep.lock"]
    assert {path.name for path in (place / "tmp").iterdir()} == {base.name}
    assert not [path for path in (place / "cache" / "work").rglob("*") if path.is_file()]
    assert _files(place / "project") == untouched
