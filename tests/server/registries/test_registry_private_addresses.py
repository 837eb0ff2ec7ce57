"""Addresses that come from others' answers never lead into the user's own network."""

from __future__ import annotations

import pytest

from autonomous_coder.errors import RegistryError
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
