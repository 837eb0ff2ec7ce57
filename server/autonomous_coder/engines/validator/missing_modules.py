"""Which missing module or package a finding speaks of, in the words of the tools we run."""

from __future__ import annotations

import re
from collections.abc import Collection

_NAME = r"[\"'`“]?(@?\w[\w.@:/+-]{0,200})"
_SAYINGS = tuple(
    re.compile(pattern)
    for pattern in (
        # Python
        rf"[Nn]o module named {_NAME}",
        rf"(?:stubs? for|find) module named {_NAME}",
        # Our own check of dependencies, in every language
        r"[\"'`](@?[\w./:@-]{1,200})[\"'`] is (?:imported|used|required)\b",
        rf"(?:Because )?{_NAME} was not found in the (?:package registry|provided)",
        # JavaScript and TypeScript
        r"[Cc]an(?:no|')t (?:find|resolve) (?:module|package) [\"'`]([^\"'`\s]{1,200})[\"'`]",
        r"(?:[Cc]ould not|[Cc]an't|[Ff]ailed to) resolve (?:import )?[\"'`]([^\"'`\s]{1,200})",
        # Go
        rf"(?:provides package|providing package|could not import) {_NAME}",
        rf"package {_NAME} is not in std",
        # Rust
        rf"unresolved import {_NAME}",
        rf"undeclared (?:crate|type) or module {_NAME}",
        rf"unresolved module or unlinked crate {_NAME}",
        rf"can't find crate for {_NAME}",
        # Java
        r"package ([\w.]{1,200}) does not exist",
    )
)
_SEPARATOR = re.compile(r"::|[./]")


def missing_module(message: str) -> str:
    """The module or package that a message calls missing, as one spelling; empty for none."""
    for saying in _SAYINGS:
        if found := saying.search(message):
            return found[1].rstrip(".:").replace("_", "-").lower()
    return ""


def shortest_known(name: str, known: Collection[str]) -> str:
    """The outermost of the known names that holds this one (`requests` for `requests.auth`)."""
    for separator in _SEPARATOR.finditer(name):
        outer = name[: separator.start()]
        if outer in known:
            return outer
    return name
