"""Projects: a handle for a directory and what was decided about it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from autonomous_coder.errors import PathOccupiedError
from autonomous_coder.models.runs import Project
from autonomous_coder.store import text
from autonomous_coder.store.connection import Database
from autonomous_coder.store.filesystem import canonical
from autonomous_coder.store.transaction import Transaction

HOW_TO_LIST = "Ask for the list of projects (status without an id) and use one of its ids."
_COLUMNS = "project_id, name, description, path, created_at, updated_at"


class Projects:
    """Rows of the table `projects`. Paths are stored absolute and without symbolic links."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, name: str, *, description: str, path: str) -> Project:
        project = new(name, description=description, path=path)
        async with self._database.write() as transaction:
            await insert(transaction, project)
        return project

    async def get(self, project_id: str) -> Project:
        known(project_id)
        rows = await self._database.read(
            f"SELECT {_COLUMNS} FROM projects WHERE project_id = ?",  # noqa: S608
            (project_id,),
        )
        if not rows:
            raise text.unknown(project_id, "project", HOW_TO_LIST)
        return _project(rows[0])

    async def at(self, path: Path) -> Project | None:
        rows = await self._database.read(
            f"SELECT {_COLUMNS} FROM projects WHERE path = ? AND path <> '' "  # noqa: S608
            "ORDER BY id DESC LIMIT 1",
            (canonical(path),),
        )
        return _project(rows[0]) if rows else None

    async def set_path(self, project_id: str, path: str) -> Project:
        known(project_id)
        place = canonical(path) if path else ""
        async with self._database.write() as transaction:
            await require(transaction, project_id)
            await _require_free(transaction, place, project_id)
            await transaction.execute(
                "UPDATE projects SET path = ?, updated_at = ? WHERE project_id = ?",
                (place, text.now().isoformat(), project_id),
            )
        return await self.get(project_id)

    async def page(self, limit: int, offset: int) -> list[Project]:
        rows = await self._database.read(
            f"SELECT {_COLUMNS} FROM projects ORDER BY id DESC LIMIT ? OFFSET ?",  # noqa: S608
            text.page(limit, offset),
        )
        return [_project(row) for row in rows]


def known(project_id: str) -> str:
    """`project_id` when it looks like one.

    Raises:
        NotFoundError: it does not.
    """
    return text.known_id(project_id, "prj", "project", HOW_TO_LIST)


def new(name: str, *, description: str, path: str) -> Project:
    """A project that is not recorded yet."""
    moment = text.now()
    return Project(
        project_id=text.new_id("prj"),
        name=text.bounded(name, "project's name", 200),
        description=text.bounded(description, "description", 100_000),
        path=canonical(path) if path else "",
        created_at=moment,
        updated_at=moment,
    )


async def insert(transaction: Transaction, project: Project) -> None:
    """Record a new project inside a transaction.

    Raises:
        PathOccupiedError: its directory is another project's.
    """
    await _require_free(transaction, project.path, project.project_id)
    await transaction.execute(
        f"INSERT INTO projects ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            project.project_id,
            project.name,
            project.description,
            project.path,
            project.created_at.isoformat(),
            project.updated_at.isoformat(),
        ),
    )


async def require(transaction: Transaction, project_id: str) -> None:
    """Make sure inside a transaction that the project exists.

    Raises:
        NotFoundError: it does not.
    """
    if not await transaction.execute(
        "SELECT 1 FROM projects WHERE project_id = ?", (known(project_id),)
    ):
        raise text.unknown(project_id, "project", HOW_TO_LIST)


async def _require_free(transaction: Transaction, path: str, project_id: str) -> None:
    """Make sure inside a transaction that a directory is nobody else's: of two processes that want
    the same one at once, one gets it and the other is told.

    Raises:
        PathOccupiedError: it is another project's.
    """
    rows = await transaction.execute(
        "SELECT project_id FROM projects WHERE path = ? AND path <> '' AND project_id <> ? "
        "ORDER BY id DESC LIMIT 1",
        (path, project_id),
    )
    if rows:
        raise PathOccupiedError(
            f"{path} has just been taken by project {rows[0]['project_id']}.",
            hint="Name another directory, or repeat the call to see what became of that project.",
        )


def _project(row: sqlite3.Row) -> Project:
    return Project(**{key: row[key] for key in row.keys()})  # noqa: SIM118
