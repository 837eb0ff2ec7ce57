"""The stack of a library in Rust: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

RUST_RUNTIME = ">=1.95"
RECORDS = (
    ("records", "structs", "", "typed, with IDs that know what they are of"),
    ("collections", "own store", "", "generic, and sealed: it holds the types of the crate alone"),
    ("JSON", "serde", "serde", "both ways; what breaks a rule is refused on the way"),
    ("errors", "thiserror", "thiserror", "one enum, whose variants callers can tell apart"),
    ("dates", "chrono", "chrono", "known to serde"),
)
TOOLS = (
    ("tests", "cargo test", "", "each requirement is shown by a test; examples run, too"),
    ("API documentation", "cargo doc", "", "made from comments; the compiler finds what has none"),
    ("lint and format", "clippy, rustfmt", "", "come with Rust"),
    ("packaging", "cargo", "", "cargo package checks what would be published"),
)


def rust_library(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Few crates that most programs have anyway; versions as the resolution says."""
    versions = resolution.versions() if resolution else {}
    runtime = resolution.runtime if resolution and resolution.runtime else RUST_RUNTIME
    rows = [*(RECORDS if spec.entities else ()), *TOOLS]
    choices = [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in rows
    ]
    first = StackChoice(part="language", choice="rust", version=runtime, reason=language_reason)
    return TechStack(
        language="rust", runtime=runtime, choices=[first, *choices], resolution=resolution
    )
