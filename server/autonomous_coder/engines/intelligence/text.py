"""Text in, tokens out: normalising, tokenising and splitting into sentences. All linear."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.inflect import singular
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import MAX_DESCRIPTION_CHARS

MIN_DESCRIPTION_CHARS = 3
EXAMPLE = 'For example: "Create a REST API for a todo app with authentication".'

_MARKUP = re.compile(r"<[^<>\n]{1,200}>")
_WEB = re.compile(r"\b[a-z]{2,8}://\S{1,300}")
_SPACES = re.compile(r"[^\S\n]+")
_TOKEN = re.compile(
    r"(?:e\.g\.|i\.e\.|etc\.|(?:[mM]ax|[mM]in)\.(?=\s*\d))"
    r"|[A-Za-z]{2,10}\.(?:js|JS)\b"
    r"|[cC](?:\+\+|#)"
    r"|[^\W\d_][^\W_]*(?:['’\-_]+[^\W_]+)*(?:\?(?=\s?[,):]))?"
    r"|\d[\w]*(?:[.:%][\w]+)*"
    r"|[^\w\s]|_+|\n"
)
_HEADS = word_set(
    """
    api app application apps platform server service system tool website
    """
)
"""Second halves that are words of their own: `Todo-App`, `REST-API`."""
_ELIDED = re.compile(r"\b(un|l|d|dell|all|nell|sull)['’](?=\w)", re.IGNORECASE)
"""`un'API`, `l'API`: words of their own."""
_BULLET = re.compile(r"^[ \t]*(?:[-*•+]|\d{1,3}[.)])[ \t]+", re.MULTILINE)
ENDS = {".", "!", "?", ";", "\n"}
_PARTNER = {"(": ")", "[": "]", "{": "}"}
_CLOSING = set(_PARTNER.values())


@dataclass(slots=True)
class Limits:
    """How long or how great something may be, as `said`. `of` is `length`, `points` or nothing;
    `step` is 1 or -1 where the bound itself is not allowed (`over 10`)."""

    said: str
    minimum: float | None
    maximum: float | None
    of: str = ""
    step: float = 0.0
    used: bool = False


@dataclass(slots=True)
class Token:
    """One word, number or mark. `understood` is set by whoever made sense of it."""

    text: str
    raw: str
    is_word: bool
    lemma: str = ""
    understood: bool = False
    neutral: bool = False
    optional: bool = False
    start: int = 0
    end: int = 0
    tag: object | None = field(default=None)
    """A `tagging.Tag` that begins at this token."""
    limits: Limits | None = None
    """What the words behind it say of how long or great it may be."""
    said: tuple[tuple[str, ...], ...] = ()
    """What the words this token stands for need, where they were read before it."""

    @property
    def plural(self) -> bool:
        return self.lemma != self.text


def normalise(text: str) -> str:
    """NFC, without control and formatting characters; spaces folded, line breaks kept."""
    if len(text) > 20 * MAX_DESCRIPTION_CHARS:
        raise _too_long(len(text))
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = [char if char == "\n" or unicodedata.category(char)[0] != "C" else " " for char in text]
    lines = [_SPACES.sub(" ", line).strip() for line in "".join(kept).split("\n")]
    return "\n".join(line for line in lines if line).strip()


def checked(text: str, *, may_be_empty: bool = False) -> str:
    """The normalised description.

    Raises:
        InvalidInputError: it is shorter than 3 or longer than 20,000 characters.
    """
    clean = normalise(text)
    if len(clean) > MAX_DESCRIPTION_CHARS:
        raise _too_long(len(clean))
    if len(clean) < MIN_DESCRIPTION_CHARS and not may_be_empty:
        raise InvalidInputError(
            "The description is empty." if not clean else "The description is too short.",
            hint=f"Say in a sentence what is to be built. {EXAMPLE}",
        )
    return clean


def _too_long(length: int) -> InvalidInputError:
    return InvalidInputError(
        f"The description has {length:,} characters; at most {MAX_DESCRIPTION_CHARS:,} are read.",
        hint="Shorten it, or hand the details over as 'spec' (entities, fields, features).",
    )


def tokenise(text: str) -> list[Token]:
    """Words (lower case, with their singular), numbers and marks, in order."""
    text = _WEB.sub(_blank, _MARKUP.sub(_blank, _without_programs(text)))
    text = _ELIDED.sub(r"\1 ", _BULLET.sub(_blank, text))
    tokens = []
    for match in _TOKEN.finditer(text):
        raw = match.group()
        optional = len(raw) > 1 and raw.endswith("?")
        word = raw.removesuffix("?") if optional else raw
        stem, dash, head = word.lower().rpartition("-")
        if dash and head in _HEADS and stem:
            middle = match.start() + len(stem)
            for part, start in (
                (word[: len(stem)], match.start()),
                (word[len(stem) + 1 :], middle + 1),
            ):
                lower = part.lower()
                tokens.append(
                    Token(lower, part, True, singular(lower), start=start, end=start + len(part))
                )
            continue
        is_word = word[0].isalnum()
        lower = word.lower().replace("’", "'").removesuffix("'s") if is_word else word
        if lower in {"e.g.", "i.e.", "etc.", "max.", "min."}:
            lower = lower.replace(".", "")
        tokens.append(
            Token(
                text=lower,
                raw=word,
                is_word=is_word,
                lemma=singular(lower) if is_word else word,
                optional=optional,
                start=match.start(),
                end=match.end(),
            )
        )
    return _balanced(tokens)


def _without_programs(text: str) -> str:
    """Elements of markup that hold programs or styles are blanked; they ask for nothing."""
    for name in ("script", "style"):
        pieces, at = [], 0
        closing = re.compile(f"</{name}>", re.IGNORECASE)
        for opening in re.finditer(rf"<{name}\b[^<>]{{0,200}}>", text, re.IGNORECASE):
            if opening.start() < at:
                continue
            ending = closing.search(text, opening.end())
            if ending is None:
                break
            pieces += [text[at : opening.start()], " " * (ending.start() - opening.start())]
            at = ending.start()
        text = "".join([*pieces, text[at:]])
    return text


def _balanced(tokens: list[Token]) -> list[Token]:
    """Without brackets that have no partner on their line."""
    open_at: list[int] = []
    stray: set[int] = set()
    for index, token in enumerate(tokens):
        if token.text == "\n":
            stray.update(open_at)
            open_at = []
        elif token.text in _PARTNER:
            open_at.append(index)
        elif token.text in _CLOSING:
            if open_at and _PARTNER[tokens[open_at[-1]].text] == token.text:
                open_at.pop()
            else:
                stray.add(index)
    stray.update(open_at)
    return [token for index, token in enumerate(tokens) if index not in stray]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def sentences(tokens: list[Token]) -> list[list[Token]]:
    """Cut at full stops, semicolons and line breaks that stand outside brackets."""
    out: list[list[Token]] = [[]]
    depth = 0
    for index, token in enumerate(tokens):
        if token.text == "(":
            depth += 1
        elif token.text == ")":
            depth = max(0, depth - 1)
        ends = token.text in ENDS and not _within_word(tokens, index)
        if ends and (not depth or token.text == "\n"):
            depth = 0
            out.append([])
        else:
            out[-1].append(token)
    return [sentence for sentence in out if any(token.is_word for token in sentence)]


def _within_word(tokens: list[Token], index: int) -> bool:
    """Whether a mark stands inside a path or a name (`../etc`, `a.b`) and ends nothing."""
    mark = tokens[index]
    if mark.text not in {".", "!", "?"} or index + 1 >= len(tokens):
        return False
    after = tokens[index + 1]
    return after.start == mark.end and after.raw not in ENDS - {"."} and not after.raw[0].isupper()
