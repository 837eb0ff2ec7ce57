"""Which program of a project is a web service, and how it is built and started."""

from __future__ import annotations

import posixpath
import re

from autonomous_coder.languages.base import (
    CheckPlan,
    Environment,
    NotApplicable,
    ProjectView,
    Toolbox,
)
from autonomous_coder.languages.common.service import Service
from autonomous_coder.languages.go import modfile, toolchain
from autonomous_coder.languages.go.building import waiting
from autonomous_coder.languages.go.modfile import Source
from autonomous_coder.languages.go.toolchain import Choices

NAME, TITLE = "start", "The service starts, answers and stops"
PROGRAM = "/tmp/service"  # noqa: S108
FRAMEWORKS = (
    "net/http",
    "github.com/gin-gonic/gin",
    "github.com/gofiber/fiber",
    "github.com/labstack/echo",
    "github.com/valyala/fasthttp",
)
PREFERRED = ("", "server", "api", "app", "web", "service", "svc", "main")
BUILD = toolchain.WITH_CACHE + f'exec "$GO" build -o {PROGRAM} "$1"'
_LISTENS = re.compile(
    r"\.ListenAndServe(?:TLS)?\(|\bhttp\.Serve\(|\.Serve\(|\.Run\(|\.Start\(|\.Listen\("
)


def start_plan(
    project: ProjectView, environment: Environment, chosen: Choices, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """For a main package that listens, itself or through a package of the project."""
    place = find_service(project)
    if place is None:
        return NotApplicable(NAME, TITLE, "The project is no web service that could be found.")
    if not environment.ready:
        return waiting(NAME, TITLE, environment)
    from autonomous_coder.languages.common.start import service_plan

    go = toolchain.found(toolbox)
    target = f"./{place}" if place else "."
    build = {**toolchain.settings(chosen), "GO": go.programs["go"]}
    service = Service(
        label=f"go run {target}",
        argv=(PROGRAM,),
        prepare=("/bin/sh", "-c", BUILD, "sh", target),
        env=build,
        mounts=(*go.mounts, *environment.mounts),
    )
    return service_plan(project, service, toolbox, language="go", tool="go build")


def find_service(project: ProjectView) -> str | None:
    """The directory of the main package that is a service; None when there is none."""
    module = modfile.read_mod(project).module
    nested = modfile.nested_modules(project)
    packages: dict[str, list[Source]] = {}
    for path in modfile.sources(project):
        if path.endswith("_test.go") or any(path.startswith(f"{n}/") for n in nested):
            continue
        source = modfile.read_source(project, path)
        if not re.search(r"^//go:build[ \t]+ignore\b", source.text[:4_000], re.M):
            packages.setdefault(posixpath.dirname(path), []).append(source)
    mains = [d for d, files in packages.items() if any(f.package == "main" for f in files)]
    found = [d for d in mains if _listens(d, packages, module)]
    names = {name: number for number, name in enumerate(PREFERRED)}
    found.sort(key=lambda d: (names.get(posixpath.basename(d), len(names)), d))
    return found[0] if found else None


def _listens(place: str, packages: dict[str, list[Source]], module: str) -> bool:
    """Whether a package, or one of the project that it imports, serves HTTP."""
    seen: set[str] = set()
    todo = [place]
    while todo:
        here = todo.pop()
        if here in seen:
            continue
        seen.add(here)
        for file in packages.get(here, ()):
            serves = any(i.startswith(f) for i in file.imports for f in FRAMEWORKS)
            if serves and _LISTENS.search(file.text):
                return True
            for name in file.imports:
                if module and (name == module or name.startswith(f"{module}/")):
                    todo.append(name[len(module) + 1 :])
    return False
