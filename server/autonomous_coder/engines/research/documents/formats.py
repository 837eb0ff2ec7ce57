"""Documentation that is not Markdown, told as Markdown: reStructuredText, comments in sources."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_ITEMS = 600
_RULE = re.compile(r"([=\-~^\"'`#*+.:_])\1{2,}[ \t]*$")
_CODE = re.compile(r"\.\.[ ]+(?:code(?:-block)?|sourcecode)::[ \t]*([\w+-]{0,20})")
_DIRECTIVE = re.compile(r"\.\.[ ]+(?:_[^:\n]{1,200}:|\|[^|\n]{1,100}\||[\w-]{1,40}::)")
_NOTED = re.compile(
    r"\.\.[ ]+(?:note|warning|tip|important|versionadded|versionchanged|deprecated)::"
)
_ROLE = re.compile(r":[a-z:]{1,30}:`([^`<\n]{1,200}?)(?:[ \t]*<[^>`\n]{1,300}>)?`")
_LINK = re.compile(r"`([^`<\n]{1,200}?)[ \t]*<(https?://[^>`\s]{1,500})>`__?")
_RUST_ITEM = re.compile(
    r"\s*pub(?:\([a-z ]{1,20}\))?[ ]+(?:(?:async|const|unsafe|extern \"C\")[ ]+)*"
    r"(?:fn|struct|enum|trait|mod|macro|type|const|static|union)[ ]+(\w{1,100})"
)
_RUST_MACRO = re.compile(r"\s*macro_rules![ ]*(\w{1,100})")
_GO_ITEM = re.compile(
    r"(?:func[ ]+(?:\([^()\n]{1,100}\)[ ]*)?|type[ ]+|var[ ]+|const[ ]+)([A-Z]\w{0,100})"
)
_GO_PACKAGE = re.compile(r"package[ ]+(\w{1,100})")


def from_rst(text: str) -> str:
    """The headings, code blocks, notes and links of reStructuredText in Markdown's notation."""
    lines = text.replace("\t", "    ").split("\n")
    levels: list[str] = []
    found: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        following = lines[index + 1] if index + 1 < len(lines) else ""
        over = _RULE.match(line)
        if (
            over
            and following.strip()
            and index + 2 < len(lines)
            and lines[index + 2][:3] == line[:3]
        ):
            found.append(_heading(following, f"{over[1]}{over[1]}", levels))
            index += 3
            continue
        under = _RULE.match(following) if line.strip() and not line.startswith(" ") else None
        if under and len(following.strip()) >= min(len(line.strip()), 4):
            found.append(_heading(line, under[1], levels))
            index += 2
            continue
        if code := _CODE.match(line.lstrip()):
            index = _take_code(lines, index + 1, code[1], found)
            continue
        if line.rstrip().endswith("::") and not line.lstrip().startswith(".."):
            found.append(_inline(line.rstrip()[:-1]))
            index = _take_code(lines, index + 1, "", found)
            continue
        if _NOTED.match(line.lstrip()):
            found.append(_inline(line.lstrip()[2:].replace("::", ":", 1).strip()))
        elif _DIRECTIVE.match(line.lstrip()):
            while index + 1 < len(lines) and re.match(r"\s+:[\w-]{1,40}:", lines[index + 1]):
                index += 1
        else:
            found.append(_inline(line))
        index += 1
    return "\n".join(found)


def _heading(text: str, mark: str, levels: list[str]) -> str:
    if mark not in levels:
        levels.append(mark)
    return f"\n{'#' * min(levels.index(mark) + 1, 6)} {_inline(text.strip())}\n"


def _take_code(lines: list[str], index: int, language: str, found: list[str]) -> int:
    """Append the indented block that begins at or after `index`; where it ends."""
    while index < len(lines) and (
        not lines[index].strip() or re.match(r"\s+:[\w-]+:", lines[index])
    ):
        index += 1
    if index >= len(lines) or not lines[index].startswith(" "):
        return index
    indent = len(lines[index]) - len(lines[index].lstrip())
    block: list[str] = []
    while index < len(lines) and (
        not lines[index].strip() or lines[index].startswith(" " * indent)
    ):
        block.append(lines[index][indent:])
        index += 1
    found += [f"```{language}", *"\n".join(block).rstrip().split("\n"), "```", ""]
    return index


def _inline(text: str) -> str:
    if "`" not in text:
        return text
    return _LINK.sub(r"[\1](\2)", _ROLE.sub(r"`\1`", text)).replace("``", "`")


def rust_docs(text: str) -> str:
    """The documentation comments of a Rust source: the module's, then each public item's."""
    module: list[str] = []
    items: list[str] = []
    comment: list[str] = []
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped.startswith("//!"):
            module.append(stripped[3:].removeprefix(" "))
        elif stripped.startswith("///") and not stripped.startswith("////"):
            comment.append(stripped[3:].removeprefix(" "))
        elif stripped.startswith("#[") or (comment and not stripped):
            continue
        else:
            item = _RUST_ITEM.match(line) or _RUST_MACRO.match(line)
            if comment and item and len(items) < MAX_ITEMS:
                items.append(f"## {item[1]}\n\n{_lowered(_rust_code(comment))}\n")
            comment = []
    return "\n".join([*_rust_code(module).split("\n"), "", *items]).strip()


def _rust_code(lines: list[str]) -> str:
    """Code without the lines that rustdoc hides; a bare fence is Rust."""
    found: list[str] = []
    inside = False
    for line in lines:
        if line.lstrip().startswith("```"):
            inside = not inside
            bare = line.strip() == "```"
            found.append(f"{line}rust" if inside and bare else line)
        elif not (inside and (line.strip() == "#" or line.lstrip().startswith("# "))):
            found.append(line)
    return "\n".join(found)


def _lowered(text: str) -> str:
    """Headings two levels down, to stand below their item's."""
    return "\n".join(_below(text.split("\n")))


def _below(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if line.lstrip().startswith("```"):
            inside = not inside
        yield f"##{line}" if line.startswith("#") and not inside else line


def go_docs(text: str) -> str:
    """The comments of a Go source right before its package clause and its exported names."""
    package = ""
    items: list[str] = []
    comment: list[str] = []
    inside = False
    for line in text.split("\n"):
        if line.startswith("/*"):
            inside, comment = True, [line[2:]]
        elif inside:
            inside = "*/" not in line
            comment.append(line.partition("*/")[0])
        elif line.startswith("//") and not line.startswith(("//go:", "// +build", "//nolint")):
            comment.append(line[2:].removeprefix(" "))
        else:
            body = _go_text(comment)
            if body and (named := _GO_PACKAGE.match(line)) and not _is_licence(body):
                package = f"# package {named[1]}\n\n{body}\n"
            elif body and (item := _GO_ITEM.match(line)) and len(items) < MAX_ITEMS:
                signature = line.rstrip("{ ").strip()[:300]
                items.append(f"## {item[1]}\n\n```go\n{signature}\n```\n\n{body}\n")
            comment = []
    return "\n".join([package, *items]).strip()


def _is_licence(text: str) -> bool:
    return "copyright" in text[:300].lower()


def _go_text(lines: list[str]) -> str:
    """A Go comment: indented lines are code."""
    found: list[str] = []
    code = False
    for line in lines:
        indented = line.startswith(("\t", "    "))
        if indented and not code:
            found += ["", "```go"]
            code = True
        elif code and line.strip() and not indented:
            found += ["```", ""]
            code = False
        found.append(line.expandtabs(4).removeprefix("    ") if code else line)
    return "\n".join([*found, "```"] if code else found).strip()
