"""What the README names exists, and what exists is named there."""

from __future__ import annotations

import json
import re
from pathlib import Path

from autonomous_coder.cli import exits, program
from autonomous_coder_prompts.catalogue import PROMPTS
from autonomous_coder_tools import TOOLS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    return README.split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]


def test_the_table_of_tools_is_the_list_of_tools() -> None:
    named = re.findall(r"^\| `([a-z_]+)` \|", section("The tools"), re.M)
    assert named == [tool.name for tool in TOOLS]


def test_every_prompt_is_named() -> None:
    for prompt in PROMPTS:
        assert f"`{prompt.name}`" in section("The tools")


def test_the_commands_and_exit_codes_are_those_of_the_command_line() -> None:
    text = section("Command line and Python")
    listed = re.search(r"--help` lists (.*?)\. Exit codes: (.*?)\. ", text, re.S)
    assert listed
    assert set(re.findall(r"`([a-z]+)`", listed[1])) == set(program.commands)
    codes = [int(code) for code in re.findall(r"\b(\d+) ", listed[2])]
    assert codes == [exits.GREEN, exits.FAILED, exits.USAGE, exits.LACKS, exits.of_signal(2)]


def test_the_example_configuration_is_what_the_readme_shows() -> None:
    text = (ROOT / "claude_desktop_config.example.json").read_text(encoding="utf-8")
    entry = json.loads(text)["mcpServers"]["autonomous-coder"]
    blocks = re.findall(r"```json\n(.*?)```", README, re.S)
    shown = [json.loads(block) for block in blocks]
    desktop = next(block for block in shown if "mcpServers" in block)
    assert desktop["mcpServers"]["autonomous-coder"]["args"] == entry["args"] == ["serve"]
    assert Path(entry["command"]).is_absolute()
