"""Which runner of a Node project takes which files, and how its tests are counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.node import JAVASCRIPT, TYPESCRIPT
from autonomous_coder.languages.node.layout import read_layout
from autonomous_coder.languages.node.manifest import read_workspace
from autonomous_coder.languages.node.reports import Report, Result, read_jest, read_lines
from autonomous_coder.languages.node.runners import Run, find_runs
from autonomous_coder.languages.node.testing import matching
from autonomous_coder.languages.sources import Import, SourceFact, SourceFacts
from autonomous_coder.models.validation import CheckResult, CheckStatus
from live_validating import live_validator
from validating import build_file_tree, codes, result_of

LANGUAGES = {"typescript": TYPESCRIPT, "javascript": JAVASCRIPT}


def _runs(root: Path, manifest: dict[str, object], imports: dict[str, str]) -> list[Run]:
    """Runs of files that each import one module."""
    files = {"package.json": json.dumps(manifest), **dict.fromkeys(imports, "x;\n")}
    build_file_tree(root, files)
    project = ProjectView(root, tuple(sorted(files)))
    facts = SourceFacts(
        {
            path: SourceFact(path, "javascript", imports=(Import(module, 1),) if module else ())
            for path, module in imports.items()
        }
    )
    workspace = read_workspace(project)
    return find_runs(workspace, facts, read_layout(project, workspace, facts))[0]


def test_several_runners_of_one_package_take_their_own_files(tmp_path: Path) -> None:
    runs = _runs(
        tmp_path,
        {
            "scripts": {"test:unit": "c8 --100 node --test", "test:jest": "jest jest.test.js"},
            "devDependencies": {"jest": "^30.0.0"},
        },
        {
            "test/a.test.js": "node:test", "test/jest.test.js": "", "test/table.js": "",
            "index.js": "", "test/tape.test.js": "tape",
        },
    )  # fmt: skip
    jest, node, tape = runs
    assert (jest.runner, jest.files, jest.alone) == ("jest", ("test/jest.test.js",), False)
    assert (tape.runner, tape.files) == ("tape", ("test/tape.test.js",))
    assert (node.runner, node.files) == ("node", ("test/a.test.js",))
    # Told of no files, node takes these by itself.
    assert node.more == ("test/jest.test.js", "test/table.js", "test/tape.test.js")


@pytest.mark.parametrize(
    ("script", "swept"),
    [
        ("node --test", True),
        ("c8 node --enable-source-maps --test --test-timeout=9 && tsc", True),
        ("node --test test/a.test.js", False),
        ("node --test-reporter=spec other.js", False),
        ("borp", False),
    ],
)
def test_node_takes_files_by_itself_where_it_is_told_of_none(
    tmp_path: Path, script: str, swept: bool
) -> None:
    files = {"test/a.test.js": "node:test", "test/table.js": ""}
    (run,) = _runs(tmp_path, {"scripts": {"test": script}}, files)
    assert (run.files, run.alone) == (("test/a.test.js",), True)
    assert run.more == (("test/table.js",) if swept else ())


@pytest.mark.parametrize(
    ("script", "entry"),
    [
        ("node --test test/all.js", ("test/all.js",)),
        ("node --enable-source-maps --test ./test/all.js && tsc", ("test/all.js",)),
        ("node --test test/a.test.js", ()),
        ("node --test test/all.js test/a.test.js", ()),
        ("node --test test/gone.js", ()),
        ("node --test test/*.test.js", ()),
    ],
)
def test_a_file_that_brings_in_the_tests_is_run_in_their_place(
    tmp_path: Path, script: str, entry: tuple[str, ...]
) -> None:
    files = {"test/a.test.js": "node:test", "test/all.js": ""}
    (run,) = _runs(tmp_path, {"scripts": {"test": script}}, files)
    assert (run.files, run.entry) == (("test/a.test.js",), entry)


def test_tests_are_counted_as_the_runner_counts_them(tmp_path: Path) -> None:
    project = ProjectView(tmp_path, ("a.test.js", "test/b.js"))
    tests = [{"title": "same", "status": s} for s in ("passed", "failed", "passed", "todo")]
    jest = {"testResults": [{"name": "/project/a.test.js", "assertionResults": tests}]}
    report = read_jest(json.dumps(jest).encode(), project)
    assert report.tally == {"passed": 2, "failed": 1, "skipped": 1}
    assert {i: r.outcome for i, r in report.results.items()} == {"a.test.js::same": "failed"}
    lines = [
        {"kind": "test", "names": ["same"], "file": "/project/a.test.js", "outcome": "passed"},
        # A file without tests that ran through, and one that did not.
        {"kind": "test", "names": ["/project/test/b.js"], "file": "/project/test/b.js",
         "outcome": "passed"},
        {"kind": "stderr", "file": "/project/c.js", "text": "TypeError: no: x\n"},
        {"kind": "test", "names": ["/project/c.js"], "file": "/project/c.js", "outcome": "failed"},
        {"kind": "end"},
    ]  # fmt: skip
    other = read_lines("\n".join(map(json.dumps, lines)).encode(), project)
    assert other.complete
    assert other.tally == {"passed": 2}
    assert list(other.results) == ["a.test.js::same"]
    assert other.broken["c.js"][0] == "TypeError: no: x"
    total = Report(complete=True)
    total.update(report)
    total.update(other)
    assert total.tally == {"passed": 4, "failed": 1, "skipped": 1}


def test_titles_with_escapes_and_names_are_found(tmp_path: Path) -> None:
    project = ProjectView(tmp_path, ("a.test.js",))
    tests = [
        {"ancestorTitles": ["it's"], "title": title, "status": "passed"}
        for title in ("ends \n there", "é is read", "a\\b")
    ]
    jest = {"testResults": [{"name": "/project/a.test.js", "assertionResults": tests}]}
    report = read_jest(json.dumps(jest).encode(), project)
    for title in (r"ends \n there", r"\u00e9 is read", r"\xe9 is read", r"\u{e9} is read", r"a\\b"):
        assert len(matching(rf"a.test.js::it\'s > {title}", report)) == 1
    assert len(matching(r"a.test.js::it\'s > ${name}", report)) == 3
    assert matching(r"a.test.js::it\'s > \u{ffffff}", report) == []


def test_titles_of_many_places_for_parameters_take_no_time() -> None:
    report = Report()
    for title in ("a" * 900, "abcabc", "abc", "ab"):
        report.add(Result(f"a.test.js::{title}", "passed"))
    assert matching(f"a.test.js::{'${x}a' * 100}z", report) == []
    assert len(matching("a.test.js::a${x}b${y}c", report)) == 2
    assert len(matching("a.test.js::abc${x}abc", report)) == 1
    assert len(matching("a.test.js::ab%sb", report)) == 0


def test_half_of_a_character_in_a_title_does_not_keep_a_report_from_being_told() -> None:
    project = ProjectView(Path("/project"), ("a.test.js",))
    lines = [
        {
            "kind": "test",
            "file": "/project/a.test.js",
            "names": ["half \ud83d"],
            "outcome": "passed",
        },
        {"kind": "end"},
    ]
    report = read_lines("\n".join(map(json.dumps, lines)).encode(), project)
    (name,) = report.results
    result = CheckResult(name="tests", title="t", status=CheckStatus.PASSED, passed_tests=[name])
    assert "half" in result.model_dump_json()


TAPE = {
    "package.json": """
        {
          "name": "taped",
          "scripts": { "test": "nyc tape test/*.js && mocha -r ./spec/setup.cjs spec/*.spec.js" },
          "devDependencies": { "mocha": "^11.7.0", "tape": "^5.9.0" }
        }
    """,
    "test/sum.js": """
        const test = require('tape');

        test('adds', (t) => {
          t.equal(1 + 1, 2);
          t.end();
        });

        test('adds wrongly', (t) => {
          t.plan(1);
          t.equal(1 + 1, 3);
        });

        test('waits', { skip: true }, (t) => t.end());

        test('outer', (t) => {
          t.test('inner', (s) => {
            s.ok(true);
            s.end();
          });
          t.end();
        });

        test('hangs', () => {});
    """,
    "test/late.mjs": """
        import test from 'tape';

        await new Promise((resolve) => setTimeout(resolve, 10));
        for (const name of ['one', 'two', 'two']) {
          test(name, (t) => t.end());
        }
    """,
    "test/quits.js": """
        const test = require('tape');

        test('is never run', (t) => t.end());
        process.exit(0);
    """,
    "test/lacks.js": """
        const test = require('tape');

        test('is not run', (t) => t.end());
        require('./nowhere');
    """,
    "spec/setup.cjs": """
        globalThis.ready = true;
    """,
    "spec/setup.spec.js": """
        const assert = require('node:assert');

        describe('setup', () => {
          it('was loaded', () => assert.ok(globalThis.ready));
        });
    """,
}


@pytest.mark.anyio
@pytest.mark.live
@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.thorough
async def test_tape_and_mocha_are_run_as_the_scripts_run_them(tmp_path: Path) -> None:
    project = build_file_tree(tmp_path / "taped", TAPE)
    async with live_validator(tmp_path, languages=LANGUAGES) as validator:
        report = await validator.validate(project, checks=("tests",))
    tests = result_of(report, "tests")
    assert tests.status is CheckStatus.FAILED
    assert tests.passed_tests == [
        "spec/setup.spec.js::setup > was loaded", "test/late.mjs::one", "test/late.mjs::two",
        "test/sum.js::adds", "test/sum.js::outer", "test/sum.js::outer > inner",
    ]  # fmt: skip
    assert (tests.tests_passed, tests.tests_failed, tests.tests_skipped) == (7, 2, 1)
    assert codes(tests) == {
        ("collection-error", "test/lacks.js", 4), ("test-failed", "test/sum.js", 10),
        ("test-failed", "test/sum.js", 0), ("collection-error", "test/quits.js", 0),
    }  # fmt: skip
