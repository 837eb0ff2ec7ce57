"""Kind of software, language and framework of a request, and who decided them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import choices, wishes
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
        unfit={} if request.settled else _unfit(request, features),
    )
    ours = choices.framework(framework, chosen.value, kind)
    if chosen.provenance is Provenance.DEFAULT and chosen.value == request.settled:
        chosen.assumptions = [
            f"The project's files are in {choices.title(chosen.value)}: it stays."
        ]
    _note(request, "language", chosen)
    heard = Provenance.USER if framework else Provenance.DEFAULT
    request.provenance["framework"] = Provenance.HOST if demanded else heard
    _tell_limits(request, chosen.value, features)
    return chosen.value, ours


def _unfit(request: Request, features: list[str]) -> dict[str, str]:
    """Languages that do not suit the request, with why."""
    supported = request.supported
    out: dict[str, str] = {}
    if "default_language" not in request.settings.model_fields_set:
        out |= supported.lacking
    for lang in supported.archetypes:
        others = [v for k, v in request.wishes.tools if not wishes.uses(lang, k, v)]
        if others:
            out[lang] = f"does not use {', '.join(others)}"
    for lang, missing in supported.without(features).items():
        out[lang] = f"cannot generate {', '.join(missing)} yet"
    return out


def _tell_limits(request: Request, lang: str, features: list[str]) -> None:
    """What the language lacks and another one has; tools of other languages are wishes unmet."""
    for name in request.supported.without(features).get(lang, []):
        others = [
            choices.title(other) for other, has in request.supported.features.items() if name in has
        ]
        request.assumptions.append(
            f"'{name}' cannot be generated in {choices.title(lang)} yet; it can in "
            f"{', '.join(others)}."
        )
    said = request.wishes.tools
    request.wishes.tools = [(k, v) for k, v in said if wishes.uses(lang, k, v)]
    request.wishes.unknown += [(k, v) for k, v in said if not wishes.uses(lang, k, v)]


def _note(request: Request, name: str, choice: choices.Choice) -> None:
    request.provenance[name] = choice.provenance
    request.assumptions += choice.assumptions
    request.questions += choice.questions
