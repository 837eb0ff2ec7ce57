"""Registries that are down, slow or lying: a clear result, bounded time and memory, no crash."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_coder.engines.research import parse_ref
from autonomous_coder.errors import NetworkUnavailableError, RegistryError
from autonomous_coder.models.technology import TechInfo
from autonomous_coder.registries.endpoints import Endpoint
from autonomous_coder.registries.transport import Http, get_linked
from registry_protocols import ECOSYSTEMS, NAMES, add_demo, point_clients_at
from registry_standin import Fault, RegistryStandin
from research_helpers import engine

pytestmark = pytest.mark.anyio
REFS = [f"{ecosystem}:{NAMES[ecosystem]}" for ecosystem in ECOSYSTEMS]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        point_clients_at(standin, tmp_path / "home", monkeypatch)
        add_demo(standin)
        yield standin


async def ask_all(work_dir: Path, **settings: float | bool) -> list[TechInfo]:
    async with engine(work_dir, **settings) as research:
        return await research.research([parse_ref(ref) for ref in REFS])


async def test_every_ecosystem_is_answered_by_its_own_protocol(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    found = await ask_all(tmp_path)
    assert [info.error for info in found] == [""] * 8
    assert {info.version for info in found} == {"2.0.0", "v1.2.0"}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("malformed"), "The answer of the"),
        (Fault("wrong"), "The answer of the"),
        (Fault("packed"), "packed in an unknown way"),
        (Fault("loop"), "redirects in a loop"),
        (Fault("redirect", location="ftp://example.org/"), "insecure address"),
        (Fault("drop"), "could not be reached"),
        (Fault("slow"), "no complete answer within 0.4 s"),
        (Fault("status", status=503), "it answers 503"),
        (Fault("status", status=401), "refuses access"),
        (Fault("status", status=418), "has the status 418"),
        (Fault("status", status=429, headers={"Retry-After": "3600"}), "asks to come back in 3600"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
async def test_a_lying_or_silent_registry_is_an_error_of_its_own_and_no_version(
    registry: RegistryStandin, tmp_path: Path, fault: Fault, says: str
) -> None:
    registry.faults["*"] = fault
    started = time.monotonic()
    found = await ask_all(tmp_path, timeout=0.4 if fault.kind == "slow" else 5.0)
    assert time.monotonic() - started < 10
    for info in found:
        # What a text protocol cannot tell from an answer is refused all the same.
        assert says in info.error or "The answer of the" in info.error, (info.ecosystem, info.error)
        assert info.version == ""


@pytest.mark.parametrize("kind", ["huge", "bomb"])
async def test_an_endless_answer_is_cut_off_within_bounded_memory(
    registry: RegistryStandin, tmp_path: Path, kind: str
) -> None:
    registry.faults["/simple/demo/"] = Fault(kind)
    async with engine(tmp_path) as research:
        tracemalloc.start()
        started = time.monotonic()
        [info] = await research.research([parse_ref("pypi:demo")])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert "sent more than 32 MB" in info.error
    assert peak < 120 * 1024**2
    assert time.monotonic() - started < 15


async def test_an_answer_packed_as_asked_is_read(registry: RegistryStandin, tmp_path: Path) -> None:
    import gzip

    kind, body = registry.pages["/npm/demo"]
    registry.pages["/npm/demo"] = (kind, gzip.compress(body))
    registry.encodings["/npm/demo"] = "gzip"
    async with engine(tmp_path) as research:
        [info] = await research.research([parse_ref("npm:demo")])
    assert info.version == "2.0.0"


async def test_a_registry_that_asks_to_wait_a_moment_is_asked_again_after_it(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.faults["/npm/demo"] = Fault(
        "status", status=429, headers={"Retry-After": "1"}, times=1
    )
    started = time.monotonic()
    async with engine(tmp_path) as research:
        [info] = await research.research([parse_ref("npm:demo")])
    assert info.version == "2.0.0"
    assert 1 <= time.monotonic() - started < 10


async def test_a_registry_that_asks_to_wait_long_is_left_alone_for_the_other_packages(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.faults["*"] = Fault("status", status=429, headers={"Retry-After": "900"})
    http = Http(timeout=5, max_retries=3, concurrency=1)
    for number in range(20):
        with pytest.raises(NetworkUnavailableError, match="asks to come back in 900 s"):
            await http.get(f"{registry.url}/p{number}")
    assert http.requests == 1
    await http.aclose()


async def test_links_in_an_answer_do_not_lead_from_a_public_registry_into_the_private_network(
    registry: RegistryStandin,
) -> None:
    http = Http(timeout=5, max_retries=0, concurrency=1)
    public = Endpoint("http://8.8.8.8/", authorization="Bearer s3cret")
    for target in (f"{registry.url}/npm/demo", "http://169.254.169.254/latest/"):
        with pytest.raises(RegistryError, match="not a public address"):
            await get_linked(http, public, target)
    assert http.requests == 0
    await http.aclose()


async def test_credentials_do_not_follow_a_link_or_a_redirect_to_another_host(
    registry: RegistryStandin,
) -> None:
    http = Http(timeout=5, max_retries=0, concurrency=1)
    with RegistryStandin() as other:
        other.add_text("/x", "there")
        registry.faults["/moved"] = Fault("redirect", location=f"{other.url}/x")
        own = Endpoint(f"{registry.url}/", authorization="Bearer s3cret")
        await get_linked(http, own, f"{other.url}/x")
        await http.get(f"{registry.url}/moved", authorization=own.authorization)
        assert "authorization" in registry.last("/moved").headers
        assert all("authorization" not in seen.headers for seen in other.seen)
        assert len(other.seen) == 2
    await http.aclose()
