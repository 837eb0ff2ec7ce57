"""Reads a JSON list of [path, grammar] from standard input and prints one JSON object a file."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterable
from typing import Any

from tree_sitter import Language, Parser

from .faults import Fault, faults
from .go import GoReader
from .java import JavaReader
from .javascript import ScriptReader, plain_imports, scripts_of
from .reader import MAX_EACH, Reader
from .rust import RustReader

MAX_BYTES = 4_000_000
MAX_LINE_BYTES = 400
"""On average: longer lines are a program's, not a person's, and only their syntax is read."""
GRAMMARS: dict[str, tuple[str, str, type[Reader]]] = {
    "javascript": ("tree_sitter_javascript", "language", ScriptReader),
    "typescript": ("tree_sitter_typescript", "language_typescript", ScriptReader),
    "tsx": ("tree_sitter_typescript", "language_tsx", ScriptReader),
    "go": ("tree_sitter_go", "language", GoReader),
    "rust": ("tree_sitter_rust", "language", RustReader),
    "java": ("tree_sitter_java", "language", JavaReader),
}
TYPED = frozenset({"typescript", "tsx"})
UTF8_ONLY = frozenset({"go", "rust", "java"})


class Surveyor:
    """Keeps one parser for each grammar."""

    def __init__(self) -> None:
        self._parsers: dict[str, Parser] = {}

    def parser(self, grammar: str) -> Parser:
        if grammar not in self._parsers:
            module, function, _ = GRAMMARS[grammar]
            language = getattr(importlib.import_module(module), function)()
            self._parsers[grammar] = Parser(Language(language))
        return self._parsers[grammar]

    def look(self, path: str, grammar: str) -> dict[str, Any]:
        """Everything there is to say about one file."""
        fact: dict[str, Any] = {"path": path, "grammar": grammar}
        with open(path, "rb") as stream:  # noqa: PTH123
            source = stream.read(MAX_BYTES + 1)
        if len(source) > MAX_BYTES:
            return {**fact, "unread": "it is too large to be checked"}
        if path.endswith((".vue", ".svelte", ".astro")):
            source, typed = scripts_of(source)
            grammar = fact["grammar"] = "typescript" if typed else "javascript"
        source = source.removeprefix(b"\xef\xbb\xbf")
        fact["lines"] = source.count(b"\n") + (not source.endswith(b"\n") and bool(source))
        found = _undecodable(source) if grammar in UTF8_ONLY or b"\0" in source else []
        if found:
            return {**fact, "faults": _placed(found, source)}
        root = self.parser(grammar).parse(source).root_node
        types: list[tuple[str, int, int]] = []
        if root.has_error and grammar in TYPED:
            source, types = plain_imports(source)
            root = self.parser(grammar).parse(source).root_node if types else root
        fact["faults"] = _placed(faults(root, source), source)
        if len(source) > MAX_LINE_BYTES * max(1, fact["lines"]):
            return fact
        reader = GRAMMARS[grammar][2](path, source)
        reader.read(root)
        reader.imports += [[module, row, column, True] for module, row, column in types]
        return fact | {
            "imports": [
                [module, row + 1, _character(source, row, column), type_only]
                for module, row, column, type_only in reader.imports[:MAX_EACH]
            ],
            "slow": [
                [code, row + 1, _character(source, row, column), message]
                for code, row, column, message in reader.slow[:100]
            ],
            "functions": reader.functions[:MAX_EACH],
            "tests": reader.tests[:MAX_EACH],
            "defines": reader.defines[:MAX_EACH],
            "conditions": reader.conditions[:MAX_EACH],
        }


def _undecodable(source: bytes) -> list[Fault]:
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        row = source.count(b"\n", 0, error.start)
        column = error.start - (source.rfind(b"\n", 0, error.start) + 1)
        return [(row, column, "this is not UTF-8 text")]
    place = source.find(b"\0")
    if place < 0:
        return []
    row = source.count(b"\n", 0, place)
    return [(row, place - (source.rfind(b"\n", 0, place) + 1), "this is not text")]


def _placed(found: Iterable[Fault], source: bytes) -> list[list[Any]]:
    return [[row + 1, _character(source, row, at), message] for row, at, message in found]


def _character(source: bytes, row: int, column: int) -> int:
    """1-based column in characters, of one in bytes."""
    lines = _lines(source)
    line = lines[row] if row < len(lines) else b""
    return len(line[:column].decode("utf-8", "replace")) + 1


_split: tuple[bytes, list[bytes]] = b"", []


def _lines(source: bytes) -> list[bytes]:
    global _split
    if _split[0] is not source:
        _split = source, source.split(b"\n")
    return _split[1]


def main() -> None:
    surveyor = Surveyor()
    for path, grammar in json.load(sys.stdin):
        try:
            fact = surveyor.look(path, grammar)
        except OSError as error:
            fact = {"path": path, "grammar": grammar, "unread": error.strerror or "it is gone"}
        print(json.dumps(fact))  # noqa: T201


main()
