"""npm: engines, peers and families are resolved before npm sees the manifest, then npm checks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.engines.research.resolving.npm_node import lowest_of_line, node_target
from autonomous_coder.engines.research.resolving.npm_solver import (
    Problem,
    families_of,
    solve,
)
from autonomous_coder.errors import (
    InvalidInputError,
    NetworkUnavailableError,
    ResolutionError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Origin
from autonomous_coder.registries.histories import NpmVersion
from registry_standin import RegistryStandin
from research_helpers import MemoryCache
from resolving_helpers import needs, pin_of, resolve, resolving, use_npm

pytestmark = pytest.mark.anyio

OLD = "2026-01-01T00:00:00.000Z"


def row(version: str, node: str = "", **peers: str) -> NpmVersion:
    return NpmVersion(version, node, {k.replace("_", "-"): v for k, v in peers.items()})


def chosen(candidates: Mapping[str, Sequence[NpmVersion]], **more: Any) -> dict[str, str] | None:
    rows = {name: list(versions) for name, versions in candidates.items()}
    newest = {name: versions[0] for name, versions in rows.items()}
    found = solve(Problem(rows, families_of(rows), newest=newest, **more))
    return {n: v.version for n, v in found.chosen.items()} if found.chosen else None


def test_the_peer_that_costs_least_steps_back() -> None:
    found = chosen(
        {
            "plugin": [row("3.0.0", host="^7"), row("2.0.0", host="^6"), row("1.0.0", host="^5")],
            "host": [row("8.1.0"), row("8.0.0"), row("7.9.1"), row("7.9.0"), row("5.0.0")],
        }
    )
    assert found == {"plugin": "3.0.0", "host": "7.9.1"}


def test_an_old_version_that_says_nothing_of_a_peer_is_no_consent_to_a_new_one() -> None:
    found = chosen(
        {
            "lint": [row("8.2.0", compiler=">=4.8 <6.1"), row("8.1.0"), row("8.0.0")],
            "compiler": [row("7.0.2"), row("6.0.3"), row("6.0.0"), row("5.9.0")],
        }
    )
    assert found == {"lint": "8.2.0", "compiler": "6.0.3"}


def test_families_take_one_version_and_wait_for_the_last_of_them() -> None:
    versions = ["7.3.0", "7.2.0", "7.1.0", "7.0.0", "6.9.0"]
    found = chosen(
        {
            "orm": [row("7.3.1"), *map(row, versions)],
            "@orm/client": [row(v) for v in versions],
            "@types/orm": [row("8.0.0"), row("7.5.0")],
            "orm-unrelated": [row("1.0.0")],
        }
    )
    assert found == {
        "orm": "7.3.0",
        "@orm/client": "7.3.0",
        "@types/orm": "7.5.0",
        "orm-unrelated": "1.0.0",
    }


def test_chains_of_peers_are_followed_to_the_end() -> None:
    found = chosen(
        {
            "app": [row("2.0.0", middle="^2"), row("1.0.0", middle="^1")],
            "middle": [row("2.0.0", base="^1"), row("1.0.0", base="^2 || ^3")],
            "base": [row("3.0.0"), row("2.0.0")],
        }
    )
    assert found == {"app": "1.0.0", "middle": "1.0.0", "base": "3.0.0"}


def test_what_cannot_go_together_ends_with_the_reasons() -> None:
    rows = {"a": [row("1.0.0", b="^2")], "b": [row("1.0.0"), row("1.1.0")]}
    found = solve(Problem(rows))
    assert found.chosen is None
    assert found.reasons == ["a 1.0.0 asks for b ^2"]


def test_hundreds_of_versions_are_no_burden() -> None:
    many = [row(f"{major}.{minor}.0") for major in range(9, 0, -1) for minor in range(60, -1, -1)]
    rows = {f"p{i}": many for i in range(12)}
    rows |= {f"q{i}": [row("2.0.0", **{f"p{i}": "^5"}), row("1.0.0")] for i in range(12)}
    started = datetime.now(UTC)
    found = solve(Problem(rows))
    assert found.chosen is not None
    assert datetime.now(UTC) - started < timedelta(seconds=10)


@pytest.mark.parametrize(
    ("runtime", "version"),
    [
        ("20", "20.999.0"),
        ("node >=22", "22.999.0"),
        ("^20.19.0 || >=22.12", "20.19.0"),
        (">=20.11", "20.11.0"),
        ("v22.3.1", "22.3.1"),
        ("", "20.20.2"),
    ],
)
def test_a_whole_line_means_its_newest_release(runtime: str, version: str) -> None:
    target = node_target(runtime, "v20.20.2")
    assert target is not None
    assert target.version == version


def test_the_lowest_release_of_a_line_is_found_to_the_patch() -> None:
    target = node_target("22", "")
    assert target is not None
    engines = [("a 1.0.0", "^20.19 || >=22.12"), ("b 2.0.0", "^22.22.2 || >=24"), ("c 1.0.0", "")]
    assert lowest_of_line(target, engines) == ("22.22.2", "b 2.0.0 asks for ^22.22.2 || >=24")
    assert lowest_of_line(target, [("a 1.0.0", ">=18")]) == ("", "")
    assert lowest_of_line(target, [("a 1.0.0", ">=24")]) == ("", "")


@pytest.mark.parametrize("runtime", ["new", "<3", "20; rm", "^"])
def test_what_is_no_node_version_is_refused(runtime: str) -> None:
    with pytest.raises(InvalidInputError):
        node_target(runtime, "")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        use_npm(monkeypatch, standin, tmp_path / "npm-cache")
        yield standin


def add(
    registry: RegistryStandin,
    name: str,
    versions: Mapping[str, Mapping[str, Any]],
    times: Mapping[str, str] | None = None,
) -> None:
    """A package whose first version is its latest."""
    rows = {
        version: {"dist": {"tarball": f"{registry.npm_registry}{name}/-/x-{version}.tgz",
                           "shasum": "0" * 40}, **facts}
        for version, facts in versions.items()
    }  # fmt: skip
    when = dict.fromkeys(versions, OLD) | dict(times or {})
    registry.add_npm(name, rows, latest=next(iter(versions)), times=when)


@pytest.mark.slow
@needs("npm", "node")
async def test_every_hold_names_its_one_constraint_and_npm_agrees(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    node = {"engines": {"node": ">=22"}}
    add(registry, "runner", {"5.0.0": node, "4.1.0": {"engines": {"node": ">=18"}}})
    add(
        registry,
        "@runner/cover",
        {
            "5.0.0": {**node, "peerDependencies": {"runner": "5.0.0"}},
            "4.1.0": {"peerDependencies": {"runner": "4.1.0"}},
        },
    )
    add(registry, "deep", {"2.0.0": {"engines": {"node": ">=22"}}, "1.0.0": {}})
    add(
        registry,
        "tool",
        {
            "3.1.0": {"dependencies": {"deep": "^2.0.0"}},
            "3.0.0": {"dependencies": {"deep": "^1.0.0"}},
        },
    )
    add(registry, "ui", {"19.2.0": {}, "19.1.0": {}})
    add(registry, "ui-dom", {"19.2.0": {"peerDependencies": {"ui": "^19.2.0"}}})
    add(registry, "old", {"9.0.0": {}, "8.5.0": {}, "8.4.0": {}})
    add(registry, "@types/node", {"26.1.0": {}, "20.9.0": {}, "20.8.0": {}})
    found = await resolve(
        tmp_path / "work", "npm", "20", "ui-dom", "ui", "old@^8", "tool",
        dev=["runner", "@runner/cover", "@types/node"],
    )  # fmt: skip
    assert found.versions() == {
        "@runner/cover": "4.1.0",
        "@types/node": "20.9.0",
        "old": "8.5.0",
        "runner": "4.1.0",
        "tool": "3.0.0",
        "ui": "19.2.0",
        "ui-dom": "19.2.0",
    }
    held = {pin.name: pin.held_by for pin in found.pins if pin.held_by}
    assert held.pop("runner") == "5.0.0 requires Node >=22, the target is Node 20"
    assert held.pop("@runner/cover") == "5.0.0 requires Node >=22, the target is Node 20"
    assert held.pop("old") == "asked for as old@^8"
    assert held.pop("@types/node") == "the types of Node 26, the target is Node 20"
    assert "brings deep 2.0.0, which requires Node >=22" in held.pop("tool")
    assert not held
    assert pin_of(found, "deep").version == "1.0.0"
    assert not pin_of(found, "deep").direct
    assert found.resolver == "npm install --package-lock-only"
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.slow
@needs("npm", "node")
async def test_npm_locks_what_was_resolved_and_runs_no_script(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    spoil = tmp_path / "ran"
    add(registry, "ui", {"19.2.0": {"scripts": {"install": f"touch {spoil}"}}})
    manifest = {
        "name": "demo", "version": "1.0.0", "dependencies": {"ui": "^19.0.0"},
        "scripts": {"preinstall": f"touch {spoil}", "prepare": f"touch {spoil}"},
    }  # fmt: skip
    files = {"package.json": json.dumps(manifest), ".npmrc": "script-shell=/bin/false\n"}
    async with resolving(tmp_path / "work") as engine:
        locks = await engine.lock_project("npm", files)
        assert list(locks) == ["package-lock.json"]
        assert json.loads(locks["package-lock.json"])["packages"]["node_modules/ui"]
        for wrong in ("git+ssh://host/x.git", "https://host/x.tgz", "someone/thing"):
            manifest["dependencies"] = {"ui": wrong}
            with pytest.raises(InvalidInputError, match="from an address"):
                await engine.lock_project("npm", {"package.json": json.dumps(manifest)})
        with pytest.raises(InvalidInputError):
            await engine.lock_project("npm", {"../package.json": "{}"})
    assert not spoil.exists()


@pytest.mark.slow
@needs("npm", "node")
async def test_the_cooldown_passes_over_the_young_but_lets_mended_vulnerabilities_through(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    add(registry, "calm", {"2.1.0": {}, "2.0.0": {}}, {"2.1.0": yesterday})
    add(registry, "holey", {"1.2.0": {}, "1.1.0": {}, "1.0.0": {}},
        {"1.2.0": yesterday, "1.1.0": yesterday})  # fmt: skip
    registry.questions["/npm/-/npm/v1/security/advisories/bulk"] = lambda asked: {
        "holey": [{"id": 1, "severity": "high", "title": "bad", "vulnerable_versions": "<1.1.0",
                   "url": "https://example.org/GHSA-aaaa-bbbb-cccc"}]
    }  # fmt: skip
    asked = Dependencies(
        ecosystem="npm", runtime="20", packages=["calm", "holey"], minimum_age_days=7
    )
    async with resolving(tmp_path / "work") as engine:
        found = await engine.resolve(asked)
        assert found.versions() == {"calm": "2.0.0", "holey": "1.1.0"}
        assert "younger than the cooldown of 7 days" in pin_of(found, "calm").held_by
        told = "\n".join(found.notes)
        assert "holey 1.1.0" in told
        assert "bypasses the cooldown: it mends GHSA-aaaa-bbbb-cccc of 1.0.0" in told
        assert "passed over: calm 2.1.0, holey 1.2.0" in told
    del registry.questions["/npm/-/npm/v1/security/advisories/bulk"]
    async with resolving(tmp_path / "work") as engine:
        found = await engine.resolve(asked)
        assert found.versions() == {"calm": "2.0.0", "holey": "1.0.0"}
        assert "was not checked" in "\n".join(found.notes)


@pytest.mark.slow
@needs("npm", "node")
async def test_offline_what_is_cached_serves_and_what_is_not_is_said(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add(registry, "ui", {"19.2.0": {}})
    cache = MemoryCache()
    asked = Dependencies(ecosystem="npm", runtime="20", packages=["ui"])
    async with resolving(tmp_path / "work", cache) as engine:
        assert (await engine.resolve(asked)).origin is Origin.LIVE
    registry.close()
    async with resolving(tmp_path / "work", cache) as engine:
        found = await engine.resolve(asked, offline=True)
        assert found.origin is Origin.CACHED
        assert found.versions() == {"ui": "19.2.0"}
        assert "newer releases may exist" in "\n".join(found.notes)


@needs("npm", "node")
async def test_an_unknown_package_is_named(registry: RegistryStandin, tmp_path: Path) -> None:
    with pytest.raises(ResolutionError, match="'invented-thing' is not in the npm registry"):
        await resolve(tmp_path / "work", "npm", "20", "invented-thing")


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network and nothing in npm's cache."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")


def from_templates(*more: str, runtime: str = ">=20.19.0") -> Dependencies:
    """A question for some of what a REST API in TypeScript takes."""
    packages = ["hono", "@hono/zod-openapi", "zod@^4", *more]
    return Dependencies(
        ecosystem="npm", runtime=runtime, packages=packages, dev_packages=["vitest", "@types/node"]
    )


@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.usefixtures("unreachable")
async def test_without_network_the_last_known_good_set_for_that_node_is_used_and_marked(
    tmp_path: Path, offline: bool
) -> None:
    async with resolving(tmp_path, max_retries=0) as engine:
        found = await engine.resolve(from_templates(), offline=offline)
        newer = await engine.resolve(
            Dependencies(ecosystem="npm", runtime="24", packages=["vitest", "hono"]),
            offline=offline,
        )
    assert found.origin is Origin.CURATED
    assert set(found.versions()) == {"hono", "@hono/zod-openapi", "zod", "vitest", "@types/node"}
    assert all(pin.origin is Origin.CURATED and not pin.newest for pin in found.pins)
    assert pin_of(found, "@types/node").version.startswith("20.")
    assert found.runtime == "node >=20.19.0"
    assert found.resolved_at is not None
    assert found.resolved_at.year == 2026
    [note] = found.notes
    assert note.startswith("No network (")
    assert "last known good set of 2026" in note
    assert "made for Node 20.19 or newer; what is newest now is not known" in note
    assert "made for Node 22.22 or newer" in newer.notes[0]
    assert pin_of(newer, "vitest").version > pin_of(found, "vitest").version


@pytest.mark.usefixtures("unreachable")
async def test_without_network_what_no_good_set_holds_is_named(tmp_path: Path) -> None:
    async with resolving(tmp_path, max_retries=0) as engine:

        async def refusal(asked: Dependencies) -> str:
            with pytest.raises(NetworkUnavailableError) as caught:
                await engine.resolve(asked, offline=True)
            assert "network" in caught.value.hint
            return caught.value.message

        said = await refusal(from_templates("@some/unknown-thing", "hono-other"))
        assert "No last known good set covers @some/unknown-thing, hono-other, either." in said
        assert "covers express@^99, either" in await refusal(from_templates("express@^99"))
        held = from_templates().model_copy(update={"holds": {"hono": "<4"}})
        assert "covers hono, either" in await refusal(held)
        assert "covers Node 18, either" in await refusal(from_templates(runtime="18"))


@pytest.mark.slow
@needs("npm", "node")
@pytest.mark.parametrize(("offline", "remedy"), [(True, "Build once with"), (False, "Check the")])
@pytest.mark.usefixtures("unreachable")
async def test_without_network_and_cache_nothing_can_be_locked_and_that_is_said(
    tmp_path: Path, offline: bool, remedy: str
) -> None:
    manifest = json.dumps({"name": "demo", "version": "1.0.0", "dependencies": {"hono": "^4.0.0"}})
    async with resolving(tmp_path / "work") as engine:
        with pytest.raises(NetworkUnavailableError, match="cannot be locked") as caught:
            await engine.lock_project("npm", {"package.json": manifest}, offline=offline)
    assert caught.value.hint.startswith(remedy)
    assert not list((tmp_path / "work").iterdir())
