"""Loading the documents, and finding the passages that answer a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import log, sqrt
from pathlib import Path
from threading import Lock

from autonomous_coder.engines.knowledge.passages import Passage, parse_document, passages
from autonomous_coder.engines.knowledge.words import ECOSYSTEMS, tokens
from autonomous_coder.errors import InvalidInputError, NotFoundError
from autonomous_coder.models.knowledge import KnowledgeDocument, KnowledgeHit

MAX_QUERY_CHARS = 1_000
MAX_DOCUMENT_BYTES = 1_000_000
MAX_PASSAGE_CHARS = 1_200
K1, B = 1.4, 0.7
WEAK = 0.3
"""Passages below this share of the best one's score are chance finds."""
SAME_DOCUMENT = 3
"""How many passages of one document a search gives at most."""


class KnowledgeBase:
    """Read-only; loaded on first use, from files below `root`. Safe to share between threads."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = Lock()
        self._documents: dict[str, KnowledgeDocument] | None = None
        self._passages: list[Passage] = []
        self._frequency: Counter[str] = Counter()
        self._average = 1.0

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
        """The best passages, best first, at most three of one document.

        `ecosystem` keeps the documents of that ecosystem and those that speak of none.

        Raises:
            InvalidInputError: the query is empty or longer than 1,000 characters.
        """
        self._load()
        wanted = ECOSYSTEMS.get(ecosystem.lower(), ecosystem.lower())
        fitting = [p for p in self._passages if not wanted or p.document.ecosystem in ("", wanted)]
        return self._ranked(fitting, query, limit)

    def search_in(
        self, documents: Iterable[KnowledgeDocument], query: str, *, limit: int
    ) -> list[KnowledgeHit]:
        """The best passages of other documents, scored as those of this base are."""
        self._load()
        return self._ranked([p for d in documents for p in passages(d)], query, limit)

    def about(self, ecosystem: str, package: str) -> list[Passage]:
        """Passages that name the package in their `Packages:` line, those on its succession first.

        Documents on changes come before practices.
        """
        self._load()
        name = package.lower()
        found = [
            passage
            for passage in self._passages
            if name in passage.packages and passage.document.ecosystem in ("", ecosystem)
        ]
        return sorted(found, key=lambda p: p.successor_of(name) is None)

    def replacement(self, ecosystem: str, package: str) -> str:
        """The successor of a package, or empty."""
        for passage in self.about(ecosystem, package):
            successor = passage.successor_of(package)
            if successor:
                return successor
        return ""

    def path(self, *parts: str) -> Path:
        """A data file below the root (for trusted, constant parts)."""
        return self._root.joinpath(*parts)

    def _ranked(self, among: Sequence[Passage], query: str, limit: int) -> list[KnowledgeHit]:
        if not query.strip() or len(query) > MAX_QUERY_CHARS:
            raise InvalidInputError(
                "The question is empty or too long.", hint="Ask in 1 to 1,000 characters."
            )
        terms = {term: self._rarity(term) for term in tokens(query)}
        scored = [(self._score(p, terms), index, p) for index, p in enumerate(among)]
        scored.sort(key=lambda row: (-row[0], row[1]))
        hits: list[KnowledgeHit] = []
        used: Counter[str] = Counter()
        best = scored[0][0] if scored else 0.0
        for score, _, passage in scored:
            if score <= 0 or score < best * WEAK or len(hits) >= max(1, min(limit, 50)):
                break
            used[passage.document.id] += 1
            if used[passage.document.id] <= SAME_DOCUMENT:
                hits.append(_hit(passage, score))
        return hits

    def _rarity(self, term: str) -> float:
        spread = self._frequency[term]
        return log(1 + (len(self._passages) - spread + 0.5) / (spread + 0.5))

    def _score(self, passage: Passage, terms: dict[str, float]) -> float:
        """BM25, times the root of how much of the question the passage speaks of at all."""
        total = covered = 0.0
        for term, rarity in terms.items():
            found = passage.words.get(term, 0)
            if found:
                norm = K1 * (1 - B + B * passage.length / self._average)
                total += rarity * found * (K1 + 1) / (found + norm)
                covered += rarity
        return total * sqrt(covered / sum(terms.values())) if total else 0.0

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
                lengths = sum(p.length for p in self._passages)
                self._average = lengths / max(1, len(self._passages)) or 1.0
                self._documents = documents
            return self._documents


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
        reported=document.reported,
    )
