"""From a question to search words, and from found passages to the few that answer it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from autonomous_coder.models.passages import FoundPassage

MAX_PASSAGES = 4
MAX_ANSWER_CHARS = 3_600
ENOUGH = 0.74
"""From this share of a question's words on, passages count as an answer."""
SOME = 0.4
"""Below this share they count as none."""
_WORD = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*")
_SPLIT = re.compile(r"[-_.]")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_STOP_WORDS = """
a about add after all also am an and any are as at be been before being best between both but by
can code correct could did do does doing done each else every example examples for from get gets
getting got had has have having how i if in into is it its just let like make makes me might more
most much must my need needs new no not of off on one only or other our out over own please
possible properly really right run running same set shall should show so some such than that the
their them then there these they this those through to too under up us use used uses using very
via want was way ways we were what when where which while who why will with without work works
would yet you your
"""
_STOP = frozenset(_STOP_WORDS.split())
_HISTORIC_WORDS = """
breaking change changed changes changelog deprecated deprecation migrate migrated migrating
migration release released removed renamed upgrade upgrading version
"""
_HISTORIC = frozenset(_HISTORIC_WORDS.split())
_ALIKE: dict[str, tuple[str, ...]] = {
    "auth": ("authentication", "authorization"),
    "async": ("asynchronous", "await"),
    "cli": ("command",),
    "config": ("configuration", "configure", "settings"),
    "configure": ("config", "configuration"),
    "db": ("database",),
    "delete": ("remove",),
    "dependency": ("depends", "inject"),
    "env": ("environment",),
    "error": ("exception", "errors"),
    "exception": ("error",),
    "init": ("initialize", "initialise"),
    "install": ("installation",),
    "log": ("logging", "logger"),
    "logging": ("log", "logger"),
    "middleware": ("middlewares",),
    "option": ("options", "flag"),
    "optional": ("default", "nullable"),
    "param": ("parameter",),
    "parameter": ("param", "argument"),
    "rename": ("alias", "renamed"),
    "retry": ("retries",),
    "route": ("routing", "router", "path"),
    "shutdown": ("lifespan", "graceful"),
    "startup": ("lifespan",),
    "stream": ("streaming",),
    "subcommand": ("subcommands", "command"),
    "test": ("testing", "tests"),
    "testing": ("test", "tests"),
    "timeout": ("timeouts", "deadline"),
    "upload": ("file", "multipart"),
    "validate": ("validation", "validator"),
    "validation": ("validate", "validator"),
    "websocket": ("websockets", "ws"),
}


class Question:
    """The words of a question that tell something. `subject` is what it is asked about: its own
    name tells nothing within its documentation."""

    def __init__(self, text: str, subject: str = "") -> None:
        own = {word.lower() for word in re.findall(r"[^\W_]+", subject)}
        words: dict[str, None] = {}
        for word in _WORD.findall(text[:1_000]):
            for part in _SPLIT.split(word):
                if len(part) > 1 or part.isdigit():
                    words[part.lower()] = None
        kept = [w for w in words if w not in _STOP]
        self.words = [w for w in kept if w not in own] or kept or list(words)
        self.names = [
            w.lower()
            for w in _WORD.findall(text[:1_000])
            if re.search(r"[a-z0-9][A-Z]|[_.]", w) and w.lower() not in own
        ]
        self.historic = any(w in _HISTORIC for w in words)

    def terms(self) -> list[str]:
        """What is searched for: the words, what is said instead of them, and longer forms."""
        found: dict[str, None] = dict.fromkeys(self.words)
        for word in self.words:
            found |= dict.fromkeys(_ALIKE.get(word, ()))
            if len(word) >= 4:
                found[f"{word}*"] = None
        return list(found)


def choose(question: Question, found: Sequence[FoundPassage]) -> list[FoundPassage]:
    """The few best, best first, about a few hundred words together. Scores are from 0 to 1."""
    telling = [f for f in found if _share(question.words, _text(f)) >= SOME]
    ranked = sorted((_scored(question, f) for f in telling), key=lambda f: -f.score)
    top = ranked[0].score if ranked else 0.0
    chosen: list[FoundPassage] = []
    size = 0
    for one in ranked:
        if len(chosen) >= MAX_PASSAGES or one.score < top * 0.55:
            break
        if chosen and size + len(one.passage.text) > MAX_ANSWER_CHARS:
            continue
        chosen.append(one)
        size += len(one.passage.text)
    return chosen


def coverage(question: Question, found: Sequence[FoundPassage]) -> float:
    """The share of the question's words that the best passage holds, or two of them together with
    a small reduction."""
    if not question.words:
        return 1.0 if found else 0.0
    best = 0.0
    for index, one in enumerate(found[:3]):
        best = max(best, _share(question.words, _text(one)) * (1.0 if index == 0 else 0.9))
    return best


def _scored(question: Question, found: FoundPassage) -> FoundPassage:
    text = _text(found)
    heading = found.passage.heading.lower()
    share = _share(question.words, text)
    headed = _share(question.words, heading)
    score = found.score / (found.score + 12.0)
    value = score * (0.25 + 0.75 * share * share) * (1.0 + 0.6 * headed)
    value *= 1.0 + 0.25 * _adjacent(question.words, text)
    if question.names:
        value *= 1.0 + 0.5 * sum(n in text for n in question.names) / len(question.names)
    if "```" in found.passage.text:
        value *= 1.12
    if found.passage.weight < 0.5 and not question.historic:
        value *= 0.5
    if question.historic and found.passage.weight < 0.5:
        value *= 2.2
    score = round(value / (value + 0.6), 4)
    return FoundPassage(found.source, found.passage, found.position, score)


def _text(found: FoundPassage) -> str:
    passage = found.passage
    parts = " ".join(_CAMEL.findall(passage.text[:4_000])) if passage.text else ""
    return f"{passage.document} {passage.heading} {passage.text} {parts}".lower()


def _share(words: Sequence[str], text: str) -> float:
    if not words:
        return 0.0
    return sum(_holds(word, text) for word in words) / len(words)


def _holds(word: str, text: str) -> float:
    if re.search(rf"(?<![^\W_]){re.escape(_stem(word))}", text):
        return 1.0
    return 0.7 if any(other in text for other in _ALIKE.get(word, ())) else 0.0


def _stem(word: str) -> str:
    """A beginning that its other forms share."""
    for ending in (
        "ization",
        "isation",
        "ations",
        "ation",
        "ings",
        "ing",
        "ies",
        "es",
        "ed",
        "y",
        "s",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def _adjacent(words: Sequence[str], text: str) -> float:
    """The share of neighbouring words of the question that are neighbours in the text, too."""
    pairs = list(pairwise(words))
    if not pairs:
        return 0.0
    near = sum(
        bool(re.search(rf"{re.escape(_stem(a))}\w{{0,8}}[\W_]{{1,3}}{re.escape(_stem(b))}", text))
        for a, b in pairs
    )
    return near / len(pairs)
