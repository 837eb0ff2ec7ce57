"""Kind of software, language and framework of a request, and who decided them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import choices, fitting
from autonomous_coder.engines.intelligence.features import FRAMEWORKS
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Provenance


def archetype(request: Request) -> str:
    """The kind of software.

    Raises:
        UnsupportedError: one was asked for that cannot be generated.
    """
    asked = request.host.values.get("archetype") or request.wishes.archetype
    kind = choices.archetype(asked, request.found.archetypes, request.supported.archetypes)
    _note(request, "archetype", kind)
    return kind.value


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
    if not named and framework.lower() in FRAMEWORKS:
        hints = [framework.lower()]
        if FRAMEWORKS[hints[0]] in able:
            choices.framework(framework, FRAMEWORKS[hints[0]], kind)
    chosen = choices.language(
        named,
        found.languages,
        hints,
        request.settled or request.settings.default_language,
        kind,
        able,
        unfit={} if request.settled else fitting.unfit(request, features),
    )
    ours = choices.framework(framework, chosen.value, kind)
    if chosen.provenance is Provenance.DEFAULT and chosen.value == request.settled:
        chosen.assumptions = [
            f"The project's files are in {choices.title(chosen.value)}: it stays."
        ]
    _note(request, "language", chosen)
    heard = Provenance.USER if framework else Provenance.DEFAULT
    request.provenance["framework"] = Provenance.HOST if demanded else heard
    fitting.tell_limits(request, chosen.value, features)
    return chosen.value, ours


def _note(request: Request, name: str, choice: choices.Choice) -> None:
    request.provenance[name] = choice.provenance
    request.assumptions += choice.assumptions
    request.questions += choice.questions
