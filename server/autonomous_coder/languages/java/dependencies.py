"""Dependencies: the poms can be read, everything resolves, what is imported is declared."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autonomous_coder.languages.base import CheckPlan, Environment, ProjectView, Steps
from autonomous_coder.languages.findings import finding, verdict
from autonomous_coder.languages.java import pom
from autonomous_coder.languages.java.layout import Layout, Module
from autonomous_coder.languages.sources import Import, SourceFacts
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "dependencies", "Dependencies resolve and are declared"
TOOL = "maven"
_FAULT = re.compile(r"([\w./ -]{1,300}\.xml):(\d{1,6}): (.{1,500})", re.S)
_RANGE = re.compile(r"^[\[(].*[\])]$")
STANDARD = ("java.", "javax.", "jdk.", "org.w3c.dom", "org.xml.sax", "org.ietf.jgss", "com.sun.",
            "sun.", "netscape.javascript")  # fmt: skip
"""How the names of packages begin that a JDK may bring itself; the compiler knows the rest."""


def dependencies_plan(
    project: ProjectView, layout: Layout, facts: SourceFacts, environment: Environment
) -> CheckPlan:
    """What the fetch phase found, and a comparison of imports with declarations."""

    def steps() -> Steps[CheckResult]:
        yield from ()
        found = [*_files(project), *_versions(project)]
        if not environment.ready:
            ours = environment.infrastructure
            if not ours:
                found += unresolved(project, environment.reason)
            return CheckResult(
                name=NAME,
                title=TITLE,
                status=CheckStatus.INFRASTRUCTURE if ours else CheckStatus.FAILED,
                reason=environment.reason,
                tool=TOOL,
                diagnostics=found,
                duration_s=environment.duration_s,
                level=environment.level,
            )
        found += _warned(layout)
        found += undeclared(layout, facts)
        notes = list(environment.notes)
        if not layout.maven:
            notes.append("There is no pom.xml: nothing is declared.")
        result = verdict(
            NAME, TITLE, found, strict=False, reason=" ".join(notes), tool=TOOL,
            files=len(facts.files), cached=environment.cached,
        )  # fmt: skip
        result.duration_s = environment.duration_s
        result.level = environment.level
        return result

    return CheckPlan(NAME, TITLE, steps, cost=0.1, needs_environment=True)


def unresolved(project: ProjectView, reason: str) -> list[Diagnostic]:
    """The faults that resolving named, each at its place in a pom."""
    found = []
    for part in reason.split(" | "):
        match = _FAULT.fullmatch(part.strip())
        path = match[1] if match and match[1] in project.files else pom.MANIFEST
        line = int(match[2]) if match else 0
        message = match[3] if match else part
        code = "unresolved" if "Could not find" in message or "parent POM" in message else "pom"
        found.append(
            finding(
                "java", TOOL, code, Severity.ERROR, message, root=project.root,
                path=path if path in project.files else "", line=line,
            )
        )  # fmt: skip
    return found


def _warned(layout: Layout) -> Iterable[Diagnostic]:
    """What Maven's own model says against the poms."""
    for path, line, column, message in layout.warnings:
        yield finding(
            "java", TOOL, "pom", Severity.WARNING, message,
            path=path, line=max(0, line), column=max(0, column),
        )  # fmt: skip


def _files(project: ProjectView) -> Iterable[Diagnostic]:
    """Configuration of Maven that could run code or leave out work; it takes no part here."""
    for path in project.files:
        if path in (".mvn/extensions.xml", ".mvn/jvm.config", ".mvn/maven.config"):
            yield finding(
                "java", "autonomous-coder", "build-configuration", Severity.INFO,
                "Maven reads this before anything else; it took no part in these checks",
                path=path,
            )  # fmt: skip


def _versions(project: ProjectView) -> Iterable[Diagnostic]:
    """Versions that mean another thing tomorrow."""
    for item in pom.declared(project):
        moving = item.version.endswith("-SNAPSHOT") or item.version in ("LATEST", "RELEASE")
        own = item.name.partition(":")[0] == "${project.groupId}"
        if (moving and not own and not _in_project(project, item.name)) or _RANGE.match(
            item.version
        ):
            yield finding(
                "java", "autonomous-coder", "moving-version", Severity.WARNING,
                f"'{item.name}' has the version '{item.version}', which others may resolve "
                "differently; name an exact one",
                path=item.path, line=item.line,
            )  # fmt: skip


def _in_project(project: ProjectView, name: str) -> bool:
    artifact = name.partition(":")[2]
    return any(
        p.root.value("artifactId") == artifact for p in pom.poms(project).values() if not p.fault
    )


def undeclared(layout: Layout, facts: SourceFacts) -> list[Diagnostic]:
    """Imports that no declared dependency provides: an error when nothing resolved does either."""
    if not layout.maven:
        return []
    own = _own_packages(facts)
    found: list[Diagnostic] = []
    for module in layout.modules:
        providers = _providers(module, layout)
        for path in (*module.sources, *module.test_sources):
            fact = facts.files.get(path)
            if fact is not None:
                found += _imports(path, fact.imports, module, providers, own)
    return found


def _imports(
    path: str,
    imports: Iterable[Import],
    module: Module,
    providers: dict[str, set[str]],
    own: set[str],
) -> Iterable[Diagnostic]:
    declared = {d.name for d in module.direct}
    seen: set[str] = set()
    for item in imports:
        name, line = item.module, item.line
        packages = _candidates(name)
        if name.startswith(STANDARD) and not any(p in providers for p in packages):
            continue
        if not packages or any(p in own for p in packages):
            continue
        provided = next((providers[p] for p in packages if p in providers), None)
        shown = next((p for p in packages if p in providers), packages[0])
        if shown in seen:
            continue
        seen.add(shown)
        if provided is None:
            yield finding(
                "java", "autonomous-coder", "undeclared-import", Severity.ERROR,
                f"'{name}' is imported, but no declared dependency provides it",
                path=path, line=line, column=1,
            )  # fmt: skip
        elif not provided & declared and not _brought_whole(provided, declared):
            names = ", ".join(sorted(provided)[:3])
            yield finding(
                "java", "autonomous-coder", "transitive-import", Severity.INFO,
                f"'{shown}' is imported, but '{names}' comes only through another dependency",
                path=path, line=line, column=1,
            )  # fmt: skip


def _brought_whole(provided: set[str], declared: set[str]) -> bool:
    """Whether a dependency that only bundles others (a starter, an aggregate) brings it."""
    return any(
        name.partition(":")[0] == other.partition(":")[0] for name in provided for other in declared
    ) or any("starter" in other for other in declared)


def _candidates(name: str) -> list[str]:
    """Packages an import may speak of, the longest first."""
    parts = name.removesuffix(".*").split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)][:12]


def _providers(module: Module, layout: Layout) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in module.entries:
        jar = layout.jars.get(entry.where)
        if jar is None or entry.scope == "runner":
            continue
        for package in jar.packages:
            found.setdefault(package, set()).add(entry.name)
    return found


def _own_packages(facts: SourceFacts) -> set[str]:
    """Packages of the project itself, by where its files stand below their source roots."""
    found: set[str] = set()
    for path in facts.files:
        parts = path.split("/")[:-1]
        # Whatever the root is, the package is some end of the directory.
        found |= {".".join(parts[start:]) for start in range(len(parts))}
    return found
