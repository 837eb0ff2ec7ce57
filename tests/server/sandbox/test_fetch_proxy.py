"""The fetch phase reaches the named hosts and nothing else."""

from __future__ import annotations

import base64
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.execution import (
    Command,
    FetchAccess,
    Limits,
    Mount,
    Network,
    Outcome,
    SandboxLevel,
)
from autonomous_coder.sandbox.addresses import host_name, may_connect
from autonomous_coder.sandbox.fetch import authority_mounts
from autonomous_coder.sandbox.proxy import FetchProxy
from autonomous_coder.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.anyio

PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxy_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


async def _ask(proxy: FetchProxy, request: bytes) -> bytes:
    async with proxy.on_loopback() as port, await anyio.connect_tcp("127.0.0.1", port) as client:
        await client.send(request)
        with anyio.fail_after(10):
            return await client.receive()


@pytest.mark.parametrize(
    ("sentence", "request_line", "named"),
    [
        ("a host that is not listed", b"CONNECT other.example:443 HTTP/1.1", "other.example"),
        ("a listed host's subdomain", b"CONNECT a.listed.example:443 HTTP/1.1", "a.listed.example"),
        (
            "a listed host's secure shell",
            b"CONNECT listed.example:22 HTTP/1.1",
            "listed.example:22",
        ),
        ("port 0", b"CONNECT listed.example:0 HTTP/1.1", "listed.example:0"),
        ("a NUL in the name", b"CONNECT listed.example\0.x:443 HTTP/1.1", "(malformed request)"),
        ("a name with an underscore", b"CONNECT a_b.example:443 HTTP/1.1", "(malformed name)"),
        ("a name with a slash", b"CONNECT listed.example/:443 HTTP/1.1", "(malformed name)"),
        (
            "a name that is not ASCII",
            "CONNECT lïsted.example:443 HTTP/1.1".encode(),
            "(malformed name)",
        ),
        ("a name ending in a dot", b"CONNECT listed.example.:443 HTTP/1.1", "(malformed name)"),
        ("an address", b"CONNECT 192.0.2.7:443 HTTP/1.1", "192.0.2.7"),
        ("an address of version 6", b"CONNECT [::1]:443 HTTP/1.1", "(malformed request)"),
        ("a plain request", b"GET http://listed.example/ HTTP/1.1", "(malformed request)"),
        ("something else", b"\x16\x03\x01\x02\x00", "(malformed request)"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
async def test_the_proxy_refuses(sentence: str, request_line: bytes, named: str) -> None:
    proxy = FetchProxy(FetchAccess(hosts=frozenset({"listed.example"}), private=True))
    answer = await _ask(proxy, request_line + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")
    assert proxy.refused == (named,)


@pytest.mark.parametrize("private", [False, True])
async def test_a_listed_name_that_leads_to_this_machine_is_refused(private: bool) -> None:
    proxy = FetchProxy(FetchAccess(hosts=frozenset({"localhost"}), private=private))
    answer = await _ask(proxy, b"CONNECT localhost:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")
    assert proxy.refused == ("localhost",)


async def test_a_flood_of_connections_is_bounded_and_the_proxy_lives_on() -> None:
    proxy = FetchProxy(FetchAccess(hosts=frozenset({"listed.example"})))
    async with proxy.on_loopback() as port:
        flood = [await anyio.connect_tcp("127.0.0.1", port) for _ in range(200)]
        for client in flood[128:]:
            with (
                anyio.fail_after(10),
                pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)),
            ):
                await client.receive()
        for client in flood:
            await client.aclose()
        with anyio.fail_after(10):
            async with await anyio.connect_tcp("127.0.0.1", port) as client:
                await client.send(b"CONNECT other.example:443 HTTP/1.1\r\n\r\n")
                assert (await client.receive()).startswith(b"HTTP/1.1 403")


async def test_a_request_without_end_is_refused_and_the_next_one_served() -> None:
    proxy = FetchProxy(FetchAccess(hosts=frozenset({"listed.example"})))
    async with proxy.on_loopback() as port:
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            await client.send(b"x" * 40_000)
            assert (await client.receive()).startswith(b"HTTP/1.1 403")
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            await client.send(b"CONNECT other.example:443 HTTP/1.1\r\n\r\n")
            assert (await client.receive()).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(
    ("address", "globally", "privately"),
    [
        ("1.1.1.1", True, True),
        ("2606:4700:4700::1111", True, True),
        ("10.0.0.1", False, True),
        ("192.168.1.1", False, True),
        ("203.0.113.7", False, True),
        ("fd00::1", False, True),
        ("100.64.0.1", False, True),
        ("127.0.0.1", False, False),
        ("127.8.8.8", False, False),
        ("::1", False, False),
        ("0.0.0.0", False, False),
        ("0.1.2.3", False, False),
        ("::", False, False),
        ("169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("224.0.0.1", False, False),
        ("ff02::1", False, False),
        ("255.255.255.255", False, False),
        ("::ffff:127.0.0.1", False, False),
        ("::ffff:10.0.0.1", False, True),
        ("64:ff9b::7f00:1", False, False),
        ("2002:7f00:1::", False, False),
        ("::127.0.0.1", False, False),
        ("not an address", False, False),
    ],
)
def test_which_addresses_may_be_reached(address: str, globally: bool, privately: bool) -> None:
    assert may_connect(address, private=False) is globally
    assert may_connect(address, private=True) is privately


def test_names_are_letters_digits_hyphens_and_dots() -> None:
    assert host_name("Files.Example-1.org") == "files.example-1.org"
    for text in ("", ".", "-a.example", "a-.example", "a..b", "a b", "a\n", "x" * 64, "a." * 200):
        assert host_name(text) is None


class UpstreamProxy:
    """The user's own proxy: notes the request, then echoes."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\n\r\n") -> None:
        self.answer = answer
        self.requests: list[bytes] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
        async with listener, anyio.create_task_group() as group:
            group.start_soon(listener.serve, self._handle)
            yield int(listener.extra(SocketAttribute.local_port))
            group.cancel_scope.cancel()

    async def _handle(self, stream: SocketStream) -> None:
        async with stream:
            self.requests.append(await stream.receive())
            await stream.send(self.answer)
            try:
                while True:
                    await stream.send((await stream.receive()).upper())
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return


async def test_the_users_own_proxy_is_used_with_its_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upstream = UpstreamProxy()
    async with upstream.listening() as theirs:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:s%40cret@127.0.0.1:{theirs}")
        proxy = FetchProxy(FetchAccess(hosts=frozenset({"listed.example"})))
        async with proxy.on_loopback() as port:
            async with await anyio.connect_tcp("127.0.0.1", port) as client:
                await client.send(b"CONNECT listed.example:443 HTTP/1.1\r\n\r\n")
                assert (await client.receive()).startswith(b"HTTP/1.1 200")
                await client.send(b"hello")
                assert await client.receive() == b"HELLO"
            async with await anyio.connect_tcp("127.0.0.1", port) as client:
                await client.send(b"CONNECT other.example:443 HTTP/1.1\r\n\r\n")
                assert (await client.receive()).startswith(b"HTTP/1.1 403")
    assert len(upstream.requests) == 1
    lines = upstream.requests[0].split(b"\r\n")
    assert lines[0] == b"CONNECT listed.example:443 HTTP/1.1"
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"me:s@cret") in lines


async def test_credentials_of_the_users_proxy_stay_out_of_what_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with UpstreamProxy(b"HTTP/1.1 407 No\r\n\r\n").listening() as theirs:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:hunter2@127.0.0.1:{theirs}")
        proxy = FetchProxy(FetchAccess(hosts=frozenset({"listed.example"})))
        answer = await _ask(proxy, b"CONNECT listed.example:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"declined" in answer
    assert b"hunter2" not in answer
    assert proxy.refused == ()


async def test_hosts_exempt_from_the_users_proxy_are_reached_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upstream = UpstreamProxy()
    async with upstream.listening() as theirs:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{theirs}")
        monkeypatch.setenv("NO_PROXY", "other.example, .localhost,localhost")
        proxy = FetchProxy(FetchAccess(hosts=frozenset({"localhost"})))
        answer = await _ask(proxy, b"CONNECT localhost:443 HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")
    assert upstream.requests == []


def test_the_users_own_authorities_are_shown_under_neutral_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "company.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\n", encoding="ascii")
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", str(bundle))
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "missing.pem"))
    env, shown = authority_mounts()
    assert env["NODE_EXTRA_CA_CERTS"] == "/certificates/NODE_EXTRA_CA_CERTS.pem"
    assert Mount(bundle, "/certificates/NODE_EXTRA_CA_CERTS.pem") in shown
    assert "PIP_CERT" not in env


async def _inside(sandbox: Sandbox, python: str, program: str, *hosts: str) -> Outcome:
    return await sandbox.run(
        Command(
            argv=(python, "-c", program),
            mounts=sandbox.interpreter_mounts(Path(python)),
            network=Network.FETCH,
            access=FetchAccess(hosts=frozenset(hosts), env={"INDEX": "https://listed.example/"}),
            limits=Limits(timeout_s=30),
        )
    )


@pytest.mark.sandbox
async def test_from_inside_there_is_the_proxy_and_nothing_else(
    sandbox: Sandbox, python: str
) -> None:
    program = """
import os, socket
from urllib.parse import urlsplit
place = urlsplit(os.environ["https_proxy"])
proxy = socket.create_connection((place.hostname, place.port))
proxy.sendall(b"CONNECT unlisted.example:443 HTTP/1.1\\r\\n\\r\\n")
print(proxy.recv(12), os.environ["INDEX"])
print([name for _number, name in socket.if_nameindex()])
for address in ("1.1.1.1", "192.0.2.1"):
    try:
        socket.create_connection((address, 443), 2)
        print("ESCAPED")
    except OSError as error:
        print(error.strerror)
try:
    socket.getaddrinfo("listed.example", 443)
    print("ESCAPED")
except OSError:
    print("no name service")
"""
    outcome = await _inside(sandbox, python, program, "listed.example")
    assert outcome.level is SandboxLevel.L3
    assert outcome.stdout == (
        b"b'HTTP/1.1 403' https://listed.example/\n['lo']\n"
        b"Network is unreachable\nNetwork is unreachable\nno name service\n"
    ), outcome
    assert outcome.refused_hosts == ("unlisted.example",)


@pytest.mark.sandbox
async def test_bytes_pass_the_relay_in_both_directions(
    sandbox: Sandbox, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = """
import os, socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
place = urlsplit(os.environ["HTTPS_PROXY"])
def talk(number):
    line = socket.create_connection((place.hostname, place.port))
    line.sendall(b"CONNECT listed.example:443 HTTP/1.1\\r\\n\\r\\n")
    assert line.recv(100).startswith(b"HTTP/1.1 200")
    sent = (b"%04d" % number) * 50_000
    line.sendall(sent)
    got = b""
    while len(got) < len(sent):
        got += line.recv(1 << 16)
    return got == sent
with ThreadPoolExecutor(8) as pool:
    print(all(pool.map(talk, range(24))))
"""
    async with UpstreamProxy().listening() as theirs:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{theirs}")
        outcome = await _inside(sandbox, python, program, "listed.example")
    assert outcome.stdout == b"True\n", outcome


@pytest.mark.sandbox
async def test_an_error_during_a_fetch_arrives_as_itself(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidInputError):
        await sandbox.run(
            Command(
                argv=("/bin/true",),
                mounts=(Mount(Path("/no/such/place"), "/cache"),),
                network=Network.FETCH,
                access=FetchAccess(hosts=frozenset()),
            )
        )


async def _index(sandbox: Sandbox, python: str) -> str:
    """The address of the user's own package index, or the library's constant."""
    asked = await sandbox.run_client([python, "-m", "pip", "config", "get", "global.index-url"])
    if asked.exit_code == 0 and asked.stdout.strip():
        return asked.stdout.decode().strip()
    from pypi_simple import PYPI_SIMPLE_ENDPOINT

    return PYPI_SIMPLE_ENDPOINT


async def _file_host(index: str) -> str:
    """Where the index says its files are."""

    def ask() -> str:
        from pypi_simple import PyPISimple

        with PyPISimple(endpoint=index) as client:
            page = client.get_project_page("iniconfig")
        return urlsplit(page.packages[-1].url).hostname or ""

    return await anyio.to_thread.run_sync(ask)


@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.parametrize("complete", [True, False])
async def test_a_package_is_installed_through_the_proxy_only_from_admitted_hosts(
    sandbox: Sandbox, python: str, complete: bool
) -> None:
    index = await _index(sandbox, python)
    front = urlsplit(index).hostname or ""
    files = await _file_host(index)
    if front == files and not complete:
        pytest.skip("this index serves its files itself")
    outcome = await sandbox.run(
        Command(
            argv=(
                *(str(sandbox.tool("uv")), "pip", "install", "--no-cache", "--no-config"),
                *("--only-binary", ":all:", "--python", sys.executable),
                *("--target", "/project/site", "--link-mode", "copy", "iniconfig"),
            ),
            mounts=sandbox.tool_mounts(),
            env={"UV_HTTP_RETRIES": "0"},
            network=Network.FETCH,
            access=FetchAccess(
                hosts=frozenset({front, files} if complete else {front}),
                env={"UV_DEFAULT_INDEX": index},
                private=True,
            ),
            limits=Limits(timeout_s=120),
        )
    )
    assert outcome.level is SandboxLevel.L3
    if complete:
        assert outcome.exit_code == 0, outcome
        assert outcome.refused_hosts == ()
    else:
        assert outcome.exit_code != 0
        assert outcome.refused_hosts == (files,)


@pytest.mark.sandbox
@pytest.mark.parametrize("level", [SandboxLevel.L3, SandboxLevel.L2])
async def test_cancelling_a_fetch_closes_its_proxy_and_leaves_no_descriptor(
    level: SandboxLevel, sandbox: Sandbox, landlock: Sandbox, python: str
) -> None:
    chosen = sandbox if level is SandboxLevel.L3 else landlock
    program = """
import os, socket, time
from urllib.parse import urlsplit
place = urlsplit(os.environ["HTTPS_PROXY"])
held = [socket.create_connection((place.hostname, place.port)) for _ in range(20)]
time.sleep(60)
"""
    await chosen.probe()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with anyio.move_on_after(1.0) as scope:
        await _inside(chosen, python, program, "listed.example")
    assert scope.cancelled_caught
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
