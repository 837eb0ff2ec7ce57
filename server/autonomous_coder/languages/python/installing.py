"""How a Python project's dependencies are locked and installed: uv in the fetch phase."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from autonomous_coder.languages.base import (
    Environment,
    EnvironmentPlan,
    InstallVerdict,
    Interpreter,
    ProjectView,
    Toolbox,
)
from autonomous_coder.languages.common.judging import Signs, judged
from autonomous_coder.languages.python.building import BACKEND_PLACE, backend_requirements
from autonomous_coder.languages.python.identity import (
    content_identity,
    declared_identity,
    lock_identity,
)
from autonomous_coder.languages.python.interpreters import choose, too_old
from autonomous_coder.languages.python.metadata import Metadata, requirement_files
from autonomous_coder.languages.python.sources import from_indexes_only
from autonomous_coder.languages.python.testing import MEASURE_PLACE
from autonomous_coder.models.execution import (
    OUTPUT_DIR,
    PROJECT_DIR,
    Command,
    Network,
    Outcome,
)

TARGET = "/env"
CACHE = "/cache"
LOCKFILE = "uv.lock"
NO_BUILD = "--no-build"

# Fixed scripts; everything that varies arrives as "$@" or from the environment.
LOCK = f'"$UV" lock --no-progress "$@" && cp {LOCKFILE} {OUTPUT_DIR}/{LOCKFILE}'
# uv would compile with the environment's own interpreter, which runs what packages put into `.pth`
# files while the shared downloads are writable. Ours reads no site directory, so nothing runs.
COMPILE = f'{{ "$UV_PYTHON" -I -S -m compileall -q -j 0 {TARGET}/lib >/dev/null 2>&1 || :; }}'
# A build backend lives apart from the dependencies: nothing but the build ever imports it. Where it
# cannot be installed, only the build is not judged.
BACKEND = (
    f'{{ [ -z "$BACKEND" ] || printf "%s\\n" "$BACKEND" | "$UV" pip install '
    f"--python {TARGET}/bin/python --target {TARGET}/{BACKEND_PLACE} --no-build "
    "--no-compile-bytecode --no-progress -r - >/dev/null 2>&1 "
    f"|| rm -rf {TARGET}/{BACKEND_PLACE}; }}"
)
# Lines are counted for projects whose tests pytest runs; one that brings `coverage` has its own.
# Where it cannot be installed, tests are run without it.
MEASURE = (
    f"{{ for packages in {TARGET}/lib/python3.*/site-packages; do "
    '[ ! -d "$packages/pytest" ] || [ -d "$packages/coverage" ] '
    f'|| "$UV" pip install --python {TARGET}/bin/python --target {TARGET}/{MEASURE_PLACE} '
    "--no-deps --no-build --no-compile-bytecode --no-progress coverage >/dev/null 2>&1 "
    f"|| rm -rf {TARGET}/{MEASURE_PLACE}; done; }}"
)
# What pyproject.toml leaves to lists comes on top, one list after another: each is whole by itself.
LISTS = (
    f'{{ for list in $LISTS; do "$UV" pip install --python {TARGET}/bin/python '
    '--no-compile-bytecode --no-progress $NO_BUILD -r "$list" || exit; done; }'
)
SYNC = (
    '"$UV" sync --locked --no-install-project --no-install-workspace --no-compile-bytecode '
    f'--no-progress "$@" && {LISTS} && {BACKEND} && {MEASURE} && {COMPILE}'
)
PIP = (
    f'"$UV" venv --allow-existing --no-project --no-progress {TARGET} && '
    f'"$UV" pip install --python {TARGET}/bin/python --no-compile-bytecode --no-progress "$@" && '
    f"{MEASURE} && {COMPILE}"
)

_PROJECT_FAULTS = re.compile(
    r"no solution found|was not found in the package registry|not found in the registry"
    r"|failed to parse|invalid requirement|hash mismatch|requires-python|unsatisfiable"
    r"|is not compatible with the current|conflicting|expected .* found|no such file or directory"
    r"|couldn't parse|unsupported|does not exist|missing `?\[project\]`?",
    re.I,
)
_OUT_OF_STEP = re.compile(r"lockfile at .* needs to be updated|lockfile .* out of date", re.I)
_NEEDS_BUILD = re.compile(
    r"building source distributions is disabled|no usable wheels|no binary distribution"
    r"|--no-build|has no wheels|doesn't have a .*wheel|no wheels with a matching",
    re.I,
)
_NETWORK = re.compile(
    r"dns error|error sending request|connection refused|connection reset|timed out|timeout"
    r"|could not connect|failed to fetch|network|tunnel|proxy|403 forbidden|certificate"
    r"|temporary failure|no route to host|http status (?:server error|client error \(4(?:03|07|29))"
    r"|because the package was not found in the cache|network was disabled|no space left",
    re.I,
)


def environment_plan(
    project: ProjectView, metadata: Metadata, toolbox: Toolbox, *, offline: bool
) -> EnvironmentPlan | Environment:
    """The plan for pyproject.toml or requirement lists; a bare interpreter without either."""
    interpreter = choose(metadata, toolbox)
    if interpreter is None:
        return Environment(ready=False, reason=too_old(metadata), infrastructure=True)
    if metadata.error:
        return Environment(ready=False, reason=metadata.error)
    lists = requirement_files(project)
    if not metadata.declared and not lists:
        return Environment(
            ready=True,
            executable=interpreter.executable,
            mounts=interpreter.mounts,
            notes=("The project declares no dependencies.",),
            key=f"bare-{interpreter.version[0]}.{interpreter.version[1]}",
        )
    locked = "pyproject.toml" in project.files and metadata.declared
    lists = metadata.lists if locked else lists
    choice = _choices(metadata) if locked else tuple(p for f in lists for p in ("-r", f))
    script = SYNC if locked else PIP
    trusted = from_indexes_only(project, lists)
    executable = f"{TARGET}/bin/python"
    version = ".".join(map(str, interpreter.version))
    return EnvironmentPlan(
        ecosystem="pypi",
        key_parts=(
            "uv", toolbox.versions.get("uv", ""), interpreter.executable, version, *choice,
            declared_identity(project, lists),
            "" if trusted else content_identity(project),
        ),
        target=TARGET,
        executable=executable,
        packages=f"{TARGET}/lib/python3.{interpreter.version[1]}/site-packages",
        install=_command(
            project, toolbox, interpreter, script, (*choice, NO_BUILD), offline,
            lists=metadata.lists, code=not trusted,
        ),
        building=_command(
            project, toolbox, interpreter, script, choice, offline, lists=metadata.lists, code=True
        ),
        lockfile=LOCKFILE if locked else "",
        lock=_command(
            project, toolbox, interpreter, LOCK, (NO_BUILD,), offline, code=not trusted
        )
        if locked
        else None,
        locking_builds=_command(project, toolbox, interpreter, LOCK, (), offline, code=True)
        if locked
        else None,
        judge=judge,
        identify=partial(lock_identity, metadata.name),
        mounts=interpreter.mounts,
        cache_target=CACHE,
        own_downloads=not trusted,
        unlocked_hint="Run `uv lock` and commit uv.lock.",
        named=f"{metadata.name} {metadata.version}",
    )  # fmt: skip


def _choices(metadata: Metadata) -> tuple[str, ...]:
    """The default groups, and the groups and extras that developing and testing need."""
    groups = [part for g in metadata.groups for part in ("--group", g)]
    return (*groups, *(part for e in metadata.extras for part in ("--extra", e)))


def _command(
    project: ProjectView,
    toolbox: Toolbox,
    interpreter: Interpreter,
    script: str,
    arguments: tuple[str, ...],
    offline: bool,
    *,
    lists: tuple[str, ...] = (),
    code: bool = False,
) -> Command:
    env: Mapping[str, str] = {
        "UV": toolbox.tools["uv"],
        "UV_PROJECT_ENVIRONMENT": TARGET,
        "UV_CACHE_DIR": CACHE,
        "UV_PYTHON": interpreter.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_LINK_MODE": "copy",
        "UV_NO_COLOR": "1",
        "NO_COLOR": "1",
        "LISTS": " ".join(lists),
        "NO_BUILD": NO_BUILD if NO_BUILD in arguments else "",
        "BACKEND": "\n".join(backend_requirements(project.read("pyproject.toml"))),
        **({"UV_OFFLINE": "1"} if offline else {}),
    }
    return Command(
        argv=("/bin/sh", "-c", script, "sh", *arguments),
        tree=project.root,
        cwd=PROJECT_DIR,
        env=env,
        mounts=(*toolbox.mounts, *interpreter.mounts),
        network=Network.NONE if offline else Network.FETCH,
        limits=toolbox.limits,
        runs_project_code=code,
    )


_SIGNS: Signs = (
    (_OUT_OF_STEP, InstallVerdict.OUT_OF_STEP),
    (_NETWORK, InstallVerdict.INFRASTRUCTURE),
    (_NEEDS_BUILD, InstallVerdict.NEEDS_BUILD),
    (_PROJECT_FAULTS, InstallVerdict.PROJECT),
)


def judge(outcome: Outcome) -> tuple[InstallVerdict, str]:
    """What uv's end means."""
    return judged(outcome, "uv", _SIGNS, _gist)


def _gist(said: str) -> str:
    """The error and its causes in one bounded line."""
    lines = [line.strip(" │╰─▶├×") for line in said.splitlines()]
    start = next((i for i, line in enumerate(lines) if line.startswith("error")), None)
    if start is None:
        start = next((i for i, line in enumerate(said.splitlines()) if "×" in line), 0)
    text = " ".join(line for line in lines[start:] if line)
    return text[:600]
