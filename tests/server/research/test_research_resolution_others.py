"""Crates and Go modules by their own resolvers; what Maven lacks; managers that are missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autonomous_coder.engines.research.resolving.asking import one
from autonomous_coder.errors import (
    InvalidInputError,
    NetworkUnavailableError,
    ResolutionError,
    ToolchainMissingError,
    UnsupportedError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.registries.histories import java_of, read_module
from registry_standin import RegistryStandin
from resolving_helpers import (
    add_crate,
    add_module,
    crate_dep,
    needs,
    pin_of,
    resolve,
    resolving,
    use_crates,
    use_modules,
    use_npm,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        use_crates(monkeypatch, standin, tmp_path / "cargo-home")
        use_modules(monkeypatch, standin, tmp_path / "go-cache")
        use_npm(monkeypatch, standin, tmp_path / "npm-cache")
        yield standin


@needs("cargo")
async def test_crates_step_back_for_the_rust_version_and_their_family(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add_crate(registry, "server", {"vers": "0.8.2"}, {"vers": "0.9.0"})
    add_crate(registry, "server-extra", {"vers": "0.1.0", "deps": [crate_dep("server", "^0.8")]})
    add_crate(
        registry, "driver", {"vers": "1.0.0", "rust_version": "1.70"},
        {"vers": "2.0.0", "rust_version": "1.90"},
    )  # fmt: skip
    add_crate(registry, "inner", {"vers": "1.0.0", "rust_version": "1.91"})
    add_crate(
        registry, "outer", {"vers": "1.0.0"}, {"vers": "1.1.0", "deps": [crate_dep("inner", "1")]}
    )
    add_crate(registry, "asked", {"vers": "1.4.0"}, {"vers": "2.0.0"})
    found = await resolve(
        tmp_path / "work", "crates", "1.85", "server", "server-extra", "driver", "outer", "asked@1"
    )
    assert found.versions() == {
        "asked": "1.4.0",
        "driver": "1.0.0",
        "outer": "1.0.0",
        "server": "0.8.2",
        "server-extra": "0.1.0",
    }
    held = {pin.name: pin.held_by for pin in found.pins if pin.held_by}
    assert held.pop("driver") == "2.0.0 requires Rust 1.90, the target is Rust 1.85"
    assert held.pop("asked") == "asked for as asked@1"
    assert held.pop("server") == "server-extra 0.1.0 depends on server 0.8.2: a family in step"
    assert held.pop("outer") == (
        "1.1.0 brings inner 1.0.0, which requires Rust 1.91; the target is Rust 1.85"
    )
    assert not held


@needs("cargo")
async def test_crates_that_exclude_each_other_are_told_with_cargos_reason(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add_crate(registry, "router", {"vers": "0.8.4"}, {"vers": "0.8.6"})
    add_crate(registry, "server", {"vers": "1.0.0", "deps": [crate_dep("router", "=0.8.4")]})
    found = await resolve(tmp_path / "work", "crates", "1.85", "server", "router")
    assert found.versions() == {"router": "0.8.4", "server": "1.0.0"}
    assert pin_of(found, "router").held_by == "server 1.0.0 depends on router =0.8.4"
    with pytest.raises(ResolutionError, match="router"):
        await resolve(tmp_path / "work", "crates", "1.85", "server", "router@=0.8.6")
    stack = {"rust": "1.85", "crates:server": "1", "crates:router": "=0.8.6"}
    async with resolving(tmp_path / "work") as engine:
        answer = await engine.check_compatibility(stack)
    assert not answer.compatible
    assert sorted(answer.conflict) == ["router@=0.8.6", "server@1"]
    assert answer.nearest[0].versions() == {"router": "0.8.4", "server": "1.0.0"}


@needs("cargo")
async def test_cargo_locks_what_we_wrote_and_nothing_from_elsewhere(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add_crate(registry, "server", {"vers": "0.8.2"}, {"vers": "0.8.3"})
    manifest = (
        '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\nbuild = "build.rs"\n'
        '[[bin]]\nname = "demo"\npath = "src/bin/demo.rs"\n[dependencies]\nserver = "0.8"\n'
    )
    async with resolving(tmp_path / "work") as engine:
        locks = await engine.lock_project("crates", {"Cargo.toml": manifest})
        assert 'name = "server"\nversion = "0.8.3"' in locks["Cargo.lock"]
        for wrong in ('{ git = "https://host/x" }', '{ path = "/etc" }'):
            with pytest.raises(InvalidInputError, match="from an address or a place"):
                await engine.lock_project("crates", {"Cargo.toml": f"{manifest}x = {wrong}\n"})


@needs("cargo")
async def test_a_young_crate_waits_and_so_do_those_it_would_bring(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    old, young = "2026-01-01T00:00:00Z", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    add_crate(registry, "inner", {"vers": "1.0.0", "pubtime": old},
              {"vers": "1.1.0", "pubtime": young})  # fmt: skip
    add_crate(
        registry, "outer", {"vers": "1.0.0", "pubtime": old, "deps": [crate_dep("inner", "1")]},
        {"vers": "1.0.1", "pubtime": young, "deps": [crate_dep("inner", "1")]},
    )  # fmt: skip
    asked = Dependencies(
        ecosystem="crates", runtime="1.85", packages=["outer"], minimum_age_days=10
    )
    async with resolving(tmp_path / "work") as engine:
        found = await engine.resolve(asked)
    assert pin_of(found, "outer").version == "1.0.0"
    assert pin_of(found, "inner").version == "1.0.0"
    assert "younger than the cooldown" in pin_of(found, "outer").held_by


@needs("go")
async def test_modules_step_back_for_the_go_version_also_of_what_they_bring(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    names = "example.org/driver", "example.org/text", "example.org/web"
    add_module(registry, names[0], {"v1.0.0": "go 1.20", "v1.1.0": "go 1.24"})
    add_module(registry, names[1], {"v0.1.0": "go 1.20", "v0.2.0": "go 1.24"})
    add_module(
        registry, names[2],
        {"v2.0.0+incompatible": "", "v1.0.0": f"go 1.20\nrequire {names[1]} v0.1.0",
         "v1.1.0": f"go 1.20\nrequire {names[1]} v0.2.0"},
    )  # fmt: skip
    found = await resolve(tmp_path / "work", "go", "1.22", names[0], names[2])
    assert found.versions() == {names[0]: "v1.0.0", names[2]: "v1.0.0"}
    assert pin_of(found, names[0]).held_by == "v1.1.0 requires Go 1.24, the target is Go 1.22"
    assert "which requires Go 1.24" in pin_of(found, names[2]).held_by
    assert pin_of(found, names[1]).version == "v0.1.0"
    stack = {f"go:{names[2]}": "v1.1.0", f"go:{names[1]}": "v0.1.0", "go": "1.24"}
    async with resolving(tmp_path / "work") as engine:
        answer = await engine.check_compatibility(stack)
        assert not await engine.validate_compatibility({**stack, "go:example.org/driver": ""})
    assert sorted(answer.conflict) == [f"{names[1]}@v0.1.0", f"{names[2]}@v1.1.0"]
    assert "v1.1.0 requires example.org/text v0.2.0, where v0.1.0 is wanted" in answer.reason
    assert answer.nearest[0].versions()[names[1]] == "v0.2.0"


@needs("go")
async def test_go_sums_are_made_for_what_a_manifest_names(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    async with resolving(tmp_path / "work") as engine:
        files = {"go.mod": "module demo\n\ngo 1.22\n", "main.go": "package main\nfunc main() {}\n"}
        assert (await engine.lock_project("go", files))["go.mod"].startswith("module demo")
        with pytest.raises(ResolutionError):
            await engine.lock_project(
                "go", {"go.mod": f"{files['go.mod']}require x.org/y v1.0.0\n"}
            )


async def test_maven_has_no_lock_file_and_says_so(tmp_path: Path) -> None:
    async with resolving(tmp_path) as engine:
        with pytest.raises(UnsupportedError, match="no lock file"):
            await engine.lock_project("maven", {"pom.xml": "<project/>"})


async def test_a_manager_that_is_missing_is_named_with_the_command_that_installs_it(
    registry: RegistryStandin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_crate(registry, "server", {"vers": "0.8.2"})
    add_module(registry, "example.org/web", {"v1.0.0": ""})
    registry.add_npm("ui", {"1.0.0": {}}, latest="1.0.0")
    monkeypatch.setenv("PATH", str(tmp_path))
    for ecosystem, package, command in (
        ("crates", "server", "install"),
        ("go", "example.org/web", "install"),
        ("npm", "ui", "install"),
    ):
        with pytest.raises(ToolchainMissingError) as caught:
            await resolve(tmp_path / "work", ecosystem, "", package)
        assert command in caught.value.hint


@pytest.mark.parametrize("ecosystem", ["npm", "crates", "go"])
async def test_without_network_and_cache_it_says_what_it_does_not_know(
    registry: RegistryStandin, tmp_path: Path, ecosystem: str
) -> None:
    name = "example.org/web" if ecosystem == "go" else "server"
    asked = Dependencies(ecosystem=ecosystem, runtime="", packages=[name])
    async with resolving(tmp_path / "work") as engine:
        with pytest.raises(NetworkUnavailableError, match="Nothing is cached about"):
            await engine.resolve(asked, offline=True)


@pytest.mark.parametrize(
    ("ecosystem", "text"),
    [
        ("npm", "ui@git+https://host/x"),
        ("npm", "../ui"),
        ("crates", "serde]"),
        ("crates", 'a"\n[patch]'),
        ("go", "example.org/web@v1 || rm"),
        ("maven", "group"),
        ("maven", "a:b@<script>"),
    ],
)
def test_only_names_with_ranges_are_taken(ecosystem: str, text: str) -> None:
    with pytest.raises(InvalidInputError):
        one(ecosystem, text)


def test_features_and_ranges_are_read() -> None:
    crate = one("crates", "tokio[full, rt]@1.40")
    assert (crate.name, crate.features, crate.range) == ("tokio", ("full", "rt"), "1.40")
    scoped = one("npm", "@types/node@^22")
    assert (scoped.name, scoped.range) == ("@types/node", "^22")


def test_the_java_release_is_read_from_module_metadata_and_from_poms() -> None:
    module = '{"variants": [{"attributes": {"org.gradle.jvm.version": 17}}, {}]}'
    assert read_module(module) == "17"
    assert read_module("[]") == read_module("{") == read_module('{"variants": 1}') == ""
    pom = "<project><properties><java.version>1.8</java.version></properties></project>"
    assert java_of(pom) == "8"
    assert java_of("<project/>") == ""


def test_days_of_a_cooldown_become_a_moment() -> None:
    from autonomous_coder.engines.research.resolving.cooldown import cutoff_of

    cutoff = cutoff_of(7)
    young = (datetime.now(UTC) - timedelta(days=6)).isoformat()
    old = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    assert cutoff.hides("a", "1", young)
    assert not cutoff.hides("a", "1", old)
    assert not cutoff.hides("a", "1", "")
    assert not cutoff.with_exempt({"a": "1"}).hides("a", "1", young)
    assert not cutoff_of(0).hides("a", "1", young)
