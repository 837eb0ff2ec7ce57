"""Private indexes: the order of the real client, and credentials that show up nowhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_coder.engines.research import parse_ref
from autonomous_coder.models.technology import TechInfo
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.golang_address import is_kept_away
from autonomous_coder.registries.pypi_address import configured_indexes
from registry_protocols import ECOSYSTEMS, NAMES, add_demo, add_go, point_clients_at
from registry_standin import Fault, RegistryStandin
from research_helpers import MemoryCache, engine, no_client

pytestmark = pytest.mark.anyio


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        point_clients_at(standin, tmp_path / "home", monkeypatch)
        for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
            monkeypatch.delenv(name, raising=False)
        yield standin


@pytest.fixture
def private() -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        yield standin


async def ask(work_dir: Path, *refs: str) -> list[TechInfo]:
    async with engine(work_dir) as research:
        return await research.research([parse_ref(ref) for ref in refs])


async def test_uv_stays_with_the_first_index_that_has_the_name_however_new_the_public_one_is(
    public: RegistryStandin,
    private: RegistryStandin,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("UV_INDEX", f"corp={private.python_index}")
    private.add_python("ours", {"1.0": {}})
    public.add_python("ours", {"99.0": {}})
    public.add_python("theirs", {"3.0": {}})
    ours, theirs = await ask(tmp_path, "pypi:ours", "pypi:theirs")
    assert (ours.version, theirs.version) == ("1.0", "3.0")
    assert private.url.removeprefix("http://") in ours.source
    assert "the first of 2 indexes" in ours.source
    assert public.count("/simple/ours/") == 0


async def test_an_index_that_fails_is_not_passed_over_for_somebody_elses_package(
    public: RegistryStandin,
    private: RegistryStandin,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("UV_EXTRA_INDEX_URL", private.python_index)
    private.faults["*"] = Fault("status", status=403)
    public.add_python("ours", {"99.0": {}})
    [info] = await ask(tmp_path, "pypi:ours")
    assert info.version == ""
    assert "refuses access" in info.error


async def test_pip_takes_the_newest_of_all_its_indexes(
    public: RegistryStandin,
    private: RegistryStandin,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", public.python_index)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", private.python_index)
    private.add_python("ours", {"1.0": {}, "1.5": {}})
    public.add_python("ours", {"1.2": {}, "99.0": {}})
    newest, ranged = await ask(tmp_path, "pypi:ours", "pypi:ours@<2")
    assert (newest.version, ranged.version) == ("99.0", "1.5")
    assert "the newest of 2 indexes, as pip does" in newest.source
    assert public.url.removeprefix("http://") in newest.source


def test_indexes_that_only_pinned_packages_use_and_named_logins_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "uv.toml"
    file.write_text(
        '[[index]]\nname = "corp"\nurl = "https://corp.example/simple"\n'
        '[[index]]\nname = "torch"\nurl = "https://torch.example/simple"\nexplicit = true\n'
        '[[index]]\nurl = "https://main.example/simple"\ndefault = true\n'
    )
    found = configured_indexes(
        {
            "UV_CONFIG_FILE": str(file),
            "UV_INDEX_CORP_USERNAME": "me",
            "UV_INDEX_CORP_PASSWORD": "pw",
        }
    )
    assert found.default is not None
    assert found.default.url == "https://main.example/simple"
    assert [(i.url, i.user, i.password) for i in found.extras] == [
        ("https://corp.example/simple", "me", "pw")
    ]
    assert not found.merge


async def test_a_scope_of_npm_has_its_own_registry_and_token(
    public: RegistryStandin, private: RegistryStandin, tmp_path: Path
) -> None:
    host = private.npm_registry.removeprefix("http:")
    (tmp_path / "home" / ".npmrc").write_text(
        f"@acme:registry={private.npm_registry}\n{host}:_authToken=sc0ped\n"
    )
    private.add_npm("@acme/ui", {"1.0.0": {}}, latest="1.0.0")
    public.add_npm("@acme/ui", {"99.0.0": {}}, latest="99.0.0")
    public.add_npm("@other/ui", {"2.0.0": {}}, latest="2.0.0")
    acme, other = await ask(tmp_path, "npm:@acme/ui", "npm:@other/ui")
    assert (acme.version, other.version) == ("1.0.0", "2.0.0")
    assert "the registry of @acme" in acme.source
    assert private.last("/npm/@acme/ui").headers["authorization"] == "Bearer sc0ped"
    assert all("authorization" not in seen.headers for seen in public.seen)


async def test_go_proxies_are_asked_in_order_and_private_modules_of_none(
    public: RegistryStandin,
    private: RegistryStandin,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("GOPROXY", f"{private.url}/go,{public.url}/go,direct")
    monkeypatch.setenv("GOPRIVATE", "corp.example/*,*.internal.example")
    add_go(public, "example.com/open", {"v1.0.0": ""})
    found, kept, inner = await ask(
        tmp_path, "go:example.com/open", "go:corp.example/secret/lib", "go:git.internal.example/x"
    )
    assert found.version == "v1.0.0"
    assert "proxy 2 of 2" in found.source
    for info in (kept, inner):
        assert "keep" in info.error
        assert "away from module proxies" in info.error
    asked = " ".join(seen.path for seen in (*public.seen, *private.seen))
    assert "secret" not in asked
    assert "internal" not in asked
    private.faults["*"] = Fault("status", status=500)
    [info] = await ask(tmp_path, "go:example.com/open")
    assert info.version == ""
    monkeypatch.setenv("GOPROXY", f"{private.url}/go|{public.url}/go")
    [info] = await ask(tmp_path, "go:example.com/open")
    assert info.version == "v1.0.0"


def test_patterns_of_private_modules_match_whole_parts_of_a_path() -> None:
    assert is_kept_away("corp.example/team/lib/v2", ("corp.example/team",))
    assert is_kept_away("git.corp.example/lib", ("*.corp.example",))
    assert not is_kept_away("corp.example/teams/lib", ("corp.example/team",))
    assert not is_kept_away("corp.example", ("corp.example/team",))


async def test_credentials_of_all_clients_are_used_and_show_up_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import base64

    caplog.set_level(logging.DEBUG)
    user, password = "reader", "s3cr3t-Pa55"
    packed = base64.b64encode(f"{user}:{password}".encode()).decode()
    cache = MemoryCache()
    shown: list[object] = []
    with RegistryStandin(etags=True) as registry:
        point_clients_at(registry, tmp_path / "home", monkeypatch, login=f"{user}:{password}")
        add_demo(registry)
        refs = [parse_ref(f"{e}:{NAMES[e]}") for e in ECOSYSTEMS]
        bad = [parse_ref(f"{e}:{NAMES[e]}x") for e in ECOSYSTEMS]
        async with engine(tmp_path / "work", cache) as research:
            found = await research.research(refs)
            shown += [*found, *await research.research(bad), *await research.check_names(refs)]
            for ecosystem in ("pypi", "npm", "crates", "go", "maven"):
                registry.add_python("pip", {"1.0": {}})
                registry.add_npm("typescript", {"1.0.0": {}}, latest="1.0.0")
                shown.append(await research.fetch_access(ecosystem))
            cache.age(10 * 86_400)
            for kind, status in (("status", 401), ("malformed", 0), ("loop", 0), ("drop", 0)):
                registry.faults["*"] = Fault(kind, status=status)
                shown += await research.research([*refs, *bad])
        for ecosystem in ECOSYSTEMS:
            endpoint = await REGISTRIES[ecosystem].locate(no_client)
            assert endpoint.authorization, ecosystem
            shown += [repr(endpoint), endpoint.identity("x"), endpoint.shown]
            shown.append(REGISTRIES[ecosystem].client_env(endpoint))
        first = {seen.path: seen.headers for seen in reversed(registry.seen)}
    assert all(info.version for info in found), [info.error for info in found]
    sent = [path for path, headers in first.items() if "authorization" in headers]
    for part in ("/simple/demo/", "/npm/demo", "/index/", "/go/", "/maven/", "/gems/", "/composer/",
                 "/nuget/reg/"):  # fmt: skip
        assert any(path.startswith(part) for path in sent), part
    everything = f"{shown} {cache.entries} {caplog.text}"
    for secret in (password, packed, packed.rstrip("="), f"{user}:"):
        assert secret not in everything
    for path in (tmp_path / "work").rglob("*"):
        assert not path.is_file() or password.encode() not in path.read_bytes()
