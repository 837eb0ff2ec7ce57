"""`config`, `--config` and the environment: what is in effect, and what is refused."""

from __future__ import annotations

from pathlib import Path

import yaml

from autonomous_coder.settings import Settings
from command_line import CommandLine


def test_config_prints_every_key_with_its_default(cli: CommandLine) -> None:
    call = cli("config")
    assert call.code == 0
    values = yaml.safe_load(call.out)
    assert values["research"]["cache_ttl"] == 86_400
    assert values["generation"]["default_language"] == "typescript"
    assert {name: set(section) for name, section in values.items()} == {
        name: set(section) for name, section in Settings().model_dump().items()
    }


def test_what_config_prints_can_be_saved_and_read_again(cli: CommandLine) -> None:
    file = cli.home / "mine.yaml"
    first = cli("config", env={"AUTONOMOUS_CODER_ORCHESTRATION__PARALLEL_TASKS": "7"})
    file.write_text(first.out, encoding="utf-8")
    second = cli("--config", str(file), "config")
    assert second.code == 0
    assert yaml.safe_load(second.out) == yaml.safe_load(first.out)
    assert yaml.safe_load(second.out)["orchestration"]["parallel_tasks"] == 7


def test_the_environment_wins_over_the_file(cli: CommandLine) -> None:
    file = cli.home / "mine.yaml"
    file.write_text("research: {timeout: 5, max_retries: 1}\n", encoding="utf-8")
    call = cli(
        "--config", str(file), "config", "--json", env={"AUTONOMOUS_CODER_RESEARCH__TIMEOUT": "9"}
    )
    values = call.json()
    assert values["success"] is True
    assert values["config_path"] == str(file)
    assert values["research"]["timeout"] == 9
    assert values["research"]["max_retries"] == 1


def test_an_unknown_key_is_refused_by_name(cli: CommandLine) -> None:
    file = cli.home / "mine.yaml"
    file.write_text("research: {timeuot: 5}\n", encoding="utf-8")
    call = cli("--config", str(file), "config")
    assert call.code == 2
    assert "research.timeuot" in call.err
    assert str(file) in call.err
    assert cli("--config", str(file), "doctor", "--json").json()["error"]["code"] == "invalid_input"


def test_an_unknown_key_in_the_environment_is_refused_by_name(cli: CommandLine) -> None:
    call = cli("config", env={"AUTONOMOUS_CODER_RESEARCH__TIMEUOT": "5"})
    assert call.code == 2
    assert "timeuot" in call.err.lower()


def test_a_configuration_file_that_is_missing_or_broken_is_wrong_usage(cli: CommandLine) -> None:
    assert cli("--config", "missing.yaml", "config").code == 2
    file = cli.home / "broken.yaml"
    file.write_text("research: [\n", encoding="utf-8")
    call = cli("--config", str(file), "config")
    assert call.code == 2
    assert "line" in call.err


def test_the_path_of_the_file_is_told_whether_it_exists_or_not(
    cli: CommandLine, tmp_path: Path
) -> None:
    default = cli("config", "--path")
    assert default.code == 0
    assert default.out.strip().endswith("config.yaml")
    file = tmp_path / "named.yaml"
    file.write_text("", encoding="utf-8")
    named = cli("--config", str(file), "config", "--path", "--json").json()
    assert named == {"success": True, "config_path": str(file), "exists": True}


def test_the_example_for_claude_desktop_is_valid(cli: CommandLine) -> None:
    import json

    root = Path(__file__).parents[3]
    example = json.loads((root / "claude_desktop_config.example.json").read_text("utf-8"))
    server = example["mcpServers"]["autonomous-coder"]
    assert Path(server["command"]).is_absolute()
    assert server["args"] == ["serve"]
    call = cli("config", "--json", env=server["env"])
    assert call.code == 0
    assert call.json()["paths"]["allowed_roots"] == ["/absolute/path/to/your/projects"]
