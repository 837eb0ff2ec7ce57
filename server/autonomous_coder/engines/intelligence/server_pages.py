"""Web applications whose server makes its pages, by Next.js: whether one is asked for, and what it
cannot have."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import choices, fitting
from autonomous_coder.engines.intelligence.frameworks import FRAMEWORK_OF, FRAMEWORKS, NEXT, plain
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.single_pages import API, KIND, LANGUAGE, possible
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import Provenance

FRAMEWORK = NEXT
_BESIDE = ("backend_language", "backend", "api", "server")
"""Wishes for an API behind pages, whatever the key."""


def chosen(request: Request, features: list[str]) -> choices.Choice | None:
    """The language of an application with Next.js; None where it is not asked for, and is not what
    the project is.

    Raises:
        UnsupportedError: it is wanted in another language, or with an API of another kind.
    """
    demanded = request.host.values.get("framework") or request.wishes.framework
    if not possible(request) or not _asked(request, demanded):
        return None
    named = request.host.values.get("language") or request.wishes.language
    language = choices.normal_language(named) if named else ""
    if language not in {"", LANGUAGE}:
        raise UnsupportedError(
            f"Next.js is written in TypeScript here, not in {choices.title(language)}.",
            hint="Leave the language away, or the framework.",
        )
    if other := _behind(request):
        raise UnsupportedError(
            f"Pages by Next.js ask their database themselves: there is no API in {other} behind "
            "them.",
            hint="Leave the API away; or ask for React instead of Next.js: its pages have an API "
            "in TypeScript, JavaScript, Python, Go, Java or Rust behind them.",
        )
    _tell_limits(request, features)
    return choices.Choice(LANGUAGE, Provenance.HOST if named else Provenance.USER)


def _asked(request: Request, demanded: str | None) -> bool:
    if demanded:
        return plain(demanded) == FRAMEWORK
    heard = [plain(name) for name in request.found.frameworks]
    return FRAMEWORK in heard or (not heard and plain(request.settled_framework) == FRAMEWORK)


def _behind(request: Request) -> str:
    """What an API beside the pages is wanted in; empty for none."""
    wishes = {**request.preferences, **request.constraints}
    wished = [wishes[key] for key in (API, *_BESIDE) if wishes.get(key)]
    names = [choices.normal_language(text) for text in (*wished, request.wishes.api) if text]
    names += request.found.languages
    others = [name for name in request.found.frameworks if plain(name) != FRAMEWORK]
    for name in (*names, *others):
        if name in FRAMEWORKS:
            return choices.framework_title(name)
        if name not in {LANGUAGE, "javascript", FRAMEWORK_OF[LANGUAGE, KIND]}:
            return choices.title(name)
    return ""


def _tell_limits(request: Request, features: list[str]) -> None:
    """What other languages can have, or pages with an API behind them, and these not."""
    fitting.tell_limits(request, KIND, LANGUAGE, features)
    has = request.supported.variants.get(FRAMEWORK)
    beside = request.supported.having(KIND).get(LANGUAGE, frozenset())
    for name in features:
        if has is not None and name not in has and name in beside:
            request.unbuilt.append(name)
            request.assumptions.append(
                f"'{name}' cannot be generated with Next.js yet; it can with React and an API "
                "behind it."
            )
