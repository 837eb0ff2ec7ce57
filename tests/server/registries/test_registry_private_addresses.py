"""Addresses that come from others' answers never lead into the user's own network."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import anyio
import pytest

from autonomous_coder.errors import NetworkUnavailableError, RegistryError
from autonomous_coder.registries.transport import Http, is_private
from registry_standin import RegistryStandin

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1",
        "fe80::1", "fec0::1", "fd00::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:808:808::80ff:fffe", "localhost",
    ],
)  # fmt: skip
async def test_an_address_of_this_network_is_private_however_it_is_wrapped(address: str) -> None:
    assert await is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2600::1", "64:ff9b::808:808"])
async def test_an_address_of_the_internet_is_not_private(address: str) -> None:
    assert not await is_private(address)


async def test_a_page_on_a_private_address_is_not_asked_for() -> None:
    http = Http(timeout=5, max_retries=0, concurrency=1)
    with RegistryStandin() as standin:
        with pytest.raises(RegistryError, match="not a public address"):
            await http.get(f"{standin.url}/", allow_private=False)
        assert http.requests == 0
        await http.aclose()


PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def _names(monkeypatch: pytest.MonkeyPatch, answers: Iterator[str]) -> list[tuple[str, str]]:
    """Names get one of the `answers` after the other; (name, address) of each connection that
    would be made. None is."""
    made: list[tuple[str, str]] = []
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)

    async def resolve(host: str, port: object, **_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 0))]

    async def connect(remote_host: str, remote_port: int, **_: object) -> NoReturn:
        made.append((remote_host, str(remote_port)))
        raise OSError("no connection is made here")

    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    monkeypatch.setattr(anyio, "connect_tcp", connect)
    return made


async def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = _names(monkeypatch, iter(["8.8.4.4", "127.0.0.1"]))
    http = Http(timeout=5, max_retries=0, concurrency=1)
    with pytest.raises(NetworkUnavailableError):
        await http.get("https://rebound.example/", allow_private=False)
    assert made == [("8.8.4.4", "443")]
    await http.aclose()


async def test_a_name_whose_address_turns_private_is_refused_when_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = _names(monkeypatch, iter(["8.8.4.4", "10.0.0.7"]))
    http = Http(timeout=5, max_retries=1, concurrency=1)
    with pytest.raises(RegistryError, match="not a public address"):
        await http.get("http://rebound.example:8080/", allow_private=False)
    assert made == [("8.8.4.4", "8080")]
    await http.aclose()


async def test_a_name_without_an_address_is_not_asked_for_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = _names(monkeypatch, iter([]))

    async def unknown(host: str, port: object, **_: object) -> NoReturn:
        raise OSError("no such name")

    monkeypatch.setattr(anyio, "getaddrinfo", unknown)
    http = Http(timeout=5, max_retries=0, concurrency=1)
    with pytest.raises(NetworkUnavailableError):
        await http.get("http://nowhere.example/", allow_private=False)
    assert made == []
    await http.aclose()


async def test_a_server_asked_at_its_checked_address_is_asked_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The stand-in is on loopback: for this test that counts as public.
    monkeypatch.setattr("autonomous_coder.registries.transport._is_public", lambda _: True)
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)

    async def resolve(host: str, port: object, **_: object) -> list[Any]:
        assert host == "docs.example"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(anyio, "getaddrinfo", resolve)
    http = Http(timeout=5, max_retries=0, concurrency=1)
    with RegistryStandin() as standin:
        standin.add_text("/llms.txt", "# Docs")
        url = standin.url.replace("127.0.0.1", "docs.example")
        reply = await http.get(f"{url}/llms.txt", allow_private=False)
        assert reply.body == b"# Docs"
        assert reply.url == f"{url}/llms.txt"
        assert standin.last("/llms.txt").headers["host"] == url.removeprefix("http://")
        await http.aclose()
