"""The migration that follows those a project has, once its spec has changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.tables import notes, summary
from autonomous_coder.languages.python.pack_changes import Changes, changes
from autonomous_coder.languages.python.pack_schema import schema_of
from autonomous_coder.languages.python.pack_view import SpecView
from autonomous_coder.models.generation import Migration

VERSIONS = "migrations/versions"
_REVISION = re.compile(r"^revision(?:\s*:[^=\n]+)?\s*=\s*[\"']([\w-]{1,100})[\"']", re.MULTILINE)
_DOWN = re.compile(r"^down_revision(?:\s*:[^=\n]+)?\s*=\s*([^\n]{1,1000})", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([\w-]{1,100})[\"']")
_NUMBER = re.compile(r"(\d{1,8})(?:_|$)")

GUARD = '''def demand_no_rows(table: str, column: str, *, empty: bool = False) -> None:
    """Stop before anything is changed when rows have no value for a column that needs one."""
    query = sa.select(sa.func.count()).select_from(sa.table(table))
    if empty:
        query = query.where(sa.column(column).is_(None))
    if count := op.get_bind().scalar(query):
        raise RuntimeError(
            f"{count} rows of {table} have no {column}, which must be there: give them one in a "
            "migration before this one, or remove them"
        )


'''


def next_migration(
    before: SpecView, now: SpecView, existing: Mapping[str, str]
) -> Migration | None:
    """From the tables of one view to those of the next; None when they are the same;
    without a text when only what rows may hold differs.

    `existing` are the project's migrations, path -> text; the new one follows the last of them.

    Raises:
        UnsupportedError: the migrations have no single end, or a change cannot be made in place.
    """
    old, new = schema_of(before), schema_of(now)
    up, down = changes(old, new), changes(new, old)
    if not up.lines and not up.guards:
        warned = notes(old, new, "", guarded=False)
        return Migration(notes=warned) if warned else None
    head = _head(existing.values())
    number = _next_number(existing)
    told, slug = summary(old, new)
    guard = GUARD if any("demand_no_rows" in line for line in (*up.guards, *down.guards)) else ""
    text = (
        f'"""{told}.\n\nRevision ID: {number}\nRevises: {head}\n"""\n\n'
        "from collections.abc import Sequence\n\nimport sqlalchemy as sa\n"
        "from alembic import op\n\n"
        f'revision: str = "{number}"\ndown_revision: str | None = "{head}"\n'
        "branch_labels: str | Sequence[str] | None = None\n"
        "depends_on: str | Sequence[str] | None = None\n\n\n"
        f"{guard}{_function('upgrade', 'Change the tables.', up)}\n\n"
        f"{_function('downgrade', 'Change them back.', down)}"
    )
    return Migration(
        path=f"{VERSIONS}/{number}_{slug}.py",
        text=text,
        notes=notes(old, new, number, guarded=bool(up.guards)),
    )


def _function(name: str, told: str, made: Changes) -> str:
    body = "".join(f"    {line}\n" for line in made.body)
    return f'def {name}() -> None:\n    """{told}"""\n{body}'


def _head(texts: Iterable[str]) -> str:
    known: set[str] = set()
    followed: set[str] = set()
    for text in texts:
        if (revision := _REVISION.search(text)) is None:
            continue
        known.add(revision.group(1))
        if down := _DOWN.search(text):
            followed.update(_QUOTED.findall(down.group(1)))
    heads = sorted(known - followed)
    if len(heads) != 1:
        raise UnsupportedError(
            f"the migrations in {VERSIONS} have {len(heads)} ends: {', '.join(heads) or 'none'}",
            hint="Join them (`uv run alembic merge heads`), then generate again.",
        )
    return heads[0]


def _next_number(existing: Mapping[str, str]) -> str:
    names = [PurePosixPath(path).stem for path in existing]
    names += [found.group(1) for text in existing.values() if (found := _REVISION.search(text))]
    numbers = [int(found.group(1)) for name in names if (found := _NUMBER.match(name))]
    return f"{max(numbers, default=0) + 1:04d}"
