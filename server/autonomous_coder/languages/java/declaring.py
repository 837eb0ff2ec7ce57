"""Adding a dependency to pom.xml without disturbing the rest of it."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.java.xml import Element, Unreadable, parse

_NAME = re.compile(r"[\w.-]{1,200}:[\w.-]{1,200}")


def declare(manifest: str, package: str, version: str, *, development: bool) -> str:
    """The manifest with `group:artifact` among its dependencies, for tests when `development`.

    Raises:
        InvalidInputError: the manifest is no pom, or the package has not that form.
    """
    root = parse(manifest)
    if isinstance(root, Unreadable) or root.tag != "project":
        raise InvalidInputError(
            "pom.xml cannot be read, so nothing can be added to it.",
            hint="Mend it first; the dependencies check names the line.",
        )
    if not _NAME.fullmatch(package):
        raise InvalidInputError(
            f"'{package[:80]}' is not the name of a Maven package.", hint="Write group:artifact."
        )
    group, _, artifact = package.partition(":")
    for item in root.all("dependencies", "dependency"):
        if (item.value("groupId"), item.value("artifactId")) == (group, artifact):
            return manifest
    lines = manifest.splitlines(keepends=True)
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    unit = _indentation(root, lines)
    held = root.child("dependencies")
    managed = bool(root.child("parent")) and not version
    fields = [f"<groupId>{escape(group)}</groupId>", f"<artifactId>{escape(artifact)}</artifactId>"]
    fields += [] if managed else [f"<version>{escape(version)}</version>"]
    fields += ["<scope>test</scope>"] if development else []
    body = [f"{unit * 2}<dependency>", *(f"{unit * 3}{f}" for f in fields),
            f"{unit * 2}</dependency>"]  # fmt: skip
    if held is None:
        body = [f"{unit}<dependencies>", *body, f"{unit}</dependencies>"]
        end = manifest.rfind("</project")
    else:
        end = _end_of(manifest, lines, held)
    if end < 0:
        raise InvalidInputError(
            "pom.xml holds an empty <dependencies/>.", hint="Write it with a start and an end tag."
        )
    start = manifest.rfind("\n", 0, end) + 1
    text = newline.join(body) + newline
    if manifest[start:end].strip():
        return manifest[:end] + newline + text + manifest[end:]
    return manifest[:start] + text + manifest[start:]


def _end_of(manifest: str, lines: list[str], held: Element) -> int:
    """Where the end tag of the dependencies stands; -1 when there is none."""
    start = sum(len(line) for line in lines[: held.line - 1]) + held.column - 1
    if manifest[start : manifest.find(">", start) + 1].endswith("/>"):
        return -1
    # Exclusions and comments hold no such end tag of their own but in comments.
    position = start
    depth = 0
    for match in re.finditer(r"<!--.*?-->|<dependencies[\s>]|</dependencies\s*>",
                             manifest[start:], re.S):  # fmt: skip
        if match[0].startswith("<!--"):
            continue
        depth += -1 if match[0].startswith("</") else 1
        if depth == 0:
            return position + match.start()
    return -1


def _indentation(root: Element, lines: list[str]) -> str:
    """What one level is indented by, as the first element below the root shows."""
    for child in root.children:
        before = lines[child.line - 1][: child.column - 1] if child.line <= len(lines) else ""
        if before and not before.strip():
            return before
    return "  "
