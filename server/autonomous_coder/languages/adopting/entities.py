"""Stored things of a Python project, by the classes that its files define."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autonomous_coder.languages.base import ProjectView, Steps, Toolbox
from autonomous_coder.languages.python.facts import is_test_path
from autonomous_coder.models.adoption import MAX_ENTITIES_FOUND, FoundEntity
from autonomous_coder.models.execution import SOURCE_DIR, Command, Mount

INSIDE = Path(__file__).parent / "inside"
INSIDE_DIR = "/inside"
MAX_FILES = 5_000
ROOTS = {
    "SQLModel": "SQLModel", "models.Model": "Django", "db.Model": "SQLAlchemy",
    "DeclarativeBase": "SQLAlchemy", "MappedAsDataclass": "SQLAlchemy",
    "BaseModel": "pydantic",
}  # fmt: skip
"""The base classes that make others what they are."""
PYDANTIC = "pydantic"


@dataclass(frozen=True, slots=True)
class _Class:
    """One class as the survey tells it."""

    path: str
    name: str
    line: int
    bases: tuple[str, ...]
    mark: str
    fields: tuple[str, ...]


def find_entities(project: ProjectView, toolbox: Toolbox) -> Steps[tuple[list[FoundEntity], str]]:
    """The entities, and why there are none: read by syntax, in the sandbox. Models of pydantic
    count where nothing is stored by other means."""
    files = [f for f in project.files if f.endswith(".py") and f.isprintable()]
    files = [f for f in files if not is_test_path(f)][:MAX_FILES]
    outcome = yield Command(
        argv=(toolbox.interpreter.executable, "-I", "-S", "-X", "utf8", f"{INSIDE_DIR}/classes.py"),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        mounts=(*toolbox.interpreter.mounts, Mount(INSIDE, INSIDE_DIR)),
        limits=toolbox.limits,
        stdin=json.dumps(files).encode(),
        runs_project_code=False,
    )
    classes = list(_parsed(outcome.stdout.decode("utf-8", "replace").splitlines(), set(files)))
    if outcome.exit_code != 0:
        return [], "The files could not be read."
    found = _entities(classes)
    stored = [entity for entity in found if entity.kind != PYDANTIC]
    chosen = (stored or found)[:MAX_ENTITIES_FOUND]
    nothing = "No class of SQLAlchemy, SQLModel, Django or pydantic was found."
    return chosen, "" if chosen else nothing


def _parsed(lines: Iterable[str], asked: set[str]) -> Iterable[_Class]:
    """What was printed; nonsense is left out."""
    for line in lines:
        try:
            raw: Any = json.loads(line)
            if raw["path"] not in asked:
                continue
            for name, number, bases, mark, fields in raw.get("classes", ()):
                yield _Class(
                    raw["path"], str(name)[:100], int(number), tuple(map(str, bases)), str(mark),
                    tuple(str(field)[:100] for field in fields),
                )  # fmt: skip
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue


def _entities(classes: list[_Class]) -> list[FoundEntity]:
    kinds: dict[str, str] = {}
    for _ in range(10):
        known = len(kinds)
        for one in classes:
            kind = _kind(one, kinds)
            if kind:
                kinds.setdefault(one.name, kind)
        if len(kinds) == known:
            break
    return [
        FoundEntity(
            name=one.name, kind=kinds[one.name], path=one.path, line=one.line,
            fields=list(one.fields),
        )
        for one in sorted(classes, key=lambda one: (one.path, one.line))
        if one.name in kinds and _is_entity(one, kinds[one.name])
    ]  # fmt: skip


def _kind(one: _Class, kinds: Mapping[str, str]) -> str:
    for base in one.bases:
        last = base.rpartition(".")[2]
        two = ".".join(base.split(".")[-2:])
        found = ROOTS.get(two) or ROOTS.get(last) or (kinds.get(last) if last != one.name else "")
        if found:
            return found
    # A base from elsewhere, such as `declarative_base()`, is told by the table's name.
    return "SQLAlchemy" if one.mark == "table" and one.bases else ""


def _is_entity(one: _Class, kind: str) -> bool:
    if one.mark == "abstract":
        return False
    if kind in ("SQLAlchemy", "SQLModel"):
        return one.mark == "table" or any(base.endswith("db.Model") for base in one.bases)
    return bool(one.fields)
