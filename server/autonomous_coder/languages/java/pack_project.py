"""pom.xml: dependencies, with versions where Spring Boot does not choose them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast
from xml.sax.saxutils import escape, quoteattr

from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.java.pack_build import GROUP, base_of
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
    """The file's text. `data` has `java` (the release), `boot` where a starter leads, and
    `managed`, packages beside the starters whose versions Spring Boot chooses.

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
    if data.get("published"):
        lines += ["", *_published(data, spec)]
    lines += ["", *_block("properties", _properties(data))]
    held: list[str] = []
    runtime = cast("list[str]", data.get("runtime", []))
    managed = cast("list[str]", data.get("managed", []))
    for name, dev in _listed(dependencies):
        known = "" if name.startswith(f"{BOOT}:") or name in managed else version(name)
        scope = "test" if dev else ("runtime" if name in runtime else "")
        body = _coordinates(name, known) + ([f"<scope>{scope}</scope>"] if scope else [])
        held += [line[4:] for line in _block("dependency", body)]
    lines += ["", *_block("dependencies", held)]
    lines += _build(data, spec)
    return HEAD + "\n".join([*lines, "</project>", ""])


def _properties(data: Mapping[str, object]) -> list[str]:
    """Spring Boot has names of its own for what Maven's plugins read."""
    if "boot" in data:
        return [f"<java.version>{data['java']}</java.version>"]
    return [
        f"<maven.compiler.release>{data['java']}</maven.compiler.release>",
        "<project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>",
    ]


def _published(data: Mapping[str, object], spec: ProjectSpec) -> list[str]:
    """What a repository of packages demands to know."""
    place = f"https://example.com/{spec.name}"
    told = {
        "name": spec.title or spec.name,
        "description": spec.description or spec.title or f"The library {spec.name}.",
        "url": place,
    }
    lines = [f"    <{tag}>{escape(_printed(text))}</{tag}>" for tag, text in told.items()]
    if data.get("licensed"):
        known = ["<name>MIT License</name>", "<url>https://opensource.org/license/mit</url>"]
        lines += _block("licenses", [line[4:] for line in _block("license", known)])
    named = [f"<name>The authors of {spec.name}</name>"]
    lines += _block("developers", [line[4:] for line in _block("developer", named)])
    connection = f"<connection>scm:git:{place}.git</connection>"
    return lines + _block("scm", [connection, f"<url>{place}</url>"])


def _printed(text: str) -> str:
    """Text on one line without what XML cannot hold."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _build(data: Mapping[str, object], spec: ProjectSpec) -> list[str]:
    """The plugins: names where Spring Boot knows the versions, else all that the pom is to say."""
    named = cast("list[str]", data.get("plugins", []))
    told = cast("list[Mapping[str, object]]", data.get("plugin", []))
    each = [line[4:] for name in named for line in _block("plugin", _coordinates(name, ""))]
    each += [line for plugin in told for line in _element("plugin", plugin, base_of(spec.name))]
    if not each:
        return []
    final = [f"<finalName>{spec.name}</finalName>"] if data.get("final_name") else []
    return ["", *_block("build", [*final, *(line[4:] for line in _block("plugins", each))])]


def _element(name: str, value: object, base: str) -> list[str]:
    """An element of data: a table is its children, of which `@name` are attributes, a list is
    several. `{{ base }}` stands for the package of the application."""
    if isinstance(value, list):
        return [line for one in value for line in _element(name, one, base)]
    if not isinstance(value, Mapping):
        return [f"<{name}>{escape(str(value).replace('{{ base }}', base))}</{name}>"]
    given = {key[1:]: text for key, text in value.items() if key.startswith("@")}
    head = "".join(f" {key}={quoteattr(str(text))}" for key, text in given.items())
    inner = [
        line
        for key, child in value.items()
        if not key.startswith("@")
        for line in _element(key, child, base)
    ]
    if not inner:
        return [f"<{name}{head}/>"]
    return [f"<{name}{head}>", *(f"    {line}" for line in inner), f"</{name}>"]


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
