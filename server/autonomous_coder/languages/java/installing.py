"""How dependencies are installed: Maven's own libraries resolve them, no plugin is ever run.

The models of all modules are read and resolved by a program of ours on the libraries of the
host's Maven. Plugins, build extensions and everything below `.mvn` take no part, so nothing that
a project or a package brings is run while the network is open.
"""

from __future__ import annotations

from typing import Any

from autonomous_coder.languages.base import (
    Environment,
    EnvironmentPlan,
    InstallVerdict,
    ProjectView,
    Toolbox,
    Toolchain,
)
from autonomous_coder.languages.findings import clean, parse_json
from autonomous_coder.languages.java import pom
from autonomous_coder.languages.java.toolchain import (
    INSIDE_DIR,
    INSIDE_MOUNT,
    java_of,
    maven_home,
    maven_of,
    programs_digest,
    quick,
)
from autonomous_coder.models.execution import (
    OUTPUT_DIR,
    PROJECT_DIR,
    Command,
    Network,
    Outcome,
)

TARGET = "/env"
CACHE = "/cache"
REPORT = "resolve.json"
PLAN = "plan.json"
GRADLE_REASON = (
    "Gradle builds this project, and its build files are programs: they are not run here. "
    "With a pom.xml beside them it can be built and tested."
)
# Fixed scripts; everything that varies arrives as "$@" or from the environment.
RESOLVE = (
    'mkdir "$TMPDIR/resolve" && '
    '"$JAVAC" -proc:none -nowarn -Xlint:none -encoding UTF-8 -cp "$LIBRARIES" '
    f'-d "$TMPDIR/resolve" {INSIDE_DIR}/resolving/*.java 1>&2 && '
    'exec "$JAVA" "$@" -Djava.io.tmpdir="$TMPDIR" -cp "$TMPDIR/resolve:$LIBRARIES" Resolve '
    f'{PROJECT_DIR} {TARGET} {CACHE} {OUTPUT_DIR}/{REPORT} "$MODE" {INSIDE_DIR}'
)
PLAIN = (
    f'"$JAVAC" -proc:none -nowarn -encoding UTF-8 -d {TARGET}/tools {INSIDE_DIR}/Compile.java && '
    f"printf '{{}}' > {TARGET}/{PLAN}"
)


def environment_plan(
    project: ProjectView, toolbox: Toolbox, *, offline: bool
) -> EnvironmentPlan | Environment:
    """The plan for a pom.xml; without one only our own programs are compiled."""
    java = java_of(toolbox)
    if not java.found:
        return Environment(ready=False, reason=java.why_missing, infrastructure=True, missing=True)
    if pom.is_gradle(project):
        return Environment(ready=False, reason=GRADLE_REASON, infrastructure=True)
    if not pom.is_maven(project):
        return _plain(toolbox, java)
    maven = maven_of(toolbox)
    if not maven.found:
        return Environment(ready=False, reason=maven.why_missing, infrastructure=True, missing=True)
    known = pom.poms(project)
    for item in known.values():
        if item.fault:
            reason = f"{item.path}:{item.fault.line}: {item.fault.message}"
            return Environment(ready=False, reason=reason)
    skeleton = {path: (project.root / path).read_bytes() for path in known}
    command = Command(
        argv=("/bin/sh", "-c", RESOLVE, "sh", *quick(toolbox.limits.memory_bytes)),
        cwd=PROJECT_DIR,
        env={
            "JAVA": java.programs["java"],
            "JAVAC": java.programs["javac"],
            "LIBRARIES": f"{maven_home(maven)}/lib/*",
            "MODE": "offline" if offline else "online",
        },
        mounts=_mounts(java, maven),
        network=Network.NONE if offline else Network.FETCH,
        limits=toolbox.limits,
        runs_project_code=False,
    )
    return EnvironmentPlan(
        ecosystem="maven",
        language="java",
        manager="maven",
        key_parts=(
            "maven", java.version, maven.version, programs_digest(),
            *(f"{path}\0{text.decode('utf-8', 'replace')}" for path, text in skeleton.items()),
        ),
        target=TARGET,
        executable=java.programs["java"],
        install=command,
        judge=judge,
        skeleton=skeleton,
        mounts=(*java.mounts,),
        cache_target=CACHE,
    )  # fmt: skip


