"""Joint resolution, locking and compatibility over all ecosystems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path

import anyio

from autonomous_coder.engines.research.lastgood import last_known_good, nearest_set
from autonomous_coder.engines.research.lookup import Lookup
from autonomous_coder.engines.research.ports import ManagerRunner, ResearchCache, UvRunner
from autonomous_coder.engines.research.resolving.asking import read_asked, version_numbers
from autonomous_coder.engines.research.resolving.base import EcosystemResolver, Workshop
from autonomous_coder.engines.research.resolving.cargo import CargoResolver
from autonomous_coder.engines.research.resolving.cooldown import KnownOf, cutoff_of
from autonomous_coder.engines.research.resolving.golang import GoResolver
from autonomous_coder.engines.research.resolving.histories import Histories
from autonomous_coder.engines.research.resolving.maven import MavenResolver
from autonomous_coder.engines.research.resolving.npm import NpmResolver
from autonomous_coder.engines.research.resolving.npm_node import node_target
from autonomous_coder.engines.research.resolving.python import Resolver
from autonomous_coder.engines.research.resolving.stepping import Step, steps_back
from autonomous_coder.errors import NetworkUnavailableError, ResolutionError, UnsupportedError
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Origin, Pin, Resolution
from autonomous_coder.registries.transport import Http

SPELLINGS = {
    "python": "pypi", "node": "npm", "javascript": "npm", "typescript": "npm", "rust": "crates",
    "cargo": "crates", "golang": "go", "java": "maven",
}  # fmt: skip

RUNTIMES = {"npm": "Node", "crates": "Rust", "go": "Go", "maven": "Java"}
MAX_TOLD = 10


class Resolvers:
    """One resolver an ecosystem; `known_good` finds the curated sets of one."""

    def __init__(
        self,
        lookup: Lookup,
        http: Http,
        cache: ResearchCache,
        *,
        uv: UvRunner,
        manager: ManagerRunner | None,
        work_dir: Path,
        known_good: Callable[[str], Sequence[Path]],
        known_of: KnownOf,
        ttl: float,
        minimum_age_days: int,
    ) -> None:
        self._known_good = known_good
        self._minimum_age_days = minimum_age_days
        histories = Histories(lookup, http, cache, ttl=ttl)
        workshop = Workshop(manager, work_dir)
        self.python = Resolver(lookup, uv, work_dir, lambda: known_good("pypi")[0], known_of)
        self.npm = NpmResolver(histories, workshop, known_of)
        self._resolvers: dict[str, EcosystemResolver] = {
            "pypi": self.python,
            "npm": self.npm,
            "crates": CargoResolver(histories, workshop, known_of),
            "go": GoResolver(histories, workshop, known_of),
            "maven": MavenResolver(histories, workshop, known_of),
        }

    def of(self, ecosystem: str) -> tuple[str, EcosystemResolver]:
        """(the ecosystem's own name, its resolver).

        Raises:
            UnsupportedError: there is none.
        """
        name = SPELLINGS.get(ecosystem.lower(), ecosystem.lower())
        found = self._resolvers.get(name)
        if found is None:
            raise UnsupportedError(
                f"Joint resolution of '{ecosystem[:30]}' packages is not available.",
                hint=f"It is for {', '.join(self._resolvers)}; look others up one by one.",
            )
        return name, found

    async def resolve(self, dependencies: Dependencies, *, offline: bool) -> Resolution:
        """The newest versions that install together; see `EcosystemResolver` for the errors. Each
        part of a project is resolved by itself; where nothing is asked for, nothing is found."""
        if dependencies.parts:
            parts = dependencies.parts.items()
            found = {u: await self.resolve(part, offline=offline) for u, part in parts}
            return _of_parts(found)
        ecosystem, resolver = self.of(dependencies.ecosystem)
        if not (dependencies.packages or dependencies.dev_packages):
            # A project that stands on its language alone.
            return Resolution(ecosystem=ecosystem, runtime=dependencies.runtime)
        asked = dependencies.model_copy(update={"ecosystem": ecosystem, **self._age(dependencies)})
        try:
            return await resolver.resolve(asked, offline=offline)
        except NetworkUnavailableError as error:
            if ecosystem == "pypi":
                raise
            return await self._last_good(asked, error)

    async def steps_back(self, dependencies: Dependencies, found: Resolution) -> list[Step]:
        """The direct packages that have left the line on which they were tested: by what the
        layers say, else by the newest of the curated sets. Those of all parts, each once."""
        if dependencies.parts:
            known = {under: found.parts.get(under) for under in dependencies.parts}
            steps = [
                await self.steps_back(part, known[under] or found)
                for under, part in dependencies.parts.items()
            ]
            return list({step.package: step for several in steps for step in several}.values())
        ecosystem, _ = self.of(dependencies.ecosystem)
        tested: dict[str, str] = {}
        for path in self._known_good(ecosystem):
            good = await anyio.to_thread.run_sync(last_known_good, path)
            for name, version in good.versions.items():
                if version_numbers(version) > version_numbers(tested.get(name, "")):
                    tested[name] = version
        return steps_back(ecosystem, found.pins, {**tested, **dependencies.tested})

    async def quickly(self, dependencies: Dependencies, *, offline: bool) -> dict[str, str] | None:
        """The direct packages' versions where they go together, else None, as quickly as it can be
        said; errors as for `resolve`."""
        ecosystem, resolver = self.of(dependencies.ecosystem)
        asked = dependencies.model_copy(update={"ecosystem": ecosystem, **self._age(dependencies)})
        try:
            if ecosystem == "pypi":
                return await self.python.versions(asked, offline=offline)
            if ecosystem == "npm":
                return await self.npm.versions(asked, offline=offline)
            return (await resolver.resolve(asked, offline=offline)).versions()
        except ResolutionError:
            return None

    def _age(self, dependencies: Dependencies) -> dict[str, int]:
        if "minimum_age_days" in dependencies.model_fields_set:
            return {}
        return {"minimum_age_days": self._minimum_age_days}

    async def lock_project(
        self, ecosystem: str, files: Mapping[str, str], *, offline: bool
    ) -> dict[str, str]:
        """Manifests in, lock files out; see `EcosystemResolver.lock`."""
        _, resolver = self.of(ecosystem)
        cutoff = cutoff_of(self._minimum_age_days)
        return await resolver.lock(files, offline=offline, cutoff=cutoff)

    async def _last_good(
        self, dependencies: Dependencies, error: NetworkUnavailableError
    ) -> Resolution:
        """A curated set that covers all that is asked, for the Node that is asked for; for other
        runtimes without a promise.

        Raises:
            NetworkUnavailableError: there is none.
        """
        ecosystem, runtime = dependencies.ecosystem, dependencies.runtime.strip()
        paths = self._known_good(ecosystem)
        sets = [await anyio.to_thread.run_sync(last_known_good, path) for path in paths]
        asked = read_asked(dependencies, ecosystem)
        node = node_target(runtime, "") if ecosystem == "npm" else None
        good = nearest_set(sets, ecosystem, asked, node.version if node else "")
        lacking = good.lacks(ecosystem, asked) if good else [f"Node {runtime}"]
        if good is None or lacking:
            told = ", ".join(sorted(lacking)[:MAX_TOLD])
            others = " and others" if len(lacking) > MAX_TOLD else ""
            raise NetworkUnavailableError(
                f"{error.message} No last known good set covers {told}{others}, either.",
                hint=error.hint,
            ) from error
        return Resolution(
            ecosystem=ecosystem,
            runtime=f"node {node.asked}" if node else runtime,
            pins=[Pin(name=n, version=good.versions[n], origin=Origin.CURATED) for n in asked],
            origin=Origin.CURATED,
            resolved_at=datetime.combine(good.verified, time(), UTC),
            resolver="knowledge base",
            notes=[
                f"No network ({error.message.rstrip('.')}): versions are the last known good set "
                f"of {good.verified}, made for {RUNTIMES[ecosystem]} {good.lowest} or newer; "
                "what is newest now is not known."
            ],
        )


def _of_parts(parts: Mapping[str, Resolution]) -> Resolution:
    """What was resolved for the parts of a project, as one: with the least certain origin."""
    first = next(iter(parts.values()))
    origins = list(Origin)
    return Resolution(
        ecosystem=first.ecosystem,
        runtime=first.runtime,
        pins=[pin for part in parts.values() for pin in part.pins],
        origin=max((part.origin for part in parts.values()), key=origins.index),
        resolved_at=first.resolved_at,
        resolver=first.resolver,
        notes=list(dict.fromkeys(note for part in parts.values() for note in part.notes)),
        parts=dict(parts),
    )
