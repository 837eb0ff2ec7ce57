"""Which steps of a data pipeline every one has by itself: reading, checking, tidying, removing
duplicates, choosing, ordering, summing up and writing.

A name is read as a verb with the entities and fields that it is about: `load_orders`,
`remove_duplicates`, `total_amount_by_status`. With any other word in it, it means something of its
own (`filter_active_customers`, `enrich_orders`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autonomous_coder.languages.common.naming import singular, snake
from autonomous_coder.models.spec import Entity

STAGES = {
    "read": "read load import ingest extract parse",
    "check": "validate check verify",
    "tidy": "clean tidy normalise normalize standardise standardize cleanse trim transform",
    "deduplicate": "deduplicate dedupe dedup",
    "filter": "filter",
    "sort": "sort",
    "summarise": "summarise summarize aggregate count sum total average mean summary statistics",
    "write": "write export save convert output",
}
"""Stage -> the verbs that mean it."""
_STAGE_OF = {verb: stage for stage, verbs in STAGES.items() for verb in verbs.split()}
_ABOUT_FILES = """
data dataset datasets file files row rows record records csv json jsonl excel xlsx spreadsheet
spreadsheets to from into by per and the all each of for as input inputs output outputs results
result schema type types column columns everything them it raw cleaned valid invalid incoming new
final lines workbook workbooks sheet sheets tsv ndjson
"""
_FILLERS = frozenset(_ABOUT_FILES.split())
_REPEATED = frozenset({"duplicate", "duplicates", "duplicated"})
_REMOVING = frozenset({"remove", "drop", "delete", "skip", "filter", "find", "eliminate"})
_ABOUT_FIELDS = frozenset({"sort", "filter", "summarise"})
"""Stages whose names may speak of fields, too."""


def stage_of(name: str, entities: Sequence[Entity]) -> str:
    """The stage that the name of a step means; empty for one that means something of its own."""
    words = [word for word in name.split("_") if word]
    nouns = {word for entity in entities for word in _nouns(entity)}
    said = [word for word in words if word not in _FILLERS and word not in nouns]
    if _REPEATED & {*said} and {*said} <= _REPEATED | _REMOVING:
        return "deduplicate"
    # The first verb counts: `write_clean_csv` writes.
    stage = next((_STAGE_OF[word] for word in said if word in _STAGE_OF), "")
    unique = stage == "deduplicate"
    members = {word for entity in entities for word in _members(entity, unique=unique)}
    about = members if unique or stage in _ABOUT_FIELDS else frozenset()
    known = all(word in _STAGE_OF or word in about for word in said)
    return stage if known else ""


def _nouns(entity: Entity) -> Iterable[str]:
    for noun in (snake(entity.name), entity.plural, singular(entity.plural)):
        yield from noun.split("_")


def _members(entity: Entity, *, unique: bool) -> Iterable[str]:
    """Words of what records have, or only of what no two of them have the same."""
    fields = [field for field in entity.fields if field.unique or not unique]
    for member in (*fields, *(() if unique else entity.relations)):
        yield from (word for word in member.name.split("_") if word)
