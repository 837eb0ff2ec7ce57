"""What the templates of games read beside the spec: kinds of things, actions and controls."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.python.pack_view import SpecView


@dataclass(frozen=True, slots=True)
class AttributeView:
    """What things of a kind have. `default` is a Python expression."""

    name: str
    annotation: str
    optional: bool
    default: str
    begins: str
    """Operator and expression of the value it begins with, as tests read it."""
    members: tuple[tuple[str, str], ...] = ()
    """Of an enum: names and values."""


@dataclass(frozen=True, slots=True)
class KindView:
    """What there can be in the game."""

    cls: str
    snake: str
    label: str
    article: str
    attributes: tuple[AttributeView, ...]
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionView:
    """What a player can do. `keys` are names of pygame's constants."""

    name: str
    member: str
    label: str
    keys: tuple[str, ...]
    shown: tuple[str, ...]
    """The keys in words."""
    command: str = ""
    """What the spec calls it; empty for those that are there unasked."""


@dataclass(frozen=True, slots=True)
class ControlView:
    """What a player can do with the game itself; see `ActionView`."""

    name: str
    member: str
    label: str
    done: str
    """`paused`."""
    keys: tuple[str, ...]
    shown: tuple[str, ...]
    capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GameView:
    """A whole game."""

    kinds: tuple[KindView, ...]
    actions: tuple[ActionView, ...]
    controls: tuple[ControlView, ...]
    moves: tuple[tuple[str, str, str], ...]
    """(member of the action, axis, sign) of those that say a direction."""

    @property
    def pause_key(self) -> str:
        return self._key("pause")

    @property
    def restart_key(self) -> str:
        return self._key("restart")

    def _key(self, name: str) -> str:
        return next(control.shown[0] for control in self.controls if control.name == name)


@dataclass(frozen=True, slots=True, kw_only=True)
class GameSpecView(SpecView):
    """A spec as the templates of a game see it."""

    game: GameView
