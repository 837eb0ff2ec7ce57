"""Go."""

from __future__ import annotations

from tree_sitter import Node

from .reader import Reader, logical
from .walk import digest, line_of, string_value, text, walk

FAILING = frozenset({"Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"})
SKIPPING = frozenset({"Skip", "Skipf", "SkipNow"})
PACKAGES = frozenset({"assert", "require", "must", "is", "qt", "check", "test"})
CHECKS = frozenset({"Expect", "Assert", "Check", "Eventually", "Consistently", "Require"})
LOGICAL = frozenset({"&&", "||"})
COMPILES = frozenset({"MustCompile", "Compile", "MustCompilePOSIX", "CompilePOSIX", "MatchString"})
MAX_NESTED = 10


class GoReader(Reader):
    """See `Reader`. A test's name is `TestX`, a literal subtest's `TestX/what_it_is`."""

    FUNCTIONS = frozenset({"function_declaration", "method_declaration"})
    DECISIONS = frozenset(
        {"if_statement", "for_statement", "expression_case", "type_case", "communication_case",
         "binary_expression"}
    )  # fmt: skip
    LOOPS = frozenset({"for_statement"})

    def __init__(self, path: str, source: bytes) -> None:
        super().__init__(path, source)
        self.entering = {
            "import_spec": self._import,
            "function_declaration": self._function,
            "call_expression": self._call,
            "defer_statement": self._defer,
            "assignment_statement": self._assign,
        }

    def weight(self, node: Node) -> int:
        return logical(node, LOGICAL) if node.type == "binary_expression" else 1

    def name_of(self, node: Node) -> str:
        name = super().name_of(node)
        receiver = node.child_by_field_name("receiver")
        return f"{text(receiver)} {name}" if receiver is not None else name

    def _import(self, node: Node) -> None:
        if (module := string_value(node.child_by_field_name("path"))) is not None:
            self.add_import(module, node)

    def _function(self, node: Node) -> None:
        name = text(node.child_by_field_name("name"))
        body = node.child_by_field_name("body")
        kind, receiver = _parameter(node)
        if body is None or not self.path.endswith("_test.go"):
            return
        if not (_is_test(name, "Test") and kind == "T") and not (
            _is_test(name, "Fuzz") and kind == "F"
        ):
            return
        self._add(name, node, body, receiver, 0)

    def _add(self, name: str, node: Node, body: Node, receiver: str, depth: int) -> None:
        count = _assertions(body)
        self.add_test(name, line_of(node), count, _skips(body, receiver), digest(body))
        if depth < MAX_NESTED:
            for title, call, function in _subtests(body, receiver):
                inner = function.child_by_field_name("body")
                if inner is not None:
                    full = f"{name}/{_rewritten(title)}"
                    self._add(full, call, inner, _parameter(function)[1], depth + 1)

    def _call(self, node: Node) -> None:
        called = node.child_by_field_name("function")
        if not self.in_loop or called is None or called.type != "selector_expression":
            return
        given = node.child_by_field_name("arguments")
        first = given.named_children[0] if given is not None and given.named_child_count else None
        package = text(called.child_by_field_name("operand"))
        method = text(called.child_by_field_name("field"))
        if package == "regexp" and method in COMPILES and string_value(first) is not None:
            self.add_slow("regex-in-loop", node, "a regular expression is compiled in each round")

    def _defer(self, node: Node) -> None:
        if self.in_loop and not any(a.type == "func_literal" for a in self.above):
            message = "defer in a loop runs when the function returns, not after each round"
            self.add_slow("defer-in-loop", node, message)

    def _assign(self, node: Node) -> None:
        operator = node.child_by_field_name("operator")
        if not self.in_loop or operator is None or operator.type != "+=":
            return
        if _has_string(node.child_by_field_name("right")):
            message = "a string grows in a loop, copied in each round; strings.Builder does not"
            self.add_slow("string-in-loop", node, message)

    def finish(self, root: Node) -> None:
        for node in root.named_children:
            if node.type == "function_declaration":
                self.defines.append(text(node.child_by_field_name("name")))
            elif node.type in {"type_declaration", "const_declaration", "var_declaration"}:
                for spec, entering in walk(node):
                    if entering and spec.type in {
                        "type_spec", "type_alias", "const_spec", "var_spec",
                    }:  # fmt: skip
                        names = spec.children_by_field_name("name")
                        self.defines += [text(n) for n in names if n.type != ","]


def _is_test(name: str, prefix: str) -> bool:
    rest = name.removeprefix(prefix)
    return name.startswith(prefix) and not rest[:1].islower()


def _parameter(function: Node) -> tuple[str, str]:
    """('T', 't') for `func(t *testing.T)`."""
    parameters = function.child_by_field_name("parameters")
    ones = parameters.named_children if parameters is not None else []
    if len(ones) != 1:
        return "", ""
    written = text(ones[0].child_by_field_name("type"))
    kind = written.rsplit(".", 1)[-1] if written.startswith("*testing.") else ""
    return kind, text(ones[0].child_by_field_name("name"))


def _subtests(body: Node, receiver: str) -> list[tuple[str, Node, Node]]:
    """(title, call, function) of each `t.Run` with a literal title directly in this test."""
    found: list[tuple[str, Node, Node]] = []
    skip_until = -1
    for node, entering in walk(body):
        if not entering or node.type != "call_expression" or node.start_byte < skip_until:
            continue
        called = node.child_by_field_name("function")
        given = node.child_by_field_name("arguments")
        if called is None or given is None or text(called) != f"{receiver}.Run":
            continue
        two = [c for c in given.named_children if not c.is_extra]
        if len(two) != 2 or two[1].type != "func_literal":
            continue
        skip_until = node.end_byte
        if (title := string_value(two[0])) is not None:
            found.append((title, node, two[1]))
    return found


def _rewritten(title: str) -> str:
    """As the runner shows it: space becomes an underscore."""
    return "".join("_" if c.isspace() else c for c in title)


def _assertions(body: Node) -> int:
    count = 0
    for node, entering in walk(body):
        if not entering or node.type != "call_expression":
            continue
        called = node.child_by_field_name("function")
        if called is None:
            continue
        if called.type == "identifier":
            count += text(called) in CHECKS or text(called).lower().startswith("assert")
        elif called.type == "selector_expression":
            operand = called.child_by_field_name("operand")
            method = text(called.child_by_field_name("field"))
            simple = operand is not None and operand.type == "identifier"
            count += bool(
                (simple and (method in FAILING or text(operand) in PACKAGES))
                or method in CHECKS
                or method.startswith(("Assert", "Require"))
            )
    return count


def _skips(body: Node, receiver: str) -> bool:
    """Whether the test skips itself whatever happens: a skip inside an `if` does not count."""
    statements = [c for c in body.named_children if c.type == "statement_list"] or [body]
    for statement in statements[0].named_children:
        if statement.type != "expression_statement":
            continue
        called = statement.named_children[0].child_by_field_name("function")
        if called is not None and called.type == "selector_expression":
            operand = text(called.child_by_field_name("operand"))
            if operand == receiver and text(called.child_by_field_name("field")) in SKIPPING:
                return True
    return False


def _has_string(node: Node | None) -> bool:
    if node is None:
        return False
    kinds = {"interpreted_string_literal", "raw_string_literal"}
    for below, entering in walk(node):
        if entering and below.type in {"call_expression", "index_expression"}:
            return False
        if entering and below.type in kinds:
            return True
    return False
