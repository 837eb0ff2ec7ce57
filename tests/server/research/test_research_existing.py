"""Does it exist, and is it what was meant: near names, dubious packages, no false alarms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autonomous_coder.engines.research import parse_ref
from autonomous_coder.engines.research.existing import candidates, suspicions
from autonomous_coder.engines.research.nearness import Familiar, distance, likeness
from autonomous_coder.engines.research.popular import popular
from autonomous_coder.models.technology import PackageRef
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import PackageRecord, Release
from registry_protocols import add_crate, add_go, point_clients_at
from registry_standin import RegistryStandin
from research_helpers import engine

pytestmark = pytest.mark.anyio
OLD, NEW = "2015-01-02T03:04:05Z", (datetime.now(UTC) - timedelta(days=5)).isoformat()


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        point_clients_at(standin, tmp_path / "home", monkeypatch)
        yield standin


async def test_an_unknown_name_is_answered_with_existing_names_close_to_it(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.add_python("requests", {"2.40.0": {"uploaded": OLD}})
    registry.add_npm("react-hook-form", {"7.0.0": {}}, latest="7.0.0")
    add_crate(registry, "serde_json", {"1.0.0": {}})
    add_go(registry, "github.com/gin-gonic/gin", {"v1.10.0": ""})
    refs = ["pypi:requets", "npm:react-form-hook", "crates:serde-jsn",
            "go:github.com/gin-gonik/gin", "pypi:zzqx-nothing-like-it"]  # fmt: skip
    async with engine(tmp_path) as research:
        found = await research.research([parse_ref(ref) for ref in refs])
    assert [info.near for info in found] == [
        ["requests"],
        ["react-hook-form"],
        ["serde_json"],
        ["github.com/gin-gonic/gin"],
        [],
    ]
    assert "Close to it: requests." in found[0].error
    assert all(info.version == "" for info in found)


async def test_the_import_name_of_a_package_leads_to_the_package(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.add_python("opencv-python", {"4.0": {"uploaded": OLD}})
    async with engine(tmp_path) as research:
        [info] = await research.research([parse_ref("pypi:cv2")])
    assert info.near == ["opencv-python"]


async def test_what_the_registry_itself_finds_counts_unless_it_is_dubious_too(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    found = [{"package": {"name": n}} for n in ("fancy-tables-core", "fancy-tabels", "unrelated")]
    registry.add_text("/npm/-/v1/search", f'{{"objects": {found}}}'.replace("'", '"'))
    registry.add_npm(
        "fancy-tables-core",
        {f"1.{n}.0": {"repository": "a/b", "description": "x"} for n in range(20)},
        latest="1.19.0",
        times={f"1.{n}.0": OLD for n in range(20)},
    )
    registry.add_npm("fancy-tabels", {"0.0.1": {}}, latest="0.0.1", times={"0.0.1": NEW})
    async with engine(tmp_path) as research:
        [info] = await research.research([parse_ref("npm:fancy-table-core")])
    assert info.near == ["fancy-tables-core"]


async def test_a_young_package_named_like_a_well_known_one_is_called_out(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.add_python("reqeusts", {"1.0": {"uploaded": NEW}}, details={"summary": ""})
    registry.add_npm("expresss", {"1.0.0": {}}, latest="1.0.0", times={"1.0.0": NEW})
    async with engine(tmp_path) as research:
        infos = await research.research([parse_ref("pypi:reqeusts"), parse_ref("npm:expresss")])
        checked = await research.check_names(
            [
                parse_ref("pypi:reqeusts"),
                parse_ref("npm:invented-name"),
                PackageRef(ecosystem="pypi", name="../x"),
                PackageRef(ecosystem="hackage", name="x"),
            ]
        )
    assert infos[0].suspicious[0] == "its name is close to the well-known 'requests'"
    assert "its first release is 5 days old" in infos[0].suspicious
    assert infos[1].suspicious[0] == "its name is close to the well-known 'express'"
    assert infos[0].version == "1.0"
    assert [one.exists for one in checked] == [True, False, False, False]
    assert not any(one.safe_to_use for one in checked)
    assert checked[0].suspicious


async def test_a_registry_that_does_not_answer_leaves_existence_open(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.close()
    async with engine(tmp_path) as research:
        [one] = await research.check_names([parse_ref("pypi:demo")])
    assert one.exists is None
    assert "could not be reached" in one.why


def record(name: str, *, count: int = 1, first: str = NEW, **facts: str) -> PackageRecord:
    releases = tuple(Release(f"{n}.0", first) for n in range(count, 0, -1))
    return PackageRecord("pypi", name, releases, described=f"{count}.0", **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (record("reqests"), "close to the well-known 'requests'"),
        (record("brand-new-thing"), "first release is 5 days old"),
        (record("x-lib", summary="security holding package", first=OLD), "placeholder"),
        (record("x-lib", deprecated="the project is marked quarantined"), "quarantine"),
        (
            PackageRecord("pypi", "gone", (Release("1.0", OLD, withdrawn="malware"),)),
            "all its releases were withdrawn",
        ),
    ],
)
def test_signs_of_a_trap_are_named(found: PackageRecord, says: str) -> None:
    assert any(says in reason for reason in suspicions(found))


@pytest.mark.parametrize(
    "found",
    [
        record("tiny-but-old", first=OLD, summary="x"),
        record("preacts", count=40, first=OLD, summary="x", repository_url="https://r.example"),
        record("fine", count=8, first="2026-03-01T00:00:00Z", summary="x", repository_url="https://r.example"),
        PackageRecord("maven", "g:a", (Release("1.0"),), described="1.0", summary="x"),
        PackageRecord("npm", "only-latest", (Release("1.0.0"),), gaps=("older versions",)),
    ],
    ids=lambda found: found.name,
)  # fmt: skip
def test_a_weak_sign_alone_is_no_alarm(found: PackageRecord) -> None:
    assert suspicions(found) == []


async def test_well_known_names_are_never_called_dubious(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    python = sorted(popular("pypi"))[::6][:100]
    node = sorted(popular("npm"))[::7][:99]
    assert len(python) + len(node) > 190
    for name in python:
        # As bad as it can look: one young release, nothing told about it.
        registry.add_python(name, {"1.0": {"uploaded": NEW}})
    for name in node:
        registry.add_npm(name, {"1.0.0": {}}, latest="1.0.0", times={"1.0.0": NEW})
    refs = [f"pypi:{name}" for name in python] + [f"npm:{name}" for name in node]
    async with engine(tmp_path, timeout=20.0) as research:
        infos = await research.research([parse_ref(ref) for ref in refs])
    assert [info.name for info in infos if info.suspicious or info.error] == []


@pytest.mark.parametrize("ecosystem", list(REGISTRIES))
def test_listed_names_are_spelled_as_their_registry_spells_them(ecosystem: str) -> None:
    names = popular(ecosystem)
    assert len(names) > 80
    assert {REGISTRIES[ecosystem].check_name(name) for name in names} == names


@pytest.mark.parametrize(
    ("ecosystem", "asked", "meant"),
    [
        ("pypi", "beautifulsoup", "beautifulsoup4"),
        ("pypi", "sklearn", "scikit-learn"),
        ("pypi", "fast-api", "fastapi"),
        ("pypi", "djang0", "django"),
        ("pypi", "python-fastapi", "fastapi"),
        ("npm", "expres", "express"),
        ("npm", "react-query", "@tanstack/react-query"),
        ("npm", "lodahs", "lodash"),
        ("crates", "tokoi", "tokio"),
        ("crates", "serdejson", "serde_json"),
        ("go", "github.com/go-chi/chi/v6", "github.com/go-chi/chi/v5"),
        ("maven", "org.springframework.boot:spring-boot-starter-webb",
         "org.springframework.boot:spring-boot-starter-web"),
        ("nuget", "NewtonsoftJson", "Newtonsoft.Json"),
        ("packagist", "guzzle/guzzle", "guzzlehttp/guzzle"),
        ("gems", "rspec_rails", "rspec-rails"),
    ],
)  # fmt: skip
def test_the_name_that_was_meant_comes_first(ecosystem: str, asked: str, meant: str) -> None:
    assert candidates(ecosystem, asked)[:1] == [meant]


def test_distances_count_swaps_once_and_stop_at_the_limit() -> None:
    assert distance("requests", "reqeusts", 2) == 1
    assert distance("abc", "abc", 2) == 0
    assert distance("kitten", "sitting", 3) == 3
    assert distance("kitten", "sitting", 2) == 3
    assert distance("a" * 2_000, "b" * 2_000, 2) == 3
    assert likeness("npm", "react", "vue") == 0.0
    assert Familiar(["lodash", "axios"]).resembled("lod4sh") == "lodash"
    assert Familiar(["lodash", "lodas"]).resembled("lodash") == ""
    assert Familiar(["matplotlib"]).resembled("rnatplotlib") == "matplotlib"
