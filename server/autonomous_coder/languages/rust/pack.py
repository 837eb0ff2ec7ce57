"""The Rust pack: what the generator needs beside templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.common.openapi import document
from autonomous_coder.languages.rust.pack_build import ViewBuilder
from autonomous_coder.languages.rust.pack_cli import CliBuilder
from autonomous_coder.languages.rust.pack_library import LibraryBuilder
from autonomous_coder.languages.rust.pack_literals import literal, readable, visible
from autonomous_coder.languages.rust.pack_names import kebab, sql
from autonomous_coder.languages.rust.pack_project import cargo_toml
from autonomous_coder.languages.rust.pack_tables import MIGRATIONS, migration, postgresql_tables
from autonomous_coder.languages.rust.pack_uses import called, cli_uses, plain_uses, uses
from autonomous_coder.languages.rust.pack_view import SpecView
from autonomous_coder.models.generation import Dependencies, Migration
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

_BUILDERS: Mapping[str, type[ViewBuilder]] = {"cli": CliBuilder, "library": LibraryBuilder}
"""What makes the views of archetypes that have more than the tables of a service."""
_TEST = re.compile(r"(?:async )?fn (\w+)\(")


class RustPack:
    """Crates, built and tested by cargo."""

    language = "rust"
    ecosystem = "crates"
    runtime = ">=1.95"
    manifest = "Cargo.toml"
    lockfile = "Cargo.lock"
    migrations = MIGRATIONS

    def view(self, spec: ProjectSpec, features: frozenset[str]) -> SpecView:
        """The spec with safe names; see `pack_view`."""
        return _BUILDERS.get(spec.archetype, ViewBuilder)(spec, features).build()

    def migrate(self, before: object, now: object, existing: Mapping[str, str]) -> Migration | None:
        """A numbered SQL file; see `pack_tables`."""
        if not isinstance(before, SpecView) or not isinstance(now, SpecView):
            return None
        return migration(before, now, existing)

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """`ruststr` writes any text as a literal, `sqlstr` SQL of safe names as it is to be read,
        `sql` a name in SQL, `asjson` data on one line, `visible` text in a comment, `kebab` what a
        variant is called on a command line."""
        return {
            "ruststr": literal, "sqlstr": readable, "sql": sql, "asjson": json.dumps,
            "visible": visible, "kebab": kebab,
        }  # fmt: skip

    def functions(self) -> Mapping[str, Callable[..., object]]:
        """`uses` makes the declarations of code (`plain_uses` those of a library, `cli_uses` those
        of a command-line program), `called` tells what of a module code names, `openapi` is the
        document of a spec, `postgresql_tables` the script of its tables."""
        return {
            "uses": uses, "plain_uses": plain_uses, "cli_uses": cli_uses, "called": called,
            "openapi": _openapi, "postgresql_tables": postgresql_tables,
        }  # fmt: skip

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


def _openapi(spec: SpecView, features: frozenset[str] = frozenset()) -> str:
    return json.dumps(document(spec, features), indent=2) + "\n"
