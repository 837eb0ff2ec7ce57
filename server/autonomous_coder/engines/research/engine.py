"""The research engine: current facts, what fits together, where packages may be fetched from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import anyio
from anyio.abc import TaskGroup

from autonomous_coder.engines.knowledge import ECOSYSTEMS, KnowledgeBase, prose
from autonomous_coder.engines.research.access import learn_access
from autonomous_coder.engines.research.advising import AdvisoryCheck
from autonomous_coder.engines.research.background import Background
from autonomous_coder.engines.research.changes import Changes
from autonomous_coder.engines.research.documents import Documents
from autonomous_coder.engines.research.documents.ports import Chained, PassageStore
from autonomous_coder.engines.research.existing import Existence, Existing
from autonomous_coder.engines.research.facts import advice
from autonomous_coder.engines.research.lastgood import last_known_good
from autonomous_coder.engines.research.lookup import Lookup, SingleFlight
from autonomous_coder.engines.research.packages import PackageFacts
from autonomous_coder.engines.research.ports import (
    ClientRunner,
    FindingStore,
    ManagerRunner,
    ResearchCache,
    UvRunner,
)
from autonomous_coder.engines.research.refs import FORMS, as_ref, parse_ref
from autonomous_coder.engines.research.resolving.compatibility import CompatibilityCheck
from autonomous_coder.engines.research.resolving.facade import Resolvers
from autonomous_coder.engines.research.resolving.stepping import Step
from autonomous_coder.engines.research.topics import PREFIX, Findings, MemoryFindings
from autonomous_coder.errors import (
    InvalidInputError,
    UnsupportedError,
)
from autonomous_coder.languages.base import Package
from autonomous_coder.models.execution import FetchAccess
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.knowledge import (
    DocAnswer,
    Documentation,
    KnowledgeDocument,
    KnowledgeHit,
)
from autonomous_coder.models.technology import (
    Change,
    Compatibility,
    Origin,
    PackageRef,
    Resolution,
    TechInfo,
)
from autonomous_coder.models.validation import CheckResult
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.transport import Http
from autonomous_coder.settings import ResearchSettings

MAX_REFS = 200
MAX_TOPIC_CHARS = 300
KNOWN_GOOD = {
    "pypi": ("python",),
    "npm": ("node", "node-20", "node-20-typescript-6"),
    "crates": ("rust",),
    "go": ("go",),
    "maven": ("java",),
}
"""Ecosystem -> the names of its files of last known good versions."""


class ResearchEngine:
    """Facts about packages and technologies, each with source and age.

    Use it as an asynchronous context manager: leaving closes its connections and ends what it
    still does in the background (in `tasks`, else in a task group of its own).
    """

    def __init__(
        self,
        settings: ResearchSettings,
        cache: ResearchCache,
        run_client: ClientRunner,
        uv: UvRunner,
        knowledge_root: Path,
        work_dir: Path,
        manager: ManagerRunner | None = None,
        findings: FindingStore | None = None,
        passages: PassageStore | None = None,
        chained: Chained | None = None,
        *,
        tasks: TaskGroup | None = None,
    ) -> None:
        self._settings = settings
        self._http = Http(
            timeout=settings.timeout,
            max_retries=settings.max_retries,
            concurrency=settings.concurrency,
        )
        self.knowledge = KnowledgeBase(knowledge_root)
        self._background = Background()
        self._tasks = tasks
        self._own_tasks: TaskGroup | None = None
        self._lookup = Lookup(
            cache,
            self._http,
            run_client,
            ttl=settings.cache_ttl,
            concurrency=settings.concurrency,
            background=self._background,
        )
        self._existence = Existence(self._lookup, self._is_known)
        self._packages = PackageFacts(self._lookup, self.knowledge, self._existence, self._curated)
        self._findings = Findings(findings or MemoryFindings(), cache)
        self._changes = Changes(self._lookup, self.knowledge)
        self._documents = Documents(
            self._lookup,
            self._http,
            cache,
            store=passages,
            chained=chained,
            ttl=settings.cache_ttl,
            allow_private=settings.allow_private_pages,
        )
        self._advisories = AdvisoryCheck(
            self._lookup,
            self._http,
            cache,
            ttl=settings.cache_ttl,
            osv_url=settings.osv_url,
        )
        self._resolvers = Resolvers(
            self._lookup,
            self._http,
            cache,
            uv=uv,
            manager=manager,
            work_dir=work_dir,
            known_good=self._known_good,
            known_of=self._advisories.known,
            ttl=settings.cache_ttl,
            minimum_age_days=settings.minimum_age_days,
        )
        self._access: dict[str, FetchAccess] = {}
        self._learning: SingleFlight[FetchAccess] = SingleFlight()

    async def __aenter__(self) -> ResearchEngine:
        if self._tasks is None:
            self._own_tasks = await anyio.create_task_group().__aenter__()
        group = self._tasks or self._own_tasks
        if group is not None:
            self._background.open(group)
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self.aclose()
        finally:
            if self._own_tasks is not None:
                # Nothing runs in it any more: what ended the block is not its business.
                await self._own_tasks.__aexit__(None, None, None)

    async def aclose(self) -> None:
        """Close the connections; they are opened again when needed. Ends background work."""
        await self._background.stop()
        await self._documents.aclose()
        await self._http.aclose()

    async def research(
        self, refs: Sequence[PackageRef], *, offline: bool = False
    ) -> list[TechInfo]:
        """What is known of each package, in the order asked; a failure stays with its package.

        Raises:
            InvalidInputError: more than 200 references.
        """
        if len(refs) > MAX_REFS:
            raise InvalidInputError("More than 200 packages.", hint="Ask for fewer at once.")
        return await self._packages.about(refs, offline=offline or self._settings.offline)

    async def check_names(
        self, refs: Sequence[PackageRef], *, offline: bool = False
    ) -> list[Existing]:
        """Whether packages exist and whether something about them is dubious, in the order asked;
        for an unknown name, existing ones close to it.

        Raises:
            InvalidInputError: more than 200 references.
        """
        if len(refs) > MAX_REFS:
            raise InvalidInputError("More than 200 packages.", hint="Ask for fewer at once.")
        return await self._existence.check(refs, offline=offline or self._settings.offline)

    def _is_known(self, ecosystem: str, name: str) -> bool:
        """Whether the knowledge base speaks of a package."""
        return bool(self.knowledge.about(ecosystem, name))

    async def _curated(self, ref: PackageRef) -> TechInfo | None:
        """What the last known good set says of a Python package, marked and dated as such."""
        if ref.ecosystem != "pypi":
            return None
        good = await anyio.to_thread.run_sync(last_known_good, self._last_good())
        version = good.version_of(ref.name)
        if not version or (ref.range and not REGISTRIES["pypi"].in_range(version, ref.range)):
            return None
        deprecations, practices = advice(self.knowledge, ref.ecosystem, ref.name)
        return TechInfo(
            name=ref.name,
            ecosystem=ref.ecosystem,
            version=version,
            origin=Origin.CURATED,
            source=f"knowledge base (last known good set of {good.verified}; newest not known)",
            fetched_at=datetime.combine(good.verified, time(), UTC),
            deprecations=deprecations,
            best_practices=practices,
        )

    def _last_good(self) -> Path:
        return self._known_good("pypi")[0]

    def _known_good(self, ecosystem: str) -> list[Path]:
        names = KNOWN_GOOD[ecosystem]
        return [self.knowledge.path("last-known-good", f"{name}.toml") for name in names]

    async def research_technology(self, topic: str) -> TechInfo:
        """A package (`npm:react`, `fastapi`) or a topic in words, with practices.

        Raises:
            InvalidInputError: the topic is empty or longer than 300 characters.
        """
        words = topic.strip()
        if not words or len(words) > MAX_TOPIC_CHARS:
            raise InvalidInputError("The topic is empty or too long.", hint=FORMS)
        hits = await anyio.to_thread.run_sync(lambda: self.knowledge.search(words, limit=5))
        info = TechInfo(name=words, origin=Origin.CURATED, source="knowledge base")
        ref = self._package_of(words)
        if ref:
            info = await self._packages.one(ref, offline=self._settings.offline)
        practices = [f"{h.title}: {prose(h.passage)} ({h.id}, {h.verified})" for h in hits]
        known = await self._findings.about(words)
        info.best_practices = [*info.best_practices, *practices, *known]
        if not ref and not info.best_practices:
            info.origin = Origin.UNKNOWN
            info.error = "The knowledge base holds nothing on this; name a package. " + FORMS
        return info

    def _package_of(self, words: str) -> PackageRef | None:
        """The package a topic names: a reference, or one word that is a possible name."""
        ecosystem, _, rest = words.partition(":")
        if ecosystem.lower() in REGISTRIES and rest == rest.strip():
            return parse_ref(words)
        first, _, rest = words.partition(" ")
        ecosystem = ECOSYSTEMS.get(first.lower(), "")
        if ecosystem and rest and " " not in rest:
            words = f"{ecosystem}:{rest}"
        elif rest:
            return None
        for guess in ("pypi", "npm", "crates", "go"):
            if self.knowledge.about(guess, words):
                words = f"{guess}:{words}"
                break
        try:
            return as_ref(words)
        except InvalidInputError:
            return None

    async def get_current_versions(self, packages: Sequence[str]) -> dict[str, str]:
        """Newest stable version of each package, under the name it was asked by.

        A plain name is a Python package. What is not known is left out.
        """
        refs: dict[str, PackageRef] = {}
        for package in packages[:MAX_REFS]:
            try:
                refs[package] = as_ref(package)
            except InvalidInputError:
                continue
        return await self._packages.versions(refs, offline=self._settings.offline)

    async def resolve(self, dependencies: Dependencies, *, offline: bool = False) -> Resolution:
        """The newest versions that install together, of pypi, npm, crates, go or maven; see
        `EcosystemResolver.resolve` for the errors."""
        cut_off = offline or self._settings.offline
        return await self._resolvers.resolve(dependencies, offline=cut_off)

    async def steps_back(self, dependencies: Dependencies, found: Resolution) -> list[Step]:
        """The direct packages of a resolution that are newer than the line on which the layers,
        else the last known good set, were tested."""
        return await self._resolvers.steps_back(dependencies, found)

    async def lock(self, manifest: str, *, offline: bool = False) -> str:
        """The text of a lock for a pyproject.toml that we wrote; no package's code runs for it.

        Raises:
            NetworkUnavailableError, ResolutionError.
        """
        files = await self.lock_project("pypi", {"pyproject.toml": manifest}, offline=offline)
        return files["uv.lock"]

    async def lock_project(
        self, ecosystem: str, files: Mapping[str, str], *, offline: bool = False
    ) -> dict[str, str]:
        """Lock files (path -> text) for manifests that we wrote, by the ecosystem's own manager;
        no package's code runs for it. Go's manager wants the sources, too, to see what is imported.

        Raises:
            UnsupportedError: the ecosystem has no lock files (Maven).
            InvalidInputError, NetworkUnavailableError, ResolutionError, ToolchainMissingError.
        """
        cut_off = offline or self._settings.offline
        return await self._resolvers.lock_project(ecosystem, files, offline=cut_off)

    async def check_compatibility(
        self, stack: Mapping[str, str], *, offline: bool = False
    ) -> Compatibility:
        """Whether packages go together: `ecosystem:name` -> range (a plain name is a Python
        package; an empty range is any), with python, node, rust, go and java as the runtimes. If
        not: a smallest conflict and the nearest set that works.

        Raises:
            InvalidInputError, NetworkUnavailableError, ToolchainMissingError, UnsupportedError.
        """
        cut_off = offline or self._settings.offline
        return await CompatibilityCheck(self._resolvers).check(stack, offline=cut_off)

    async def validate_compatibility(self, tech_stack: Mapping[str, str]) -> bool:
        """Whether the packages of a stack go together; errors as for `check_compatibility`."""
        check = CompatibilityCheck(self._resolvers)
        return await check.fits(tech_stack, offline=self._settings.offline)

    async def fetch_access(self, ecosystem: str) -> FetchAccess:
        """What the fetch phase may reach for an ecosystem; learned once per process.

        Raises:
            UnsupportedError: unknown ecosystem.
            EnvironmentLacksError, NetworkUnavailableError: see `learn_access`.
        """
        if ecosystem not in REGISTRIES:
            raise UnsupportedError(
                f"'{ecosystem[:30]}' is not an ecosystem that can be looked up.",
                hint=f"Known: {', '.join(REGISTRIES)}.",
            )
        if ecosystem not in self._access:
            self._access[ecosystem] = await self._learning.run(
                ecosystem, lambda: learn_access(ecosystem, self._lookup, self._http)
            )
        return self._access[ecosystem]

    async def check_advisories(self, packages: Sequence[Package]) -> CheckResult:
        """Known vulnerabilities, withdrawn versions and licences of a lock's packages."""
        return await self._advisories.check(packages)

    async def fetch_documentation(self, url: str) -> Documentation:
        """The text behind `pypi:name`, `npm:name` or an http(s) address: data, not instructions."""
        return await self._documents.fetch(url)

    async def documentation(
        self, about: str, question: str = "", *, version: str = "", offline: bool = False
    ) -> DocAnswer:
        """Passages that answer a question about `pypi:name`, `npm:name`, ... or an http(s) address,
        exact to a version where there are such; see `Documents.answer` for the errors."""
        cut_off = offline or self._settings.offline
        return await self._documents.answer(about, question, version=version, offline=cut_off)

    async def search_web(self, topic: str) -> DocAnswer:
        """What the search servers of the settings find; notes say what was not reachable.

        Raises:
            InvalidInputError: the topic is empty or longer than 1,000 characters.
        """
        return await self._documents.search_web(topic, offline=self._settings.offline)

    async def update_knowledge_base(self, findings: Mapping[str, Any]) -> None:
        """Keep findings for good: topic -> statement, or topic -> {statement, source, day}. Of each
        topic the newest day counts, the older statements stay as history. They are told as
        reported and not verified, and never change what is curated.

        Raises:
            InvalidInputError: more than 100, too long, or a day that is none.
        """
        await self._findings.add(findings)

    async def search_knowledge(
        self, query: str, *, limit: int = 5, ecosystem: str = ""
    ) -> list[KnowledgeHit]:
        """Curated passages, best first, and after them what was reported (`hit.reported`): at most
        two of those, or what the curated ones leave room for.

        Raises:
            InvalidInputError: the question is empty or too long.
        """
        most = max(1, min(limit, 50))
        reported = await self._findings.search(query, self.knowledge, limit=most)
        curated = await anyio.to_thread.run_sync(
            lambda: self.knowledge.search(query, limit=most, ecosystem=ecosystem)
        )
        kept = curated[: max(1, most - min(2, len(reported)))]
        return [*kept, *reported[: most - len(kept)]]

    async def read_knowledge(self, id: str) -> KnowledgeDocument:
        """A document: curated, or (`reported/...`) what was reported on a topic, with history.

        Raises:
            NotFoundError: there is none of that id.
        """
        if id.startswith(PREFIX):
            return await self._findings.read(id)
        return await anyio.to_thread.run_sync(self.knowledge.read, id)

    async def reported(self) -> list[KnowledgeDocument]:
        """Everything that was reported, as documents."""
        return [finding.document() for finding in await self._findings.all()]

    async def changes(
        self,
        refs: Sequence[PackageRef],
        known: Mapping[str, str],
        since: date | None = None,
        *,
        offline: bool = False,
    ) -> list[Change]:
        """What changed for packages since the version that is known of them (`pypi:pydantic` ->
        `1.10`), else since a day; the most important kinds first, at most 100, each with source.
        Where a registry could not be asked, a note says so.

        Raises:
            InvalidInputError: more than 200 references, or a known version that is none.
        """
        if len(refs) > MAX_REFS:
            raise InvalidInputError("More than 200 packages.", hint="Ask for fewer at once.")
        return await self._changes.of(refs, known, since, offline=offline or self._settings.offline)
