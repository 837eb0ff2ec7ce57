"""Taking out of foreign text what a reader does not see, and what could act instead of being read.

What is left is plain Markdown. It is still somebody else's text: who shows it, quotes it.
"""

from __future__ import annotations

import re

_ESCAPES = re.compile(
    r"\x1b\[[0-?]{0,64}[ -/]{0,16}[@-~]|\x1b[\]PX^_][^\x07\x1b]{0,4000}(?:\x07|\x1b\\)?|\x1b[@-_]?"
)
_CONTROLS = (
    *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0),
    0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810),
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, 0xFFA0,
    *range(0xFE00, 0xFE10), 0xFEFF, *range(0xFFF0, 0xFFFC), *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000), *range(0xD800, 0xE000),
)  # fmt: skip
_INVISIBLE = dict.fromkeys(_CONTROLS)
"""Control characters, what turns the direction of writing, what has no width, tags, variation
selectors (which can carry a hidden text), lone surrogates."""
_ASCII_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE_LINES = {0x85: "\n", 0x2028: "\n", 0x2029: "\n", 0x0D: "\n", 0xA0: " ", 0x0C: "\n"}
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.M)
_REMARK = re.compile(r"^\s{0,3}\[[^\]\n]{0,200}\]:[ \t]*(?:#|<>)[ \t]*[\"'(].*$", re.M)
_TARGET = re.compile(r"^ {0,3}\[[^\]\n]{1,200}\]:[ \t]{0,9}\S{1,1000}[^\n]{0,200}$", re.M)
_ENTITY = re.compile(r"&(nbsp|emsp|ensp|amp|lt|gt|quot|middot|mdash|ndash|hellip|#39);")
_ENTITIES = {
    "nbsp": " ", "emsp": " ", "ensp": " ", "amp": "&", "lt": "<", "gt": ">", "quot": '"',
    "middot": "·", "mdash": "—", "ndash": "–", "hellip": "…", "#39": "'",
}  # fmt: skip
_IMAGE = re.compile(r"!\[([^\]\n]{0,300}+)\](?:\([^()\n]{0,2000}+\)|\[[^\]\n]{0,200}+\])?")
_EMPTY_LINK = re.compile(r"\[\s{0,20}+\](?:\([^()\n]{0,2000}+\)|\[[^\]\n]{0,200}+\])")
_LINK = re.compile(
    r"\[([^\[\]\n]{1,500}+)\]"
    r"\(\s{0,9}<?((?:[^()<>\s]|\([^()\s]{0,300}+\)){0,2000}+)>?[^()\n]{0,300}+\)"
)
_POINTED = re.compile(r"<(?!https?:|mailto:)[a-z][a-z0-9+.-]{1,30}:[^<>\n]{0,2000}>", re.I)
_TAG = re.compile(r"</?(?:[a-zA-Z][\w-]{0,40}+)(?:\s[^<>]{0,4000}+)?/?>")
_SPAN = re.compile(r"(`[^`\n]{1,300}+`)")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d|/tr)\b[^<>]{0,200}+>", re.I)
_SAFE_LINK = re.compile(r"(?:https?://|/|\.|#|[\w-]+(?:[/.#?]|$))", re.I)
_BAD_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}:", re.I)
_CODE_TAGS = frozenset(("code", "pre", "kbd", "samp", "tt"))
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,60}\b(?:previous|prior|above|earlier|all|any|"
    r"system|your)\b[^.\n]{0,40}\b(?:instructions?|prompts?|rules?|messages?|guidelines?)\b"
    r"|\b(?:you are|act as)\b[^.\n]{0,30}\b(?:an? (?:AI|LLM)|language model|assistant|chatbot)\b"
    r"|\b(?:AI|LLM|assistant|agent|model|claude|chatgpt|copilot)s?\b[^.\n]{0,40}"
    r"\b(?:must|should now|shall|have to|please)\b[^.\n]{0,60}\b(?:run|execute|send|post|upload|"
    r"delete|install|fetch|reveal|print)\b"
    r"|</?(?:system|assistant|instructions?|function_calls?|tool_(?:call|result|use))\b[^<>]{0,80}>"
    r"|^\s{0,9}(?:system|assistant|human)\s{0,3}:"
    r"|\b(?:system prompt|jailbreak)\b",
    re.I | re.M,
)


