"""Which features suit a kind of software, and the nearest thing to one that does not."""

from __future__ import annotations

from collections.abc import Mapping

from autonomous_coder.engines.intelligence.choices import title, told_kind
from autonomous_coder.engines.intelligence.features import DEFAULTS_REST_API, FEATURES
from autonomous_coder.engines.intelligence.wordset import word_set

DEFAULTS = {
    "rest_api": DEFAULTS_REST_API,
    "web_app": tuple(name for name in DEFAULTS_REST_API if name != "openapi"),
    "cli": ("tests", "docs"),
    "static_site": ("tests", "docs"),
    "game": ("tests", "docs"),
    "desktop_app": ("tests", "docs"),
    "library": ("tests", "docs"),
    "mcp_server": ("tests", "docs"),
    "worker": ("tests", "docs", "logging", "docker", "ci"),
    "data_pipeline": ("tests", "docs", "logging", "docker", "ci"),
    "realtime": (
        *("tests", "docs", "health", "validation", "websocket", "rate_limiting"),
        *("logging", "docker", "ci"),
    ),
}
"""What each kind of software gets unless the request says no."""

_LOGIN = word_set("accounts roles password_reset two_factor oauth api_keys multi_tenancy")
_SERVING = word_set(
    "openapi health cors rate_limiting graphql grpc websocket webhooks streaming monitoring tracing"
)
_PAGES = word_set("frontend admin_panel dashboard mobile_app maps")
_DATABASES = word_set("postgresql mysql mongodb redis elasticsearch")
_RUNNING = word_set("kubernetes cloud background_jobs compose")
_UPLOADS = frozenset({"file_upload"})
_LISTS = word_set("pagination filtering sorting search")

_Barred = tuple[tuple[frozenset[str], str], ...]
_BARRED: dict[str, _Barred] = {
    "data_pipeline": (
        (_LOGIN, "whoever runs a data pipeline is its only user"),
        (_SERVING, "a data pipeline answers no requests"),
        (_PAGES, "a data pipeline has no pages"),
        (
            _DATABASES | {"sqlite", "migrations"},
            "a data pipeline reads and writes files, and keeps nothing between its runs",
        ),
        (_RUNNING, "a data pipeline runs when it is called, and ends"),
        (_UPLOADS, "a data pipeline reads files where they lie"),
        (frozenset({"pagination"}), "a data pipeline answers no lists over a network"),
    ),
    "realtime": (
        (_LISTS, "a realtime service passes messages on; it answers no lists of what is stored"),
        (_PAGES, "a realtime service has no pages: whatever shows them connects to it"),
        (
            frozenset({"file_upload"}),
            "messages are small: files are handed in elsewhere",
        ),
        (frozenset({"roles"}), "whoever is in a room may do what all may who are in it"),
    ),
    "worker": (
        (_LOGIN, "a worker has no users: whoever runs it may do everything"),
        (_SERVING, "a worker answers no requests"),
        (_PAGES, "a worker has no pages"),
        (_DATABASES, "a worker keeps its runs in a file beside it"),
        (_LISTS, "a worker answers no lists over a network"),
        (_UPLOADS, "a worker receives no uploads"),
    ),
    "mcp_server": (
        (_LOGIN, "an MCP server over stdio has one user, whose assistant starts it"),
        (_SERVING, "an MCP server answers assistants over its own protocol, not over HTTP"),
        (_PAGES, "an MCP server has no pages"),
        (_DATABASES, "an MCP server keeps its data in a file of its user"),
        (_RUNNING, "an MCP server runs as long as the assistant that starts it"),
        (_UPLOADS, "an MCP server receives no uploads"),
    ),
    "cli": (
        (_LOGIN, "whoever runs a command-line program is its only user"),
        (_SERVING, "a command-line program answers no requests"),
        (_PAGES, "a command-line program has no pages"),
        (_DATABASES, "a command-line program keeps its data in a file of its user"),
        (_RUNNING, "a command-line program runs when it is called, and ends"),
        (_UPLOADS, "a command-line program reads files where they lie"),
    ),
    "desktop_app": (
        (_LOGIN, "whoever opens a desktop application is its only user"),
        (_SERVING, "a desktop application answers no requests"),
        (_PAGES - {"dashboard"}, "a desktop application has windows, not pages"),
        (_DATABASES, "a desktop application keeps its data in a file of its user"),
        (_RUNNING | {"docker"}, "a desktop application runs on the desktop of its user"),
        (frozenset({"pagination"}), "lists in windows are scrolled"),
    ),
    "game": (
        (_LOGIN, "a game knows nobody: whoever opens it plays"),
        (_SERVING, "a game here is for one player, and has no server"),
        (
            _DATABASES | {"sqlite", "migrations", "file_upload", "logging"},
            "a game keeps no data: the field is gone when it is closed",
        ),
        (_RUNNING | _LISTS, "a game is played, it does not run as a service"),
    ),
    "static_site": (
        (_LOGIN, "a static site knows nobody: it is the same for all who read it"),
        (_SERVING - {"health"}, "a static site answers with files, whoever asks"),
        (frozenset({"health"}), "a static site has no state that could be ill"),
        (
            _DATABASES | {"sqlite", "migrations", "file_upload", "logging"},
            "a static site has no server of its own that could keep anything",
        ),
        (_RUNNING, "a static site is files; any web server hands them out"),
    ),
    "library": (
        (_LOGIN, "the program that uses a library decides who its users are"),
        (_SERVING, "a library answers no requests"),
        (_PAGES, "a library has no pages"),
        (
            _DATABASES | {"sqlite", "migrations"},
            "the program that uses a library decides where data is kept",
        ),
        (_RUNNING | {"docker"}, "a library is installed into programs, not run by itself"),
        (_LISTS, "a library answers no lists over a network"),
        (_UPLOADS, "a library receives no uploads"),
    ),
}
_INSTEAD = {
    ("data_pipeline", "openapi"): "JSON Schemas of its datasets, which `schemas` prints",
    ("data_pipeline", "monitoring"): "a report in JSON of every run, and exit codes",
    ("data_pipeline", "background_jobs"): "a worker, or any scheduler that calls the pipeline",
    ("cli", "postgresql"): "sqlite",
    ("desktop_app", "postgresql"): "sqlite",
    ("desktop_app", "mysql"): "sqlite",
    ("desktop_app", "docker"): "a program by PyInstaller, as the README says",
    ("cli", "mysql"): "sqlite",
    ("worker", "postgresql"): "sqlite",
    ("worker", "mysql"): "sqlite",
    ("worker", "monitoring"): "logging, one JSON object a line",
    ("realtime", "mysql"): "postgresql",
    ("realtime", "redis"): "sqlite or postgresql, which keep what was said in rooms",
    ("realtime", "streaming"): "rooms, whose messages are passed on at once",
    ("mcp_server", "postgresql"): "sqlite",
    ("mcp_server", "mysql"): "sqlite",
    ("mcp_server", "openapi"): "schemas of the tools, which every tool has",
    ("static_site", "accounts"): "a web application in Python, which can have it",
    ("cli", "openapi"): "--help, which every command has",
    ("library", "openapi"): "docs, made from the code",
    ("library", "docker"): "a package that can be published, tested by ci",
    ("library", "kubernetes"): "a package that can be published, tested by ci",
}
_TITLES = {"rest_api": "a REST API", "cli": "a command-line program"}


