"""What people are told about a draft: assumptions, questions, its name and title."""

from __future__ import annotations

import re
from difflib import get_close_matches

from autonomous_coder.engines.intelligence import host_told, suitable
from autonomous_coder.engines.intelligence import requirements as demands
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.assemble import Assembly
from autonomous_coder.engines.intelligence.choices import told_kind
from autonomous_coder.engines.intelligence.features import FEATURES
from autonomous_coder.engines.intelligence.inflect import singular
from autonomous_coder.engines.intelligence.names import (
    as_said,
    ascii_words,
    listing,
    project_name,
    snake,
    uncapitalised,
)
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Access, Command, Entity, Provenance, Question

MAX_ASSUMPTIONS = 100
_VERSION = re.compile(r"\d+(?:\.(?:\d+|x))*\+?")
_ACCESS = {
    Access.PRIVATE: ("is seen and changed by its", "are seen and changed by their", " owner only"),
    Access.OWNER_WRITE: (
        "is read by everyone and changed by its",
        "are read by everyone and changed by their",
        " owner only",
    ),
    Access.SHARED: ("is", "are", " read and changed by every logged-in user"),
    Access.OPEN: ("is", "are", " open to everyone, without logging in"),
}


def settle(
    request: Request, built: Assembly, entities: list[Entity], *, accounts: bool, kind: str
) -> None:
    """Add the assumptions and questions that follow from what was decided."""
    if "entities" not in request.host.values:
        request.assumptions += [*built.assumptions, *_called(request, built, entities)]
    request.assumptions += request.found.assumptions
    request.assumptions += [f"Already so: {key}: {value}." for key, value in request.wishes.tools]
    if accounts:
        request.assumptions += _who_may_what(entities)
    elif entities and "accounts" not in request.refused and not suitable.why_not(kind, "accounts"):
        request.assumptions.append(
            "Nothing was said about logging in: everyone may read and change everything."
        )
        request.questions.append(
            Question(
                id="accounts",
                question="Should users register and log in?",
                assumed="no",
                choices=["no", "yes"],
            )
        )
    who = request.found.audience
    if who and len(entities) == 1 and not request.host.values.get("entities"):
        request.questions.append(
            Question(
                id="entities",
                question=f"Are {who} whom it is for, or what it stores? What should be stored?",
                assumed=f"{who} are stored",
            )
        )
    if request.found.foreign:
        request.questions.append(
            Question(
                id="language_of_request",
                question="The request does not seem to be in English. Can you say it in English, "
                "or hand over 'spec'?",
                assumed="only words that are the same in English were understood",
            )
        )


def _called(request: Request, built: Assembly, entities: list[Entity]) -> list[str]:
    """Notes on names of the sentence that cannot be those of the code."""
    out = [
        host_told.entity_called(name, made)
        for name, made in built.classes.items()
        if made.endswith("Record") and not name.endswith("record")
    ]
    out += [
        note
        for entity in entities
        for field in entity.fields
        if field.name.replace("_", " ") not in request.original.lower()
        for note in host_told.called(f"field of '{entity.name}'", as_said(field.name), field.name)
    ]
    names = {part for entity in entities for part in _parts(entity)}
    for word in dict.fromkeys(re.findall(r"[^\W\d_]+", request.original)):
        made = singular("_".join(ascii_words(word)))
        if not word.isascii() and made in names:
            out.append(f"'{word[:60]}' is written '{made}' in the code: {host_told.PLAIN}.")
    return out


def _parts(entity: Entity) -> list[str]:
    """The words of all names of an entity."""
    names = [snake(entity.name), *(field.name for field in entity.fields)]
    names += [value for field in entity.fields for value in field.values]
    return [singular(part) for name in names for part in name.split("_")]


def _who_may_what(entities: list[Entity]) -> list[str]:
    out = []
    for access, (one, many, rest) in _ACCESS.items():
        names = [e.name for e in entities if e.access is access]
        if names:
            shown = names if len(names) <= 12 else [*names[:12], f"{len(names) - 12} more"]
            out.append(f"{listing(shown)} {one if len(names) == 1 else many}{rest}.")
    return out


_LOGINS = (" with accounts", " with users")


def unfit_rows(
    request: Request, rows: list[demands.Row], kind: str, language: str
) -> list[demands.Row]:
    """`rows` with the features that make no sense here told with the reason, never dropped."""
    out = list(rows)
    for name in request.unfit:
        supported = request.supported
        instead = suitable.nearest(kind, name, language, supported.archetypes, supported.features)
        told = suitable.row(kind, name, instead)
        doubled = name == "accounts"
        out = [
            row
            for row in out
            if row[1] != told[1]
            and not (doubled and row[1][0].startswith("unknown:") and row[1][0].endswith(_LOGINS))
        ]
        out.append(told)
        request.assumptions.append(
            f"'{name}' is not built: {suitable.why_not(kind, name)}. Nearest: {instead}."
        )
    return out


