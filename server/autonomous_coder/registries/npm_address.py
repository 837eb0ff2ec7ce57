"""Where the user's npm looks: environment, `.npmrc` files, else npm itself is asked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

MAX_CONFIG_BYTES = 1_000_000


def configured(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The merged keys of the user's and the global `.npmrc` and the environment.

    Project files are not read: a project is untrusted.
    """
    values: dict[str, str] = {}
    prefix = env.get("npm_config_prefix") or env.get("PREFIX") or "/usr/local"
    files = [
        Path(env.get("npm_config_globalconfig") or Path(prefix) / "etc" / "npmrc"),
        Path(env.get("npm_config_userconfig") or Path.home() / ".npmrc"),
    ]
    for path in files:
        values.update(_read(path, env))
    for key, value in env.items():
        if key.lower() == "npm_config_registry" and value:
            values["registry"] = value
    return values


def authorization(values: Mapping[str, str], registry: str) -> str:
    """The Authorization value `.npmrc` holds for a registry (`//host/path/:_authToken=`)."""
    parts = urlsplit(registry)
    path = parts.path.rstrip("/")
    while True:
        scope = f"//{parts.netloc.rpartition('@')[2]}{path}/"
        token = values.get(f"{scope}:_authToken")
        if token:
            return f"Bearer {token}"
        basic = values.get(f"{scope}:_auth")
        if basic:
            return f"Basic {basic}"
        if not path:
            return ""
        path = path.rpartition("/")[0]


def _read(path: Path, env: Mapping[str, str]) -> dict[str, str]:
    try:
        if not path.is_file() or path.stat().st_size > MAX_CONFIG_BYTES:
            return {}
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    values: dict[str, str] = {}
    for line in content.splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.lstrip().startswith((";", "#")):
            plain = value.strip().strip("\"'")
            values[key.strip()] = re.sub(
                r"\$\{([^}]+)\}", lambda m: env.get(m[1].rstrip("?"), ""), plain
            )
    return values
