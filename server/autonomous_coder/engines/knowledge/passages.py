"""Documents and their passages, with the lines in them that programs read.

Under a heading, after the text or before it, each at most once and each on a line of its own:

    Packages: pydantic, pydantic-settings      packages the passage speaks of
    Replaces: passlib -> pwdlib; a -> b        packages that have a successor, and which
    Renames: orm_mode -> from_attributes; …    names in an interface that became others
    Since: pydantic 2.0 2023-06-30; …          from which version, or day, it holds
    Evidence: seen by running (…)              how it was checked
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from autonomous_coder.engines.knowledge.words import tokens
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.knowledge import KnowledgeDocument

HEADING_WEIGHT = 3
LINES = re.compile(r"^(Packages|Replaces|Renames|Since|Evidence):[ \t]*(.*)$", re.M)
_SINCE = re.compile(
    r"(?:(?P<package>\S+)\s+)?(?P<version>v?\d+(?:\.\d+)*)?\s*(?P<day>\d{4}-\d\d(?:-\d\d)?)?"
)


@dataclass(frozen=True, slots=True)
class Since:
    """From when a passage holds: of a package (or of all it names) a version, a day, or both."""

    package: str = ""
    version: str = ""
    day: str = ""
    """ISO date; a month alone stands for its first day."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The text under one heading of a document. `prose` is without the lines programs read."""

    document: KnowledgeDocument
    heading: str
    text: str
    prose: str
    packages: tuple[str, ...]
    replaces: tuple[tuple[str, str], ...]
    """(package, successor); the successor is empty where there is none to name."""
    renames: tuple[tuple[str, str], ...]
    since: tuple[Since, ...]
    words: Counter[str]
    length: int

    def since_of(self, package: str) -> Since | None:
        """From when it holds for a package, or None when that is not said."""
        for since in self.since:
            if since.package in ("", package.lower()):
                return since
        return None

    def successor_of(self, package: str) -> str | None:
        """The successor it names of a package; None when it says of no succession."""
        return dict(self.replaces).get(package.lower())


def parse_document(identity: str, content: str) -> KnowledgeDocument:
    """A document from its file's text.

    Raises:
        InvalidInputError: the front matter is missing or lacks a field.
    """
    match = re.match(r"---\n(.*?)\n---\n(.*)", content, re.S)
    fields: dict[str, str] = {}
    for line in match[1].splitlines() if match else ():
        key, colon, value = line.partition(":")
        if colon:
            fields[key.strip()] = value.strip()
    if not match or not {"title", "verified", "source"} <= fields.keys():
        raise InvalidInputError(
            f"The knowledge document '{identity}' lacks front matter.",
            hint="It starts with title, ecosystem, tags, verified and source between '---' lines.",
        )
    return KnowledgeDocument(
        id=identity,
        title=fields["title"],
        ecosystem=fields.get("ecosystem", ""),
        tags=[tag.strip() for tag in fields.get("tags", "").split(",") if tag.strip()],
        verified=date.fromisoformat(fields["verified"]),
        source=fields["source"],
        body=match[2].strip() + "\n",
    )


def passages(document: KnowledgeDocument) -> Iterator[Passage]:
    """The document cut at its headings; code fences are kept whole."""
    heading, lines, fenced = document.title, list[str](), False
    common = {*tokens(f"{document.title} {' '.join(document.tags)} {document.ecosystem}")}
    for line in [*document.body.splitlines(), "# "]:
        fenced ^= line.startswith("```")
        mark = None if fenced else re.match(r"#{1,6}\s+(.*)", line + " ")
        if not mark:
            lines.append(line)
            continue
        text = "\n".join(lines).strip()
        if text:
            yield _passage(document, heading, text, common)
        heading, lines = mark[1].strip() or document.title, []


def prose(text: str) -> str:
    """A passage's text without the lines that programs read."""
    return re.sub(r"\n{3,}", "\n\n", LINES.sub("", text)).strip()


def _passage(
    document: KnowledgeDocument, heading: str, text: str, common: Iterable[str]
) -> Passage:
    told = {key: value.strip() for key, value in LINES.findall(text)}
    packages = tuple(
        p.strip(" `").lower() for p in told.get("Packages", "").split(",") if p.strip()
    )
    replaces = tuple((a.lower(), b) for a, b in _arrows(told.get("Replaces", "")))
    renames = _arrows(told.get("Renames", ""))
    words = Counter(tokens(prose(text)))
    words.update(tokens(" ".join(f"{a} {b}" for a, b in renames)))
    named = f"{heading} {' '.join(packages)} {' '.join(a for a, _ in replaces)}"
    for word in tokens(f"{named} {'successor' if replaces else ''}"):
        words[word] += HEADING_WEIGHT
    for word in common:
        words[word] += 1
    return Passage(
        document=document,
        heading=heading,
        text=text,
        prose=prose(text),
        packages=packages,
        replaces=replaces,
        renames=renames,
        since=tuple(_since(told.get("Since", ""))),
        words=words,
        length=sum(words.values()),
    )


def _arrows(value: str) -> tuple[tuple[str, str], ...]:
    rows: list[tuple[str, str]] = []
    for part in value.split(";"):
        old, _, new = part.partition("->")
        if old.strip(" `"):
            rows.append((old.strip(" `"), new.strip(" `")))
    return tuple(rows)


def _since(value: str) -> Iterator[Since]:
    for part in value.split(";"):
        match = _SINCE.fullmatch(part.strip())
        if match and (match["version"] or match["day"]):
            day = match["day"] or ""
            yield Since(
                (match["package"] or "").lower(),
                match["version"] or "",
                f"{day}-01" if len(day) == 7 else day,
            )
