"""The Java pack: what the generator needs beside templates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.common.openapi import document
from autonomous_coder.languages.java.pack_build import ViewBuilder
from autonomous_coder.languages.java.pack_cli import CliBuilder
from autonomous_coder.languages.java.pack_command_view import told
from autonomous_coder.languages.java.pack_imports import imports
from autonomous_coder.languages.java.pack_layout import laid_out, wrapped
from autonomous_coder.languages.java.pack_library import LibraryBuilder
from autonomous_coder.languages.java.pack_literals import javadoc, literal
from autonomous_coder.languages.java.pack_names import sql
from autonomous_coder.languages.java.pack_project import pom_xml
from autonomous_coder.languages.java.pack_tables import DATABASES, migration, postgresql_tables
from autonomous_coder.languages.java.pack_view import SpecView
from autonomous_coder.models.generation import Dependencies, Migration
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

_START = {"rest_api": "mvn spring-boot:run", "library": ""}
"""How a project of each archetype is started; the others are programs in one file."""
_BUILDERS: Mapping[str, type[ViewBuilder]] = {"cli": CliBuilder, "library": LibraryBuilder}
"""What makes the views of archetypes that are no service."""
_TEST = re.compile(r"    void (\w+)\(")
"""A method of a test class; those of others are never asked for."""


class JavaPack:
    """Maven projects."""

    language = "java"
    ecosystem = "maven"
    runtime = ">=17"
    manifest = "pom.xml"
    lockfile = ""
    migrations = DATABASES

    def view(self, spec: ProjectSpec, features: frozenset[str]) -> SpecView:
        """The spec with safe names; see `pack_view`."""
        return _BUILDERS.get(spec.archetype, ViewBuilder)(spec, features).build()

    def migrate(self, before: object, now: object, existing: Mapping[str, str]) -> Migration | None:
        """A numbered SQL file for Flyway; see `pack_tables`."""
        if not isinstance(before, SpecView) or not isinstance(now, SpecView):
            return None
        return migration(before, now, existing)

    def filters(self) -> Mapping[str, Callable[..., str]]:
        """`javastr` writes free text as a literal, `told` one for the help of a program,
        `javadoc` as part of a comment, `sql` a name in SQL, `asjson` data on one line."""
        return {
            "javastr": literal,
            "told": told,
            "javadoc": javadoc,
            "sql": sql,
            "asjson": json.dumps,
        }

    def functions(self) -> Mapping[str, Callable[..., str]]:
        """`unit` makes a source file of code, `openapi` the document of a spec, `wrapped` puts
        commas between names and breaks lines, `postgresql_tables` makes a script of tables."""
        return {
            "unit": _unit,
            "openapi": _openapi,
            "wrapped": wrapped,
            "postgresql_tables": postgresql_tables,
        }

    def data_file(
        self,
        path: str,
        data: Mapping[str, object],
        spec: ProjectSpec,
        dependencies: Dependencies,
        resolution: Resolution | None,
    ) -> str:
        """`pom.xml`."""
        if path == "pom.xml":
            return pom_xml(data, spec, dependencies, resolution)
        raise GenerationError(
            f"the Java pack cannot serialise '{path}'",
            hint="Contribute to pom.xml, or add a template for the file.",
        )

    def test_id(self, path: str, line: str) -> str | None:
        """The id of a test method that starts at this line."""
        match = _TEST.match(line)
        name = path.rpartition("/")[2].removesuffix(".java")
        return None if match is None else f"{path}::{name}::{match[1]}"

    def owns(self, path: str) -> bool:
        """There is no formatter that comes with Java: templates lay their code out themselves."""
        return path.endswith(".java")

    def commands(self, spec: ProjectSpec) -> tuple[str, str]:
        """Maven fetches what pom.xml names by itself."""
        program = f"mvn -q package -DskipTests && java -jar target/{spec.name}.jar --help"
        return _START.get(spec.archetype, program), "mvn verify"


def _unit(spec: SpecView, package: str, code: str) -> str:
    """A whole source file: the package below the application's (or none), imports, the code."""
    place = f"{spec.base}.{package}" if package else spec.base
    known = spec.packages
    if package not in known.values() and package not in spec.open_packages:
        known = {}
    clauses = imports(code, spec.base, package, known)
    return laid_out(f"package {place};\n\n{clauses}\n{code}")


def _openapi(spec: SpecView) -> str:
    return json.dumps(document(spec, spec.features), indent=2) + "\n"
