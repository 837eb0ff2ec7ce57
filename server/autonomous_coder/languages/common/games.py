"""What games have in every language: actions, each with keys of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.naming import label, snake

USUAL = ("left", "right", "up", "down")
"""What a player does when the spec names nothing."""
MOVES = {"left": ("x", "-"), "right": ("x", "+"), "up": ("y", "-"), "down": ("y", "+")}
"""Direction -> the axis and the sign of the way."""
PLACED = frozenset({"x", "y", "width", "height"})
"""What everything in a game has: where it is and how large."""
_KEYS = {
    "left": ("ArrowLeft", "KeyA"),
    "right": ("ArrowRight", "KeyD"),
    "up": ("ArrowUp", "KeyW"),
    "down": ("ArrowDown", "KeyS"),
    "jump": ("Space",),
    "shoot": ("Space", "KeyX"),
    "fire": ("Space", "KeyX"),
    "attack": ("KeyX",),
    "start": ("Enter",),
    "pause": ("KeyP",),
    "restart": ("KeyR",),
    "drop": ("Space",),
    "rotate": ("ArrowUp",),
}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class KeyedAction:
    """What a player can do. `keys` are codes of `KeyboardEvent`."""

    name: str
    keys: tuple[str, ...]

    @property
    def label(self) -> str:
        """`Move left`."""
        return label(self.name).capitalize()


def keyed(names: Iterable[str], taken: Iterable[str] = ()) -> tuple[KeyedAction, ...]:
    """Actions with the keys that players expect, none of them twice and none that is `taken`.

    Raises:
        UnsupportedError: there are more actions than keys.
    """
    used = set(taken)
    found = []
    for name in names:
        keys = _KEYS.get(direction(name), ())
        free = tuple(key for key in keys if key not in used) or _letter(name, used)
        used |= set(free)
        found.append(KeyedAction(name, free))
    return tuple(found)


def direction(name: str) -> str:
    """`move_left` as `left`; other names as they are."""
    first, _, rest = name.partition("_")
    return rest if first in {"move", "go", "turn", "walk", "run"} and rest in MOVES else name


def moves(names: Iterable[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    """(action, axis, sign) of those that say a direction; of pairs of what an action is called
    in the spec and in code."""
    ways = {direction(name): called for name, called in names}
    return tuple((ways[way], *MOVES[way]) for way in USUAL if way in ways)


def kind_label(name: str) -> str:
    """`SpaceShip` as `space ship`, `UFO` as `ufo`."""
    return name.lower() if name.isupper() else label(snake(name))


def _letter(name: str, used: set[str]) -> tuple[str, ...]:
    """The key of the first free letter of a name, else of the alphabet."""
    for letter in [*name.upper(), *_LETTERS]:
        if letter in _LETTERS and f"Key{letter}" not in used:
            return (f"Key{letter}",)
    raise UnsupportedError(
        "A game has more commands than there are keys.", hint="Leave some commands out."
    )
