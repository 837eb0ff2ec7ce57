"""Which missing module or package a finding speaks of, in the words of the tools we run."""

from __future__ import annotations

import re
from collections.abc import Collection

_NAME = r"[\"'`“]?(@?\w[\w.@:/+-]{0,200})"
_SAYINGS = tuple(
    (words, re.compile(pattern))
    for words, pattern in (
        # Python
        ("module named", rf"odule named {_NAME}"),
        ("was not found in the", rf"Because {_NAME} was not found in the"),
        # Our own check of dependencies, in every language
        ("is imported", r"[\"'`](@?[\w./:@-]{1,200})[\"'`] is imported\b"),
        # JavaScript and TypeScript
        (" module ", r"an(?:no|')t (?:find|resolve) module [\"'`]([^\"'`\s]{1,200})"),
        (" package ", r"an(?:no|')t (?:find|resolve) package [\"'`]([^\"'`\s]{1,200})"),
        ("resolve ", r"(?:ould not|an't|ailed to) resolve (?:import )?[\"'`]([^\"'`\s]{1,200})"),
        # Go
        ("provides package", rf"provides package {_NAME}"),
        ("providing package", rf"providing package {_NAME}"),
        ("could not import", rf"could not import {_NAME}"),
        ("is not in std", rf"package {_NAME} is not in std"),
        # Rust
        ("unresolved import", rf"unresolved import {_NAME}"),
        ("undeclared", rf"undeclared (?:crate|type) or module {_NAME}"),
        ("unlinked crate", rf"unlinked crate {_NAME}"),
        ("find crate for", rf"find crate for {_NAME}"),
        # Java
        ("does not exist", r"package ([\w.]{1,200}) does not exist"),
    )
)
"""(words that must be there, the pattern): most findings say none of this, which must be quick to
tell of thousands."""
_SEPARATOR = re.compile(r"::|[./]")


def missing_module(message: str) -> str:
    """The module or package that a message calls missing, as one spelling; empty for none."""
    for words, saying in _SAYINGS:
        if words in message and (found := saying.search(message)):
            return found[1].rstrip(".:").replace("_", "-").lower()
    return ""


def shortest_known(name: str, known: Collection[str]) -> str:
    """The outermost of the known names that holds this one (`requests` for `requests.auth`)."""
    for separator in _SEPARATOR.finditer(name):
        outer = name[: separator.start()]
        if outer in known:
            return outer
    return name
