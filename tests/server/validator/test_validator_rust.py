"""Rust projects without dependencies: right ones pass, faults are found where they are."""

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

CORRECT = {
    "Cargo.toml": """
        [workspace]
        members = ["shapes", "tool"]
        resolver = "3"
        """,
    "Cargo.lock": """
        version = 4

        [[package]]
        name = "shapes"
        version = "0.1.0"

        [[package]]
        name = "tool"
        version = "0.1.0"
        dependencies = [
         "shapes",
        ]
        """,
    "rustfmt.toml": "tab_spaces = 2\n",
    "shapes/Cargo.toml": PACKAGE.format(name="shapes"),
    "shapes/src/lib.rs": """
        //! Shapes.

        pub mod round;

        /// The area of a rectangle.
        ///
        /// ```
        /// assert_eq!(shapes::area(2, 3), Some(6));
        /// ```
        #[must_use]
        pub fn area(width: u32, height: u32) -> Option<u32> {
          width.checked_mul(height)
        }

        #[cfg(test)]
        mod tests {
          use super::*;

          #[test]
          fn multiplies() {
            assert_eq!(area(4, 5), Some(20));
          }

          #[test]
          #[ignore = "takes long"]
          fn exhausts() {}

          #[cfg(windows)]
          #[test]
          fn elsewhere() {}
        }
        """,
    "shapes/src/round.rs": """
        //! Circles.

        /// The diameter.
        #[must_use]
        pub fn diameter(radius: u32) -> u32 {
          radius * 2
        }

        #[cfg(test)]
        mod tests {
          #[test]
          fn doubles() {
            assert_eq!(super::diameter(2), 4);
          }

          #[test]
          #[should_panic(expected = "overflow")]
          fn overflows() {
            let _ = super::diameter(u32::MAX);
          }
        }
        """,
    "shapes/tests/outside.rs": """
        #[test]
        fn is_none_when_too_large() -> Result<(), String> {
          println!("test outside::fake ... ok");
          match shapes::area(u32::MAX, 2) {
            None => Ok(()),
            Some(found) => Err(format!("{found}")),
          }
        }
        """,
    "tool/Cargo.toml": PACKAGE.format(name="tool")
    + """
    [dependencies]
    shapes = { path = "../shapes" }
    """,
    "tool/build.rs": """
        fn main() {
          println!("cargo::rustc-check-cfg=cfg(special)");
          println!("cargo::rustc-cfg=special");
        }
        """,
    "tool/src/main.rs": """
        use std::env;
        use std::process::ExitCode;

        fn main() -> ExitCode {
          let numbers: Vec<u32> = env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
          if cfg!(special) && numbers.len() == 2 {
            println!("{:?}", shapes::area(numbers[0], numbers[1]));
            ExitCode::SUCCESS
          } else {
            ExitCode::FAILURE
          }
        }
        """,
    "tool/tests/cli.rs": """
        use std::process::Command;

        #[test]
        fn prints_the_area() {
          let tool = env!("CARGO_BIN_EXE_tool");
          let output = Command::new(tool).args(["2", "3"]).output().unwrap();
          assert_eq!(String::from_utf8_lossy(&output.stdout), "Some(6)\\n");
        }
        """,
}


async def test_a_correct_workspace_passes_without_a_false_alarm(tmp_path: Path) -> None:
    project = build_file_tree(tmp_path / "project", CORRECT)

    report = await make_rust(tmp_path / "cache").validate(project)

    assert report.diagnostics(Severity.ERROR, Severity.WARNING) == []
    assert {c.name for c in report.checks if c.status is not CheckStatus.PASSED} <= {
        "start",
        "advisories",
    }
    assert report.passed
    tests = result_of(report, "tests")
    assert tests.passed_tests == [
        "shapes/src/lib.rs::area (line 7)",
        "shapes/src/lib.rs::tests::multiplies",
        "shapes/src/round.rs::tests::doubles",
        "shapes/src/round.rs::tests::overflows",
        "shapes/tests/outside.rs::is_none_when_too_large",
        "tool/tests/cli.rs::prints_the_area",
    ]
    assert tests.skipped_tests == [
        "shapes/src/lib.rs::tests::elsewhere",
        "shapes/src/lib.rs::tests::exhausts",
    ]
    assert "could forge" in result_of(report, "build").reason


