"""What a Python project says about itself, read as plain data; nothing of it is executed.

Only values that cannot switch a check off or run code are taken, each validated.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autonomous_coder.languages.base import ProjectView

MINORS = range(9, 16)
OLDEST, NEWEST = 11, 14
_REQUIREMENT_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_MODULE = re.compile(r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")
_LIST = re.compile(
    r"(?:requirements/|requirements[-_.])(?P<purpose>[a-z]+)\.txt"
    r"|(?P<before>[a-z]+)[-_.]requirements\.txt"
)
_PURPOSES = (
    ("pytest", (("test", "tests", "testing"), ("dev", "develop", "development"))),
    ("mypy", (("typing", "types", "mypy"),)),
)
"""What a requirement list beside pyproject.toml may be needed for, and how such lists are named."""
_DEVELOPMENT = ("dev", "test", "tests", "testing", "lint", "typing", "types")


@dataclass(frozen=True, slots=True)
class Metadata:
    """`minor` is the oldest supported 3.x; requirement sets hold normalised names.

    `dependencies` are needed at run time, `optional` are extras, `development` the groups and
    `lists`, which are requirement lists that pyproject.toml leaves testing or types to.
    `error` says why pyproject.toml cannot be read.
    """

    name: str = ""
    version: str = ""
    requires_python: str = ""
    minor: int = OLDEST
    line_length: int = 88
    first_party: tuple[str, ...] = ()
    dependencies: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    development: frozenset[str] = frozenset()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    pytest: Mapping[str, Any] = field(default_factory=dict)
    entrypoint: str = ""
    error: str = ""
    declared: bool = False
    dynamic: bool = False


def normalise(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(text: object) -> str:
    """The normalised name a requirement line starts with; empty when it has none."""
    match = _REQUIREMENT_NAME.match(text) if isinstance(text, str) else None
    return normalise(match[1]) if match else ""


def table(values: Any, *keys: str) -> dict[str, Any]:
    """A nested table; empty when it is missing or something else."""
    for key in keys:
        values = values.get(key) if isinstance(values, dict) else None
    return values if isinstance(values, dict) else {}


def strings(value: Any) -> list[str]:
    """A list's strings (at most 1,000); a bare string is a list of one."""
    if isinstance(value, str):
        return [value]
    return [v for v in value[:1_000] if isinstance(v, str)] if isinstance(value, list) else []


INSTALLED_DIR = "installed"


def installed_record(metadata: Metadata) -> dict[str, str]:
    """What installing the project would have left for `importlib.metadata`: the project itself is
    not installed, since that may run its code. Empty when name or version is not plain."""
    name, version = metadata.name, metadata.version
    plain = re.fullmatch(r"[A-Za-z0-9][\w.-]{0,99}", name, re.A)
    if not plain or not re.fullmatch(r"[\w.+!-]{1,60}", version, re.A):
        return {}
    directory = f"{normalise(name).replace('-', '_')}-{version}.dist-info"
    text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    return {f"{INSTALLED_DIR}/{directory}/METADATA": text}


def requirement_files(project: ProjectView) -> tuple[str, ...]:
    """The requirement lists at the top of the project, run time first."""
    names = [f for f in project.files if re.fullmatch(r"requirements[\w.-]*\.txt", f)]
    return tuple(sorted(names, key=lambda f: (f != "requirements.txt", f)))


