"""Installing from the lock, with a real registry."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from autonomous_coder.engines.recovery import RecoveryEngine
from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.errors import ResolutionError
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.models.execution import FetchAccess
from autonomous_coder.models.validation import CheckStatus, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import OrchestrationSettings, SandboxSettings, ValidationSettings
from validating import build_file_tree, codes, no_registry, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.live, pytest.mark.slow, pytest.mark.sandbox]

PROJECT = {
    "pyproject.toml": """
        [project]
        name = "p"
        version = "1"
        requires-python = ">=3.11"
        dependencies = ["iniconfig>=2"]

        [dependency-groups]
        dev = ["pytest>=8"]
        """,
    "p.py": "import iniconfig\n\nprint(iniconfig.__name__)\n",
    "tests/test_p.py": "import p\n\n\ndef test_p() -> None:\n    assert p.__name__ == 'p'\n",
}


@functools.cache
def hosts() -> tuple[frozenset[str], bool]:
    """The index's host and those of its files, and whether they are private; asked once."""
    import ipaddress
    import socket

    from pypi_simple import PYPI_SIMPLE_ENDPOINT, PyPISimple

    with PyPISimple() as client:
        page = client.get_project_page("iniconfig")
    found = {urlsplit(p.url).hostname or "" for p in page.packages}
    index = urlsplit(PYPI_SIMPLE_ENDPOINT).hostname or ""
    address = socket.getaddrinfo(index, 443)[0][4][0]
    return frozenset({index, *found}), not ipaddress.ip_address(address).is_global


