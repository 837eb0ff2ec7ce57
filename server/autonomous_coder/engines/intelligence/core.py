"""The intelligence core: from a sentence and what the host knows to a ProjectSpec."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autonomous_coder.engines.intelligence import (
    choices,
    estimates,
    games,
    leaving,
    pages,
    stack,
    tasks,
    versions,
    wishes,
    working,
)
from autonomous_coder.engines.intelligence.draft import draft
from autonomous_coder.engines.intelligence.host import read_host_spec
from autonomous_coder.engines.intelligence.reader import read
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.supported import Supported
from autonomous_coder.engines.intelligence.text import checked
from autonomous_coder.models.planning import Architecture, Complexity, Risk
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack
from autonomous_coder.settings import GenerationSettings

__all__ = ["IntelligenceCore", "Supported"]


_CLONE_OF = re.compile(
    r"\bclone of (?:the )?(?P<name>[A-Z]\w*(?:\.\w+)*(?: (?!API\b|App\b|Clone\b)[A-Z]\w*)?)"
)


class IntelligenceCore:
    """Decides by rules; whatever the host says wins."""

    def __init__(self, settings: GenerationSettings, supported: Supported) -> None:
        self._settings = settings
        self._supported = supported

    def analyze_requirements(
        self,
        description: str,
        *,
        host_spec: Mapping[str, Any] | None = None,
        constraints: Mapping[str, str] | None = None,
        preferences: Mapping[str, str] | None = None,
        settled_language: str = "",
        settled_kind: str = "",
        settled_framework: str = "",
    ) -> ProjectSpec:
        """Understand a request. `settled_language` is that of the project's files, if there are
        any: it stays unless another one is asked for.

        Raises:
            InvalidInputError: the description or a part of the host's spec is malformed, or
                nothing to build was found in it.
            UnsupportedError: a language, framework or kind of software that cannot be generated.
        """
        host = read_host_spec(host_spec)
        text = checked(description, may_be_empty=bool(host.values or host.requirements))
        asked = wishes.checked(constraints, "constraints") | host.values.get("constraints", {})
        liked = wishes.checked(preferences, "preferences") | host.values.get("preferences", {})
        wished = wishes.read(asked, liked)
        if version := choices.without_version(str((host_spec or {}).get("language") or ""))[1]:
            wished.unknown.append(("language", version))
        left = leaving.taken(text)
        wished.refused += left.refused
        said = versions.taken(_CLONE_OF.sub(r"\g<name> clone", left.rest))
        wished.unknown += said.asked
        # A game is one by its own words, not by those of what its players can do.
        heard = read(said.rest).archetypes
        game = games.taken(said.rest) if "game" in heard else games.Said(said.rest)
        of_site = bool(heard) and {*heard} <= {"web_app", "static_site"}
        site = pages.taken(said.rest) if of_site else pages.Said(game.rest)
        of_service = heard == ["rest_api"] and not working.speaks_of_worker(said.rest)
        done = tasks.taken(site.rest) if of_service else tasks.Tasks(site.rest)
        found = read(done.rest)
        tasks.settle(done, found)
        request = Request(
            said.rest,
            host,
            asked,
            liked,
            self._settings,
            self._supported,
            found,
            wished,
            settled_language,
            settled_kind,
            settled_framework,
            original=text,
            site=site,
            actions=game.actions,
            tasks=done.jobs,
        )
        request.assumptions += done.assumptions
        return draft(request)

    def select_tech_stack(self, spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
        """The stack with reasons; versions come from the resolution."""
        return stack.select(spec, resolution)

    def determine_architecture(self, spec: ProjectSpec) -> Architecture:
        """Pattern and layers."""
        return estimates.architecture(spec)

    def estimate_complexity(self, spec: ProjectSpec) -> Complexity:
        """Score, level and the factors behind them."""
        return estimates.complexity(spec)

    def assess_risks(self, spec: ProjectSpec, stack: TechStack) -> list[Risk]:
        """What may go wrong, the gravest first."""
        return estimates.risks(spec, stack)
