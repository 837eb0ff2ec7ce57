"""How a Node project's dependencies are installed: npm in the fetch phase, without any script.

npm sees the manifests and the lock alone. The project's own `.npmrc` can name programs that npm
starts (`git`, `script-shell`) and other registries, so only harmless keys of it are handed on.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

from autonomous_coder.languages.base import (
    Environment,
    EnvironmentPlan,
    InstallVerdict,
    ProjectView,
    Toolbox,
)
from autonomous_coder.languages.findings import clean
from autonomous_coder.languages.node.manifest import (
    Manifest,
    Workspace,
    installable,
    load,
    read_workspace,
)
from autonomous_coder.languages.node.toolchain import node_mounts, node_of
from autonomous_coder.models.execution import OUTPUT_DIR, PROJECT_DIR, Command, Network, Outcome

TARGET = "/env"
TOOLS_TARGET = "/tools"
CACHE = "/cache"
LOCKFILE = "package-lock.json"
OTHER_LOCKS = {
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
TOOLS = {"oxlint": "1.94.0", "typescript": "7.0.2"}
"""Ours, at exactly these versions, so that a verdict does not change with the day."""
HARMLESS = frozenset({"legacy-peer-deps", "strict-peer-deps", "engine-strict", "install-strategy"})
"""Keys of a project's `.npmrc` that are handed on: they name no program and no address."""
FLAGS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=warn")

# Fixed scripts; everything that varies arrives as "$@" or from the environment.
INSTALL = f'cp -R {PROJECT_DIR}/. "$TARGET"/ && cd "$TARGET" && exec "$NODE" "$NPM" "$@"'
# A registry may lack binaries for other platforms. They are optional, so npm locks without them,
# and then `npm ci` refuses that lock: `Missing: name@ from lock file`, with no version. And where
# a lock names no addresses, a list of versions that was kept too long lacks what is locked now.
EXACT = (
    f'cp -R {PROJECT_DIR}/. "$TARGET"/ && cd "$TARGET" || exit; how=ci; '
    'npm() { "$NODE" "$NPM" "$how" "$@" 2>/tmp/said; code=$?; }; '
    'npm "$@"; '
    "if grep -q '^npm error Missing: .*@ from lock file' /tmp/said && "
    "! grep -Eq '^npm error (Invalid: |Missing: [^ ]+@[^ ]+ from)' /tmp/said; "
    'then how=install; npm "$@"; fi; '
    "if grep -q '^npm error code ETARGET' /tmp/said; "
    'then npm "$@" --no-prefer-offline; fi; cat /tmp/said >&2; exit "$code"'
)
LOCK = f'"$NODE" "$NPM" "$@" && cp {LOCKFILE} {OUTPUT_DIR}/{LOCKFILE}'
REFUSE = 'echo "$@" >&2; exit 71'
NOTHING = f'cp -R {PROJECT_DIR}/. "$TARGET"/'

_CODE = re.compile(r"npm (?:error|ERR!) code (\w+)")
_OUT_OF_STEP = re.compile(
    r"can only install packages when your package\.json and package-lock\.json"
    r"|Invalid: lock file's|Missing: .+ from lock file",
)
_PROJECT = frozenset(
    {
        "E404", "ETARGET", "ERESOLVE", "EBADPLATFORM", "EINVALIDPACKAGENAME", "EINVALIDTAGNAME",
        "ENOVERSIONS", "EUNSUPPORTEDPROTOCOL", "EJSONPARSE", "EINTEGRITY", "EBADENGINE",
        "EOVERRIDE", "EDUPLICATEWORKSPACE", "ENOWORKSPACES",
    }
)  # fmt: skip
"""npm's own codes for what the project asks for; all others are not blamed on it."""


