"""Where the user's Composer looks: its config.json with auth.json, else composer is asked."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from autonomous_coder.registries.endpoints import basic

MAX_CONFIG_BYTES = 1_000_000
_OWN = re.compile(r"packagist(?:\.\w{2,6})?")
"""How Composer's settings call its own repository."""
_LISTED = re.compile(r"^\[repositories\.packagist(?:\.\w{2,6})?\.url\]\s+(\S+)", re.M)


@dataclass(frozen=True, slots=True)
class Repositories:
    """Addresses in the order asked; `default_wanted` when Composer's own one follows them."""

    urls: tuple[str, ...]
    default_wanted: bool


def home(env: Mapping[str, str] = os.environ) -> Path:
    """Composer's own directory."""
    if named := env.get("COMPOSER_HOME"):
        return Path(named)
    old = Path.home() / ".composer"
    return (
        old
        if old.is_dir()
        else Path(env.get("XDG_CONFIG_HOME") or Path.home() / ".config") / ("composer")
    )


def configured_repositories(env: Mapping[str, str] = os.environ) -> Repositories:
    """The Composer repositories of the user's own (not a project's) config.json."""
    rows = _json(home(env) / "config.json").get("repositories")
    named = list(rows.items()) if isinstance(rows, dict) else []
    if isinstance(rows, list):
        named = [(str(row.get("name", "")), row) for row in rows if isinstance(row, dict)]
        named += [
            (str(key), value)
            for row in rows
            if isinstance(row, dict)
            for key, value in row.items()
            if value is False
        ]
    urls: list[str] = []
    wanted = True
    for name, row in named:
        if _OWN.fullmatch(name):
            wanted = False
        if isinstance(row, dict) and row.get("type", "composer") == "composer":
            url = str(row.get("url", ""))
            if url.startswith(("https://", "http://")):
                urls.append(url)
    return Repositories(tuple(dict.fromkeys(urls))[:10], wanted)


def listed_default(listing: str) -> str:
    """The default repository in what `composer config --global --list` prints; may be empty."""
    match = _LISTED.search(listing)
    # Composer writes `https?` for an address it would also take without TLS.
    return re.sub(r"^https\?", "https", match[1]) if match else ""


def login_for(url: str, env: Mapping[str, str] = os.environ) -> str:
    """The Authorization value of auth.json or COMPOSER_AUTH for an address' host, or empty."""
    host = urlsplit(url).hostname or ""
    try:
        given = json.loads(env.get("COMPOSER_AUTH", "") or "{}")
    except ValueError:
        given = {}
    for values in (given, _json(home(env) / "auth.json")):
        if not isinstance(values, dict):
            continue
        login, bearer = values.get("http-basic"), values.get("bearer")
        row = login.get(host) if isinstance(login, dict) else None
        if isinstance(row, dict):
            return basic(str(row.get("username", "")), str(row.get("password", "")))
        token = bearer.get(host) if isinstance(bearer, dict) else None
        if isinstance(token, str) and token:
            return f"Bearer {token}"
    return ""


def _json(path: Path) -> dict[str, Any]:
    try:
        if path.is_file() and path.stat().st_size <= MAX_CONFIG_BYTES:
            values = json.loads(path.read_text(encoding="utf-8"))
            return values if isinstance(values, dict) else {}
    except (OSError, ValueError, RecursionError):
        pass
    return {}
