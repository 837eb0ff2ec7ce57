"""Values of a spec as Java source."""

from __future__ import annotations

from decimal import Decimal

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SAFE = frozenset(" .,;:!?()+-=%'")
"""What stands for itself in documentation, beside letters and digits."""
INT32 = 2**31 - 1


def literal(value: object) -> str:
    """Any text as a string literal on one line of printable ASCII.

    Java reads `\\u` escapes before it looks for the end of a string: control characters and quotes
    are never written so.
    """
    return '"' + "".join(map(_character, str(value))) + '"'


def _character(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    code = ord(one)
    if 0x20 <= code < 0x7F:
        return one
    if code < 0x80:
        return f"\\{code:03o}"
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def javadoc(text: str) -> str:
    """Free text on one line of a documentation comment: no tag, no markup and no end of comment."""
    words = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return "".join(one if one in _SAFE or one.isalnum() else f"&#{ord(one)};" for one in words)


def number(value: Decimal | int | float, *, wide: bool = False) -> str:
    """A number: an `int` or `long` where the value is whole, else a `double`."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if exact != exact.to_integral_value():
        return repr(float(exact))
    whole = int(exact)
    return f"{whole}L" if wide or abs(whole) > INT32 else str(whole)
