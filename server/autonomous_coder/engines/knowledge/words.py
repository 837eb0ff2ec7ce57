"""From text to search words, and what else people call the same thing."""

from __future__ import annotations

import re

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


def tokens(text: str) -> list[str]:
    """Search words: lower case, without stop words, plural and common endings cut, compound names
    (`TestClient`, `serde_yaml`, `react-router`) as a whole and by their parts."""
    found: list[str] = []
    for match in re.finditer(r"[A-Za-z0-9][A-Za-z0-9_+#.-]*", text):
        word = match[0].rstrip("._-+")[:MAX_WORD_CHARS]
        pieces = [piece for piece in re.split(r"[_.\-+#]+", word) if piece]
        if len(pieces) > 1:
            found.append("".join(pieces).lower())
        for piece in pieces:
            # A name of parts, not a constant: a bare lower-case or upper-case piece has one.
            parts = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", piece)
            found.append(piece.lower())
            if len(parts) > 1:
                found += [part.lower() for part in parts if len(part) > 1]
    return [_same(w) for w in found if w not in STOP and not re.fullmatch(r"20[0-9]{2}|.", w)]


def _same(word: str) -> str:
    return _stem(SYNONYMS.get(word, word))


def _stem(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending in ("ing", "ed", "es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word
