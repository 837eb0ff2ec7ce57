"""What is read from a Node project's files and from what its tools print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.languages.base import InstallVerdict, Package, ProjectView
from autonomous_coder.languages.node import JAVASCRIPT, TYPESCRIPT
from autonomous_coder.languages.node.building import missing_entries
from autonomous_coder.languages.node.dependencies import package_of
from autonomous_coder.languages.node.installing import judge, lock_identity
from autonomous_coder.languages.node.manifest import load_jsonc, read_workspace
from autonomous_coder.languages.node.ranges import fits
from autonomous_coder.languages.node.reports import read_jest, read_lines
from autonomous_coder.languages.node.testing import matching
from autonomous_coder.languages.node.types import parse
from autonomous_coder.models.execution import Outcome, SandboxLevel
from validating import build_file_tree


def _view(root: Path, files: dict[str, str]) -> ProjectView:
    build_file_tree(root, files)
    return ProjectView(root, tuple(sorted(files)))


def _npm(stderr: str, code: int = 1, refused: tuple[str, ...] = ()) -> tuple[InstallVerdict, str]:
    said = stderr.encode()
    return judge(Outcome(code, b"", said, 1.0, SandboxLevel.L3, refused_hosts=refused))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["package.json", "src/a.ts"], "typescript"),
        (["package.json", "tsconfig.json", "a.js"], "typescript"),
        (["package.json", "src/a.js", "vitest.config.ts", "types/a.d.ts"], "javascript"),
        (["package.json", "src/a.js", ".next/types/a.ts"], "javascript"),
        (["package.json", "src/a.js", "dist/a.ts"], "typescript"),
        (["package.json", "src/a.js", "src/build/a.ts"], "typescript"),
        (["package.json"], "javascript"),
        (["a.mjs"], "javascript"),
        (["a.py", "pyproject.toml"], ""),
    ],
)
def test_typed_sources_make_a_project_typescript(files: list[str], expected: str) -> None:
    found = [language.name for language in (TYPESCRIPT, JAVASCRIPT) if language.detect(files)]
    assert found == ([expected] if expected else [])
    assert LANGUAGES["typescript"] is TYPESCRIPT


def test_settings_with_comments_are_read_and_faults_keep_their_places() -> None:
    text = '{\n  // "a": 1,\n  "b": "// no", /* c */\n  "d": [1, 2,],\n}\n'
    assert load_jsonc(text) == ({"b": "// no", "d": [1, 2]}, None)
    fault = load_jsonc('{\n  // x\n  "a": ]\n}')[1]
    assert fault is not None
    assert fault[:2] == (3, 8)
    assert load_jsonc("[" * 100_000)[1] is not None


@pytest.mark.parametrize(
    ("version", "wanted", "fitting"),
    [
        ((20, 20, 2), ">=20", True),
        ((20, 20, 2), "^20.19.0 || >=22.12.0", True),
        ((20, 20, 2), ">=22.12.0", False),
        ((20, 20, 2), ">=18 <20", False),
        ((20, 20, 2), "20.x", True),
        ((20, 20, 2), "~20.19", False),
        ((20, 20, 2), "18 - 20", True),
        ((20, 20, 2), ">20", False),
        ((20, 20, 2), "<=20", True),
        ((20, 20, 2), "*", True),
        ((20, 20, 2), "lts/*", True),
        ((0, 2, 9), "^0.2.3", True),
        ((0, 3, 0), "^0.2.3", False),
    ],
)
def test_ranges_are_read_as_npm_reads_them(
    version: tuple[int, ...], wanted: str, *, fitting: bool
) -> None:
    assert fits(version, wanted) is fitting


def test_what_npm_says_is_blamed_on_whom_it_concerns() -> None:
    conflict = (
        "npm error code ERESOLVE\nnpm error ERESOLVE unable to resolve dependency tree\nnpm error\n"
        "npm error While resolving: x@1.0.0\nnpm error Found: react@19.1.0\n"
        'npm error node_modules/react\nnpm error   react@"^19" from the root project\nnpm error\n'
        'npm error Could not resolve dependency:\nnpm error peer react@"^18.0.0" from old@1.2.3\n'
    )
    assert _npm(conflict) == (
        InstallVerdict.PROJECT,
        "old@1.2.3 wants react@^18.0.0 beside it, and the project brings react@19.1.0",
    )
    missing = "npm error code E404\nnpm error 404 Not Found - GET nope - Not found\n"
    assert _npm(missing)[0] is InstallVerdict.PROJECT
    out = (
        "npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when your"
        " package.json and package-lock.json or npm-shrinkwrap.json are in sync.\n"
        "npm error Missing: ms@2.1.3 from lock file\n"
    )
    assert _npm(out)[0] is InstallVerdict.OUT_OF_STEP
    for text in ("npm error code ENOTFOUND\n", "npm error code ECONNREFUSED\n", "nonsense", ""):
        assert _npm(text)[0] is InstallVerdict.INFRASTRUCTURE
    assert _npm(missing, refused=("a.example",))[0] is InstallVerdict.INFRASTRUCTURE
    assert _npm("", 0)[0] is InstallVerdict.OK


def test_a_lock_tells_what_would_be_installed(tmp_path: Path) -> None:
    lock = {
        "name": "x",
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "x", "version": "1.0.0", "dependencies": {"ms": "^2.0.0"}},
            "node_modules/ms": {"version": "2.1.3", "integrity": "sha512-x"},
            "node_modules/a/node_modules/@s/b": {"version": "1.0.0"},
            "node_modules/alias": {"name": "real", "version": "3.0.0"},
            "node_modules/own": {"resolved": "packages/own", "link": True},
            "packages/own": {"version": "0.0.1"},
            "node_modules/git": {"version": "1.0.0", "resolved": "git+ssh://git@a.example/b.git"},
            "node_modules/odd": 7,
        },
    }
    manifest = '{"name": "x", "dependencies": {"ms": "^2.0.0"}}'
    files = {"package.json": manifest, "package-lock.json": json.dumps(lock, indent=2)}
    found = JAVASCRIPT.packages(_view(tmp_path, files))
    assert found == [
        Package("npm", "ms", "2.1.3", True, "package-lock.json", 12),
        Package("npm", "@s/b", "1.0.0", False, "package-lock.json", 16),
        Package("npm", "real", "3.0.0", False, "package-lock.json", 19),
    ]
    renamed = json.loads(json.dumps(lock).replace('"x"', '"y"'))
    assert lock_identity(json.dumps(renamed)) == lock_identity(json.dumps(lock))
    files = {"package.json": "[]", "package-lock.json": "{nonsense"}
    assert TYPESCRIPT.packages(_view(tmp_path / "odd", files)) == []


def test_declaring_keeps_indentation_and_the_order_of_keys() -> None:
    text = (
        '{\n\t"name": "x",\n\t"dependencies": {\n\t\t"ms": "^2.0.0"\n\t},\n\t"type": "module"\n}\n'
    )
    changed = JAVASCRIPT.declare(text, "hono", "4.7.0", development=False)
    assert changed == text.replace(
        '\t\t"ms": "^2.0.0"', '\t\t"hono": "^4.7.0",\n\t\t"ms": "^2.0.0"'
    )
    assert JAVASCRIPT.declare(changed, "hono", "5.0.0", development=False) == changed
    assert JAVASCRIPT.declare(changed, "hono", "5.0.0", development=True) == changed
    added = json.loads(JAVASCRIPT.declare(text, "vitest", "3.2.0", development=True))
    assert added["devDependencies"] == {"vitest": "^3.2.0"}
    moved = JAVASCRIPT.declare(json.dumps(added), "vitest", "3.2.0", development=False)
    assert json.loads(moved)["devDependencies"] == {}
    with pytest.raises(InvalidInputError):
        JAVASCRIPT.declare("nonsense", "ms", "1.0.0", development=False)


def test_an_import_names_a_package_or_none() -> None:
    named = {m: package_of(m) for m in ("ms", "@a/b/c", "lodash/fp", "react/jsx-runtime?x")}
    assert named == {
        "ms": "ms",
        "@a/b/c": "@a/b",
        "lodash/fp": "lodash",
        "react/jsx-runtime?x": "react",
    }
    for module in ("./a", "../b", "/c", "node:fs", "fs/promises", "#own", "@/x", "virtual:y", ""):
        assert package_of(module) == ""


def test_reports_of_runners_are_read_and_nonsense_is_no_report(tmp_path: Path) -> None:
    project = _view(tmp_path, {"a.test.js": "x\n", "package.json": "{}\n"})
    jest = {
        "testResults": [
            {
                "name": "/project/a.test.js",
                "status": "failed",
                "assertionResults": [
                    {"ancestorTitles": ["of"], "title": "one 1", "status": "passed"},
                    {"ancestorTitles": ["of"], "title": "one 2", "status": "failed",
                     "failureMessages": ["Error: no\n    at /project/a.test.js:1:5"]},
                    {"title": "later", "status": "todo"},
                ],
            },
            7,
        ]
    }  # fmt: skip
    report = read_jest(json.dumps(jest).encode(), project)
    assert report.complete
    outcomes = {i: r.outcome for i, r in report.results.items()}
    assert outcomes == {
        "a.test.js::of > one 1": "passed",
        "a.test.js::of > one 2": "failed",
        "a.test.js::later": "skipped",
    }
    assert len(matching("a.test.js::of > one %i", report)) == 2
    assert matching("a.test.js::of > other", report) == []
    for data in (b"", b"[]", b'{"testResults": 1}', b"\xff\xfe", b"[" * 100_000):
        assert not read_jest(data, project).complete
        assert not read_lines(data, project).complete
    assert read_lines(b'{"kind": "test", "names": 1}\n{"kind": "end"}\n', project).results == {}


def test_what_tsc_prints_is_found_with_its_place() -> None:
    text = (
        "src/a.ts(2,7): error TS2322: Type 'number' is not assignable.\n  Because of this.\n"
        "error TS18003: No inputs were found.\n/project/src/a.ts\nnonsense(1): error\n"
    )
    found, listed = parse(text)
    assert [(f.get("path"), f.get("line"), f["code"], f["message"]) for f in found] == [
        ("src/a.ts", "2", "2322", "Type 'number' is not assignable. Because of this."),
        (None, None, "18003", "No inputs were found."),
    ]
    assert listed == ["/project/src/a.ts"]


def test_every_manifest_below_the_top_is_a_member(tmp_path: Path) -> None:
    files = {
        "package.json": '{"workspaces": ["p/*"], "devDependencies": {"vitest": "1"}}',
        "p/a/package.json": '{"name": "a", "dependencies": {"ms": "1", "odd": 7}}',
        "p/a/src/x.ts": "",
    }
    workspace = read_workspace(_view(tmp_path, files))
    assert workspace.of("p/a/src/x.ts").name == "a"
    assert workspace.of("x.ts") is workspace.root
    assert workspace.members[0].dependencies == {"ms": "1"}
    assert workspace.uses("ms")
    assert not workspace.uses("odd")


@pytest.mark.parametrize(
    ("versions", "missing"),
    [
        ({}, True),
        ("nonsense", True),
        ({">=4": {"*": ["gone/*"]}, "*": "x", "<3": {"other.d.ts": ["old/*"]}}, True),
        ({">=4": {"*": ["gone/*", "old/*"]}}, False),
        ({">=4": {"dist/index.d.ts": ["old/types"]}}, False),
        ({">=4": {"dist/*": ["old/*"]}}, False),
    ],
)
def test_types_are_promised_where_a_map_by_compiler_version_says(
    tmp_path: Path, versions: object, missing: bool
) -> None:
    manifest = {"types": "dist/index.d.ts", "typesVersions": versions}
    files = {
        "package.json": json.dumps(manifest),
        "old/dist/index.d.ts": "",
        "old/types.d.ts": "",
        "old/index.d.ts": "",
    }
    build_file_tree(tmp_path, files)
    project = ProjectView(tmp_path, tuple(sorted(files)))
    found = missing_entries(project, read_workspace(project), {}, "typescript")
    assert [d.code for d in found] == ["missing-entry"] * missing
