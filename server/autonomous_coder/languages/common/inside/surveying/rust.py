"""Rust."""

from __future__ import annotations

from tree_sitter import Node

from .reader import Reader, logical
from .walk import digest, line_of, text, walk

LOGICAL = frozenset({"&&", "||"})
TESTS = frozenset({"test", "rstest", "test_case", "wasm_bindgen_test", "quickcheck"})
INNER = "inner_attribute_item"
ITEMS = frozenset(
    {"function_item", "struct_item", "enum_item", "trait_item", "const_item", "static_item",
     "type_item", "union_item", "mod_item", "macro_definition"}
)  # fmt: skip


class RustReader(Reader):
    """See `Reader`. A test's name is `module::tests::name`, by the modules inside the file.
    What stands inside a macro's call is not parsed, so tests made by macros are not seen."""

    FUNCTIONS = frozenset({"function_item"})
    DECISIONS = frozenset(
        {"if_expression", "while_expression", "for_expression", "loop_expression", "match_arm",
         "binary_expression", "let_chain"}
    )  # fmt: skip
    LOOPS = frozenset({"while_expression", "for_expression", "loop_expression"})

    def __init__(self, path: str, source: bytes) -> None:
        super().__init__(path, source)
        self._modules: list[str] = []
        self._rules: list[list[str]] = []
        """For each module around: the conditions it stands under."""
        self.entering = {
            "use_declaration": self._use,
            "extern_crate_declaration": self._extern,
            "mod_item": self._module,
            "function_item": self._function,
            "call_expression": self._call,
        }
        self.leaving = {"mod_item": self._end_module}

    def weight(self, node: Node) -> int:
        if node.type == "binary_expression":
            return logical(node, LOGICAL)
        if node.type == "match_arm":
            pattern = node.child_by_field_name("pattern")
            return int(text(pattern) != "_")
        if node.type == "let_chain":
            return sum(child.type == "&&" for child in node.children)
        return 1

    def _use(self, node: Node) -> None:
        argument = node.child_by_field_name("argument")
        if argument is not None:
            for path in _paths(argument):
                self.add_import(path, node)

    def _extern(self, node: Node) -> None:
        self.add_import(text(node.child_by_field_name("name")), node)

    def _module(self, node: Node) -> None:
        name = text(node.child_by_field_name("name"))
        body = node.child_by_field_name("body")
        attributes = self._attributes_of(node)
        rules = _rules(attributes)
        if body is None:
            self.add_import(f"self::{name}", node)
            place = next((p for p in map(_path, attributes) if p), "")
            self._add_condition([*self._modules, name], rules, module=True, place=place)
        self._modules.append(name)
        self._rules.append(rules + (_rules(body.named_children, INNER) if body else []))

    def _end_module(self, node: Node) -> None:  # noqa: ARG002
        self._modules.pop()
        self._rules.pop()

    def _add_condition(
        self, names: list[str], rules: list[str], *, module: bool = False, place: str = ""
    ) -> None:
        around = [rule for one in self._rules for rule in one]
        self.conditions.append(["::".join(names), [*around, *rules], module, place])

    def _function(self, node: Node) -> None:
        attributes = [_attribute(a) for a in self._attributes_of(node)]
        if not any(name.rsplit("::", 1)[-1] in TESTS for name, _ in attributes):
            return
        body = node.child_by_field_name("body")
        if body is None:
            return
        names = {name for name, _ in attributes}
        path = "::".join([*self._modules, text(node.child_by_field_name("name"))])
        count = _assertions(body) + ("should_panic" in names)
        # Values given by attributes are part of the test.
        marks = [a for a in self._attributes_of(node) if _attribute(a)[0] != "ignore"]
        self.add_test(path, line_of(node), count, "ignore" in names, digest(*marks, body))
        own = self._attributes_of(node)
        self._add_condition([*self._modules, self.name_of(node)], _rules(own))

    def _attributes_of(self, node: Node) -> list[Node]:
        found: list[Node] = []
        before = node.prev_named_sibling
        while before is not None and (before.type == "attribute_item" or before.is_extra):
            if before.type == "attribute_item":
                found.append(before)
            before = before.prev_named_sibling
        return found[::-1]

    def _call(self, node: Node) -> None:
        called = text(node.child_by_field_name("function"))
        if not self.in_loop or not called.endswith(("Regex::new", "RegexBuilder::new")):
            return
        given = node.child_by_field_name("arguments")
        first = given.named_children[0] if given is not None and given.named_child_count else None
        if first is not None and first.type in {"string_literal", "raw_string_literal"}:
            self.add_slow("regex-in-loop", node, "a regular expression is compiled in each round")

    def finish(self, root: Node) -> None:
        self.defines = [
            text(node.child_by_field_name("name"))
            for node in root.named_children
            if node.type in ITEMS
        ]
        whole = _rules(root.named_children, INNER)
        for condition in self.conditions:
            condition[1] = whole + condition[1]
        # Of tests, those that are compiled whatever happens need no word.
        bound = {name for name, rules, _, _ in self.conditions if rules}
        self.conditions = [c for c in self.conditions if c[2] or c[0] in bound]