def clean(text: str) -> str:
    """Without escape sequences and invisible characters; lines end with a line feed."""
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    text = text.replace("\r\n", "\n")
    if text.isascii():
        return _ASCII_CONTROLS.sub("", text.replace("\r", "\n").replace("\f", "\n"))
    return text.translate(_INVISIBLE_LINES).translate(_INVISIBLE)


def clean_line(text: str, limit: int = 200) -> str:
    """One bounded line."""
    return " ".join(clean(text[: limit * 4]).split())[:limit]


def clean_markdown(text: str) -> str:
    """Markdown without comments, images, HTML and links that are not to the web; code stays as it
    is but for invisible characters."""
    parts = _code_and_prose(_without_comments(clean(text)))
    found = "".join(part if code else _prose(part) for code, part in parts)
    return re.sub(r"\n[ \t]*(?:\n[ \t]*){2,}", "\n\n", found).strip()


def addresses_reader(text: str) -> bool:
    """Whether it seems to give orders to an assistant that reads it; a guess, for a warning."""
    return bool(_ORDERS.search(text))


def _without_comments(text: str) -> str:
    """HTML comments are dropped wherever they stand, in code as well: hosts do not show them."""
    found: list[str] = []
    position = 0
    while (start := text.find("<!--", position)) >= 0:
        found.append(text[position:start])
        end = text.find("-->", start + 4)
        if end < 0:
            # Never closed: a browser would show nothing of the rest.
            return "".join(found)
        position = end + 3
    found.append(text[position:])
    return "".join(found)


def _code_and_prose(text: str) -> list[tuple[bool, str]]:
    """(is a fenced block, text) in order."""
    parts: list[tuple[bool, str]] = []
    position = 0
    while opening := _FENCE.search(text, position):
        parts.append((False, text[position : opening.start()]))
        fence = opening[1]
        closing = re.compile(rf"^ {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$", re.M)
        end = closing.search(text, opening.end())
        position = end.end() if end else len(text)
        parts.append((True, text[opening.start() : position]))
    parts.append((False, text[position:]))
    return parts


def _prose(text: str) -> str:
    text = _TARGET.sub("", _REMARK.sub("", text))
    # An image in a link (a badge) leaves nothing but an empty link.
    text = _EMPTY_LINK.sub("", _IMAGE.sub("", text))
    text = _POINTED.sub("", _LINK.sub(_link, text))
    if "&" in text:
        text = _ENTITY.sub(lambda m: _ENTITIES[m[1]], text)
    if "<" not in text:
        return text
    spans = _SPAN.split(text)
    # Every second part is code in a line.
    spans[::2] = [_TAG.sub(_tag, _BREAK.sub("\n", part)) for part in spans[::2]]
    return "".join(spans)


def _link(match: re.Match[str]) -> str:
    target = match[2]
    if _BAD_SCHEME.match(target) and not target.lower().startswith(("https://", "http://")):
        return match[1]
    return f"[{match[1]}]({target})" if _SAFE_LINK.match(target) else match[1]


def _tag(match: re.Match[str]) -> str:
    name = re.match(r"</?([a-zA-Z][\w-]*)", match[0])
    known = name[1].lower() if name else ""
    if known in _CODE_TAGS:
        return "`" if known != "pre" else ""
    # `<T>` and `Vec<String>` are types, not elements; only what HTML knows is taken out.
    return "" if known in _ELEMENTS else match[0]


_ELEMENTS = frozenset((
    "a", "abbr", "address", "article", "aside", "audio", "b", "base", "blockquote", "body", "br",
    "button", "canvas", "caption", "center", "cite", "col", "colgroup", "dd", "del", "details",
    "dfn", "dialog", "div", "dl", "dt", "em", "embed", "figcaption", "figure", "font", "footer",
    "form", "frame", "g", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "i",
    "iframe", "img", "input", "ins", "label", "legend", "li", "link", "main", "map", "mark", "menu",
    "meta", "nav", "noscript", "object", "ol", "optgroup", "option", "p", "param", "path",
    "picture", "q", "rp", "rt", "ruby", "s", "script", "section", "select", "slot", "small",
    "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody",
    "td", "template", "textarea", "tfoot", "th", "thead", "time", "title", "tr", "track", "u", "ul",
    "var", "video", "wbr",
))  # fmt: skip
