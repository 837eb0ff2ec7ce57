"""pom.xml: dependencies, with versions where Spring Boot does not choose them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.java.pack_build import GROUP
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution

BOOT = "org.springframework.boot"
HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0"
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="http://maven.apache.org/POM/4.0.0 https://maven.apache.org/xsd/maven-4.0.0.xsd">
"""


def pom_xml(
    data: Mapping[str, object],
    spec: ProjectSpec,
    dependencies: Dependencies,
    resolution: Resolution | None,
) -> str:
    """The file's text. `data` has `java` (the release), and `boot` where a starter leads.

    Raises:
        GenerationError: the version of a package is not known.
    """
    versions = dict(dependencies.tested) | (resolution.versions() if resolution else {})

    def version(name: str) -> str:
        if name not in versions:
            raise GenerationError(
                f"no version of '{name}' is known",
                hint="Generate with a network once, or let the layer say what it was tested with.",
            )
        return versions[name]

    lines = ["    <modelVersion>4.0.0</modelVersion>"]
    if "boot" in data:
        parent = _coordinates(f"{BOOT}:spring-boot-starter-parent", version(str(data["boot"])))
        lines += _block("parent", [*parent, "<relativePath/>"])
    lines += ["", *_coordinates(f"{GROUP}:{spec.name}", "0.1.0", 4)]
    lines += ["", *_block("properties", [f"<java.version>{data['java']}</java.version>"])]
    held: list[str] = []
    runtime = cast("list[str]", data.get("runtime", []))
    for name, dev in _listed(dependencies):
        known = "" if name.startswith(f"{BOOT}:") else version(name)
        scope = "test" if dev else ("runtime" if name in runtime else "")
        body = _coordinates(name, known) + ([f"<scope>{scope}</scope>"] if scope else [])
        held += [line[4:] for line in _block("dependency", body)]
    lines += ["", *_block("dependencies", held)]
    plugins = cast("list[str]", data.get("plugins", []))
    if plugins:
        each = [line[4:] for name in plugins for line in _block("plugin", _coordinates(name, ""))]
        inner = [line[4:] for line in _block("plugins", each)]
        lines += ["", *_block("build", inner)]
    return HEAD + "\n".join([*lines, "</project>", ""])


def _listed(dependencies: Dependencies) -> Iterable[tuple[str, bool]]:
    """Spring Boot's own first, tests last."""
    for dev, names in ((False, dependencies.packages), (True, dependencies.dev_packages)):
        for name in sorted(names, key=lambda n: (not n.startswith(f"{BOOT}:"), n)):
            yield name, dev


def _coordinates(name: str, version: str, indent: int = 0) -> list[str]:
    group, _, artifact = name.partition(":")
    lines = [f"<groupId>{group}</groupId>", f"<artifactId>{artifact}</artifactId>"]
    lines += [f"<version>{version}</version>"] if version else []
    return [" " * indent + line for line in lines]


def _block(name: str, body: Iterable[str]) -> list[str]:
    return [f"    <{name}>", *(f"        {line}" for line in body), f"    </{name}>"]
