"""go.mod, built as data and serialised."""

from __future__ import annotations

from collections.abc import Mapping

from autonomous_coder.languages.go.pack_build import MODULE
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution


def go_mod(
    data: Mapping[str, object],
    spec: ProjectSpec,
    dependencies: Dependencies,
    resolution: Resolution | None,
) -> str:
    """The file's text. A module without a known version is left to `go mod tidy`, which finds it
    by what the code imports; so are modules that only others need."""
    versions = resolution.versions() if resolution else {}
    lines = [f"module {MODULE}/{spec.name}", "", f"go {data['go']}"]
    wanted = [
        f"\t{name} {versions[name]}"
        for name in sorted({*dependencies.packages, *dependencies.dev_packages})
        if name in versions
    ]
    if wanted:
        lines += ["", "require (", *wanted, ")"]
    return "\n".join([*lines, ""])
