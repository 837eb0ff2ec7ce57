"""What documentation needs from outside, as protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from autonomous_coder.models.passages import FoundPassage, Passage, PassageSource, StoredSource


class PassageStore(Protocol):
    """Where passages are kept between processes; the store implements it."""

    async def put(self, source: PassageSource, passages: Sequence[Passage], about: str) -> None:
        """Store what a source holds, in place of what was stored of it before."""
        ...

    async def about(self, source: PassageSource) -> StoredSource | None:
        """What is stored of a source, however old."""
        ...

    async def versions(self, ecosystem: str, name: str) -> list[StoredSource]:
        """All that is stored under a name, the latest stored first."""
        ...

    async def first(self, source: PassageSource, limit: int) -> list[Passage]:
        """The passages a source begins with."""
        ...

    async def search(
        self, sources: Sequence[PassageSource], terms: Sequence[str], *, limit: int = 120
    ) -> list[FoundPassage]:
        """Passages of these sources with any of the words, best first."""
        ...


class Chained(Protocol):
    """Other MCP servers that search the web or fetch pages; texts are untrusted.

    Both raise CoderError when the server is absent, failing or late.
    """

    @property
    def searchers(self) -> Sequence[str]:
        """The names of the servers that search."""
        ...

    @property
    def fetchers(self) -> Sequence[str]:
        """The names of the servers that fetch pages."""
        ...

    async def search(self, server: str, topic: str) -> str:
        """What a server found on a topic."""
        ...

    async def fetch(self, server: str, url: str) -> str:
        """What a server read at an address."""
        ...

    async def aclose(self) -> None:
        """End what was started; it is started again when needed."""
        ...
