"""The command, ready to be called."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import CommandLine


@pytest.fixture
def cli(tmp_path: Path) -> CommandLine:
    """The command, with an empty home directory that is also the current directory."""
    home = tmp_path / "home"
    home.mkdir()
    return CommandLine(home)
