"""The Rust toolchain: how it is found, what it is too old for, how cargo is started."""

from __future__ import annotations

import posixpath
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomous_coder.languages.base import (
    Environment,
    ProjectView,
    Toolbox,
    Toolchain,
    ToolchainSpec,
)
from autonomous_coder.languages.common.compiling import compiling
from autonomous_coder.languages.rust.manifests import Workspace, table
from autonomous_coder.models.execution import PROJECT_DIR, Command, Mount

NAME = "rust"
EDITIONS = ("2015", "2018", "2021", "2024")
ENV_DIR = "/env"
HOME = f"{ENV_DIR}/cargo"
TARGET = f"{ENV_DIR}/target"
BARE_HOME = "/tmp/cargo"  # noqa: S108
BARE_TARGET = "/tmp/target"  # noqa: S108
INSIDE = Path(__file__).parent / "inside"
INSIDE_DIR = "/inside"
INSIDE_MOUNT = Mount(INSIDE, INSIDE_DIR)

SPEC = ToolchainSpec(
    name=NAME,
    programs=(
        "cargo", "rustc", "rustdoc", "rustfmt", "cargo-clippy", "clippy-driver", "cargo-fmt",
    ),
    locate=lambda name: ("rustup", "which", name),
    minimum=(1, 70),
    remedy=f"{'brew' if sys.platform == 'darwin' else 'apt'} install rustup && "
    "rustup toolchain install stable --component clippy --component rustfmt",
)  # fmt: skip

PREPARE = (
    # The project's own configuration of cargo could start programs of its choice.
    "rm -rf .cargo; "
    f'if [ -f "{ENV_DIR}/Cargo.lock" ]; then cp -f "{ENV_DIR}/Cargo.lock" Cargo.lock; fi; '
    'if [ -d "$CARGO_TARGET_DIR" ] && ! touch "$CARGO_TARGET_DIR/.used" 2>/dev/null; then '
    'cp -a "$CARGO_TARGET_DIR" "$TMPDIR/target"; '
    'CARGO_TARGET_DIR="$TMPDIR/target"; export CARGO_TARGET_DIR; fi; '
)
"""First in every script that compiles: what is used is ours, and the target can be written."""


def toolchain(toolbox: Toolbox) -> Toolchain:
    """The toolchain, found or not."""
    known = toolbox.toolchains.get(NAME)
    return known or Toolchain(NAME, reason="cargo is not installed.", remedy=SPEC.remedy)


def unusable(workspace: Workspace, toolbox: Toolbox) -> str:
    """Why this machine cannot judge the project at all; empty when it can."""
    found = toolchain(toolbox)
    if not found.found:
        return found.why_missing
    if "rustc" not in found.programs:
        return f"rustc is not installed beside cargo. Install it: `{SPEC.remedy}`."
    ours = _numbers(found.version)
    for crate in workspace.crates:
        if crate.edition not in EDITIONS and crate.edition.isdigit() and crate.edition > "2024":
            return (
                f"{crate.path} asks for edition {crate.edition}, newer than what Rust "
                f"{found.version} of this machine knows. Update it: `rustup update stable`."
            )
        if crate.rust_version and _numbers(crate.rust_version) > ours:
            return (
                f"{crate.path} asks for Rust {crate.rust_version}, and this machine has "
                f"{found.version}. Update it: `rustup update stable`."
            )
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def asked_channel(project: ProjectView) -> str:
    """The toolchain the project asks rustup for, such as 'nightly'; empty when it does not."""
    for name in ("rust-toolchain.toml", "rust-toolchain"):
        text = project.read(name).strip()
        if not text:
            continue
        try:
            channel = table(tomllib.loads(text).get("toolchain")).get("channel")
        except (ValueError, RecursionError):
            channel = text.splitlines()[0].strip() if name == "rust-toolchain" else ""
        return channel[:60] if isinstance(channel, str) and channel.isprintable() else ""
    return ""


def channel_note(project: ProjectView, toolbox: Toolbox) -> str:
    """A sentence for results when the project asks for another toolchain than was used."""
    asked, version = asked_channel(project), toolchain(toolbox).version
    if not asked or asked == "stable" or version.startswith(asked):
        return ""
    return f"The project asks for the toolchain '{asked}'; this was checked with Rust {version}."


def variables(toolbox: Toolbox, *, installed: bool) -> dict[str, str]:
    """What cargo is told; `installed` when there is an environment with dependencies."""
    programs = toolchain(toolbox).programs
    places = dict.fromkeys(posixpath.dirname(path) for path in programs.values())
    found = {
        "PATH": ":".join([*places, "/usr/local/bin", "/usr/bin", "/bin"]),
        "CARGO": programs["cargo"],
        "RUSTC": programs["rustc"],
        "CARGO_HOME": HOME if installed else BARE_HOME,
        "CARGO_TARGET_DIR": TARGET if installed else BARE_TARGET,
        "CARGO_INCREMENTAL": "0",
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "CARGO_PROFILE_TEST_DEBUG": "0",
        "CARGO_TERM_COLOR": "never",
        "CARGO_TERM_PROGRESS_WHEN": "never",
    }
    if "rustdoc" in programs:
        found["RUSTDOC"] = programs["rustdoc"]
    return found


def lock_flags(environment: Environment) -> tuple[str, ...]:
    """Cargo may neither fetch nor, where dependencies were installed from a lock, change it."""
    return ("--offline", "--locked") if environment.directory else ("--offline",)


def cargo_command(
    project: ProjectView,
    toolbox: Toolbox,
    environment: Environment,
    script: str,
    arguments: Sequence[str] = (),
    *,
    env: Mapping[str, str] | None = None,
    mounts: tuple[Mount, ...] = (),
) -> Command:
    """A shell script around cargo on a copy of the project, after `PREPARE`."""
    return Command(
        argv=("/bin/sh", "-c", PREPARE + script, "sh", *arguments),
        tree=project.root,
        cwd=PROJECT_DIR,
        env={**variables(toolbox, installed=environment.directory is not None), **(env or {})},
        mounts=(*toolchain(toolbox).mounts, *environment.mounts, *mounts),
        limits=compiling(toolbox.limits),
    )
