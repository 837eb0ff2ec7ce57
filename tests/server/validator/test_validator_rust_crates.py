"""Rust projects with dependencies from the configured registry."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from autonomous_coder.languages.rust import RUST
from autonomous_coder.models.validation import CheckStatus, Severity
from live_validating import live_validator
from rust_projects import PACKAGE
from validating import build_file_tree, codes, result_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.live,
    pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed"),
]
USING = PACKAGE.format(name="using") + '\n[dependencies]\nnear = { path = "near" }\ncfg-if = "1"\n'
CODE = """
    cfg_if::cfg_if! {
        if #[cfg(unix)] {
            fn kind() -> &'static str {
                "unix"
            }
        } else {
            fn kind() -> &'static str {
                "other"
            }
        }
    }

    fn main() {
        println!("{} {}", kind(), near::one());
    }

    #[cfg(test)]
    mod tests {
        #[test]
        fn is_unix() {
            assert_eq!(super::kind(), "unix");
        }
    }
    """
POISON = """
    fn main() {
        let target = std::env::var("CARGO_HOME").unwrap();
        let _ = std::fs::write(format!("{target}/config.toml"), "[build]\\nrustc-wrapper='/x'");
        let _ = std::fs::remove_dir_all(format!("{target}/registry"));
    }
    """


async def test_dependencies_come_from_the_lock_and_are_compiled_once(tmp_path: Path) -> None:
    project = build_file_tree(
        tmp_path / "project",
        {
            "Cargo.toml": USING,
            "src/main.rs": CODE,
            "build.rs": POISON,
            "near/Cargo.toml": PACKAGE.format(name="near"),
            "near/src/lib.rs": "pub fn one() -> u8 {\n    1\n}\n",
        },
    )
    for name in ("src/main.rs", "near/src/lib.rs"):
        # Older than the empty crates that stood for them when the dependencies were compiled.
        os.utime(project / name, (1_500_000_000, 1_500_000_000))
    checks = ("dependencies", "build", "lint", "tests")
    async with live_validator(tmp_path, languages={"rust": RUST}) as validator:
        lock = await validator.lock(project)
        unlocked = await validator.validate(project, checks=("dependencies",))
        (project / "Cargo.lock").write_text(lock, encoding="utf-8")
        first = await validator.validate(project, checks=checks)
        # The build script tried to spoil what later checks use.
        again = await validator.validate(project, checks=("build", "dependencies"), use_cache=False)
        (project / "Cargo.toml").write_text(
            USING.replace('"1"', '"=0.1.10"') + 'memchr = "99999"\n', encoding="utf-8"
        )
        impossible = await validator.validate(project, checks=("dependencies", "build"))

    assert ("no-lock", "", 0) in codes(result_of(unlocked, "dependencies"))
    assert first.passed
    assert first.diagnostics(Severity.ERROR, Severity.WARNING) == []
    assert result_of(first, "tests").passed_tests == ["src/main.rs::tests::is_unix"]
    assert again.passed
    assert result_of(again, "dependencies").cached
    found = result_of(impossible, "dependencies")
    assert found.status is CheckStatus.FAILED
    assert "memchr" in found.reason
    assert result_of(impossible, "build").status is CheckStatus.NOT_RUN
