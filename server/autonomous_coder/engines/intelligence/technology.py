"""Kind of software, language and framework of a request, and who decided them."""

from __future__ import annotations

import re

from autonomous_coder.engines.intelligence import (
    choices,
    elsewhere,
    fitting,
    kinds,
    operations,
    pipelines,
    server_pages,
    single_pages,
    talking,
    working,
)
from autonomous_coder.engines.intelligence.frameworks import FRAMEWORKS, plain
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Provenance

_TOOL = re.compile(r"\b(?:tool|utility|program)\s+(?:that|which|to|for)\s+([a-zA-Z]{3,20})\b")
_NAMED = re.compile(
    r"\bCLI\b|\bcommand[- ]line\b|\b(?:a|an|my)(?: \w+)? terminal (?!for\b|with\b|where\b|has\b)\w",
    re.IGNORECASE,
)
"""Words for a command-line program, wherever they stand."""
_PAGES = frozenset({"frontend", "charts"})
"""Features of pages that somebody looks at."""
_APP = re.compile(r"\b(?:app|users?|application|portal|log(?:s|ging)? in|sign)\b", re.IGNORECASE)


def archetype(request: Request) -> str:
    """The kind of software.

    Raises:
        UnsupportedError: one was asked for that cannot be generated.
    """
    asked = request.host.values.get("archetype") or request.wishes.archetype
    heard = request.found.archetypes or implied(request)
    if about := kinds.spoken_of(request.text, _makeable(request)):
        heard = [about]
    elif {*heard} - {pipelines.KIND}:
        heard = [name for name in heard if name != pipelines.KIND]
    if not heard and _PAGES & {*request.found.features}:
        heard = ["web_app"]
    if heard == ["web_app"] and not asked and _stands_still(request):
        heard = ["static_site"]
    spoken = _asked_language(request)
    if request.settled_kind and not asked:
        heard = [request.settled_kind]
    elif single_pages.meant(request):
        heard, spoken = [single_pages.KIND], single_pages.LANGUAGE
    stored = request.found.mentions or request.found.domains
    if heard == [talking.KIND] and not (asked or stored or request.host.values):
        # There is no API behind what stores nothing.
        choices.able(spoken, talking.KIND, request.supported.archetypes)
    kind = choices.archetype(asked, heard, request.supported.archetypes, asked=spoken)
    _note(request, "archetype", kind)
    return kind.value


def refuse_elsewhere(request: Request) -> None:
    """Refuse what is made elsewhere, unless a host says what of it is to be built.

    Raises:
        UnsupportedError: it asks for such software.
    """
    given = request.wishes.archetype or request.settled_kind or request.host.values
    if not given and not working.speaks_of_worker(request.text):
        elsewhere.refuse(request.text, request.found.archetypes, request.supported.archetypes)


def _stands_still(request: Request) -> bool:
    """`a website with home and contact pages`: pages, and nothing that is stored or done."""
    found = request.found
    anywhere = frozenset().union(*request.supported.archetypes.values())
    return (
        bool(request.site.pages or request.site.subject)
        and "static_site" in anywhere
        and not (found.mentions or found.events or found.user_fields)
        and not (found.languages or found.frameworks)
        and not (request.host.values.get("entities") or request.host.values.get("language"))
        and not _APP.search(request.text)
    )


def _asked_language(request: Request) -> str:
    """The language that is asked for, by its name or by that of a framework; empty for none."""
    host, found = request.host.values, request.found
    named = host.get("language") or request.wishes.language
    if named:
        return choices.normal_language(named)
    framework = host.get("framework") or request.wishes.framework
    known = FRAMEWORKS.get(str(framework or next(iter(found.frameworks), "")).lower())
    return next(iter(found.languages), known.language if known else request.settled)


def _makeable(request: Request) -> frozenset[str]:
    """The kinds of software that some language can make."""
    return frozenset().union(*request.supported.archetypes.values())


def implied(request: Request) -> list[str]:
    """The kind of software that a framework is for, or that has commands."""
    named = [request.host.values.get("framework") or request.wishes.framework]
    known = [FRAMEWORKS[plain(name)] for name in [*named, *request.found.frameworks]
             if name and plain(name) in FRAMEWORKS]  # fmt: skip
    if about := kinds.spoken_of(request.text, _makeable(request)):
        return [about]
    implied = [framework.kind for framework in known if framework.kind != "rest_api"]
    anywhere = frozenset().union(*request.supported.archetypes.values())
    commands = bool(request.host.values.get("commands"))
    if implied or "cli" not in anywhere:
        return implied
    return ["cli"] if commands or _is_program(request) else []


def _is_program(request: Request) -> bool:
    """`a tool that converts CSV to JSON`: it works on what it is given, and keeps nothing."""
    text = request.text
    if _NAMED.search(text):
        return True
    found = _TOOL.search(text)
    works = found is not None and operations.base(found.group(1).lower()) in operations.TOLD
    if works:
        request.assumptions.append(
            "The request does not say what kind of software is meant: what it does is done by "
            "a command-line program."
        )
    return works


def language(request: Request, kind: str, features: list[str]) -> tuple[str, str]:
    """`(language, framework)` for software of this kind with these features.

    Raises:
        UnsupportedError: one was asked for that cannot be generated.
    """
    host, found, able = request.host.values, request.found, request.supported.archetypes
    named = host.get("language") or request.wishes.language
    demanded = host.get("framework") or request.wishes.framework
    framework = demanded or (found.frameworks[0] if found.frameworks else "")
    hints: list[str] = []
    if kind == single_pages.KIND and (pages := server_pages.chosen(request, features)):
        _note(request, "language", pages)
        by = Provenance.HOST if demanded else Provenance.USER
        request.provenance["framework"] = Provenance.DEFAULT if request.settled_framework else by
        return pages.value, server_pages.FRAMEWORK
    if kind == single_pages.KIND and (single := single_pages.chosen(request, features)):
        api = [name for name in found.frameworks if FRAMEWORKS[name].language != single.value]
        framework = demanded or ("" if api else framework)
        ours = choices.framework(framework, single.value, kind)
        _note(request, "language", single)
        request.provenance["framework"] = Provenance.HOST if demanded else Provenance.DEFAULT
        behind = request.constraints.get(single_pages.API, single.value)
        fitting.tell_limits(request, kind, single.value, features, behind)
        return single.value, ours
    if not named and framework.lower() in FRAMEWORKS:
        hints = [framework.lower()]
        of = FRAMEWORKS[hints[0]].language
        if kind in able.get(of, frozenset()):
            fitting.tell_avoided(request, kind, of)
            choices.framework(framework, of, kind)
    chosen = choices.language(
        named,
        found.languages,
        hints,
        request.settled or request.settings.default_language,
        kind,
        able,
        unfit={} if request.settled else fitting.unfit(request, kind, features),
    )
    ours = choices.framework(framework, chosen.value, kind)
    if chosen.provenance is Provenance.DEFAULT and chosen.value == request.settled:
        chosen.assumptions = [
            f"The project's files are in {choices.title(chosen.value)}: it stays."
        ]
    fitting.tell_avoided(request, kind, chosen.value)
    _note(request, "language", chosen)
    heard = Provenance.USER if framework else Provenance.DEFAULT
    request.provenance["framework"] = Provenance.HOST if demanded else heard
    fitting.tell_limits(request, kind, chosen.value, features)
    return chosen.value, ours


def _note(request: Request, name: str, choice: choices.Choice) -> None:
    request.provenance[name] = choice.provenance
    request.assumptions += choice.assumptions
    request.questions += choice.questions
