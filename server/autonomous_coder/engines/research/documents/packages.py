"""The documentation of one package version, from its own archives into the store of passages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from autonomous_coder.engines.research.documents.archives import UnreadableArchiveError
from autonomous_coder.engines.research.documents.chunking import headings_of
from autonomous_coder.engines.research.documents.ports import PassageStore
from autonomous_coder.engines.research.documents.shipped import (
    Shipped,
    merge,
    read_metadata,
    read_shipped,
)
from autonomous_coder.engines.research.lookup import Lookup
from autonomous_coder.errors import NetworkUnavailableError, RegistryError
from autonomous_coder.models.passages import PassageSource
from autonomous_coder.registries.artifacts import (
    Artifact,
    artifacts_of,
    download,
    download_metadata,
)
from autonomous_coder.registries.base import Endpoint
from autonomous_coder.registries.transport import Http, TooLargeError

MAX_ARCHIVE_BYTES = 32 * 1024**2
MAX_SECOND_BYTES = 12 * 1024**2
MAX_HEADINGS = 80
FORM = "2"
"""Changed whenever passages are cut in another way: what was stored before is made again."""


@dataclass(slots=True)
class About:
    """What is kept beside a source's passages."""

    headings: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    documentation: str = ""
    homepage: str = ""
    repository: str = ""
    title: str = ""
    notes: list[str] = field(default_factory=list)
    links: list[list[str]] = field(default_factory=list)
    """Of an llms.txt: [title, address, description]."""
    form: str = FORM

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> About | None:
        """The inverse; None when it was written in another form."""
        try:
            values: Mapping[str, Any] = json.loads(text)
            return cls(**values) if values.get("form") == FORM else None
        except (ValueError, TypeError, AttributeError):
            return None


class PackageDocuments:
    """Reads archives and remembers what they say: a version's archives never change."""

    def __init__(self, lookup: Lookup, http: Http, store: PassageStore) -> None:
        self._lookup = lookup
        self._http = http
        self._store = store

    async def known(self, source: PassageSource) -> About | None:
        """What is stored of a version."""
        stored = await self._store.about(source)
        return About.from_json(stored.about) if stored else None

    async def read(self, source: PassageSource) -> About:
        """Fetch and read a version's archives, and store what they say.

        Raises:
            NetworkUnavailableError, RegistryError, EnvironmentLacksError: nothing could be had.
        """
        endpoint = await self._lookup.endpoint(source.ecosystem)
        artifacts = await artifacts_of(
            source.ecosystem, source.name, source.version, endpoint, self._http
        )
        notes: list[str] = []
        failed: NetworkUnavailableError | RegistryError | None = None
        parts: list[Shipped] = []
        for index, artifact in enumerate(artifacts):
            if index and (len(artifacts) > 1 and artifact.size > MAX_SECOND_BYTES) and parts:
                continue
            try:
                parts.append(await self._read(artifact, endpoint, notes, second=index > 0))
            except (NetworkUnavailableError, RegistryError) as error:
                failed = error
                notes.append(error.message)
            except UnreadableArchiveError:
                notes.append(f"An archive of {source.name} {source.version} cannot be read.")
        if failed and not parts:
            raise failed
        whole = merge(parts)
        about = About(
            headings=headings_of(whole.passages, MAX_HEADINGS),
            files=whole.files[:200],
            documentation=whole.documentation,
            homepage=whole.homepage,
            repository=whole.repository,
            notes=notes,
        )
        if not failed:
            await self._store.put(source, whole.passages, about.to_json())
        elif whole.passages:
            # Kept for this answer; the next question tries again for the rest.
            about.form = ""
            await self._store.put(source, whole.passages, about.to_json())
        return about

    async def _read(
        self, artifact: Artifact, endpoint: Endpoint, notes: list[str], *, second: bool
    ) -> Shipped:
        limit = MAX_SECOND_BYTES if second else MAX_ARCHIVE_BYTES
        try:
            if artifact.size > limit:
                raise TooLargeError("The archive is too large.", hint="")
            body = await download(artifact, endpoint, self._http, max_bytes=limit)
        except TooLargeError:
            notes.append(
                f"The {artifact.form} is larger than {limit // 1024**2} MB and was not read."
            )
            if not artifact.metadata:
                return Shipped()
            head = await download_metadata(artifact, endpoint, self._http)
            return await self._http.parse(lambda: read_metadata(head.decode("utf-8", "replace")))
        return await self._http.parse(partial(read_shipped, body, artifact))
