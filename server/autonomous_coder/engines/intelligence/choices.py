"""Kind of software and language: what was asked, what can be done, what is assumed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.archetypes import SOFT_ARCHETYPES
from autonomous_coder.engines.intelligence.frameworks import (
    FRAMEWORK_OF,
    FRAMEWORK_TITLES,
    FRAMEWORKS,
    NEXT,
    VARIANTS,
    plain,
)
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import Provenance, Question

FALLBACK_LANGUAGE = "python"
_TITLES = {
    "rest_api": "a REST API", "cli": "a command-line program", "library": "a library",
    "web_app": "a web application", "worker": "a background worker",
    "realtime": "a real-time server",
    "static_site": "a static site", "game": "a game", "desktop_app": "a desktop application",
    "data_pipeline": "a data pipeline", "mcp_server": "an MCP server",
}  # fmt: skip
_LANGUAGE_TITLES = {
    "python": "Python", "typescript": "TypeScript", "javascript": "JavaScript", "go": "Go",
    "rust": "Rust", "java": "Java", "csharp": "C#", "php": "PHP", "ruby": "Ruby", "cpp": "C++",
    "swift": "Swift", "elixir": "Elixir", "html": "HTML", "kotlin": "Kotlin",
}  # fmt: skip
KNOWN_LANGUAGES = frozenset(_LANGUAGE_TITLES)
_ALIASES = {
    "py": "python", "python3": "python", "ts": "typescript", "js": "javascript",
    "node": "javascript",
    "nodejs": "javascript", "golang": "go", "c#": "csharp", ".net": "csharp", "dotnet": "csharp",
    "c++": "cpp", "rs": "rust", "html5": "html", "css": "html", "html/css": "html",
    "html/css/js": "html", "static": "html",
}  # fmt: skip
_ARCHETYPE_ALIASES = {
    "api": "rest_api", "rest": "rest_api", "rest-api": "rest_api", "backend": "rest_api",
    "web": "web_app", "website": "web_app", "command_line": "cli", "package": "library",
    "desktop": "desktop_app", "mcp": "mcp_server", "pipeline": "data_pipeline",
}  # fmt: skip
_VERSION = re.compile(r"(?<=\w)[ @]+v?(?P<version>\d+(?:\.\d+)*(?:\.x|\+)?)\s*$", re.IGNORECASE)
PROGRAMS = frozenset({"cli", "library", "mcp_server"})
"""Kinds that may be made beside an API the request speaks of (`a CLI for our REST API`)."""


@dataclass(slots=True)
class Choice:
    """A decision with who made it and what has to be said about it."""

    value: str
    provenance: Provenance
    assumptions: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def title(language: str) -> str:
    return _LANGUAGE_TITLES.get(language, language[:40].capitalize())


def told_kind(kind: str) -> str:
    """`a REST API`, for messages."""
    return _TITLES.get(kind, kind[:40].replace("_", " "))


def normal_language(value: str) -> str:
    """A language by its one name: `Golang` and `python 3.12` are known, too."""
    text = without_version(value)[0].strip().lower()
    return _ALIASES.get(text, text)


def without_version(value: str) -> tuple[str, str]:
    """`Python 3.12` -> `Python`, `3.12`; `html5` is a name of its own."""
    found = _VERSION.search(value)
    return (value[: found.start()], found["version"]) if found else (value, "")


def normal_archetype(value: str) -> str:
    text = value.strip().lower().replace(" ", "_").replace("-", "_")
    return _ARCHETYPE_ALIASES.get(text, text)


def offered(supported: Mapping[str, frozenset[str]]) -> str:
    """`Python: rest_api; Go: cli`, for messages."""
    rows = [
        f"{title(lang)}: {', '.join(sorted(kinds))}" for lang, kinds in sorted(supported.items())
    ]
    return "; ".join(rows) or "nothing"


def archetype(
    explicit: str,
    heard: list[str],
    supported: Mapping[str, frozenset[str]],
    *,
    asked: str = "",
) -> Choice:
    """What kind of software to make. Where the language that is `asked` for cannot generate a kind
    that stands beside an API, the API is made.

    Raises:
        UnsupportedError: one was asked for that no language here can generate.
    """
    available = frozenset().union(*supported.values()) if supported else frozenset()
    if explicit:
        kind = normal_archetype(explicit)
        if kind not in available:
            raise _no_archetype(kind, supported)
        return Choice(kind, Provenance.HOST)
    hard = [kind for kind in heard if kind not in SOFT_ARCHETYPES]
    chosen = hard[0] if hard else (heard[0] if heard else "")
    if "rest_api" in hard and not (chosen in PROGRAMS and chosen in available):
        chosen = "rest_api"
    lacks = chosen in SOFT_ARCHETYPES and asked in supported and chosen not in supported[asked]
    if chosen in available and not lacks:
        return Choice(chosen, Provenance.USER)
    if chosen and chosen not in SOFT_ARCHETYPES:
        raise _no_archetype(chosen, supported)
    if "rest_api" not in available:
        raise _no_archetype(chosen or "rest_api", supported)
    if chosen:
        what = _TITLES[chosen]
        return Choice(
            "rest_api",
            Provenance.RULE,
            [
                f"The request speaks of {what}; that cannot be generated "
                f"{f'in {title(asked)} ' if lacks and chosen in available else ''}yet, "
                "so the REST API behind it is built."
            ],
            [_question(available, f"Is the REST API behind {what} of use?")],
        )
    return Choice(
        "rest_api",
        Provenance.RULE,
        ["The request does not say what kind of software is meant: a REST API is built."],
        [_question(available, "What kind of software should it be?")],
    )


def _question(available: frozenset[str], text: str) -> Question:
    return Question(id="archetype", question=text, assumed="rest_api", choices=sorted(available))


def _no_archetype(kind: str, supported: Mapping[str, frozenset[str]]) -> UnsupportedError:
    what = _TITLES.get(kind, f"'{kind[:40]}'")
    return UnsupportedError(
        f"This asks for {what}, which cannot be generated yet.",
        hint=f"What can be generated: {offered(supported)}. Describe the REST API behind it "
        'instead, for example "a REST API for players and high scores".',
    )


def language(
    explicit: str,
    heard: list[str],
    frameworks: list[str],
    default: str,
    kind: str,
    supported: Mapping[str, frozenset[str]],
    *,
    unfit: Mapping[str, str] | None = None,
) -> Choice:
    """Which language to write it in. `unfit` are languages that nobody asked for and that do not
    suit this request here, each with the reason (`cannot generate ...`): the default gives way
    to one that does, where there is one.

    Raises:
        UnsupportedError: one was asked for that cannot generate this kind of software.
    """
    asked = normal_language(explicit) if explicit else (heard[0] if heard else "")
    by = "" if asked or not frameworks else frameworks[0]
    asked = FRAMEWORKS[by].language if by else asked
    if asked:
        able(asked, kind, supported, framework=by)
        return Choice(asked, Provenance.HOST if explicit else Provenance.USER)
    wanted = normal_language(default)
    fitting = [
        lang
        for lang in dict.fromkeys((wanted, FALLBACK_LANGUAGE, *sorted(supported)))
        if kind in supported.get(lang, frozenset())
    ]
    if not fitting:
        raise _no_archetype(kind, supported)
    why = unfit or {}
    used = next((lang for lang in fitting if lang not in why), fitting[0])
    if used == "html":
        note = (
            f"{_TITLES[kind][:1].upper()}{_TITLES[kind][1:]} is made of HTML, CSS and JavaScript."
        )
    elif used == wanted:
        note = f"The request names no language: {title(used)} is used, the default language."
    else:
        reason = f"cannot generate {kind} yet" if wanted not in fitting else why[wanted]
        note = f"{title(wanted)} is the default language but {reason}; {title(used)} is used."
    return Choice(used, Provenance.DEFAULT, [note])


def able(
    asked: str, kind: str, supported: Mapping[str, frozenset[str]], *, framework: str = ""
) -> None:
    """Refuse a language that is `asked` for, by its name or that of a `framework`, and cannot
    generate this kind of software; an empty one can.

    Raises:
        UnsupportedError: it cannot.
    """
    if not asked or kind in supported.get(asked, frozenset()):
        return
    of = f"{framework_title(framework)} is a framework of " if framework else ""
    raise UnsupportedError(
        f"{of}{title(asked)}{', which' if framework else ''} cannot generate "
        f"{_TITLES.get(kind, kind)} yet.",
        hint=f"{_nearest(asked, kind, supported)}What can be generated: "
        f"{offered(supported)}. Leave the language away to use one of these.",
    )


_NEAR = {
    "javascript": ("typescript",),
    "typescript": ("javascript",),
    "kotlin": ("java",),
}
"""Languages that are nearest to another one."""


def _nearest(asked: str, kind: str, supported: Mapping[str, frozenset[str]]) -> str:
    """`Nearest: a REST API in TypeScript with Hono, or a library in Go. ` or nothing."""
    able = [lang for lang in sorted(supported) if kind in supported[lang]]
    near = [lang for lang in _NEAR.get(asked, ()) if lang in able]
    other = next(iter([*near, *(lang for lang in (FALLBACK_LANGUAGE, *able) if lang in able)]), "")
    cells = [(other, kind)] if other else []
    served = kind in SOFT_ARCHETYPES
    kinds = sorted(
        supported.get(asked, frozenset()),
        key=lambda k: ((k != "rest_api") if served else (k not in PROGRAMS), k),
    )
    cells += [(asked, found) for found in kinds[:1]]
    words = [f"{_TITLES.get(what, what)} in {title(lang)}{_built_with(lang, what)}"
             for lang, what in cells]  # fmt: skip
    return f"Nearest: {', or '.join(words)}. " if words else ""


def _built_with(lang: str, kind: str) -> str:
    ours = FRAMEWORK_OF.get((lang, kind), "")
    return f" with {FRAMEWORK_TITLES[ours]}" if ours else ""


def framework_title(name: str) -> str:
    return FRAMEWORK_TITLES.get(name, name[:40].capitalize())


def framework(asked: str, lang: str, kind: str) -> str:
    """The framework that is used.

    Raises:
        UnsupportedError: another one was asked for.
    """
    ours = FRAMEWORK_OF.get((lang, kind), "")
    same = {ours, ours.replace(" ", ""), f"{ours}.js", f"{ours}js"} if ours else set()
    same |= {ours.partition(" ")[0]} - {""}
    if asked and plain(asked) not in same and plain(asked).replace(" ", "") not in same:
        if plain(asked) in VARIANTS.get((lang, kind), ()):
            return plain(asked)
        if plain(asked) == NEXT:
            raise UnsupportedError(
                "Next.js makes web applications in TypeScript here, whose pages ask their database "
                f"themselves, and not {_TITLES.get(kind, kind)}.",
                hint="Nearest: a web application with Next.js and no API beside it, or one with "
                "React whose API is in a language of your choice.",
            )
        raise UnsupportedError(
            f"The framework '{asked[:40]}' is not supported.",
            hint=f"In {title(lang)}, {_TITLES.get(kind, kind)} is built with "
            f"{FRAMEWORK_TITLES.get(ours, 'no framework')}; "
            "leave 'framework' away to use it.",
        )
    return ours
