"""Which files of a Node project are judged, and what its environment is known by."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autonomous_coder.languages.base import (
    EnvironmentPlan,
    Interpreter,
    ProjectView,
    Toolbox,
    Toolchain,
)
from autonomous_coder.languages.node import JAVASCRIPT
from autonomous_coder.languages.node.layout import read_layout
from autonomous_coder.languages.node.manifest import read_workspace
from autonomous_coder.languages.sources import Import, SourceFact, SourceFacts
from validating import build_file_tree

BUILDS = '{"scripts": {"build": "tsc"}}'
PLAIN = '{"name": "plain"}'


def _view(root: Path, files: dict[str, str]) -> ProjectView:
    build_file_tree(root, files)
    return ProjectView(root, tuple(sorted(files)))


def _left_out(root: Path, files: dict[str, str], imports: dict[str, str]) -> dict[str, int]:
    project = _view(root, {"src/a.ts": "", **files})
    facts = SourceFacts(
        {p: SourceFact(p, "typescript", imports=(Import(m, 1, 1),)) for p, m in imports.items()}
    )  # fmt: skip
    return dict(read_layout(project, read_workspace(project), facts).outputs)


@pytest.mark.parametrize(
    ("files", "imports", "expected"),
    [
        # What a build wrote, kept or not.
        ({"package.json": BUILDS, "dist/a.js": "", "dist/a.d.ts": ""}, {}, {"dist": 2}),
        ({"package.json": PLAIN, "tsconfig.json": '{"compilerOptions": {"outDir": "./out"}}',
          "out/a.js": ""}, {}, {"out": 1}),
        ({"package.json": PLAIN, ".gitignore": "coverage\n", "coverage/x.js": ""}, {},
         {"coverage": 1}),
        ({"package.json": PLAIN, "p/a/package.json": BUILDS, "p/a/dist/x.js": ""}, {},
         {"p/a/dist": 1}),
        ({"package.json": '{"dependencies": {"next": "15"}}', ".next/types/x.ts": ""}, {},
         {".next": 1}),
        ({"package.json": BUILDS, ".gitignore": "/build/\n", "build/x.js": "", "build/y.ts": ""},
         {"src/a.ts": "../build/x.js"}, {"build": 2}),
        ({"package.json": BUILDS, "dist/a.js": "", "bin/run.js": ""},
         {"bin/run.js": "../dist/a.js"}, {"dist": 1}),
        # What only lies in a directory of that name.
        ({"package.json": BUILDS, "src/build/x.js": "", "lib/out/y.js": ""}, {}, {}),
        ({"package.json": PLAIN, "build/tool.js": ""}, {}, {}),
        ({"package.json": BUILDS, "build/tool.ts": "", "build/tool.js": ""}, {}, {}),
        ({"package.json": BUILDS, "build/other.js": ""}, {"src/a.ts": "../build/other.js"}, {}),
        ({"package.json": PLAIN, ".gitignore": "build\n", "build/other.js": ""},
         {"src/a.ts": "../build/other"}, {}),
        ({"package.json": '{"main": "build/x.js"}', ".gitignore": "build\n", "build/x.js": ""},
         {}, {}),
        ({"package.json": PLAIN, ".next/x.js": ""}, {"src/a.ts": "../.next/x.js"}, {}),
        ({"package.json": PLAIN, "src/package.json": "{}", "src/build/x.js": ""}, {}, {}),
    ],
)  # fmt: skip
def test_only_what_a_build_made_is_left_out(
    tmp_path: Path, files: dict[str, str], imports: dict[str, str], expected: dict[str, int]
) -> None:
    assert _left_out(tmp_path, files, imports) == expected


def test_where_all_code_lies_in_build_output_that_is_judged(tmp_path: Path) -> None:
    project = _view(tmp_path, {"package.json": BUILDS, "dist/a.js": "", "dist/b.min.js": ""})
    layout = read_layout(project, read_workspace(project), SourceFacts())
    assert (layout.sources, layout.note) == (("dist/a.js",), "")


def test_environments_of_different_archives_are_different(tmp_path: Path) -> None:
    node = Toolchain("node", "20.0.0", {"node": "/usr/bin/node", "npm": "/usr/bin/npm"})
    toolbox = Toolbox(Interpreter(sys.executable, (3, 11, 0)), {}, {}, toolchains={"node": node})
    text = '{"dependencies": {"a": "file:a.tgz"}}'
    project = _view(tmp_path, {"package.json": text, "a.tgz": ""})
    keys = []
    for content in (b"\x1f\x8b\xff", b"\x1f\x8b\xfe"):
        (tmp_path / "a.tgz").write_bytes(content)
        plan = JAVASCRIPT.environment(project, toolbox, offline=True)
        assert isinstance(plan, EnvironmentPlan)
        keys.append(plan.key_parts)
    assert keys[0] != keys[1]
