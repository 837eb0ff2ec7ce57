"""What the project's own configuration of a tool says, beside our verdict.

Ours decides in strict mode, since a project's configuration can leave everything out. Its own is
asked only where ours found something; nothing of it is executed (plugins are left out), and
nothing but numbers is taken from the answer.
"""

from __future__ import annotations

import configparser
import io
import json
import tomllib
from collections.abc import Mapping
from typing import Any

from autonomous_coder.languages.base import CONFIG_DIR, Environment, ProjectView, Toolbox
from autonomous_coder.languages.findings import parse_json
from autonomous_coder.languages.python.metadata import strings, table
from autonomous_coder.models.execution import SOURCE_DIR, Command, Outcome
from autonomous_coder.models.validation import CheckResult, CheckStatus

MYPY_FILES = ("mypy.ini", ".mypy.ini")
RUFF_FILES = (".ruff.toml", "ruff.toml")
OUR_PLUGINS = ("pydantic.mypy",)
NOT_TAKEN = frozenset({"plugins", "python_executable", "cache_dir", "custom_typing_module"})
"""What would run code, or name places that do not exist here."""


def own_mypy_config(project: ProjectView) -> str:
    """The project's options for mypy as an ini text; empty when it has none."""
    for name in MYPY_FILES:
        if name in project.files:
            return _from_ini(project.read(name))
    try:
        own = table(tomllib.loads(project.read("pyproject.toml")), "tool", "mypy")
    except (ValueError, RecursionError):
        own = {}
    if own:
        return _from_toml(own)
    return _from_ini(project.read("setup.cfg")) if "setup.cfg" in project.files else ""


def _from_ini(text: str) -> str:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return ""
    sections = {s: dict(parser.items(s)) for s in parser.sections() if s.startswith("mypy")}
    return _written(sections) if "mypy" in sections else ""


def _from_toml(own: Mapping[str, Any]) -> str:
    sections: dict[str, dict[str, str]] = {"mypy": {}}
    for key, value in own.items():
        if key != "overrides":
            sections["mypy"][key] = _text(value)
    overrides = own.get("overrides")
    for override in overrides if isinstance(overrides, list) else []:
        modules = override.get("module", []) if isinstance(override, dict) else []
        for module in strings(modules):
            section = sections.setdefault(f"mypy-{module}", {})
            section |= {k: _text(v) for k, v in override.items() if k != "module"}
    return _written(sections)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _written(sections: Mapping[str, Mapping[str, str]]) -> str:
    parser = configparser.RawConfigParser()
    for name, options in sections.items():
        kept = {k: v for k, v in options.items() if k not in NOT_TAKEN and "\n" not in k}
        plugins = [p for p in OUR_PLUGINS if p in options.get("plugins", "")]
        if plugins:
            kept["plugins"] = ", ".join(plugins)
        try:
            parser[name] = kept
        except (ValueError, TypeError):
            return ""
    stream = io.StringIO()
    parser.write(stream)
    return stream.getvalue()


def mypy_command(
    project: ProjectView, environment: Environment, toolbox: Toolbox, cache: str
) -> Command:
    """mypy with `own.ini` of the plan's configuration, on what that names, else on our files."""
    return Command(
        argv=(
            toolbox.interpreter.executable, "-I", "-m", "mypy",
            "--config-file", f"{CONFIG_DIR}/own.ini",
            "--python-executable", f"{CONFIG_DIR}/python",
            "--cache-dir", cache, "--output", "json", f"@{CONFIG_DIR}/own-files",
        ),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        env={"PACKAGES": environment.packages} if environment.packages else {},
        mounts=(*toolbox.mounts, *environment.mounts),
        limits=toolbox.limits,
        runs_project_code=False,
    )  # fmt: skip


def own_mypy_files(project: ProjectView, files: list[str]) -> str:
    """The files an own run is given: those outside the tests, unless the project names its own."""
    own = own_mypy_config(project)
    if any(line.split("=")[0].strip() in ("files", "packages") for line in own.splitlines()):
        return ""
    return "".join(f"./{f}\n" for f in files)


def has_ruff_config(project: ProjectView) -> bool:
    """Whether the project configures ruff itself."""
    if any(name in project.files for name in RUFF_FILES):
        return True
    try:
        return bool(table(tomllib.loads(project.read("pyproject.toml")), "tool", "ruff"))
    except (ValueError, RecursionError):
        return False


def ruff_command(project: ProjectView, toolbox: Toolbox, *verb: str) -> Command:
    """ruff with the project's own configuration, on what that chooses."""
    return Command(
        argv=(toolbox.tools["ruff"], *verb, "--no-cache", "--color", "never", "."),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        mounts=toolbox.mounts,
        limits=toolbox.limits,
        runs_project_code=False,
    )


def beside(result: CheckResult, tool: str, found: int | None, *, strict: bool) -> CheckResult:
    """`result` with the own verdict told (`found` findings; None when there was no answer). It
    decides where the settings are not strict."""
    if found is None:
        said = f"With the project's own configuration {tool} gives no answer."
    elif found:
        said = f"With the project's own configuration {tool} finds {found}."
    else:
        said = f"With the project's own configuration {tool} finds nothing."
        if not strict:
            result.status = CheckStatus.PASSED
            said += " It decides, since strict_mode is off."
    result.reason = f"{result.reason} {said}".strip()
    return result


def count_json(outcome: Outcome) -> int | None:
    """How many findings a JSON list holds; None when it is none."""
    value = parse_json(outcome.stdout)
    return len(value) if isinstance(value, list) and not outcome.killed_by else None


def count_lines(outcome: Outcome) -> int | None:
    """How many JSON lines of mypy's are errors; None when it could not run."""
    if outcome.killed_by or outcome.exit_code not in (0, 1):
        return None
    errors = 0
    for line in outcome.stdout.decode("utf-8", "replace").splitlines():
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            continue
        errors += isinstance(item, dict) and item.get("severity") == "error"
    return errors


def count_unformatted(outcome: Outcome) -> int | None:
    """How many files the formatter would change; None when it could not run."""
    if outcome.killed_by or outcome.exit_code not in (0, 1):
        return None
    text = outcome.stdout.decode("utf-8", "replace")
    return sum(line.startswith("Would reformat: ") for line in text.splitlines())
