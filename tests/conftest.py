"""Fixtures shared by all tests, and their order: fast ones first."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import shared_cache

MADE = pytest.StashKey[bool]()
THOROUGH = "AUTONOMOUS_CODER_TEST_THOROUGH"


def pytest_configure(config: pytest.Config) -> None:
    """One cache for all workers, made by the process that starts them."""
    config.stash[MADE] = shared_cache.make()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The one who made it removes it."""
    if config.stash.get(MADE, False):
        shared_cache.remove()


@pytest.fixture
def anyio_backend() -> str:
    """All asynchronous tests run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the user's own state or configuration."""
    monkeypatch.setenv("AUTONOMOUS_CODER_DATA_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("AUTONOMOUS_CODER_CACHE_DIR", str(shared_cache.shared_cache()))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("AUTONOMOUS_CODER_CONFIG", raising=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first, then slow ones, then those that ask real registries; thorough ones, and
    slow ones in the older protocol era, only when they are asked for."""
    if os.environ.get(THOROUGH) != "1":
        left_out = pytest.mark.skip(reason=f"thorough: runs with {THOROUGH}=1")
        for item in items:
            if "thorough" in item.keywords or ("slow" in item.keywords and _older_era(item)):
                item.add_marker(left_out)
    items.sort(key=lambda item: ("live" in item.keywords, "slow" in item.keywords))


def _older_era(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "legacy" in (
        item.callspec.params.values() if hasattr(item, "callspec") else ()
    )
