"""The Go pack: what the generator needs beside templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.common.openapi import document
from autonomous_coder.languages.go.pack_build import ViewBuilder
from autonomous_coder.languages.go.pack_cli import CliBuilder
from autonomous_coder.languages.go.pack_imports import imports
from autonomous_coder.languages.go.pack_library import LibraryBuilder
from autonomous_coder.languages.go.pack_literals import comment, literal
from autonomous_coder.languages.go.pack_names import sql
from autonomous_coder.languages.go.pack_project import go_mod
from autonomous_coder.languages.go.pack_service import service_view
from autonomous_coder.languages.go.pack_tables import (
    MIGRATIONS,
    migration,
    postgresql_tables,
    sqlite_tables,
)
from autonomous_coder.languages.go.pack_view import SpecView
from autonomous_coder.models.generation import Dependencies, Migration
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

_START = {"rest_api": "go run ./cmd/server"}
"""How a project of each archetype is started, where its layer does not say it."""
_BUILDERS: Mapping[str, type[ViewBuilder]] = {"cli": CliBuilder, "library": LibraryBuilder}
"""What makes the views of archetypes that have more than the tables of a service."""
_TEST = re.compile(r"func (Test\w+)\(t \*testing\.T\)")


class GoPack:
    """Go modules, with the tools that come with go."""

    language = "go"
    ecosystem = "go"
    runtime = ">=1.26"
    manifest = "go.mod"
    lockfile = "go.sum"
    migrations = MIGRATIONS

    def view(self, spec: ProjectSpec, features: frozenset[str]) -> SpecView:
        """The spec with safe names; see `pack_view`."""
        view = _BUILDERS.get(spec.archetype, ViewBuilder)(spec, features).build()
        return service_view(view, spec) if spec.archetype == "rest_api" else view

    def migrate(self, before: object, now: object, existing: Mapping[str, str]) -> Migration | None:
        """A numbered SQL file; see `pack_tables`."""
        if not isinstance(before, SpecView) or not isinstance(now, SpecView):
            return None
        return migration(before, now, existing)

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """`gostr` writes free text as a literal, `gocomment` as a comment, `sql` a name in SQL,
        `asjson` data on one line."""
        return {"gostr": literal, "gocomment": comment, "sql": sql, "asjson": json.dumps}

    def functions(self) -> Mapping[str, Callable[..., str]]:
        """`imports` makes the import clause of code, `openapi` the document of a spec,
        `postgresql_tables` the script of its tables, `sqlite_tables` that of some."""
        return {
            "imports": imports,
            "openapi": _openapi,
            "postgresql_tables": postgresql_tables,
            "sqlite_tables": sqlite_tables,
        }

    def data_file(
        self,
        path: str,
        data: Mapping[str, object],
        spec: ProjectSpec,
        dependencies: Dependencies,
        resolution: Resolution | None,
    ) -> str:
        """`go.mod`."""
        if path == "go.mod":
            return go_mod(data, spec, dependencies, resolution)
        raise GenerationError(
            f"the Go pack cannot serialise '{path}'",
            hint="Contribute to go.mod, or add a template for the file.",
        )

    def test_id(self, path: str, line: str) -> str | None:
        """The id of a test function that starts at this line."""
        match = _TEST.match(line)
        return None if match is None else f"{path}::{match[1]}"

    def owns(self, path: str) -> bool:
        """gofmt lays out Go files."""
        return path.endswith(".go")

    def commands(self, spec: ProjectSpec) -> tuple[str, str]:
        """go fetches what go.sum names by itself."""
        return _START.get(spec.archetype, ""), "go test ./..."


def _openapi(spec: SpecView, features: frozenset[str] = frozenset()) -> str:
    return json.dumps(document(spec, features), indent=2) + "\n"
