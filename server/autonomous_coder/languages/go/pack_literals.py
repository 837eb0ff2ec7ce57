"""Values of a spec as Go source."""

from __future__ import annotations

from decimal import Decimal

INT32, INT64 = 2**31 - 1, 2**63 - 1
NAMED = {
    Decimal(INT32): "math.MaxInt32",
    Decimal(-INT32): "-math.MaxInt32",
    Decimal(INT64): "math.MaxInt64",
    Decimal(-INT64): "-math.MaxInt64",
}
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: object) -> str:
    """Any text as an interpreted string on one line of printable ASCII."""
    return '"' + "".join(map(_character, str(value))) + '"'


def _character(one: str) -> str:
    if one in _ESCAPES:
        return _ESCAPES[one]
    code = ord(one)
    if 0x20 <= code < 0x7F:
        return one
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def number(value: Decimal) -> str:
    """A number: an integer where the value is whole."""
    if value != value.to_integral_value():
        return repr(float(value))
    return NAMED.get(value) or str(int(value))


def units(value: Decimal) -> int:
    """A decimal as a number of ten-thousandths."""
    return int(value.scaleb(4))
