"""Where the user's NuGet looks: NuGet.Config, else `dotnet nuget list source` is asked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

from autonomous_coder.registries.endpoints import basic
from autonomous_coder.registries.maven_address import blocks, strip_comments

MAX_CONFIG_BYTES = 1_000_000
_ADD = re.compile(r"<add\s([^<>]{1,2000})/?>|<clear\s*/?>")
_ATTRIBUTE = re.compile(r"""(\w{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LISTED = re.compile(r"^\s*\d+\.\s+.*\[(\w+)\]\s*\n\s*(https?://\S+)\s*$", re.M)


def configured_sources(env: Mapping[str, str] = os.environ) -> list[tuple[str, str]]:
    """(address, Authorization value) of the enabled sources of the user's own NuGet.Config."""
    for path in _files(env):
        document = strip_comments(_read(path))
        sources = _adds(next(blocks(document, "packageSources"), ""))
        disabled = {
            key
            for key, value in _adds(next(blocks(document, "disabledPackageSources"), ""))
            if value.lower() == "true"
        }
        found = [
            (url, _login(document, key))
            for key, url in sources
            if key not in disabled and url.startswith(("https://", "http://"))
        ]
        if found:
            return found[:10]
    return []


def listed_sources(listing: str) -> list[str]:
    """The enabled http(s) sources that `dotnet nuget list source` prints.

    The state in brackets is translated; a disabled source is told by the other word.
    """
    rows = _LISTED.findall(listing)
    return [url for state, url in rows if not state.lower().startswith("dis")][:10]


def _files(env: Mapping[str, str]) -> list[Path]:
    home = Path.home()
    roots = [home / ".nuget" / "NuGet", home / ".config" / "NuGet"]
    if appdata := env.get("APPDATA"):
        roots.insert(0, Path(appdata) / "NuGet")
    return [root / name for root in roots for name in ("NuGet.Config", "nuget.config")]


def _adds(block: str) -> list[tuple[str, str]]:
    """(key, value) of the `<add>` elements; `<clear/>` forgets those before it."""
    found: list[tuple[str, str]] = []
    for match in _ADD.finditer(block):
        if not match[1]:
            found = []
            continue
        values = {m[1].lower(): unescape(m[2] or m[3] or "") for m in _ATTRIBUTE.finditer(match[1])}
        if "key" in values:
            found.append((values["key"], values.get("value", "")))
    return found


def _login(document: str, key: str) -> str:
    """The credentials of a source; those encrypted by Windows cannot be read."""
    block = next(blocks(document, "packageSourceCredentials"), "")
    tag = re.escape(key.replace(" ", "_x0020_"))
    values = dict(_adds(next(blocks(block, tag), "")))
    user, password = (values.get(name, "") for name in ("Username", "ClearTextPassword"))
    user, password = _expanded(user), _expanded(password)
    return basic(user, password) if password else ""


def _expanded(value: str) -> str:
    return re.sub(r"%([^%]{1,100})%", lambda m: os.environ.get(m[1], m[0]), value)


def _read(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size <= MAX_CONFIG_BYTES:
            return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        pass
    return ""
