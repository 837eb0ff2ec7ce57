"""Where the user's Go looks: GOPROXY with its fallbacks, and the names it asks no proxy for."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

MAX_CONFIG_BYTES = 1_000_000
KEYS = ("GOPROXY", "GOSUMDB", "GONOPROXY", "GOPRIVATE", "GONOSUMDB")


@dataclass(frozen=True, slots=True, repr=False)
class Proxies:
    """`entries` are (address, whether the next is asked on any error, not only when this one has
    no such module); credentials may be in the addresses. `sumdb` may be `off`. Patterns of module
    paths: `private` are asked of no proxy, `unsummed` of no checksum database, `secret` of nobody
    outside at all."""

    entries: tuple[tuple[str, bool], ...]
    sumdb: str
    private: tuple[str, ...]
    unsummed: tuple[str, ...]
    secret: tuple[str, ...]
    origin: str


def settings(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the environment and Go's own settings file say (`go env -w` writes the latter)."""
    named = env.get("GOENV", "")
    found = {} if named == "off" else _file(Path(named) if named else _default_file(env))
    return {key: value for key in KEYS if (value := env.get(key) or found.get(key, ""))}


def proxies(values: Mapping[str, str], origin: str) -> Proxies:
    """The proxies in the order asked; `direct` and `off` end the list."""
    entries: list[tuple[str, bool]] = []
    for entry, mark in re.findall(r"([^,|]+)([,|]?)", values.get("GOPROXY", "")):
        address = entry.strip()
        if address in ("direct", "off"):
            break
        if address.startswith(("https://", "http://")):
            entries.append((address, mark == "|"))
    words = values.get("GOSUMDB", "").split()
    host = words[0].partition("+")[0] if words else ""
    own = values.get("GOPRIVATE", "")
    private = _patterns(values.get("GONOPROXY") or own)
    return Proxies(
        tuple(entries[:10]),
        host,
        private,
        _patterns(values.get("GONOSUMDB") or own),
        tuple(dict.fromkeys((*private, *_patterns(own)))),
        origin,
    )


def _patterns(said: str) -> tuple[str, ...]:
    """The patterns of a list; the word `none` is an empty one."""
    if said.strip() == "none":
        return ()
    return tuple(p.strip() for p in said.split(",") if p.strip())[:100]


def private_patterns() -> tuple[str, ...]:
    """The modules whose very names stay here, by Go's own settings."""
    return proxies(settings(), "").secret


def is_kept_away(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a module path falls under one of the patterns: each of its parts matches, and more
    may follow."""
    parts = name.split("/")
    for pattern in patterns:
        wanted = pattern.split("/")
        if len(wanted) <= len(parts) and all(
            fnmatchcase(part, glob) for part, glob in zip(parts, wanted, strict=False)
        ):
            return True
    return False


def _default_file(env: Mapping[str, str]) -> Path:
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "go" / "env"
    return Path(env.get("XDG_CONFIG_HOME") or home / ".config") / "go" / "env"


def _file(path: Path) -> dict[str, str]:
    try:
        if not path.is_file() or path.stat().st_size > MAX_CONFIG_BYTES:
            return {}
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    rows = (line.partition("=") for line in content.splitlines() if not line.startswith("#"))
    return {key.strip(): value.strip() for key, mark, value in rows if mark}
