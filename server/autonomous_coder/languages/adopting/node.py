"""A Node project: npm, pnpm or yarn, and the scripts that it has."""

from __future__ import annotations

from autonomous_coder.languages.adopting.frameworks import frameworks
from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.node.manifest import MANIFEST, read_manifest
from autonomous_coder.models.adoption import Action, Component, Hook

NODE_ACTION = "actions/setup-node@v6"
NODE_VERSION = "24"
CHECKS = ("lint", "check", "typecheck", "type-check", "build", "test")
"""Scripts that check something, in the order they are run."""
_NO_TEST = "no test specified"
"""What the script says that npm puts where there are no tests."""
_INSTALL = {
    "npm": "npm ci",
    "pnpm": "corepack enable && pnpm install --frozen-lockfile",
    "yarn": "corepack enable && yarn install --immutable",
    "yarn 1": "yarn install --frozen-lockfile",
    "none": "npm install",
}


def node(project: ProjectView, language: str) -> Component:
    """What package.json says."""
    about = read_manifest(project)
    kind = _kind(project)
    runner = kind.split()[0] if kind != "none" else "npm"
    scripts = [
        name for name in CHECKS if name in about.scripts and _NO_TEST not in about.scripts[name]
    ]
    commands = {"install": _INSTALL[kind]} if MANIFEST in project.files else {}
    commands |= {name: f"{runner} run {name}" for name in scripts}
    hooks = [
        Hook(id=name, entry=f"{runner} run {name}", types=["text"])
        for name in ("lint", "typecheck", "type-check")
        if name in scripts
    ]
    licence = about.data.get("license")
    return Component(
        language=language,
        name=about.name,
        manager=runner,
        frameworks=frameworks("node", about.declared, project, [MANIFEST]),
        actions=[Action(uses=NODE_ACTION, inputs={"node-version": NODE_VERSION})],
        commands=commands,
        hooks=hooks,
        licence=licence[:100] if isinstance(licence, str) else "",
    )


def _kind(project: ProjectView) -> str:
    if "pnpm-lock.yaml" in project.files:
        return "pnpm"
    if "yarn.lock" in project.files:
        return "yarn" if ".yarnrc.yml" in project.files else "yarn 1"
    locked = {"package-lock.json", "npm-shrinkwrap.json"}.intersection(project.files)
    return "npm" if locked else "none"
