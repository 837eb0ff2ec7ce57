"""Routes of an OpenAPI document that can be asked for, parameters filled with plausible values."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

MAX_ROUTES = 200
MAX_HOPS = 20
BY_FORMAT = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "someone@example.org",
    "uri": "https://example.org/",
    "ipv4": "192.0.2.1",
}
BY_TYPE = {"integer": "1", "number": "1", "boolean": "true", "string": "a", "array": "1"}


def routes(document: dict[str, Any]) -> list[tuple[str, str]]:
    """(route as documented, path to ask for) of every GET."""
    found: list[tuple[str, str]] = []
    paths = document.get("paths")
    prefix = _prefix(document)
    for route, item in paths.items() if isinstance(paths, dict) else ():
        item = _resolved(document, item)
        get = item.get("get")
        if not isinstance(get, dict) or not route.startswith("/"):
            continue
        given: dict[tuple[str, str], dict[str, Any]] = {}
        for one in [*_list(item.get("parameters")), *_list(get.get("parameters"))]:
            parameter = _resolved(document, one)
            given[str(parameter.get("in")), str(parameter.get("name"))] = parameter
        path, query = route, {}
        for (where, name), parameter in given.items():
            value = _value(document, parameter)
            if where == "path":
                path = path.replace("{" + name + "}", quote(value, safe=""))
            elif where == "query" and parameter.get("required"):
                query[name] = value
        path = re.sub(r"\{[^{}]*\}", "1", path)
        found.append((route, prefix + path + (f"?{urlencode(query)}" if query else "")))
    # What needs nothing comes first: a route further down may change what it answers.
    found.sort(key=lambda pair: "{" in pair[0])
    return found[:MAX_ROUTES]


def _prefix(document: dict[str, Any]) -> str:
    """The path under which the routes stand."""
    servers = _list(document.get("servers"))
    address = servers[0].get("url") if servers and isinstance(servers[0], dict) else None
    base = address if isinstance(address, str) else document.get("basePath")
    if not isinstance(base, str) or "{" in base:
        return ""
    try:
        path = urlsplit(base).path.rstrip("/")
    except ValueError:
        return ""
    return path if path.startswith("/") else ""


def _resolved(document: dict[str, Any], value: Any) -> dict[str, Any]:
    """What a `$ref` of the same document stands for."""
    for _ in range(MAX_HOPS):
        if not isinstance(value, dict):
            return {}
        place = value.get("$ref")
        if not isinstance(place, str):
            return value
        value = document
        for part in place.removeprefix("#/").split("/"):
            value = value.get(part) if isinstance(value, dict) else None
    return {}


def _value(document: dict[str, Any], parameter: dict[str, Any]) -> str:
    schema = _resolved(document, parameter.get("schema") or parameter)
    for options in ("anyOf", "oneOf", "allOf"):
        if "type" not in schema and (choices := _list(schema.get(options))):
            schema = _resolved(document, choices[0])
    examples = parameter.get("examples")
    named = list(examples.values()) if isinstance(examples, dict) else []
    candidates = [
        parameter.get("example"),
        named[0].get("value") if named and isinstance(named[0], dict) else None,
        schema.get("example"),
        *_list(schema.get("examples"))[:1],
        schema.get("const"),
        *_list(schema.get("enum"))[:1],
        schema.get("default"),
    ]
    for candidate in candidates:
        if isinstance(candidate, (str, int, float)) and str(candidate):
            return str(candidate).lower() if isinstance(candidate, bool) else str(candidate)
    kind = schema.get("type")
    kind = next((k for k in kind if k != "null"), "string") if isinstance(kind, list) else kind
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    if kind in {"integer", "number"} and isinstance(least, (int, float)):
        return str(max(1, int(least) + 1))
    size = schema.get("minLength")
    if kind == "string" and isinstance(size, int) and "format" not in schema:
        return "a" * min(max(1, size), 200)
    return BY_FORMAT.get(str(schema.get("format")), BY_TYPE.get(str(kind), "1"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
