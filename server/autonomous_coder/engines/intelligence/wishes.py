"""Constraints (demands) and preferences (wishes): read, or reported, never dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import choices
from autonomous_coder.engines.intelligence.features import FEATURES
from autonomous_coder.engines.intelligence.frameworks import FRAMEWORKS
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.common import style

MAX_ENTRIES = 50
_KEYS = {
    "language": "language", "lang": "language", "programming_language": "language",
    "framework": "framework", "web_framework": "framework",
    "archetype": "archetype", "type": "archetype", "kind": "archetype", "project_type": "archetype",
    "database": "database", "db": "database",
    "api_language": "api", "backend": "api", "backend_language": "api", "api": "api",
    "auth": "accounts", "authentication": "accounts", "accounts": "accounts",
}  # fmt: skip
_DATABASES = {
    "sqlite": "sqlite", "sqlite3": "sqlite", "postgresql": "postgresql", "postgres": "postgresql",
    "psql": "postgresql", "pg": "postgresql",
}  # fmt: skip
_STORES = frozenset(
    {"storage", "store", "data_store", "datastore", "persistence", "dbms", "database_engine", "sql"}
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
STYLE = "style"
_PYTHON = {
    "test": {"pytest"}, "lint": {"ruff"}, "format": {"ruff"}, "types": {"mypy"},
    "orm": {"sqlalchemy"}, "packaging": {"uv"}, "server": {"uvicorn"}, "runtime": {"python"},
    "container": {"docker"}, "validation": {"pydantic"}, "migrations": {"alembic"},
    "password_hashing": {"argon2", "argon2id"},
}  # fmt: skip
_TYPESCRIPT = {
    "test": {"vitest"}, "lint": {"biome"}, "format": {"biome"}, "types": {"tsc", "typescript"},
    "orm": {"drizzle"}, "packaging": {"npm"}, "runtime": {"node", "node.js", "nodejs"},
    "container": {"docker"}, "validation": {"zod"}, "password_hashing": {"scrypt"},
}  # fmt: skip
_JAVASCRIPT = _TYPESCRIPT | {"test": {"node", "node:test"}, "types": set()}
_PARTS = {
    "tests": "test", "testing": "test", "test_framework": "test", "linter": "lint",
    "linting": "lint", "formatter": "format", "type_checker": "types", "typing": "types",
    "package_manager": "packaging", "style_guide": STYLE, "code_style": STYLE,
}  # fmt: skip
_TOOLS: dict[str, dict[str, set[str]]] = {
    "python": _PYTHON, "typescript": _TYPESCRIPT, "javascript": _JAVASCRIPT,
}  # fmt: skip
_YES = {"yes", "true", "on", "1", "required", "jwt", "enabled", "token"}
_NO = {"no", "false", "off", "0", "none", "disabled", "without"}


@dataclass(slots=True)
class Wishes:
    """What constraints and preferences mean; `unknown` are `key: value` nobody understood."""

    language: str = ""
    framework: str = ""
    archetype: str = ""
    api: str = ""
    """The language of the API behind pages, or its framework."""
    features: list[str] = field(default_factory=list)
    demanded: list[str] = field(default_factory=list)
    """Those of `features` that are demands."""
    refused: list[str] = field(default_factory=list)
    tools: list[tuple[str, str]] = field(default_factory=list)
    """`key, value` that a language of ours meets: `linter`, `ruff`."""
    unknown: list[tuple[str, str]] = field(default_factory=list)


def checked(raw: Mapping[str, str] | None, place: str) -> dict[str, str]:
    """Keys and values as short strings of one line.

    Raises:
        InvalidInputError: not a mapping, too many or too long entries.
    """
    if raw is None:
        return {}
    if not isinstance(raw, Mapping) or len(raw) > MAX_ENTRIES:
        raise InvalidInputError(
            f"'{place}' must be an object of at most {MAX_ENTRIES} entries.",
            hint='For example {"database": "postgresql"}.',
        )
    out = {}
    for key, value in raw.items():
        name = " ".join(str(key).split())
        text = " ".join(_words(value).split())
        if not name or len(name) > 60 or len(text) > 300 or not (name + text).isprintable():
            raise InvalidInputError(
                f"'{place}.{name[:60]}' must be one short line.",
                hint='For example {"database": "postgresql"}.',
            )
        out[name] = text
    return out


def uses(language: str, key: str, value: str) -> bool:
    """Whether projects in the language are made with this tool (`linter`, `ruff`) anyway."""
    part = part_of(key)
    if part == STYLE:
        return style.normal(value) in style.guides(language)
    return value.lower() in _TOOLS.get(language, {}).get(part, ())


def part_of(key: str) -> str:
    """What a key speaks of: `linter` and `linting` of `lint`."""
    name = _name(key)
    return _PARTS.get(name, name)


def _name(key: str) -> str:
    return key.lower().replace("-", "_").replace(" ", "_")


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def read(constraints: Mapping[str, str], preferences: Mapping[str, str]) -> Wishes:
    """Understand both; demands win over wishes.

    Raises:
        UnsupportedError: a demand for a database that is not offered.
    """
    wishes = Wishes()
    for demand, entries in ((True, constraints), (False, preferences)):
        for key, value in entries.items():
            _read_one(wishes, key, value, demand=demand)
        if demand:
            wishes.demanded = list(wishes.features)
    return wishes


def _is_language(value: str) -> bool:
    """Whether a language is named, or a framework of one."""
    return value in FRAMEWORKS or choices.normal_language(value) in choices.KNOWN_LANGUAGES


def _database(value: str) -> str:
    """The database a value such as `postgres`, `PostgreSQL 17` or `use postgres` names, or ''."""
    words = _NOT_WORD.split(value)
    if words[0] in {"not", *_NO}:
        return ""
    return next((_DATABASES[word] for word in words if word in _DATABASES), "")


def _read_one(wishes: Wishes, key: str, value: str, *, demand: bool) -> None:
    name = _name(key)
    meaning = _KEYS.get(name, "")
    if meaning in {"language", "api"} and choices.without_version(value)[1]:
        value, version = choices.without_version(value)
        if _is_language(value.lower()):
            wishes.unknown.append((key, version))
    low = value.lower()
    if meaning in {"language", "framework", "archetype"}:
        if not getattr(wishes, meaning):
            setattr(wishes, meaning, low)
        return
    if meaning == "api" and _is_language(low):
        wishes.api = wishes.api or low
        return
    if meaning == "database":
        known = _database(low)
        if known:
            other = {"sqlite", "postgresql"} - {known}
            if not other & set(wishes.features):
                wishes.features.append(known)
            return
        if demand:
            raise UnsupportedError(
                f"The database '{value[:40]}' is not supported.",
                hint="Use sqlite or postgresql, or leave 'database' away (SQLite is the default).",
            )
    feature = "accounts" if meaning == "accounts" else name
    if feature in FEATURES and low in _NO:
        wishes.refused.append(feature)
    elif feature in FEATURES and (low in _YES or low == feature):
        wishes.features.append(feature)
    elif any(uses(language, name, low) for language in _TOOLS):
        wishes.tools.append((key, value))
    elif name in _STORES and _database(low):
        _read_one(wishes, "database", value, demand=demand)
    elif low in FEATURES and low not in wishes.refused and name not in {"language", "database"}:
        wishes.features.append(low)
    else:
        wishes.unknown.append((key, value))
