"""What the fetch phase may reach: hosts learned from the registry's own answers."""

from __future__ import annotations

from types import MappingProxyType
from urllib.parse import urlsplit

from autonomous_coder.engines.research.lookup import Lookup
from autonomous_coder.errors import CoderError, NetworkUnavailableError
from autonomous_coder.models.execution import FetchAccess
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import Depth
from autonomous_coder.registries.crates import download_root
from autonomous_coder.registries.transport import Http, is_private


async def learn_access(ecosystem: str, lookup: Lookup, http: Http) -> FetchAccess:
    """The index's host and the hosts of its files, with the client's variables.

    Raises:
        NetworkUnavailableError: the index could not be reached and nothing was cached of it.
        EnvironmentLacksError: there is no address and no client.
    """
    registry = REGISTRIES[ecosystem]
    endpoint = await lookup.endpoint(ecosystem)
    order = endpoint.order if ecosystem == "go" else (endpoint,)
    hosts = {endpoint.host}
    if ecosystem == "go":
        # The client goes through the whole list itself.
        hosts = {one.host for one in order}
        database = endpoint.extra.get("sumdb", "").partition("/")[0]
        hosts |= {database} - {"", "off"}
    if ecosystem == "crates":
        host = urlsplit(await download_root(endpoint, http)).hostname
        hosts |= {host} if host else set()
    elif ecosystem in ("pypi", "npm"):
        unreachable: NetworkUnavailableError | None = None
        for probe in registry.probes:
            try:
                fact = await lookup.get(ecosystem, probe, depth=Depth.VERSIONS)
            except NetworkUnavailableError as error:
                unreachable = error
                break
            except CoderError:
                continue
            if fact.record and fact.record.file_hosts:
                hosts |= set(fact.record.file_hosts)
                break
        if unreachable:
            raise unreachable
    return FetchAccess(
        hosts=frozenset(hosts),
        env=MappingProxyType(registry.client_env(endpoint)),
        private=any([await is_private(one.host) for one in order]),
    )
