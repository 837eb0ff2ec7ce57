"""JavaScript, TypeScript and TSX."""

from __future__ import annotations

import re

from tree_sitter import Node

from .reader import Reader, logical
from .walk import digest, line_of, string_value, text, walk

TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|__tests__|specs?|e2e)/|[._-](?:test|spec|cy|e2e)\.[cm]?[jt]sx?$"
    r"|(?:^|/)test(?:[-_][^/]*)?\.[cm]?[jt]sx?$"
)
RUNNERS = frozenset(
    {"vitest", "node:test", "test", "mocha", "@jest/globals", "bun:test", "@playwright/test",
     "ava", "tap", "tape", "uvu", "jest", "@japa/runner", "@std/testing/bdd"}
)  # fmt: skip
SUITES = frozenset({"describe", "suite", "context", "xdescribe", "fdescribe", "xcontext"})
CASES = frozenset({"it", "test", "specify", "xit", "xtest", "fit", "xspecify"})
OFF = frozenset({"skip", "todo", "xit", "xtest", "xdescribe", "xcontext", "xspecify"})
ONLY = frozenset({"only", "fit", "fdescribe"})
MODIFIERS = frozenset(
    {"skip", "todo", "only", "each", "for", "concurrent", "sequential", "failing", "fails",
     "serial", "parallel", "skipIf", "runIf", "describe", "shuffle", "extend", "if", "todoIf",
     "fixme", "slow", "test", "it", "suite", "before", "after"}
)  # fmt: skip
HARNESS = frozenset(
    {"is", "not", "deepEqual", "notDeepEqual", "like", "throws", "throwsAsync", "notThrows",
     "notThrowsAsync", "true", "false", "truthy", "falsy", "regex", "notRegex", "snapshot",
     "fail", "equal", "notEqual", "same", "notSame", "ok", "notOk", "match", "rejects", "resolves",
     "strictSame", "error", "strictEqual", "deepStrictEqual", "assert"}
)  # fmt: skip
NOT_CHECKING = frozenset(
    {"any", "anything", "objectContaining", "arrayContaining", "assertions", "stringContaining",
     "stringMatching", "hasAssertions", "extend", "closeTo", "addSnapshotSerializer", "not"}
)  # fmt: skip
LOGICAL = frozenset({"&&", "||", "??"})
ASSIGNING = frozenset({"&&=", "||=", "??="})
FUNCTION_KINDS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition",
     "generator_function", "generator_function_declaration"}
)  # fmt: skip
NAMED_FUNCTIONS = frozenset(
    {"function_declaration", "method_definition", "generator_function_declaration"}
)


