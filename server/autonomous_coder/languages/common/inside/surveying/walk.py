"""Going over syntax trees without recursion, and what is asked of nodes everywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from tree_sitter import Node

LAYOUT = frozenset({";", ",", "'", '"', "`", "automatic_semicolon", "\n"})
"""Leaves a formatter adds, drops or exchanges."""


def walk(root: Node) -> Iterator[tuple[Node, bool]]:
    """Every node on the way in (True) and, when it has children, on the way out (False)."""
    cursor = root.walk()
    above: list[Node] = []
    while True:
        node = cursor.node
        assert node is not None
        yield node, True
        if cursor.goto_first_child():
            above.append(node)
            continue
        while not cursor.goto_next_sibling():
            if not above:
                return
            cursor.goto_parent()
            yield above.pop(), False


def text(node: Node | None) -> str:
    """The source of a node; empty for none."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def line_of(node: Node) -> int:
    """1-based line a node begins on."""
    return node.start_point.row + 1


def comment(node: Node) -> bool:
    return node.is_extra and "comment" in node.type


def digest(*nodes: Node) -> str:
    """Equal for code that differs only in layout and comments."""
    hashed = hashlib.blake2b(digest_size=8)
    for root in nodes:
        skip_until = -1
        for node, entering in walk(root):
            if not entering or node.start_byte < skip_until:
                continue
            if comment(node):
                skip_until = node.end_byte
            elif node.child_count == 0 and node.type not in LAYOUT:
                hashed.update((node.text or b"") + b"\0")
    return hashed.hexdigest()


def string_value(node: Node | None) -> str | None:
    """What a string literal says, as written between its quotes; None for anything else."""
    if node is None or "string" not in node.type:
        return None
    written = text(node)
    if len(written) < 2 or written[0] not in "'\"`" or written[-1] != written[0]:
        return None
    return written[1:-1]
