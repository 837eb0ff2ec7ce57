"""Validators that install from the registries the machine's own clients are configured for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.languages.base import Language
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.services import Clients
from autonomous_coder.settings import SandboxSettings, Settings, ValidationSettings
from autonomous_coder.store.store import Store
from shared_cache import shared_cache


@asynccontextmanager
async def live_validator(
    directory: Path,
    *,
    languages: Mapping[str, Language] | None = None,
    settings: ValidationSettings | None = None,
    sandbox: SandboxSettings | None = None,
    cache: Path | None = None,
) -> AsyncIterator[ValidatorEngine]:
    """A validator with its state below `directory` and, unless told otherwise, the cache that all
    tests of a run share."""
    cache = cache or shared_cache()
    box = Sandbox(sandbox or SandboxSettings(), cache)
    clients = Clients(box)
    async with (
        await Store.open(directory / "state") as store,
        ResearchEngine(
            Settings().research,
            store,
            clients.read,
            clients.uv,
            data_roots().knowledge,
            cache / "work",
        ) as research,
    ):
        yield ValidatorEngine(
            box,
            settings or ValidationSettings(),
            languages or LANGUAGES,
            cache,
            research.fetch_access,
            advisories=research.check_advisories,
        )
