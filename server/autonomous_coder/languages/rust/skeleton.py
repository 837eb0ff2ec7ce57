"""What the fetch phase sees of a project: its manifests and empty targets, none of its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autonomous_coder.languages.rust.manifests import MANIFEST, Crate, Workspace, table

PACKAGE_KEYS = (
    "name", "version", "edition", "rust-version", "resolver", "autolib", "autobins", "autotests",
    "autobenches", "autoexamples", "default-run", "workspace", "publish",
)  # fmt: skip
"""Of a package, what decides which dependencies are compiled and how."""
TABLES = (
    "lib", "bin", "test", "bench", "example", "features", "dependencies", "dev-dependencies",
    "build-dependencies", "target", "profile", "patch", "replace", "cargo-features",
)  # fmt: skip
WORKSPACE_KEYS = ("members", "exclude", "default-members", "resolver", "dependencies", "package")
EMPTY = b"fn main() {}\n"
LIBRARY = b""


def skeleton(workspace: Workspace) -> Mapping[str, bytes]:
    """Path -> content. What does not bear on the dependencies is left out, so that projects
    share what was compiled for equal ones."""
    files: dict[str, bytes] = {}
    if workspace.root is not None:
        files[MANIFEST] = _manifest(workspace.root, None)
    for crate in workspace.crates:
        files[crate.path] = _manifest(crate.manifest, crate)
        for target in crate.targets:
            files[target.path] = LIBRARY if target.kind == "lib" else EMPTY
        if crate.build_script:
            files[crate.build_script] = EMPTY
    return files


def _manifest(document: Mapping[str, Any], crate: Crate | None) -> bytes:
    import tomlkit

    kept: dict[str, Any] = {}
    package = table(document.get("package"))
    if package:
        kept["package"] = {key: package[key] for key in PACKAGE_KEYS if key in package}
        if crate is not None and crate.build_script and "build" in package:
            kept["package"]["build"] = package["build"]
    shared = table(document.get("workspace"))
    if "workspace" in document:
        kept["workspace"] = {key: shared[key] for key in WORKSPACE_KEYS if key in shared}
    kept |= {key: document[key] for key in TABLES if key in document}
    return tomlkit.dumps(kept).encode("utf-8", "replace")
