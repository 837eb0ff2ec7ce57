"""Which host names and addresses the fetch phase may reach."""

from __future__ import annotations

import ipaddress
import re

MAX_HOST_CHARS = 253
_HOST = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def host_name(text: str) -> str | None:
    """The lower-case name when it consists of letters, digits, hyphens and dots; else None."""
    name = text.lower()
    return name if len(name) <= MAX_HOST_CHARS and _HOST.fullmatch(name) else None


def may_connect(text: str, *, private: bool) -> bool:
    """Whether an address is global, or with `private` at least no address of this machine or link.

    Addresses that wrap an IPv4 address (mapped, 6to4, Teredo, NAT64) count as what they wrap.
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    wrapped = _wrapped(address) if isinstance(address, ipaddress.IPv6Address) else None
    if wrapped is not None:
        return may_connect(str(wrapped), private=private)
    never = (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or (address.version == 4 and address == ipaddress.IPv4Address("255.255.255.255"))
        or (address.version == 4 and int(address) >> 24 == 0)
    )
    return not never and (address.is_global or private)


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    low = int(address) & 0xFFFFFFFF
    compatible = int(address) >> 32 == 0 and low > 1
    if address in ipaddress.IPv6Network("64:ff9b::/96") or compatible:
        return ipaddress.IPv4Address(low)
    return None
