"""Where the user's RubyGems and bundler look: ~/.gemrc, bundler's mirror, else gem is asked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from autonomous_coder.registries.endpoints import basic

MAX_CONFIG_BYTES = 1_000_000


def configured_sources(env: Mapping[str, str] = os.environ) -> tuple[list[str], str]:
    """(addresses in order, where found): bundler's mirror of everything, else ~/.gemrc."""
    mirror = env.get("BUNDLE_MIRROR__ALL", "").strip() or _bundle(env).get("BUNDLE_MIRROR__ALL", "")
    if mirror.startswith(("https://", "http://")):
        return [mirror], "bundler's mirror"
    for path in (env.get("GEMRC", ""), str(Path.home() / ".gemrc"), "/etc/gemrc"):
        values = _yaml(Path(path)) if path else {}
        rows = values.get(":sources") or values.get("sources")
        rows = rows if isinstance(rows, list) else []
        found = [str(row) for row in rows if str(row).startswith(("https://", "http://"))]
        if found:
            return found, "gem's settings"
    return [], ""


def login_for(url: str, env: Mapping[str, str] = os.environ) -> str:
    """The Authorization value bundler has for a host (`BUNDLE_GEMS__EXAMPLE__COM`), or empty."""
    host = urlsplit(url).hostname or ""
    key = "BUNDLE_" + host.upper().replace("-", "___").replace(".", "__")
    value = env.get(key, "") or _bundle(env).get(key, "")
    user, colon, password = value.partition(":")
    return basic(unquote(user), unquote(password)) if colon or user else ""


def _bundle(env: Mapping[str, str]) -> dict[str, str]:
    home = env.get("BUNDLE_USER_CONFIG") or str(Path.home() / ".bundle" / "config")
    return {str(k): str(v) for k, v in _yaml(Path(home)).items()}


def _yaml(path: Path) -> dict[str, object]:
    import yaml

    try:
        if not path.is_file() or path.stat().st_size > MAX_CONFIG_BYTES:
            return {}
        content = path.read_text(encoding="utf-8")
        # `:sources:` is a Ruby symbol: the key is `:sources`.
        values = yaml.safe_load(re.sub(r"^(:\w+):", r'"\1":', content, flags=re.M))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}
