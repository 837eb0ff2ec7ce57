"""Go projects in the sandbox: what is right passes, what is wrong is found where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.languages.go import GO
from autonomous_coder.models.validation import CheckStatus, Severity, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings, ValidationSettings
from validating import build_file_tree, codes, no_registry, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox, pytest.mark.slow]

CHECKS = ("syntax", "dependencies", "build", "lint", "tests", "format")

SOUND = {
    "go.mod": "module example.com/sound\n\ngo 1.24\n\ntoolchain go1.99.0\n",
    # The user's and the project's settings count nowhere.
    "go.env": "GOFLAGS=-tags=never\n",
    "cmd/greet/main.go": """
        // Command greet says hello.
        package main

        import (
        \t"fmt"

        \t"example.com/sound/greeting"
        )

        //go:generate sh -c "echo ran > /project/greeting/generated.go"

        func main() {
        \tfmt.Println(greeting.Hello("you"))
        }
        """,
    "greeting/greeting.go": """
        // Package greeting greets.
        package greeting

        // Hello greets by name.
        func Hello(name string) string {
        \treturn "hello " + name
        }
        """,
    "greeting/greeting_test.go": """
        package greeting

        import (
        \t"fmt"
        \t"testing"
        )

        func TestHello(t *testing.T) {
        \tfmt.Println("--- FAIL: TestInvented (0.00s)")
        \tfmt.Println(`{"Action":"fail","Package":"example.com/sound/greeting","Test":"TestTold"}`)
        \tfor _, name := range []string{"a", "b c"} {
        \t\tt.Run(name, func(t *testing.T) {
        \t\t\tif Hello(name) != "hello "+name {
        \t\t\t\tt.Error("wrong")
        \t\t\t}
        \t\t})
        \t}
        }
        """,
}

FAULTY = {
    "go.mod": """
        module example.com/faulty

        go 1.24
        """,
    "a/a.go": """
        package a

        import "os"

        func A() int {
        \tvar x int = "s"
        \treturn y
        }
        """,
    "b/b.go": """
        package b

        import "example.org/none/such"

        func B() { such.X() }
        """,
    "c/c.go": """
        package c

        import "fmt"

        func  C() {
        \tfmt.Printf("%d\\n", "text")
        }
        """,
    "forged/forged_test.go": """
        package forged

        import (
        \t"os"
        \t"testing"
        )

        func TestMain(m *testing.M) { os.Exit(0) }

        func TestNeverRun(t *testing.T) { t.Fatal("it ran") }
        """,
    "hidden/hidden.go": "package hidden\n",
    "hidden/hidden_test.go": """
        //go:build ignore

        package hidden

        import "testing"

        func TestHidden(t *testing.T) { t.Fatal("never built") }
        """,
    "tested/tested.go": """
        package tested

        // Broken dereferences nil.
        func Broken(p *int) int {
        \treturn *p
        }
        """,
    "tested/tested_test.go": """
        package tested

        import "testing"

        func TestFails(t *testing.T) {
        \tt.Log("first")
        \tt.Errorf("got %d", 1)
        }

        func TestPanics(t *testing.T) {
        \tBroken(nil)
        }

        func TestAfter(t *testing.T) {}
        """,
    "untested/compile_test.go": """
        package untested

        import "testing"

        func TestX(t *testing.T) { missing() }
        """,
}


APART = {
    "go.mod": "module example.com/apart\n\ngo 1.24\n",
    "a/a.go": "package a\n\n// A is one.\nfunc A() int { return 1 }\n",
    "a/a_windows.go": "package a\n\nvar w = missing\n",
    "a/a_plan9_test.go": 'package a\n\nimport "testing"\n\nfunc TestPlan(t *testing.T) {}\n',
    # Both cannot be built at once, and each is right by itself.
    "a/one.go": """
        //go:build one && !two

        package a

        import "fmt"

        // Same is said twice.
        func Same() { fmt.Printf("%d\\n", "text") }
        """,
    "a/two.go": "//go:build two\n\npackage a\n\n// Same is said twice.\nfunc Same() {}\n",
    "a/one_test.go": """
        //go:build one

        package a

        import "testing"

        func TestOne(t *testing.T) { Same() }

        func TestWrong(t *testing.T) { t.Fatal("it ran") }
        """,
    "a/live_test.go": """
        //go:build integration

        package a

        import "testing"

        func TestLive(t *testing.T) { t.Fatal("nobody is there") }
        """,
    "hidden/hidden.go": '//go:build custom\n\npackage hidden\n\nvar number int = "text"\n',
    "never/never.go": "//go:build custom && !unix && unix\n\npackage never\n",
    "hack/generate.go": "//go:build ignore\n\npackage main\n\nfunc main() { missing() }\n",
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One compiled standard library for all."""
    return tmp_path_factory.mktemp("go-cache")


