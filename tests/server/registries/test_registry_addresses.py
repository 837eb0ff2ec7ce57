"""The addresses come from the user's own clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.registries.npm_address import authorization, configured
from autonomous_coder.registries.pypi_address import VARIABLES, configured_index, public_index


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def env(home: Path, **values: str) -> dict[str, str]:
    return {"XDG_CONFIG_HOME": str(home / ".config"), "XDG_CONFIG_DIRS": "", **values}


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_of_uv_or_pip_names_the_python_index(home: Path, variable: str) -> None:
    found = configured_index(env(home, **{variable: "https://index.example/simple"}))
    assert found == ("https://index.example/simple", variable)


def test_a_named_index_of_uv_is_understood(home: Path) -> None:
    found = configured_index(env(home, UV_DEFAULT_INDEX="corp=https://index.example/simple"))
    assert found == ("https://index.example/simple", "UV_DEFAULT_INDEX")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".config/uv/uv.toml", '[[index]]\nurl = "https://i.example/s"\ndefault = true\n'),
        (".config/uv/uv.toml", 'index-url = "https://i.example/s"\n'),
        (".config/uv/uv.toml", '[pip]\nindex-url = "https://i.example/s"\n'),
        (".config/pip/pip.conf", "[global]\nindex-url = https://i.example/s\n"),
        (".pip/pip.conf", "[install]\nindex_url = https://i.example/s\n"),
    ],
)
def test_a_settings_file_names_the_python_index(home: Path, path: str, content: str) -> None:
    file = home / path
    file.parent.mkdir(parents=True)
    file.write_text(content)
    assert configured_index(env(home)) == (
        "https://i.example/s",
        "uv's settings" if file.name == "uv.toml" else "pip's settings",
    )


def test_the_file_named_by_pip_config_file_counts(home: Path) -> None:
    file = home / "own.conf"
    file.write_text("[global]\nindex-url = https://i.example/s\n")
    assert configured_index(env(home, PIP_CONFIG_FILE=str(file))) == (
        "https://i.example/s",
        "pip's settings",
    )


def test_broken_settings_files_are_passed_over(home: Path) -> None:
    for path, content in ((".config/uv/uv.toml", "= ="), (".config/pip/pip.conf", "index-url")):
        file = home / path
        file.parent.mkdir(parents=True)
        file.write_text(content)
    assert configured_index(env(home)) is None


def test_the_public_default_is_the_constant_of_an_installed_library() -> None:
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    assert public_index() == PYPI_SIMPLE_ENDPOINT


def test_npm_settings_come_from_npmrc_and_the_environment_wins(home: Path) -> None:
    (home / ".npmrc").write_text(
        "; a comment = no\nregistry=https://npm.example/\n//npm.example/:_authToken=${TOKEN}\n"
    )
    values = configured(env(home, TOKEN="t0ken"))
    assert values["registry"] == "https://npm.example/"
    assert authorization(values, values["registry"]) == "Bearer t0ken"
    assert authorization(values, "https://other.example/") == ""
    assert configured(env(home, npm_config_registry="https://b.example/"))["registry"] == (
        "https://b.example/"
    )
