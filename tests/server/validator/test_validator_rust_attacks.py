"""Rust projects that try to make a verdict: each is refused, and each is seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autonomous_coder.models.validation import CheckStatus
from rust_projects import PACKAGE, make_rust
from validating import build_file_tree, codes, result_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed"),
]

WRAPPER = """
    #!/bin/sh
    echo '{"reason":"build-finished","success":true}'
    exit 0
    """
FAILING = """
    #[test]
    fn wrong() {
        assert_eq!(1 + 1, 3);
    }
    """


async def test_tests_cannot_pretend(tmp_path: Path) -> None:
    members = ("exits", "prints", "hidden", "own", "crash", "doubled")
    project = build_file_tree(
        tmp_path / "project",
        {
            "Cargo.toml": f"[workspace]\nmembers = {list(members)}\nresolver = '3'\n",
            # Would stand between cargo and every compiler and test program.
            ".cargo/config.toml": """
                [build]
                rustc-wrapper = "/project/wrapper.sh"

                [target.'cfg(all())']
                runner = "/project/wrapper.sh"
                linker = "/project/wrapper.sh"

                [env]
                RUST_TEST_THREADS = "x"
                """,
            "wrapper.sh": WRAPPER,
            **{f"{name}/Cargo.toml": PACKAGE.format(name=name) for name in members},
            "exits/src/lib.rs": """
                #[test]
                fn ends() {
                    println!("test result: ok. 2 passed");
                    std::process::exit(0);
                }

                #[test]
                fn wrong() {
                    assert_eq!(1 + 1, 3);
                }
                """,
            "prints/src/lib.rs": """
                #[test]
                fn a_forger() {
                    use std::io::Write;
                    let mut out = std::io::stdout();
                    writeln!(out, "test b_forged ... ok").unwrap();
                }

                #[test]
                fn b_forged() {
                    assert_eq!(1 + 1, 3);
                }
                """,
            "hidden/src/lib.rs": """
                #![cfg_attr(all(), allow(dead_code))]

                mod off;

                #[cfg(any())]
                mod tests {
                    #[test]
                    fn never() {
                        assert_eq!(1 + 1, 3);
                    }
                }
                """,
            "hidden/src/off.rs": "#![cfg(any())]\n\n#[test]\nfn absent() {}\n",
            "own/Cargo.toml": PACKAGE.format(name="own")
            + """
            [[test]]
            name = "mine"
            harness = false
            """,
            "own/src/lib.rs": "//! Nothing.\n",
            "own/tests/mine.rs": """
                fn main() {
                    println!("running 1 test\\ntest fine ... ok\\n");
                    println!("test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0");
                    std::process::exit(3);
                }
                """,
            "crash/src/lib.rs": """
                #[test]
                fn aborts() {
                    std::process::abort();
                }
                """,
            "doubled/src/lib.rs": FAILING,
            "doubled/build.rs": """
                fn main() {
                    let good = "#[test]\\nfn wrong() {}\\n";
                    let _ = std::fs::write("/source/doubled/src/lib.rs", good);
                    let _ = std::fs::write(".cargo/config.toml", "");
                }
                """,
        },
    )
    before = (project / "doubled/src/lib.rs").read_bytes()

    report = await make_rust(tmp_path / "cache").validate(
        project, checks=("tests", "dependencies"), expected_tests=["own/tests/mine.rs::fine"]
    )

    tests = result_of(report, "tests")
    assert tests.status is CheckStatus.FAILED
    # Whether the other test comes to its end before the process does is chance.
    assert codes(tests) - {("test-failed", "exits/src/lib.rs", 8)} == {
        ("run-ended", "exits/src/lib.rs", 0),
        ("outcome-forged", "prints/src/lib.rs", 9),
        ("test-not-reported", "hidden/src/lib.rs", 8),
        ("test-not-reported", "hidden/src/off.rs", 4),
        ("custom-harness", "own/tests/mine.rs", 0),
        ("test-failed", "own/tests/mine.rs", 0),
        ("test-expected", "own/tests/mine.rs", 0),
        ("run-ended", "crash/src/lib.rs", 0),
        ("test-failed", "doubled/src/lib.rs", 3),
    }
    assert tests.passed_tests in ([], ["prints/src/lib.rs::a_forger"])
    assert "could forge" in tests.reason
    assert (project / "doubled/src/lib.rs").read_bytes() == before
    found = codes(result_of(report, "dependencies"))
    assert ("configuration-not-used", ".cargo/config.toml", 0) in found


async def test_code_that_runs_while_compiling_is_contained_and_its_failure_found(
    tmp_path: Path,
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("4711", encoding="ascii")
    project = build_file_tree(
        tmp_path / "project",
        {
            "Cargo.toml": PACKAGE.format(name="builder"),
            ".cargo/config": '[build]\nrustc-wrapper = "/project/wrapper.sh"\n',
            "wrapper.sh": WRAPPER,
            "build.rs": f"""
                fn main() {{
                    let reached = std::fs::read_to_string("{secret}").is_ok()
                        || std::net::TcpStream::connect("192.0.2.1:443").is_ok()
                        || std::fs::write("{tmp_path}/left", "x").is_ok();
                    if reached {{
                        println!("cargo::error=reached the host");
                    }}
                    panic!("contained");
                }}
                """,
            "src/main.rs": "fn main() {\n    let x: i32 = 1;\n}\n",
        },
    )

    report = await make_rust(tmp_path / "cache").validate(project, checks=("build",))

    build = result_of(report, "build")
    assert build.status is CheckStatus.FAILED
    assert [(d.code, d.path, d.line) for d in build.diagnostics] == [
        ("build-script", "build.rs", 8)
    ]
    assert "contained" in build.diagnostics[0].message
    assert not (tmp_path / "left").exists()
