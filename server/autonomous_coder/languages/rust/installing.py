"""How a Rust project's dependencies are fetched and compiled ahead of its checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

from autonomous_coder.languages.base import (
    Environment,
    EnvironmentPlan,
    InstallVerdict,
    Toolbox,
)
from autonomous_coder.languages.common.compiling import compiling
from autonomous_coder.languages.common.judging import Signs, judged
from autonomous_coder.languages.findings import finding
from autonomous_coder.languages.rust import toolchain
from autonomous_coder.languages.rust.manifests import Workspace
from autonomous_coder.languages.rust.skeleton import skeleton
from autonomous_coder.languages.rust.toolchain import ENV_DIR, HOME, INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.models.execution import (
    OUTPUT_DIR,
    PROJECT_DIR,
    Command,
    Network,
    Outcome,
)
from autonomous_coder.models.validation import Severity

CACHE = "/cache"
LOCKFILE = "Cargo.lock"

# Fixed scripts; everything that varies comes from the environment. A mirror the user's own cargo
# is configured for is passed on; nothing else of its configuration is.
REGISTRY = (
    'rm -f "$TMPDIR/registry.toml"; : > "$TMPDIR/registry.toml"; if [ -n "$CRATES_INDEX" ]; then '
    'printf \'[source.crates-io]\\nreplace-with = "configured"\\n[source.configured]\\n'
    'registry = "%s"\\n\' "$CRATES_INDEX" > "$TMPDIR/registry.toml"; fi; '
)
LOCK = (
    f"{REGISTRY} if [ -f {LOCKFILE} ]; then "
    '"$CARGO" --config "$TMPDIR/registry.toml" update --workspace; else '
    '"$CARGO" --config "$TMPDIR/registry.toml" generate-lockfile; fi '
    f"&& cp {LOCKFILE} {OUTPUT_DIR}/{LOCKFILE}"
)
FETCH = (
    f'{REGISTRY} host=$("$RUSTC" -vV | sed -n "s/^host: //p"); '
    '"$CARGO" --config "$TMPDIR/registry.toml" fetch --locked --target "$host" && '
    f'"$PYTHON" -I -S -X utf8 {INSIDE_DIR}/gather.py {LOCKFILE} {CACHE} {HOME} && '
    f'cp "$TMPDIR/registry.toml" {HOME}/config.toml'
)
# The empty crates' own artefacts must go: they are younger than the real sources, so cargo would
# take them for up to date. Better nothing prepared than that.
WARM = (
    '"$CARGO" check --workspace --all-targets --keep-going --locked --offline; '
    '"$CARGO" test --workspace --tests --no-run --no-fail-fast --locked --offline; '
    '"$CARGO" build --workspace --bins --keep-going --locked --offline; '
    'for name in "$@"; do "$CARGO" clean -p "$name" --locked --offline || '
    f"{{ rm -rf {ENV_DIR}/target; exit 1; }}; done"
)
_OUT_OF_STEP = re.compile(
    r"cannot update the lock file|lock file .* needs to be updated|failed to parse lock file", re.I
)
_NETWORK = re.compile(
    r"network failure|failed to download|spurious network error|could not resolve|couldn't resolve"
    r"|timed out|timeout|connection (?:refused|reset)|failed to connect|download of .* failed"
    r"|failed to get successful HTTP response|proxy|SSL|certificate|attempting to make an HTTP"
    r"|offline mode|no space left|failed to query replaced source|401|403|407|429|50\d",
    re.I,
)
_PROJECT = re.compile(
    r"failed to select a version|no matching package|failed to parse manifest"
    r"|candidate versions found which didn't match|checksum .* changed|failed to load manifest"
    r"|does not have (?:these features|that feature)|no targets specified|feature `|can't find"
    r"|failed to parse the version|invalid (?:character|type)|duplicate key|cyclic|unknown variant"
    r"|two packages named|unclosed|expected |missing field|unresolved|ambiguous|links to the native"
    r"|believes it's in a workspace|failed to find a workspace|multiple workspace roots",
    re.I,
)


def environment_plan(
    workspace: Workspace, toolbox: Toolbox, *, offline: bool
) -> EnvironmentPlan | Environment:
    """The plan for projects with dependencies; nothing to do for those without."""
    if workspace.error:
        found = finding(
            "rust", "cargo", "manifest", Severity.ERROR, workspace.error,
            path=workspace.path, line=workspace.line,
        )  # fmt: skip
        return Environment(ready=False, reason=workspace.error, diagnostics=(found,))
    if why := toolchain.unusable(workspace, toolbox):
        missing = not toolchain.toolchain(toolbox).found
        return Environment(ready=False, reason=why, infrastructure=True, missing=missing)
    if workspace.outside:
        faults = tuple(
            finding(
                "rust", "cargo", "outside-dependency", Severity.ERROR,
                f"{why}; use a release from the registry", path=path, line=line,
            )
            for path, line, why in workspace.outside[:50]
        )  # fmt: skip
        return Environment(
            ready=False,
            reason="The project depends on crates that are neither in it nor in a registry.",
            diagnostics=faults,
        )
    tools = toolchain.toolchain(toolbox)
    if not workspace.external:
        return Environment(
            ready=True,
            notes=("The project declares no dependencies.",),
            key=f"bare-rust-{tools.version}",
        )
    files = skeleton(workspace)
    digest = blake2b(digest_size=16)
    for name in sorted(files):
        digest.update(f"{len(name)} {name} {len(files[name])} ".encode() + files[name])
    return EnvironmentPlan(
        ecosystem="crates",
        language="rust",
        manager="cargo",
        key_parts=("cargo", tools.version, tools.programs["cargo"], digest.hexdigest()),
        target=ENV_DIR,
        executable=tools.programs["cargo"],
        packages=f"{HOME}/registry/src",
        install=_fetching(toolbox, FETCH, offline),
        lockfile=LOCKFILE,
        lock=_fetching(toolbox, LOCK, offline),
        judge=judge,
        skeleton=files,
        warm=_warming(toolbox, [crate.name for crate in workspace.crates]),
        private=True,
        mounts=(),
        cache_target=CACHE,
        unlocked_hint="Run `cargo update --workspace` and commit Cargo.lock.",
    )


def _fetching(toolbox: Toolbox, script: str, offline: bool) -> Command:
    env = {
        **toolchain.variables(toolbox, installed=True),
        "CARGO_HOME": CACHE,
        "CARGO_TARGET_DIR": "/tmp/target",  # noqa: S108
        "PYTHON": toolbox.interpreter.executable,
        **({"CARGO_NET_OFFLINE": "true"} if offline else {}),
    }
    return Command(
        argv=("/bin/sh", "-c", script),
        cwd=PROJECT_DIR,
        env=env,
        mounts=(*toolchain.toolchain(toolbox).mounts, *toolbox.interpreter.mounts, INSIDE_MOUNT),
        network=Network.NONE if offline else Network.FETCH,
        limits=compiling(toolbox.limits),
        # Cargo reads manifests and unpacks archives; it runs no code of theirs.
        runs_project_code=False,
    )


def _warming(toolbox: Toolbox, names: Sequence[str]) -> Command:
    return Command(
        argv=("/bin/sh", "-c", WARM, "sh", *dict.fromkeys(names)),
        cwd=PROJECT_DIR,
        env=toolchain.variables(toolbox, installed=True),
        mounts=toolchain.toolchain(toolbox).mounts,
        limits=compiling(toolbox.limits),
    )


_SIGNS: Signs = (
    (_OUT_OF_STEP, InstallVerdict.OUT_OF_STEP),
    (_NETWORK, InstallVerdict.INFRASTRUCTURE),
    (_PROJECT, InstallVerdict.PROJECT),
)


def judge(outcome: Outcome) -> tuple[InstallVerdict, str]:
    """What cargo's end means."""
    return judged(outcome, "cargo", _SIGNS, _gist)


def _gist(said: str) -> str:
    """The error and its causes in one bounded line."""
    lines = [line.strip() for line in said.splitlines()]
    start = next((i for i, line in enumerate(lines) if line.startswith("error")), 0)
    return " ".join(line for line in lines[start:] if line and line != "Caused by:")[:600]
