"""Places a grammar cannot read, the most telling first."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from .walk import comment, text, walk

MAX_FAULTS = 5
MAX_SHOWN = 40
OPENERS = {"{": "}", "(": ")", "[": "]", "#{": "}", "${": "}"}
QUOTES = frozenset({'"', "'", "`", '"""'})
ANYTHING = frozenset({"token_tree", "token_tree_pattern", "macro_definition"})
"""What a macro of Rust is given is read by the macro, not by the grammar."""
CLOSERS = frozenset(OPENERS.values())

Fault = tuple[int, int, str]
"""Line and byte column, both counted from 0, and what is wrong."""


def faults(root: Node, source: bytes) -> list[Fault]:
    """At most a few; none when the whole file can be read."""
    if not root.has_error:
        return []
    found = [_describe(node) for node in _innermost(root)]
    if not found:
        return []
    # An opened bracket that is never closed shows far below, where something else is blamed.
    if (bracket := _unbalanced(root, source)) is not None:
        found = sorted([bracket, *(f for f in found if f[:1] < bracket[:1])])
    return list(dict.fromkeys(found))[:MAX_FAULTS]


def _innermost(root: Node) -> Iterator[Node]:
    """Missing nodes, and errors that hold no other fault, in the file's order."""
    cursor = root.walk()
    while True:
        node = cursor.node
        assert node is not None
        if node.is_missing:
            yield node
        elif node.has_error:
            if node.type in ANYTHING:
                pass
            elif node.is_error and not any(c.has_error or c.is_missing for c in node.children):
                yield node
            elif cursor.goto_first_child():
                continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _describe(node: Node) -> Fault:
    if node.is_missing:
        row, column = node.start_point
        what = f"'{node.type}'" if not node.is_named else _article(node.type)
        return row, column, f"{what} is missing"
    leaves = [n for n, entering in walk(node) if entering and n.child_count == 0]
    leaves = [leaf for leaf in leaves if not comment(leaf) and leaf.end_byte > leaf.start_byte]
    if not leaves:
        row, column = node.start_point
        shown = _shown(text(node))
        return row, column, f"unexpected '{shown}'" if shown else "something is missing"
    if (quote := next((leaf for leaf in leaves if leaf.type in QUOTES), None)) is not None:
        row, column = quote.start_point
        return row, column, "this text is never closed"
    if len(leaves) == 1:
        row, column = leaves[0].start_point
        return row, column, f"unexpected '{_shown(text(leaves[0]))}'"
    # What was read before the fault belongs to the error too: its end is nearer to the fault.
    start = leaves[0]
    row, column = start.start_point
    if leaves[-1].start_point.row != row:
        row, column = leaves[-1].start_point
        return row, column, f"this cannot be read at '{_shown(text(leaves[-1]))}'"
    return row, column, f"this cannot be read: '{_shown(text(node))}'"


def _article(kind: str) -> str:
    """'an identifier' for `identifier`."""
    name = kind.replace("_", " ")
    return f"an {name}" if name[:1] in "aeiou" else f"a {name}"


def _shown(written: str) -> str:
    first = " ".join(written.split())
    return first if len(first) <= MAX_SHOWN else first[: MAX_SHOWN - 1] + "…"


def _unbalanced(root: Node, source: bytes) -> Fault | None:
    """The bracket without a partner, as far as the layout of the file tells which it is."""
    lines = source.split(b"\n")
    opened: list[Node] = []
    suspect: Node | None = None
    for node, entering in walk(root):
        if not entering or node.child_count or node.is_missing or node.is_named:
            continue
        kind = node.type
        if kind in OPENERS:
            opened.append(node)
        elif kind in CLOSERS:
            if not opened or OPENERS[opened[-1].type] != kind:
                if suspect is not None:
                    return _never_closed(suspect)
                if opened and any(OPENERS[o.type] == kind for o in opened):
                    return _never_closed(opened[-1])
                row, column = node.start_point
                return row, column, f"unexpected '{kind}'"
            opener = opened.pop()
            row = opener.start_point.row
            ours = _indent(lines[node.start_point.row])
            starts_line = ours == node.start_point.column
            if suspect is None and starts_line and row != node.start_point.row:
                # A bracket that closes further left than its opener's line closes another one.
                suspect = opener if ours < _indent(lines[row]) else None
    if not opened:
        return None
    return _never_closed(suspect or opened[-1])


def _never_closed(node: Node) -> Fault:
    row, column = node.start_point
    return row, column, f"'{node.type}' is never closed: '{OPENERS[node.type]}' is missing"


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip(b" \t"))
