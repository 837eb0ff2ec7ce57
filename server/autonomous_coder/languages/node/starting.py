"""Which service a project is, and how it is started."""

from __future__ import annotations

import re

from autonomous_coder.languages.base import Environment, NotApplicable, ProjectView, Toolbox
from autonomous_coder.languages.common.service import Service
from autonomous_coder.languages.node.building import ENV, path_variable
from autonomous_coder.languages.node.files import is_test_path
from autonomous_coder.languages.node.installed import project_mounts
from autonomous_coder.languages.node.layout import Layout
from autonomous_coder.languages.node.manifest import Workspace
from autonomous_coder.languages.node.toolchain import node_mounts, node_of
from autonomous_coder.languages.sources import SourceFacts

NAME, TITLE = "start", "The service starts, answers and stops"
FRAMEWORKS = (
    "express", "fastify", "hono", "koa", "@nestjs/core", "@hono/node-server", "@hapi/hapi",
    "restify", "polka", "h3", "next", "nuxt", "@sveltejs/kit", "@adonisjs/core",
)  # fmt: skip
PLAIN = ("node:http", "http", "node:https", "https", "node:http2", "http2", "node:net")
_LISTENS = re.compile(r"\.listen\s*\(|\bserve\s*\(|\bcreateServer\s*\(")
_SHELL = re.compile(r"[;&|<>`$()\n]")
_FILE = re.compile(r"(?:^|\s)(\.?[\w./-]+\.[cm]?[jt]sx?)(?=\s|$)")


def find_service(
    project: ProjectView,
    workspace: Workspace,
    facts: SourceFacts,
    layout: Layout,
    environment: Environment,
    toolbox: Toolbox,
) -> Service | NotApplicable:
    """The service, or why there is none to be started."""
    none = NotApplicable(NAME, TITLE, "The project is no web service that could be found.")
    root = workspace.root
    script = root.scripts.get("start", "")
    known = root.uses(*FRAMEWORKS)
    listening = [
        path
        for path, fact in facts.files.items()
        if layout.is_source(path)
        and not is_test_path(path)
        and (known or any(i.module in PLAIN for i in fact.imports))
        and _LISTENS.search(project.read(path))
    ]
    main = root.data.get("main")
    if not script and isinstance(main, str) and main.removeprefix("./") in listening:
        script = f"node {main}"
    if not script or not (listening or (known and root.uses("next", "nuxt", "@nestjs/core"))):
        return none
    if not environment.ready:
        reason = f"The dependencies are not installed: {environment.reason}"
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    node = node_of(toolbox)
    build = "build" in root.scripts and _needs_build(project, script, root.uses("next", "nuxt"))
    return Service(
        label=script[:200],
        # A single command takes the shell's place, so that it gets the signal itself.
        argv=("/bin/sh", "-c", script if _SHELL.search(script) else f"exec env {script}"),
        prepare=(node.programs["node"], node.programs["npm"], "run", "build") if build else (),
        env={**ENV, "NODE_ENV": "production", "PATH": path_variable(node.programs["node"])},
        mounts=(*node_mounts(toolbox), *project_mounts(environment, workspace)),
    )


def _needs_build(project: ProjectView, script: str, framework: bool) -> bool:
    """Whether what the script starts is made by the build."""
    named = [f.removeprefix("./") for f in _FILE.findall(script)]
    if not named:
        directories = re.findall(r"(?:^|\s)\.?/?(dist|build|out)\b", script)
        return framework or bool(directories)
    return any(f not in project.files for f in named)
