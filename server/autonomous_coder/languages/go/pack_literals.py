"""Values of a spec as Go source."""

from __future__ import annotations

import re
import textwrap
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


def comment(value: object) -> str:
    """Any text as the lines of one paragraph of a comment."""
    words = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\s]+", " ", str(value)).strip()
    # A line that begins so tells go when to build the file.
    words = words.replace("+build", "+ build")
    lines = textwrap.wrap(words, 96, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"// {line}" for line in lines)


def number(value: Decimal) -> str:
    """A number: an integer where the value is whole."""
    if value != value.to_integral_value():
        return repr(float(value))
    return NAMED.get(value) or str(int(value))


def units(value: Decimal) -> int:
    """A decimal as a number of ten-thousandths."""
    return int(value.scaleb(4))
