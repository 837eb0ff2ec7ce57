"""Schemas and the named steps that lead to them.

A step and its record are one transaction, and the version is looked at inside it, so that of two
processes starting at once only one migrates. Steps are never changed once released: add another.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from autonomous_coder.errors import StateError
from autonomous_coder.store.transaction import Transaction

Apply = Callable[[Transaction], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Migration:
    """`version` is the database's `user_version` afterwards."""

    version: int
    name: str
    apply: Apply


async def apply_pending(
    transaction: Transaction, migrations: Sequence[Migration], place: str
) -> list[str]:
    """Apply what is missing inside one immediate transaction; the names of the steps taken.

    Raises:
        StateError: the database was made by a newer version of this program.
    """
    rows = await transaction.execute("PRAGMA user_version")
    current = int(rows[0][0])
    newest = migrations[-1].version
    if current > newest:
        raise StateError(
            f"The database {place} has schema version {current}, made by a newer "
            f"autonomous-coder; this one knows versions up to {newest}.",
            hint="Install the newer version, or name another data directory.",
        )
    if current == newest:
        return []
    await transaction.execute(
        "CREATE TABLE IF NOT EXISTS migrations "
        "(version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL)"
    )
    taken = [step for step in migrations if step.version > current]
    for step in taken:
        await step.apply(transaction)
        await transaction.execute(
            "INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)",
            (step.version, step.name, datetime.now(UTC).isoformat()),
        )
        await transaction.execute(f"PRAGMA user_version = {step.version:d}")
    return [step.name for step in taken]


async def _projects_and_runs(transaction: Transaction) -> None:
    for statement in (
        """CREATE TABLE projects (
            id INTEGER PRIMARY KEY, project_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            description TEXT NOT NULL, path TEXT NOT NULL,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
        "CREATE INDEX projects_path ON projects (path, id) WHERE path <> ''",
        """CREATE TABLE documents (
            id INTEGER PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects (project_id),
            kind TEXT NOT NULL, data TEXT NOT NULL, created_at TEXT NOT NULL)""",
        "CREATE INDEX documents_kind ON documents (project_id, kind, id)",
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY, run_id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
            status TEXT NOT NULL, project_id TEXT NOT NULL,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL, body TEXT NOT NULL)""",
        "CREATE INDEX runs_project ON runs (project_id, id)",
    ):
        await transaction.execute(statement)


async def _reports(transaction: Transaction) -> None:
    for statement in (
        """CREATE TABLE reports (
            id INTEGER PRIMARY KEY, report_id TEXT NOT NULL UNIQUE, project_id TEXT NOT NULL,
            path TEXT NOT NULL, tree_hash TEXT NOT NULL, passed INTEGER NOT NULL,
            created_at TEXT NOT NULL, body TEXT NOT NULL)""",
        "CREATE INDEX reports_project ON reports (project_id, id)",
        "CREATE INDEX reports_path ON reports (path, id)",
    ):
        await transaction.execute(statement)


async def _audit(transaction: Transaction) -> None:
    await transaction.execute(
        """CREATE TABLE audit (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, action TEXT NOT NULL,
            subject TEXT NOT NULL, detail TEXT NOT NULL)"""
    )


async def _findings(transaction: Transaction) -> None:
    await transaction.execute(
        """CREATE TABLE findings (
            id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, statement TEXT NOT NULL,
            source TEXT NOT NULL, day TEXT NOT NULL, UNIQUE (topic, day, statement, source))"""
    )


async def _cache(transaction: Transaction) -> None:
    await transaction.execute(
        """CREATE TABLE cache (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, stored_at REAL NOT NULL,
            size INTEGER NOT NULL, etag TEXT NOT NULL, value BLOB NOT NULL)"""
    )
    await transaction.execute("CREATE INDEX cache_age ON cache (stored_at, size)")


async def _passages(transaction: Transaction) -> None:
    for statement in (
        """CREATE TABLE passage_sources (
            id INTEGER PRIMARY KEY AUTOINCREMENT, ecosystem TEXT NOT NULL, name TEXT NOT NULL,
            version TEXT NOT NULL, stored_at REAL NOT NULL, size INTEGER NOT NULL,
            first_row INTEGER NOT NULL, last_row INTEGER NOT NULL, about TEXT NOT NULL,
            UNIQUE (ecosystem, name, version))""",
        "CREATE INDEX passage_sources_rows ON passage_sources (last_row)",
        # The word in `scope` names the source, so that a search reads the rows of few sources.
        """CREATE VIRTUAL TABLE passage_index USING fts5(
            scope, title, body, parts, document UNINDEXED, weight UNINDEXED,
            tokenize = 'porter unicode61 remove_diacritics 2')""",
    ):
        await transaction.execute(statement)


async def _checkpoints(transaction: Transaction) -> None:
    for statement in (
        """CREATE TABLE objects (
            id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, kind TEXT NOT NULL,
            size INTEGER NOT NULL, codec INTEGER NOT NULL, data BLOB NOT NULL)""",
        """CREATE TABLE checkpoints (
            id INTEGER PRIMARY KEY AUTOINCREMENT, checkpoint_id TEXT NOT NULL UNIQUE,
            path TEXT NOT NULL, project_id TEXT NOT NULL, label TEXT NOT NULL,
            created_at TEXT NOT NULL, root BLOB NOT NULL, files INTEGER NOT NULL,
            bytes INTEGER NOT NULL, skipped TEXT NOT NULL, state BLOB NOT NULL)""",
        "CREATE INDEX checkpoints_path ON checkpoints (path, id)",
        "CREATE INDEX checkpoints_project ON checkpoints (project_id, id)",
        "CREATE TABLE roots (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE)",
        """CREATE TABLE stats (
            root INTEGER NOT NULL, inode INTEGER NOT NULL, size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL, digest BLOB NOT NULL,
            PRIMARY KEY (root, inode)) WITHOUT ROWID""",
    ):
        await transaction.execute(statement)


async def _automatic(transaction: Transaction) -> None:
    await transaction.execute(
        "ALTER TABLE checkpoints ADD COLUMN automatic INTEGER NOT NULL DEFAULT 0"
    )


STATE: tuple[Migration, ...] = (
    Migration(1, "projects_and_runs", _projects_and_runs),
    Migration(2, "reports", _reports),
    Migration(3, "audit", _audit),
    Migration(4, "findings", _findings),
)
CACHE: tuple[Migration, ...] = (
    Migration(1, "cache", _cache),
    Migration(2, "passages", _passages),
)
CHECKPOINTS: tuple[Migration, ...] = (
    Migration(1, "checkpoints", _checkpoints),
    Migration(2, "automatic_checkpoints", _automatic),
)
