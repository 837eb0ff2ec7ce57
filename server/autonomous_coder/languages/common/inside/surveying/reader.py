"""What is read from a file of any grammar: functions with their complexity, slow constructs,
imports, names and tests. One subclass a language says what its nodes mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from tree_sitter import Node

from .walk import line_of, walk

MAX_EACH = 5_000


@dataclass
class Frame:
    """A function while it is read; the first one is the file itself."""

    name: str
    node: Node | None
    complexity: int = 1
    loops: int = 0


class Reader:
    """Reads one file. Lists hold what `SourceFact` will say of it, ready for JSON."""

    FUNCTIONS: ClassVar[frozenset[str]] = frozenset()
    """Nodes that are functions of their own."""
    DECISIONS: ClassVar[frozenset[str]] = frozenset()
    LOOPS: ClassVar[frozenset[str]] = frozenset()
    """Nodes whose field `body` is run again and again."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        self.source = source
        self.imports: list[list[Any]] = []
        self.functions: list[list[Any]] = []
        self.defines: list[str] = []
        self.tests: list[list[Any]] = []
        self.slow: list[list[Any]] = []
        self.conditions: list[list[Any]] = []
        self.frames = [Frame("", None)]
        self.above: list[Node] = []
        """The nodes around the one that is read."""
        self._bodies: set[int] = set()
        self.entering: dict[str, Callable[[Node], None]] = {}
        self.leaving: dict[str, Callable[[Node], None]] = {}

    def read(self, root: Node) -> None:
        """Go over the whole tree once."""
        for node, inwards in walk(root):
            kind = node.type
            if inwards:
                self._enter(node, kind)
                if node.child_count:
                    self.above.append(node)
                else:
                    self._leave(node, kind)
            else:
                self.above.pop()
                self._leave(node, kind)
        self.finish(root)

    def _enter(self, node: Node, kind: str) -> None:
        # The first node below a function belongs to it, so its frame is opened before handlers.
        if kind in self.FUNCTIONS:
            self.frames.append(Frame(self.name_of(node), node))
        elif kind in self.DECISIONS:
            self.frames[-1].complexity += self.weight(node)
        if kind in self.LOOPS and (body := node.child_by_field_name("body")) is not None:
            self._bodies.add(body.id)
        if self._bodies and node.id in self._bodies:
            self.frames[-1].loops += 1
        if (handler := self.entering.get(kind)) is not None:
            handler(node)

    def _leave(self, node: Node, kind: str) -> None:
        if (handler := self.leaving.get(kind)) is not None:
            handler(node)
        if self._bodies and node.id in self._bodies:
            self._bodies.discard(node.id)
            self.frames[-1].loops -= 1
        if kind in self.FUNCTIONS:
            frame = self.frames.pop()
            if node.child_by_field_name("body") is not None:
                end = node.end_point.row + 1
                self.functions.append([frame.name, line_of(node), end, frame.complexity])

    def name_of(self, node: Node) -> str:
        """What a function is called."""
        name = node.child_by_field_name("name")
        return (name.text or b"").decode("utf-8", "replace") if name is not None else ""

    def weight(self, node: Node) -> int:  # noqa: ARG002
        """How many ways more there are through a node of `DECISIONS`."""
        return 1

    def finish(self, root: Node) -> None:
        """After the whole tree was read."""

    @property
    def in_loop(self) -> bool:
        return self.frames[-1].loops > 0

    def add_import(self, module: str, node: Node, *, type_only: bool = False) -> None:
        row, column = node.start_point
        self.imports.append([module, row, column, type_only])

    def add_slow(self, code: str, node: Node, message: str) -> None:
        row, column = node.start_point
        self.slow.append([code, row, column, message])

    def add_test(self, name: str, line: int, count: int, skipped: bool, body: str) -> None:
        """A test; one of the same name is the same test, said twice."""
        for known in self.tests:
            if known[0] == name:
                known[2] += count
                known[3] = known[3] and skipped
                known[4] += body
                return
        self.tests.append([name, line, count, skipped, body])


def logical(node: Node, operators: frozenset[str]) -> int:
    """1 for a binary expression that decides, else 0."""
    operator = node.child_by_field_name("operator")
    return int(operator is not None and operator.type in operators)
