"""The sandbox of templates: Jinja2's own, and bounds on time and size beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sized
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_RENDER_S = 30.0
MAX_CHARS = 2_000_000
MAX_BITS = 4_096
"""Of a number that is multiplied or raised: beyond that it takes long, and nobody can stop it."""


class ConfinedEnvironment(ImmutableSandboxedEnvironment):
    """Refuses templates that take too long, or that make too much of a short text."""

    intercepted_binops = frozenset({"*", "**"})
    seconds = MAX_RENDER_S

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # As much text as anybody asks for, made in one call.
        del self.globals["lipsum"]
        self._clock = threading.local()

    def joined(self, pieces: Iterable[str]) -> str:
        """What a template yields, as one text. The outermost template's time counts."""
        outermost = not hasattr(self._clock, "until")
        if outermost:
            self._clock.until = time.monotonic() + self.seconds
        try:
            kept: list[str] = []
            size = 0
            for piece in pieces:
                size += len(piece)
                if size > MAX_CHARS:
                    raise SecurityError("what it makes is too large")
                self._in_time()
                kept.append(piece)
            return "".join(kept)
        finally:
            if outermost:
                del self._clock.until

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 - names that no argument of a template has
        """As Jinja2 does; loops within loops call `range` again and again."""
        __self._in_time()
        return super().call(__context, __obj, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply and raise within bounds."""
        if operator == "**":
            grown = _bits(left) * (right if isinstance(right, int) else 1)
            too_much = max(grown, _bits(right)) > MAX_BITS
        else:
            pairs = ((left, right), (right, left))
            sizes = [n * len(s) for n, s in pairs if isinstance(n, int) and isinstance(s, Sized)]
            too_much = max([*sizes, 0]) > MAX_CHARS or _bits(left) + _bits(right) > MAX_BITS
        if too_much:
            raise SecurityError(f"the result of '{operator}' is too large")
        return super().call_binop(context, operator, left, right)

    def _in_time(self) -> None:
        if time.monotonic() > getattr(self._clock, "until", float("inf")):
            raise SecurityError("it takes too long")


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0
