"""Which features a project gets: asked for, needed by others, or there by default."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import suitable
from autonomous_coder.engines.intelligence.features import FEATURES, REQUIRES
from autonomous_coder.engines.intelligence.names import uncapitalised
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.models.spec import Provenance

_DATABASES = frozenset({"postgresql", "sqlite"})


def features(request: Request, kind: str) -> list[str]:
    """Names of features: the host's first, then those asked for.

    A list of the host takes the place of the defaults, not of what the request asks for.
    """
    given: list[str] | None = request.host.values.get("features")
    listed = list(given or ())
    barred = request.host.left_out
    refused = request.refused
    asked = dict.fromkeys([*request.wishes.features, *request.found.features])
    decided = Provenance.USER if asked else Provenance.DEFAULT
    request.provenance["features"] = decided if given is None else Provenance.HOST
    wanted = [n for n in asked if n not in refused or n in request.wishes.features]
    wanted = _one_database(request, listed, [n for n in wanted if n not in barred])
    for name in wanted:
        request.provenance[f"features.{name}"] = Provenance.USER
    for name in listed:
        request.provenance[f"features.{name}"] = Provenance.HOST
    chosen = _with_required(request, listed, barred)
    chosen += [name for name in wanted if name not in chosen]
    chosen = _with_required(request, chosen, refused)
    if given is None:
        _add_defaults(request, kind, chosen, refused)
    chosen = _fitting(request, kind, chosen)
    _tell_refused(request, chosen, refused)
    return chosen


def _one_database(request: Request, listed: list[str], wanted: list[str]) -> list[str]:
    """Without the database that a stronger voice replaces by another one.

    A constraint wins over the host's list, that over the sentence, that over a preference;
    whoever names both gets both.
    """
    voices = (request.wishes.demanded, listed, request.found.features, request.wishes.features)
    named = _DATABASES & {*listed, *wanted}
    kept = next((said for voice in voices if (said := named & set(voice))), named)
    gone = sorted(named - kept)
    for name in gone:
        if name in listed:
            listed.remove(name)
        request.assumptions.append(
            f"Two databases are asked for: {' and '.join(sorted(kept))} is used, not {name}."
        )
    return [name for name in wanted if name not in gone]


def _tell_refused(request: Request, chosen: list[str], refused: list[str]) -> None:
    for name in refused:
        title = uncapitalised(FEATURES[name].title) if name in FEATURES else name
        if name not in chosen:
            request.assumptions.append(f"Left out as asked: {title} ({name}).")
        elif request.provenance.get(f"features.{name}") is Provenance.HOST:
            request.assumptions.append(
                f"'{name}' stays although it was to be left out: the list of features names it."
            )


def _fitting(request: Request, kind: str, chosen: list[str]) -> list[str]:
    """Without features that make no sense here, which are told in `request.unfit`."""
    said = {Provenance.USER, Provenance.HOST}
    for name in [name for name in chosen if suitable.why_not(kind, name)]:
        if request.provenance.pop(f"features.{name}", None) in said:
            request.unfit.append(name)
    return [name for name in chosen if not suitable.why_not(kind, name)]


def _add_defaults(request: Request, kind: str, chosen: list[str], refused: list[str]) -> None:
    switched_off = {
        "tests": not request.settings.tests,
        "docs": not request.settings.documentation,
        "sqlite": "postgresql" in chosen,
    }
    for name in suitable.DEFAULTS.get(kind, ()):
        if name in refused or name in chosen or switched_off.get(name):
            continue
        chosen.append(name)
        request.provenance[f"features.{name}"] = Provenance.DEFAULT


def left_out(request: Request, features: list[str]) -> list[str]:
    """Those of `tests` and `docs` that the project shall not have: by the request, else by the
    settings."""
    settings = request.settings
    wanted = {"tests": settings.tests, "docs": settings.documentation}
    return [
        name
        for name, is_wanted in wanted.items()
        if name not in features and (name in request.refused or not is_wanted)
    ]


def _with_required(request: Request, chosen: list[str], refused: list[str]) -> list[str]:
    out = list(chosen)
    for name in chosen:
        for needed in REQUIRES.get(name, ()):
            if needed not in out and needed not in refused:
                out.append(needed)
                request.provenance[f"features.{needed}"] = Provenance.RULE
                request.assumptions.append(f"'{needed}' is added because '{name}' needs it.")
    return out
