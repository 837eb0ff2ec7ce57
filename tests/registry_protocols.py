"""Packages of every ecosystem for the registry stand-in, in each registry's own protocol.

with RegistryStandin() as registry:
    point_clients_at(registry, home, monkeypatch)
    add_crate(registry, "demo", {"1.0.0": {}})
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from registry_standin import RegistryStandin

ECOSYSTEMS = ("pypi", "npm", "crates", "go", "maven", "gems", "packagist", "nuget")
NAMES = {
    "pypi": "demo", "npm": "demo", "crates": "demo", "go": "example.com/acme/demo",
    "maven": "org.demo:demo", "gems": "demo", "packagist": "acme/demo", "nuget": "Demo",
}  # fmt: skip
PATHS = {
    "pypi": "/simple/demo/",
    "npm": "/npm/demo",
    "crates": "/index/de/mo/demo",
    "go": "/go/example.com/acme/demo/@v/list",
    "maven": "/maven/org/demo/demo/maven-metadata.xml",
    "gems": "/gems/info/demo",
    "packagist": "/composer/p2/acme/demo.json",
    "nuget": "/nuget/reg/demo/index.json",
}
"""The page that decides whether the package `demo` exists."""


def point_clients_at(
    registry: RegistryStandin, home: Path, monkeypatch: pytest.MonkeyPatch, *, login: str = ""
) -> None:
    """Settings of all clients as a user would write them; `login` is `user:password`."""
    base = registry.url.replace("://", f"://{login}@") if login else registry.url
    user, _, password = login.partition(":")
    files = {
        ".cargo/config.toml": '[source.crates-io]\nreplace-with = "mirror"\n[source.mirror]\n'
        f'registry = "sparse+{registry.url}/index/"\n',
        ".m2/settings.xml": "<settings><servers><server><id>m</id>"
        f"<username>{user}</username><password>{password}</password></server></servers>"
        "<mirrors><mirror><id>m</id><mirrorOf>*</mirrorOf>"
        f"<url>{registry.url}/maven</url></mirror></mirrors></settings>",
        ".gemrc": f"---\n:sources:\n- {base}/gems/\n",
        ".config/composer/config.json": json.dumps(
            {
                "repositories": {
                    "own": {"type": "composer", "url": f"{base}/composer"},
                    "packagist": False,
                }
            }
        ),
        ".nuget/NuGet/NuGet.Config": '<?xml version="1.0"?>\n<configuration><packageSources>'
        f'<add key="own" value="{registry.url}/nuget/index.json" protocolVersion="3" />'
        "</packageSources><packageSourceCredentials><own>"
        f'<add key="Username" value="{user}" /><add key="ClearTextPassword" value="{password}" />'
        "</own></packageSourceCredentials></configuration>",
    }
    if login:
        files[".cargo/credentials.toml"] = f'[registries.mirror]\ntoken = "{password}"\n'
        files[".npmrc"] = (
            f"//127.0.0.1:{registry.url.rpartition(':')[2]}/npm/:_authToken={password}\n"
        )
    for path, content in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(content)
    monkeypatch.setenv("HOME", str(home))
    for name in ("CARGO_HOME", "COMPOSER_HOME", "XDG_CONFIG_HOME", "APPDATA", "GEMRC", "GONOPROXY",
                 "GOPRIVATE", "npm_config_userconfig", "npm_config_globalconfig"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    env = registry.env()
    env["UV_DEFAULT_INDEX"] = f"{base}/simple/"
    env["GOPROXY"] = f"{base}/go"
    for name, value in env.items():
        monkeypatch.setenv(name, value)


def add_crate(
    registry: RegistryStandin,
    name: str,
    versions: Mapping[str, Mapping[str, Any]],
    *,
    manifest: str = "",
) -> None:
    """A crate; each version may have deps, yanked, rust_version, pubtime. With a manifest (TOML)
    the newest version has an archive."""
    rows = [
        {"name": name, "vers": v, "deps": [], "yanked": False, **f} for v, f in versions.items()
    ]
    folder = f"{name[:2]}/{name[2:4]}" if len(name) > 3 else f"3/{name[0]}"
    registry.add_text(f"/index/{folder}/{name}", "\n".join(json.dumps(row) for row in rows))
    registry.add_text("/index/config.json", json.dumps({"dl": f"{registry.url}/crates"}))
    if manifest:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for path, body in (("Cargo.lock", b"x" * 700), ("Cargo.toml", manifest.encode())):
                info = tarfile.TarInfo(f"{name}-0/{path}")
                info.size = len(body)
                archive.addfile(info, io.BytesIO(body))
        for version in versions:
            body = gzip.compress(packed.getvalue())
            registry.pages[f"/crates/{name}/{version}/download"] = ("application/gzip", body)


def add_go(
    registry: RegistryStandin, name: str, versions: Mapping[str, str], *, day: str = "2026-02-03"
) -> None:
    """A Go module: version -> its go.mod."""
    base = f"/go/{name}/@v"
    registry.add_text(f"{base}/list", "\n".join(versions) + "\n")
    for version, mod in versions.items():
        registry.add_text(f"{base}/{version}.mod", mod or f"module {name}\n")
        info = {"Version": version, "Time": f"{day}T04:05:06Z"}
        registry.add_text(f"{base}/{version}.info", json.dumps(info), "application/json")


def add_maven(
    registry: RegistryStandin, name: str, versions: list[str], *, pom: str = "<project/>"
) -> None:
    """An artifact; all versions share one POM."""
    group, _, artifact = name.partition(":")
    folder = f"/maven/{group.replace('.', '/')}/{artifact}"
    listed = "".join(f"<version>{version}</version>" for version in versions)
    registry.add_text(
        f"{folder}/maven-metadata.xml",
        f"<metadata><versioning><versions>{listed}</versions></versioning></metadata>",
        "text/xml",
    )
    for version in versions:
        registry.add_text(f"{folder}/{version}/{artifact}-{version}.pom", pom, "text/xml")


def add_gem(
    registry: RegistryStandin,
    name: str,
    lines: Mapping[str, str],
    *,
    gem: Mapping[str, Any] | None = None,
    versions: list[Mapping[str, Any]] | None = None,
) -> None:
    """A gem: version -> the rest of its line in the compact index; the JSON API when given."""
    page = "---\n" + "\n".join(f"{version} {rest}" for version, rest in lines.items()) + "\n"
    registry.add_text(f"/gems/info/{name}", page)
    if gem is not None:
        registry.add_text(f"/gems/api/v1/gems/{name}.json", json.dumps(gem), "application/json")
    if versions is not None:
        body = json.dumps(versions)
        registry.add_text(f"/gems/api/v1/versions/{name}.json", body, "application/json")


def add_composer(
    registry: RegistryStandin, name: str, rows: list[Mapping[str, Any]], *, minified: bool = True
) -> None:
    """A Composer package: its versions, newest first; minified ones hold differences only."""
    root = {"packages": [], "metadata-url": "/composer/p2/%package%.json"}
    registry.add_text("/composer/packages.json", json.dumps(root), "application/json")
    page: dict[str, Any] = {"packages": {name: rows}}
    if minified:
        page["minified"] = "composer/2.0"
    registry.add_text(f"/composer/p2/{name}.json", json.dumps(page), "application/json")


def add_nuget(
    registry: RegistryStandin,
    name: str,
    versions: Mapping[str, Mapping[str, Any]],
    *,
    pages: int = 1,
) -> None:
    """A NuGet package: version -> fields of its catalog entry; with several pages they are linked
    instead of inlined."""
    services = [
        {"@id": f"{registry.url}/nuget/reg/", "@type": "RegistrationsBaseUrl/3.6.0"},
        {"@id": f"{registry.url}/nuget/query", "@type": "SearchQueryService/3.5.0"},
    ]
    registry.add_text("/nuget/index.json", json.dumps({"version": "3.0.0", "resources": services}))
    leaves = [
        {"catalogEntry": {"id": name, "version": v, "listed": True, **f}}
        for v, f in versions.items()
    ]
    folder = f"/nuget/reg/{name.lower()}"
    if pages == 1:
        items: list[dict[str, Any]] = [{"@id": "x", "items": leaves}]
    else:
        items = []
        size = -(-len(leaves) // pages)
        for number in range(pages):
            path = f"{folder}/page{number}.json"
            part = leaves[number * size : (number + 1) * size]
            registry.add_text(path, json.dumps({"items": part}))
            items.append({"@id": f"{registry.url}{path}", "count": len(part)})
    registry.add_text(f"{folder}/index.json", json.dumps({"count": len(items), "items": items}))


def add_demo(registry: RegistryStandin) -> None:
    """The package `demo` in every ecosystem, with 1.0.0 and 2.0.0 (the newest)."""
    registry.add_python("demo", {"1.0.0": {}, "2.0.0": {}}, details={"summary": "A demo"})
    registry.add_npm("demo", {"1.0.0": {}, "2.0.0": {}}, latest="2.0.0")
    add_crate(registry, "demo", {"1.0.0": {}, "2.0.0": {}})
    add_go(registry, "example.com/acme/demo", {"v1.0.0": "", "v1.2.0": ""})
    add_maven(registry, "org.demo:demo", ["1.0.0", "2.0.0"])
    add_gem(registry, "demo", {"1.0.0": "|checksum:0", "2.0.0": "|checksum:0"})
    add_composer(registry, "acme/demo", [{"version": "2.0.0"}, {"version": "1.0.0"}])
    add_nuget(registry, "Demo", {"1.0.0": {}, "2.0.0": {}})
