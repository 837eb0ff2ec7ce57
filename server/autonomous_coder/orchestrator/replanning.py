"""Planning a project anew: what a call does not name stays as it was decided before.

Entities are joined by name, and so are their fields, relations, and the files handed in;
features are added. `null` in place of an entity, a field or a file's content takes it away, and
so does `false` in place of a feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autonomous_coder.models.spec import ProjectSpec, Requirement

KINDS = {
    "belongs_to": "many_to_one",
    "has_one": "one_to_one",
    "has_and_belongs_to_many": "many_to_many",
}


def carried_over(
    before: Mapping[str, Any], decided: ProjectSpec, spec: Mapping[str, Any]
) -> dict[str, Any]:
    """The host's fields for planning again: `before` are those of the last time, `decided` is the
    spec that came of them, `spec` what is to change."""
    joined = {**before, **spec}
    old = [entity.model_dump(mode="json", exclude_none=True) for entity in decided.entities]
    joined["entities"] = _entities(old, spec.get("entities"))
    before = {**before, "holds": decided.holds}
    joined.setdefault("holds", decided.holds)
    joined.update(_features(before.get("features"), decided, spec.get("features")))
    for key, name in (("extra_files", "path"), ("requirements", "text")):
        if isinstance(before.get(key), list) and isinstance(spec.get(key), list):
            joined[key] = _by_name(before[key], spec[key], name)
    if isinstance(joined.get("extra_files"), list):
        joined["extra_files"] = [row for row in joined["extra_files"] if not _is_removal(row)]
    for key in ("constraints", "preferences", "holds"):
        if isinstance(before.get(key), Mapping) and isinstance(spec.get(key), Mapping):
            joined[key] = {**before[key], **spec[key]}
    if isinstance(joined.get("holds"), Mapping):
        joined["holds"] = {n: range_ for n, range_ in joined["holds"].items() if range_ is not None}
    return joined


def _features(before: Any, decided: ProjectSpec, given: Any) -> dict[str, Any]:
    """The features of before and now; those said no to (`{"docker": false}`) stay away until they
    are asked for again. Empty when what is given is not readable."""
    if isinstance(given, list) and all(isinstance(name, str) for name in given):
        given = dict.fromkeys(given, True)
    if not isinstance(given, Mapping):
        return {}
    refused = {n: v for n, v in before.items() if not v} if isinstance(before, Mapping) else {}
    wanted = {**refused, **dict.fromkeys(decided.features, True), **given}
    return {"features": wanted if not all(wanted.values()) else list(wanted)}


def _is_removal(row: Any) -> bool:
    """Whether an entry takes a file away: `{"path": ..., "content": null}`."""
    return isinstance(row, Mapping) and "path" in row and row.get("content", "") is None


def _entities(old: list[dict[str, Any]], given: Any) -> Any:
    """The entities of before with the given ones laid over them; what cannot be read is handed
    on as it is, for its reader to refuse."""
    from autonomous_coder.engines.intelligence.names import class_name

    if given is None:
        return old
    if isinstance(given, Mapping):
        rows = list(given.items())
    elif isinstance(given, list):
        rows = [(row.get("name"), row) if isinstance(row, Mapping) else (row, {}) for row in given]
    else:
        return given
    bodies = {_plain(body["name"]): body for body in old}
    for name, body in rows:
        if not isinstance(name, str):
            return given
        key = _plain(class_name(name) or name)
        if body is None and key in bodies:
            del bodies[key]
            continue
        body = {"fields": body} if isinstance(body, list) else body
        if not isinstance(body, Mapping | None):
            return given
        known = bodies.get(key)
        bodies[key] = _entity(known, body or {}) if known else {**(body or {}), "name": name}
    return list(bodies.values())


def _entity(known: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    joined = {**known, **body, "name": known["name"]}
    if "fields" in body:
        joined["fields"] = _fields(known["fields"], body["fields"])
    if isinstance(body.get("relations"), list):
        joined["relations"] = _relations(known["relations"], body["relations"])
    return joined


def _fields(known: list[dict[str, Any]], given: Any) -> Any:
    from autonomous_coder.engines.intelligence.names import identifier

    if isinstance(given, Mapping):
        rows = [
            (name, f"{name}: {value}" if isinstance(value, str) else value)
            for name, value in given.items()
        ]
        rows = [(n, {"name": n, **v} if isinstance(v, Mapping) else v) for n, v in rows]
    elif isinstance(given, list):
        rows = [(row.get("name") if isinstance(row, Mapping) else row, row) for row in given]
    else:
        return given
    fields: dict[str, Any] = {_plain(field["name"]): field for field in known}
    for name, row in rows:
        if not isinstance(name, str):
            return given
        said = name.partition(":")[0].strip().removesuffix("?")
        key = _plain(identifier(said) or said)
        if row is None:
            fields.pop(key, None)
        else:
            fields[key] = row
    return list(fields.values())


def _relations(known: list[dict[str, Any]], given: list[Any]) -> list[Any]:
    """A relation with a name replaces that one; one in short form is added unless it is there."""
    relations = list(known)
    for row in given:
        if isinstance(row, Mapping) and isinstance(row.get("name"), str):
            relations = [r for r in relations if _plain(r.get("name", "")) != _plain(row["name"])]
        if isinstance(row, str) and any(_same_link(r, row) for r in known):
            continue
        relations.append(row)
    return relations


def _same_link(relation: Mapping[str, Any], text: str) -> bool:
    left, _, right = text.partition(":")
    word = left.strip().lower().replace(" ", "_").replace("-", "_")
    optional = right.strip().endswith("?")
    return (
        relation["kind"] == KINDS.get(word, word)
        and _plain(relation["target"]) == _plain(right)
        and (relation["kind"] == "many_to_many" or relation["required"] is not optional)
    )


def _by_name(old: list[Any], new: list[Any], key: str) -> list[Any]:
    def name(row: Any) -> str:
        return str(row.get(key, "")) if isinstance(row, Mapping) else str(row)

    return list({**{name(row): row for row in old}, **{name(row): row for row in new}}.values())


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def without_doubles(spec: ProjectSpec) -> ProjectSpec:
    """The spec with one requirement per text: a later one of the same words, which the host wrote,
    takes the place of the one that rules found."""
    kept: dict[str, Requirement] = {}
    for requirement in spec.requirements:
        key = " ".join(requirement.text.casefold().split())
        first = kept.get(key, requirement)
        kept[key] = requirement.model_copy(update={"id": first.id})
    return spec.model_copy(update={"requirements": list(kept.values())})