def _mounts(*toolchains: Toolchain) -> tuple[Any, ...]:
    mounts = {m.target: m for chain in toolchains for m in chain.mounts}
    return (*mounts.values(), INSIDE_MOUNT)


def _plain(toolbox: Toolbox, java: Toolchain) -> EnvironmentPlan:
    """Loose files without a build: nothing is fetched."""
    return EnvironmentPlan(
        ecosystem="maven",
        language="java",
        manager="javac",
        key_parts=("plain-java", java.version, programs_digest()),
        target=TARGET,
        executable=java.programs["java"],
        install=Command(
            argv=("/bin/sh", "-c", f"mkdir {TARGET}/tools && {PLAIN}"),
            cwd=PROJECT_DIR,
            env={"JAVAC": java.programs["javac"]},
            mounts=_mounts(java),
            limits=toolbox.limits,
            runs_project_code=False,
        ),
        judge=_judge_plain,
        skeleton={},
        mounts=java.mounts,
        cache_target=CACHE,
    )


def _judge_plain(outcome: Outcome) -> tuple[InstallVerdict, str]:
    if outcome.exit_code == 0:
        return InstallVerdict.OK, ""
    said = clean(outcome.stderr.decode("utf-8", "replace")[-600:], limit=400)
    return InstallVerdict.INFRASTRUCTURE, f"our own programs could not be compiled. {said}"


def judge(outcome: Outcome) -> tuple[InstallVerdict, str]:
    """What resolving came to; each fault reads `pom.xml:LINE: message`, one after another."""
    if outcome.killed_by:
        return InstallVerdict.INFRASTRUCTURE, f"resolving was stopped ({outcome.killed_by})"
    report = parse_json(outcome.files.get(REPORT, b""))
    if not isinstance(report, dict):
        said = clean(outcome.stderr.decode("utf-8", "replace")[-2_000:], limit=500)
        return InstallVerdict.INFRASTRUCTURE, f"resolving reported nothing. {said}"
    errors = [e for e in report.get("errors") or () if isinstance(e, dict)]
    if outcome.exit_code == 0 and not errors:
        return InstallVerdict.OK, ""
    shown: list[str] = []
    for error in errors[:20]:
        place = f"{error.get('path')}:{error.get('line')}"
        text = clean(str(error.get("message")), limit=400).replace("\n", " ")
        if (line := f"{place}: {text}") not in shown:
            shown.append(line)
    reason = " | ".join(shown)
    fetched = any(e.get("kind") == "artifact" for e in errors)
    if outcome.refused_hosts:
        hosts = ", ".join(outcome.refused_hosts[:5])
        return InstallVerdict.INFRASTRUCTURE, f"hosts were refused by the proxy: {hosts}. {reason}"
    if fetched and report.get("trouble"):
        trouble = clean(str(report["trouble"]), limit=200)
        why = f"the repository cannot be reached ({trouble}). {reason}"
        return InstallVerdict.INFRASTRUCTURE, why
    if fetched and report.get("offline"):
        return InstallVerdict.INFRASTRUCTURE, f"nothing was fetched. {reason}"
    if fetched and report.get("repositories"):
        names = ", ".join(map(str, report["repositories"][:5]))
        why = (
            "only the repository this machine is configured for is asked, not the project's own "
            f"({clean(names, limit=100)}); name a mirror of them in settings.xml. {reason}"
        )
        return InstallVerdict.INFRASTRUCTURE, why
    return InstallVerdict.PROJECT, reason or "the dependencies cannot be resolved"
