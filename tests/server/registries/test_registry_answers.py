"""The registries read through their own addresses: crates, Go modules, Maven artifacts."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_coder.engines.research import parse_ref
from autonomous_coder.errors import RegistryError
from autonomous_coder.models.technology import TechInfo
from autonomous_coder.registries.maven import read_metadata
from registry_standin import RegistryStandin
from research_helpers import engine

pytestmark = pytest.mark.anyio


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        home = tmp_path / "home"
        (home / ".cargo").mkdir(parents=True)
        (home / ".cargo" / "config.toml").write_text(
            '[source.crates-io]\nreplace-with = "mirror"\n'
            f'[source.mirror]\nregistry = "sparse+{standin.url}/index/"\n'
        )
        (home / ".m2").mkdir()
        (home / ".m2" / "settings.xml").write_text(
            "<settings><!-- <mirror><mirrorOf>*</mirrorOf><url>http://wrong/</url></mirror> -->"
            "<mirrors><mirror><id>m</id><mirrorOf>central</mirrorOf>"
            f"<url>{standin.url}/maven</url></mirror></mirrors></settings>"
        )
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.delenv("CARGO_HOME", raising=False)
        for key, value in standin.env().items():
            monkeypatch.setenv(key, value)
        yield standin


async def ask(work_dir: Path, *refs: str) -> list[TechInfo]:
    async with engine(work_dir) as research:
        return await research.research([parse_ref(ref) for ref in refs])


async def test_a_crate_is_read_from_the_sparse_index_that_replaces_the_default(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    rows = [
        {"vers": "1.0.9", "yanked": False, "rust_version": "1.56", "pubtime": "2026-01-02T00:00Z"},
        {"vers": "1.0.10", "yanked": False, "rust_version": "1.70"},
        {"vers": "1.0.11", "yanked": True},
        {"vers": "2.0.0-rc.1", "yanked": False},
    ]
    body = "\n".join(json.dumps({"name": "demo", **row}) for row in rows)
    registry.add_text("/index/de/mo/demo", body)
    newest, ranged = await ask(tmp_path, "crates:demo", "crates:demo@=1.0.9")
    assert (newest.version, newest.runtime, newest.prerelease) == (
        "1.0.10",
        "rust >=1.70",
        "2.0.0-rc.1",
    )
    assert ranged.version == "1.0.9"


async def test_a_go_module_is_read_with_its_date_go_version_and_newer_major(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    base = "/go/example.com/!acme/lib"
    registry.add_text(
        f"{base}/@v/list",
        "v1.2.0\nv1.10.0\nv1.11.0-rc.1\nv9.0.0+incompatible\n"
        "v1.12.1-0.20260626164816-34dac209ffb6\n",
    )
    registry.add_text(
        f"{base}/@v/v1.10.0.info", '{"Version":"v1.10.0","Time":"2026-02-03T04:05:06Z"}'
    )
    registry.add_text(f"{base}/@v/v1.10.0.mod", "module example.com/Acme/lib\n\ngo 1.25.0\n")
    registry.add_text(f"{base}/v2/@v/list", "v2.0.0\n")
    [info] = await ask(tmp_path, "go:example.com/Acme/lib")
    assert (info.version, info.prerelease, info.runtime) == (
        "v1.10.0",
        "v1.11.0-rc.1",
        "go >=1.25.0",
    )
    assert info.release_date is not None
    assert info.release_date.month == 2
    assert info.compatibility == {"newer major": "example.com/Acme/lib/v2"}


async def test_a_go_module_without_tags_is_known_by_its_newest_commit(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    version = "v0.0.0-20260626164816-34dac209ffb6"
    registry.add_text("/go/example.com/x/@latest", json.dumps({"Version": version}))
    [info] = await ask(tmp_path, "go:example.com/x")
    assert info.prerelease == version
    assert "no stable release yet" in info.error


async def test_a_maven_artifact_is_read_with_the_licence_and_links_of_its_pom(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    versions = ["1.0", "1.9.1", "1.10.0", "2.0-beta-1", "2.0.0.Alpha2", "2.0-M1", "1.10.0-jre"]
    listed = "".join(f"<version>{v}</version>" for v in versions)
    registry.add_text(
        "/maven/org/demo/lib/maven-metadata.xml",
        f"<metadata><versioning><release>1.10.0</release><versions>{listed}</versions>"
        "</versioning></metadata>",
        "text/xml",
    )
    registry.add_text(
        "/maven/org/demo/lib/1.10.0/lib-1.10.0.pom",
        "<project><parent><url>http://parent.example</url></parent>"
        "<description>A &amp; B</description><url>https://demo.example</url>"
        "<licenses><license><name>Apache-2.0</name></license></licenses></project>",
    )
    newest, ranged = await ask(tmp_path, "maven:org.demo:lib", "maven:org.demo:lib@[1.0,1.10)")
    assert (newest.version, newest.license, newest.summary) == ("1.10.0", "Apache-2.0", "A & B")
    assert newest.documentation_url == "https://demo.example"
    assert newest.prerelease.startswith("2.0")
    assert ranged.version == "1.9.1"


@pytest.mark.parametrize(
    ("ref", "path", "body"),
    [
        ("crates:demo", "/index/de/mo/demo", "<html>captive portal</html>"),
        ("crates:demo", "/index/de/mo/demo", '["a list"]'),
        ("go:example.com/x", "/go/example.com/x/@v/list", "<html>captive portal</html>"),
        ("maven:org.demo:lib", "/maven/org/demo/lib/maven-metadata.xml", "<html>portal</html>"),
        ("npm:demo", "/npm/demo", '{"versions": ["1.0.0"]}'),
        ("npm:demo", "/npm/demo", '{"versions": {"1.0.0": 7}}'),
        ("npm:demo", "/npm/demo", "[" * 100_000),
        ("pypi:demo", "/simple/demo/", "just words"),
    ],
)
async def test_nonsense_is_an_error_and_never_a_version(
    registry: RegistryStandin, tmp_path: Path, ref: str, path: str, body: str
) -> None:
    registry.add_text(path, body, "text/html" if ref.startswith("pypi") else "text/plain")
    [info] = await ask(tmp_path, ref)
    assert info.version == ""
    assert "The answer of the" in info.error


async def test_without_client_and_configuration_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("npm_config_registry", "GOPROXY", "CARGO_HOME", "npm_config_globalconfig"):
        monkeypatch.delenv(name, raising=False)
    npm, crate, go = await ask(tmp_path, "npm:react", "crates:serde", "go:example.com/x")
    assert "npm_config_registry" in npm.error
    assert "Install Rust" in crate.error
    assert "GOPROXY" in go.error


def test_hostile_xml_is_read_in_bounded_time() -> None:
    started = time.monotonic()
    for piece in ("<version>", "<!--", "<versioning>", "<version "):
        with pytest.raises(RegistryError):
            read_metadata(piece.encode() * 200_000)
    assert time.monotonic() - started < 10