def why_not(kind: str, name: str) -> str:
    """Why a feature makes no sense for a kind of software; empty when it does."""
    return next((why for names, why in _BARRED.get(kind, ()) if name in names), "")


def nearest(
    kind: str,
    name: str,
    language: str,
    archetypes: Mapping[str, frozenset[str]],
    features: Mapping[str, frozenset[str]],
) -> str:
    """The nearest thing that works, in words; both mappings are by language."""
    instead = _INSTEAD.get((kind, name), "")
    if instead:
        return instead
    for other in (known for known in _TITLES if known != kind and not why_not(known, name)):
        for lang in dict.fromkeys([language, *sorted(archetypes)]):
            if other in archetypes.get(lang, ()) and name in features.get(lang, ()):
                return f"{_TITLES[other]} in {title(lang)}, which can have it"
    return "code of your own, handed in with 'spec.extra_files'"


def nearest_with(
    name: str, language: str, of_kinds: Mapping[str, Mapping[str, frozenset[str]]]
) -> str:
    """The nearest kind of software that has a feature, in the same language where there is one."""
    having = [
        (lang != language, told_kind(kind), lang)
        for kind, languages in sorted(of_kinds.items())
        for lang, features in languages.items()
        if name in features
    ]
    if not having:
        return "code of your own, handed in with 'spec.extra_files'"
    _, what, lang = min(having)
    return f"{what} in {title(lang)}, which can have it"


def row(kind: str, name: str, instead: str) -> tuple[str, list[str]]:
    """The requirement that is not built, with the reason and what is nearest."""
    what = FEATURES[name].title if name in FEATURES else name
    return (
        f"{what}: not built, because {why_not(kind, name)}; nearest: {instead}",
        [f"feature:{name}"],
    )
