"""Toolchains: one that is missing blames nobody, and one that a package carries can be brought."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.engines.validator.housekeeping import trim
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.languages.base import Language
from autonomous_coder.languages.node import JAVASCRIPT, NodeLanguage
from autonomous_coder.languages.node.toolchain import CARRIER, NODE
from autonomous_coder.models.validation import CheckResult, CheckStatus, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.services import Clients
from autonomous_coder.settings import SandboxSettings, Settings, ValidationSettings
from autonomous_coder.store.store import Store
from command_line import CommandLine
from validating import build_file_tree, no_registry, result_of

pytestmark = pytest.mark.anyio

PROVISION = ValidationSettings(provision_toolchains=True)
JAVASCRIPT_PROJECT = {
    "package.json": '{"name": "sums", "type": "module"}\n',
    "src/sum.js": "export const sum = (a, b) => a + b;\n",
    "src/sum.test.js": """
        import assert from 'node:assert/strict';
        import { it } from 'node:test';
        import { sum } from './sum.js';

        it('adds', () => {
          assert.equal(sum(1, 2), 3);
        });
    """,
}
GO_PROJECT = {
    "go.mod": "module example.com/sums\n\ngo 1.25\n",
    "sums.go": """
        // Package sums adds.
        package sums

        // Sum adds two numbers.
        func Sum(a, b int) int {
        return a + b
        }
    """,
    "sums_test.go": """
        package sums

        import "testing"

        func TestSum(t *testing.T) {
        \tif Sum(1, 2) != 3 {
        \t\tt.Fatal("wrong")
        \t}
        }
    """,
}
EVERY_LANGUAGE = {
    **{f"javascript/{path}": text for path, text in JAVASCRIPT_PROJECT.items()},
    **{f"go/{path}": text for path, text in GO_PROJECT.items()},
    "typescript/package.json": '{"name": "typed", "type": "module"}\n',
    "typescript/tsconfig.json": '{"compilerOptions": {"strict": true}}\n',
    "typescript/src/one.ts": "export const one: number = 1;\n",
    "rust/Cargo.toml": '[package]\nname = "one"\nversion = "0.1.0"\nedition = "2021"\n',
    "rust/src/lib.rs": "#[test]\nfn one() {\n    assert_eq!(1, 1);\n}\n",
    "java/src/main/java/One.java": "final class One {\n    static final int ONE = 1;\n}\n",
    "java/pom.xml": """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>example</groupId>
          <artifactId>one</artifactId>
          <version>1</version>
        </project>
    """,
}
NEED_TOOLCHAINS = {
    "javascript": {"dependencies", "lint", "tests"},
    "typescript": {"dependencies", "lint", "types"},
    "go": {"dependencies", "build", "lint", "tests", "format"},
    "rust": {"dependencies", "build", "lint", "tests", "format"},
    "java": {"dependencies", "build", "lint"},
}
"""What of each of these projects cannot be judged without its toolchain."""
INSTALLERS = {
    "javascript": "install node",
    "typescript": "install node",
    "go": "install go",
    "rust": "rustup toolchain install",
    "java": "install openjdk",
}


@pytest.fixture
def nothing_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which there are no programs."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    return empty


def _offline_validator(cache: Path, settings: ValidationSettings) -> ValidatorEngine:
    return ValidatorEngine(
        Sandbox(SandboxSettings(), cache), settings, LANGUAGES, cache, no_registry
    )


@asynccontextmanager
async def _provisioning_validator(
    directory: Path, languages: Mapping[str, Language] = LANGUAGES
) -> AsyncIterator[ValidatorEngine]:
    """A validator that may bring toolchains, composed like that of the program."""
    cache = directory / "cache"
    box = Sandbox(SandboxSettings(), cache)
    clients = Clients(box, cache)
    async with (
        await Store.open(directory / "state") as store,
        ResearchEngine(
            Settings().research,
            store,
            clients.read,
            clients.uv,
            data_roots().knowledge,
            cache / "work",
        ) as research,
    ):
        yield ValidatorEngine(box, PROVISION, languages, cache, research.fetch_access)


def _of(report: ValidationReport, directory: str) -> list[CheckResult]:
    """The checks of one component."""
    return [check for check in report.checks if check.name.endswith(f"@{directory}")] or [
        check for check in report.checks if "@" not in check.name
    ]


@pytest.mark.sandbox
async def test_missing_toolchains_are_named_with_their_installers_and_blame_nobody(
    nothing_on_path: Path, tmp_path: Path
) -> None:
    project = build_file_tree(tmp_path / "project", EVERY_LANGUAGE)
    validator = _offline_validator(tmp_path / "cache", ValidationSettings())
    report = await validator.validate(project)
    assert not report.passed
    assert not report.complete
    assert {part.language for part in report.components} == set(NEED_TOOLCHAINS)
    for part in report.components:
        checks = {check.base: check for check in _of(report, part.path)}
        for name in NEED_TOOLCHAINS[part.language]:
            assert checks[name].status is CheckStatus.NOT_RUN, (part.language, checks[name])
            assert "is not installed. Install it: `" in checks[name].reason
            assert INSTALLERS[part.language] in checks[name].reason
            offered = part.language in ("javascript", "typescript", "go")
            assert ("or set validation.provision_toolchains" in checks[name].reason) == offered
        assert checks["syntax"].status is CheckStatus.PASSED
        assert not any(check.status is CheckStatus.FAILED for check in checks.values())
        assert [d for check in checks.values() for d in check.diagnostics if d.code] == []


@pytest.mark.sandbox
async def test_what_cannot_be_provisioned_says_why_and_is_not_the_projects_fault(
    nothing_on_path: Path, tmp_path: Path
) -> None:
    project = build_file_tree(tmp_path / "project", JAVASCRIPT_PROJECT)
    validator = _offline_validator(tmp_path / "cache", PROVISION)
    tests = result_of(await validator.validate(project, checks=["tests"]), "tests")
    assert tests.status is CheckStatus.NOT_RUN
    assert "could not be provisioned: The pypi registry cannot be reached." in tests.reason
    assert "Install it: `" in tests.reason
    offline = await validator.validate(project, checks=["tests"], offline=True)
    assert "nothing may be fetched now" in result_of(offline, "tests").reason


def test_doctor_lists_every_toolchain_with_its_place_or_its_installer(
    tmp_path: Path, nothing_on_path: Path
) -> None:
    cli = CommandLine(tmp_path)
    here = tmp_path / "bin"
    here.mkdir()
    (here / "go").write_text(
        '#!/bin/sh\n[ "$1" = env ] && echo "${0%/bin/go}" || echo "go version go1.30.1 linux/amd64"'
    )
    (here / "go").chmod(0o755)
    (tmp_path / "cache").mkdir()
    offline = {"AUTONOMOUS_CODER_RESEARCH__OFFLINE": "true", "PATH": str(here)}
    found = {item["name"]: item for item in cli("doctor", "--json", env=offline).json()["items"]}
    assert found["go"]["ok"]
    assert found["go"]["detail"] == f"1.30.1 ({here}/go)"
    specs = {spec.programs[0]: spec for lang in LANGUAGES.values() for spec in lang.toolchains}
    assert {"node", "go", "cargo", "java", "mvn"} <= set(specs)
    for name, spec in specs.items():
        assert not found[name]["required"]
        if name != "go":
            assert not found[name]["ok"]
            assert "is not installed" in found[name]["detail"]
            assert f"`{spec.remedy}`" in found[name]["remedy"]
    assert "or set validation.provision_toolchains" in found["node"]["remedy"]


@pytest.mark.live
@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.sandbox
async def test_node_is_brought_once_works_and_stays_while_it_is_used(
    nothing_on_path: Path, tmp_path: Path
) -> None:
    projects = [build_file_tree(tmp_path / f"p{n}", JAVASCRIPT_PROJECT) for n in range(2)]
    kept = tmp_path / "cache" / "toolchains" / f"node-{CARRIER.version}"
    # What somebody left there does not work, and is replaced.
    build_file_tree(kept, {f"{CARRIER.home}/{path}": "" for path in CARRIER.programs.values()})
    reports: list[ValidationReport] = []

    async def validate(project: Path) -> None:
        async with _provisioning_validator(tmp_path) as validator:
            reports.append(await validator.validate(project))
            await anyio.to_thread.run_sync(trim, tmp_path / "cache", 0)
            assert kept.is_dir()

    async with anyio.create_task_group() as group:
        for project in projects:
            group.start_soon(validate, project)
    for report in reports:
        assert report.passed, [(c.name, c.status, c.reason) for c in report.checks]
        assert report.level == "L3"
        tests = result_of(report, "tests")
        assert (tests.tests_passed, tests.tests_failed) == (1, 0)
        assert tests.tool_version == f"{CARRIER.version} (provisioned)"
        reason = result_of(report, "dependencies").reason
        assert f"node {CARRIER.version} was provisioned" in reason
    assert [p.name for p in kept.parent.iterdir() if p.is_dir()] == [kept.name]
    assert not list((tmp_path / "cache" / "staging").iterdir())


@pytest.mark.live
@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.sandbox
async def test_another_file_than_the_known_one_is_refused(
    nothing_on_path: Path, tmp_path: Path
) -> None:
    class OtherNode(NodeLanguage):
        toolchains = (replace(NODE, carrier=replace(CARRIER, hashes=("0" * 64,))),)

    languages = {"javascript": OtherNode(JAVASCRIPT.name)}
    project = build_file_tree(tmp_path / "project", JAVASCRIPT_PROJECT)
    async with _provisioning_validator(tmp_path, languages) as validator:
        tests = result_of(await validator.validate(project, checks=["tests"]), "tests")
    assert tests.status is CheckStatus.NOT_RUN
    assert "could not be provisioned" in tests.reason
    assert "hash" in tests.reason.casefold()
    assert not list((tmp_path / "cache" / "toolchains").glob("*/"))


@pytest.mark.live
@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.sandbox
async def test_go_is_brought_and_judges_the_layout_of_files(
    nothing_on_path: Path, tmp_path: Path
) -> None:
    project = build_file_tree(tmp_path / "project", GO_PROJECT)
    async with _provisioning_validator(tmp_path) as validator:
        report = await validator.validate(project, checks=["syntax", "format"])
        layout = result_of(report, "format")
        assert layout.status is CheckStatus.FAILED
        assert [d.path for d in layout.diagnostics] == ["sums.go"]
        assert layout.tool_version.endswith(" (provisioned)")
        assert layout.tool_version.split(".")[0] == "1"