async def test_compiler_errors_are_found_where_they_are_and_nothing_runs(tmp_path: Path) -> None:
    project = build_file_tree(
        tmp_path / "project",
        {
            "Cargo.toml": PACKAGE.format(name="broken"),
            "src/main.rs": """
                mod other;
                use serde::Serialize;

                fn main() {
                    let map: HashMap<String, i32> = other::make();
                    let number: i32 = "text";
                    println!("{} {}", undefined, map.len() as i32 + number);
                    let owned = String::new();
                    drop(owned);
                    println!("{owned}");
                }
                """,
            "src/other.rs": """
                use std::collections::HashMap;

                pub fn make() -> HashMap<String, i32> {
                    HashMap::new().insert_all()
                }
                """,
        },
    )

    report = await make_rust(tmp_path / "cache").validate(project, checks=("build", "lint"))

    build = result_of(report, "build")
    assert build.status is CheckStatus.FAILED
    found = codes(build)
    assert {
        ("E0432", "src/main.rs", 2),
        ("E0425", "src/main.rs", 5),
        ("E0308", "src/main.rs", 6),
        ("E0425", "src/main.rs", 7),
        ("E0599", "src/other.rs", 4),
    } <= found
    missing = next(d for d in build.diagnostics if d.code == "E0432")
    assert "cargo add serde" in missing.message
    assert missing.url.endswith("E0432.html")
    suggestion = next(d for d in build.diagnostics if d.line == 5)
    assert suggestion.edits[0].text == "use std::collections::HashMap;\n"
    assert not suggestion.safe
    lint = result_of(report, "lint")
    assert lint.status is CheckStatus.NOT_RUN
    assert "does not compile" in lint.reason
    assert not report.passed


async def test_lints_layout_and_failing_tests_are_found_where_they_are(tmp_path: Path) -> None:
    project = build_file_tree(
        tmp_path / "project",
        {
            "Cargo.toml": PACKAGE.format(name="faulty")
            + """
            [lints.rust]
            warnings = "allow"

            [lints.clippy]
            all = { level = "allow", priority = -1 }
            needless_return = "allow"
            """,
            "clippy.toml": "",
            ".rustfmt.toml": "disable_all_formatting = true\nignore = ['/']\n",
            "src/lib.rs": """
                use std::fmt::Debug;

                macro_rules! shown {
                    ($value:expr) => {
                        format!("{}", format!("{:?}", $value))
                    };
                }

                pub fn first(items: &Vec<u8>) -> String {
                    if items.len() == 0 {
                        return String::new();
                    }
                    return shown!(items[0]);
                }

                pub mod quiet;

                /// Half.
                ///
                /// ```
                /// assert_eq!(faulty::half(4), 3);
                /// ```
                pub fn half(value: i32) -> i32 { value / 2 }

                #[cfg(test)]
                mod tests {
                    use super::*;

                    #[test]
                    fn halves() {
                        assert_eq!(half(4), 2);
                    }

                    #[test]
                    fn wrong() {
                        let value = half(10);
                        assert_eq!(value, 4, "half of ten");
                    }

                    #[test]
                    fn indexes() {
                        helper(&[]);
                    }

                    fn helper(values: &[u8]) -> u8 {
                        values[3]
                    }

                    #[test]
                    fn returns() -> Result<(), String> {
                        Err("no luck".into())
                    }
                }
                """,
            "src/quiet.rs": """
                #![allow(warnings)]
                // #![allow(clippy::all)]

                pub fn quiet() -> i32 {
                    let unused = 3;
                    4
                }
                """,
        },
    )

    report = await make_rust(tmp_path / "cache").validate(
        project, checks=("lint", "format", "tests", "dependencies")
    )

    lint = result_of(report, "lint")
    found = codes(lint)
    assert found == {
        ("lint-suppressed", "Cargo.toml", 7),
        ("lint-suppressed", "Cargo.toml", 10),
        ("lint-suppressed", "src/quiet.rs", 1),
        ("unused_imports", "src/lib.rs", 1),
        ("ptr_arg", "src/lib.rs", 9),
        ("len_zero", "src/lib.rs", 10),
    }
    fix = next(d for d in lint.diagnostics if d.code == "len_zero")
    assert fix.safe
    assert fix.edits[0].text == "items.is_empty()"
    assert fix.url.endswith("#len_zero")
    assert codes(result_of(report, "format")) == {("unformatted", "src/lib.rs", 23)}
    tests = result_of(report, "tests")
    assert codes(tests) == {
        ("test-failed", "src/lib.rs", 37),
        ("test-failed", "src/lib.rs", 46),
        ("test-failed", "src/lib.rs", 50),
        ("doctest-failed", "src/lib.rs", 20),
    }
    assert tests.passed_tests == ["src/lib.rs::tests::halves"]
    assert any("half of ten" in d.message for d in tests.diagnostics)
    assert not any("/project" in d.message for d in report.diagnostics())