def feature_rows(
    request: Request, rows: list[demands.Row], features: list[str], kind: str, language: str
) -> list[demands.Row]:
    """A requirement, which nothing will prove, for each of the host's features that cannot be
    built; those that no language has are told with the nearest that works."""
    supported = request.supported
    known = supported.known_features()
    of_kind = frozenset().union(*supported.of_kinds.get(kind, {}).values())
    # Pages have features of the API behind them, too.
    strange = known - of_kind if of_kind and kind != "web_app" else frozenset()
    said = {need for _, needs in rows for need in needs}
    out: list[demands.Row] = []
    for name in features:
        from_host = request.provenance.get(f"features.{name}") is Provenance.HOST
        if not from_host or f"feature:{name}" in said:
            continue
        if name in request.unbuilt:
            out.append((f"The feature '{name}'", [f"feature:{name}"]))
        elif name in strange:
            near = suitable.nearest_with(name, language, supported.of_kinds)
            request.assumptions.append(
                f"'{name}' is not built: {told_kind(kind)} cannot have it. Nearest: {near}."
            )
            out.append((f"The feature '{name}'", [f"feature:{name}"]))
        elif name not in known:
            close = get_close_matches(name, sorted(known), 1)
            instead = f"'{close[0]}'" if close else "to hand in its code with 'spec.extra_files'"
            request.assumptions.append(
                f"'{name}' is not built: no template knows it. Nearest: {instead}."
            )
            out.append((f"The feature '{name}'", [f"unknown:{name}"]))
    return out


def command_rows(request: Request, rows: list[demands.Row]) -> list[demands.Row]:
    """A requirement for each command of the host's that none speaks of yet."""
    given: list[Command] = request.host.values.get("commands", [])
    said = {need for _, needs in rows for need in needs}
    for command in given:
        request.provenance[f"commands.{command.name}"] = Provenance.HOST
    return [
        (f"The command '{c.name}'{f': {c.description}' if c.description else ''}", [need])
        for c in given
        if (need := f"command:{c.name}") not in said
    ]


def wish_rows(request: Request, rows: list[demands.Row]) -> list[demands.Row]:
    """Requirements that come from constraints and preferences, beyond what `rows` say."""
    said = {needs[0] for _, needs in rows if len(needs) == 1}
    out: list[demands.Row] = []
    for key, value in request.wishes.unknown:
        spoken = key not in {**request.constraints, **request.preferences, "language": ""}
        wish = f"{key} {value}" if spoken else f"{key}: {value}"
        sort = "Constraint" if request.constraints.get(key, "").endswith(value) else "Preference"
        sort = "Version" if spoken else sort
        out.append((f"{sort} {wish}", [f"unknown:{wish}"]))
        reason = (
            "is not pinned: versions are looked up, the newest that work together"
            if _VERSION.fullmatch(value)
            else "was not understood and is not met"
        )
        request.assumptions.append(f"The {sort.lower()} '{wish[:200]}' {reason}.")
    for name in request.wishes.features:
        title = FEATURES[name].title
        need = f"feature:{name}"
        if need not in said:
            out.append((f"{title} (asked for by constraint or preference)", [need]))
    for name in dict.fromkeys([*request.wishes.refused, *request.host.left_out]):
        title = uncapitalised(FEATURES[name].title) if name in FEATURES else name
        need = f"without:feature:{name}"
        if need not in said:
            out.append((f"Left out as asked: {title}", [need]))
    return out


def questions(request: Request, rows: list[demands.Row], built: Assembly) -> list[Question]:
    """At most fifty, one of each id."""
    seen: dict[str, Question] = {}
    versions = {f"{name} {version}" for name, version in request.wishes.unknown}
    about = demands.questions_about(rows, frozenset(built.logic.values()) | versions)
    for question in [*request.questions, *about]:
        seen.setdefault(question.id, question)
    return list(seen.values())[:50]


def assumptions(request: Request, circles: list[str]) -> list[str]:
    """At most a hundred single lines, the host's first; the last one counts those beyond."""
    given: list[str] = request.host.values.get("assumptions", [])
    ours = dict.fromkeys([*circles, *request.assumptions])
    told = given + [" ".join(text.split())[:500] for text in ours]
    if len(told) <= MAX_ASSUMPTIONS:
        return told
    more = len(told) - MAX_ASSUMPTIONS + 1
    return [*told[: MAX_ASSUMPTIONS - 1], f"{more} more assumptions are not listed here."]


_SUFFIXES = {
    "rest_api": "api",
    "web_app": "app",
    "static_site": "site",
    "game": "game",
    "desktop_app": "app",
    "cli": "cli",
    "library": "lib",
    "mcp_server": "mcp",
    "worker": "worker",
    "realtime": "server",
}
_SUFFIX_TITLES = {
    "static_site": "",
    "rest_api": "API",
    "web_app": "app",
    "cli": "CLI",
    "library": "library",
    "mcp_server": "MCP server",
    "realtime": "server",
}


def _subject(request: Request, entities: list[Entity], called: str) -> str:
    if request.site.subject:
        return request.site.subject
    words = [w for w in request.found.title.split() if w not in v.HEADS and w != "app"]
    if words:
        return " ".join(words)
    return snake(entities[0].name).replace("_", " ") if entities else called or "project"


def name(request: Request, kind: str, entities: list[Entity], called: str = "") -> str:
    """The project's name, e.g. `todo-api`; `called` is used where nothing is stored."""
    if "name" in request.host.values:
        return str(request.host.values["name"])
    suffix = _SUFFIXES.get(kind, kind.replace("_", "-"))
    return project_name(f"{_subject(request, entities, called)[:50]} {suffix}")


def title(request: Request, kind: str, entities: list[Entity], called: str = "") -> str:
    """The project's title, e.g. `Todo API`."""
    if "title" in request.host.values:
        return str(request.host.values["title"])
    suffix = _SUFFIX_TITLES.get(kind, kind.replace("_", " "))
    subject = " ".join(_subject(request, entities, called).split())[:100]
    return f"{subject[:1].upper()}{subject[1:]} {suffix}".strip()
