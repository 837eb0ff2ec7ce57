"""What a go.mod file says: Go version, requirements, retractions, deprecation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from autonomous_coder.registries import semver
from autonomous_coder.registries.base import MAX_DEPENDENCIES, text

MAX_MOD_CHARS = 500_000
_VERSION = r"v[\w.+-]{1,200}"
_RETRACT = re.compile(
    rf"(?:\[\s*(?P<low>{_VERSION})\s*,\s*(?P<high>{_VERSION})\s*\]|(?P<one>{_VERSION}))"
)


@dataclass(frozen=True, slots=True)
class GoMod:
    """`retracted` are (lowest, highest, reason); `requires` the direct requirements."""

    go: str = ""
    deprecated: str = ""
    requires: dict[str, str] = field(default_factory=dict)
    retracted: tuple[tuple[semver.Semver, semver.Semver, str], ...] = ()

    def why_retracted(self, version: str) -> str:
        """The reason when the module's authors took a version back, else empty."""
        parsed = semver.parse(version)
        for low, high, reason in self.retracted if parsed else ():
            if parsed and low <= parsed <= high:
                return f"retracted: {reason}" if reason else "retracted"
        return ""


def read_mod(content: str) -> GoMod:
    """Whatever can be read of a go.mod; never raises."""
    go, deprecated = "", ""
    requires: dict[str, str] = {}
    retracted: list[tuple[semver.Semver, semver.Semver, str]] = []
    for verb, words, comment, above in _lines(content[:MAX_MOD_CHARS]):
        if verb == "go":
            go = go or (words if re.fullmatch(r"\d[\w.]{0,20}", words) else "")
        elif verb == "module":
            # The notice stands in the comment before the module's line, or behind it.
            for said in (above, comment):
                if match := re.match(r"Deprecated:\s*(.*)", said, re.S):
                    deprecated = text(re.sub(r"\s+", " ", match[1]).partition("  ")[0])
        elif verb == "require":
            name, _, version = words.partition(" ")
            if "indirect" not in comment and version and len(requires) < MAX_DEPENDENCIES:
                requires[text(name.strip('"'), 214)] = text(version, 100)
        elif verb == "retract" and (match := _RETRACT.match(words)):
            low = semver.parse(match["low"] or match["one"])
            high = semver.parse(match["high"] or match["one"])
            if low and high and len(retracted) < 1_000:
                retracted.append((low, high, text(comment or above, 200)))
    return GoMod(go, deprecated, requires, tuple(retracted))


def _lines(content: str) -> Iterator[tuple[str, str, str, str]]:
    """(verb, words, comment behind, comment lines above) of each directive, blocks resolved."""
    block, above = "", list[str]()
    for raw in content.splitlines():
        code, mark, comment = raw.partition("//")
        words, said = code.strip(), comment.strip()
        if not words:
            above = [*above[-20:], said] if mark else []
            continue
        if block:
            if words == ")":
                block = ""
            else:
                yield block, words, said, " ".join(above)
        else:
            verb, _, rest = words.partition(" ")
            rest = rest.strip()
            if rest == "(" or verb.endswith("("):
                block = verb.rstrip("(")
            else:
                yield verb, rest, said, " ".join(above)
        above = []
