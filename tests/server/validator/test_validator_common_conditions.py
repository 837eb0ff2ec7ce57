"""Conditions of Go and Rust files: what they keep out is known without a toolchain."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from autonomous_coder.languages.base import Interpreter, ProjectView, Toolbox, Toolchain
from autonomous_coder.languages.common.conditions import ALWAYS, possible
from autonomous_coder.languages.go import constraints
from autonomous_coder.languages.go.constraints import Reach
from autonomous_coder.languages.go.toolchain import Choices
from autonomous_coder.languages.rust import conditions as rust
from validating import build_file_tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="speaks of Linux")

RULES = {
    "a/plain.go": "",
    "a/linux.go": "linux && !custom",
    "a/new.go": "go1.18",
    "a/a_linux.go": "",
    "a/a_windows.go": "",
    "a/a_js_wasm_test.go": "",
    "a/linux_later.go": "windows || darwin",
    "a/future.go": "go1.999",
    "a/checked.go": "race",
    "a/script.go": "ignore",
    "a/odd_script.go": "ignore && linux",
    "a/tools.go": "tools",
    "a/tag.go": "custom",
    "a/tags.go": "(one || two) && !three",
    "a/never.go": "custom && !custom",
    "a/nonsense.go": "custom &&",
    "nested/tag.go": "custom",
}


def test_go_files_that_are_left_out_are_told_apart(tmp_path: Path) -> None:
    root = build_file_tree(
        tmp_path,
        {
            path: (f"//go:build {rule}\n\n" if rule else "") + "package a\n\n//go:build ignore\n"
            for path, rule in RULES.items()
        }
        | {"go.mod": "module a\n", "nested/go.mod": "module b\n"},
    )
    project = ProjectView(root, tuple(sorted([*RULES, "go.mod", "nested/go.mod"])))
    toolbox = Toolbox(
        Interpreter(sys.executable, (3, 11, 0)), {}, {},
        toolchains={"go": Toolchain("go", version="1.26.1", programs={"go": "/go"})},
    )  # fmt: skip
    left = constraints.left_out(project, Choices(), toolbox)
    assert {one.path.removeprefix("a/"): one.reach for one in left} == {
        "a_windows.go": Reach.PLATFORM,
        "a_js_wasm_test.go": Reach.PLATFORM,
        "linux_later.go": Reach.PLATFORM,
        "future.go": Reach.PLATFORM,
        "checked.go": Reach.PLATFORM,
        "script.go": Reach.SCRIPT,
        "odd_script.go": Reach.SCRIPT,
        "tools.go": Reach.SCRIPT,
        "tag.go": Reach.TAGS,
        "tags.go": Reach.TAGS,
        "never.go": Reach.NEVER,
        "nonsense.go": Reach.NEVER,
    }
    assert {one.tags: one.paths for one in constraints.rounds(left)} == {
        ("custom",): ("a/tag.go",),
        ("one", "two"): ("a/tags.go",),
    }


def test_any_text_is_a_condition() -> None:
    chance = random.Random(3)
    pieces = [
        "all(",
        "any(",
        "not(",
        ")",
        ",",
        "=",
        '"x"',
        "unix",
        "&&",
        "||",
        "!",
        "(",
        " ",
        "\\",
        "é",
    ]
    for _ in range(2_000):
        text = "".join(chance.choices(pieces, k=chance.randrange(12)))
        for condition in (rust.parse(text), constraints.parse(text)):
            possible(condition, lambda word: rust.meaning(word, frozenset()))
            rust.shown(condition)
    for deep in ("not(" * 5_000, "(" * 5_000, "!" * 5_000 + "x"):
        rust.parse(deep)
        constraints.parse(deep)
    assert rust.shown(rust.parse('all(feature = "a", not(windows))')) == (
        'all(feature = "a", not(windows))'
    )
    assert rust.shown(ALWAYS) == ""
