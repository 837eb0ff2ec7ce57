"""The addresses come from the user's own clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.registries.gems_address import configured_sources, login_for
from autonomous_coder.registries.npm_address import authorization, configured
from autonomous_coder.registries.nuget_address import configured_sources as nuget_sources
from autonomous_coder.registries.nuget_address import listed_sources
from autonomous_coder.registries.packagist_address import listed_default
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


def test_the_sources_that_clients_print_are_read_from_their_listing() -> None:
    composer = (
        "[repositories.packagist.example.type] composer\n"
        "[repositories.packagist.dev.url] https?://repo.example\n[other] x\n"
    )
    assert listed_default(composer) == "https://repo.example"
    assert listed_default("nothing") == ""
    dotnet = (
        "Registered Sources:\n  1.  one [Enabled]\n      https://one.example/v3/index.json\n"
        "  2.  two [Disabled]\n      https://two.example/v3/index.json\n"
        "  3.  local [Enabled]\n      /srv/packages\n"
    )
    assert listed_sources(dotnet) == ["https://one.example/v3/index.json"]


def test_gem_and_bundler_settings_name_sources_and_logins(home: Path) -> None:
    (home / ".gemrc").write_text("---\n:backtrace: false\n:sources:\n- https://gems.example/\n")
    (home / ".bundle").mkdir()
    (home / ".bundle" / "config").write_text('---\nBUNDLE_GEMS__EXAMPLE: "me:pw"\n')
    assert configured_sources(env(home)) == (["https://gems.example/"], "gem's settings")
    assert login_for("https://gems.example/", env(home)).startswith("Basic ")
    assert configured_sources(env(home, BUNDLE_MIRROR__ALL="https://m.example")) == (
        ["https://m.example"],
        "bundler's mirror",
    )
    (home / ".gemrc").write_text("{broken: [")
    assert configured_sources(env(home)) == ([], "")


def test_disabled_nuget_sources_and_those_before_a_clear_do_not_count(home: Path) -> None:
    folder = home / ".nuget" / "NuGet"
    folder.mkdir(parents=True)
    (folder / "NuGet.Config").write_text(
        '<configuration><packageSources><add key="old" value="https://old.example/" /><clear />'
        '<add key="off" value="https://off.example/" /><add key="on" value="https://on.example/" />'
        '</packageSources><disabledPackageSources><add key="off" value="true" />'
        "</disabledPackageSources></configuration>"
    )
    assert nuget_sources(env(home)) == [("https://on.example/", "")]
