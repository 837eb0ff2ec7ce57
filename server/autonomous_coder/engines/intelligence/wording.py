"""How a thing is asked for: its title, and phrases that name it."""

from __future__ import annotations

from typing import NamedTuple


class Feature(NamedTuple):
    """`title` says what it means. A `weak` phrase asks for it only where it cannot be a thing or an
    attribute (`email` in "contacts with name and email" is an attribute)."""

    title: str
    phrases: tuple[str, ...]
    weak: tuple[str, ...] = ()


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a list parted by commas."""
    return tuple(part.strip() for part in " ".join(text.split()).split(",") if part.strip())