async def test_what_this_machine_cannot_judge_is_not_the_projects_fault(tmp_path: Path) -> None:
    validator = make_rust(tmp_path / "cache")
    newer = build_file_tree(
        tmp_path / "newer",
        {
            "Cargo.toml": PACKAGE.format(name="newer") + 'rust-version = "1.999"\n',
            "src/main.rs": "fn main() {}\n",
        },
    )
    nightly = build_file_tree(
        tmp_path / "nightly",
        {
            "Cargo.toml": PACKAGE.format(name="nightly"),
            "rust-toolchain.toml": '[toolchain]\nchannel = "nightly"\n',
            "src/main.rs": "#![feature(never_type)]\n\nfn main() {}\n",
        },
    )
    outside = build_file_tree(
        tmp_path / "outside",
        {
            "Cargo.toml": PACKAGE.format(name="outside")
            + """
            [dependencies]
            near = { path = "../near" }
            far = { git = "https://git.example/far.git" }
            """,
            "src/main.rs": "fn main() {}\n",
        },
    )

    report = await validator.validate(newer)
    for name in ("build", "lint", "tests", "start", "format"):
        result = result_of(report, name)
        assert result.status is CheckStatus.NOT_RUN
        assert "1.999" in result.reason
    assert result_of(report, "dependencies").status is CheckStatus.INFRASTRUCTURE
    assert not report.passed
    assert not report.complete

    report = await validator.validate(nightly, checks=("build",))
    build = result_of(report, "build")
    assert build.status is CheckStatus.INFRASTRUCTURE
    assert "nightly" in build.reason

    report = await validator.validate(outside, checks=("dependencies", "build"))
    found = result_of(report, "dependencies")
    assert found.status is CheckStatus.FAILED
    assert codes(found) == {
        ("outside-dependency", "Cargo.toml", 7),
        ("outside-dependency", "Cargo.toml", 8),
    }
    assert result_of(report, "build").status is CheckStatus.NOT_RUN


async def test_a_web_service_is_built_started_and_asked(tmp_path: Path) -> None:
    project = build_file_tree(
        tmp_path / "project",
        {
            "Cargo.toml": PACKAGE.format(name="greeter")
            + '\n[dependencies]\nrouille = { path = "rouille" }\n',
            # A framework as small as can be, under the name of one.
            "rouille/Cargo.toml": PACKAGE.format(name="rouille"),
            "rouille/src/lib.rs": """
                use std::io::{BufRead, BufReader, Write};
                use std::net::TcpListener;

                pub fn start_server(address: &str) {
                    for stream in TcpListener::bind(address).unwrap().incoming() {
                        let mut stream = stream.unwrap();
                        let mut line = String::new();
                        let _ = BufReader::new(&stream).read_line(&mut line);
                        let status = if line.contains("/health") { "200 OK" } else { "404 No" };
                        let head = "Content-Length: 2\\r\\nConnection: close";
                        let _ = write!(stream, "HTTP/1.1 {status}\\r\\n{head}\\r\\n\\r\\nok");
                    }
                }
                """,
            "src/main.rs": """
                fn main() {
                    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
                    rouille::start_server(&format!("127.0.0.1:{port}"));
                }
                """,
        },
    )

    report = await make_rust(tmp_path / "cache").validate(project, checks=("start",))

    start = result_of(report, "start")
    assert start.status is CheckStatus.PASSED, start
    assert "cargo run --bin greeter" in start.reason
