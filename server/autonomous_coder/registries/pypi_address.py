"""Where the user's Python clients look for packages: uv's settings first, then pip's.

The order matters (dependency confusion): uv asks the extra indexes before the default one and
stays with the first that has the package; pip takes the newest of all of them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autonomous_coder.errors import EnvironmentLacksError

VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
MAX_CONFIG_BYTES = 1_000_000
MAX_INDEXES = 10


@dataclass(frozen=True, slots=True, repr=False)
class Index:
    """An address as configured (credentials may be in it), the user and password beside it."""

    url: str
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Indexes:
    """What is configured. `extras` stand before the default for uv; with `merge` (pip) all count
    alike. `default` is None where the client's own public index is meant."""

    default: Index | None
    origin: str = ""
    extras: tuple[Index, ...] = ()
    merge: bool = False


def configured_indexes(env: Mapping[str, str] = os.environ) -> Indexes:
    """All of the user's indexes: those of the client whose setting names the default one, else
    uv's, else pip's."""
    uv, pip = _uv(env), _pip(env)
    if uv.default or (uv.extras and not pip.default):
        return uv
    return pip if pip.default or pip.extras else Indexes(None)


def configured_index(env: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """(address, where it was found) of the user's own index; None when none is configured."""
    found = configured_indexes(env)
    return (found.default.url, found.origin) if found.default else None


def _uv(env: Mapping[str, str]) -> Indexes:
    extras = [_named(part, env) for part in env.get("UV_INDEX", "").split()]
    legacy = [_named(part, env) for part in env.get("UV_EXTRA_INDEX_URL", "").split()]
    default, origin = None, "uv's settings"
    for variable in VARIABLES[:2]:
        if value := env.get(variable, "").strip():
            default, origin = _named(value, env), variable
            break
    in_files: list[Index] = []
    for path in _uv_files(env):
        found = _from_uv(path, env)
        if found.default or found.extras:
            default = default or found.default
            in_files = list(found.extras)
            break
    return Indexes(default, origin, _bounded([*extras, *in_files, *legacy]))


def _pip(env: Mapping[str, str]) -> Indexes:
    default = env.get("PIP_INDEX_URL", "").strip()
    extras = env.get("PIP_EXTRA_INDEX_URL", "").split()
    origin = "PIP_INDEX_URL" if default else "pip's settings"
    for path in _pip_files(env):
        found, more = _from_pip(path)
        default, extras = default or found, extras or more
    rows = _bounded([Index(url) for url in extras])
    return Indexes(Index(default) if default else None, origin, rows, merge=True)


def _bounded(indexes: list[Index]) -> tuple[Index, ...]:
    unique = {index.url: index for index in indexes if index.url.startswith(("https:", "http:"))}
    return tuple(unique.values())[:MAX_INDEXES]


def _named(value: str, env: Mapping[str, str]) -> Index:
    """An index of a variable of uv's, which may be named: `name=https://...`."""
    name, equals, rest = value.partition("=")
    if not (equals and "/" not in name and ":" not in name):
        return Index(value)
    return _with_login(rest, name, env)


def _with_login(url: str, name: str, env: Mapping[str, str]) -> Index:
    mark = re.sub(r"[^A-Z0-9]", "_", name.upper())
    return Index(
        url,
        env.get(f"UV_INDEX_{mark}_USERNAME", "") if mark else "",
        env.get(f"UV_INDEX_{mark}_PASSWORD", "") if mark else "",
    )


def public_index() -> str:
    """The address that the installed `pypi-simple` library holds as its public constant.

    Read out of its source: importing it would load an HTML parser and an HTTP client of its own.
    """
    import ast
    from importlib.util import find_spec

    spec = find_spec("pypi_simple")
    if spec and spec.origin and spec.origin.endswith(".py"):
        for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.AnnAssign)
                and isinstance(node.target, ast.Name)
                and node.target.id == "PYPI_SIMPLE_ENDPOINT"
                and isinstance(node.value, ast.Constant)
            ):
                return str(node.value.value)
    try:
        from pypi_simple import PYPI_SIMPLE_ENDPOINT
    except ImportError as error:
        raise EnvironmentLacksError(
            "No Python package index is configured.",
            hint="Set UV_DEFAULT_INDEX to its address, or install pypi-simple.",
        ) from error
    return PYPI_SIMPLE_ENDPOINT


def _config_home(env: Mapping[str, str]) -> Path:
    return Path(env.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _uv_files(env: Mapping[str, str]) -> Iterator[Path]:
    if env.get("UV_NO_CONFIG"):
        return
    named = env.get("UV_CONFIG_FILE")
    if named:
        yield Path(named)
        return
    yield _config_home(env) / "uv" / "uv.toml"
    yield Path("/etc/uv/uv.toml")


def _pip_files(env: Mapping[str, str]) -> Iterator[Path]:
    named = env.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    if named:
        yield Path(named)
    yield Path(sys.prefix) / "pip.conf"
    yield _config_home(env) / "pip" / "pip.conf"
    yield Path.home() / ".pip" / "pip.conf"
    for directory in env.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":"):
        if directory:
            yield Path(directory) / "pip" / "pip.conf"
    yield Path("/etc/pip.conf")


def _read(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size <= MAX_CONFIG_BYTES:
            return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        pass
    return ""


def _from_uv(path: Path, env: Mapping[str, str]) -> Indexes:
    import tomllib

    try:
        values: dict[str, Any] = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError:
        return Indexes(None)
    default: Index | None = None
    extras: list[Index] = []
    rows = values.get("index")
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or not isinstance(row.get("url"), str):
            continue
        index = _with_login(row["url"], str(row.get("name", "")), env)
        if row.get("default") is True:
            default = default or index
        elif row.get("explicit") is not True:
            # An explicit index serves only the packages that a project pins to it.
            extras.append(index)
    pip = values.get("pip")
    inner = pip if isinstance(pip, dict) else {}
    plain = values.get("index-url") or inner.get("index-url")
    more = values.get("extra-index-url") or inner.get("extra-index-url")
    extras += [Index(url) for url in (more if isinstance(more, list) else []) if url]
    return Indexes(
        default or (Index(str(plain)) if plain else None), "uv's settings", tuple(extras)
    )


def _from_pip(path: Path) -> tuple[str, list[str]]:
    from configparser import Error, RawConfigParser

    content = _read(path)
    if not content:
        return "", []
    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(content)
    except Error:
        return "", []

    def value(name: str) -> str:
        for section in ("install", "global"):
            for key in (name, name.replace("-", "_")):
                if parser.has_option(section, key):
                    return parser.get(section, key).strip()
        return ""

    return value("index-url"), value("extra-index-url").split()
