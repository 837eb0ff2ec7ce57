"""Finding a web service among the classes, and how it is started."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from autonomous_coder.languages.base import CONFIG_DIR, Environment, ProjectView, Toolbox
from autonomous_coder.languages.common.service import Service
from autonomous_coder.languages.java.compiling import SPECIFICATION
from autonomous_coder.languages.java.installing import TARGET
from autonomous_coder.languages.java.layout import Layout, Module
from autonomous_coder.languages.java.specification import ENV, OUT, runtime_path
from autonomous_coder.languages.java.toolchain import QUICK, java_of, quick
from autonomous_coder.models.execution import PROJECT_DIR, SOURCE_DIR

BUILT = f"{PROJECT_DIR}/.classes-of-the-check"
MAX_FILES = 4_000
_MAIN = re.compile(r"\bstatic\s+(?:final\s+)?void\s+main\s*\(")
_PACKAGE = re.compile(r"^\s*package\s+([\w.]+)\s*;", re.M)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
KINDS = (
    ("spring", re.compile(r"@SpringBootApplication\b|SpringApplication\s*\.\s*run\s*\(")),
    ("javalin", re.compile(r"\bJavalin\s*\.\s*create\s*\(")),
    ("server", re.compile(r"\bHttpServer\s*\.\s*create\s*\(|\bSimpleFileServer\b")),
    ("server", re.compile(r"\bUndertow\s*\.\s*builder\s*\(|\bWebServer\s*\.\s*builder\s*\(")),
    ("server", re.compile(r"\bVertx\s*\.\s*vertx\s*\(|\bnew\s+Server\s*\(|\bSpark\s*\.\s*get\b")),
)
SPRING_SERVERS = ("tomcat-embed-core", "jetty-server", "undertow-core", "reactor-netty-http")


@dataclass(frozen=True, slots=True)
class Found:
    """The class whose `main` starts a service, and of which kind it is."""

    name: str
    kind: str
    module: Module


def find_service(project: ProjectView, layout: Layout) -> Found | None:
    """The service, found without running anything; None when there is none."""
    candidates: list[tuple[int, int, str, Found]] = []
    mains: list[tuple[Module, str, str]] = []
    for module in layout.modules:
        serving: set[str] = set()
        for path in module.sources[:MAX_FILES]:
            text = _COMMENT.sub(" ", project.read(path)[:400_000])
            kind = next((k for k, pattern in KINDS if pattern.search(text)), "")
            if kind:
                serving.add(kind)
            if _MAIN.search(text):
                mains.append((module, path, kind))
                name = _class_name(path, text)
                if kind and _serves(kind, module):
                    depth = path.count("/")
                    candidates.append((0, depth, path, Found(name, kind, module)))
        # Another class may make the server that `main` starts.
        own = [(m, p) for m, p, k in mains if m is module and not k]
        kinds = [k for k in serving if k != "spring" and _serves(k, module)]
        if kinds and len(own) == 1:
            path = own[0][1]
            name = _class_name(path, project.read(path))
            candidates.append((1, path.count("/"), path, Found(name, kinds[0], module)))
    return min(candidates, key=lambda c: c[:3])[3] if candidates else None


def _class_name(path: str, text: str) -> str:
    package = _PACKAGE.search(text)
    stem = path.rsplit("/", 1)[-1].removesuffix(".java")
    return f"{package[1]}.{stem}" if package else stem


def _serves(kind: str, module: Module) -> bool:
    """A Spring application serves only with a web server among its dependencies."""
    if kind != "spring":
        return True
    names = {e.name.partition(":")[2] for e in module.entries}
    return any(server in names for server in SPRING_SERVERS)


def service_of(found: Found, layout: Layout, environment: Environment, toolbox: Toolbox) -> Service:
    """Compiled into the copy of the project, then started there."""
    java = java_of(toolbox).programs["java"]
    memory = toolbox.limits.memory_bytes
    build = (
        f'exec "$0" {shlex.join(quick(memory))} -Djava.io.tmpdir="$TMPDIR" -cp {TARGET}/tools '
        f"Compile {CONFIG_DIR}/{SPECIFICATION} {BUILT}.report {SOURCE_DIR} {TARGET} {BUILT}"
    )
    path = [f"{OUT}/main-{found.module.index}", *runtime_path(found.module, layout)]
    shown = ":".join(p.replace(OUT, BUILT, 1).replace(ENV, TARGET, 1) for p in path)
    place = f"{PROJECT_DIR}/{found.module.path}".rstrip("/")
    return Service(
        label=f"java {found.name}",
        argv=(java, *QUICK, f"-Xmx{memory // 2 // 2**20}m", "-cp", shown, found.name),
        prepare=("/bin/sh", "-c", build, java),
        cwd=place,
        mounts=environment.mounts,
    )
