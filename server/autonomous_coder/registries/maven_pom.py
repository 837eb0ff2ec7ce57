"""What a POM says, with what it inherits from its parents."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from autonomous_coder.registries.base import MAX_DEPENDENCIES, link, text
from autonomous_coder.registries.maven_address import blocks, first, strip_comments, without

OTHERS = (
    "organization", "scm", "licenses", "developers", "issueManagement", "contributors",
    "distributionManagement", "repositories", "pluginRepositories", "mailingLists", "ciManagement",
)  # fmt: skip
MAX_PARENTS = 4
MAX_PROPERTIES = 2_000
_REFERENCE = re.compile(r"\$\{([\w.-]{1,100})\}")
_PROPERTY = re.compile(r"<([\w.-]{1,100})>([^<]{0,300})</\1>")
_JAVA = ("maven.compiler.release", "maven.compiler.target", "java.version", "jdk.version",
         "maven.compiler.source", "javac.target", "java.release")  # fmt: skip
_PLUGIN_JAVA = ("release", "target", "source")
_COORDINATE = re.compile(r"[\w.-]{1,150}")
Resolve = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Pom:
    """One POM, or several with what is inherited."""

    summary: str = ""
    license: str = ""
    documentation_url: str = ""
    repository_url: str = ""
    java: str = ""
    relocated: str = ""
    relocation_note: str = ""
    dependencies: Mapping[str, str] = field(default_factory=dict)


def parent_of(document: str) -> tuple[str, str, str] | None:
    """(group, artifact, version) of the parent a POM names, or None."""
    parent = next(blocks(strip_comments(document), "parent"), "")
    found = (first(parent, "groupId"), first(parent, "artifactId"), first(parent, "version"))
    if all(_COORDINATE.fullmatch(part) and ".." not in part for part in found):
        return found
    return None


def read_pom(documents: Sequence[str], group: str, artifact: str, version: str) -> Pom:
    """A POM (first) and its parents (nearest first); never raises."""
    plain = [strip_comments(document) for document in documents]
    heads = [
        without(d, "parent", "dependencies", "dependencyManagement", "build", "profiles")
        for d in plain
    ]
    values = {"project.version": version, "version": version, "project.groupId": group,
              "project.artifactId": artifact, "groupId": group}  # fmt: skip
    for document in heads:
        for block in blocks(document, "properties"):
            for match in list(_PROPERTY.finditer(block))[:MAX_PROPERTIES]:
                values.setdefault(match[1], match[2].strip())

    def resolved(value: str) -> str:
        for _ in range(4):
            if "${" not in value:
                break
            value = _REFERENCE.sub(lambda m: values.get(m[1], m[0]), value)[:1_000]
        return unescape(value).strip()

    def inherited(tag: str, inner: str) -> str:
        for document in heads:
            if found := first(next(blocks(document, tag), ""), inner):
                return resolved(found)
        return ""

    own = [without(h, *OTHERS) for h in heads]
    moved = next(blocks(heads[0], "relocation"), "") if heads else ""
    return Pom(
        summary=text(re.sub(r"\s+", " ", resolved(first(own[0], "description")))) if own else "",
        license=text(inherited("license", "name"), 100),
        documentation_url=next((u for h in own if (u := link(resolved(first(h, "url"))))), ""),
        repository_url=link(inherited("scm", "url"))
        or link(inherited("scm", "connection").removeprefix("scm:git:")),
        java=_java(plain, values, resolved),
        relocated=_relocated(moved, group, artifact),
        relocation_note=text(resolved(first(moved, "message"))),
        dependencies=_dependencies(plain, resolved),
    )


def _relocated(moved: str, group: str, artifact: str) -> str:
    """`group:artifact` of a relocation to another name; empty when there is none."""
    if not moved:
        return ""
    target = f"{first(moved, 'groupId') or group}:{first(moved, 'artifactId') or artifact}"
    plain = re.fullmatch(r"[\w.-]+:[\w.-]+", target)
    return target if plain and target != f"{group}:{artifact}" else ""


def _java(documents: Sequence[str], values: Mapping[str, str], resolved: Resolve) -> str:
    """The Java release the bytecode is for, as far as the POMs tell."""
    for name in _JAVA:
        if (value := _release(resolved(values.get(name, "")))) and name in values:
            return value
    for document in documents:
        for plugin in blocks(document, "plugin"):
            if first(plugin, "artifactId") != "maven-compiler-plugin":
                continue
            settings = next(blocks(plugin, "configuration"), "")
            for tag in _PLUGIN_JAVA:
                if value := _release(resolved(first(settings, tag))):
                    return value
    return ""


def _release(value: str) -> str:
    """`8` from `1.8` or `8`; empty for what is no Java release."""
    match = re.fullmatch(r"(?:1\.)?(\d{1,2})", value.strip())
    return match[1] if match else ""


def _dependencies(documents: Sequence[str], resolved: Resolve) -> dict[str, str]:
    """`group:artifact` -> version of what is needed at run time; the version is empty where a
    document that is not at hand manages it."""
    managed: dict[str, str] = {}
    for document in documents:
        for block in blocks(document, "dependencyManagement"):
            for row in blocks(block, "dependency"):
                name = resolved(f"{first(row, 'groupId')}:{first(row, 'artifactId')}")
                managed.setdefault(name, resolved(first(row, "version")))
    found: dict[str, str] = {}
    top = without(documents[0], "dependencyManagement", "build", "profiles") if documents else ""
    for block in blocks(top, "dependencies"):
        for row in blocks(block, "dependency"):
            scope = first(row, "scope") or "compile"
            if scope not in ("compile", "runtime") or first(row, "optional") == "true":
                continue
            name = resolved(f"{first(row, 'groupId')}:{first(row, 'artifactId')}")
            version = resolved(first(row, "version")) or managed.get(name, "")
            if len(found) < MAX_DEPENDENCIES and re.fullmatch(r"[\w.-]+:[\w.-]+", name):
                found[name] = "" if "${" in version else text(version, 100)
    return found
