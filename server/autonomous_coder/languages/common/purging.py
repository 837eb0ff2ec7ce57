"""Jobs that delete rows which nobody needs any more: the one kind of job that templates know."""

from __future__ import annotations

import re
from dataclasses import dataclass

from autonomous_coder.languages.common.naming import label, singular, snake
from autonomous_coder.models.spec import Entity, EntityField, FieldType, Job

_VERBS = r"(?:clean(?:s|ed)?(?: ?up)?|cleanup|purge|delete|remove|prune|expire|drop|clear)s?"
_STATES = frozenset({"expired", "outdated", "stale", "old", "past", "lapsed", "ended", "overdue"})
_FIELDS = re.compile(
    r"^(?:expires?(?:_at|_on)?|expired_at|expiry(?:_date|_time)?|expiration(?:_date|_time)?"
    r"|valid_(?:until|to|through)|ends?_(?:at|on)|ended_at|end_date|until)$"
)
_AGE = re.compile(
    r"(?:older than|after|more than) (\d{1,4}|a|an|one) (day|week|month|year)s?(?: old)?\b"
)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
CREATED = "created_at"


@dataclass(frozen=True, slots=True)
class Purge:
    """Rows of `entity` whose `field` (empty for when they were made) is past, or more than `days`
    ago."""

    entity: str
    field: str
    day: bool
    days: int


def purge_of(job: Job, entities: list[Entity]) -> Purge | None:
    """What a job deletes; None when it means something else, or leaves open which rows."""
    said = " ".join(f"{label(job.name)} {job.description}".lower().split())
    if not re.match(rf"{_VERBS}\b", said):
        return None
    age = _AGE.search(said)
    days = 0
    if age:
        days = _DAYS[age.group(2)] * (int(age.group(1)) if age.group(1).isdecimal() else 1)
    for entity in entities:
        if not _names(said, entity):
            continue
        ends = next((field for field in entity.fields if is_end(field)), None)
        if age and days:
            return Purge(entity.name, "", day=False, days=days)
        if ends is not None and _STATES & set(said.split()):
            return Purge(entity.name, ends.name, day=ends.type is FieldType.DATE, days=0)
    return None


def _names(said: str, entity: Entity) -> bool:
    """Whether a job speaks of the entity; one called `SessionRecord` is a session, too."""
    nouns = {snake(entity.name), singular(entity.plural)}
    nouns |= {noun.removesuffix("_record") for noun in nouns}
    words = " ".join(singular(word.strip(".,;")) for word in said.split())
    return any(re.search(rf"\b{re.escape(label(noun))}\b", words) for noun in nouns)


def is_end(field: EntityField) -> bool:
    """Whether a field says when a row has expired."""
    return field.type in {FieldType.DATE, FieldType.DATETIME} and bool(_FIELDS.match(field.name))
