"""How fresh an answer is: asked again behind it, by ETag, by the hundred from one database."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import anyio
import pytest

from autonomous_coder.engines.research import ResearchEngine, parse_ref
from autonomous_coder.models.technology import Origin
from autonomous_coder.settings import ResearchSettings
from autonomous_coder.store.cache import CacheEntry
from autonomous_coder.store.store import Store
from registry_protocols import ECOSYSTEMS, NAMES, PATHS, add_demo, point_clients_at
from registry_standin import Fault, RegistryStandin
from research_helpers import KNOWLEDGE, MemoryCache, engine, no_client, run_uv

pytestmark = pytest.mark.anyio
DAY = 86_400


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    with RegistryStandin(etags=True) as standin:
        point_clients_at(standin, tmp_path / "home", monkeypatch)
        add_demo(standin)
        yield standin


async def test_just_past_its_time_an_answer_is_given_at_once_and_asked_for_again_behind_it(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    cache = MemoryCache()
    demo = parse_ref("npm:demo")
    async with engine(tmp_path, cache) as research:
        await research.research([demo])
        registry.add_npm("demo", {"2.0.0": {}, "2.1.0": {}}, latest="2.1.0")
        cache.age(DAY + 600)
        [old] = await research.research([demo])
        assert (old.version, old.origin) == ("2.0.0", Origin.STALE)
        assert "1 day ago" in old.source
        assert "being asked for again" in old.source
        with anyio.fail_after(5):
            while (await research.research([demo]))[0].version != "2.1.0":
                await anyio.sleep(0.02)
        [new] = await research.research([demo])
    assert new.origin is Origin.CACHED
    assert registry.count("/npm/demo") == 2


async def test_well_past_its_time_and_for_current_versions_the_registry_is_waited_for(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    cache = MemoryCache()
    async with engine(tmp_path, cache) as research:
        await research.research([parse_ref("npm:demo")])
        registry.add_npm("demo", {"2.1.0": {}}, latest="2.1.0")
        cache.age(DAY + 600)
        assert await research.get_current_versions(["npm:demo"]) == {"npm:demo": "2.1.0"}
        cache.age(2 * DAY)
        [waited] = await research.research([parse_ref("npm:demo")])
    assert (waited.version, waited.origin) == ("2.1.0", Origin.LIVE)


async def test_what_is_asked_again_ends_with_the_engine(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    cache = MemoryCache()
    async with engine(tmp_path, cache) as research:
        await research.research([parse_ref("npm:demo")])
        cache.age(DAY + 600)
        registry.faults["/npm/demo"] = Fault("slow")
        [info] = await research.research([parse_ref("npm:demo")])
        assert info.origin is Origin.STALE
        started = time.monotonic()
    assert time.monotonic() - started < 1


async def test_an_error_inside_leaves_the_engine_as_it_is(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    with pytest.raises(LookupError, match="mine"):
        async with engine(tmp_path):
            raise LookupError("mine")


async def test_every_registry_is_asked_by_the_etag_it_gave(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    # A whole answer is renewed by one conditional question: what it was made of is complete.
    registry.add_text("/gems/api/v1/gems/demo.json", '{"info": "x"}', "application/json")
    registry.add_text("/gems/api/v1/versions/demo.json", "[]", "application/json")
    registry.add_python("demo", {"2.0.0": {}}, details={"summary": "A demo"})
    registry.add_text(
        "/crates/demo/2.0.0/download", "no archive"
    )  # fmt: skip
    cache = MemoryCache()
    refs = [parse_ref(f"{ecosystem}:{NAMES[ecosystem]}") for ecosystem in ECOSYSTEMS]
    async with engine(tmp_path, cache) as research:
        first = await research.research(refs)
        cache.age(3 * DAY)
        before = len(registry.seen)
        again = await research.research(refs)
    assert [info.version for info in again] == [info.version for info in first]
    assert {info.origin for info in again} == {Origin.LIVE}
    asked = {seen.path: seen.headers.get("if-none-match", "") for seen in registry.seen[before:]}
    conditional = {e for e in ECOSYSTEMS if asked[PATHS[e]]}
    # The crate's archive could not be read: that answer is asked for in full again.
    assert conditional == set(ECOSYSTEMS) - {"crates"}


async def test_a_range_of_a_package_with_many_releases_is_answered_from_the_whole_record(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    many = {f"{major}.{minor}.0": {} for major in range(1, 6) for minor in range(30)}
    registry.add_npm("many", many, latest="5.29.0")
    cache = MemoryCache()
    async with engine(tmp_path, cache) as research:
        [newest] = await research.research([parse_ref("npm:many")])
        [older] = await research.research([parse_ref("npm:many@~3.4")])
        [again] = await research.research([parse_ref("npm:many@5.x")])
    assert [(m.line, m.version) for m in newest.majors][:2] == [("5", "5.29.0"), ("4", "4.29.0")]
    assert (older.version, older.newest) == ("3.4.0", "5.29.0")
    assert (again.version, again.origin) == ("5.29.0", Origin.CACHED)
    assert registry.count("/npm/many") == 1
    brief = min(len(e.value) for k, e in cache.entries.items() if k.endswith(":many"))
    assert brief < 1_500


async def test_a_hundred_cached_packages_are_told_from_a_few_reads_of_the_cache(
    registry: RegistryStandin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    releases = {f"1.{number}.0": {"requires_python": ">=3.11"} for number in range(200)}
    for number in range(50):
        registry.add_python(f"py{number}", releases, details={"summary": "A package"})
        versions = {version: {"engines": {"node": ">=20"}} for version in releases}
        registry.add_npm(f"js{number}", versions, latest="1.199.0")
    names = [f"pypi:py{n}" for n in range(50)] + [f"npm:js{n}" for n in range(50)]
    refs = [parse_ref(name) for name in names]
    async with (
        await Store.open(tmp_path / "data") as store,
        ResearchEngine(
            ResearchSettings(timeout=10), store, no_client, run_uv, KNOWLEDGE, tmp_path
        ) as research,
    ):
        await research.research(refs)
        asked = len(registry.seen)
        reads = 0
        read_many = store.cache_get_many

        async def counted(keys: Sequence[str]) -> dict[str, CacheEntry]:
            nonlocal reads
            reads += 1
            return await read_many(keys)

        monkeypatch.setattr(store, "cache_get_many", counted)
        infos = await research.research(refs)
        versions_found = await research.get_current_versions(names)
    assert len(registry.seen) == asked
    assert 1 <= reads <= 4
    assert {info.version for info in infos} == {"1.199.0"}
    assert {info.origin for info in infos} == {Origin.CACHED}
    assert len(versions_found) == 100
