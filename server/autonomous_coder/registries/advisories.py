"""Known vulnerabilities: npm's bulk endpoint, OSV's batch query, PyPI's vulnerability field.

Every source may refuse or be out of reach; then it raises, and nobody takes that for "none".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin

import anyio

from autonomous_coder.errors import InvalidInputError, RegistryError
from autonomous_coder.registries import semver
from autonomous_coder.registries.base import Endpoint, link, malformed, text
from autonomous_coder.registries.transport import Http, Reply

OSV_ECOSYSTEMS = {
    "pypi": "PyPI",
    "npm": "npm",
    "crates": "crates.io",
    "go": "Go",
    "maven": "Maven",
}
MAX_DETAILS = 200
BATCH = 500
SEVERITIES = ("critical", "high", "moderate", "low")
_UPPER_BOUND = re.compile(r"<\s*(\d[\w.+-]*)")

Pinned = tuple[str, str]
"""(name, exact version)"""


@dataclass(frozen=True, slots=True)
class Advisory:
    """One known vulnerability of one version. `severity` is one of `SEVERITIES` or empty when the
    source states none; `fixed` are versions in which it is mended."""

    id: str
    severity: str = ""
    summary: str = ""
    fixed: tuple[str, ...] = ()
    url: str = ""

    def to_row(self) -> list[Any]:
        """Plain data for the cache."""
        return [self.id, self.severity, self.summary, list(self.fixed), self.url]

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Advisory:
        """The reverse of `to_row`; ValueError or TypeError when it is not one."""
        name, severity, summary, fixed, url = row
        return cls(str(name), str(severity), str(summary), tuple(map(str, fixed)), str(url))


Known = dict[Pinned, list[Advisory]]
"""What is known of each package that was asked about; an empty list means: nothing."""


async def from_npm(http: Http, endpoint: Endpoint, packages: Iterable[Pinned]) -> Known:
    """npm's bulk endpoint: one question for all.

    Raises:
        RegistryError: the registry does not answer it.
        NetworkUnavailableError: it cannot be reached.
    """
    wanted: dict[str, list[str]] = {}
    for name, version in packages:
        wanted.setdefault(name, []).append(version)
    reply = await http.post_json(
        urljoin(endpoint.url, "-/npm/v1/security/advisories/bulk"),
        wanted,
        authorization=endpoint.authorization,
    )
    answer = _object(reply, "npm registry")
    known: Known = {(name, v): [] for name, versions in wanted.items() for v in versions}
    for name, version in known:
        for entry in _list(answer.get(name)):
            range_ = text(entry.get("vulnerable_versions"))
            if range_ and _affected(version, range_):
                known[name, version].append(
                    Advisory(
                        _npm_id(entry),
                        _severity(entry.get("severity")),
                        text(entry.get("title"), 300),
                        tuple(_UPPER_BOUND.findall(range_.replace("<=", " "))[-1:]),
                        link(entry.get("url")),
                    )
                )
    return known


async def from_osv(http: Http, url: str, ecosystem: str, packages: Sequence[Pinned]) -> Known:
    """OSV's batch query, then the details of what it names.

    Raises:
        RegistryError: it does not answer, or names more than can be looked at.
        NetworkUnavailableError: it cannot be reached.
    """
    base = url.rstrip("/") + "/"
    named: dict[Pinned, list[str]] = {}
    for start in range(0, len(packages), BATCH):
        part = packages[start : start + BATCH]
        queries = [
            {
                "package": {"name": name, "ecosystem": OSV_ECOSYSTEMS[ecosystem]},
                "version": version.removeprefix("v") if ecosystem == "go" else version,
            }
            for name, version in part
        ]
        answer = _object(
            await http.post_json(urljoin(base, "v1/querybatch"), {"queries": queries}), "OSV"
        )
        results = answer.get("results")
        if not isinstance(results, list) or len(results) != len(part):
            raise malformed("OSV", "does not fit the question")
        for pinned, result in zip(part, results, strict=True):
            if isinstance(result, dict) and result.get("next_page_token"):
                raise RegistryError(
                    f"OSV names more vulnerabilities of {pinned[0]} than it tells at once.",
                    hint="Update that dependency, then check again.",
                )
            found = _list(result.get("vulns") if isinstance(result, dict) else None)
            named[pinned] = [text(v.get("id"), 60) for v in found if text(v.get("id"), 60)]
    ids = list(dict.fromkeys(i for found in named.values() for i in found))
    if len(ids) > MAX_DETAILS:
        raise RegistryError(
            f"OSV names more than {MAX_DETAILS} vulnerabilities.",
            hint="Update the dependencies, then check again.",
        )
    details: dict[str, dict[str, Any]] = {}

    async def read(name: str) -> None:
        reply = await http.get(urljoin(base, f"v1/vulns/{quote(name, safe='')}"))
        details[name] = _object(reply, "OSV")

    async with anyio.create_task_group() as group:
        for name in ids:
            group.start_soon(read, name)
    return {
        pinned: _without_aliases([details[i] for i in found], pinned[0])
        for pinned, found in named.items()
    }


async def from_pypi(http: Http, endpoint: Endpoint, packages: Iterable[Pinned]) -> Known:
    """The vulnerability field of each release's own document.

    Raises:
        RegistryError: the index keeps no such documents.
        NetworkUnavailableError: it cannot be reached.
    """
    base = endpoint.url.removesuffix("simple/")
    known: Known = {}

    async def read(pinned: Pinned) -> None:
        name, version = (quote(part, safe="") for part in pinned)
        reply = await http.get(
            urljoin(base, f"pypi/{name}/{version}/json"), authorization=endpoint.authorization
        )
        answer = _object(reply, "Python index")
        if "vulnerabilities" not in answer:
            raise malformed("Python index", "says nothing of vulnerabilities")
        known[pinned] = [
            Advisory(
                text(entry.get("id"), 60),
                "",
                text(entry.get("summary") or entry.get("details"), 300),
                tuple(_texts(entry.get("fixed_in"))),
                link(entry.get("link")),
            )
            for entry in _list(answer["vulnerabilities"])
            if not entry.get("withdrawn")
        ]

    async with anyio.create_task_group() as group:
        for pinned in packages:
            group.start_soon(read, pinned)
    return known


def _object(reply: Reply, title: str) -> dict[str, Any]:
    if reply.status != 200:
        raise malformed(title, f"to a question for vulnerabilities has the status {reply.status}")
    try:
        value = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise malformed(title, "is not JSON") from error
    if not isinstance(value, dict):
        raise malformed(title, "is not a JSON object")
    return value


def _list(value: object) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    found = [text(v, 60) for v in value[:50]] if isinstance(value, list) else []
    return [v for v in found if v]


def _affected(version: str, range_: str) -> bool:
    try:
        return semver.satisfies(version, range_)
    except InvalidInputError:
        # A range that cannot be read is taken to mean this version: never "not affected".
        return True


def _npm_id(entry: Mapping[str, Any]) -> str:
    url = link(entry.get("url"))
    last = url.rsplit("/", 1)[-1]
    return last if last.startswith("GHSA-") else f"npm-{text(str(entry.get('id', '')), 40)}"


def _severity(value: object) -> str:
    word = text(value, 20).lower()
    word = {"medium": "moderate", "important": "high"}.get(word, word)
    return word if word in SEVERITIES else ""


def _without_aliases(found: Sequence[Mapping[str, Any]], name: str) -> list[Advisory]:
    """Each vulnerability once, though databases describe it under several names: the description
    that states a severity is kept."""
    groups: list[tuple[set[str], Advisory]] = []
    for entry in found:
        if entry.get("withdrawn"):
            continue
        advisory = _from_osv(entry, name)
        ids = {advisory.id, *_texts(entry.get("aliases"))}
        same = next((g for g in groups if g[0] & ids), None)
        if same is None:
            groups.append((ids, advisory))
        elif advisory.severity and not same[1].severity:
            groups[groups.index(same)] = (same[0] | ids, advisory)
    return [advisory for _, advisory in groups]


def _from_osv(entry: Mapping[str, Any], name: str) -> Advisory:
    specific = entry.get("database_specific")
    fixed = [
        text(event.get("fixed"), 60)
        for affected in _list(entry.get("affected"))
        if isinstance(affected.get("package"), dict)
        and text(affected["package"].get("name")).lower() == name.lower()
        for range_ in _list(affected.get("ranges"))
        if range_.get("type") != "GIT"
        for event in _list(range_.get("events"))
        if event.get("fixed")
    ]
    identity = text(entry.get("id"), 60)
    return Advisory(
        identity,
        _severity(specific.get("severity") if isinstance(specific, dict) else ""),
        text(entry.get("summary") or entry.get("details"), 300),
        tuple(dict.fromkeys(fixed))[:5],
        f"https://osv.dev/vulnerability/{quote(identity, safe='')}",
    )
