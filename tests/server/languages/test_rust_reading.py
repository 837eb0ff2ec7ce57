"""Reading what Rust projects declare and what their tools print, nonsense included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.base import TestFact as Fact
from autonomous_coder.languages.rust import RUST
from autonomous_coder.languages.rust.formatting import changes, options
from autonomous_coder.languages.rust.libtest import read_run
from autonomous_coder.languages.rust.manifests import Crate, Target, Workspace, read_workspace
from autonomous_coder.languages.rust.messages import read_messages
from autonomous_coder.languages.rust.naming import TestNames
from autonomous_coder.languages.rust.repairing import apply, repairs
from autonomous_coder.languages.rust.skeleton import skeleton
from autonomous_coder.languages.rust.testing import doc_tests
from autonomous_coder.languages.sources import Condition, SourceFact, SourceFacts
from autonomous_coder.models.validation import Severity
from validating import build_file_tree


def view(root: Path, files: dict[str, str]) -> ProjectView:
    build_file_tree(root, files)
    return ProjectView(root, tuple(sorted(files)))


FILES = {
    "Cargo.toml": """
        [package]
        name = "top"
        version = "1.2.3"
        edition.workspace = true
        description = "Not needed to compile"
        build = "scripts/build.rs"

        [workspace]
        members = ["crates/*"]
        exclude = ["crates/old"]

        [workspace.package]
        edition = "2021"

        [workspace.dependencies]
        serde = { version = "1", features = ["derive"] }
        inner = { path = "crates/inner" }

        [dependencies]
        serde.workspace = true
        json = { package = "serde_json", version = "=1.0.1" }

        [target.'cfg(unix)'.dependencies.libc]
        version = "0.2"

        [lints.clippy]
        all = "allow"
        """,
    "Cargo.lock": """
        version = 4

        [[package]]
        name = "serde"
        version = "1.0.200"
        source = "registry+https://registry.example/index"

        [[package]]
        name = "top"
        version = "1.2.3"
        """,
    "scripts/build.rs": "fn main() { secret() }\n",
    "src/main.rs": "fn main() {}\n",
    "crates/inner/Cargo.toml": """
        [package]
        name = "inner"
        version = "0.1.0"

        [dependencies]
        top = { path = "../.." }

        [[bin]]
        name = "second"
        path = "src/other.rs"
        required-features = ["extra"]
        """,
    "crates/inner/src/lib.rs": "pub fn inner() {}\n",
    "crates/inner/src/other.rs": "fn main() {}\n",
    "crates/inner/tests/big/main.rs": "mod part;\n",
    "crates/inner/tests/big/part.rs": "",
    "crates/old/Cargo.toml": "[package]\nname = 'old'\n",
}


def test_crates_targets_and_dependencies_are_read_from_manifests(tmp_path: Path) -> None:
    project = view(tmp_path, FILES)

    workspace = read_workspace(project)

    assert [crate.name for crate in workspace.crates] == ["top", "inner"]
    top, inner = workspace.crates
    assert (top.edition, top.build_script) == ("2021", "scripts/build.rs")
    assert {(d.name, d.package, d.line) for d in top.dependencies} == {
        ("serde", "serde", 20),
        ("json", "serde_json", 21),
        ("libc", "libc", 23),
    }
    assert {(t.kind, t.name, t.path, t.gated) for t in inner.targets} == {
        ("lib", "inner", "crates/inner/src/lib.rs", False),
        ("bin", "second", "crates/inner/src/other.rs", True),
        ("test", "big", "crates/inner/tests/big/main.rs", False),
    }
    assert workspace.crate_of("crates/inner/src/lib.rs") is inner
    assert workspace.crate_of("crates/old/src/lib.rs") is None
    assert inner.member
    assert workspace.external
    assert not workspace.outside


def test_the_fetch_phase_sees_manifests_and_empty_targets_alone(tmp_path: Path) -> None:
    project = view(tmp_path, {**FILES, ".cargo/config.toml": "[build]\nrustc-wrapper = 'x'\n"})
    files = skeleton(read_workspace(project))

    assert ".cargo/config.toml" not in files
    assert files["scripts/build.rs"] == b"fn main() {}\n"
    assert files["crates/inner/src/lib.rs"] == b""
    text = files["Cargo.toml"].decode()
    assert "description" not in text
    assert "lints" not in text
    build_file_tree(tmp_path / "again", {name: text.decode() for name, text in files.items()})
    again = read_workspace(ProjectView(tmp_path / "again", tuple(sorted(files))))
    assert [c.targets for c in again.crates] == [c.targets for c in read_workspace(project).crates]


def test_locked_packages_have_their_lines_and_own_crates_are_left_out(tmp_path: Path) -> None:
    found = RUST.packages(view(tmp_path, FILES))
    assert [(p.name, p.version, p.direct, p.path, p.line) for p in found] == [
        ("serde", "1.0.200", True, "Cargo.lock", 4)
    ]
    del (unlocked := dict(FILES))["Cargo.lock"]
    found = RUST.packages(view(tmp_path / "b", unlocked))
    assert [(p.name, p.version, p.line) for p in found] == [("serde_json", "1.0.1", 21)]


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[",
        "package = 3",
        "[package]\nname = 3",
        "[workspace]\nmembers = 3",
        "[[bin]]\nname=1",
    ],
)
def test_manifests_that_make_no_sense_are_told_and_never_raise(
    tmp_path: Path, manifest: str
) -> None:
    project = view(tmp_path, {"Cargo.toml": manifest, "src/lib.rs": ""})
    workspace = read_workspace(project)
    assert workspace.error or workspace.crates
    assert isinstance(skeleton(workspace), dict)
    assert RUST.packages(project) == []


@pytest.mark.parametrize(
    "library",
    [
        "//! ```\n//! assert!(true);\n//! ```\n",
        '#![cfg_attr(feature = "std", doc = r#"\n```rust\nassert!(true);\n```\n"#)]\n',
        "/**\n * ```should_panic\n * panic!();\n * ```\n */\npub fn a() {}\n",
        "//! Words.\n//!\n//!     assert!(true);\n",
        '#![doc = include_str!("../README.md")]\n',
    ],
)
def test_examples_in_documentation_of_any_kind_are_found(tmp_path: Path, library: str) -> None:
    manifest = '[package]\nname = "a"\nversion = "1.0.0"\nedition = "2024"\n'
    readme = "# A\n\n```rust\nassert!(true);\n```\n"
    files = {"Cargo.toml": manifest, "src/lib.rs": library, "README.md": readme}
    project = view(tmp_path, files)

    assert doc_tests(project, read_workspace(project)) == (True, "")


def test_a_dependency_is_declared_once_and_keeps_the_layout() -> None:
    before = "[package]\nname = 'x' # mine\n\n[dependencies]\nserde = '1'\n"
    after = RUST.declare(before, "rand", "0.9.1", development=False)
    assert after == f'{before}rand = "0.9.1"\n'
    assert RUST.declare(after, "rand", "1.0.0", development=True) == after
    assert '[dev-dependencies]\nrand = "1"' in RUST.declare(before, "rand", "1", development=True)
    for wrong in ("[", "[workspace]\n", "package = []\ndependencies = 3\n"):
        with pytest.raises(InvalidInputError):
            RUST.declare(wrong, "rand", "1", development=False)


def fact(path: str, *names: str) -> SourceFact:
    tests = tuple(Fact(f"{path}::{name}", 7, 1, False, "b") for name in names)
    return SourceFact(path, "rust", tests=tests)


def test_names_of_tests_lead_to_the_files_they_stand_in() -> None:
    files = [
        fact("src/lib.rs", "tests::a", "inline::b"),
        fact("src/deep/mod.rs", "tests::c"),
        fact("src/deep/er.rs", "d"),
        fact("tests/it.rs", "e"),
    ]
    names = TestNames(Workspace(), SourceFacts({f.path: f for f in files}))
    found = {
        name: names.id_of(root, name)
        for root, name in [
            ("src/lib.rs", "tests::a"),
            ("src/lib.rs", "inline::b"),
            ("src/lib.rs", "deep::tests::c"),
            ("src/lib.rs", "deep::er::d"),
            ("src/lib.rs", "deep::er::d::case_1"),
            ("tests/it.rs", "e"),
        ]
    }
    assert found == {
        "tests::a": "src/lib.rs::tests::a",
        "inline::b": "src/lib.rs::inline::b",
        "deep::tests::c": "src/deep/mod.rs::tests::c",
        "deep::er::d": "src/deep/er.rs::d",
        "deep::er::d::case_1": "src/deep/er.rs::d::case_1",
        "e": "tests/it.rs::e",
    }
    assert names.line_of("src/deep/er.rs::d::case_1") == 7
    assert names.is_reported("src/deep/er.rs::d", {"src/deep/er.rs::d::case_1"})


def test_what_a_test_stands_under_comes_from_all_that_includes_it() -> None:
    workspace = Workspace(
        (
            Crate(
                "", "p", "1.0.0", "2024", "", (Target("lib", "p", "src/lib.rs"),), (), "",
                {"features": {"default": ["on"], "on": [], "extra": []}},
            ),
        )
    )  # fmt: skip

    def fact(path: str, *conditions: Condition) -> SourceFact:
        tests = (Fact(f"{path}::t", 1, 1, skipped=False, body=""),)
        return SourceFact(path, "rust", tests=tests, conditions=conditions)

    files = [
        fact(
            "src/lib.rs",
            Condition("net", ('feature = "extra"',), module=True),
            Condition("win", ("windows",), module=True),
            Condition("both", ("windows",), module=True),
            Condition("both", ("not(windows)",), module=True),
            Condition("tests::own", ('feature = "on"',), module=True, path="other.rs"),
            Condition("t", ("miri",)),
        ),
        fact("src/net.rs", Condition("deep", module=True)),
        fact("src/net/deep.rs", Condition("t", ("unix",))),
        fact("src/win/mod.rs", Condition("t", ("any()",))),
        fact("src/both.rs"),
        fact("src/tests/other.rs", Condition("t", ('feature = "none"',))),
        fact("src/stray.rs", Condition("t", ("custom",))),
    ]
    names = TestNames(workspace, SourceFacts({f.path: f for f in files}))
    standings = {
        test.removesuffix("::t"): tuple(
            str(names.conditions.standing(test, everything=everything))
            for everything in (False, True)
        )
        for test in names.expected
    }
    assert standings == {
        "src/lib.rs": ("elsewhere", "elsewhere"),
        "src/net.rs": ("elsewhere", "must"),
        "src/net/deep.rs": ("elsewhere", "must"),
        "src/win/mod.rs": ("nowhere", "nowhere"),
        "src/both.rs": ("must", "must"),
        "src/tests/other.rs": ("nowhere", "nowhere"),
        "src/stray.rs": ("must", "must"),
    }
    assert names.conditions.told("src/net/deep.rs::t") == 'all(unix, feature = "extra")'


GOOD = {
    "list": "a: test\nb: test\n\n",
    "listed": 0,
    "code": 0,
    "log": "ok a\nignored: later b\n",
    "stdout": (
        "running 2 tests\ntest a - should panic ... ok\ntest b ... ignored, later\n\n"
        "test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished\n"
    ),
}


def test_a_test_program_is_believed_only_when_its_reports_agree() -> None:
    good = read_run(GOOD)
    assert (good.passed, good.ignored, good.broken) == ({"a"}, {"b"}, "")
    text = str(GOOD["stdout"])
    assert "contradicts" in read_run({**GOOD, "code": 101}).broken
    assert "before its summary" in read_run({**GOOD, "stdout": "test a ... ok\n"}).broken
    assert "more than one" in read_run({**GOOD, "stdout": text + text}).broken
    assert read_run({**GOOD, "log": "ok a\n"}).doubtful == {"b"}
    assert "differs" in read_run({**GOOD, "stdout": text.replace("1 passed", "2 passed")}).broken
    assert read_run({**GOOD, "log": "failed a\nignored b\n"}).doubtful == {"a"}
    assert read_run({**GOOD, "log": "ok a\nok a\nignored b\n"}).doubtful == {"a"}
    for nonsense in ({}, {"list": 3, "stdout": None, "log": 7, "code": "x"}):
        assert read_run(nonsense).broken


def test_compiler_messages_become_findings_and_nonsense_nothing(tmp_path: Path) -> None:
    project = view(tmp_path, {"Cargo.toml": "", "src/lib.rs": "fn a() {}\nfn b() {}\n"})
    inside = {
        "file_name": "src/lib.rs", "line_start": 2, "column_start": 4, "line_end": 2,
        "column_end": 5, "is_primary": True, "label": "never used",
    }  # fmt: skip
    elsewhere = {
        "file_name": "/home/x/.cargo/registry/src/macros.rs", "line_start": 90, "is_primary": True,
        "expansion": {"span": {**inside, "line_start": 1}},
    }  # fmt: skip

    def record(span: object, level: str = "warning", code: object = None) -> str:
        message = {
            "level": level,
            "message": "m",
            "spans": [span],
            "children": [],
            "code": code,
        }
        return json.dumps(
            {"reason": "compiler-message", "package_id": "path+file:///p#x", "message": message}
        )

    lines = [
        record(inside, code={"code": "dead_code"}),
        record(inside, code={"code": "dead_code"}),
        record(elsewhere, "error", {"code": "E0277"}),
        record("span", "error", 3),
        record({"file_name": 3, "line_start": "x", "expansion": [1]}, "error", {"code": "<b>"}),
        "{", "[]", '{"reason": "compiler-message", "message": 3}', "test result: ok",
        '{"reason": "compiler-message", "message": {"spans": 3, "children": 4, "level": "error"}}',
        '{"reason": "build-finished", "success": "true"}',
    ]  # fmt: skip
    found = read_messages("\n".join(lines).encode(), project, "1.95.0")

    assert [(d.code, d.path, d.line, d.severity) for d in found.warnings] == [
        ("dead_code", "src/lib.rs", 2, Severity.WARNING)
    ]
    assert ("E0277", "src/lib.rs", 1) in {(d.code, d.path, d.line) for d in found.errors}
    assert found.finished is False


def test_only_options_of_layout_are_taken_from_the_project() -> None:
    text = (
        "max_width = 80\nhard_tabs = true\nignore = ['src']\ndisable_all_formatting = true\n"
        "style_edition = '2024'\ntab_spaces = 'x'\nnewline_style = '../x y'\nrequired_version='9'\n"
    )
    assert options(text) == 'max_width = 80\nhard_tabs = true\nstyle_edition = "2024"\n'
    assert options("[") == ""


def test_edits_lead_from_one_text_to_the_other(tmp_path: Path) -> None:
    for number, (before, after) in enumerate(
        [
            ("a\nb\nc\n", "a\nB\nB\nc\n"),
            ("a\nb", "a\nb\n"),
            ("a\n\n\n", "a\n"),
            ("é é;\nb\n", "é\né;\nb\n"),
        ]
    ):
        project = view(tmp_path / str(number), {"src/a.rs": ""})
        (project.root / "src/a.rs").write_text(before, encoding="utf-8")
        edits = changes("src/a.rs", before, after)
        assert apply(project, edits) == {"src/a.rs": after}


def test_missing_crates_and_sure_fixes_are_offered_as_repairs(tmp_path: Path) -> None:
    project = view(tmp_path, {"Cargo.toml": "", "src/lib.rs": "fn a() { return 1; }\n"})
    span = {
        "file_name": "src/lib.rs", "line_start": 1, "column_start": 10, "line_end": 1,
        "column_end": 19, "is_primary": True, "suggested_replacement": "1",
        "suggestion_applicability": "MachineApplicable",
    }  # fmt: skip
    helping = "to use a crate named `serde_json`, use `cargo add serde_json` to add it"
    messages = [
        {"level": "warning", "message": "return", "code": {"code": "clippy::needless_return"},
         "spans": [span], "children": [{"level": "help", "message": "h", "spans": [span]}]},
        {"level": "error", "message": "no crate", "code": {"code": "E0433"}, "spans": [span],
         "children": [{"level": "help", "message": helping, "spans": []}]},
    ]  # fmt: skip
    lines = [
        json.dumps({"reason": "compiler-message", "package_id": "path+x", "message": m})
        for m in messages
    ]
    found = read_messages("\n".join(lines).encode(), project, "1.95.0")

    offered = repairs(project, [*found.errors, *found.warnings])

    assert [(r.rule, r.package) for r in offered] == [
        ("missing-package", "serde_json"),
        ("missing-package", "serde-json"),
        ("lint-fixes", ""),
    ]
    assert offered[2].changes == {"src/lib.rs": "fn a() { 1 }\n"}
