"""Documentation inside real packages, at the registries the user's clients name."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.errors import EnvironmentLacksError
from autonomous_coder.settings import ResearchSettings
from autonomous_coder.store.store import Store
from research_helpers import KNOWLEDGE, run_client, run_uv

pytestmark = [pytest.mark.anyio, pytest.mark.live]


@pytest.mark.parametrize(
    ("about", "version", "question", "words"),
    [
        ("pypi:fastapi", "0.115.12", "run code at startup and shutdown with lifespan", "lifespan"),
        ("npm:hono", "4.6.0", "verify a jwt token in a middleware", "secret"),
    ],
)
async def test_a_real_package_answers_from_what_it_ships(
    tmp_path: Path, about: str, version: str, question: str, words: str
) -> None:
    async with (
        await Store.open(tmp_path / "data") as store,
        ResearchEngine(
            ResearchSettings(timeout=20, max_retries=1),
            store,
            run_client,
            run_uv,
            KNOWLEDGE,
            tmp_path / "work",
            passages=store.passages,
        ) as research,
    ):
        try:
            found = await research.documentation(about, question, version=version)
        except EnvironmentLacksError as error:
            pytest.skip(str(error))
    assert words in found.passages[0].text.lower()
    assert found.passages[0].version == version