class ScriptReader(Reader):
    """See `Reader`. A test's name is `outer > inner > title`, titles as written."""

    FUNCTIONS = FUNCTION_KINDS
    DECISIONS = frozenset(
        {"if_statement", "for_statement", "for_in_statement", "while_statement", "do_statement",
         "switch_case", "catch_clause", "ternary_expression", "binary_expression",
         "augmented_assignment_expression"}
    )  # fmt: skip
    LOOPS = frozenset({"for_statement", "for_in_statement", "while_statement", "do_statement"})

    def __init__(self, path: str, source: bytes) -> None:
        super().__init__(path, source)
        self._suites: list[tuple[int, str, bool, bool]] = []
        self._cases: list[tuple[str, Node, list[Node], bool, bool]] = []
        self._inside: list[int] = []
        self._opaque = 0
        self.entering = {
            "import_statement": self._import,
            "export_statement": self._export,
            "call_expression": self._call,
            "await_expression": self._await,
            "new_expression": self._new,
            **dict.fromkeys(FUNCTION_KINDS, self._function),
        }
        self.leaving = {
            "call_expression": self._end_call,
            **dict.fromkeys(FUNCTION_KINDS, self._end_function),
        }

    def weight(self, node: Node) -> int:
        if node.type == "binary_expression":
            return logical(node, LOGICAL)
        if node.type == "augmented_assignment_expression":
            return logical(node, ASSIGNING)
        return 1

    def name_of(self, node: Node) -> str:
        if name := super().name_of(node):
            return name
        if not self.above:
            return ""
        above = self.above[-1]
        for field in ("name", "key", "left", "property"):
            if (named := above.child_by_field_name(field)) is not None:
                return text(named)[:100]
        return ""

    # Imports

    def _import(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        for child in node.children:
            if child.type == "import_require_clause":
                source = child.child_by_field_name("source")
        if (module := string_value(source)) is not None:
            self.add_import(module, node, type_only=_type_only(node))

    def _export(self, node: Node) -> None:
        module = string_value(node.child_by_field_name("source"))
        if module is not None:
            self.add_import(module, node, type_only=any(c.type == "type" for c in node.children))

    # Calls: imports, tests, slow constructs

    def _call(self, node: Node) -> None:
        called = node.child_by_field_name("function")
        if called is None:
            return
        given = _arguments(node)
        if called.type == "import" or text(called) == "require":
            module = string_value(given[0]) if given else None
            if module is not None and "${" not in module:
                self.add_import(module, node)
            return
        if not self._opaque and not self._inside:
            self._test_call(node, called, given)

    def _test_call(self, node: Node, called: Node, given: list[Node]) -> None:
        words = _words(called)
        if not words or not given:
            return
        suite = words[0] in SUITES or "describe" in words[1:]
        case = words[0] in CASES
        if not suite and not case:
            return
        if not all(word in MODIFIERS for word in words[1:]):
            return
        callback = next((a for a in given if a.type in FUNCTION_KINDS), None)
        title = _title(given[0])
        off = bool(OFF.intersection(words)) or any(_switched_off(a) for a in given[1:])
        if title is None or (callback is None and not off):
            return
        only = bool(ONLY.intersection(words))
        if suite:
            self._suites.append((node.id, title, off, only))
            return
        outer = self._suites
        name = " > ".join([*(s[1] for s in outer), title])
        skipped = off or any(s[2] for s in outer)
        chosen = only or any(s[3] for s in outer)
        self._cases.append((name, node, given[1:], skipped, chosen))
        self._inside.append(node.id)

    def _end_call(self, node: Node) -> None:
        if self._suites and self._suites[-1][0] == node.id:
            self._suites.pop()
        if self._inside and self._inside[-1] == node.id:
            self._inside.pop()

    def _function(self, node: Node) -> None:
        self._opaque += self._on_its_own(node)

    def _end_function(self, node: Node) -> None:
        self._opaque -= self._on_its_own(node)

    def _on_its_own(self, node: Node) -> int:
        """1 for functions that are called by name: what they define is not there by itself."""
        if node.type in NAMED_FUNCTIONS:
            return 1
        return int(bool(self.above) and self.above[-1].type in {"variable_declarator", "pair"})

    def _await(self, node: Node) -> None:
        if self.in_loop and not self._inside:
            message = "await in a loop: each round waits for the last; Promise.all does not"
            self.add_slow("await-in-loop", node, message)

    def _new(self, node: Node) -> None:
        made = text(node.child_by_field_name("constructor"))
        given = _arguments(node)
        if self.in_loop and made == "RegExp" and given and given[0].type == "string":
            self.add_slow("regex-in-loop", node, "a regular expression is compiled in each round")

    # What only the whole file tells

    def finish(self, root: Node) -> None:
        self.defines = _defined(root)
        if not self._cases:
            return
        imported = {entry[0] for entry in self.imports}
        if not (TEST_PATH.search(self.path) or imported & RUNNERS):
            return
        # node:test heeds `only` just when it is told to.
        exclusive = "node:test" not in imported and any(case[4] for case in self._cases)
        for name, node, bodies, skipped, chosen in self._cases:
            off = skipped or (exclusive and not chosen)
            self.add_test(name, line_of(node), _assertions(node), off, digest(*bodies))


def _arguments(node: Node) -> list[Node]:
    given = node.child_by_field_name("arguments")
    return [c for c in given.named_children if not c.is_extra] if given is not None else []


def _words(called: Node | None) -> list[str]:
    """['it', 'skip'] for `it.skip`, `it.skip.each(…)` and `it.skip.each`…``; empty for others."""
    words: list[str] = []
    while called is not None:
        if called.type == "member_expression":
            words.append(text(called.child_by_field_name("property")))
            called = called.child_by_field_name("object")
        elif called.type == "call_expression":
            called = called.child_by_field_name("function")
        elif called.type == "identifier":
            return [text(called), *words[::-1]]
        else:
            return []
    return []


def _title(node: Node) -> str | None:
    """A title as written; one that a name stands for is filled in when it runs."""
    if node.type in {"string", "template_string"}:
        return string_value(node)
    named = node.type in {"identifier", "member_expression"}
    return f"${{{text(node)[:200]}}}" if named else None


def _switched_off(node: Node) -> bool:
    """Whether an argument is an object with `skip` or `todo`."""
    if node.type != "object":
        return False
    for pair in node.named_children:
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        if text(key).strip("'\"") in {"skip", "todo"} and text(value) not in {"false", ""}:
            return True
    return False


def _type_only(node: Node) -> bool:
    if any(child.type == "type" for child in node.children):
        return True
    clause = next((c for c in node.children if c.type == "import_clause"), None)
    if clause is None:
        return False
    parts = clause.named_children
    if [p.type for p in parts] != ["named_imports"] or not parts[0].named_children:
        return False
    return all(any(c.type == "type" for c in one.children) for one in parts[0].named_children)


def _assertions(node: Node) -> int:
    """How often a test can fail."""
    count = 0
    for below, entering in walk(node):
        if not entering or below.type != "call_expression":
            continue
        called = below.child_by_field_name("function")
        if called is None:
            continue
        if called.type == "identifier":
            name = text(called)
            count += name.startswith(("assert", "expect")) or name == "fail"
        elif called.type == "member_expression":
            count += _checks(called)
    for below, entering in walk(node):
        if entering and below.type == "property_identifier" and below.text == b"should":
            count += 1
    return count


def _checks(member: Node) -> bool:
    words = _words(member)
    last = text(member.child_by_field_name("property"))
    if not words:
        return last == "expect"
    first = words[0]
    if first.startswith("assert") or "assert" in words[:-1]:
        return True
    if first == "expect":
        # `expect(x).toBe(y)` was counted as the call of `expect`.
        inner = member.child_by_field_name("object")
        return inner is not None and inner.type == "identifier" and last not in NOT_CHECKING
    if first in {"t", "tt", "assertion"} and len(words) == 2:
        return last in HARNESS
    return last == "expect"


def _defined(root: Node) -> list[str]:
    names: list[str] = []
    for child in root.named_children:
        node: Node | None = child
        if child.type == "export_statement":
            node = child.child_by_field_name("declaration")
        if node is not None and node.type == "ambient_declaration":
            node = next(iter(node.named_children), None)
        if node is None:
            continue
        if node.type in {"lexical_declaration", "variable_declaration"}:
            for declarator in node.named_children:
                if (bound := declarator.child_by_field_name("name")) is not None:
                    names += _bound(bound)
        elif (name := node.child_by_field_name("name")) is not None:
            names.append(text(name))
    return names


def _bound(pattern: Node) -> list[str]:
    if pattern.type == "identifier":
        return [text(pattern)]
    kinds = {"identifier", "shorthand_property_identifier_pattern"}
    return [text(n) for n, entering in walk(pattern) if entering and n.type in kinds]


_INDEXED = re.compile(rb"\bimport\(\s*(['\"])([^'\"\n]*)\1\s*\)(?=\.[\w$.]+\[)")


def plain_imports(source: bytes) -> tuple[bytes, list[tuple[str, int, int]]]:
    """TypeScript with every `import('a').T[]`, which the grammar cannot read, made `import____.T[]`
    of the same length; and the modules that these named, with line and column from 0."""
    named: list[tuple[str, int, int]] = []

    def plain(match: re.Match[bytes]) -> bytes:
        row = source.count(b"\n", 0, match.start())
        column = match.start() - (source.rfind(b"\n", 0, match.start()) + 1)
        named.append((match[2].decode("utf-8", "replace"), row, column))
        return b"import".ljust(len(match[0]), b"_")

    return _INDEXED.sub(plain, source), named


SCRIPT = re.compile(rb"<script\b([^>]*)>(.*?)</script\s*>", re.S | re.I)


def scripts_of(source: bytes) -> tuple[bytes, bool]:
    """A component's source with everything but its scripts blanked, and whether they are typed."""
    kept, end, typed = b"", 0, False
    for match in SCRIPT.finditer(source):
        kept += _blank(source[end : match.start(2)]) + match[2]
        end = match.end(2)
        typed = typed or b"ts" in match[1].lower()
    return kept + _blank(source[end:]), typed


def _blank(data: bytes) -> bytes:
    return re.sub(rb"[^\n]", b" ", data)
