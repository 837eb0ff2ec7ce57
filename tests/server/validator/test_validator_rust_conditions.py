"""Rust tests under conditions: those of features are run, those of other platforms are named, and
no condition is a place to hide."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autonomous_coder.models.validation import CheckStatus, Severity
from rust_projects import PACKAGE, make_rust
from validating import build_file_tree, codes, result_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed"),
]

MEMBERS = ("hides", "featured", "exclusive", "elsewhere")
PROJECT = {
    "Cargo.toml": f"[workspace]\nmembers = {list(MEMBERS)}\nresolver = '3'\n",
    **{f"{name}/Cargo.toml": PACKAGE.format(name=name) for name in MEMBERS},
    # A file that names a feature and a platform: that excuses nothing else in it.
    "hides/Cargo.toml": PACKAGE.format(name="hides")
    + """
    [lints.rust]
    unexpected_cfgs = "allow"
    """,
    "hides/src/lib.rs": """
        #[cfg(feature = "none")]
        mod more;
        #[cfg(windows)]
        mod shared;
        #[cfg(not(windows))]
        mod shared;

        #[cfg(all(windows, feature = "none"))]
        pub fn both() {}

        #[cfg(all(unix, not(unix)))]
        #[test]
        fn never() {}

        #[cfg(feature = "none")]
        #[test]
        fn undeclared() {}

        #[cfg(not(wanted))]
        #[test]
        fn switched_off_by_the_build_script() {}
        """,
    "hides/src/more.rs": "#[test]\nfn unreachable() {}\n",
    "hides/src/shared.rs": "#[test]\nfn runs() {}\n",
    "hides/build.rs": """
        fn main() {
            println!("cargo::rustc-cfg=wanted");
        }
        """,
    "featured/Cargo.toml": PACKAGE.format(name="featured")
    + """
    [features]
    default = ["on"]
    on = []
    extra = []

    [[test]]
    name = "gated"
    required-features = ["extra"]
    """,
    "featured/src/lib.rs": """
        #[cfg(all(test, feature = "on"))]
        #[test]
        fn plain() {}

        #[cfg(test)]
        mod tests {
            #![cfg(feature = "extra")]

            #[test]
            fn passes() {}

            #[test]
            fn fails() {
                assert_eq!(1 + 1, 3);
            }
        }

        /// ```
        /// assert_eq!(featured::documented(), 2);
        /// ```
        #[cfg(feature = "extra")]
        pub fn documented() -> u8 {
            2
        }
        """,
    "featured/tests/gated.rs": "#[test]\nfn is_run() {}\n",
    "exclusive/Cargo.toml": PACKAGE.format(name="exclusive")
    + """
    [features]
    a = []
    b = []
    """,
    "exclusive/src/lib.rs": """
        #[cfg(all(feature = "a", feature = "b"))]
        compile_error!("choose one");

        #[cfg(feature = "a")]
        #[test]
        fn with_a() {}
        """,
    "elsewhere/src/lib.rs": """
        #[cfg(windows)]
        #[test]
        fn there() {}

        #[cfg(not(windows))]
        #[test]
        fn here() {}

        #[cfg(target_os = "windows")]
        #[path = "win/own.rs"]
        mod own;
        """,
    "elsewhere/src/win/own.rs": "#[test]\nfn its_own() {}\n",
}


@pytest.mark.thorough
async def test_tests_behind_features_run_and_no_condition_hides_one(tmp_path: Path) -> None:
    project = build_file_tree(tmp_path / "project", PROJECT)

    report = await make_rust(tmp_path / "cache").validate(project, checks=("tests", "build"))

    tests = result_of(report, "tests")
    assert tests.status is CheckStatus.FAILED
    assert codes(tests) == {
        ("test-not-reported", "hides/src/lib.rs", 13),
        ("test-not-reported", "hides/src/lib.rs", 17),
        ("test-not-reported", "hides/src/lib.rs", 21),
        ("test-not-reported", "hides/src/more.rs", 2),
        ("test-failed", "featured/src/lib.rs", 14),
        ("features", "exclusive/src/lib.rs", 2),
        ("test-not-run", "elsewhere/src/lib.rs", 3),
        ("test-not-run", "elsewhere/src/win/own.rs", 2),
    }, tests.diagnostics
    told = {d.code: d for d in tests.diagnostics}
    assert "choose one" in told["features"].message
    assert told["features"].severity is Severity.INFO
    assert told["test-not-run"].severity is Severity.INFO
    assert told["test-failed"].message.endswith("(with more features)")
    assert set(tests.passed_tests) == {
        "hides/src/shared.rs::runs",
        "featured/src/lib.rs::plain",
        "featured/src/lib.rs::tests::passes",
        "featured/src/lib.rs::documented (line 18)",
        "featured/tests/gated.rs::is_run",
        "exclusive/src/lib.rs::with_a",
        "elsewhere/src/lib.rs::here",
    }
    assert set(tests.skipped_tests) == {
        "elsewhere/src/lib.rs::there",
        "elsewhere/src/win/own.rs::its_own",
    }
    assert "2 tests were not compiled here" in tests.reason
    assert "'a', 'b', 'extra'" in result_of(report, "build").reason


async def test_no_test_that_ran_is_no_pass(tmp_path: Path) -> None:
    project = build_file_tree(
        tmp_path / "project",
        {
            "Cargo.toml": PACKAGE.format(name="empty"),
            "src/lib.rs": """
                #[cfg(windows)]
                #[test]
                fn there() {
                    assert_eq!(1 + 1, 3);
                }

                #[test]
                #[ignore = "later"]
                fn sometime() {}
                """,
        },
    )

    report = await make_rust(tmp_path / "cache").validate(project, checks=("tests",))

    tests = result_of(report, "tests")
    assert tests.status is CheckStatus.FAILED
    assert codes(tests) == {("test-not-run", "src/lib.rs", 3), ("no-tests", "", 0)}
    assert tests.tests_skipped == 2
