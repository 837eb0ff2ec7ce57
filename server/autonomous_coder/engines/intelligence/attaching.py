"""Which things files are attached to: those that are named where uploads are spoken of."""

from __future__ import annotations

from collections.abc import Mapping

from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.models.spec import Entity

FEATURE = "file_upload"


def attached(entities: list[Entity], found: Findings, classes: Mapping[str, str]) -> list[Entity]:
    """The entities, of which some hold files: all of them unless the request names some.

    `classes` maps nouns to the names of entities.
    """
    if any(entity.attachments for entity in entities):
        return entities
    named: set[str] = set()
    for clause in found.clauses:
        if ("feature", FEATURE) in clause.needs:
            nouns = [need[1] for need in clause.needs if need[0] == "entity"]
            named |= {classes[noun] for noun in nouns if noun in classes}
    if not named:
        return entities
    return [
        entity.model_copy(update={"attachments": True}) if entity.name in named else entity
        for entity in entities
    ]
