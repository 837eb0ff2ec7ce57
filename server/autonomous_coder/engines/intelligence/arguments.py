"""What a command is handed in: options (`an option for the delimiter`) and arguments."""

from __future__ import annotations

from autonomous_coder.engines.intelligence import operations as o
from autonomous_coder.engines.intelligence import vocabulary as v
from autonomous_coder.engines.intelligence.fieldtypes import infer
from autonomous_coder.engines.intelligence.names import ascii_words
from autonomous_coder.engines.intelligence.tagging import Tag
from autonomous_coder.engines.intelligence.text import Token
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.models.spec import EntityField, FieldType

Found = tuple[int, list[EntityField]]
"""Where the words end, and what they name."""

_SWITCHED = word_set(
    """
    verbose quiet dry_run dryrun force recursive debug all yes ignore_case watch pretty silent
    interactive case_sensitive reverse overwrite strict in_place inplace no_color uppercase
    lowercase symbols numbers digits headers header
    """
)
_SWITCHING = word_set(
    """ignore include exclude skip only keep show hide no enable disable follow preserve overwrite
    print sort reverse strip recurse omit allow force"""
)
_WHOLE = frozenset({"length", "width", "height", "depth"})
_BUILT_IN = frozenset({"help", "version", "h"})
"""Options that every command-line program has by itself."""
_TAKING = word_set("take takes taking accept accepts accepting expect expects given receives")
_JOINED = frozenset({",", "and", "or", "&", "plus"})
_BEFORE = v.DETERMINERS | v.QUANTIFIERS | {"optional", "optionally", "additional", "required"}
_OFFERED = frozenset({"supported", "available", "allowed", "possible"})
_RUN = 12
_MOST = 12
_BY_PATH = frozenset({"url", "image", "photo", "picture", "video", "document"})
_PLACES = frozenset({"in", "from", "with", "of", "at", "by", "for", "between", "into", "on", "to"})


def argument(words: str, kind: FieldType | None = None, *, required: bool) -> EntityField | None:
    """An argument named after words; None when they name nothing, or what is there anyway."""
    parts = ascii_words(words)
    while parts and not parts[0][0].isalpha():
        parts.pop(0)
    name = "_".join(parts)[:56].rstrip("_")
    if not name or name in _BUILT_IN:
        return None
    if kind is None:
        switched = not required and (
            name in _SWITCHED or (len(parts) > 1 and parts[0] in _SWITCHING)
        )
        kind = FieldType.BOOLEAN if switched else infer(name)
        if kind is FieldType.BOOLEAN and not switched:
            kind = FieldType.STRING
        if kind in {FieldType.TEXT, FieldType.URL}:
            kind = FieldType.STRING
        if kind is FieldType.FLOAT and parts[-1] in _WHOLE:
            kind = FieldType.INTEGER
    if kind is FieldType.BOOLEAN:
        return EntityField(name=name, type=kind, required=False, default=False)
    return EntityField(name=name, type=kind, required=required)


def option_at(tokens: list[Token], i: int) -> Found | None:
    """`an option for the delimiter`, `a --force flag`, `flags to ignore case and to ...`."""
    at = past(tokens, i, _BEFORE)
    if at >= len(tokens) or at - i > 4:
        return None
    token = tokens[at]
    if token.lemma in o.OPTION_HEADS:
        return _after_head(tokens, at)
    if _dashed(tokens, at):
        return _dashes(tokens, at)
    end = at
    while end < min(len(tokens), at + 4) and _plain(tokens[end]):
        if tokens[end].lemma in o.OPTION_HEADS:
            return _before_head(tokens, at, end)
        end += 1
    return None


def taken_at(tokens: list[Token], i: int) -> Found | None:
    """`takes a file and a pattern`, `given a URL`."""
    before = tokens[i - 1].text if i else ""
    taking = tokens[i].text in _TAKING and before not in v.DETERMINERS | v.PREPOSITIONS
    named = bool(before) and before not in v.FUNCTION | {",", ":", ")"}
    if not taking or (named and not tokens[i].text.endswith("s")):
        return None
    option = option_at(tokens, i + 1)
    return option or _list(tokens, i + 1, None, required=True)


def _after_head(tokens: list[Token], head: int) -> Found | None:
    flag = FieldType.BOOLEAN if tokens[head].lemma in {"flag", "switch"} else None
    required = tokens[head].lemma == "argument"
    at = head + 1
    while at < len(tokens) and tokens[at].text in {
        "for",
        "called",
        "named",
        ":",
        "of",
        "like",
        "(",
    }:
        at += 1
    if at < len(tokens) and tokens[at].text == "to":
        return _to_do(tokens, at, flag)
    if at == head + 1 and not (at < len(tokens) and _dashed(tokens, at)):
        return None
    if at < len(tokens) and _dashed(tokens, at):
        return _dashes(tokens, at)
    return _list(tokens, at, flag, required=required)


def _to_do(tokens: list[Token], at: int, flag: FieldType | None) -> Found | None:
    """`to choose the delimiter` names what is chosen; `to ignore case` is a switch."""
    verb = at + 1
    if verb >= len(tokens) or not tokens[verb].is_word:
        return None
    if tokens[verb].text in o.CHOOSING:
        return _list(tokens, verb + 1, flag, required=False)
    words = [tokens[verb]]
    end = past(tokens, verb + 1, _BEFORE)
    while end < len(tokens) and len(words) < 3 and _plain(tokens[end]):
        words.append(tokens[end])
        end += 1
    made = argument(" ".join(w.text for w in words), FieldType.BOOLEAN, required=False)
    return (end, [made]) if made else (end, [])


