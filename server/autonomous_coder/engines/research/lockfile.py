"""Reading uv's lock and uv's explanations. Pure: text in, facts out."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from autonomous_coder.errors import ResolutionError

PROJECT = "joint-resolution"
OFFLINE_SIGNS = (
    "network connectivity is disabled",
    "failed to fetch",
    "error sending request",
    "dns error",
    "tcp connect error",
    "connection refused",
    "client error (connect)",
    "operation timed out",
    "could not connect",
)
NO_INTERPRETER_SIGNS = (
    "no interpreter found",
    "failed to inspect python interpreter",
    "incompatible with the project",
)
MAX_EXPLANATION_CHARS = 400


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock: the version that applies at the lowest target runtime."""

    name: str
    version: str
    direct: bool


def read_lock(text: str, python: str) -> list[Locked]:
    """The packages of a uv.lock as `python` (e.g. `3.11`) installs them, ordered by name.

    Raises:
        ResolutionError: the lock cannot be read.
    """
    import tomllib

    try:
        packages = tomllib.loads(text)["package"]
        root = next(p for p in packages if p["name"] == PROJECT)
        groups = [root.get("dependencies", []), *root.get("dev-dependencies", {}).values()]
        direct = {entry["name"] for group in groups for entry in group}
        by_name: dict[str, list[dict[str, Any]]] = {}
        for package in packages:
            if package["name"] != PROJECT:
                by_name.setdefault(package["name"], []).append(package)
        return [
            Locked(name, _applying(found, python)["version"], name in direct)
            for name, found in sorted(by_name.items())
        ]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, StopIteration) as error:
        raise ResolutionError(
            "The lock file that uv wrote cannot be read.", hint="Check uv's version and try again."
        ) from error


def _applying(packages: list[dict[str, Any]], python: str) -> dict[str, Any]:
    """Where a lock forks, the entry whose markers hold on the lowest target runtime."""
    from packaging.markers import InvalidMarker, Marker

    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    for package in packages:
        for marker in package.get("resolution-markers", []):
            try:
                if Marker(marker).evaluate(environment):
                    return package
            except InvalidMarker:
                continue
    return packages[0]


def read_pins(text: str, python: str, direct: Container[str]) -> list[Locked]:
    """The `name==version` lines of `uv pip compile --universal`, as `python` installs them."""
    from packaging.requirements import InvalidRequirement, Requirement

    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    found: dict[str, Locked] = {}
    for line in text.splitlines():
        try:
            requirement = Requirement(line.strip())
        except InvalidRequirement:
            continue
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        version = next((s.version for s in requirement.specifier if s.operator == "=="), "")
        applies = requirement.marker is None or requirement.marker.evaluate(environment)
        if version and (applies or name not in found):
            found[name] = Locked(name, version, name in direct)
    return [found[name] for name in sorted(found)]


def last_line(stderr: str) -> str:
    """The first error line of uv, bounded, for a failure that is not about versions."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    chosen = next((line for line in lines if line.startswith("error")), (lines or ["no output"])[0])
    return re.sub(r"//[^/@\s]+@", "//", chosen)[:300]


def is_offline(stderr: str) -> bool:
    """Whether uv failed for want of network rather than of a solution."""
    low = stderr.lower()
    return any(sign in low for sign in OFFLINE_SIGNS)


def no_interpreter(stderr: str) -> bool:
    """Whether uv found no Python that fits the target runtime."""
    low = stderr.lower()
    return any(sign in low for sign in NO_INTERPRETER_SIGNS)


def explanation(stderr: str) -> str:
    """uv's reasoning in one line, without its decoration; empty when it gave none."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", stderr)
    match = re.search(r"Because (.*?)(?:\n\s*\n|\nhint|\Z)", text, re.S)
    if not match:
        return ""
    plain = re.sub(r"\s+", " ", f"Because {match[1]}").strip()
    plain = plain.replace("your project", "the stack").replace("you require", "the stack requires")
    if len(plain) > MAX_EXPLANATION_CHARS:
        plain = plain[:MAX_EXPLANATION_CHARS].rsplit(" ", 1)[0] + " …"
    return plain


def constraint_on(stderr: str, name: str) -> str:
    """The one dependency in uv's reasoning that forbids the newer `name`, e.g.
    `pydantic 2.14.3 depends on pydantic-core==2.48.2`; empty when it names none."""
    text = re.sub(r"\x1b\[[0-9;]*m|\s+", " ", stderr)
    package = r"[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?"
    bounded = rf"{re.escape(name)}(?:\[[\w,-]+\])?(?:<|==|~=|!=|>=[\w.]+,<)[\w.*+!,<>=-]*"
    bound = re.compile(
        rf"({package})((?:[=<>!~]=?[\w.*+!,<>=-]+)?) depends on (?:[^.]*? and )?({bounded})", re.I
    )
    for match in bound.finditer(text):
        if match[1].lower() not in ("project", name.lower(), PROJECT):
            return f"{match[1]}{match[2].replace('==', ' ')} depends on {match[3].rstrip(',.')}"
    return ""
