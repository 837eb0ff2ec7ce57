"""Documentation that stands in sources: docstrings of Python, comments of type declarations."""

from __future__ import annotations

import re
from textwrap import dedent

MAX_ITEMS = 500
MAX_ITEM_CHARS = 6_000
MIN_ITEM_CHARS = 60
_PYTHON = re.compile(
    r"^(?P<indent>[ \t]{0,60})(?:async[ ]+)?(?:def|class)[ ]+(?P<name>\w{1,100})"
    r"|(?P<quote>\"\"\"|''')",
    re.M,
)
_PARAMETER = re.compile(r"(\w{1,100})[ ]*:[ ]*Annotated\[(?![\s\S]*Annotated\[)")
_COMMENT = re.compile(r"/\*\*(?!/)")
_DECLARED = re.compile(
    r"\s*(?:(?:export|declare|default|abstract|async|public|static|readonly)\s+){0,6}"
    r"(?:(?:function|class|interface|type|const|let|var|enum|namespace|module)\s+)?"
    r"[\"']?([A-Za-z_$][\w$]{0,100})[\"']?\s*[?(:<={,;]?"
)
_EMPHASIS = re.compile(r"^@(param|returns?|throws|default|see|since|template)\b", re.M)


def python_docs(text: str) -> str:
    """The docstrings of a module, its classes and functions, and the texts of `Doc(...)`; what
    begins with an underscore is left out. The source is read, never parsed as a program."""
    items: list[str] = []
    stack: list[tuple[int, str]] = []
    position = 0
    while (match := _PYTHON.search(text, position)) and len(items) < MAX_ITEMS:
        position = match.end()
        if not match["quote"]:
            indent = len(match["indent"].expandtabs(4))
            stack = [row for row in stack if row[0] < indent]
            stack.append((indent, match["name"]))
            continue
        end = text.find(match["quote"], position)
        if end < 0:
            break
        before = text[max(0, match.start() - 600) : match.start()].rstrip("rRuUbBfF")
        body = text[position:end][:MAX_ITEM_CHARS]
        position = end + 3
        names = [name for _, name in stack]
        if _is_documented(before):
            found = _PARAMETER.findall(before[-600:])
            names += found[-1:]
        elif not before.rstrip().endswith(":") and before.strip():
            continue
        if any(n.startswith("_") and n != "__init__" for n in names) or len(body) < MIN_ITEM_CHARS:
            continue
        items.append(_item([n for n in names if n != "__init__"], _docstring(body)))
    return "\n\n".join(items)


def _is_documented(before: str) -> bool:
    return before.rstrip().endswith("Doc(")


def _docstring(body: str) -> str:
    first, newline, rest = body.partition("\n")
    return f"{first.strip()}{newline}{dedent(rest)}".strip()


def declaration_docs(text: str) -> str:
    """The `/** */` comments of a TypeScript declaration file, each under the name it stands for."""
    items: list[str] = []
    position = 0
    while (match := _COMMENT.search(text, position)) and len(items) < MAX_ITEMS:
        end = text.find("*/", match.end())
        if end < 0:
            break
        body = text[match.end() : end][:MAX_ITEM_CHARS]
        position = end + 2
        if len(body) < MIN_ITEM_CHARS:
            continue
        declared = _DECLARED.match(text[position : position + 400])
        lines = [line.strip().removeprefix("*").removeprefix(" ") for line in body.split("\n")]
        said = _EMPHASIS.sub(r"- \1:", "\n".join(lines)).replace("@example", "\nExample:\n").strip()
        items.append(_item([declared[1]] if declared else [], said))
    return "\n\n".join(items)


def _item(names: list[str], text: str) -> str:
    # A heading inside would end the item: it becomes plain text, unless it is in code.
    inside = False
    lines = []
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            inside = not inside
        lines.append(line if inside else re.sub(r"^ {0,3}#{1,6}[ ]+", "", line))
    if inside:
        lines.append("```")
    title = f"# {'.'.join(names)}\n\n" if names else "#  \n\n"
    return title + "\n".join(lines)
