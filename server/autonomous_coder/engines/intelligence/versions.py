"""Versions that a sentence asks for (`with React 19 and PostgreSQL 17`): they are looked up when a
project is made, so that a number is taken out of the sentence, and told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NAMES = (
    r"[Pp]ython|[Tt]ype[Ss]cript|[Nn]ode(?:\.?js|\.?JS)?|Go|[Gg]olang|Rust|Java|JDK|React|Vue|Svelte"
    r"|Angular|(?<!the )Next(?:\.js)?|Express(?:\.js)?|[Ff]ast[Aa][Pp][Ii]|Django|Flask"
    r"|Spring(?: Boot)?|Hono|Fastify|[Pp]ostgres(?:ql|QL|SQL)?|Tailwind(?: CSS)?|Vite"
)
_SAID = re.compile(
    rf"\b(?P<name>{_NAMES})(?: version)? v?(?P<version>\d{{1,3}}(?:\.(?:\d{{1,4}}|x))*\+?)"
    r"(?=\s*(?:$|[,;:)(!?\n]|\.(?:\s|$)|(?i:and|or|plus|with|for|in|using|on|that|which|to|rest|api"
    r"|app|application|backend|service|server|project|site|website|cli|library|worker|web|frontend"
    r"|front|dashboard|portal|microservice|program|script|game|mcp|single|full)\b))",
    re.MULTILINE,
)


@dataclass(slots=True)
class Said:
    """`rest` is the sentence without its versions; `asked` are names with the version of each."""

    rest: str
    asked: list[tuple[str, str]] = field(default_factory=list)


def taken(text: str) -> Said:
    """The versions a sentence asks for; `Python 3` is a name of the language."""
    asked = [
        (found["name"], found["version"])
        for found in _SAID.finditer(text)
        if (found["name"].lower(), found["version"]) != ("python", "3")
    ]
    return Said(_SAID.sub(lambda found: found["name"], text), asked)
