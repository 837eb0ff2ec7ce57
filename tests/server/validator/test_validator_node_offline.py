"""What of a Node project is checked without any registry, and what is said of the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.languages.node import JAVASCRIPT, TYPESCRIPT
from autonomous_coder.models.validation import CheckStatus
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings, ValidationSettings
from validating import build_file_tree, codes, no_registry, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

PLAIN = {
    "package.json": """
        {
          "name": "plain",
          "type": "module",
          "main": "src/missing.js",
          "scripts": {
            "build": "node build.js",
            "start": "node src/server.js",
            "test": "node --test"
          }
        }
    """,
    "build.js": """
        import { mkdirSync, writeFileSync } from 'node:fs';

        mkdirSync('dist', { recursive: true });
        writeFileSync('dist/out.js', 'export {};');
    """,
    "src/server.js": """
        import { createServer } from 'node:http';

        createServer((request, response) => {
          response.statusCode = request.url === '/health' ? 200 : 404;
          response.end('ok');
        }).listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
    """,
    "src/sum.js": """
        export const sum = (a, b) => a + b;
    """,
    "src/sum.test.js": """
        import assert from 'node:assert/strict';
        import { describe, it } from 'node:test';
        import { sum } from './sum.js';

        describe('sum', () => {
          it('adds', () => {
            assert.equal(sum(1, 2), 3);
          });

          it('adds wrongly', () => {
            assert.equal(sum(1, 2), 4);
          });

          it.skip('waits', () => {});
        });
    """,
    "test/table.js": """
        export const table = [1, 2];
    """,
}
UNREADABLE = {
    "package.json": """
        {
          "name": "unreadable",
          "dependencies": { "ms": "^2.0.0" },
        }
    """,
    "tsconfig.json": """
        {
          // Comments are fine here.
          "compilerOptions": { "strict": true },
        }
    """,
    "src/a.ts": """
        export const a = (: number) => 1;
    """,
}


def _validator(cache: Path) -> ValidatorEngine:
    return ValidatorEngine(
        Sandbox(SandboxSettings(), cache),
        ValidationSettings(),
        {"typescript": TYPESCRIPT, "javascript": JAVASCRIPT},
        cache,
        no_registry,
    )


async def test_a_project_without_dependencies_is_built_tested_and_started(tmp_path: Path) -> None:
    project = build_file_tree(tmp_path / "plain", PLAIN)
    report = await _validator(tmp_path / "cache").validate(project)
    assert not report.passed
    assert result_of(report, "syntax").status is CheckStatus.PASSED
    assert result_of(report, "dependencies").status is CheckStatus.PASSED
    assert codes(result_of(report, "build")) == {("missing-entry", "package.json", 0)}
    assert "Built: scripts 0.0 kB (0.0 kB with gzip)." in result_of(report, "build").reason
    tests = result_of(report, "tests")
    # Node takes the file in `test` as well, and counts it.
    assert (tests.tests_passed, tests.tests_failed, tests.tests_skipped) == (2, 1, 1)
    assert tests.passed_tests == ["src/sum.test.js::sum > adds"]
    assert codes(tests) == {("test-failed", "src/sum.test.js", 11)}
    assert result_of(report, "start").status is CheckStatus.PASSED
    # Our linter comes from the registry: without one that check is left out, and that is said.
    lint = result_of(report, "lint")
    assert lint.status is CheckStatus.NOT_RUN
    assert "could not be had" in lint.reason
    assert not report.complete


async def test_what_cannot_be_read_is_named_and_nothing_is_started(tmp_path: Path) -> None:
    project = build_file_tree(tmp_path / "unreadable", UNREADABLE)
    report = await _validator(tmp_path / "cache").validate(project)
    assert report.language == "typescript"
    found = {(d.code, d.path) for d in result_of(report, "syntax").diagnostics}
    assert found == {("invalid-json", "package.json"), ("syntax-error", "src/a.ts")}
    for name in ("build", "types", "tests", "start"):
        assert result_of(report, name).status is CheckStatus.NOT_RUN
    dependencies = result_of(report, "dependencies")
    assert dependencies.status is not CheckStatus.PASSED
    assert "package.json cannot be read" in dependencies.reason


async def test_dependencies_without_a_registry_are_not_the_projects_fault(tmp_path: Path) -> None:
    files = {
        "package.json": '{"name": "x", "dependencies": {"ms": "^2.0.0"}}\n',
        "index.js": "import ms from 'ms';\n\nconsole.log(ms('1s'));\n",
    }
    engine = _validator(tmp_path / "cache")
    report = await engine.validate(build_file_tree(tmp_path / "project", files))
    assert result_of(report, "dependencies").status is CheckStatus.INFRASTRUCTURE
    assert result_of(report, "dependencies").diagnostics == []
    assert not report.passed
    locked = build_file_tree(tmp_path / "pnpm", {**files, "pnpm-lock.yaml": "lockfileVersion: 9\n"})
    report = await engine.validate(locked)
    dependencies = result_of(report, "dependencies")
    assert dependencies.status is CheckStatus.INFRASTRUCTURE
    assert "pnpm" in dependencies.reason