def _attribute(item: Node) -> tuple[str, str]:
    """('tokio::test', whole text) of `#[tokio::test(…)]`."""
    inner = next((c for c in item.named_children if c.type == "attribute"), None)
    if inner is None or not inner.named_children:
        return "", ""
    return text(inner.named_children[0]).replace(" ", ""), text(inner)


def _rules(nodes: list[Node], kind: str = "attribute_item") -> list[str]:
    """What stands in `cfg(…)` among attributes of one kind."""
    found = []
    for item in nodes:
        name, whole = _attribute(item) if item.type == kind else ("", "")
        if name == "cfg":
            found.append(whole.partition("(")[2].rpartition(")")[0].strip())
    return found


def _path(item: Node) -> str:
    """The file that `#[path = "…"]` names."""
    name, whole = _attribute(item)
    if name != "path":
        return ""
    return whole.partition('"')[2].rpartition('"')[0]


def _paths(argument: Node) -> list[str]:
    """Every path a `use` names: `a::{b, c::d}` is two."""
    found: list[str] = []
    todo: list[tuple[Node, str]] = [(argument, "")]
    while todo:
        node, prefix = todo.pop(0)
        if node.type == "scoped_use_list":
            inner = node.child_by_field_name("list")
            start = _joined(prefix, text(node.child_by_field_name("path")))
            if inner is not None:
                todo += [(child, start) for child in inner.named_children if not child.is_extra]
        elif node.type == "use_list":
            todo += [(child, prefix) for child in node.named_children if not child.is_extra]
        elif node.type == "use_as_clause":
            found.append(_joined(prefix, text(node.child_by_field_name("path"))))
        else:
            found.append(_joined(prefix, text(node)))
    return found


def _joined(prefix: str, path: str) -> str:
    path = "".join(path.split())
    return f"{prefix}::{path}" if prefix and path else prefix or path


def _assertions(body: Node) -> int:
    """Calls of macros that can fail the test, also inside the arguments of other macros."""
    count = 0
    for node, entering in walk(body):
        if not entering:
            continue
        if node.type == "macro_invocation":
            count += _fails(text(node.child_by_field_name("macro")))
        elif node.type == "identifier" and _fails(text(node)):
            after = node.next_sibling
            inside = node.parent is not None and node.parent.type == "token_tree"
            count += inside and after is not None and after.type == "!"
    return count


def _fails(macro: str) -> bool:
    name = macro.rsplit("::", 1)[-1]
    return name.startswith(("assert", "prop_assert", "debug_assert")) or name in {
        "panic", "unreachable", "matches_snapshot", "bail",
    }  # fmt: skip
