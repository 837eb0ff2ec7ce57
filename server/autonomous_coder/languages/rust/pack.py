"""The Rust pack: what the generator needs beside templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.common.openapi import document
from autonomous_coder.languages.rust.pack_build import ViewBuilder
from autonomous_coder.languages.rust.pack_library import LibraryBuilder
from autonomous_coder.languages.rust.pack_literals import literal, readable, visible
from autonomous_coder.languages.rust.pack_names import sql
from autonomous_coder.languages.rust.pack_project import cargo_toml
from autonomous_coder.languages.rust.pack_uses import plain_uses, uses
from autonomous_coder.languages.rust.pack_view import SpecView
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

_TEST = re.compile(r"(?:async )?fn (\w+)\(")


class RustPack:
    """Crates, built and tested by cargo."""

    language = "rust"
    ecosystem = "crates"
    runtime = ">=1.95"
    manifest = "Cargo.toml"
    lockfile = "Cargo.lock"

    def view(self, spec: ProjectSpec, features: frozenset[str]) -> SpecView:
        """The spec with safe names; see `pack_view`."""
        builder = LibraryBuilder if spec.archetype == "library" else ViewBuilder
        return builder(spec, features).build()

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """`ruststr` writes any text as a literal, `sqlstr` SQL of safe names as it is to be read,
        `sql` a name in SQL, `asjson` data on one line, `visible` text in a comment."""
        return {
            "ruststr": literal, "sqlstr": readable, "sql": sql, "asjson": json.dumps,
            "visible": visible,
        }  # fmt: skip

    def functions(self) -> Mapping[str, Callable[..., str]]:
        """`uses` makes the declarations of code (`plain_uses` those of a library), `openapi` the
        document of a spec."""
        return {"uses": uses, "plain_uses": plain_uses, "openapi": _openapi}

    def data_file(
        self,
        path: str,
        data: Mapping[str, object],
        spec: ProjectSpec,
        dependencies: Dependencies,
        resolution: Resolution | None,
    ) -> str:
        """`Cargo.toml`."""
        if path == "Cargo.toml":
            return cargo_toml(data, spec, dependencies, resolution)
        raise GenerationError(
            f"the Rust pack cannot serialise '{path}'",
            hint="Contribute to Cargo.toml, or add a template for the file.",
        )

    def test_id(self, path: str, line: str) -> str | None:
        """The id of a test function that starts at this line."""
        match = _TEST.match(line)
        return None if match is None else f"{path}::{match[1]}"

    def owns(self, path: str) -> bool:
        """rustfmt lays out Rust files."""
        return path.endswith(".rs")

    def commands(self, spec: ProjectSpec) -> tuple[str, str]:  # noqa: ARG002
        """cargo fetches and builds what it needs."""
        return "cargo run", "cargo test"


def _openapi(spec: SpecView) -> str:
    return json.dumps(document(spec), indent=2) + "\n"
