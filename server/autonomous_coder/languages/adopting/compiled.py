"""Projects in Go, Rust and Java: their ecosystems' own managers do all there is to do."""

from __future__ import annotations

import re

from autonomous_coder.languages.adopting.frameworks import FRAMEWORKS, frameworks
from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.go.modfile import read_mod
from autonomous_coder.languages.java import pom
from autonomous_coder.languages.rust.manifests import read_workspace
from autonomous_coder.models.adoption import Action, Component, Hook

GO_ACTION = "actions/setup-go@v6"
JAVA_ACTION = "actions/setup-java@v5"
JAVA_VERSION = "25"
_MAJOR = re.compile(r"/v[0-9]+$")
_LICENCE = re.compile(r'^license\s*=\s*"([^"\n]{1,100})"', re.M)


def go(project: ProjectView) -> Component:
    """What go.mod says."""
    about = read_mod(project)
    plain = {_MAJOR.sub("", r.module) for r in about.requirements if not r.indirect}
    return Component(
        language="go",
        name=_MAJOR.sub("", about.module).rpartition("/")[2],
        manager="go",
        frameworks=frameworks("go", plain, project, ["go.mod"]),
        actions=[Action(uses=GO_ACTION, inputs={"go-version": "stable"})],
        commands={
            "build": "go build ./...",
            "lint": "go vet ./...",
            "test": "go test ./...",
        },
        hooks=[
            Hook(id="gofmt", entry="gofmt -w", types=["go"], files=True),
            Hook(id="go-vet", entry="go vet ./...", types=["go"]),
        ],
    )


def rust(project: ProjectView) -> Component:
    """What Cargo.toml says. The runners of the workflow have cargo."""
    crates = read_workspace(project).crates
    declared = {d.package for crate in crates for d in crate.dependencies}
    locked = " --locked" if "Cargo.lock" in project.files else ""
    text = project.read("Cargo.toml")
    licence = _LICENCE.search(text)
    manifests = [f for f in project.files if f.endswith("Cargo.toml")]
    manifests.sort(key=lambda f: (f.count("/"), f))
    return Component(
        language="rust",
        name=crates[0].name if crates else "",
        manager="cargo",
        frameworks=frameworks("rust", declared, project, manifests[:50]),
        commands={"build": f"cargo build{locked}", "test": f"cargo test{locked}"},
        hooks=[Hook(id="cargo-fmt", entry="cargo fmt --", types=["rust"])],
        licence=licence[1] if licence else "",
    )


def java(project: ProjectView) -> Component:
    """What pom.xml says, or that Gradle builds it."""
    gradle = pom.is_gradle(project)
    groups = FRAMEWORKS["java"]
    declared = {name.partition(":")[0] for name in (d.name for d in pom.declared(project))}
    for path, each in pom.poms(project).items():
        if path == pom.MANIFEST:
            declared.add(each.root.value("parent", "groupId"))
    manifests = [pom.MANIFEST] if not gradle else [f for f in pom.GRADLE if f in project.files]
    if gradle:
        text = "\n".join(map(project.read, manifests))
        declared = {name for name in groups if name in text}
    return Component(
        language="java",
        manager="gradle" if gradle else "maven",
        frameworks=frameworks("java", declared, project, manifests),
        actions=[
            Action(
                uses=JAVA_ACTION, inputs={"distribution": "temurin", "java-version": JAVA_VERSION}
            )
        ],
        commands={"test": _java_test(project, gradle=gradle)},
    )


def _java_test(project: ProjectView, *, gradle: bool) -> str:
    if gradle:
        return "./gradlew build" if "gradlew" in project.files else "gradle build"
    return f"{'./mvnw' if 'mvnw' in project.files else 'mvn'} --batch-mode verify"
