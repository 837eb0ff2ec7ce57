"""Validators of Rust projects for tests."""

from __future__ import annotations

from pathlib import Path

from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.languages.rust import RUST
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings, ValidationSettings
from validating import no_registry

PACKAGE = """
    [package]
    name = "{name}"
    version = "0.1.0"
    edition = "2024"
    """


def make_rust(cache: Path, *, settings: ValidationSettings | None = None) -> ValidatorEngine:
    """A validator of Rust alone, without network."""
    return ValidatorEngine(
        Sandbox(SandboxSettings(), cache),
        settings or ValidationSettings(),
        {"rust": RUST},
        cache,
        no_registry,
    )
