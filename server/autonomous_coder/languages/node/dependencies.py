"""Dependencies: they install from the lock, fit this node, and what is imported is declared."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from autonomous_coder.languages.base import CheckPlan, Environment, ProjectView, Steps, Toolbox
from autonomous_coder.languages.findings import finding, verdict
from autonomous_coder.languages.node.builtins import is_builtin
from autonomous_coder.languages.node.files import (
    JAVASCRIPT_SUFFIXES,
    SUFFIXES,
    built_place,
    is_config,
    is_test_path,
    package_tops,
)
from autonomous_coder.languages.node.installed import (
    has_package,
    lock_text,
    package_manifest,
    version,
)
from autonomous_coder.languages.node.layout import Layout
from autonomous_coder.languages.node.locked import locked, package_name
from autonomous_coder.languages.node.manifest import Manifest, Workspace, load_jsonc
from autonomous_coder.languages.node.ranges import fits
from autonomous_coder.languages.node.toolchain import node_of, node_version
from autonomous_coder.languages.sources import Import, SourceFacts
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity

NAME, TITLE = "dependencies", "Dependencies install, fit and are declared"
MAX_LISTED = 20
BUNDLERS = (
    "vite", "webpack", "rollup", "esbuild", "tsup", "tsdown", "parcel", "next", "unbuild",
    "rolldown", "@sveltejs/kit", "nuxt", "astro",
)  # fmt: skip
_PACKAGE = re.compile(r"(?:@[a-z0-9~][\w.~-]*/)?[a-z0-9~][\w.~-]*", re.I)


def dependencies_plan(
    project: ProjectView,
    workspace: Workspace,
    facts: SourceFacts,
    layout: Layout,
    environment: Environment,
    toolbox: Toolbox,
    language: str,
) -> CheckPlan:
    """What the fetch phase found, and a comparison of imports with declarations."""

    def steps() -> Steps[CheckResult]:
        yield from ()
        if not environment.ready:
            status = CheckStatus.INFRASTRUCTURE if environment.infrastructure else None
            found = [*environment.diagnostics, *engines(workspace, environment, toolbox, language)]
            return CheckResult(
                name=NAME,
                title=TITLE,
                status=status or CheckStatus.FAILED,
                reason=environment.reason,
                tool="npm",
                diagnostics=found,
                duration_s=environment.duration_s,
                level=environment.level,
            )
        found = [
            *environment.diagnostics,
            *engines(workspace, environment, toolbox, language),
            *undeclared(project, workspace, facts, layout, environment, language),
            *unresolved(project, workspace, facts, layout, language),
            *unused(project, workspace, facts, environment, language),
        ]
        result = verdict(
            NAME, TITLE, found, strict=False, tool="npm", files=len(facts.files),
            reason=" ".join((*environment.notes, *_scripts(environment))),
            cached=environment.cached,
        )  # fmt: skip
        result.duration_s = environment.duration_s
        result.level = environment.level
        return result

    return CheckPlan(NAME, TITLE, steps, cost=0.1, needs_environment=True)


def _scripts(environment: Environment) -> list[str]:
    """Says which packages wanted to run code when they were installed, and did not."""
    names = sorted(
        {
            package_name(place, entry)
            for place, entry in locked(lock_text(environment)).items()
            if entry.get("hasInstallScript") is True and not entry.get("optional")
        }
        - {""}
    )
    if not names:
        return []
    shown = ", ".join(names[:MAX_LISTED])
    return [f"Install scripts were not run; these packages have one: {shown}."]


def engines(
    workspace: Workspace, environment: Environment, toolbox: Toolbox, language: str
) -> list[Diagnostic]:
    """Packages (the project itself among them) that say they do not run on this node."""
    here = node_version(toolbox)
    shown = node_of(toolbox).version
    found = []
    wanted = workspace.root.data.get("engines")
    node = wanted.get("node") if isinstance(wanted, dict) else None
    if isinstance(node, str) and not fits(here, node):
        message = f"the project wants node {node}, and this machine has {shown}"
        found.append(_at(language, "engine", Severity.WARNING, message, workspace.root.path))
    for name in sorted({n for m in workspace.all for n in m.declared}):
        engines = package_manifest(environment, name).get("engines")
        node = engines.get("node") if isinstance(engines, dict) else None
        if isinstance(node, str) and not fits(here, node):
            message = (
                f"{name} {version(environment, name)} wants node {node},"
                f" and this machine has {shown}"
            )
            found.append(_at(language, "engine", Severity.WARNING, message, workspace.root.path))
    return found


def undeclared(
    project: ProjectView,
    workspace: Workspace,
    facts: SourceFacts,
    layout: Layout,
    environment: Environment,
    language: str,
) -> list[Diagnostic]:
    """Imports that no declaration provides: an error when nothing installed does either."""
    aliases = path_aliases(project)
    configs = [f for f in project.files if is_config(f) and f.count("/") < 3][:50]
    settings = "".join(project.read(f) for f in configs)
    own = {m.name for m in workspace.all if m.name}
    found = []
    for path, fact in facts.files.items():
        if not layout.is_source(path):
            continue
        manifest, seen = workspace.of(path), set[str]()
        for item in fact.imports:
            name = package_of(item.module)
            if not name or name in seen or name in own or _aliased(item.module, aliases):
                continue
            # A bundler's own alias stands quoted in its settings.
            if re.search(rf"alias[^\0]*['\"]?{re.escape(name)}['\"]?\s*:", settings):
                continue
            seen.add(name)
            if diagnostic := _judge(path, item, name, manifest, workspace, environment, language):
                found.append(diagnostic)
    return found


def _judge(
    path: str,
    item: Import,
    name: str,
    manifest: Manifest,
    workspace: Workspace,
    environment: Environment,
    language: str,
) -> Diagnostic | None:
    declared = {**workspace.root.declared, **manifest.declared}
    types = f"@types/{name[1:].replace('/', '__') if name.startswith('@') else name}"
    if item.type_only and (name in declared or types in declared):
        return None
    groups = [
        group for m in (manifest, workspace.root) for group in (m.dependencies, m.optional, m.peers)
    ]
    if any(name in group for group in groups):
        return None
    if name in declared:
        if is_test_path(path) or is_config(path) or not _ships(path, manifest):
            return None
        message = (
            f"'{name}' is imported at run time, but is installed only for development;"
            " move it to dependencies"
        )
        return _import(language, path, item, "development-import", Severity.WARNING, message)
    if has_package(environment, name, (manifest.directory,)):
        message = f"'{name}' is imported, but is installed only through another package; declare it"
        return _import(language, path, item, "transitive-import", Severity.WARNING, message)
    message = f"'{name}' is imported, but package.json declares no such dependency"
    return _import(language, path, item, "undeclared-import", Severity.ERROR, message)


def _ships(path: str, manifest: Manifest) -> bool:
    """Whether a file runs where development dependencies are left out. What a bundler packs does
    not import anything afterwards."""
    top = path.removeprefix(f"{manifest.directory}/" if manifest.directory else "")
    if manifest.uses(*BUNDLERS) or not (manifest.dependencies or manifest.data.get("main")):
        return False
    return top.startswith(("src/", "lib/", "app/", "server/")) or "/" not in top


def unused(
    project: ProjectView,
    workspace: Workspace,
    facts: SourceFacts,
    environment: Environment,
    language: str,
) -> list[Diagnostic]:
    """Declared for running, but named nowhere: neither imported nor in a script or setting."""
    imported = {package_of(i.module) for f in facts.files.values() for i in f.imports}
    texts = [" ".join(m.scripts.values()) for m in workspace.all]
    texts += [project.read(f) for f in project.files if is_config(f) or f.endswith(".json")][:200]
    said = "\n".join(t for t in texts if len(t) < 200_000 and '"lockfileVersion"' not in t)
    peers = {
        peer
        for manifest in workspace.all
        for name in manifest.declared
        for peer in _peers(environment, name)
    }
    found = []
    for manifest in workspace.all:
        for name in manifest.dependencies:
            # package.json itself is one of the settings: once there is the declaration.
            named = said.count(f'"{name}"') > sum(name in m.declared for m in workspace.all)
            if name in imported or name in peers or named or name.startswith("@types/"):
                continue
            message = f"'{name}' is declared, but no file imports it"
            found.append(_at(language, "unused-dependency", Severity.INFO, message, manifest.path))
    return found


def _peers(environment: Environment, name: str) -> list[str]:
    peers = package_manifest(environment, name).get("peerDependencies")
    return [p for p in peers if isinstance(p, str)] if isinstance(peers, dict) else []


def unresolved(
    project: ProjectView,
    workspace: Workspace,
    facts: SourceFacts,
    layout: Layout,
    language: str,
) -> list[Diagnostic]:
    """Imports in JavaScript of files that are not there; in TypeScript the compiler tells. A build
    may make them."""
    there = set(project.files)
    found = []
    tops = package_tops(project.files)
    for path in (f for f in facts.files if layout.is_source(f)):
        if not path.endswith(JAVASCRIPT_SUFFIXES):
            continue
        manifest = workspace.of(path)
        builds = any(name in manifest.scripts for name in ("build", "prebuild", "generate"))
        for item in facts.files[path].imports:
            module = item.module.split("?", 1)[0]
            if not module.startswith(("./", "../")) or item.type_only:
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
            built = bool(built_place(f"{target}/", tops))
            if target.startswith("..") or built or _file(target, there):
                continue
            severity = Severity.WARNING if builds else Severity.ERROR
            message = f"'{item.module}' is imported, but there is no such file"
            found.append(_import(language, path, item, "unresolved-import", severity, message))
    return found


def _file(target: str, there: set[str]) -> bool:
    """Whether an import finds a file; typed sources may stand for those they become."""
    stem, suffix = posixpath.splitext(target)
    typed = {".js": (".ts", ".tsx", ".jsx"), ".mjs": (".mts",), ".cjs": (".cts",)}.get(suffix, ())
    names = [target, *(f"{stem}{s}" for s in typed)]
    names += [f"{target}{s}" for s in (*SUFFIXES, ".json", ".node", ".vue", ".svelte")]
    names += [f"{target}/index{s}" for s in SUFFIXES] + [f"{target}/package.json"]
    return any(name in there for name in names) or target == "."


def package_of(module: str) -> str:
    """The package an import names; empty for files, node's own modules and `#internal` names."""
    if not module or module.startswith((".", "/", "#", "~", "@/", "virtual:", "\0")):
        return ""
    if ":" in module or is_builtin(module):
        return ""
    parts = module.split("?", 1)[0].split("/")
    name = "/".join(parts[: 2 if module.startswith("@") else 1])
    return name if _PACKAGE.fullmatch(name) else ""


