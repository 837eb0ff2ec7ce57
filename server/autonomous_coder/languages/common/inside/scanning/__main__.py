"""`python -m scanning CACHE` reads a JSON list of paths from standard input and prints one JSON
object a file: findings as [kind, severity, how it was found, line, column, hint, what names it],
the gravest kept, and of those left out how many there are and how grave the worst is."""

from __future__ import annotations

import json
import sys
from typing import Any

from .guesses import addresses, guesses
from .shapes import (
    ALLOWLISTS,
    LOOK_AWAY,
    SEVERITIES,
    base,
    gravity,
    is_document,
    is_lock,
    is_sample,
    is_test,
    worth_scanning,
)

MAX_BYTES = 2_000_000
MAX_FINDINGS = 50
FILE_SECONDS = 20.0
HINT_CHARS = 3
MIN_HINTED = 20
"""Shorter credentials are not hinted at: three characters of a password are too many."""


class Engine:
    """The rule set, loaded when the first file needs it."""

    def __init__(self, cache: str) -> None:
        self._cache = cache
        self._scanner: Any = None
        self.failure = ""

    def findings(self, path: str, data: bytes) -> list[Any]:
        if self._scanner is None and not self.failure:
            try:
                from kingfisher_sdk import DetectionPolicy, Rules, Scanner

                policy = DetectionPolicy(inline_ignores=False)
                self._scanner = Scanner(Rules(cache_dir=self._cache), policy=policy)
            except (ImportError, OSError, RuntimeError, ValueError) as error:
                self.failure = f"the rules cannot be loaded ({type(error).__name__})"
        if self._scanner is None:
            return []
        from kingfisher_sdk import ScanInput

        source = ScanInput(path=path, data=data)
        found = self._scanner.scan_input(source, timeout=FILE_SECONDS)
        return [f for f in found if f.visible and "generic-credential-uri" not in f.rule_id]


def look(path: str, engine: Engine) -> dict[str, Any]:
    """Everything there is to say about one file."""
    with open(path, "rb") as stream:  # noqa: PTH123
        data = stream.read(MAX_BYTES + 1)
    if b"\0" in data[:8_000]:
        if data[:8_000].count(b"\0") > 8:
            return {"path": path, "binary": True}
        # A text with a stray zero byte is still read by what uses it.
        data = data.replace(b"\0", b" ")
    cut = len(data) > MAX_BYTES
    data = data[:MAX_BYTES]
    text = data.decode("utf-8", "replace")
    # Offsets of the engine are in bytes: it gets what it was given back as text.
    encoded = text.encode("utf-8")
    lines = Lines(text)
    aside = is_test(path) or is_sample(path) or is_document(path)
    found: list[list[Any]] = []
    taken: list[tuple[int, int]] = []
    if not is_lock(path) and worth_scanning(text):
        for match in _distinct(engine.findings(path, encoded)):
            place = match.location
            start, end = (
                len(encoded[: place[key]].decode("utf-8", "replace"))
                for key in ("start_offset", "end_offset")
            )
            secret = text[start:end]
            local = False
            if "://" in secret[:20]:
                # Whether the password in it is one is told by the same rules everywhere.
                passwords = list(addresses(secret))
                if not passwords:
                    continue
                local = all(one[4] for one in passwords)
            taken.append((start, end))
            hint = secret[:HINT_CHARS] if len(secret) >= MIN_HINTED else ""
            if "PRIVATE KEY" in secret:
                hint = ""
            kind = match.rule_id.rsplit(".", 1)[-1].rsplit("/", 1)[-1]
            severity = gravity(kind, aside=aside, harmless=local or _example(secret))
            found.append([kind, severity, "format", *lines.place(start), hint, ""])
    if not aside:
        for start, end, kind, name, local in guesses(path, text):
            if not any(start < e and s < end for s, e in taken):
                taken.append((start, end))
                severity = "info" if local else "warning"
                found.append([kind, severity, "guess", *lines.place(start), "", name[:60]])
    # A credential must not vanish behind many harmless ones.
    found.sort(key=lambda one: (SEVERITIES.index(one[1]), one[3], one[4]))
    left = found[MAX_FINDINGS:]
    away = [lines.place(m.start())[0] for m in LOOK_AWAY.finditer(text)]
    return {
        "path": path,
        "cut": cut,
        "allowlist": base(path) in ALLOWLISTS,
        "found": found[:MAX_FINDINGS],
        "left": [len(left), left[0][1]] if left else None,
        "away": [] if is_document(path) else away[:10],
    }


def _distinct(findings: list[Any]) -> list[Any]:
    """One finding for each place, by the rule that is surest of itself."""
    rank = {"high": 0, "medium": 1, "low": 2}
    kept: list[Any] = []
    ordered = sorted(
        findings, key=lambda f: ("generic" in f.rule_id, rank.get(f.confidence, 3), f.rule_id)
    )
    for one in ordered:
        a = one.location
        for other in kept:
            b = other.location
            if a["start_offset"] < b["end_offset"] and b["start_offset"] < a["end_offset"]:
                break
        else:
            kept.append(one)
    return sorted(kept, key=lambda f: int(f.location["start_offset"]))


def _example(secret: str) -> bool:
    """Whether a token says of itself that it is none."""
    lowered = secret.lower()
    words = ("example", "placeholder", "xxxxx", "123456789", "abcdefgh", "000000", "_test_", "fake")
    return any(word in lowered for word in words)


class Lines:
    """Finds line and column (1-based) of an offset."""

    def __init__(self, text: str) -> None:
        self._text = text

    def place(self, offset: int) -> tuple[int, int]:
        line = self._text.count("\n", 0, offset) + 1
        return line, offset - (self._text.rfind("\n", 0, offset) + 1) + 1


def main() -> None:
    engine = Engine(sys.argv[1])
    for path in json.load(sys.stdin):
        try:
            fact = look(path, engine)
        except (OSError, TimeoutError, RuntimeError, ValueError) as error:
            fact = {"path": path, "failed": type(error).__name__}
        print(json.dumps(fact))  # noqa: T201
    print(json.dumps({"engine": engine.failure}))  # noqa: T201


main()
