"""From text to search words, and what else people call the same thing."""

from __future__ import annotations

import re
from functools import lru_cache

ECOSYSTEMS = {"py": "pypi", "python": "pypi", "js": "npm", "ts": "npm", "typescript": "npm",
              "javascript": "npm", "node": "npm", "rust": "crates", "golang": "go",
              "java": "maven"}  # fmt: skip
"""What people call an ecosystem -> its name here."""

STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been by can could did do does doing for from get gets getting had "
        "has have how i if in into is it its just like make me my need not now of on one or our "
        "please should so some still t than that the them then there these they this to use used "
        "using want was way we were what when where which while who why will with without won "
        "would you your s d ll ve m re doesn don isn aren can't",
    )
)
SYNONYMS = {
    "auth": "authentication",
    "login": "authentication",
    "config": "configuration",
    "configure": "configuration",
    "db": "database",
    "dep": "dependency",
    "deps": "dependency",
    "dependencies": "dependency",
    "docs": "documentation",
    "env": "environment",
    "exception": "error",
    "js": "javascript",
    "ts": "typescript",
    "py": "python",
    "golang": "go",
    "py3": "python",
    "pwd": "password",
    "param": "parameter",
    "params": "parameter",
    "repo": "repository",
    "alternative": "successor",
    "replacement": "successor",
    "replaced": "successor",
    "replaces": "successor",
    "replace": "successor",
    "instead": "successor",
    "supersede": "successor",
    "superseded": "successor",
    "followed": "successor",
    "successors": "successor",
    "renamed": "rename",
    "deprecated": "deprecation",
    "deprecate": "deprecation",
    "unmaintained": "deprecation",
    "maintained": "deprecation",
    "abandoned": "deprecation",
    "removed": "removal",
    "gone": "removal",
    "dropped": "removal",
    "nodejs": "node",
    "postgres": "postgresql",
}
"""Words that mean the same in a question: each is found by the other."""
IRREGULAR = {"hashes": "hash", "classes": "class", "indices": "index", "bodies": "body"}
MAX_WORD_CHARS = 60
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+#.-]*")
PIECES = re.compile(r"[_.+#-]+")
PARTS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
EMPTY = re.compile(r"20[0-9]{2}|.")
"""Years stand in every dated note; single characters say nothing."""


def tokens(text: str) -> list[str]:
    """Search words: lower case, without stop words, plural and common endings cut, compound names
    (`TestClient`, `serde_yaml`, `react-router`) as a whole and by their parts."""
    found: list[str] = []
    for word in WORD.findall(text):
        found += _words_of(word[:MAX_WORD_CHARS])
    return found


@lru_cache(maxsize=20_000)
def _words_of(word: str) -> tuple[str, ...]:
    """The search words of one word as it is written."""
    if word.isalpha() and word[1:].islower():
        plain = word.lower()
        return () if plain in STOP or len(plain) == 1 else (_same(plain),)
    pieces = [piece for piece in PIECES.split(word) if piece]
    found = ["".join(pieces).lower()] if len(pieces) > 1 else []
    for piece in pieces:
        found.append(piece.lower())
        # A name of parts, not a constant: a piece all in one case has but one.
        parts = PARTS.findall(piece)
        if len(parts) > 1:
            found += [part.lower() for part in parts if len(part) > 1]
    return tuple(_same(w) for w in found if w not in STOP and not EMPTY.fullmatch(w))


def _same(word: str) -> str:
    return _stem(SYNONYMS.get(word, word))


def _stem(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending in ("ing", "ed", "es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word
