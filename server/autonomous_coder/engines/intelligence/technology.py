"""Kind of software, language and framework of a request, and who decided them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import choices
from autonomous_coder.engines.intelligence.features import FRAMEWORKS
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Provenance


def decide(request: Request) -> tuple[str, str, str]:
    """`(archetype, language, framework)`.

    Raises:
        UnsupportedError: one was asked for that cannot be generated.
    """
    host, found, wishes = request.host.values, request.found, request.wishes
    able = request.supported.archetypes
    kind = choices.archetype(host.get("archetype") or wishes.archetype, found.archetypes, able)
    named = host.get("language") or wishes.language
    demanded = host.get("framework") or wishes.framework
    framework = demanded or (found.frameworks[0] if found.frameworks else "")
    hints: list[str] = []
    if not named and framework.lower() in FRAMEWORKS:
        hints = [framework.lower()]
        if FRAMEWORKS[hints[0]] in able:
            choices.framework(framework, FRAMEWORKS[hints[0]], kind.value)
    settings = request.settings
    language = choices.language(
        named,
        found.languages,
        hints,
        settings.default_language,
        kind.value,
        able,
        chosen="default_language" in settings.model_fields_set,
    )
    ours = choices.framework(framework, language.value, kind.value)
    for name, choice in (("archetype", kind), ("language", language)):
        request.provenance[name] = choice.provenance
        request.assumptions += choice.assumptions
        request.questions += choice.questions
    heard = Provenance.USER if framework else Provenance.DEFAULT
    request.provenance["framework"] = Provenance.HOST if demanded else heard
    return kind.value, language.value, ours
