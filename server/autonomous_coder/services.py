"""The composition of engines: settings in, one `Orchestrator` out. Built on first use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup

from autonomous_coder.settings import GenerationSettings, Settings

if TYPE_CHECKING:
    from autonomous_coder.chaining.chain import Chain
    from autonomous_coder.engines.generator import GeneratorEngine
    from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
    from autonomous_coder.orchestrator.orchestrator import Orchestrator
    from autonomous_coder.sandbox.sandbox import Sandbox
    from autonomous_coder.store.store import Store

MANAGER_OUTPUT_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class DataRoots:
    """Where the data shipped with this program lies; handed down so no engine reaches up."""

    knowledge: Path
    templates: Path


class Services:
    """Holds what one process shares. Heavy parts are imported and opened when first asked for."""

    def __init__(
        self, settings: Settings, roots: DataRoots, tasks: TaskGroup, stack: AsyncExitStack
    ) -> None:
        self.settings = settings
        self.roots = roots
        self._tasks = tasks
        self._stack = stack
        self._opening = anyio.Lock()
        self._orchestrator: Orchestrator | None = None
        self._store: Store | None = None
        self._sandbox: Sandbox | None = None

    def sandbox(self) -> Sandbox:
        """The sandbox; probing it costs nothing until `probe` is called."""
        if self._sandbox is None:
            from autonomous_coder.sandbox.sandbox import Sandbox

            self._sandbox = Sandbox(self.settings.sandbox, self.settings.cache_dir())
        return self._sandbox

    async def orchestrator(self) -> Orchestrator:
        """The operations, opened once per process.

        Raises:
            StateError: the database cannot be opened.
        """
        async with self._opening:
            if self._orchestrator is None:
                self._orchestrator = await self._open()
            return self._orchestrator

    def _chain(self) -> Chain | None:
        """The other MCP servers of the settings; none is started before it is asked."""
        servers = self.settings.research.servers
        if not servers:
            return None
        from autonomous_coder.chaining.chain import Chain
        from autonomous_coder.sandbox.serving import serve

        return Chain(servers, serve, self._tasks)

    async def _open(self) -> Orchestrator:
        from autonomous_coder.engines.planner import Planner
        from autonomous_coder.engines.recovery import RecoveryEngine
        from autonomous_coder.engines.research import ResearchEngine
        from autonomous_coder.engines.validator import ValidatorEngine
        from autonomous_coder.languages import LANGUAGES
        from autonomous_coder.orchestrator.orchestrator import Orchestrator
        from autonomous_coder.orchestrator.runs import RunManager
        from autonomous_coder.orchestrator.steps import Engines
        from autonomous_coder.pathguard import PathGuard
        from autonomous_coder.store.store import Store

        settings, sandbox = self.settings, self.sandbox()
        data_dir, cache_dir = settings.data_dir(), settings.cache_dir()
        store = await self._stack.enter_async_context(await Store.open(data_dir))
        provisioned = cache_dir if settings.validation.provision_toolchains else None
        clients = Clients(sandbox, provisioned, cache_dir / "formatters")
        research = await self._stack.enter_async_context(
            ResearchEngine(
                settings.research,
                store,
                clients.read,
                clients.uv,
                self.roots.knowledge,
                cache_dir / "work",
                clients.manage,
                store,
                passages=store.passages,
                tasks=self._tasks,
            )
        )
        generator = self._generator(clients)

        async def record_fix(fingerprint: str, rule: str, helped: bool) -> None:
            await store.audit("fix.rule", fingerprint, rule=rule, helped=helped)

        engines = Engines(
            settings=settings,
            store=store,
            research=research,
            intelligence=self._understanding(clients, generator),
            planner=Planner(),
            generator=generator,
            validator=ValidatorEngine(
                sandbox,
                settings.validation,
                LANGUAGES,
                cache_dir,
                research.fetch_access,
                limits=settings.sandbox.limits(),
                advisories=research.check_advisories,
            ),
            recovery=RecoveryEngine(
                sandbox, settings.orchestration, cache_dir / "work", recorder=record_fix
            ),
        )
        runs = RunManager(store, self._tasks, max_runtime_s=settings.orchestration.max_runtime)
        guard = PathGuard(settings.allowed_roots(), private=(data_dir, cache_dir))
        return Orchestrator(engines, guard, runs, sandbox.probe)

    def _generator(self, clients: Clients) -> Callable[[], GeneratorEngine]:
        """The generator, made when it is first asked for."""

        @cache
        def made() -> GeneratorEngine:
            from autonomous_coder.engines.generator import GeneratorEngine
            from autonomous_coder.languages.packs import PACKS

            own = self.settings.templates_dir()
            return GeneratorEngine(self.roots.templates, PACKS, clients.format_files, own)

        return made

    def _understanding(
        self, clients: Clients, generator: Callable[[], GeneratorEngine]
    ) -> Callable[[], Awaitable[IntelligenceCore]]:
        """What understands requests, made when it is first asked for: what this machine lacks is
        asked then, too."""
        made: list[IntelligenceCore] = []
        making = anyio.Lock()

        async def understanding() -> IntelligenceCore:
            async with making:
                if not made:
                    from autonomous_coder.engines.intelligence import IntelligenceCore

                    generation = self.settings.generation
                    supported = _supported(generator(), await _lacking(clients, generation))
                    made.append(IntelligenceCore(generation, supported))
                return made[0]

        return understanding


def _supported(generator: GeneratorEngine, lacking: Mapping[str, str]) -> Supported:
    """What can be generated, and which languages cannot be built on this machine."""
    from autonomous_coder.engines.intelligence import Supported

    archetypes = generator.supported()
    return Supported(
        archetypes=archetypes,
        features={
            language: frozenset().union(*(generator.features(language, kind) for kind in kinds))
            for language, kinds in archetypes.items()
        },
        variants={
            framework: features
            for language, kinds in archetypes.items()
            for kind in kinds
            for framework, features in generator.variants(language, kind).items()
        },
        lacking=lacking,
        of_kinds={
            kind: {
                language: generator.features(language, kind)
                for language, kinds in archetypes.items()
                if kind in kinds
            }
            for kind in frozenset().union(*archetypes.values())
        },
    )


class Clients:
    """The user's package clients and our own static tools, run by the sandbox as trusted.
    `provisioned` is the cache with toolchains of ours that stand in for clients not installed,
    `formatters` that of formatters which package managers bring."""

    def __init__(
        self, sandbox: Sandbox, provisioned: Path | None = None, formatters: Path | None = None
    ) -> None:
        self._sandbox = sandbox
        self._provisioned = provisioned
        self._formatters = formatters

    async def read(self, argv: Sequence[str]) -> str:
        """What a client of the user's prints (`npm config get registry`).

        Raises:
            ToolchainMissingError: it is not installed, or failed.
        """
        from autonomous_coder.errors import ToolchainMissingError

        start = await self.find(argv[0])
        outcome = await self._sandbox.run_client([*start, *argv[1:]])
        if outcome.exit_code != 0:
            raise ToolchainMissingError(
                f"{argv[0]} could not be asked ({' '.join(argv[1:4])}).",
                hint=f"Run it by hand to see why: {' '.join(argv)}.",
            )
        return outcome.stdout.decode("utf-8", "replace").strip()

    async def find(self, name: str) -> tuple[str, ...]:
        """The words that start a client.

        Raises:
            ToolchainMissingError: it is not installed, and nothing of ours stands in for it.
        """
        from shutil import which

        from autonomous_coder.errors import ToolchainMissingError

        found = which(name)
        start = (found,) if found else await anyio.to_thread.run_sync(self._stand_in, name)
        if not start:
            raise ToolchainMissingError(
                f"{name} is not installed.", hint=f"Install {name}, then try again."
            )
        return start

    def _stand_in(self, name: str) -> tuple[str, ...]:
        from autonomous_coder.engines.validator.provisioning import provisioned_client
        from autonomous_coder.languages import LANGUAGES

        if self._provisioned is None:
            return ()
        specs = [spec for language in LANGUAGES.values() for spec in language.toolchains]
        return provisioned_client(self._provisioned, specs, name)

    async def uv(
        self, arguments: Sequence[str], directory: Path, timeout_s: float
    ) -> tuple[int, str, str]:
        """Our own uv in a directory we wrote: exit code, stdout, stderr."""
        outcome = await self._sandbox.run_client(
            [str(self._sandbox.tool("uv")), *arguments],
            timeout_s=timeout_s,
            cwd=directory,
            env={"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"},
        )
        code = 124 if outcome.exit_code is None else outcome.exit_code
        return (
            code,
            outcome.stdout.decode("utf-8", "replace"),
            outcome.stderr.decode("utf-8", "replace"),
        )

    async def manage(
        self,
        argv: Sequence[str],
        directory: Path,
        timeout_s: float,
        env: Mapping[str, str],
    ) -> tuple[int, str, str]:
        """A package manager of the user's in a directory we wrote: exit code, stdout, stderr.

        Raises:
            ToolchainMissingError: it is not installed.
        """
        start = await self.find(argv[0])
        outcome = await self._sandbox.run_client(
            [*start, *argv[1:]],
            timeout_s=timeout_s,
            cwd=directory,
            env=env,
            output_bytes=MANAGER_OUTPUT_BYTES,
        )
        code = 124 if outcome.exit_code is None else outcome.exit_code
        return (
            code,
            outcome.stdout.decode("utf-8", "replace"),
            outcome.stderr.decode("utf-8", "replace"),
        )

    async def format_files(self, files: Mapping[str, str], language: str) -> Mapping[str, str]:
        """Files by path, laid out by the language's own formatter (ruff, Biome, gofmt, rustfmt)."""
        from autonomous_coder.formatting import (
            format_go,
            format_python,
            format_rust,
            format_typescript,
        )

        if language == "go":
            return await format_go(self.manage, files)
        if language == "rust":
            return await format_rust(self.manage, files)
        if language in {"typescript", "javascript", "html"} and self._formatters is not None:
            return await format_typescript(self._sandbox, self.manage, self._formatters, files)
        return await format_python(self._sandbox, files) if language == "python" else files


async def _lacking(clients: Clients, settings: GenerationSettings) -> dict[str, str]:
    """Why the default language gives way on this machine, unless somebody chose it."""
    from autonomous_coder.lacking import lacking
    from autonomous_coder.languages.packs import PACKS

    language = settings.default_language
    pack = PACKS.get(language)
    if pack is None or "default_language" in settings.model_fields_set:
        return {}
    reason = await lacking(clients, pack.ecosystem, pack.runtime)
    return {language: reason} if reason else {}


@asynccontextmanager
async def open_services(settings: Settings, roots: DataRoots) -> AsyncIterator[Services]:
    """Services for one process; leaving stops runs (they can be resumed) and closes the state."""
    async with AsyncExitStack() as stack, anyio.create_task_group() as tasks:
        try:
            yield Services(settings, roots, tasks, stack)
        finally:
            tasks.cancel_scope.cancel()
