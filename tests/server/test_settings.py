"""The configuration file, the environment and their precedence."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.errors import InvalidInputError, NotFoundError
from autonomous_coder.settings import load_settings


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_defaults_are_the_seeds() -> None:
    settings = load_settings()
    assert settings.research.model_dump(include={"cache_ttl", "max_retries", "timeout"}) == {
        "cache_ttl": 86_400,
        "max_retries": 3,
        "timeout": 30,
    }
    assert settings.generation.model_dump(exclude={"templates_dir"}) == {
        "default_language": "typescript",
        "style_guide": "airbnb",
        "documentation": True,
        "tests": True,
    }
    checks = {"strict_mode": True, "security_scan": True, "performance_check": True}
    assert settings.validation.model_dump(include=set(checks)) == checks
    assert not settings.validation.provision_toolchains
    assert settings.orchestration.parallel_tasks == 4
    assert settings.orchestration.checkpoint_interval == 300
    assert settings.orchestration.progress_reporting is True


def test_the_file_overrides_defaults_and_the_environment_overrides_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = config(tmp_path, "research:\n  cache_ttl: 60\n  timeout: 5\n")
    monkeypatch.setenv("AUTONOMOUS_CODER_RESEARCH__TIMEOUT", "7")
    settings = load_settings(path)
    assert (settings.research.cache_ttl, settings.research.timeout) == (60, 7)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("research:\n  cash_ttl: 1\n", "unknown key 'research.cash_ttl'"),
        ("reserach: {}\n", "unknown key 'reserach'"),
        ("research:\n  timeout: fast\n", "research.timeout"),
        ("research: [1\n", "not valid YAML"),
        ("- 1\n", "must hold sections"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        load_settings(config(tmp_path, text))
    assert named in str(caught.value)


def test_a_rejected_value_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as caught:
        load_settings(config(tmp_path, "research:\n  timeout: hunter2\n"))
    assert "hunter2" not in str(caught.value)


def test_a_named_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        load_settings(tmp_path / "none.yaml")


def test_state_lives_where_the_setting_says(tmp_path: Path) -> None:
    settings = load_settings(paths={"data_dir": str(tmp_path / "here")})
    assert settings.data_dir() == tmp_path / "here"
