"""How generated Java is laid out: there is no formatter that comes with Java."""

from __future__ import annotations

import re
from collections.abc import Iterable

WIDTH, HIGHEST = 100, 120
"""Where lists of names are broken, and what no line is longer than where it can be broken."""
CONTINUED = 8
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'')


def wrapped(items: Iterable[str], indent: int, before: int = 0) -> str:
    """Items with commas between them; a line that gets too long goes on in the next one, `indent`
    wide. `before` is how much stands in the first line already."""
    lines: list[str] = []
    line = ""
    for item in items:
        room = WIDTH - (indent if lines else before)
        if line and len(line) + len(item) + 3 > room:
            lines.append(f"{line},")
            line = item
        else:
            line = f"{line}, {item}" if line else item
    return f"\n{' ' * indent}".join([*lines, line])


def laid_out(code: str) -> str:
    """A source file without needless empty lines, its longest lines broken at their arguments."""
    lines: list[str] = []
    block = False
    for line in code.strip("\n").split("\n"):
        lines += [line] if block or '"""' in line else _fitted(line.rstrip())
        block ^= line.count('"""') % 2 == 1
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    text = re.sub(r"\n{2,}( *\})", r"\n\1", text)
    return re.sub(r"\{\n *\}", "{}", text) + "\n"


def _fitted(line: str) -> list[str]:
    if len(line) <= HIGHEST or line.lstrip().startswith(("*", "/", "import", "@")):
        return [line]
    plain = _STRING.sub(lambda found: "_" * len(found[0]), line)
    start = plain.find("(") + 1
    if not start or not plain[start:].strip():
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + CONTINUED)
    end = _closing(plain, start)
    if len(indent) + len(line) - start <= HIGHEST:
        return [line[:start], indent + line[start:]]
    cuts = [start, *_commas(plain, start, end)]
    parts = [line[a:b].strip() for a, b in zip(cuts, [*cuts[1:], len(line)], strict=True)]
    return [line[:start], *(indent + part for part in parts)]


def _closing(plain: str, start: int) -> int:
    """Where the parenthesis ends that opens before `start`."""
    depth = 1
    for place in range(start, len(plain)):
        depth += {"(": 1, ")": -1}.get(plain[place], 0)
        if depth == 0:
            return place
    return len(plain)


def _commas(plain: str, start: int, end: int) -> Iterable[int]:
    """The places behind the commas between arguments."""
    depth = 0
    for place in range(start, end):
        depth += {"(": 1, "<": 1, ")": -1, ">": -1}.get(plain[place], 0)
        if depth == 0 and plain[place] == ",":
            yield place + 1
