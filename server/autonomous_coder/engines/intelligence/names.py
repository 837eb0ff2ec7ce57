"""
Safe names: classes, identifiers and projects from words of a request. A word that
cannot name a class or an attribute in generated code is changed, never refused: an
entity gets the suffix `Record` (`class` -> `ClassRecord`), a field the suffix
`_value` (`import` -> `import_value`). Words of SQL (`order`, `group`) are fine:
tables are plural and quoted by the database layer.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

from anyascii import anyascii

from autonomous_coder.engines.intelligence.inflect import plural, singular
from autonomous_coder.engines.intelligence.wordset import word_set

_NOT_WORD = re.compile(r"[^A-Za-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
_KEYWORDS = frozenset(word.lower() for word in (*keyword.kwlist, *keyword.softkwlist)) - {"type"}
_BUILTINS = frozenset(name.lower() for name in dir(builtins) if name[0] != "_")
_FRAMEWORK = word_set(
    """
    any api app base body client config cookie date datetime decimal depends engine enum field
    form header metadata model optional page params path query request response router select
    session settings status test time token uuid
    """
)
_FIELD_UNSAFE = word_set(
    """
    bool bytes classmethod cls construct copy dict false float frozenset int json list metadata
    model_computed_fields model_config model_construct model_copy model_dump model_extra
    model_fields model_fields_set model_json_schema model_parametrized_name model_post_init
    model_rebuild model_validate none object property registry schema self set
    staticmethod str super true tuple validate
    """
)


def ascii_words(text: str) -> list[str]:
    """Lower-case ASCII words of a name, however it is written (`dueDate`, `due-date`, `Fälle`,
    `Заказ`)."""
    flat = text if text.isascii() else _in_ascii(text)
    return [part.lower() for part in _NOT_WORD.split(_CAMEL.sub(" ", flat)) if part]


def _in_ascii(text: str) -> str:
    """Letters without their accents, those of other scripts as they are spelled in Latin ones;
    what is no letter is left out."""
    text = unicodedata.normalize("NFC", text)
    following = (*text[1:], "")
    return "".join(map(_spelled, text, following))


def _spelled(char: str, following: str) -> str:
    """A letter in Latin ones, in capitals where the word is written in them."""
    if char.isascii():
        return char
    if unicodedata.category(char)[0] not in "LM":
        return unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    made = _UMLAUTS.get(char.lower()) or re.sub(r"[^A-Za-z0-9]", "", anyascii(char))
    if char.isupper():
        return made.upper() if following.isupper() else made.capitalize()
    return made


def class_name(text: str) -> str:
    """`order item` -> `OrderItem`; empty when nothing usable is left."""
    words = ascii_words(text)
    while words and not words[0][0].isalpha():
        words.pop(0)
    name = "".join(word[0].upper() + word[1:] for word in words)[:56]
    snake = "_".join(words)
    if not name:
        return ""
    unsafe = snake in _KEYWORDS or snake in _BUILTINS or snake in _FRAMEWORK
    return f"{name}Record" if unsafe else name


def snake(name: str) -> str:
    """`OrderItem` -> `order_item`."""
    return "_".join(ascii_words(name))


def plural_identifier(name: str) -> str:
    """The identifier of many: `OrderItem` -> `order_items`."""
    return plural(snake(name))[:63]


def identifier(text: str) -> str:
    """A lower-case identifier; empty when nothing usable is left. See the module for suffixes."""
    words = ascii_words(text)
    while words and not words[0][0].isalpha():
        words.pop(0)
    name = "_".join(words)[:56].rstrip("_")
    return f"{name}_value" if _is_unsafe(name) else name


def _is_unsafe(name: str) -> bool:
    # Pydantic keeps what begins like its own methods for itself.
    kept = name.startswith(("model_dump_", "model_validate_"))
    return kept or name in _KEYWORDS or name in _FIELD_UNSAFE


def as_said(name: str) -> str:
    """The word that an identifier was made from: `class` of `class_value`."""
    said = name.removesuffix("_value")
    return said if _is_unsafe(said) else name


def value_identifier(text: str) -> str:
    """An enum value: as `identifier`, with numbers made to start with a letter (`18` -> `v18`)."""
    words = ascii_words(text)
    name = "_".join(words)[:56].rstrip("_")
    if name and not name[0].isalpha():
        name = f"v{name}"
    return name if name not in {"none", "true", "false"} else f"{name}_value"


def project_name(text: str, fallback: str = "project") -> str:
    """`Todo API` -> `todo-api`."""
    words = ascii_words(text)
    while words and not words[0][0].isalpha():
        words.pop(0)
    name = "-".join(words)[:60].strip("-")
    return name or fallback


def listing(names: list[str]) -> str:
    """`Post`, `Post and Comment`, `Post, Comment and Tag`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def uncapitalised(text: str) -> str:
    """`Users can log in` -> `users can log in`; abbreviations (`PDF ...`) stay."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def answers(wanted: str, name: str) -> bool:
    """Whether an attribute or relation `name` is what `wanted` speaks of (`date`, `due_date`)."""
    titles = {"title", "name"}
    return (
        wanted in {name, singular(name)}
        or name.endswith(f"_{wanted}")
        or (wanted in titles and name in titles)
    )
