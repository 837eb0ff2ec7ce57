"""Which style guide a project follows: the one asked for, else that of the settings."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import choices, wishes
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.languages.common.style import KEY, guides, normal


def preferences(request: Request, language: str) -> dict[str, str]:
    """The request's preferences, with the guide by its own name; tells why the one of the settings
    is not followed."""
    for key, value in request.wishes.tools:
        if wishes.part_of(key) == wishes.STYLE:
            return {**request.preferences, KEY: normal(value)}
    settings = request.settings
    if "style_guide" not in settings.model_fields_set or KEY in request.preferences:
        return request.preferences
    wanted = normal(settings.style_guide)
    if wanted in guides(language):
        return {**request.preferences, KEY: wanted}
    known = ", ".join(guides(language))
    instead = f"there are {known}" if known else "it has one layout for everybody"
    request.assumptions.append(
        f"The style guide '{settings.style_guide[:40]}' of the settings is not for "
        f"{choices.title(language)}: {instead}."
    )
    return request.preferences
