"""Requirements, confidence and questions: nothing of the request is dropped."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.assemble import Assembly
from autonomous_coder.engines.intelligence.domains import DOMAINS
from autonomous_coder.engines.intelligence.features import FEATURES
from autonomous_coder.engines.intelligence.findings import Clause, Findings, Need
from autonomous_coder.engines.intelligence.inflect import plural
from autonomous_coder.engines.intelligence.lexicon import canonical
from autonomous_coder.engines.intelligence.names import (
    answers,
    class_name,
    identifier,
    uncapitalised,
)
from autonomous_coder.engines.intelligence.vocabulary import TRANSITIONS
from autonomous_coder.models.spec import Entity, Provenance, Question, Requirement

MAX_REQUIREMENTS = 200
_STANDS_FOR = {"static_site": ("web_app",)}
"""Kinds of software that answer to the words for another one."""
Row = tuple[str, list[str]]


def rows(found: Findings, built: Assembly, entities: list[Entity], archetype: str) -> list[Row]:
    """`(sentence, needs)` of each demand: structure, each feature and each unknown apart."""
    out: list[Row] = []
    for clause in found.clauses:
        out += _of_clause(clause, built, entities, archetype)
    merged: dict[str, list[str]] = {}
    for text, needs in out:
        known = merged.setdefault(text, [])
        known += [need for need in needs if need not in known]
    stood_for = {f"archetype:{kind}" for kind in _STANDS_FOR.get(archetype, ())}
    return [
        (text, [f"archetype:{archetype}" if need in stood_for else need for need in needs])
        for text, needs in merged.items()
    ]


def _of_clause(
    clause: Clause, built: Assembly, entities: list[Entity], archetype: str
) -> list[Row]:
    """What is stored comes first, in the words of the clause; the rest one by one."""
    text = clause.text[:1].upper() + clause.text[1:]
    structure: list[str] = []
    apart: list[Row] = []
    for need in clause.needs:
        row = _apart(need, built)
        if need[0] == "command":
            found, more = _command(need[1], built, entities)
            structure += [capability for capability in found if capability not in structure]
            apart += more
        elif need == ("feature", "roles") and clause.restricted:
            structure.append("feature:roles")
        elif row is not None:
            apart.append(row)
        elif need[0] in {"by", "transition"}:
            by = need[0] == "by"
            capability = _by(need, built, entities) if by else _transition(need, built, entities)
            if capability.startswith("unknown:"):
                apart.append(_not_understood(capability[8:]))
            elif capability and capability not in structure:
                structure.append(capability)
        else:
            structure += [c for c in _capabilities(need, built, entities) if c not in structure]
    beside = _BESIDE_THE_API.keys() - {f"archetype:{archetype}"}
    soft = [need for need in structure if need in beside]
    if soft and len(structure) > 1:
        structure = [need for need in structure if need not in soft]
        apart = [(_BESIDE_THE_API[need], [need]) for need in soft] + apart
    if not structure and not apart:
        return [(text, [f"archetype:{archetype}"])]
    alone = apart[0][1] if not structure and len(apart) == 1 else []
    if alone and not alone[0].startswith("unknown:"):
        return [(text, alone)]
    return ([(text, structure[:200])] if structure else []) + apart


def _command(key: str, built: Assembly, entities: list[Entity]) -> tuple[list[str], list[Row]]:
    """What a command needs: itself, the flag it sets, and the logic that no template knows."""
    name, logic = built.commands.get(key, ""), built.logic.get(key, "")
    needs = [f"command:{name}"] if name else []
    apart: list[Row] = []
    if key in built.changes:
        change = _transition(("transition", *built.changes[key]), built, entities)
        needs, apart = (
            (needs, [_not_understood(change[8:])])
            if change.startswith("unknown:")
            else ([*needs, change], [])
        )
    if logic:
        what = f"What the command '{name}' does" if name else "What it does"
        apart.append((f"{what}: {logic}", [f"unknown:{logic}"]))
    return needs, apart


_BESIDE_THE_API = {
    "archetype:web_app": "A web application, not only the API behind it",
    "archetype:realtime": "A real-time server, not only the API behind it",
}


def _apart(need: Need, built: Assembly) -> Row | None:
    """The row of a need that is a demand of its own."""
    kind = need[0]
    if need == ("feature", "frontend"):
        return FEATURES["frontend"].title, ["archetype:web_app", "feature:frontend"]
    if kind == "feature":
        return FEATURES[need[1]].title, [f"feature:{need[1]}"]
    if kind == "refused":
        title = uncapitalised(FEATURES[need[1]].title)
        return f"Left out as asked: {title}", [f"without:feature:{need[1]}"]
    if kind == "refused_entity":
        name = built.classes.get(need[1]) or class_name(need[1])
        return f"Left out as asked: {plural(need[1])}", [f"without:entity:{name}"]
    if kind == "avoided":
        return f"Left out as asked: {need[2]}", [f"without:{need[1]}:{need[2]}"]
    return _not_understood(need[1]) if kind == "unknown" else None


def _not_understood(phrase: str) -> Row:
    return f'Not understood: "{phrase}"', [f"unknown:{phrase}"]


def _capabilities(need: Need, built: Assembly, entities: list[Entity]) -> list[str]:
    kind = need[0]
    if kind == "archetype":
        return [f"archetype:{need[1]}"]
    if kind == "entity":
        name = built.classes.get(need[1]) or class_name(need[1])
        return [f"entity:{name}"] if name else [f"unknown:{need[1]}"]
    if kind == "field":
        name = (
            "User"
            if need[1] == "user" and "user" not in built.classes
            else built.classes.get(need[1], class_name(need[1]))
        )
        return [_field_or_relation(name, need[2], entities)]
    if kind == "relation":
        return [
            _relation(
                built.classes.get(need[1], need[1]), built.classes.get(need[2], need[2]), entities
            )
        ]
    if kind == "domain":
        own = {canonical(part) for part in DOMAINS.get(need[1], ())}
        ruled = [
            made
            for name, made in built.classes.items()
            if built.provenance[name] is Provenance.RULE or name in own
        ]
        parts = ruled or list(built.classes.values())
        return [f"entity:{name}" for name in parts[:20]]
    return []


_BY_ANY = frozenset(
    {"date", "name", "id", "newest", "recent", "keyword", "creation date", "created at", "it"}
)


def _by(need: Need, built: Assembly, entities: list[Entity]) -> str:
    """What one can filter, sort or search by has to be there."""
    name = identifier(need[2])
    of = built.classes.get(need[1], "")
    ordered = sorted(entities, key=lambda entity: entity.name != of)
    held = [(e.name, "field", f.name) for e in ordered for f in e.fields]
    held += [(e.name, "relation", r.name) for e in ordered for r in e.relations]
    fitting = [row for row in held if answers(name, row[2])]
    if fitting:
        entity, kind, known = min(fitting, key=lambda row: (row[0] != of, row[2] != name))
        return f"{kind}:{entity}.{known}"
    for owner in ordered:
        for attribute in owner.fields:
            if name in attribute.values:
                return f"field:{owner.name}.{attribute.name}"
    return "" if need[2] in _BY_ANY else f"unknown:by {need[2]}"


def _transition(need: Need, built: Assembly, entities: list[Entity]) -> str:
    """A change of state is an update of a status or flag, when the thing has one."""
    wanted = TRANSITIONS[need[2]]
    for entity in entities:
        if entity.name == built.classes.get(need[1]):
            for attribute in entity.fields:
                if attribute.name in wanted or set(attribute.values) & set(wanted):
                    return f"field:{entity.name}.{attribute.name}"
    return f"unknown:{need[2]} {need[1]}"


def _field_or_relation(name: str, field: str, entities: list[Entity]) -> str:
    for entity in entities:
        if entity.name == name and any(r.name == field for r in entity.relations):
            return f"relation:{name}.{field}"
    return f"field:{name}.{field}"


def _relation(a: str, b: str, entities: list[Entity]) -> str:
    for holder, target in ((a, b), (b, a)):
        for entity in entities:
            if entity.name == holder:
                for relation in entity.relations:
                    if relation.target == target:
                        return f"relation:{holder}.{relation.name}"
    return f"relation:{a}.{class_name(b).lower() or b}"


def number(found_rows: list[Row]) -> list[Requirement]:
    """R1, R2, … in order; past the limit the rest is folded into the last one."""
    kept = found_rows[:MAX_REQUIREMENTS]
    out = [
        Requirement(
            id=f"R{at}", text=_line(text), needs=[_line(need)[:300] for need in needs[:200]]
        )
        for at, (text, needs) in enumerate(kept, start=1)
    ]
    left = found_rows[MAX_REQUIREMENTS:]
    if left:
        needs = [need for _, more in left for need in more]
        last = out[-1]
        room = list(dict.fromkeys([*last.needs, *needs]))[:199]
        out[-1] = Requirement(
            id=last.id,
            text=_line(f"{last.text[:300]} (and {len(left)} further demands)"),
            needs=[*room, "unknown:demands beyond the first 200"],
        )
    return out


def _line(text: str) -> str:
    return "".join(char if char >= " " and char != "\x7f" else " " for char in text)[:480]


def confidence(found: Findings, built: Assembly, *, foreign: bool) -> float:
    """Share of the words that carry content and were understood, less what had to be guessed."""
    content = sum(clause.content for clause in found.clauses)
    known = sum(clause.understood for clause in found.clauses)
    share = known / content if content else 0.3
    value = share * max(0.6, 1 - 0.08 * built.guessed)
    if foreign:
        value = min(value, 0.3)
    return round(max(0.05, min(0.98, value)), 2)


def questions_about(rows_found: list[Row], logic: frozenset[str] = frozenset()) -> list[Question]:
    """One question for each phrase nobody understood (the first ten), `logic` apart."""
    phrases = [
        need.removeprefix("unknown:")
        for _, needs in rows_found
        for need in needs
        if need.startswith("unknown:") and need[8:] not in logic
    ]
    return [
        Question(
            id=f"unknown_{at}",
            question=_line(f'What is meant by "{phrase[:200]}"?'),
            assumed="left out and reported as not built",
            choices=["leave it out", "describe it in other words", "hand it over in 'spec'"],
        )
        for at, phrase in enumerate(dict.fromkeys(phrases), start=1)
        if at <= 10
    ]