def go_validator(cache: Path) -> ValidatorEngine:
    """Go without network."""
    return ValidatorEngine(
        Sandbox(SandboxSettings(), cache), ValidationSettings(), {"go": GO}, cache, no_registry
    )


async def checked(cache: Path, root: Path) -> ValidationReport:
    return await go_validator(cache).validate(root, checks=CHECKS)


@pytest.mark.thorough
async def test_a_sound_project_passes_and_what_it_prints_or_sets_changes_nothing(
    tmp_path: Path, cache: Path
) -> None:
    root = build_file_tree(tmp_path / "p", SOUND)
    report = await checked(cache, root)
    assert report.passed, [(c.name, c.reason, c.diagnostics) for c in report.checks]
    assert [d for d in report.diagnostics() if d.severity is not Severity.INFO] == []
    tests = result_of(report, "tests")
    assert set(tests.passed_tests) == {
        "greeting/greeting_test.go::TestHello",
        "greeting/greeting_test.go::TestHello/a",
        "greeting/greeting_test.go::TestHello/b_c",
    }
    assert "could forge" in tests.reason
    assert not (root / "greeting/generated.go").exists()


@pytest.mark.thorough
async def test_every_fault_is_found_at_its_line(tmp_path: Path, cache: Path) -> None:
    report = await checked(cache, build_file_tree(tmp_path / "p", FAULTY))
    assert not report.passed
    assert ("undeclared-import", "b/b.go", 3) in codes(result_of(report, "dependencies"))
    assert codes(result_of(report, "build")) == {
        ("undeclared-import", "b/b.go", 3),
        ("unused-import", "a/a.go", 3),
        ("unused-variable", "a/a.go", 6),
        ("type-mismatch", "a/a.go", 6),
        ("undefined", "a/a.go", 7),
    }
    lint = codes(result_of(report, "lint"))
    assert ("printf", "c/c.go", 6) in lint
    assert ("does-not-compile", "untested/compile_test.go", 5) in lint
    assert ("unformatted", "c/c.go", 5) in codes(result_of(report, "format"))
    tests = result_of(report, "tests")
    assert tests.status is CheckStatus.FAILED
    assert codes(tests) >= {
        ("test-not-reported", "forged/forged_test.go", 10),
        ("tests-left-out", "hidden/hidden_test.go", 1),
        ("failed", "tested/tested_test.go", 7),
        ("panic", "tested/tested.go", 5),
        ("not-run", "tested/tested_test.go", 14),
        ("undefined", "untested/compile_test.go", 5),
    }


