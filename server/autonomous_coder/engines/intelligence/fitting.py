"""Which languages suit a request that names none, and what is told of what they lack."""

from __future__ import annotations

from pathlib import PurePosixPath

from autonomous_coder.engines.intelligence import choices, games, wishes
from autonomous_coder.engines.intelligence.frameworks import FRAMEWORK_OF, FRAMEWORK_TITLES, named
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ExtraFile

_API = "rest_api"
_BY_SUFFIX = {
    ".py": "python", ".ts": "typescript", ".mts": "typescript",
    ".js": "javascript", ".mjs": "javascript", ".go": "go", ".rs": "rust",
    ".java": "java",
}  # fmt: skip
_BY_NAME = {"pyproject.toml": "python", "go.mod": "go", "Cargo.toml": "rust", "pom.xml": "java"}


def unfit(request: Request, kind: str, features: list[str]) -> dict[str, str]:
    """Languages that do not suit the request, with why."""
    supported = request.supported
    out: dict[str, str] = {}
    chosen = "default_language" in request.settings.model_fields_set
    if not chosen:
        out |= supported.lacking
    if kind == "game":
        default = choices.normal_language(request.settings.default_language)
        out |= games.unfit(request.text, python_is_set=chosen and default == "python")
    for lang in supported.archetypes:
        others = [v for k, v in request.wishes.tools if not wishes.uses(lang, k, v)]
        if others:
            out[lang] = f"does not use {', '.join(others)}"
    given = {file.path: kind for file in _files(request) if (kind := _language_of(file.path))}
    for lang in supported.archetypes:
        if given and lang not in given.values():
            out[lang] = f"is not the language of {next(iter(given))}"
    for kind_of, name in request.found.avoided:
        for lang in supported.archetypes:
            ours = FRAMEWORK_OF.get((lang, kind), "")
            if kind_of == "language" and lang == name:
                out[lang] = "is not to be used"
            elif kind_of == "framework" and ours and named(name, ours):
                out[lang] = f"uses {FRAMEWORK_TITLES[ours]}, which is not to be used"
    for lang, missing in supported.without(features, kind).items():
        out[lang] = f"cannot generate {', '.join(missing)} yet"
    return out


def tell_avoided(request: Request, kind: str, lang: str) -> None:
    """What is not to be used and is used all the same was not understood so: it is told.

    Raises:
        UnsupportedError: the framework of this language for this kind of software is not to be
            used.
    """
    ours = FRAMEWORK_OF.get((lang, kind), "")
    for kind_of, name in list(request.found.avoided):
        if kind_of == "framework" and ours and named(name, ours):
            others = [
                f"{choices.title(other)} with {FRAMEWORK_TITLES[made]}"
                for (other, of), made in FRAMEWORK_OF.items()
                if of == kind
                and made != ours
                and kind in request.supported.archetypes.get(other, ())
            ]
            raise UnsupportedError(
                f"{FRAMEWORK_TITLES[ours]} is not to be used, but in {choices.title(lang)} there "
                "is nothing else to use here.",
                hint=f"Allow it, or ask for another: {', '.join(others) or 'there is none'}.",
            )
        if kind_of == "language" and name == lang:
            for clause in request.found.clauses:
                clause.needs = [
                    ("unknown", f"not {name}") if need == ("avoided", kind_of, name) else need
                    for need in clause.needs
                ]


def tell_limits(
    request: Request, kind: str, lang: str, features: list[str], behind: str = ""
) -> None:
    """What the language lacks and another one has; tools of other languages are wishes unmet.
    `behind` is the language of an API behind pages, which has features of its own."""
    lacking = request.supported.without(features, kind).get(lang, [])
    if behind:
        lacking = _tell_of_parts(request, kind, lang, features, behind)
    for name in lacking:
        request.unbuilt.append(name)
        others = [
            choices.title(other)
            for other, has in request.supported.having(kind).items()
            if name in has
        ]
        request.assumptions.append(
            f"'{name}' cannot be generated in {choices.title(lang)} yet; it can in "
            f"{', '.join(others)}."
        )
    said = request.wishes.tools
    request.wishes.tools = [(k, v) for k, v in said if wishes.uses(lang, k, v)]
    request.wishes.unknown += [(k, v) for k, v in said if not wishes.uses(lang, k, v)]


def _tell_of_parts(
    request: Request, kind: str, lang: str, features: list[str], behind: str
) -> list[str]:
    """What an API in that language lacks and one in another has, as it is told; the features that
    no API has are what is left."""
    of_apis, of_kind = request.supported.having(_API), request.supported.having(kind)
    around = of_kind.get(lang, frozenset()) - of_apis.get(lang, frozenset())
    gone = [n for n in features if n not in around and n not in of_apis.get(behind, ())]
    for name in gone:
        if others := [choices.title(other) for other, has in of_apis.items() if name in has]:
            request.unbuilt.append(name)
            request.assumptions.append(
                f"'{name}' cannot be generated for an API in {choices.title(behind)} yet; it can "
                f"in {', '.join(others)}."
            )
    anywhere = frozenset().union(*of_apis.values())
    elsewhere = frozenset().union(*of_kind.values())
    return [name for name in gone if name in elsewhere and name not in anywhere]


def _files(request: Request) -> list[ExtraFile]:
    given: list[ExtraFile] = request.host.values.get("extra_files", [])
    return given


def _language_of(path: str) -> str:
    """The language a file of the host's belongs to; empty for what fits any."""
    place = PurePosixPath(path)
    return _BY_NAME.get(place.name) or _BY_SUFFIX.get(place.suffix, "")
