"""Rows of a data pipeline that are dropped for what they lack: `drop rows without an email`.

Every pipeline rejects rows that lack what they must have. So the attribute becomes one that is
needed, and the step is that check; where it is not clear which records are meant, it stays a step
of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.names import identifier, snake
from autonomous_coder.models.spec import ADDED_FIELDS, Entity, Job

DROPPING = frozenset(
    {"drop", "remove", "delete", "skip", "discard", "ignore", "exclude", "reject", "filter", "omit"}
)
_CHECKS = ("check", "validate", "verify")
_ARTICLE = r"(?:(?:an?|any|the|their|its|valid)\s+)?"
_WITHOUT = re.compile(
    r"^(?:out\s+)?(?:all\s+|any\s+|the\s+)?(?P<rows>\w+(?: \w+)?)\s+"
    r"(?:without|with\s+no|lacking|missing|(?:that|which|who)\s+(?:have|has)\s+no"
    r"|(?:that|which|who)\s+(?:lack|miss)|with\s+(?:an?\s+)?(?:empty|missing|blank|null))\s+"
    rf"{_ARTICLE}(?P<fields>[\w ,-]{{2,80}})$",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"^only\s+(?:the\s+)?(?P<rows>\w+(?: \w+)?)\s+(?:with|having|(?:that|which|who)\s+have)\s+"
    rf"{_ARTICLE}(?P<fields>[\w ,-]{{2,80}})$",
    re.IGNORECASE,
)
_REST = re.compile(r"(?:all\s+)?(?:the\s+)?(?:rest|others?|remaining(?: \w+)?)", re.IGNORECASE)
_PARTED = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Lacking:
    """The step called `job` drops rows that have none of `fields`."""

    job: str
    rows: str
    fields: tuple[str, ...]


def read(verb: str, what: str, job: str) -> Lacking | None:
    """What rows are dropped for; None for a step that does something else."""
    pattern = _WITHOUT if verb in DROPPING else _ONLY if verb == "keep" else None
    found = pattern.match(what.strip()) if pattern else None
    if found is None:
        return None
    joints = {joint.strip(" ,").lower() for joint in _PARTED.findall(found["fields"])}
    if joints and (pattern is _WITHOUT or "or" in joints):
        # `without email or phone`: who has neither of them, which no check of one attribute is.
        return None
    named = [re.sub(rf"^{_ARTICLE}", "", part) for part in _PARTED.split(found["fields"].strip())]
    fields = tuple(filter(None, map(identifier, named)))
    return Lacking(job, found["rows"].lower(), fields) if fields else None


def is_rest(verb: str, what: str) -> bool:
    """`drops the rest`, behind what is kept."""
    return verb in DROPPING and _REST.fullmatch(what.strip()) is not None


def settle(lacking: Sequence[Lacking], jobs: list[Job], entities: Sequence[Entity]) -> list[Entity]:
    """The entities with what is needed; `jobs` get the name of a check where it is one."""
    out = list(entities)
    for one in lacking:
        about = [e for e in out if one.rows in {e.plural.replace("_", " "), e.name.lower()}] or out
        named = tuple(_plain(name, about) for name in one.fields)
        holding = [
            entity.name for entity in about if {*named} <= {field.name for field in entity.fields}
        ]
        if not holding and len(about) == 1 and not ADDED_FIELDS & {*named}:
            holding = [about[0].name]
        name = _free(jobs)
        at = next((at for at, job in enumerate(jobs) if job.name == one.job), None)
        if not holding or not name or at is None:
            continue
        jobs[at] = jobs[at].model_copy(update={"name": name})
        out = [_needing(e, named) if e.name in holding else e for e in out]
    return out


def _free(jobs: Sequence[Job]) -> str:
    """A name of a check that no step has; empty when all are taken."""
    taken = {job.name for job in jobs}
    return next((name for verb in _CHECKS if (name := f"{verb}_rows") not in taken), "")


def _plain(name: str, entities: Sequence[Entity]) -> str:
    """`invoice_number` of an invoice that has a `number`."""
    for entity in entities:
        short = name.removeprefix(f"{snake(entity.name)}_")
        if any(field.name == short for field in entity.fields):
            return short
    return name


def _needing(entity: Entity, names: Sequence[str]) -> Entity:
    fields = [
        field.model_copy(update={"required": True}) if field.name in names else field
        for field in entity.fields
    ]
    there = {field.name for field in entity.fields} | {link.name for link in entity.relations}
    fields += [make(name, required=True) for name in names if name not in there]
    return entity.model_copy(update={"fields": fields})
