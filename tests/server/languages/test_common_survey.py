"""What tree-sitter tells about files of five languages, in one run inside the sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from autonomous_coder.languages.base import (
    CheckPlan,
    NotApplicable,
    ProjectView,
    Steps,
    Survey,
    Toolbox,
)
from autonomous_coder.languages.common.performance import performance_plan
from autonomous_coder.languages.common.survey import judged, survey_sources
from autonomous_coder.languages.sources import SourceFact, SourceFacts, is_template
from autonomous_coder.models.validation import CheckResult, CheckStatus
from validating import InstalledPython, build_file_tree, codes, make_validator, result_of

pytestmark = pytest.mark.anyio

SUFFIXES = (".ts", ".tsx", ".js", ".jsx", ".vue", ".go", ".rs", ".java")
BRANCHES = "\n".join(f"  if (n === {i} && m) {{ return {i}; }}" for i in range(9))
GOOD = {
    "src/a.ts": f"""import React, {{ type FC }} from "react";
import type {{ Deep }} from './deep/types';
import {{ type Only }} from 'only-types';
import fs = require('node:fs');
export * from "./all";
const lazy = await import('lazy-one');
const old = require('old-one');
const dynamic = require(name);
export const {{ one, two: three }} = lazy;
export interface Shape {{ a: number }}
export function busy(n: number, m: boolean) {{
{BRANCHES}
  return n ?? 0;
}}
async function slow(urls: string[]) {{
  for (const url of urls) {{
    await fetch(url);
  }}
}}
""",
    "src/view.tsx": "export const View = () => <p>hi</p>;\n",
    "src/App.vue": (
        "<template><p>{{ x }}</p></template>\n"
        '<script setup lang="ts">\nimport x from "./x";\n</script>\n'
    ),
    "src/a.test.ts": """import { describe, it, expect, test } from 'vitest';
describe('sums', () => {
  it('adds', () => { expect(1 + 1).toBe(2); expect(2).toBe(2); });
  describe('deep', () => {
    it.each([[1], [2]])('takes %i', (n) => { expect(n).toBeTruthy(); });
    it.skip('later', () => { expect(1).toBe(1); });
  });
});
test.todo('write me');
test('empty', () => {});
function helper() { it('not by itself', () => {}); }
for (const name of ['a', 'b']) it(name, () => {});
""",
    "types/a.d.ts": "export declare const a: { f(x: number): import('./i.js').T[]; };\n",
    "src/only.test.js": """const { test } = require('@jest/globals');
test.only('chosen', () => { expect(1).toBe(1) });
test('left out', () => { expect(1).toBe(1) });
""",
    "test/node.test.js": """import test from 'node:test';
import assert from 'node:assert';
test('works', { skip: true }, (t) => { assert.equal(1, 1); t.assert.ok(1); });
""",
    "src/regex.js": "if (pattern.test('x')) { it('is code', () => {}); }\n",
    "pkg/a_test.go": """package pkg

import (
	"net/http"
	x "testing"
)

func TestSum(t *testing.T) {
	t.Run("two numbers", func(t *testing.T) {
		if 1+1 != 2 {
			t.Fatalf("bad")
		}
		assert.Equal(t, 1, 1)
	})
	t.Run(name, func(t *testing.T) {})
}

func TestLater(t *testing.T) {
	t.Skip("later")
	t.Error("x")
}

func TestShort(t *testing.T) {
	if testing.Short() {
		t.Skip()
	}
	t.Error("x")
}

func Testify(t *testing.T) {}
func TestMain(m *testing.M) {}
""",
    "pkg/a.go": """package pkg

func join(parts []string) string {
	out := ""
	for _, part := range parts {
		out += part + ", "
		defer close(part)
	}
	return out
}

type Thing struct{}
""",
    "src/lib.rs": """use std::{io, fmt::Display};
use serde::de as d;
extern crate rand;
mod other;

pub fn f() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() { assert_eq!(1 + 1, 2); assert!(true); }

    #[tokio::test]
    #[ignore = "slow"]
    async fn waits() { panic!("x"); }

    #[test]
    #[should_panic(expected = "x")]
    fn panics() { f(); }

    fn helper() {}
}
""",
    "src/test/java/p/BTest.java": """package p;

