"""What each registry tells of a package beyond its newest version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_coder.engines.research import parse_ref
from autonomous_coder.models.technology import TechInfo
from registry_protocols import (
    add_composer,
    add_crate,
    add_gem,
    add_go,
    add_maven,
    add_nuget,
    point_clients_at,
)
from registry_standin import RegistryStandin
from research_helpers import engine

pytestmark = pytest.mark.anyio


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        point_clients_at(standin, tmp_path / "home", monkeypatch)
        yield standin


async def ask(work_dir: Path, *refs: str) -> list[TechInfo]:
    async with engine(work_dir) as research:
        return await research.research([parse_ref(ref) for ref in refs])


def lines(info: TechInfo) -> list[tuple[str, str]]:
    return [(major.line, major.version) for major in info.majors]


async def test_python_tells_lines_dependencies_links_and_a_successor(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.add_python(
        "oldlib",
        {
            "1.0": {"uploaded": "2019-01-01T00:00:00Z"},
            "1.9": {},
            "2.0": {},
            "2.1": {},
            "3.0rc1": {},
        },
        details={
            "summary": "DEPRECATED: use new-lib instead",
            "license_expression": "MIT",
            "requires_dist": [
                "anyio>=4,<5",
                "Typing_Extensions; python_version < '3.13'",
                "pytest; extra == 'test'",
                "not a requirement !",
            ],
            "project_urls": {
                "Documentation": "https://docs.example",
                "Source": "https://s.example",
            },
        },
    )
    [info] = await ask(tmp_path, "pypi:oldlib")
    assert lines(info) == [("2", "2.1"), ("1", "1.9")]
    assert info.prerelease == "3.0rc1"
    assert info.dependencies == {
        "anyio": "<5,>=4",
        "typing-extensions": '; python_version < "3.13"',
    }
    assert info.replacement == "new-lib"
    assert "DEPRECATED" in info.deprecations[0]
    assert (info.license, info.repository_url) == ("MIT", "https://s.example")


async def test_python_metadata_beside_a_wheel_stand_in_for_a_missing_json_api(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.add_python("private-lib", {"1.0": {"metadata": True}})
    registry.add_text(
        "/files/private_lib-1.0-py3-none-any.whl.metadata",
        "Metadata-Version: 2.4\nName: private-lib\nVersion: 1.0\nSummary: Ours\n"
        "License-Expression: BSD-3-Clause\nRequires-Dist: httpx2>=2\n"
        "Project-URL: Source, https://s.example\n\nThe readme\n",
    )
    [info] = await ask(tmp_path, "pypi:private-lib")
    assert (info.summary, info.license) == ("Ours", "BSD-3-Clause")
    assert info.dependencies == {"httpx2": ">=2"}


async def test_npm_tells_peers_that_bind_dependencies_and_the_package_a_message_names(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.add_npm(
        "old-thing",
        {
            "1.0.0": {},
            "1.5.0": {"dependencies": {"left": "^1"}},
            "2.0.0": {
                "deprecated": "This package has been renamed to @new/thing.",
                "dependencies": {"ws": "^8"},
                "peerDependencies": {"react": ">=18", "vue": "^3"},
                "peerDependenciesMeta": {"vue": {"optional": True}},
                "repository": "acme/thing",
            },
        },
        latest="2.0.0",
    )
    newest, older = await ask(tmp_path, "npm:old-thing", "npm:old-thing@^1")
    assert (newest.peers, newest.dependencies) == ({"react": ">=18"}, {"ws": "^8"})
    assert newest.replacement == "@new/thing"
    assert lines(newest) == [("2", "2.0.0"), ("1", "1.5.0")]
    assert newest.repository_url.endswith("/acme/thing")
    # The dependencies are those of the version chosen, not of the newest.
    registry.add_text(
        "/npm/old-thing/1.5.0", '{"version": "1.5.0", "dependencies": {"left": "^1"}}'
    )
    again = (await ask(tmp_path, "npm:old-thing@^1"))[0]
    assert (older.version, older.dependencies) == ("1.5.0", {})
    assert again.dependencies == {"left": "^1"}


async def test_a_crate_tells_what_its_own_manifest_says(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    dep = {"name": "serde", "req": "^1.0", "kind": "normal", "optional": False}
    add_crate(
        registry,
        "demo",
        {
            "0.9.0": {"pubtime": "2020-01-01T00:00:00Z"},
            "1.1.0": {
                "rust_version": "1.75",
                "deps": [
                    dep,
                    {**dep, "name": "tokio", "optional": True},
                    {**dep, "name": "criterion", "kind": "dev"},
                    {**dep, "name": "renamed", "package": "real-name"},
                ],
            },
            "1.2.0": {"yanked": True},
        },
        manifest='[package]\nname = "demo"\nlicense = "MIT OR Apache-2.0"\n'
        'description = "A  demo"\nrepository = "https://r.example/x"\nhomepage = "https://h.example"',
    )
    [info] = await ask(tmp_path, "crates:demo")
    assert (info.version, info.runtime, info.license) == (
        "1.1.0",
        "rust >=1.75",
        "MIT OR Apache-2.0",
    )
    assert (info.summary, info.repository_url) == ("A demo", "https://r.example/x")
    assert info.documentation_url == "https://h.example"
    assert info.dependencies == {"serde": "^1.0", "real-name": "^1.0"}
    assert lines(info) == [("1", "1.1.0"), ("0", "0.9.0")]
    assert registry.last("/crates/demo/1.1.0/download").headers["range"].startswith("bytes=0-")


async def test_go_leaves_out_what_was_retracted_even_by_itself_and_names_the_successor(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    newest = (
        "// Deprecated: use example.com/acme/other instead.\nmodule example.com/acme/demo\n\n"
        "go 1.24\n\nrequire (\n\texample.com/a v1.2.3\n\texample.com/b v0.1.0 // indirect\n)\n"
        "retract (\n\tv1.4.0 // published by accident\n\t[v1.1.0, v1.2.0] // broken\n)\n"
    )
    old = "module example.com/acme/demo\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n"
    versions = {"v1.0.0": old, "v1.1.0": old, "v1.2.0": old, "v1.3.0": old, "v1.4.0": newest}
    add_go(registry, "example.com/acme/demo", versions)
    add_go(registry, "example.com/acme/demo/v2", {"v2.0.1": ""})
    found, retracted = await ask(
        tmp_path, "go:example.com/acme/demo", "go:example.com/acme/demo@v1.1.0"
    )
    assert (found.version, found.runtime) == ("v1.3.0", "go >=1.21")
    assert found.dependencies == {"example.com/a": "v1.0.0"}
    assert found.replacement == "example.com/acme/other"
    assert lines(found) == [("2", "v2.0.1"), ("1", "v1.3.0")]
    assert found.release_date is not None
    assert retracted.version == ""
    async with engine(tmp_path) as research:
        assert await research.get_current_versions(["go:example.com/acme/demo"]) == {
            "go:example.com/acme/demo": "v1.3.0"
        }


async def test_maven_inherits_from_parents_and_tells_a_relocation(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add_maven(
        registry,
        "org.demo:parent",
        ["7"],
        pom="<project><properties><maven.compiler.release>17</maven.compiler.release></properties>"
        "<licenses><license><name>Apache-2.0</name></license></licenses>"
        "<scm><url>https://scm.example</url></scm>"
        "<dependencyManagement><dependencies><dependency><groupId>g</groupId>"
        "<artifactId>managed</artifactId><version>4.2</version></dependency></dependencies>"
        "</dependencyManagement></project>",
    )
    needs = "".join(
        f"<dependency><groupId>g</groupId><artifactId>{name}</artifactId>{rest}</dependency>"
        for name, rest in (
            ("own", "<version>${own.version}</version>"),
            ("managed", ""),
            ("tests", "<version>1</version><scope>test</scope>"),
            ("maybe", "<version>1</version><optional>true</optional>"),
        )
    )
    pom = (
        "<project><parent><groupId>org.demo</groupId><artifactId>parent</artifactId>"
        "<version>7</version></parent><properties><own.version>3.1</own.version></properties>"
        f"<dependencies>{needs}</dependencies></project>"
    )
    add_maven(registry, "org.demo:lib", ["1.0", "2.0", "3.0-M1"], pom=pom)
    add_maven(
        registry,
        "org.old:lib",
        ["1.0"],
        pom="<project><distributionManagement><relocation><groupId>org.demo</groupId>"
        "<message>we moved</message></relocation></distributionManagement></project>",
    )
    info, moved = await ask(tmp_path, "maven:org.demo:lib", "maven:org.old:lib")
    assert (info.version, info.prerelease, info.runtime) == ("2.0", "3.0-M1", "java >=17")
    assert (info.license, info.repository_url) == ("Apache-2.0", "https://scm.example")
    assert info.dependencies == {"g:own": "3.1", "g:managed": "4.2"}
    assert moved.replacement == "org.demo:lib"
    assert "we moved" in moved.deprecations[0]


async def test_a_gem_tells_ruby_version_dependencies_dates_and_licence(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add_gem(
        registry,
        "demo",
        {
            "1.9.0": "|checksum:0",
            "1.10.0-java": "|checksum:1",
            "1.10.0": "rack:>= 2.0&< 4,json:~> 2|checksum:2,ruby:>= 3.1&< 4.0,rubygems:> 1.3.1",
            "2.0.0.beta1": "|checksum:3",
        },
        gem={"info": "A demo", "licenses": ["MIT"], "source_code_uri": "https://s.example"},
        versions=[{"number": "1.10.0", "created_at": "2026-03-04T00:00:00Z", "licenses": ["MIT"]}],
    )
    newest, ranged = await ask(tmp_path, "gems:demo", "gems:demo@~> 1.9.0")
    assert (newest.version, newest.prerelease) == ("1.10.0", "2.0.0.beta1")
    assert newest.runtime == "ruby >= 3.1, < 4.0"
    assert newest.dependencies == {"rack": ">= 2.0, < 4", "json": "~> 2"}
    assert (newest.license, newest.summary) == ("MIT", "A demo")
    assert newest.release_date is not None
    assert ranged.version == "1.9.0"


async def test_a_composer_package_is_unfolded_and_tells_that_it_was_abandoned(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add_composer(
        registry,
        "acme/demo",
        [
            {
                "version": "v3.0.0-RC1",
                "license": ["MIT"],
                "time": "2026-04-05T00:00:00+00:00",
                "require": {"php": ">=8.2", "ext-json": "*", "psr/log": "^3"},
                "source": {"url": "https://s.example/acme/demo.git"},
                "abandoned": "acme/successor",
            },
            {"version": "v2.1.0", "require": {"php": ">=8.1", "psr/log": "^2"}},
            {"version": "v2.0.0", "require": "__unset"},
            {"version": "dev-main"},
        ],
    )
    [info] = await ask(tmp_path, "packagist:Acme/Demo")
    assert (info.version, info.prerelease, info.runtime) == ("v2.1.0", "v3.0.0-RC1", "php >=8.1")
    assert info.dependencies == {"psr/log": "^2"}
    assert (info.license, info.repository_url) == ("MIT", "https://s.example/acme/demo")
    assert info.replacement == "acme/successor"
    assert "abandoned" in info.deprecations[0]


async def test_nuget_passes_over_unlisted_versions_and_reads_linked_pages(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    gone = {"reasons": ["Legacy"], "alternatePackage": {"id": "New.Lib"}}
    group = {
        "targetFramework": "net8.0",
        "dependencies": [{"id": "Other", "range": "[2.0.0, )"}],
    }
    add_nuget(
        registry,
        "Demo.Lib",
        {
            "1.0.0": {},
            "2.0.0": {"published": "2026-01-02T00:00:00Z", "dependencyGroups": [group],
                      "licenseExpression": "MIT", "description": "A demo",
                      "deprecation": gone},
            "2.1.0": {"listed": False},
            "2.2.0": {"published": "1900-01-01T00:00:00Z"},
            "3.0.0-preview.1": {},
        },
        pages=3,
    )  # fmt: skip
    [info] = await ask(tmp_path, "nuget:demo.lib")
    assert (info.version, info.prerelease, info.runtime) == ("2.0.0", "3.0.0-preview.1", "net8.0")
    assert info.dependencies == {"Other": "[2.0.0, )"}
    assert (info.license, info.summary) == ("MIT", "A demo")
    assert info.replacement == "New.Lib"
    assert "Legacy" in info.deprecations[0]
    assert lines(info) == [("2", "2.0.0"), ("1", "1.0.0")]


async def test_without_client_and_configuration_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("COMPOSER_HOME", "XDG_CONFIG_HOME", "APPDATA", "GEMRC", "BUNDLE_MIRROR__ALL"):
        monkeypatch.delenv(name, raising=False)
    gem, php, net = await ask(tmp_path, "gems:rails", "packagist:acme/demo", "nuget:Serilog")
    assert "Install Ruby" in gem.error
    assert "Install Composer" in php.error
    assert "Install the .NET SDK" in net.error