@pytest.mark.thorough
async def test_code_behind_build_tags_is_built_and_tested_or_named(
    tmp_path: Path, cache: Path
) -> None:
    root = build_file_tree(tmp_path / "p", APART)
    report = await go_validator(cache).validate(root, checks=("build", "lint", "tests"))
    build = result_of(report, "build")
    assert build.status is CheckStatus.FAILED
    assert codes(build) == {
        ("other-platform", "a/a_windows.go", 1),
        ("type-mismatch", "hidden/hidden.go", 5),
        ("never-built", "never/never.go", 1),
        ("script", "hack/generate.go", 1),
    }
    harmless = {d.code for d in build.diagnostics if d.severity is Severity.INFO}
    assert harmless == {"other-platform", "script"}
    assert "a/a_windows.go, hack/generate.go, never/never.go" in build.reason
    assert ("printf", "a/one.go", 8) in codes(result_of(report, "lint"))
    tests = result_of(report, "tests")
    assert codes(tests) == {
        ("failed", "a/one_test.go", 9),
        ("tests-left-out", "a/live_test.go", 1),
        ("tests-left-out", "a/a_plan9_test.go", 1),
    }
    assert tests.passed_tests == ["a/one_test.go::TestOne"]
    assert tests.skipped_tests == ["a/a_plan9_test.go::TestPlan", "a/live_test.go::TestLive"]
    assert "2 tests were not run" in tests.reason

    # Tests that are all left out are none, and so are those that all pass themselves over.
    skips = 'package a\n\nimport "testing"\n\nfunc TestSkip(t *testing.T) { t.Skip("later") }\n'
    kept = ("go.mod", "a/a.go", "a/live_test.go")
    root = build_file_tree(
        tmp_path / "q", {name: APART[name] for name in kept} | {"a/skip_test.go": skips}
    )
    tests = result_of(await go_validator(cache).validate(root, checks=("tests",)), "tests")
    assert tests.status is CheckStatus.FAILED
    assert codes(tests) == {("tests-left-out", "a/live_test.go", 1), ("no-tests", "", 0)}


async def test_what_go_cannot_work_on_is_told_plainly(tmp_path: Path, cache: Path) -> None:
    code = {"a.go": "package a\n"}
    newer = await checked(
        cache, build_file_tree(tmp_path / "newer", code | {"go.mod": "module a\n\ngo 1.99\n"})
    )
    build = result_of(newer, "build")
    assert build.status is CheckStatus.NOT_RUN
    assert "asks for Go 1.99" in build.reason
    assert result_of(newer, "dependencies").status is CheckStatus.INFRASTRUCTURE
    assert not newer.complete
    outside = "module a\n\ngo 1.24\n\nrequire x.org/y v1.0.0\n\nreplace x.org/y => ../../y\n"
    away = await checked(cache, build_file_tree(tmp_path / "away", code | {"go.mod": outside}))
    assert codes(result_of(away, "dependencies")) == {("replace-outside", "go.mod", 7)}
    bare = await checked(cache, build_file_tree(tmp_path / "bare", code))
    assert codes(result_of(bare, "dependencies")) == {("no-go-mod", "", 0)}
    # Without network nothing can be downloaded, which is not the project's fault.
    wants = "module a\n\ngo 1.24\n\nrequire x.org/y v1.0.0\n"
    lacking = await checked(cache, build_file_tree(tmp_path / "wants", code | {"go.mod": wants}))
    assert result_of(lacking, "dependencies").status is CheckStatus.INFRASTRUCTURE


@pytest.mark.thorough
async def test_vendored_modules_are_used_and_must_fit(tmp_path: Path, cache: Path) -> None:
    files = {
        "go.mod": "module example.com/v\n\ngo 1.24\n\nrequire x.org/y v1.0.0\n",
        "v.go": 'package v\n\nimport "x.org/y"\n\n// V is Y.\nvar V = y.Y\n',
        "vendor/modules.txt": "# x.org/y v1.0.0\n## explicit; go 1.24\nx.org/y\n",
        "vendor/x.org/y/y.go": "package y\n\n// Y is one.\nconst Y = 1\n",
    }
    report = await checked(cache, build_file_tree(tmp_path / "fits", files))
    assert report.passed, [(c.name, c.reason, c.diagnostics) for c in report.checks]
    files["vendor/modules.txt"] = "# x.org/y v1.0.1\n## explicit; go 1.24\nx.org/y\n"
    report = await checked(cache, build_file_tree(tmp_path / "unfit", files))
    assert codes(result_of(report, "dependencies")) == {
        ("vendor-out-of-step", "vendor/modules.txt", 1)
    }
    assert not report.passed
