"""Names that packs make of the names in a spec, whatever the language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

MAX_SQL_NAME = 63
"""PostgreSQL cuts longer identifiers silently."""


def snake(name: str) -> str:
    """`BlogPost` -> `blog_post`, `HTTPLog` -> `http_log`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return spaced.lower()


def pascal(name: str) -> str:
    """`due_date` -> `DueDate`."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def label(name: str) -> str:
    """`due_date` -> `due date`."""
    return " ".join(part for part in name.split("_") if part)


def singular(name: str) -> str:
    """One of `name`: `categories` -> `category`, `boxes` -> `box`, `tags` -> `tag`."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if name.endswith(("sses", "xes", "ches", "shes", "uses")):
        return name[:-2]
    if name.endswith("s") and not name.endswith("ss"):
        return name[:-1]
    return name


def article(name: str) -> str:
    """`a` or `an`, as a label sounds."""
    low = name.lower()
    like_you = low.startswith(("uni", "use", "eu", "one"))
    return "an" if low[:1] in set("aeiou") and not like_you else "a"


class Unique:
    """Hands out names once: a name already given gets `suffix` until it is free."""

    def __init__(self, taken: Iterable[str] = (), *, suffix: str = "_") -> None:
        self._taken = set(taken)
        self._suffix = suffix

    def __call__(self, name: str) -> str:
        while name in self._taken:
            name += self._suffix
        self._taken.add(name)
        return name


def sql_name(name: str) -> str:
    """`name`, shortened with a hash when PostgreSQL would cut it."""
    if len(name) <= MAX_SQL_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: MAX_SQL_NAME - 9]}_{digest}"
