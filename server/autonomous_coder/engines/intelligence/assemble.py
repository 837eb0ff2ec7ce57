"""Entities from findings: names, fields, relations and who may see what."""

from __future__ import annotations

from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import pairs
from autonomous_coder.engines.intelligence.domains import DOMAINS
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings, Link
from autonomous_coder.engines.intelligence.lexicon import canonical, noun, synonyms
from autonomous_coder.engines.intelligence.limits import among
from autonomous_coder.engines.intelligence.names import (
    answers,
    class_name,
    identifier,
    plural_identifier,
    snake,
)
from autonomous_coder.models.spec import (
    ADDED_FIELDS,
    MAX_ENTITIES,
    MAX_FIELDS,
    Access,
    DeleteRule,
    Entity,
    EntityField,
    FieldType,
    Provenance,
    Relation,
    RelationKind,
)

_KINDS = {"p": Access.PRIVATE, "c": Access.OWNER_WRITE, "s": Access.SHARED, "t": Access.SHARED}
_LOGIN_NOUNS = frozenset({"user", "account", "person", "profile"})


@dataclass(slots=True)
class Assembly:
    """Entities in the order they were spoken of; `classes` maps nouns to class names."""

    entities: list[Entity] = field(default_factory=list)
    classes: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    assumptions: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    guessed: int = 0
    commands: dict[str, str] = field(default_factory=dict)
    """The names of commands, by the key that clauses need them under."""
    logic: dict[str, str] = field(default_factory=dict)
    """What is to be done there that no template knows, by the same key."""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The noun and the verb of a change of state, by the same key."""


def assemble(found: Findings, *, accounts: bool) -> Assembly:
    """Turn mentions, events, links and domains into entities that fit together."""
    out = Assembly()
    nouns = _nouns(found, out, accounts)
    for name in nouns:
        made = class_name(name)
        if not made or made in out.classes.values() or len(out.classes) >= MAX_ENTITIES:
            out.dropped.append(name)
        else:
            out.classes[name] = made
    links = _links(found, out.classes)
    fields = {name: _limited(found, name, _fields(found, name, out)) for name in out.classes}
    for event, actor, thing in found.events:
        stated = {
            f.name for n in (thing, actor) if n in found.mentions for f in found.mentions[n].fields
        }
        if event in fields and not (event in found.mentions and found.mentions[event].fields):
            fields[event] = [f for f in fields[event] if f.name not in stated] or fields[event]
    relations = _relations(links, out.classes, fields)
    _add_sought(found, out, fields, relations)
    access = _access(out, links, accounts)
    plurals: set[str] = set()
    for name, made in out.classes.items():
        plural = plural_identifier(made)
        while plural in plurals:
            plural = f"{plural[:60]}_2"
        plurals.add(plural)
        taken = {relation.name for relation in relations[name]}
        out.entities.append(
            Entity(
                name=made,
                plural=plural,
                fields=[f for f in fields[name] if f.name not in taken][:MAX_FIELDS],
                relations=relations[name][:40],
                access=access[name],
            )
        )
    return out


def _nouns(found: Findings, out: Assembly, accounts: bool) -> dict[str, None]:
    nouns: dict[str, None] = {}
    implied: dict[str, str] = {}
    for event, actor, thing in found.events:
        for name in (actor, thing, event):
            if name and name not in found.mentions:
                implied[name] = "what is done is stored as well"
    for name in found.mentions:
        if name in _LOGIN_NOUNS and accounts and name != "person":
            continue
        nouns[name] = None
        out.provenance[name] = Provenance.USER
    for name in implied:
        nouns.setdefault(name, None)
        if out.provenance.setdefault(name, Provenance.RULE) is Provenance.RULE:
            out.assumptions.append(f"'{class_name(name)}' is stored because {implied[name]}.")
    for domain in found.domains:
        parts = [canonical(part) for part in DOMAINS[domain]]
        main = parts[0]
        parts = [part for part in parts if part not in found.absent]
        alike = pairs.ALIKE.get(main, frozenset())
        if any(synonyms(name) == synonyms(main) or name in alike for name in nouns):
            continue
        if not any(noun(name) for name in nouns):
            wanted = parts
        elif main in domain.replace("to-do", "todo").split() or any(
            main in ((*known.parents, *known.many) if (known := noun(name)) else ())
            for name in nouns
        ):
            wanted = [main]
        else:
            continue
        fresh = [part for part in wanted if part not in nouns]
        for part in fresh:
            nouns[part] = None
            named = part in domain.split()
            out.provenance[part] = Provenance.USER if named else Provenance.RULE
        names = ", ".join(class_name(part) for part in fresh)
        out.assumptions.append(f"'{domain}' is taken to store: {names}.")
        out.guessed += 1
    return nouns


def _meant(found: Findings, name: str) -> str:
    """What a noun means beside others: `card` beside `deck` is a flashcard."""
    beside = next((other for other in found.mentions if (name, other) in pairs.MEANT), "")
    named = {*found.mentions, *found.domains}
    desk = any("support" in other or "desk" in other for other in named)
    helps = name == "ticket" and (desk or pairs.SUPPORT & named)
    return name if helps else pairs.MEANT.get((name, beside), name)


def _fields(found: Findings, name: str, out: Assembly) -> list[EntityField]:
    mention = found.mentions.get(name)
    explicit = list(mention.fields) if mention else []
    if mention and mention.listed:
        return explicit
    known = noun(_meant(found, name))
    known = known or (noun(name.rsplit(" ", 1)[-1]) if " " in name else None)
    if known is None:
        if explicit and any(f.type in {FieldType.STRING, FieldType.TEXT} for f in explicit):
            return explicit
        out.guessed += 1
        out.assumptions.append(
            f"'{class_name(name)}' gets a name and a description: nothing was said about it."
        )
        defaults = [make("name"), make("description")]
    else:
        defaults = list(known.fields)
    stated = {f.name: f for f in explicit}
    merged = [stated.pop(f.name, f) for f in defaults]
    return merged + list(stated.values())


def _limited(found: Findings, name: str, fields: list[EntityField]) -> list[EntityField]:
    """The fields, one of which is what is limited of the thing as a whole."""
    mention = found.mentions.get(name)
    for limits in mention.limits if mention else ():
        fields = among(fields, limits)
    return fields


def _add_sought(
    found: Findings,
    out: Assembly,
    fields: dict[str, list[EntityField]],
    relations: dict[str, list[Relation]],
) -> None:
    """What lists are filtered, sorted or searched by is added where nothing of that name is."""
    named = [noun for noun in fields if out.provenance.get(noun) is Provenance.USER]
    main = found.main if found.main in fields else next(iter([*named, *fields]), "")
    for owner, wanted in found.sought:
        held = {
            noun: [f.name for f in fields[noun]] + [r.name for r in relations[noun]]
            for noun in ([owner] if owner in fields else fields)
        }
        if not any(answers(wanted.name, name) for names in held.values() for name in names):
            target = owner if owner in fields else main
            if target:
                fields[target].append(wanted)


def _links(found: Findings, classes: dict[str, str]) -> list[Link]:
    links = [link for link in found.links if link.source in classes and link.target in classes]
    for event, actor, thing in found.events:
        for target in (thing, actor):
            if target and event in classes and target in classes:
                _add(links, Link(event, target))
    for name in classes:
        known = noun(name)
        if known is None:
            continue
        parents = [p for p in map(canonical, known.parents) if p in classes and p != name]
        things = [p for p in parents if p not in pairs.ACTORS]
        for parent in parents:
            if any((parent, name) == (actor, thing) for _, actor, thing in found.events):
                continue
            if any((name, parent) == (actor, thing) for _, actor, thing in found.events):
                continue
            label = noun(parent)
            loose = (name in pairs.LOOSE and (name, parent) not in pairs.PARTS) or (
                label is not None and label.kind == "t"
            )
            loose = loose or (name in pairs.ONE_OF and len(things) > 1 and parent in things)
            _add(links, Link(name, parent, required=not loose))
        for other in known.many:
            if other in classes:
                _add(links, Link(name, other, many=True))
    main = next(iter(classes), "")
    for name in classes:
        known = noun(name)
        linked = any(name in (link.source, link.target) for link in links)
        if known and known.kind == "t" and not linked:
            for owner in _owners(classes, main, name):
                _add(links, Link(owner, name, many=name != "category", required=False))
    for name, owner in pairs.CHILD_OF:
        if name in classes and owner in classes:
            many = name in pairs.MANY_OF
            linked = any({name, owner} == {link.source, link.target} for link in links)
            if not linked:
                links.append(Link(owner, name, many=True) if many else Link(name, owner))
    return _acyclic(links)


def _owners(classes: dict[str, str], main: str, label: str) -> list[str]:
    """What a label of no stated owner hangs on: the content of the project, else its main
    thing."""
    others = [n for n in classes if n != label and not ((k := noun(n)) and k.kind == "t")]
    if main in others:
        return [main]
    return others[:1]


def _add(links: list[Link], new: Link) -> None:
    for link in links:
        if {link.source, link.target} == {new.source, new.target}:
            return
    links.append(new)


def _acyclic(links: list[Link]) -> list[Link]:
    """Required references may not form a circle: the one that closes it becomes optional."""
    out: list[Link] = []
    required: dict[str, set[str]] = {}
    for link in links:
        twin = any(
            {o.source, o.target} == {link.source, link.target} and o.many == link.many for o in out
        )
        if twin:
            continue
        if not link.many and link.required:
            if _reaches(required, link.target, link.source):
                link = Link(link.source, link.target, required=False)
            else:
                required.setdefault(link.source, set()).add(link.target)
        out.append(link)
    return out


def _reaches(graph: dict[str, set[str]], start: str, goal: str) -> bool:
    seen, todo = set(), [start]
    while todo:
        node = todo.pop()
        if node == goal:
            return True
        if node not in seen:
            seen.add(node)
            todo += graph.get(node, ())
    return False


def _relations(
    links: list[Link], classes: dict[str, str], fields: dict[str, list[EntityField]]
) -> dict[str, list[Relation]]:
    out: dict[str, list[Relation]] = {name: [] for name in classes}
    backs: dict[str, set[str]] = {name: {f.name for f in fields[name]} for name in classes}
    for link in links:
        target = classes[link.target]
        base = plural_identifier(target) if link.many else identifier(snake(target))
        # `Pet.owner` would be the user whose row it is: of a clinic's pet, it is `pet_owner`.
        reserved = base in ADDED_FIELDS
        name = identifier(f"{snake(classes[link.source])}_{base}") if reserved else base
        if any(r.name == name for r in out[link.source]):
            continue
        back = plural_identifier(classes[link.source])
        unique = back not in backs[link.target] and not any(
            r.name == back for r in out[link.target]
        )
        backs[link.target].add(back)
        out[link.source].append(
            Relation(
                name=name,
                kind=RelationKind.MANY_TO_MANY if link.many else RelationKind.MANY_TO_ONE,
                target=target,
                required=not link.many and link.required,
                back_name=back if unique else None,
                **_on_delete(link),
            )
        )
    return out


def _on_delete(link: Link) -> dict[str, DeleteRule]:
    """Links that may be absent are cleared; what becomes of others is not decided here."""
    if not link.many and not link.required:
        return {"on_delete": DeleteRule.SET_NULL}
    return {}


def _access(out: Assembly, links: list[Link], accounts: bool) -> dict[str, Access]:
    if not accounts:
        return dict.fromkeys(out.classes, Access.OPEN)
    kinds = {name: (known.kind if (known := noun(name)) else "") for name in out.classes}
    shared = sum(kind == "s" for kind in kinds.values())
    other = sum(kind in {"p", "c"} for kind in kinds.values())
    fallback = Access.SHARED if shared > other else Access.PRIVATE
    access = {name: _KINDS.get(kind, fallback) for name, kind in kinds.items()}
    for _ in range(len(links) + 1):
        changed = False
        for link in links:
            parent = access[link.target]
            if link.many or parent is not Access.PRIVATE or access[link.source] is Access.PRIVATE:
                continue
            access[link.source] = Access.PRIVATE
            changed = True
        if not changed:
            break
    return access
