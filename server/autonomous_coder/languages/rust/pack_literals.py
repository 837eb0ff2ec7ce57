"""Values of a spec as Rust source."""

from __future__ import annotations

import textwrap
import unicodedata
from decimal import Decimal

from autonomous_coder.languages.common.bounds import INT32

_CONSTANTS = frozenset(
    (
        *("0.30", "0.31", "0.39", "0.43", "0.52", "0.57", "0.63", "0.69", "0.70", "0.78", "1.04"),
        *("1.12", "1.41", "1.44", "1.57", "1.61", "1.73", "2.30", "2.71", "3.14", "3.32", "6.28"),
    )
)
"""How numbers such as pi begin, which clippy wants called by their names."""
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: object) -> str:
    """Any text as a string literal on one line of printable ASCII."""
    return '"' + "".join(map(_character, str(value))) + '"'


def _character(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    code = ord(one)
    if 0x20 <= code < 0x7F:
        return one
    return f"\\u{{{0xFFFD if 0xD800 <= code <= 0xDFFF else code:x}}}"


def visible(text: object) -> str:
    """Text for comments: without characters that only change how others are shown."""
    return "".join(one for one in str(text) if unicodedata.category(one) not in {"Cf", "Cs", "Co"})


def readable(text: str) -> str:
    """SQL of names that are safe, as a literal without escapes, on as many lines as it takes."""
    text = textwrap.fill(text, 84, subsequent_indent="    ", break_long_words=False)
    return f'r#"{text}"#' if '"' in text else f'"{text}"'


def whole(value: Decimal | int) -> str:
    """An integer, its digits in groups."""
    return f"{int(value):_}"


def typed(value: Decimal | int) -> str:
    """An integer where nothing else tells its type."""
    return whole(value) if -INT32 <= value <= INT32 else f"{whole(value)}_i64"


def real(value: Decimal | float) -> str:
    """A floating-point number. Written with an exponent, none is taken for a rounded constant."""
    text = repr(float(value))
    known = text.lstrip("-")[:4] in _CONSTANTS
    return f"{text}e0" if known and "e" not in text else text


def units(value: Decimal) -> str:
    """A decimal as a number of ten-thousandths."""
    return whole(int(value.scaleb(4)))
