"""From a request to its spec: each part is decided in turn, then all is put together."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from autonomous_coder.engines.intelligence import (
    chosen,
    games,
    jobs,
    pipelines,
    programs,
    stored,
    styling,
    talking,
    tasks,
    technology,
    telling,
)
from autonomous_coder.engines.intelligence import requirements as demands
from autonomous_coder.engines.intelligence.assemble import Assembly, assemble
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.text import EXAMPLE
from autonomous_coder.errors import InvalidInputError
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
    program = programs.understand(request, kind)
    work = jobs.understand(request, kind)
    steps = pipelines.understand(request, kind)
    talk = talking.understand(request, kind)
    if kind == "rest_api" and request.host.values.get("jobs"):
        request.found.features.setdefault(tasks.FEATURE, None)
    features = chosen.features(request, kind)
    language, framework = technology.language(request, kind, features)
    accounts = "accounts" in features
    if not accounts:
        stored.users_without_accounts(request.found)
    built = assemble(request.found, accounts=accounts)
    entities = stored.entities(request, built, kind, accounts=accounts)
    if accounts:
        entities = stored.guarded(entities)
    if program:
        programs.settle(program, built, entities)
    if kind == "game" and "entities" not in request.host.values:
        entities = games.things(entities)
    if talk and "entities" not in request.host.values:
        entities = talking.things(entities)
    if steps and "entities" not in request.host.values:
        entities = pipelines.settle(steps, entities)
    rows = demands.rows(request.found, built, entities, kind)
    rows += [(f"A page: {page.title}", [f"page:{page.name}"]) for page in request.site.pages]
    if kind == "game":
        if "entities" not in request.host.values:
            rows = games.rows_of(rows)
        rows += [(f"Players can {a.description}", [f"command:{a.name}"]) for a in request.actions]
        lacking, asked_for = games.rules_row(language, request.host.values.get("extra_files", []))
        rows += lacking
        request.questions += asked_for
    if talk and "entities" not in request.host.values:
        rows = talking.without_places(rows)
    rows = telling.unfit_rows(request, rows, kind, language)
    rows += request.host.requirements
    rows += telling.command_rows(request, rows)
    piped = kind == pipelines.KIND
    rows += pipelines.rows(request, steps) if piped else jobs.rows(request, work)
    rows += talking.rows(request, talk)
    rows += telling.wish_rows(request, rows)
    rows += [(f'Not understood: "{name}"', [f"unknown:{name}"]) for name in built.dropped]
    telling.settle(request, built, entities, accounts=accounts, kind=kind)
    if program:
        programs.tell(program, request, built, rows)
    if work and "jobs" not in request.host.values:
        request.questions += jobs.questions(work, language)
    if request.tasks and "jobs" not in request.host.values:
        request.questions += tasks.questions(request.tasks, language)
    if steps and "jobs" not in request.host.values:
        request.questions += pipelines.questions(steps, entities, language)
    host = request.host.values
    called = programs.subject(program) if program else jobs.subject(work)
    called = talk.subject if talk else called
    asked = telling.questions(request, rows, built)
    values: dict[str, Any] = {
        "commands": program.made if program else request.actions,
        "jobs": (work or steps or jobs.Work(request.tasks)).jobs,
        "channels": talk.channels if talk else [],
        "pages": request.site.pages,
        **{key: host[key] for key in _AS_GIVEN if key in host},
        "name": telling.name(request, kind, entities, called),
        "title": telling.title(request, kind, entities, called),
        "description": host.get("description", request.original),
        "archetype": kind,
        "language": language,
        "framework": framework,
        "entities": entities,
        "features": features,
        "left_out": chosen.left_out(request, features),
        "constraints": request.constraints,
        "preferences": styling.preferences(request, language),
        "requirements": demands.number(rows),
        "provenance": _provenance(request),
        "assumptions": telling.assumptions(request),
        "confidence": _confidence(request, built),
        "questions": host.get("questions", asked),
    }
    return _checked(values)


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