def environment_plan(
    project: ProjectView, toolbox: Toolbox, *, offline: bool
) -> EnvironmentPlan | Environment:
    """The plan for package.json and its lock."""
    node = node_of(toolbox)
    if not node.found or "npm" not in node.programs:
        reason = node.why_missing or f"npm is not installed. Install it: `{node.remedy}`."
        return Environment(ready=False, reason=reason, infrastructure=True, missing=True)
    workspace = read_workspace(project)
    tools = _tools_plan(toolbox, offline=offline)
    skeleton = _skeleton(project, workspace)
    # Packed archives are no text: two of them must never read alike.
    identity = json.dumps({k: sha256(v).hexdigest() for k, v in sorted(skeleton.items())})
    base: dict[str, Any] = {
        "target": TARGET,
        "executable": node.programs["node"],
        "packages": f"{PROJECT_DIR}/node_modules",
        "language": "node",
        "manager": "npm",
        "ecosystem": "npm",
        "skeleton": skeleton,
        "private": True,
        "mounts": node_mounts(toolbox),
        "cache_target": CACHE,
        "judge": judge,
        "tools": tools,
    }
    if workspace.root.fault:
        return _plan(base, toolbox, REFUSE, ("package.json cannot be read.",), ("no-manifest",))
    manager = next((m for f, m in OTHER_LOCKS.items() if f in project.files), "")
    if manager and LOCKFILE not in project.files:
        reason = (
            f"The project is locked with {manager}, and only npm's lock can be installed exactly"
            f" as it stands; `npm install --package-lock-only` makes one."
        )
        return _plan(base, toolbox, REFUSE, (reason,), ("other-manager", manager))
    if not any(manifest.declared for manifest in workspace.all) and not workspace.members:
        return _plan(base, toolbox, NOTHING, (), (node.version, identity))
    return EnvironmentPlan(
        **base,
        key_parts=("npm", node.version, identity),
        install=_npm(toolbox, EXACT, (), offline=offline),
        lock=_npm(toolbox, LOCK, ("install", "--package-lock-only"), offline=offline),
        lockfile=LOCKFILE,
        identify=lock_identity,
        unlocked_hint="Run `npm install` and commit package-lock.json.",
    )


def _plan(
    base: dict[str, Any],
    toolbox: Toolbox,
    script: str,
    arguments: tuple[str, ...],
    key: tuple[str, ...],
) -> EnvironmentPlan:
    """A plan that needs no network."""
    command = _command(toolbox, script, arguments, TARGET, Network.NONE)
    return EnvironmentPlan(**base, key_parts=("bare", *key), install=command)


def _tools_plan(toolbox: Toolbox, *, offline: bool) -> EnvironmentPlan:
    """Our linter and the newest TypeScript, for projects that bring none."""
    node = node_of(toolbox)
    manifest = json.dumps({"private": True, "dependencies": TOOLS}, sort_keys=True)
    return EnvironmentPlan(
        key_parts=("node-tools", node.version, manifest),
        target=TOOLS_TARGET,
        executable=node.programs["node"],
        packages=f"{TOOLS_TARGET}/node_modules",
        install=_npm(
            toolbox, INSTALL, ("install", "--no-package-lock"), offline=offline, target=TOOLS_TARGET
        ),
        judge=judge,
        language="node",
        manager="npm",
        ecosystem="npm",
        skeleton={"package.json": manifest.encode()},
        mounts=node_mounts(toolbox),
        cache_target=CACHE,
    )


def _npm(
    toolbox: Toolbox,
    script: str,
    arguments: tuple[str, ...],
    *,
    offline: bool,
    target: str = TARGET,
) -> Command:
    more = ("--offline",) if offline else ("--prefer-offline",) if not arguments else ()
    network = Network.NONE if offline else Network.FETCH
    return _command(toolbox, script, (*arguments, *FLAGS, *more), target, network)


def _command(
    toolbox: Toolbox, script: str, arguments: tuple[str, ...], target: str, network: Network
) -> Command:
    node = node_of(toolbox)
    return Command(
        argv=("/bin/sh", "-c", script, "sh", *arguments),
        cwd=PROJECT_DIR,
        env={
            "NODE": node.programs["node"],
            "NPM": node.programs.get("npm", ""),
            "TARGET": target,
            "NO_COLOR": "1",
            "npm_config_cache": CACHE,
            "npm_config_globalconfig": "/dev/null",
            "npm_config_maxsockets": "8",
        },
        mounts=node_mounts(toolbox),
        network=network,
        limits=toolbox.limits,
        runs_project_code=False,
    )