async def registry(_ecosystem: str) -> FetchAccess:
    names, private = hosts()
    return FetchAccess(hosts=names, private=private)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Downloads and environments are shared by the tests of this file, as between projects."""
    return tmp_path_factory.mktemp("cache")


def validator(cache: Path, access: object = registry) -> ValidatorEngine:
    return ValidatorEngine(
        Sandbox(SandboxSettings(), cache),
        ValidationSettings(),
        LANGUAGES,
        cache,
        access,  # type: ignore[arg-type]
    )


async def test_a_locked_project_installs_is_tested_and_is_not_installed_twice(
    tmp_path: Path, cache: Path
) -> None:
    root = build_file_tree(tmp_path / "p", PROJECT)
    unlocked = await validator(cache).validate(root, checks=("dependencies",))
    assert ("no-lock", "", 0) in codes(result_of(unlocked, "dependencies"))
    (root / "uv.lock").write_text(await validator(cache).lock(root))
    report = await validator(cache).validate(root, checks=("dependencies", "types", "tests"))
    assert report.passed, report
    assert not report.diagnostics()
    assert result_of(report, "tests").tests_passed == 1
    assert "100% of lines ran" in result_of(report, "tests").reason
    offline = await validator(cache, no_registry).validate(
        root, checks=("dependencies", "tests"), offline=True
    )
    assert offline.passed
    assert result_of(offline, "dependencies").cached
    assert list((cache / "staging").iterdir()) == []


@pytest.mark.thorough
async def test_lists_beside_the_manifest_bring_what_tests_and_types_need(
    tmp_path: Path, cache: Path
) -> None:
    manifest = PROJECT["pyproject.toml"].partition("[dependency-groups]")[0]
    files = {
        **PROJECT,
        "pyproject.toml": manifest,
        "requirements/tests.txt": "pytest>=8  # the runner\n",
        "requirements/dev.txt": "no-such-package-is-asked-for\n",
        "requirements-mypy.txt": "types-toml\n",
        "tests/test_p.py": """
            import pytest
            import toml

            import p


            def test_p() -> None:
                with pytest.raises(AttributeError):
                    toml.loads(p.nothing)  # type: ignore[attr-defined]
            """,
    }
    root = build_file_tree(tmp_path / "p", files)
    (root / "uv.lock").write_text(await validator(cache).lock(root))
    report = await validator(cache).validate(root, checks=("dependencies", "types", "tests"))
    assert codes(result_of(report, "dependencies")) == {("undeclared-import", "tests/test_p.py", 2)}
    assert result_of(report, "types").status is CheckStatus.PASSED, report
    assert "No module named 'toml'" in result_of(report, "tests").diagnostics[0].message


@pytest.mark.thorough
async def test_a_lock_out_of_step_is_told_and_the_tests_run_all_the_same(
    tmp_path: Path, cache: Path
) -> None:
    root = build_file_tree(tmp_path / "p", PROJECT)
    (root / "uv.lock").write_text(await validator(cache).lock(root))
    manifest = (root / "pyproject.toml").read_text()
    (root / "pyproject.toml").write_text(manifest.replace('"iniconfig>=2"', '"iniconfig>=2.0.1"'))
    report = await validator(cache).validate(root, checks=("dependencies", "tests"))
    assert ("lock-out-of-step", "uv.lock", 0) in codes(result_of(report, "dependencies"))
    assert result_of(report, "tests").status is CheckStatus.PASSED
    assert not report.passed


async def test_imports_nobody_declared_and_declarations_nobody_imports_are_found(
    tmp_path: Path, cache: Path
) -> None:
    files = {
        **PROJECT,
        "p.py": "print(1)\n",
        "q.py": """
            import yaml
            import pluggy
            from q_helper import HELP

            try:
                import orjson
            except ImportError:
                orjson = None
            """,
        "q_helper.py": "HELP = 1\n",
    }
    root = build_file_tree(tmp_path / "p", files)
    report = await validator(cache).validate(root, checks=("dependencies",))
    assert codes(result_of(report, "dependencies")) == {
        ("no-lock", "", 0),
        ("undeclared-import", "q.py", 1),
        ("transitive-import", "q.py", 2),
        ("unused-dependency", "pyproject.toml", 0),
    }


async def test_what_does_not_exist_is_the_projects_fault(tmp_path: Path, cache: Path) -> None:
    manifest = PROJECT["pyproject.toml"].replace("iniconfig>=2", "iniconfig>=99999")
    root = build_file_tree(tmp_path / "p", {**PROJECT, "pyproject.toml": manifest})
    report = await validator(cache).validate(root, checks=("dependencies", "tests"))
    assert result_of(report, "dependencies").status is CheckStatus.FAILED
    assert "iniconfig" in result_of(report, "dependencies").reason
    assert result_of(report, "tests").status is CheckStatus.NOT_RUN
    with pytest.raises(ResolutionError, match="iniconfig"):
        await validator(cache).lock(root)


@pytest.mark.thorough
async def test_requirement_lists_are_installed(tmp_path: Path, cache: Path) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            "requirements.txt": "iniconfig>=2\n",
            "requirements-dev.txt": "-r requirements.txt\npytest>=8\n",
            "p.py": PROJECT["p.py"],
            "tests/test_p.py": PROJECT["tests/test_p.py"],
        },
    )
    report = await validator(cache).validate(root, checks=("dependencies", "types", "tests"))
    assert report.passed, report


async def test_a_missing_dependency_is_declared_locked_and_proven(
    tmp_path: Path, cache: Path
) -> None:
    files = {**PROJECT, "q.py": "import pluggy\n\nprint(pluggy.__name__)\n"}
    root = build_file_tree(tmp_path / "p", files)
    engine = validator(cache)
    (root / "uv.lock").write_text(await engine.lock(root))

    async def validate(tree: Path, checks: Sequence[str]) -> ValidationReport:
        return await engine.validate(tree, checks=tuple(checks) or ("dependencies", "tests"))

    async def newest(name: str) -> str:
        return {"pluggy": "1.5"}.get(name, "")

    async def checkpoint() -> str:
        return "c"

    fixed = await RecoveryEngine(
        Sandbox(SandboxSettings(), cache), OrchestrationSettings(), cache / "work"
    ).fix(
        root,
        await validate(root, ()),
        validate=validate,
        before_change=checkpoint,
        resolve_package=newest,
        relock=engine.lock,
    )
    assert fixed.changed_files == ["pyproject.toml", "uv.lock"], fixed.attempts
    assert fixed.after.passed
    assert not fixed.remaining


async def test_hosts_that_are_not_admitted_are_infrastructure(tmp_path: Path) -> None:
    async def nowhere(_ecosystem: str) -> FetchAccess:
        return FetchAccess(hosts=frozenset({"registry.example"}))

    own = tmp_path / "cache"
    root = build_file_tree(tmp_path / "p", PROJECT)
    report = await validator(own, nowhere).validate(root, checks=("dependencies",))
    assert result_of(report, "dependencies").status is CheckStatus.INFRASTRUCTURE
    assert "refused" in result_of(report, "dependencies").reason
