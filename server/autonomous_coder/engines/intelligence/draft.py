"""From a request to its spec: each part is decided in turn, then all is put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from autonomous_coder.engines.intelligence import (
    chosen,
    kinds,
    stored,
    styling,
    technology,
    telling,
)
from autonomous_coder.engines.intelligence import requirements as demands
from autonomous_coder.engines.intelligence.assemble import Assembly, assemble
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.text import EXAMPLE
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.common.accounts import ACCOUNT_ENTITY
from autonomous_coder.languages.common.links import LinkGraph
from autonomous_coder.models.spec import ProjectSpec, Provenance

_AS_GIVEN = ("commands", "jobs", "channels", "pages", "holds", "extra_files")


def draft(request: Request) -> ProjectSpec:
    """The spec of a request.

    Raises:
        InvalidInputError: nothing to build was found, or a part of it cannot be valid.
        UnsupportedError: it asks for what cannot be generated.
    """
    technology.refuse_elsewhere(request)
    _refuse_nonsense(request)
    kind = technology.archetype(request)
    heard = kinds.hear(request, kind)
    features = chosen.features(request, kind)
    language, framework = technology.language(request, kind, features)
    accounts = "accounts" in features
    if not accounts:
        stored.users_without_accounts(request.found)
    built = assemble(request.found, accounts=accounts)
    entities = stored.entities(request, built, kind, accounts=accounts)
    made = kinds.Draft(request, kind, language, built, entities)
    if accounts:
        made.entities = stored.guarded(made.entities)
    for part in heard:
        part.store(made)
    _demand(made, heard, features)
    telling.settle(request, built, made.entities, accounts=accounts, kind=kind)
    for part in heard:
        part.tell(made)
    called = next(filter(None, (part.subject() for part in reversed(heard))), "")
    host = request.host.values
    values: dict[str, Any] = {
        **_parts(heard),
        **{key: host[key] for key in _AS_GIVEN if key in host},
        "name": telling.name(request, kind, made.entities, called),
        "title": telling.title(request, kind, made.entities, called),
        "description": host.get("description", request.original),
        "archetype": kind,
        "language": language,
        "framework": framework,
        "entities": made.entities,
        "features": features,
        "left_out": chosen.left_out(request, features),
        "constraints": request.constraints,
        "preferences": styling.preferences(request, language),
        "requirements": demands.number(made.rows),
        "provenance": _provenance(request),
        "confidence": _confidence(request, built),
        "questions": host.get("questions", telling.questions(request, made.rows, built)),
    }
    spec = _checked(values)
    # Required relations that lead back to where they began: no first row could be.
    circles = LinkGraph(spec, ACCOUNT_ENTITY if accounts else "").notes
    return spec.model_copy(update={"assumptions": telling.assumptions(request, circles)})


def _demand(draft: kinds.Draft, heard: Sequence[kinds.Heard], features: list[str]) -> None:
    """The requirements: of the sentence, of the host, of the kinds, of wishes."""
    request, built = draft.request, draft.built
    draft.rows = demands.rows(request.found, built, draft.entities, draft.kind)
    for part in heard:
        part.shape(draft)
    draft.rows = telling.unfit_rows(request, draft.rows, draft.kind, draft.language)
    draft.rows += request.host.requirements
    draft.rows += telling.feature_rows(request, draft.rows, features, draft.kind, draft.language)
    draft.rows += telling.command_rows(request, draft.rows)
    for part in heard:
        part.demand(draft)
    draft.rows += telling.wish_rows(request, draft.rows)
    draft.rows += [(f'Not understood: "{name}"', [f"unknown:{name}"]) for name in built.dropped]


def _parts(heard: Sequence[kinds.Heard]) -> dict[str, Any]:
    """Commands, jobs, channels and pages: of the last kind that has any."""
    out: dict[str, Any] = {}
    for part in heard:
        out |= {key: said for key, said in part.parts().items() if said}
    return out


def _checked(values: dict[str, Any]) -> ProjectSpec:
    try:
        return ProjectSpec(**values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "spec"
        raise InvalidInputError(
            f"'{place}' is not valid: {first['msg'].removeprefix('Value error, ')[:400]}.",
            hint="Mend it in 'spec', or leave it away to have it decided by rules.",
        ) from error


def _refuse_nonsense(request: Request) -> None:
    found, host = request.found, request.host
    something = (
        found.mentions
        or found.features
        or found.archetypes
        or found.domains
        or found.events
        or found.user_fields
    )
    if something or host.values or host.requirements or found.foreign:
        return
    needs = [need[0] for clause in found.clauses for need in clause.needs]
    if found.asked and any(kind != "unknown" for kind in needs):
        return
    if technology.implied(request):
        return
    raise InvalidInputError(
        "Nothing to build was recognised in the description.",
        hint=f"Say what is to be stored and what its users do. {EXAMPLE}",
    )


def _confidence(request: Request, built: Assembly) -> float:
    if not request.text:
        return 1.0
    value = demands.confidence(request.found, built, foreign=request.found.foreign)
    return max(value, 0.9) if "entities" in request.host.values else value


def _provenance(request: Request) -> dict[str, Provenance]:
    provenance = request.provenance
    named = ("requirements",) if request.host.requirements else ()
    for key in (*request.host.values, *named):
        provenance[key] = Provenance.HOST
    for key in ("name", "title", "description"):
        said = key == "description" and bool(request.text)
        provenance.setdefault(key, Provenance.USER if said else Provenance.RULE)
    return dict(sorted(provenance.items()))