def _skeleton(project: ProjectView, workspace: Workspace) -> dict[str, bytes]:
    """The manifests without their scripts, packed packages they name, and what of `.npmrc` may
    be handed on."""
    files = {
        manifest.path: json.dumps(installable(manifest), indent=1).encode()
        for manifest in workspace.all
        if not manifest.fault
    }
    for manifest in workspace.all:
        for path in _packed(manifest):
            if path in project.files:
                files[path] = (project.root / path).read_bytes()
    kept = [
        f"{key.strip()}={value.strip()}"
        for key, _, value in (line.partition("=") for line in project.read(".npmrc").splitlines())
        if key.strip() in HARMLESS and re.fullmatch(r"[\w-]+", value.strip())
    ]
    if kept:
        files[".npmrc"] = "\n".join([*kept, ""]).encode()
    return files


def _packed(manifest: Manifest) -> list[str]:
    """Archives inside the project that a manifest names as packages."""
    import posixpath

    wanted = [v.removeprefix("file:") for v in manifest.declared.values() if v.startswith("file:")]
    places = [posixpath.normpath(posixpath.join(manifest.directory, w)) for w in wanted]
    return [p for p in places if p.endswith((".tgz", ".tar.gz")) and not p.startswith(("/", "../"))]


def lock_identity(text: str) -> str:
    """A lock without the project's own name and version."""
    data, fault = load(text)
    if fault or not isinstance(data, dict):
        return text
    packages = data.get("packages")
    if isinstance(packages, dict) and isinstance(packages.get(""), dict):
        own = {k: v for k, v in packages[""].items() if k not in ("name", "version")}
        packages = {**packages, "": own}
    kept = {k: v for k, v in data.items() if k not in ("name", "version")}
    return json.dumps({**kept, "packages": packages}, sort_keys=True)


def judge(outcome: Outcome) -> tuple[InstallVerdict, str]:
    """What npm's end means. What cannot be told apart is not blamed on the project."""
    if outcome.killed_by:
        return InstallVerdict.INFRASTRUCTURE, f"npm was stopped ({outcome.killed_by})"
    if outcome.exit_code == 0:
        return InstallVerdict.OK, ""
    said = clean(outcome.stderr.decode("utf-8", "replace")[-8_000:], limit=8_000)
    if outcome.exit_code == 71 and not _CODE.search(said):
        return InstallVerdict.INFRASTRUCTURE, said[:600]
    if outcome.refused_hosts:
        hosts = ", ".join(outcome.refused_hosts[:5])
        reason = f"hosts were refused by the proxy: {hosts}. {_gist(said)}"
        return InstallVerdict.INFRASTRUCTURE, reason
    if _OUT_OF_STEP.search(said):
        return InstallVerdict.OUT_OF_STEP, _gist(said)
    match = _CODE.search(said)
    code = match[1] if match else ""
    if code == "ERESOLVE":
        return InstallVerdict.PROJECT, _conflict(said)
    verdict = InstallVerdict.PROJECT if code in _PROJECT else InstallVerdict.INFRASTRUCTURE
    return verdict, _gist(said)


def _lines(said: str) -> list[str]:
    """npm's error lines without their prefix and without where its log is."""
    found = []
    for line in said.splitlines():
        text = re.sub(r"^npm (?:error|ERR!) ?", "", line)
        log = "complete log of this run" in text or "debug-0.log" in text
        if text != line and text.strip() and not log and not text.startswith("code "):
            found.append(text.rstrip())
    return found


def _gist(said: str) -> str:
    """The errors in one bounded line."""
    lines = _lines(said) or said.splitlines()
    return " ".join(line.strip() for line in lines)[:600]


def _conflict(said: str) -> str:
    """npm's explanation of two packages that do not fit, in plain words."""
    text = "\n".join(_lines(said))
    found = re.search(r"^Found: (\S+)", text, re.M)
    wants = re.search(r"^(?:Could not resolve dependency:\n)?peer (\S+) from (\S+)", text, re.M)
    if found and wants:
        wanted = wants[1].replace('"', "")
        return f"{wants[2]} wants {wanted} beside it, and the project brings {found[1]}"
    return _gist(said)
