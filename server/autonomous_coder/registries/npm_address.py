"""Where the user's npm looks: environment, `.npmrc` files, else npm itself is asked."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

MAX_CONFIG_BYTES = 1_000_000
MAX_SCOPES = 50
_SCOPE = re.compile(r"(@[a-z0-9~-][a-z0-9._~-]{0,100}):registry", re.I)


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
        name = key[len("npm_config_") :] if key.lower().startswith("npm_config_") else ""
        # Other keys come as npm_config_//host/:_authToken and npm_config_@scope:registry.
        if value and (name.lower() == "registry" or name.startswith(("//", "@"))):
            values[name.lower() if name.lower() == "registry" else name] = value
    return values


def scopes(values: Mapping[str, str]) -> dict[str, str]:
    """Scope -> address of the registries that have a scope of their own."""
    found: dict[str, str] = {}
    for key, value in values.items():
        match = _SCOPE.fullmatch(key)
        if match and value.startswith(("https://", "http://")) and len(found) < MAX_SCOPES:
            found[match[1].lower()] = value
    return found


def authorization(values: Mapping[str, str], registry: str) -> str:
    """The Authorization value `.npmrc` holds for a registry (`//host/path/:_authToken=`)."""
    parts = urlsplit(registry)
    path = parts.path.rstrip("/")
    while True:
        # Keys without a host are never used: whose they are is not known.
        header = _header(values, f"//{parts.netloc.rpartition('@')[2]}{path}/:")
        if header:
            return header
        if not path:
            return ""
        path = path.rpartition("/")[0]


def _header(values: Mapping[str, str], prefix: str) -> str:
    if token := values.get(f"{prefix}_authToken"):
        return f"Bearer {token}"
    if login := values.get(f"{prefix}_auth"):
        return f"Basic {login}"
    user, packed = values.get(f"{prefix}username"), values.get(f"{prefix}_password")
    if not user or not packed:
        return ""
    try:
        password = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return f"Basic {base64.b64encode(user.encode() + b':' + password).decode()}"


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
