"""Tables that features of a service bring."""

from __future__ import annotations

from collections.abc import Iterable

from autonomous_coder.languages.common.pack_views import SpecView
from autonomous_coder.languages.common.tables import Column, Table, key

_UPLOADED = (
    ("key", "sa.String(32)"),
    ("name", "sa.String(255)"),
    ("media_type", "sa.String(100)"),
    ("size", "sa.BigInteger()"),
    ("sha256", "sa.String(64)"),
)
_TABLES = {"file_upload": ("uploads",)}


def tables_of(features: Iterable[str]) -> frozenset[str]:
    """Names of the tables that features bring."""
    return frozenset(name for feature in features for name in _TABLES.get(feature, ()))


def uploads_table(view: SpecView, tables: dict[str, str], accounts: str) -> Table:
    """The table of uploaded files; `tables` are those of the entities by the snake of each."""
    columns = [Column(name, kind, nullable=False, kind="string") for name, kind in _UPLOADED]
    keys = {f"{e.snake}_id": tables[e.snake] for e in view.uploads}
    keys |= {"uploader_id": accounts} if view.accounts else {}
    columns += [
        key(name, "sa.Integer()", target, "SET NULL", nullable=True)
        for name, target in keys.items()
    ]
    return Table(
        "uploads",
        "file_upload",
        {column.name: column for column in columns},
        uniques=frozenset({("key",)}),
        indexes=frozenset(keys),
    )
