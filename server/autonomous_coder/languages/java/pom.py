"""What pom.xml says on its own, read on the host without running anything."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from autonomous_coder.languages.base import Package, ProjectView
from autonomous_coder.languages.java.xml import Element, Unreadable, parse

MANIFEST = "pom.xml"
GRADLE = ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts")
MAX_POMS = 200
_POM = re.compile(r"(?:^|/)pom[\w.-]*\.xml$")
_REFERENCE = re.compile(r"\$\{([^${}]+)\}")
_EXACT = re.compile(r"[\w.+-]{1,100}")
FORMATTERS = re.compile(r"spotless|fmt-maven|formatter-maven|google-java-format|prettier-java")


@dataclass(frozen=True, slots=True)
class Declared:
    """One `<dependency>`: `version` with properties filled in, empty where it is managed."""

    name: str
    version: str
    scope: str
    path: str
    line: int


@dataclass(slots=True)
class Pom:
    """One pom.xml. `fault` says why it cannot be read."""

    path: str
    root: Element = field(default_factory=lambda: Element(""))
    fault: Unreadable | None = None

    @property
    def directory(self) -> str:
        """Where it stands, empty for the top."""
        return self.path.rpartition("/")[0]


def poms(project: ProjectView) -> dict[str, Pom]:
    """Every pom of the project's tree that is no build output, by path."""
    found: dict[str, Pom] = {}
    for path in project.files:
        parts = path.split("/")
        if not _POM.search(path) or "target" in parts or "src" in parts or not path.isprintable():
            continue
        if len(found) == MAX_POMS:
            break
        read = parse(project.read(path))
        found[path] = Pom(path, fault=read) if isinstance(read, Unreadable) else Pom(path, read)
    return found


def is_maven(project: ProjectView) -> bool:
    """Whether there is a pom.xml at the top."""
    return MANIFEST in project.files


def is_gradle(project: ProjectView) -> bool:
    """Whether Gradle builds it, and Maven does not."""
    return not is_maven(project) and any(name in project.files for name in GRADLE)


def properties(chain: list[Pom]) -> dict[str, str]:
    """The properties of a pom and its parents within the project, the nearest first."""
    values: dict[str, str] = {}
    for pom in reversed(chain):
        held = pom.root.child("properties")
        values |= {e.tag: e.text.strip() for e in held.children} if held else {}
    own = chain[0].root
    for name in ("groupId", "artifactId", "version"):
        value = own.value(name) or own.value("parent", name)
        values[f"project.{name}"] = value
        values[f"project.parent.{name}"] = own.value("parent", name)
    return values


def filled(text: str, values: dict[str, str]) -> str:
    """With references to known properties replaced, a few levels deep."""
    for _ in range(5):
        new = _REFERENCE.sub(lambda m: values.get(m[1], m[0]), text)[:500]
        if new == text:
            break
        text = new
    return text


def chain_of(pom: Pom, known: dict[str, Pom]) -> list[Pom]:
    """The pom and its parents that lie in the project."""
    chain = [pom]
    while len(chain) < 20:
        parent = chain[-1].root.child("parent")
        if parent is None:
            break
        wanted = parent.value("artifactId")
        above = next(
            (p for p in known.values() if p not in chain and p.root.value("artifactId") == wanted),
            None,
        )
        if above is None:
            break
        chain.append(above)
    return chain


def declared(project: ProjectView) -> list[Declared]:
    """Every dependency of every module, with versions as far as the project itself tells."""
    known = {path: pom for path, pom in poms(project).items() if pom.fault is None}
    found: list[Declared] = []
    for path, pom in known.items():
        chain = chain_of(pom, known)
        values = properties(chain)
        managed: dict[str, str] = {}
        for above in reversed(chain):
            for item in above.root.all("dependencyManagement", "dependencies", "dependency"):
                managed[_name(item, values)] = filled(item.value("version"), values)
        for item in _dependencies(pom):
            name = _name(item, values)
            version = filled(item.value("version"), values) or managed.get(name, "")
            place = item.child("artifactId") or item
            found.append(
                Declared(name, version, item.value("scope") or "compile", path, place.line)
            )
    return found


def _dependencies(pom: Pom) -> list[Element]:
    found = pom.root.all("dependencies", "dependency")
    for profile in pom.root.all("profiles", "profile"):
        found += profile.all("dependencies", "dependency")
    return found


def _name(item: Element, values: dict[str, str]) -> str:
    return f"{filled(item.value('groupId'), values)}:{filled(item.value('artifactId'), values)}"


def packages(project: ProjectView) -> list[Package]:
    """The dependencies whose exact version the project's own files tell, each once."""
    own = {
        filled(f"{p.root.value('groupId') or p.root.value('parent', 'groupId')}", {})
        + f":{p.root.value('artifactId')}"
        for p in poms(project).values()
        if p.fault is None
    }
    seen: dict[tuple[str, str], Package] = {}
    for item in declared(project):
        if item.name in own or not _EXACT.fullmatch(item.version):
            continue
        package = Package("maven", item.name, item.version, True, item.path, item.line)
        seen.setdefault((item.name, item.version), package)
    return list(seen.values())
