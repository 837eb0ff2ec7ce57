"""Which features a project gets: asked for, needed by others, or there by default."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.features import DEFAULTS_REST_API, FEATURES, REQUIRES
from autonomous_coder.engines.intelligence.names import uncapitalised
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Provenance


def features(request: Request, kind: str) -> list[str]:
    """Names of features, those asked for first."""
    if "features" in request.host.values:
        request.provenance["features"] = Provenance.HOST
        listed: list[str] = list(request.host.values["features"])
        for name in listed:
            request.provenance[f"features.{name}"] = Provenance.HOST
        return _with_required(request, listed, [])
    refused = request.refused
    asked = dict.fromkeys([*request.wishes.features, *request.found.features])
    request.provenance["features"] = Provenance.USER if asked else Provenance.DEFAULT
    chosen = [name for name in asked if name not in refused or name in request.wishes.features]
    for name in chosen:
        request.provenance[f"features.{name}"] = Provenance.USER
    chosen = _with_required(request, chosen, refused)
    if kind == "rest_api":
        _add_defaults(request, chosen, refused)
    for name in refused:
        if name not in chosen:
            request.assumptions.append(
                f"Left out as asked: {uncapitalised(FEATURES[name].title)} ({name})."
            )
    return chosen


def _add_defaults(request: Request, chosen: list[str], refused: list[str]) -> None:
    switched_off = {
        "tests": not request.settings.tests,
        "docs": not request.settings.documentation,
        "sqlite": "postgresql" in chosen,
    }
    for name in DEFAULTS_REST_API:
        if name in refused or name in chosen or switched_off.get(name):
            continue
        chosen.append(name)
        request.provenance[f"features.{name}"] = Provenance.DEFAULT


def _with_required(request: Request, chosen: list[str], refused: list[str]) -> list[str]:
    out = list(chosen)
    for name in chosen:
        for needed in REQUIRES.get(name, ()):
            if needed not in out and needed not in refused:
                out.append(needed)
                request.provenance[f"features.{needed}"] = Provenance.RULE
                request.assumptions.append(f"'{needed}' is added because '{name}' needs it.")
    return out