import static org.junit.jupiter.api.Assertions.assertEquals;
import java.util.*;

class BTest {
    @Test
    void adds() { assertEquals(2, 1 + 1); verify(mock).run(); }

    @Nested
    class Inner {
        @ParameterizedTest
        @ValueSource(ints = {1})
        @Disabled("later")
        void takes(int n) { assertThat(n).isEqualTo(1); }
    }
}
""",
    "src/main/java/p/Main.java": """package p;

class Main {
    void grow() {
        String s = "";
        for (int i = 0; i < 3; i++) {
            s += "x" + i;
            Pattern.compile("a+");
        }
    }
}
""",
}
BAD = {
    "a.ts": "export function a(): number {\n  const x = = 5;\n  return x;\n}\n",
    "b.ts": "function a() {\n  if (x) {\n    return 1;\n\n}\nfunction b() { return 2 }\n",
    "c.js": 'const s = "unterminated;\nconst t = 1;\n',
    "d.js": "const é = { a: 1 b: 2 };\n",
    "g.go": 'package main\n\nfunc main() {\n\tfmt.Println("a"\n}\n',
    "i.rs": 'fn main() {\n    let x = 5\n    println!("{}", x);\n}\n',
    "k.java": "class A {\n    void f() {\n        int x = 5\n        g();\n    }\n}\n",
    "l.java": "class A {\n    void f() {\n        if (true) {\n            g();\n    }\n}\n",
    "m.ts": "class A {\n  foo() { return 1; }\n}}\n",
    "n.go": "package main\n\nvar x = \xff\n",
    "deep.js": "x = " + "[" * 20_000 + "]" * 20_000 + ";\n",
}
PLACES = {
    "a.ts": (2, 13, "unexpected '='"),
    "b.ts": (2, 10, "'{' is never closed"),
    "c.js": (1, 11, "never closed"),
    "d.js": (1, 18, "b: 2"),
    "g.go": (4, 13, "')' is missing"),
    "i.rs": (2, 13, ""),
    "k.java": (3, 17, ""),
    "l.java": (3, 19, "'}' is missing"),
    "m.ts": (3, 2, "unexpected '}'"),
}


class Surveyed(InstalledPython):
    """A language that only surveys, with what it found kept for a look."""

    check_names = ("syntax", "performance")
    static_checks = frozenset(check_names)
    suffixes = SUFFIXES
    found: Survey

    def detect(self, files: Sequence[str]) -> bool:
        return True

    def survey(self, project: ProjectView, toolbox: Toolbox) -> Steps[Survey]:
        self.project = project
        self.found = yield from survey_sources(project, toolbox, "many", SUFFIXES)
        return self.found

    def static_plans(
        self, project: ProjectView, survey: Survey, toolbox: Toolbox
    ) -> Sequence[CheckPlan | NotApplicable]:
        return [performance_plan(project, survey.facts, "many")]


async def surveyed(
    tmp_path: Path, files: dict[str, str]
) -> tuple[Surveyed, SourceFacts, CheckResult, CheckResult]:
    language = Surveyed()
    root = build_file_tree(tmp_path / "p", files)
    report = await make_validator(tmp_path / "cache", language=language).validate(root)
    facts = language.found.facts
    assert isinstance(facts, SourceFacts)
    return language, facts, result_of(report, "syntax"), result_of(report, "performance")


def told(fact: SourceFact) -> list[tuple[str, int, bool]]:
    """(name, assertions, skipped)"""
    return [(t.id.removeprefix(f"{fact.path}::"), t.assertions, t.skipped) for t in fact.tests]


async def test_files_of_five_languages_tell_imports_tests_and_what_is_slow(
    tmp_path: Path,
) -> None:
    _, facts, check, performance = await surveyed(tmp_path, GOOD)
    assert check.status is CheckStatus.PASSED, check.diagnostics
    assert (check.files, check.tool) == (len(GOOD), "tree-sitter")
    files = facts.files

    imports = {i.module: i.type_only for i in files["src/a.ts"].imports}
    assert imports == {
        "react": False, "./deep/types": True, "only-types": True, "node:fs": False,
        "./all": False, "lazy-one": False, "old-one": False,
    }  # fmt: skip
    assert {"one", "three", "Shape", "busy", "slow"} <= set(files["src/a.ts"].defines)
    assert {f.name: f.complexity for f in files["src/a.ts"].functions} == {"busy": 20, "slow": 2}
    assert [(i.module, i.line) for i in files["src/App.vue"].imports] == [("./x", 3)]
    assert [i.module for i in files["pkg/a_test.go"].imports] == ["net/http", "testing"]
    assert {i.module for i in files["src/lib.rs"].imports} == {
        "std::io", "std::fmt::Display", "serde::de", "rand", "self::other", "super::*",
    }  # fmt: skip
    java = files["src/test/java/p/BTest.java"]
    assert [i.module for i in java.imports] == [
        "org.junit.jupiter.api.Assertions.assertEquals", "java.util.*",
    ]  # fmt: skip

    assert told(files["src/a.test.ts"]) == [
        ("sums > adds", 2, False), ("sums > deep > takes %i", 1, False),
        ("sums > deep > later", 1, True), ("write me", 0, True), ("empty", 0, False),
        ("${name}", 0, False),
    ]  # fmt: skip
    assert is_template("${name}")
    # The grammar knows no list of an imported type.
    assert [(i.module, i.line, i.type_only) for i in files["types/a.d.ts"].imports] == [
        ("./i.js", 1, True)
    ]
    assert is_template("takes %i")
    assert not is_template("100% of $ 5")
    assert told(files["src/only.test.js"]) == [("chosen", 1, False), ("left out", 1, True)]
    assert told(files["test/node.test.js"]) == [("works", 2, True)]
    assert told(files["src/regex.js"]) == []
    assert told(files["pkg/a_test.go"]) == [
        ("TestSum", 2, False), ("TestSum/two_numbers", 2, False), ("TestLater", 1, True),
        ("TestShort", 1, False),
    ]  # fmt: skip
    assert told(files["src/lib.rs"]) == [
        ("tests::adds", 2, False), ("tests::waits", 1, True), ("tests::panics", 1, False),
    ]  # fmt: skip
    assert told(java) == [("BTest::adds", 2, False), ("BTest$Inner::takes", 1, True)]

    assert performance.informational
    assert codes(performance) == {
        ("complex-function", "src/a.ts", 11), ("await-in-loop", "src/a.ts", 25),
        ("string-in-loop", "pkg/a.go", 6), ("defer-in-loop", "pkg/a.go", 7),
        ("string-in-loop", "src/main/java/p/Main.java", 7),
        ("regex-in-loop", "src/main/java/p/Main.java", 8),
    }  # fmt: skip


async def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path) -> None:
    root = tmp_path / "p"
    root.mkdir()
    for name, text in BAD.items():
        encoding = "latin-1" if name == "n.go" else "utf-8"
        (root / name).write_text(text, encoding=encoding)
    language, _, check, _ = await surveyed(tmp_path, {})
    assert check.status is CheckStatus.FAILED
    first = {d.path: d for d in reversed(check.diagnostics)}
    assert first.keys() == BAD.keys() - {"deep.js"}
    for path, (line, column, said) in PLACES.items():
        got = first[path]
        assert (got.code, got.line) == ("syntax-error", line), got
        assert said in got.message
        assert column in {got.column, got.column + 2}, got
    assert first["n.go"].line == 3

    # A compiler that can read a file has the last word.
    mended = judged(language.found, language.project, "many", {"a.ts"})
    assert {d.path for d in mended.check.diagnostics} == first.keys() - {"a.ts"}
    assert mended.check.status is CheckStatus.FAILED
    mended = judged(language.found, language.project, "many", set(BAD))
    assert mended.check.status is CheckStatus.PASSED


async def test_a_tests_digest_ignores_layout_and_heeds_what_it_does(tmp_path: Path) -> None:
    plain = "test('a', () => { expect(f(1, 2)).toBe('x'); });\n"
    laid_out = 'test("a", () => {\n  // why\n  expect(\n    f(1, 2,)\n  ).toBe("x")\n});\n'
    files = {"a.test.js": plain, "b.test.js": laid_out, "c.test.js": plain.replace("2", "3")}
    _, facts, _, _ = await surveyed(tmp_path, files)
    a, b, c = (facts.files[f].tests[0].body for f in sorted(files))
    assert a == b
    assert a != c