def path_aliases(project: ProjectView) -> list[str]:
    """The patterns of `paths` in the project's tsconfig and jsconfig files, and of `baseUrl`."""
    return list(_aliases(project))


def _aliases(project: ProjectView) -> Iterator[str]:
    for path in project.files:
        name = path.rsplit("/", 1)[-1]
        if not (name.startswith(("tsconfig", "jsconfig")) and name.endswith(".json")):
            continue
        data, _ = load_jsonc(project.read(path))
        options = data.get("compilerOptions") if isinstance(data, dict) else None
        paths = options.get("paths") if isinstance(options, dict) else None
        yield from (p for p in paths or () if isinstance(p, str) and p not in ("*", "/*"))
        base = options.get("baseUrl") if isinstance(options, dict) else None
        if isinstance(base, str):
            directory = base.strip("./")
            tops = {f.removeprefix(f"{directory}/").split("/", 1)[0] for f in project.files}
            yield from (f"{top.split('.')[0]}*" for top in sorted(tops) if top[:1].isalpha())


def _aliased(module: str, aliases: list[str]) -> bool:
    for pattern in aliases:
        head, star, tail = pattern.partition("*")
        if module == pattern or (star and module.startswith(head) and module.endswith(tail)):
            return True
    return False


def _import(
    language: str, path: str, item: Import, code: str, severity: Severity, message: str
) -> Diagnostic:
    return finding(
        language, "autonomous-coder", code, severity, message, path=path, line=item.line,
        column=item.column,
    )  # fmt: skip


def _at(language: str, code: str, severity: Severity, message: str, path: str) -> Diagnostic:
    return finding(language, "npm", code, severity, message, path=path)
