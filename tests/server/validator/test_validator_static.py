"""What the static checks find, and what they leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.errors import InvalidInputError, NotFoundError, UnsupportedError
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.models.validation import CheckStatus, Severity
from autonomous_coder.settings import ValidationSettings
from validating import build_file_tree, codes, make_validator, result_of

pytestmark = pytest.mark.anyio

STATIC = ("syntax", "lint", "format", "security", "performance")


@pytest.fixture
def validator(tmp_path: Path) -> ValidatorEngine:
    return make_validator(tmp_path / "cache")


async def test_a_clean_module_passes_every_static_check(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": 'GREETING = "hello"\n'})
    report = await validator.validate(root, checks=STATIC)
    assert report.passed
    assert not report.complete
    assert {c.name for c in report.checks if c.status is CheckStatus.PASSED} == set(STATIC)
    assert all(c.files == 1 for c in report.checks if c.name in STATIC)


async def test_faults_are_found_at_their_place(tmp_path: Path, validator: ValidatorEngine) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "pkg/unused.py": "import os\n",
            "pkg/undefined.py": "def f() -> int:\n    return missing\n",
            "pkg/danger.py": "import subprocess\n\nsubprocess.run('ls', shell=True)\n",
            "pkg/ugly.py": "x  =  1\n",
        },
    )
    report = await validator.validate(root, checks=STATIC)
    assert not report.passed
    assert codes(result_of(report, "lint")) == {
        ("F401", "pkg/unused.py", 1),
        ("F821", "pkg/undefined.py", 2),
    }
    assert ("B602", "pkg/danger.py", 3) in codes(result_of(report, "security"))
    assert codes(result_of(report, "format")) == {
        ("unformatted", "pkg/danger.py", 0),
        ("unformatted", "pkg/ugly.py", 0),
    }


async def test_broken_syntax_stops_what_would_run_the_code(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(
        tmp_path / "p", {"a.py": "def f(:\n    pass\n", "tests/test_a.py": "def test_a(): ...\n"}
    )
    report = await validator.validate(root)
    assert ("invalid-syntax", "a.py", 1) in codes(result_of(report, "syntax"))
    for name in ("types", "tests"):
        assert result_of(report, name).status is CheckStatus.NOT_RUN
        assert "syntax" in result_of(report, name).reason
    assert not report.passed
    assert not report.complete


async def test_syntax_newer_than_the_oldest_supported_version_is_refused(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "pyproject.toml": '[project]\nname = "p"\nversion = "1"\nrequires-python = ">=3.9"\n',
            "a.py": "match 1:\n    case _:\n        pass\n",
        },
    )
    report = await validator.validate(root, checks=("syntax",))
    assert {c[:2] for c in codes(result_of(report, "syntax"))} == {("invalid-syntax", "a.py")}


async def test_a_file_wide_suppression_is_told(tmp_path: Path, validator: ValidatorEngine) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "# ruff: noqa\nimport os\n"})
    report = await validator.validate(root, checks=("lint",))
    assert ("file-wide-suppression", "a.py", 1) in codes(result_of(report, "lint"))
    assert not report.passed


async def test_low_severity_and_complexity_are_information(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    body = "".join(f"    if x == {n}:\n        return {n}\n" for n in range(15))
    root = build_file_tree(
        tmp_path / "p", {"a.py": f"def f(x: int) -> int:\n    assert x\n{body}    return 0\n"}
    )
    report = await validator.validate(root, checks=("security", "performance"))
    assert report.passed
    assert {d.severity for d in report.diagnostics()} == {Severity.INFO}
    assert ("C901", "a.py", 1) in codes(result_of(report, "performance"))


async def test_without_strict_mode_style_does_not_decide(tmp_path: Path) -> None:
    validator = make_validator(
        tmp_path / "cache", settings=ValidationSettings(strict_mode=False, security_scan=False)
    )
    root = build_file_tree(tmp_path / "p", {"a.py": "import os\n"})
    report = await validator.validate(root, checks=("lint", "security"))
    assert result_of(report, "lint").status is CheckStatus.PASSED
    assert result_of(report, "security").status is CheckStatus.NOT_RUN
    assert not report.complete


async def test_equal_mistakes_have_equal_fingerprints(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(
        tmp_path / "p", {"a.py": "print(one)\n", "b.py": "\nprint(two)\nimport os\n"}
    )
    report = await validator.validate(root, checks=("lint",))
    prints = {d.fingerprint for d in report.diagnostics() if d.code == "F821"}
    assert len(prints) == 1
    assert prints.isdisjoint(d.fingerprint for d in report.diagnostics() if d.code != "F821")


async def test_no_place_of_the_frozen_copy_and_no_control_character_is_shown(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "x = 1\nx.\x1b[31m\n", "b.py": "import os\n"})
    report = await validator.validate(root, checks=STATIC)
    text = report.model_dump_json()
    assert "staging" not in text
    assert "/source" not in text
    assert "\\u001b" not in text


async def test_many_findings_are_bounded_and_counted(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "".join(f"print(n{n})\n" for n in range(500))})
    result = result_of(await validator.validate(root, checks=("lint",)), "lint")
    assert len(result.diagnostics) == 200
    assert "500 findings" in result.reason


async def test_a_report_is_bound_to_the_files_it_saw(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "x = 1\n"})
    report = await validator.validate(root, checks=("syntax",))
    assert not report.stale
    assert not await validator.is_stale(report)
    (root / "a.py").write_text("x = 2\n")
    assert await validator.is_stale(report)


async def test_a_tree_that_changes_while_it_is_checked_is_stale(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "x = 1\n"})

    async def change(_fraction: float, _message: str) -> None:
        (root / "a.py").write_text("x = (\n")

    report = await validator.validate(root, checks=("syntax", "lint"), on_progress=change)
    assert report.passed
    assert report.stale


async def test_nothing_is_left_behind_in_the_project_or_the_staging_place(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "x = 1\n"})
    await validator.validate(root)
    assert [p.name for p in root.iterdir()] == ["a.py"]
    assert list((tmp_path / "cache" / "staging").iterdir()) == []


async def test_what_cannot_be_validated_is_refused_with_the_reason(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError):
        await validator.validate(tmp_path / "nowhere")
    with pytest.raises(UnsupportedError, match="python"):
        await validator.validate(tmp_path / "empty")
    with pytest.raises(InvalidInputError, match="lint"):
        await validator.validate(tmp_path, checks=("lnit",))


async def test_the_seeds_names_do_real_work(tmp_path: Path, validator: ValidatorEngine) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "def f() -> str:\n    return 1\n"})
    assert (await validator.validate_syntax(root)).status is CheckStatus.PASSED
    assert (await validator.check_types(root)).status is CheckStatus.FAILED
    assert (await validator.scan_security(root)).status is CheckStatus.PASSED
    assert (await validator.analyze_performance(root)).informational
    assert (await validator.verify_dependencies(root)).status is CheckStatus.PASSED


async def test_without_network_dependencies_are_infrastructure_and_nothing_passes(
    tmp_path: Path,
) -> None:
    validator = make_validator(tmp_path / "cache", language=LANGUAGES["python"])
    root = build_file_tree(
        tmp_path / "p",
        {
            "pyproject.toml": """
                [project]
                name = "p"
                version = "1"
                dependencies = ["example-package-of-nobody"]
                """,
            "a.py": "x = 1\n",
            "tests/test_a.py": "def test_a() -> None:\n    assert True\n",
        },
    )
    report = await validator.validate(root)
    assert result_of(report, "dependencies").status is CheckStatus.INFRASTRUCTURE
    assert not result_of(report, "dependencies").diagnostics
    for name in ("types", "tests"):
        assert result_of(report, name).status is CheckStatus.NOT_RUN
        assert "cannot be reached" in result_of(report, name).reason
    assert not report.passed
    assert not report.complete
