"""Start-up: a web service is built and started without network, answers, and stops when told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autonomous_coder.languages.base import Environment, NotApplicable, ProjectView, Toolbox
from autonomous_coder.languages.common.service import Service
from autonomous_coder.languages.rust import toolchain
from autonomous_coder.languages.rust.manifests import Crate, Target, Workspace, table
from autonomous_coder.models.execution import PROJECT_DIR

NAME, TITLE = "start", "The service starts, answers and stops"
FRAMEWORKS = frozenset(
    {"axum", "actix-web", "warp", "rocket", "hyper", "poem", "salvo", "tide", "ntex", "rouille"}
)
BUILT = f"{PROJECT_DIR}/target/started"
BUILD = (
    f'"$CARGO" build --package "$1" --bin "$2" --offline --quiet && mkdir -p {BUILT} && '
    f'cp "$CARGO_TARGET_DIR/debug/$2" {BUILT}/'
)
_SERVES = re.compile(r"\b(?:serve|bind|run|launch|listen)\w*\s*\(|#\[launch\]|rocket::build")


def service(
    project: ProjectView, workspace: Workspace, environment: Environment, toolbox: Toolbox
) -> Service | NotApplicable:
    """The service of the workspace, or why there is none to start."""
    found = list(_candidates(workspace))
    if not found:
        return NotApplicable(NAME, TITLE, "The project is no web service that could be found.")
    serving = [(c, t) for c, t in found if _SERVES.search(project.read(t.path))] or found
    chosen = serving[0] if len(serving) == 1 else _default(serving)
    if chosen is None:
        names = ", ".join(target.name for _, target in serving[:5])
        reason = f"Several programs could be the service ({names}); set `default-run`."
        return NotApplicable(NAME, TITLE, reason)
    crate, target = chosen
    return Service(
        label=f"cargo run --bin {target.name}",
        prepare=(
            "/bin/sh", "-c", toolchain.PREPARE + BUILD, "sh", crate.name, target.name,
        ),
        argv=(f"{BUILT}/{target.name}",),
        cwd=PROJECT_DIR if not crate.directory else f"{PROJECT_DIR}/{crate.directory}",
        env={
            **toolchain.variables(toolbox, installed=environment.directory is not None),
            # What frameworks read in place of PORT.
            "RUST_BACKTRACE": "0",
        },
        mounts=(*toolchain.toolchain(toolbox).mounts, *environment.mounts),
    )  # fmt: skip


def _candidates(workspace: Workspace) -> Iterator[tuple[Crate, Target]]:
    for crate in workspace.crates:
        if crate.depends_on(FRAMEWORKS):
            for target in crate.targets:
                if target.kind == "bin" and not target.gated and target.name:
                    yield crate, target


def _default(found: list[tuple[Crate, Target]]) -> tuple[Crate, Target] | None:
    """The one that `cargo run` would start."""
    for crate, target in found:
        if table(crate.manifest.get("package")).get("default-run") == target.name:
            return crate, target
    named = [(c, t) for c, t in found if t.name == c.name or t.path.endswith("src/main.rs")]
    return named[0] if len(named) == 1 else None
