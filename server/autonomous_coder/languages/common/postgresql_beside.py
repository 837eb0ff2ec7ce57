"""The steps of a service that can keep its rows in SQLite or in PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.postgresql_changes import postgresql_script
from autonomous_coder.languages.common.tables import Schema
from autonomous_coder.models.generation import Migration

NOT_MOVED = "Rows are not moved: those in SQLite stay there, and PostgreSQL begins without them."
_NUMBER = re.compile(r"V?(\d+)")


@dataclass(frozen=True)
class Beside:
    """Where migrations lie.

    Attributes:
        sqlite: Folder of those for SQLite, from the project's root.
        postgresql: Folder of those for PostgreSQL.
        first: Name of the one that makes a new project's tables.
        quote: Writes a name in PostgreSQL.
    """

    sqlite: str
    postgresql: str
    first: str
    quote: Callable[[str], str]

    def tables(self, schema: Schema) -> str:
        """A script that makes all tables in PostgreSQL."""
        return postgresql_script(Schema(), schema, self.quote)

    def step(
        self,
        made: Migration | None,
        before: Schema,
        now: Schema,
        existing: Mapping[str, str],
        *,
        asked: bool,
    ) -> Migration | None:
        """A step of SQLite with the same for PostgreSQL beside it, after the `existing` migrations
        (path -> text).

        Whether there was PostgreSQL is told by its files: `asked` says only that the spec before
        wanted it, which may have been when there was none, or taken away and wanted again.

        Raises:
            UnsupportedError: the tables changed while there was no PostgreSQL, or a change cannot
                be made in place.
        """
        last = _last(existing, self.sqlite) or self.first
        reached = _last(existing, self.postgresql)
        if reached and not asked and _number(reached) != _number(last):
            raise UnsupportedError(
                f"the tables may have changed since {self.postgresql}/{reached}, the last "
                "migration of PostgreSQL",
                hint="Write what leads from there to the tables of now into "
                f"{self.postgresql}/{last}; or delete the .sql files there, if no database of "
                "PostgreSQL is to be kept.",
            )
        name = PurePosixPath(made.path).name if made and made.path else last
        script = postgresql_script(before, now, self.quote) if reached else self.tables(now)
        if script:
            more = {f"{self.postgresql}/{name}": script}
            made = (made or Migration()).model_copy(update={"more": more})
        if before.tables and not (reached and asked):
            made = made or Migration()
            made.notes.append(NOT_MOVED)
        return made


def _last(existing: Iterable[str], folder: str) -> str:
    """The name of the migration directly in a folder that runs last; empty where there is none."""
    paths = [path for path in map(PurePosixPath, existing) if str(path.parent) == folder]
    names = [path.name for path in paths if path.suffix == ".sql" and _number(path.name)]
    return max(names, key=_number, default="")


def _number(name: str) -> int:
    """The number that a migration's name begins with; 0 where it has none."""
    found = _NUMBER.match(name)
    return int(found[1]) if found else 0
