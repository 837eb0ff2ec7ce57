"""The knowledge base: curated, dated Markdown documents, found by BM25 over their passages.

A document is a Markdown file with front matter between `---` lines (title, ecosystem, tags,
verified, source). A passage is the text under one heading; a line `Packages: a, b` under a heading
ties the passage to packages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import log
from pathlib import Path
from threading import Lock

from autonomous_coder.errors import InvalidInputError, NotFoundError
from autonomous_coder.models.knowledge import KnowledgeDocument, KnowledgeHit

MAX_QUERY_CHARS = 1_000
MAX_DOCUMENT_BYTES = 1_000_000
MAX_PASSAGE_CHARS = 1_200
K1, B = 1.4, 0.7
TITLE_WEIGHT = 3
WEAK = 0.3
"""Passages below this share of the best one's score are chance finds."""
STOP = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can do does for from how i in is it my of on or should that "
        "the there this to use used using was we what when which who why will with you your",
    )
)
ECOSYSTEMS = {"py": "pypi", "python": "pypi", "js": "npm", "ts": "npm", "typescript": "npm",
              "javascript": "npm", "node": "npm", "rust": "crates", "golang": "go",
              "java": "maven"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """The text under one heading of a document."""

    document: KnowledgeDocument
    heading: str
    text: str
    packages: tuple[str, ...]
    words: Counter[str]
    length: int


class KnowledgeBase:
    """Read-only; loaded on first use, from files below `root`. Safe to share between threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = Lock()
        self._documents: dict[str, KnowledgeDocument] | None = None
        self._passages: list[Passage] = []
        self._frequency: Counter[str] = Counter()

    def documents(self) -> list[KnowledgeDocument]:
        """All documents, ordered by id."""
        return list(self._load().values())

    def read(self, id: str) -> KnowledgeDocument:
        """One document.

        Raises:
            NotFoundError: there is none of that id; the hint names the nearest ones.
        """
        documents = self._load()
        if id in documents:
            return documents[id]
        from difflib import get_close_matches

        near = get_close_matches(id[:200], documents, n=3, cutoff=0.3) or list(documents)[:10]
        raise NotFoundError(
            f"The knowledge base has no document '{id[:100]}'.",
            hint=f"Nearest: {', '.join(near)}.",
        )

    def search(self, query: str, *, limit: int = 5, ecosystem: str = "") -> list[KnowledgeHit]:
        """The best passages, best first, at most two of one document.

        `ecosystem` keeps the documents of that ecosystem and those that speak of none.

        Raises:
            InvalidInputError: the query is empty or longer than 1,000 characters.
        """
        if not query.strip() or len(query) > MAX_QUERY_CHARS:
            raise InvalidInputError(
                "The question is empty or too long.", hint="Ask in 1 to 1,000 characters."
            )
        self._load()
        wanted = ECOSYSTEMS.get(ecosystem.lower(), ecosystem.lower())
        terms = set(tokens(query))
        scored = [
            (self._score(passage, terms), index, passage)
            for index, passage in enumerate(self._passages)
            if not wanted or passage.document.ecosystem in ("", wanted)
        ]
        scored.sort(key=lambda row: (-row[0], row[1]))
        hits: list[KnowledgeHit] = []
        used: Counter[str] = Counter()
        best = scored[0][0] if scored else 0.0
        for score, _, passage in scored:
            if score <= 0 or score < best * WEAK or len(hits) >= max(1, min(limit, 50)):
                break
            used[passage.document.id] += 1
            if used[passage.document.id] <= 2:
                hits.append(_hit(passage, score))
        return hits

    def about(self, ecosystem: str, package: str) -> list[Passage]:
        """Passages that name the package in their `Packages:` line."""
        self._load()
        name = package.lower()
        return [
            passage
            for passage in self._passages
            if name in passage.packages and passage.document.ecosystem in ("", ecosystem)
        ]

    def path(self, *parts: str) -> Path:
        """A data file below the root (for trusted, constant parts)."""
        return self._root.joinpath(*parts)

    def _score(self, passage: Passage, terms: set[str]) -> float:
        count = len(self._passages)
        average = sum(p.length for p in self._passages) / max(1, count)
        total = 0.0
        for term in terms:
            found = passage.words.get(term, 0)
            if found:
                spread = self._frequency[term]
                rarity = log(1 + (count - spread + 0.5) / (spread + 0.5))
                norm = K1 * (1 - B + B * passage.length / average)
                total += rarity * found * (K1 + 1) / (found + norm)
        return total

    def _load(self) -> dict[str, KnowledgeDocument]:
        with self._lock:
            if self._documents is None:
                documents: dict[str, KnowledgeDocument] = {}
                for path in sorted(self._root.rglob("*.md")):
                    document = parse_document(
                        path.relative_to(self._root).with_suffix("").as_posix(),
                        path.read_text(encoding="utf-8")[:MAX_DOCUMENT_BYTES],
                    )
                    documents[document.id] = document
                self._passages = [p for d in documents.values() for p in passages(d)]
                self._frequency = Counter(w for p in self._passages for w in p.words)
                self._documents = documents
            return self._documents


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
    for line in [*document.body.splitlines(), "# "]:
        fenced ^= line.startswith("```")
        mark = None if fenced else re.match(r"#{1,6}\s+(.*)", line + " ")
        if not mark:
            lines.append(line)
            continue
        text = "\n".join(lines).strip()
        if text:
            yield _passage(document, heading, text)
        heading, lines = mark[1].strip() or document.title, []


def _passage(document: KnowledgeDocument, heading: str, text: str) -> Passage:
    named = re.search(r"^Packages:\s*(.+)$", text, re.M)
    packages = tuple(p.strip(" `").lower() for p in named[1].split(",")) if named else ()
    words = Counter(tokens(text))
    for word in tokens(f"{heading} {' '.join(packages)}"):
        words[word] += TITLE_WEIGHT
    for word in {*tokens(f"{document.title} {' '.join(document.tags)}")}:
        words[word] += 1
    return Passage(document, heading, text, packages, words, sum(words.values()))


def tokens(text: str) -> list[str]:
    """Search words: lower case, without stop words, plural and common endings cut."""
    # TestClient is found by its parts as well; a bare year is in every dated note.
    parts = re.findall(r"[A-Z][a-z0-9]+(?=[A-Z])|(?<=[a-z0-9])[A-Z][a-z0-9]+", text)
    found = re.findall(r"[a-z0-9][a-z0-9_]*", f"{text} {' '.join(parts)}".lower())
    return [_stem(w) for w in found if w not in STOP and not re.fullmatch(r"20[0-9]{2}", w)]


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if len(word) > len(ending) + 3 and word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word


def _hit(passage: Passage, score: float) -> KnowledgeHit:
    text = passage.text
    if len(text) > MAX_PASSAGE_CHARS:
        text = text[:MAX_PASSAGE_CHARS].rsplit(" ", 1)[0] + " …"
    document = passage.document
    title = document.title
    if passage.heading != title:
        title = f"{title}: {passage.heading}"
    return KnowledgeHit(
        id=document.id,
        title=title,
        score=round(score, 3),
        passage=text,
        verified=document.verified,
    )
