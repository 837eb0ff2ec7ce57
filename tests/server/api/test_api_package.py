"""Importing costs nothing: the public names and the commands load their rooms when used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import autonomous_coder

UNDERSTANDING = "autonomous_coder.engines.intelligence"
PACKS = "autonomous_coder.languages.packs"
HEAVY = ("pydantic", "anyio", "mcp", "rich", "jinja2", "httpx2", "yaml", "aiosqlite")


def loaded_by(statement: str, looked_for: tuple[str, ...] = HEAVY) -> set[str]:
    """Heavy modules that a fresh interpreter holds after the statement."""
    program = f"{statement}\nimport sys\nprint(*(m for m in {looked_for!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["autonomous_coder", "autonomous_coder.cli"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") == set()


def test_the_public_names_are_there_and_loaded_on_first_use() -> None:
    assert autonomous_coder.__all__ == [
        "AutonomousCoder",
        "BuildRequest",
        "BuildResult",
        "Progress",
    ]
    for name in autonomous_coder.__all__:
        assert getattr(autonomous_coder, name).__name__ == name
        assert name in dir(autonomous_coder)
    loaded = loaded_by("from autonomous_coder import AutonomousCoder")
    assert not loaded & {"mcp", "rich", "jinja2", "httpx2", "aiosqlite"}


def test_a_call_that_reads_the_state_loads_neither_understanding_nor_packs() -> None:
    opened = """
import anyio, autonomous_coder.calling as c
from autonomous_coder.settings import load_settings
async def work(operations): {}
anyio.run(c.use_services, load_settings(None), work)
"""
    looked_for = (UNDERSTANDING, PACKS, "aiosqlite")
    assert loaded_by(opened.format("pass"), looked_for) == {"aiosqlite"}
    asked = "await operations._e.intelligence()"
    assert loaded_by(opened.format(asked), looked_for) == {*looked_for}


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        autonomous_coder.nonsense  # noqa: B018
