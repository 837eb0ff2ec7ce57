"""Web applications of one page: whether one is meant, and what the API behind it is written in."""

from __future__ import annotations

import re

from autonomous_coder.engines.intelligence import choices, fitting
from autonomous_coder.engines.intelligence.frameworks import FRAMEWORKS, plain
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Provenance, Question

KIND = "web_app"
LANGUAGE = "typescript"
API = "api_language"
"""The constraint that says what the API is written in."""
FRAMEWORK = "react"
_SAID = frozenset({API, "backend_language", "backend", "api", "server"})
"""Wishes that the generator takes for that language, too."""
_SINGLE = re.compile(
    r"\bReact(?:\.?js)?\b(?! [Nn]ative\b| to\b)|\breact(?:\.?js\b| app| front-?end| ui\b| client)"
    r"|\b(?:in|with|using|by) react\b(?! native)|\b[Ss]ingle[- ]page\b|\bSPAs?\b"
)
_DENIED = re.compile(r"\b(?:without|no|not|never|instead of)\b[^.;,]*$", re.IGNORECASE)
_OTHERS = re.compile(r"\b(Vue(?:\.?js)?|Angular|Svelte(?:Kit)?|Solid\.?js|Nuxt|Remix)\b")
"""What pages could be written with instead, and are not."""


def possible(request: Request) -> bool:
    """Whether it can be made here."""
    return KIND in request.supported.archetypes.get(LANGUAGE, frozenset())


def meant(request: Request) -> bool:
    """Whether the request asks for one by its words. What the host says wins."""
    kind = request.host.values.get("archetype") or request.wishes.archetype
    if not possible(request) or (kind and choices.normal_archetype(kind) != KIND):
        return False
    named = _named(request)
    asked = plain(request.host.values.get("framework") or request.wishes.framework or "")
    return named in {"", LANGUAGE} and (asked == FRAMEWORK or _is_said(request))


def _is_said(request: Request) -> bool:
    """By a word that is not denied, where no other kind of software is asked for."""
    said = _SINGLE.search(request.text)
    if said is None:
        return False
    before, after = request.text[: said.start()], request.text[said.end() :]
    return not (_DENIED.search(before[-40:]) or re.match(r"\s+(?:is )?not wanted\b", after))


def chosen(request: Request, features: list[str]) -> choices.Choice | None:
    """The choice of a page in TypeScript for a web application; None where another language is
    asked for, or suits better. What the API is written in becomes a constraint.

    Raises:
        UnsupportedError: the API is wanted in a language, or with a framework, that is not there.
    """
    if not possible(request):
        return None
    named, words = _named(request), meant(request)
    if not (words or named == LANGUAGE or _by_default(request, features)):
        return None
    api = _api(request)
    able = request.supported.archetypes
    choices.language(api, [], [], LANGUAGE, "rest_api", able)
    for framework in request.found.frameworks:
        if FRAMEWORKS[framework].language == api and FRAMEWORKS[framework].kind != KIND:
            choices.framework(framework, api, "rest_api")
    # However it was written (`ts`, `Express`, `Node`): the generator reads names of languages.
    if api != LANGUAGE or _SAID & {*request.constraints, *request.preferences}:
        request.constraints[API] = api
    _tell_others(request)
    if named:
        return choices.Choice(LANGUAGE, Provenance.HOST)
    if words or LANGUAGE in request.found.languages:
        return choices.Choice(LANGUAGE, Provenance.USER)
    note = (
        "The request names no language: pages in TypeScript with React, and an API in "
        f"{choices.title(api)} behind them."
    )
    return choices.Choice(LANGUAGE, Provenance.DEFAULT, [note])


def _named(request: Request) -> str:
    """The language that the host names for the whole; empty for none."""
    named = request.host.values.get("language") or request.wishes.language
    return choices.normal_language(named) if named else ""


def _by_default(request: Request, features: list[str]) -> bool:
    """Whether nothing speaks for another language."""
    found = request.found
    heard = [*found.languages, *(FRAMEWORKS[name].language for name in found.frameworks)]
    if _named(request) or request.host.values.get("framework") or request.wishes.framework:
        return False
    if heard:
        return heard[0] == LANGUAGE
    settled = request.settled not in {"", LANGUAGE}
    told = "default_language" in request.settings.model_fields_set
    return not (settled or told or LANGUAGE in fitting.unfit(request, KIND, features))


def _api(request: Request) -> str:
    """The language of the API: as it is wished, else as a language or framework that is named."""
    wished = choices.normal_language(request.constraints.get(API, "") or request.wishes.api)
    if wished in FRAMEWORKS:
        wished = FRAMEWORKS[wished].language
    found = request.found
    heard = [*found.languages, *(FRAMEWORKS[name].language for name in found.frameworks)]
    return wished or next((language for language in heard if language != LANGUAGE), LANGUAGE)


def _tell_others(request: Request) -> None:
    other = _OTHERS.search(request.text)
    if other is None:
        return
    request.assumptions.append(f"{other[1]} is not supported: the pages are written with React.")
    request.questions.append(
        Question(
            id="pages_framework",
            question=f"May the pages be written with React instead of {other[1]}?",
            assumed="React",
        )
    )
