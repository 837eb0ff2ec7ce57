"""Patterns of file names as Maven's plugins take them (Ant's: `**/*Test.java`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

MAX_GLOBS, MAX_GLOB = 50, 300


def pattern(glob: Any) -> str:
    """A pattern of Ant (`**/*.xml`) as a regular expression of Java."""
    text = str(glob)[:300]
    text = f"{text}**" if text.endswith("/") else text
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(
        parts.get(word) or re.sub(r"(\W)", r"\\\1", word)
        for word in re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", text)
        if word.isprintable()
    )


def matches(path: str, globs: Sequence[str]) -> bool:
    """Whether any of some patterns of Ant (`**/*Test.java`) fits a path. Whatever the patterns,
    the time it takes grows with their length and the path's alone."""
    return any(_fits(path.split("/"), glob) for glob in globs[:MAX_GLOBS])


def _fits(parts: Sequence[str], glob: str) -> bool:
    if len(glob) > MAX_GLOB:
        return False
    words = glob.replace("\\", "/").split("/")
    words = [*words[:-1], "**"] if words[1:] and words[-1] == "" else words
    # Which lengths of the path's beginning the words until now fit.
    ends = {0}
    for word in words:
        if word == "**":
            ends = set(range(min(ends), len(parts) + 1)) if ends else ends
        else:
            ends = {i + 1 for i in ends if i < len(parts) and _same(parts[i], word)}
    return len(parts) in ends


def _same(part: str, word: str) -> bool:
    ends = {0}
    for letter in word:
        if letter == "*":
            ends = set(range(min(ends), len(part) + 1)) if ends else ends
        else:
            ends = {i + 1 for i in ends if i < len(part) and letter in ("?", part[i])}
    return len(part) in ends