def _for_development(sets: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The extras or groups that developing needs: by their names, or as they hold the runner."""
    return tuple(
        name
        for name, requirements in sets.items()
        if normalise(name) in _DEVELOPMENT or "pytest" in _names(requirements)
    )


def _development_lists(project: ProjectView, declared: frozenset[str]) -> tuple[str, ...]:
    """Lists such as requirements/tests.txt that bring the test runner or the type checker, where
    what is declared brings none."""
    named: dict[str, list[str]] = {}
    for path in project.files:
        if match := _LIST.fullmatch(path):
            named.setdefault(match["purpose"] or match["before"], []).append(path)
    chosen: list[str] = []
    for tool, choices in _PURPOSES:
        if tool not in declared:
            found = ([p for word in words for p in named.get(word, ())] for words in choices)
            chosen += next((lists for lists in found if lists), [])
    return tuple(chosen)


def read_metadata(project: ProjectView) -> Metadata:
    """Everything the checks want to know; defaults where the project says nothing."""
    if "pyproject.toml" not in project.files:
        return _from_lists(project)
    try:
        values = tomllib.loads(project.read("pyproject.toml"))
    except (ValueError, RecursionError) as error:
        return Metadata(error=f"pyproject.toml is not valid TOML: {error}", declared=True)
    main = table(values, "project")
    ruff = table(values, "tool", "ruff")
    extras = {k: strings(v) for k, v in table(main, "optional-dependencies").items()}
    groups = {k: strings(v) for k, v in table(values, "dependency-groups").items()}
    requires = main.get("requires-python")
    requires = requires if isinstance(requires, str) else ""
    dependencies = _names(strings(main.get("dependencies")))
    optional = _names([r for requirements in extras.values() for r in requirements])
    development = _names([r for requirements in groups.values() for r in requirements])
    declared = bool(main) or bool(groups)
    known = dependencies | optional | development
    lists = _development_lists(project, known) if declared else ()
    listed = _names([line for path in lists for line in project.read(path).splitlines()])
    entry = table(values, "tool", "fastapi").get("entrypoint")
    name, version = main.get("name"), main.get("version")
    return Metadata(
        name=name if isinstance(name, str) else "",
        version=version if isinstance(version, str) else "",
        requires_python=requires,
        minor=_minor(requires, ruff.get("target-version")),
        line_length=_line_length(ruff.get("line-length")),
        first_party=tuple(
            m
            for m in strings(table(ruff, "lint", "isort").get("known-first-party"))
            if _MODULE.match(m)
        ),
        dependencies=dependencies,
        optional=optional,
        development=development | listed,
        extras=_for_development(extras),
        groups=_for_development(groups),
        lists=lists,
        pytest=_pytest(project, values),
        entrypoint=entry if isinstance(entry, str) else "",
        declared=declared,
        dynamic="dependencies" in strings(main.get("dynamic")),
    )


def _from_lists(project: ProjectView) -> Metadata:
    lists = requirement_files(project)
    runtime = [n for f in lists[:1] for n in project.read(f).splitlines()]
    rest = [n for f in lists[1:] for n in project.read(f).splitlines()]
    return Metadata(
        dependencies=_names(runtime),
        development=_names(rest),
        pytest=_pytest(project, {}),
        declared=bool(lists),
    )


def _names(requirements: list[str]) -> frozenset[str]:
    return frozenset(n for n in map(requirement_name, requirements) if n)


def _minor(requires: str, target: Any) -> int:
    """The oldest 3.x that `requires` admits; else ruff's target version; else the default."""
    if requires:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet

        try:
            admitted = SpecifierSet(requires)
        except InvalidSpecifier:
            return OLDEST
        # The newest patch release: `>3.11` and `>=3.11.4` both mean 3.11.
        found = next((m for m in MINORS if f"3.{m}.99" in admitted), None)
        return found if found is not None else OLDEST
    match = re.fullmatch(r"py3(\d{1,2})", target) if isinstance(target, str) else None
    return int(match[1]) if match and int(match[1]) in MINORS else OLDEST


def _line_length(value: Any) -> int:
    return value if isinstance(value, int) and 20 <= value <= 320 else 88


def _pytest(project: ProjectView, values: dict[str, Any]) -> dict[str, Any]:
    """The runner's options as the project sets them, from the file the runner would take."""
    for name in ("pytest.ini", ".pytest.ini"):
        if name in project.files:
            return _ini(project.read(name), "pytest")
    tool = table(values, "tool", "pytest")
    if options := tool.get("ini_options"):
        return dict(options) if isinstance(options, dict) else {}
    if tool:
        return dict(tool)
    if "tox.ini" in project.files and (options := _ini(project.read("tox.ini"), "pytest")):
        return options
    return _ini(project.read("setup.cfg"), "tool:pytest")


def _ini(text: str, section: str) -> dict[str, Any]:
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return dict(parser.items(section)) if parser.has_section(section) else {}