def _before_head(tokens: list[Token], start: int, head: int) -> Found:
    """`a dry run flag`, `an output option`, `delimiter and encoding options`."""
    flag = FieldType.BOOLEAN if tokens[head].lemma in {"flag", "switch"} else None
    words = " ".join(token.text for token in tokens[start:head])
    made = argument(words, flag, required=tokens[head].lemma == "argument")
    return head + 1, [made] if made else []


def _dashed(tokens: list[Token], at: int) -> bool:
    """`--force` or `-f`."""
    marks = [token.text for token in tokens[at : at + 2]]
    word = at + (2 if marks == ["-", "-"] else 1)
    if not marks or marks[0] != "-" or word >= len(tokens) or not tokens[word].is_word:
        return False
    return tokens[word].start == tokens[word - 1].end


def _dashes(tokens: list[Token], at: int) -> Found:
    found: list[EntityField] = []
    while at < len(tokens) and _dashed(tokens, at):
        while tokens[at].text == "-":
            at += 1
        name = tokens[at].text
        at += 1
        head = tokens[at].lemma if at < len(tokens) else ""
        flag = FieldType.BOOLEAN if head in {"flag", "switch"} else None
        at += head in o.OPTION_HEADS
        made = argument(name, flag, required=False) if len(name) > 1 else None
        found += [made] if made else []
        following = past(tokens, at, _JOINED | {"a", "an", "the"})
        if following > at and following < len(tokens) and _dashed(tokens, following):
            at = following
    return past(tokens, at, _OFFERED), found


def _list(tokens: list[Token], at: int, kind: FieldType | None, *, required: bool) -> Found | None:
    """`the delimiter, the encoding and a limit`: one argument each."""
    found: list[EntityField] = []
    end = at
    while len(found) < _MOST:
        start = past(tokens, at, _BEFORE)
        optional = any(token.text in {"optional", "optionally"} for token in tokens[at:start])
        stop = start
        while stop < len(tokens) and stop - start < 4 and _plain(tokens[stop]):
            stop += 1
        words = [token for token in tokens[start:stop] if token.text not in v.QUALITIES]
        if words and words[0].lemma in o.OPTION_HEADS:
            words = list(tokens[start:stop])
        flag = kind
        if len(words) > 1 and words[-1].lemma in o.OPTION_HEADS:
            flag = FieldType.BOOLEAN if words.pop().lemma in {"flag", "switch"} else None
        if not words:
            break
        said = [w.text for w in words[:-1]] + [words[-1].lemma]
        made = argument(" ".join(said), flag, required=required and not optional)
        found += [made] if made else []
        end = stop
        if stop < len(tokens) and tokens[stop].text == ")":
            end = stop + 1
            break
        at = past(tokens, stop, _JOINED)
        if at == stop or at >= len(tokens):
            break
        if o.base(tokens[at].text) and not tokens[at - 1].text.startswith(("a", "the")):
            break
    return (end, found) if found else None


def past(tokens: list[Token], at: int, words: frozenset[str]) -> int:
    """Where a run of such words ends. No sentence has more of them in a row than are looked at
    here: texts that do would take time that grows with the square of their length."""
    end = min(len(tokens), at + _RUN)
    while at < end and tokens[at].text in words:
        at += 1
    return at


def _plain(token: Token) -> bool:
    strong = isinstance(token.tag, Tag) and token.tag.kind in {"language", "framework"}
    functional = token.text in v.FUNCTION or token.text in v.CONJUNCTIONS
    return token.is_word and not functional and not strong


def arguments_of(tokens: list[Token], verb: str = "") -> list[EntityField]:
    """The arguments that the object of a verb names: `CSV to JSON`, `words in a file`."""
    found: dict[str, EntityField] = {}
    place, chunk, counted = "", [], ""
    for token in [*tokens, Token("", "", False)]:
        if token.is_word and token.text in v.DETERMINERS | v.QUANTIFIERS | {"given", "specific"}:
            counted = token.text
            continue
        if _plain(token):
            chunk.append(token)
            continue
        if chunk and (place or verb not in o.OUTPUT):
            for made in _argument_of(place, chunk, counted):
                found.setdefault(made.name, made)
        if chunk:
            chunk, counted = [], ""
        if token.text in _PLACES | {"as"}:
            place = token.text
        elif token.text not in _JOINED:
            place = ""
    return list(found.values())[:_MOST]


def _argument_of(place: str, chunk: list[Token], counted: str) -> list[EntityField]:
    words = [token for token in chunk if token.text not in v.QUALITIES | {"given"}] or chunk
    head = words[-1].lemma
    formats = [token.text for token in words if token.text in o.FORMATS]
    written = place in {"to", "into", "as"}
    if formats and (head in o.FILES or head in o.FORMATS or words[-1].text in o.FORMATS):
        made = argument("output" if written else "source", required=not written)
        text = f"Where the {formats[0].upper()} is written" if written else ""
        text = text or f"The {formats[0].upper()} to read"
        return [made.model_copy(update={"description": text})] if made else []
    if head in o.FILES and written:
        head = "output"
    single = counted in {"a", "an", "given", "specific"} and not words[-1].plural
    several = not place and words[-1].plural and head not in o.FILES | _BY_PATH
    if several or (place == "by" and not single):
        made = None
    elif head in o.GIVEN or head == "output":
        made = argument(head, required=head != "output")
    elif single and place in _PLACES:
        made = argument(" ".join([*(w.text for w in words[:-1]), head]), required=True)
    else:
        made = None
    return [made] if made else []
