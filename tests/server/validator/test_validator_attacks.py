"""Attacks on the verdict: a project cannot switch its checks off or answer in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.models.validation import CheckStatus
from autonomous_coder.settings import SandboxSettings
from validating import build_file_tree, codes, make_validator, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

FAILING = "def test_truth() -> None:\n    assert 1 == 2\n"
WRONG = "def f() -> str:\n    return 1\n"


@pytest.fixture
def validator(tmp_path: Path) -> ValidatorEngine:
    return make_validator(tmp_path / "cache")


@pytest.mark.parametrize(
    "attack",
    [
        {"mypy/__init__.py": "", "mypy/__main__.py": "print('Success: no issues found')\n"},
        {"mypy.py": "print('Success: no issues found')\n"},
        {"sitecustomize.py": "import os\n\nos._exit(0)\n"},
        {"pyproject.toml": '[tool.mypy]\nplugins = ["evil.py"]\n', "evil.py": "raise SystemExit\n"},
        {"mypy.ini": "[mypy]\nignore_errors = True\nexclude = .*\n"},
        {"setup.cfg": "[mypy]\nignore_errors = True\n"},
        {"pydantic/__init__.py": "", "pydantic/mypy.py": "raise SystemExit(0)\n"},
    ],
    ids=["package", "module", "sitecustomize", "plugin", "mypy.ini", "setup.cfg", "our-plugin"],
)
async def test_types_are_checked_in_spite_of(
    tmp_path: Path, validator: ValidatorEngine, attack: dict[str, str]
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": WRONG, **attack})
    result = result_of(await validator.validate(root, checks=("types",)), "types")
    assert result.status is CheckStatus.FAILED
    assert ("return-value", "a.py", 2) in codes(result)


async def test_code_hidden_behind_a_stub_or_a_link_is_told(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(
        tmp_path / "p", {"a.py": WRONG, "a.pyi": "def f() -> str: ...\n", "b.txt": "import os\n"}
    )
    (root / "b.py").symlink_to("b.txt")
    report = await validator.validate(root, checks=("syntax", "types"))
    assert ("hidden-by-stub", "a.py", 0) in codes(result_of(report, "types"))
    assert ("link-not-checked", "b.py", 0) in codes(result_of(report, "syntax"))
    assert not report.passed


@pytest.mark.parametrize(
    "attack",
    [
        {"ruff.toml": 'exclude = ["*"]\n'},
        {"pyproject.toml": '[tool.ruff]\nexclude = ["*"]\nlint.select = []\n'},
        {".ruff.toml": 'extend = "/etc/passwd"\n'},
        {".gitignore": "*\n", ".ignore": "*\n"},
        {
            "setup.cfg": "[flake8]\nexclude = *\n",
            ".bandit": "[bandit]\nexclude = /\nskips = B602\n",
        },
        {"pyproject.toml": '[tool.bandit]\nexclude_dirs = ["."]\n'},
    ],
    ids=["ruff.toml", "pyproject", "extend", "gitignore", "bandit-ini", "bandit-pyproject"],
)
async def test_lint_and_security_are_checked_in_spite_of(
    tmp_path: Path, validator: ValidatorEngine, attack: dict[str, str]
) -> None:
    bad = "import os\nimport subprocess\n\nsubprocess.run('ls', shell=True)\n"
    root = build_file_tree(tmp_path / "p", {"build/a.py": bad, **attack})
    report = await validator.validate(root, checks=("lint", "security"))
    assert ("F401", "build/a.py", 1) in codes(result_of(report, "lint"))
    assert ("B602", "build/a.py", 4) in codes(result_of(report, "security"))
    assert "root:" not in report.model_dump_json()


@pytest.mark.parametrize(
    "attack",
    [
        {"conftest.py": "import os\n\nos._exit(0)\n"},
        {"conftest.py": "import os\n\n\ndef pytest_sessionfinish():\n    os._exit(0)\n"},
        {"tests/conftest.py": "def pytest_collection_modifyitems(items):\n    items.clear()\n"},
        {"tests/conftest.py": 'collect_ignore_glob = ["*"]\n'},
        {
            "conftest.py": """
                import os
                from pathlib import Path

                lines = '{"kind": "test", "id": [], "line": "x", "outcome": "failed"}', "[]", "{"
                Path("/output/tests.jsonl").write_text("\\n".join([*lines, '{"kind": "end"}']))
                os._exit(0)
                """
        },
        {"pytest.ini": "[pytest]\naddopts = --collect-only\n"},
        {"pytest.ini": "[pytest]\npython_files = nothing.py\npython_functions = nothing\n"},
        {"pyproject.toml": '[tool.pytest.ini_options]\ntestpaths = ["elsewhere"]\n'},
        {"pytest.py": "raise SystemExit(0)\n"},
        {"sitecustomize.py": "import os\n\nos._exit(0)\n"},
        {
            "conftest.py": """
                import pytest


                @pytest.hookimpl(wrapper=True)
                def pytest_runtest_makereport(item, call):
                    report = yield
                    report.outcome = "passed"
                    return report
                """
        },
        {
            "conftest.py": """
                import pytest


                @pytest.hookimpl(tryfirst=True)
                def pytest_pyfunc_call(pyfuncitem):
                    return True
                """
        },
    ],
    ids=[
        "exit", "exit-at-the-end", "deselect", "ignore", "nonsense", "collect-only", "patterns",
        "testpaths", "own-pytest", "sitecustomize", "flipped-outcome", "replaced-call",
    ],
)  # fmt: skip
async def test_a_failing_test_never_passes_in_spite_of(
    tmp_path: Path, validator: ValidatorEngine, attack: dict[str, str]
) -> None:
    root = build_file_tree(tmp_path / "p", {"tests/test_a.py": FAILING, **attack})
    report = await validator.validate(root, checks=("tests",))
    result = result_of(report, "tests")
    assert result.status is CheckStatus.FAILED
    assert not report.passed


async def test_passing_tests_are_counted_and_said_to_be_forgeable(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "src/pkg/__init__.py": "ONE = 1\n",
            "tests/test_a.py": """
                import unittest

                import pytest
                from pkg import ONE


                @pytest.mark.parametrize("n", [1, 2])
                def test_many(n: int) -> None:
                    assert n >= ONE


                class TestGroup:
                    def test_inner(self) -> None:
                        assert ONE


                class Case(unittest.TestCase):
                    def test_old(self) -> None:
                        self.assertTrue(ONE)


                @pytest.mark.skip
                def test_later() -> None: ...
                """,
        },
    )
    wanted = ("tests/test_a.py::test_many", "tests/test_a.py::TestGroup::test_inner")
    report = await validator.validate(root, checks=("tests",), expected_tests=wanted)
    result = result_of(report, "tests")
    assert result.status is CheckStatus.PASSED, result
    assert (result.tests_passed, result.tests_failed, result.tests_skipped) == (4, 0, 1)
    assert "forge" in result.reason
    missing = await validator.validate(
        root, checks=("tests",), expected_tests=("tests/test_a.py::test_later",)
    )
    assert not missing.passed


async def test_a_failure_names_the_line_of_the_project(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "tests/test_a.py": FAILING,
            "tests/test_b.py": "import nothing_like_this\n\n\ndef test_b() -> None: ...\n",
        },
    )
    result = result_of(await validator.validate(root, checks=("tests",)), "tests")
    assert ("test-failed", "tests/test_a.py", 2) in codes(result)
    assert ("collection-error", "tests/test_b.py", 1) in codes(result)


async def test_a_project_that_asks_for_its_own_version_is_told(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "pyproject.toml": '[project]\nname = "my-own.thing"\nversion = "1.2.3"\n',
            "tests/test_a.py": """
                from importlib.metadata import version


                def test_version() -> None:
                    assert version("my-own.thing") == "1.2.3"
                """,
        },
    )
    report = await validator.validate(root, checks=("tests",))
    assert report.passed, report


async def test_tests_have_no_network(tmp_path: Path, validator: ValidatorEngine) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "tests/test_net.py": """
                import socket

                import pytest


                def test_no_way_out() -> None:
                    with pytest.raises(OSError):
                        socket.create_connection(("192.0.2.1", 80), timeout=2)
                """
        },
    )
    assert (await validator.validate(root, checks=("tests",))).passed


async def test_a_project_without_tests_is_not_said_to_pass_them(
    tmp_path: Path, validator: ValidatorEngine
) -> None:
    root = build_file_tree(tmp_path / "p", {"a.py": "x = 1\n", "tests/test_a.py": ""})
    result = result_of(await validator.validate(root, checks=("tests",)), "tests")
    assert result.status is CheckStatus.FAILED
    (root / "tests" / "test_a.py").unlink()
    result = result_of(await validator.validate(root, checks=("tests",)), "tests")
    assert result.status is CheckStatus.NOT_RUN
    assert "no tests" in result.reason


async def test_below_the_required_level_tests_are_not_run_and_static_checks_are(
    tmp_path: Path,
) -> None:
    validator = make_validator(
        tmp_path / "cache", sandbox=SandboxSettings(bwrap=str(tmp_path / "no-bwrap"))
    )
    root = build_file_tree(tmp_path / "p", {"a.py": "x = 1\n", "tests/test_a.py": FAILING})
    report = await validator.validate(root)
    if report.level.rank >= 3:
        pytest.skip("another way to level L3 was found")
    if report.level.rank < 2:
        assert result_of(report, "tests").status is CheckStatus.NOT_RUN
        assert result_of(report, "tests").reason
    assert result_of(report, "lint").status is CheckStatus.PASSED
    assert report.missing
    assert not report.passed
