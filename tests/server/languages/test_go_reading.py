"""What Go's files and tools say, read without running anything; nonsense is survived."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.base import Interpreter, ProjectView, Toolbox
from autonomous_coder.languages.findings import finding
from autonomous_coder.languages.go import (
    GO,
    events,
    installing,
    listing,
    modfile,
    repairing,
    start,
    toolchain,
)
from autonomous_coder.models.execution import Outcome, SandboxLevel
from autonomous_coder.models.validation import Diagnostic, Severity
from validating import build_file_tree

MANIFEST = """
    module "example.com/app" // ours

    go 1.25.1

    require github.com/a/b v1.2.3
    require (
    \tgithub.com/c/d/v2 v2.0.0 // indirect
    \texample.org/local v0.0.0
    )

    replace example.org/local => ./local
    replace github.com/a/b v1.2.3 => github.com/fork/b v1.2.4
    """


def toolbox_without_anything() -> Toolbox:
    return Toolbox(Interpreter("/usr/bin/python3", (3, 11, 0)), {}, {})


def project(root: Path, files: dict[str, str]) -> ProjectView:
    build_file_tree(root, files)
    return ProjectView(root, tuple(sorted(files)))


def test_a_module_file_is_read_with_its_lines_and_replacements(tmp_path: Path) -> None:
    view = project(tmp_path, {"go.mod": MANIFEST})
    about = modfile.read_mod(view)
    assert (about.module, about.go, about.go_line) == ("example.com/app", (1, 25, 1), 3)
    assert [(p.name, p.version, p.direct, p.line) for p in GO.packages(view)] == [
        ("github.com/fork/b", "v1.2.4", True, 5),
        ("github.com/c/d/v2", "v2.0.0", False, 7),
    ]


@pytest.mark.parametrize("text", ["", "\0", "require (", "replace =>", "require a", "go x", '"'])
def test_nonsense_in_a_module_file_is_survived(tmp_path: Path, text: str) -> None:
    assert modfile.read_mod(project(tmp_path, {"go.mod": text})).requirements == ()


def test_a_requirement_is_declared_once_and_the_rest_stays() -> None:
    before = "module x\n\ngo 1.24\n\nrequire (\n\ta.org/b v1.0.0 // keep\n)\n"
    after = GO.declare(before, "c.org/d", "2.1.0", development=False)
    assert after == before.replace("require (\n", "require (\n\tc.org/d v2.1.0\n")
    assert GO.declare(after, "c.org/d", "2.2.0", development=False) == after
    alone = GO.declare("module x\n", "c.org/d", "v1.0.0", development=True)
    assert alone == "module x\n\nrequire c.org/d v1.0.0\n"
    for manifest, name in (("", "c.org/d"), ("module x\n", "a b"), ("module x\n", "-flag")):
        with pytest.raises(InvalidInputError):
            GO.declare(manifest, name, "v1.0.0", development=False)


def test_imports_are_read_as_written_and_never_become_options(tmp_path: Path) -> None:
    text = """
        /* import "commented" */
        package a

        import "fmt" // one
        import (
        \tx "a.org/b"
        \t// "not/this"
        \t_ `c.org/d`
        )
        """
    source = modfile.read_source(project(tmp_path, {"a.go": text}), "a.go")
    assert source.package == "a"
    assert set(source.imports) == {"fmt", "a.org/b", "c.org/d"}
    hostile = build_file_tree(tmp_path / "h", {"h.go": 'package h\n\nimport "-toolexec=x.y"\n'})
    view = ProjectView(hostile, ("h.go",))
    assert toolchain.choices(view, toolbox_without_anything()).imports == ()


def test_the_service_among_the_programs_is_found(tmp_path: Path) -> None:
    files = {
        "go.mod": "module example.com/x\n\ngo 1.24\n",
        "cmd/tool/main.go": "package main\n\nfunc main() {}\n",
        "cmd/server/main.go": 'package main\n\nimport "example.com/x/web"\n\nfunc main() {}\n',
        "web/web.go": """
            package web

            import "net/http"

            var E = http.ListenAndServe(":1", nil)
            """,
    }
    assert start.find_service(project(tmp_path, files)) == "cmd/server"
    del files["web/web.go"]
    assert start.find_service(ProjectView(tmp_path, tuple(files))) is None


def event(**values: object) -> str:
    return json.dumps({"Package": "p", **values}) + "\n"


def test_events_survive_nonsense_and_a_failure_stays_one() -> None:
    text = (
        "not json\n[1]\n{\n"
        + event(Action="run", Test="TestA")
        + event(Action="fail", Test="TestA")
        + event(Action="pass", Test="TestA")
        + event(Action=3, Test=[1])
        + event(Action="fail", FailedBuild="p [p.test]")
    )
    run = events.read_events(text.encode() + b"\xff\xfe{")
    assert run.packages["p"].tests["TestA"].outcome == "fail"
    assert run.packages["p"].failed_build


def test_a_data_race_is_told_at_its_place() -> None:
    text = (
        "==================\nWARNING: DATA RACE\nRead at 0x00c000 by goroutine 8:\n"
        "  example.com/x.Add()\n      /project/a/a.go:12 +0x3a\n    testing.go:1: race detected\n"
    )
    told = events.explain(text, Path("/nowhere"), "a", {"a/a.go"})
    assert (told.code, told.place, told.line) == ("data-race", "a/a.go", 12)


def test_positions_of_compilers_become_findings_once() -> None:
    text = (
        "# pkg\na/a.go:3:4: undefined: x\na/a.go:3:4: undefined: x\n\thave (int)\n\twant ()\n"
        "/etc/passwd.go:1:1: elsewhere\na/a.go:9:9: too many errors\n"
    )
    found = listing.compiled(text, Path("/nowhere"))
    assert [(d.code, d.path, d.line, d.column, d.message) for d in found] == [
        ("undefined", "a/a.go", 3, 4, "undefined: x; have (int); want ()")
    ]
    assert listing.read_listing(b'{"Dir": 3} {"ImportPath": []} [', Path("/x")).packages == {}


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("missing go.sum entry for module providing package x", "out_of_step"),
        ("SECURITY ERROR\nchecksum mismatch", "project"),
        ("a.org/b@v9.9.9: reading: 404 Not Found", "project"),
        ("dial tcp: lookup x: no such host", "infrastructure"),
        ("something never seen", "infrastructure"),
    ],
)
def test_the_end_of_a_download_is_judged(said: str, verdict: str) -> None:
    outcome = Outcome(1, b"", said.encode(), 0.1, SandboxLevel.L3)
    assert installing.judge(outcome)[0].value == verdict


def compiler(message: str, line: int) -> Diagnostic:
    return finding("go", "go build", "x", Severity.ERROR, message, path="a.go", line=line)


def test_imports_are_mended() -> None:
    text = 'package a\n\nimport (\n\t"os"\n)\n\nfunc A() { fmt.Println(1) }\n'
    items = [compiler('"os" imported and not used', 4), compiler("undefined: fmt", 7)]
    after = repairing.mended(text, items)
    assert '"fmt"' in after
    assert '"os"' not in after
    assert repairing.mended(text, [compiler("undefined: Thing", 7)]) == text


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("github.com/a/b/c", "github.com/a/b"),
        ("github.com/a/b/v2/c", "github.com/a/b/v2"),
        ("golang.org/x/sync/errgroup", "golang.org/x/sync"),
        ("example.org/tool/sub", "example.org/tool"),
    ],
)
def test_the_module_of_a_package_is_guessed(name: str, module: str) -> None:
    assert repairing.module_of(name) == module
