"""Java."""

from __future__ import annotations

from tree_sitter import Node

from .reader import Reader, logical
from .walk import digest, line_of, text, walk

LOGICAL = frozenset({"&&", "||"})
TESTS = frozenset({"Test", "ParameterizedTest", "RepeatedTest", "TestFactory", "TestTemplate"})
OFF = frozenset({"Disabled", "Ignore"})
CHECKS = frozenset({"fail", "andExpect", "andExpectAll", "statusCode"})
TYPES = frozenset(
    {"class_declaration", "interface_declaration", "enum_declaration", "record_declaration",
     "annotation_type_declaration"}
)  # fmt: skip


class JavaReader(Reader):
    """See `Reader`. A test's name is `Outer$Inner::method`."""

    FUNCTIONS = frozenset(
        {"method_declaration", "constructor_declaration", "compact_constructor_declaration"}
    )
    DECISIONS = frozenset(
        {"if_statement", "for_statement", "enhanced_for_statement", "while_statement",
         "do_statement", "switch_label", "catch_clause", "ternary_expression",
         "binary_expression"}
    )  # fmt: skip
    LOOPS = frozenset(
        {"for_statement", "enhanced_for_statement", "while_statement", "do_statement"}
    )

    def __init__(self, path: str, source: bytes) -> None:
        super().__init__(path, source)
        self._types: list[tuple[str, bool]] = []
        self.entering = {
            "import_declaration": self._import,
            "method_declaration": self._method,
            "method_invocation": self._call,
            "assignment_expression": self._assign,
            **dict.fromkeys(TYPES, self._type),
        }
        self.leaving = dict.fromkeys(TYPES, self._end_type)

    def weight(self, node: Node) -> int:
        if node.type == "binary_expression":
            return logical(node, LOGICAL)
        if node.type == "switch_label":
            return int(text(node).startswith("case"))
        return 1

    def _import(self, node: Node) -> None:
        path = [c for c in node.named_children if c.type in {"scoped_identifier", "identifier"}]
        star = any(c.type == "asterisk" for c in node.named_children)
        if path:
            module = "".join(text(path[0]).split())
            self.add_import(f"{module}.*" if star else module, node)

    def _type(self, node: Node) -> None:
        name = text(node.child_by_field_name("name"))
        if not self._types:
            self.defines.append(name)
        self._types.append((name, bool(OFF & _annotations(node))))

    def _end_type(self, node: Node) -> None:  # noqa: ARG002
        self._types.pop()

    def _method(self, node: Node) -> None:
        marks = _annotations(node)
        body = node.child_by_field_name("body")
        if not marks & TESTS or body is None or not self._types:
            return
        outer = "$".join(name for name, _ in self._types)
        name = f"{outer}::{text(node.child_by_field_name('name'))}"
        skipped = bool(marks & OFF) or any(off for _, off in self._types)
        # Values given by annotations are part of the test.
        values = [a for a in _marks(node) if text(a.child_by_field_name("name")) not in OFF]
        self.add_test(name, line_of(node), _assertions(body), skipped, digest(*values, body))

    def _call(self, node: Node) -> None:
        if not self.in_loop or text(node.child_by_field_name("name")) != "compile":
            return
        given = node.child_by_field_name("arguments")
        first = given.named_children[0] if given is not None and given.named_child_count else None
        owner = text(node.child_by_field_name("object")).rsplit(".", 1)[-1]
        if owner == "Pattern" and first is not None and first.type == "string_literal":
            self.add_slow("regex-in-loop", node, "a regular expression is compiled in each round")

    def _assign(self, node: Node) -> None:
        operator = node.child_by_field_name("operator")
        right = node.child_by_field_name("right")
        if not self.in_loop or operator is None or operator.type != "+=" or right is None:
            return
        # Only a sum whose own parts are text: a call or an element says nothing of its type.
        parts = [right]
        while parts:
            part = parts.pop()
            if part.type == "string_literal":
                message = "a string grows in a loop, copied in each round; StringBuilder does not"
                self.add_slow("string-in-loop", node, message)
                return
            if part.type == "binary_expression" and logical(part, frozenset({"+"})):
                parts += [c for c in part.named_children if not c.is_extra]


def _marks(node: Node) -> list[Node]:
    """The annotations of a declaration."""
    found: list[Node] = []
    for child in node.children:
        if child.type == "modifiers":
            kinds = {"annotation", "marker_annotation"}
            found += [c for c in child.named_children if c.type in kinds]
    return found


def _annotations(node: Node) -> set[str]:
    """Their names without packages."""
    return {text(a.child_by_field_name("name")).rsplit(".", 1)[-1] for a in _marks(node)}


def _assertions(body: Node) -> int:
    count = 0
    for node, entering in walk(body):
        if not entering:
            continue
        if node.type == "assert_statement":
            count += 1
        elif node.type == "method_invocation":
            name = text(node.child_by_field_name("name"))
            count += name.startswith(("assert", "verify", "expect")) or name in CHECKS
    return count
