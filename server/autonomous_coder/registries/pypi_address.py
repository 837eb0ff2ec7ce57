"""Where the user's Python clients look for packages: uv's settings first, then pip's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from autonomous_coder.errors import EnvironmentLacksError

VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
MAX_CONFIG_BYTES = 1_000_000


def configured_index(env: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """(address, where it was found) of the user's own index; None when none is configured."""
    for variable in VARIABLES:
        value = env.get(variable, "").strip()
        if value:
            # uv's variable may name the index: `name=https://...`.
            name, equals, rest = value.partition("=")
            named = equals and "/" not in name and ":" not in name
            return (rest if named else value), variable
    for path in _uv_files(env):
        found = _from_uv(path)
        if found:
            return found, "uv's settings"
    for path in _pip_files(env):
        found = _from_pip(path)
        if found:
            return found, "pip's settings"
    return None


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


def _from_uv(path: Path) -> str:
    import tomllib

    try:
        values: dict[str, Any] = tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError:
        return ""
    indexes = values.get("index")
    for index in indexes if isinstance(indexes, list) else []:
        if isinstance(index, dict) and index.get("default") is True:
            return str(index.get("url", ""))
    pip = values.get("pip")
    inner = pip.get("index-url", "") if isinstance(pip, dict) else ""
    return str(values.get("index-url") or inner or "")


def _from_pip(path: Path) -> str:
    from configparser import Error, RawConfigParser

    content = _read(path)
    if not content:
        return ""
    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(content)
    except Error:
        return ""
    for section in ("install", "global"):
        for key in ("index-url", "index_url"):
            if parser.has_option(section, key):
                return parser.get(section, key).strip()
    return ""
