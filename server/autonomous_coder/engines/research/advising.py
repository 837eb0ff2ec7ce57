"""The check "advisories": known vulnerabilities, withdrawn versions and licences of what a lock
pins. What no source answered for is "not checked", never "none"."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence

import anyio

from autonomous_coder.engines.research.lookup import Lookup
from autonomous_coder.engines.research.ports import ResearchCache
from autonomous_coder.errors import CoderError
from autonomous_coder.languages.base import Package
from autonomous_coder.languages.findings import bounded, finding
from autonomous_coder.models.validation import CheckResult, CheckStatus, Diagnostic, Severity
from autonomous_coder.registries import advisories
from autonomous_coder.registries.advisories import Advisory, Known, Pinned
from autonomous_coder.registries.base import Depth
from autonomous_coder.registries.golang_address import is_kept_away, private_patterns
from autonomous_coder.registries.transport import Http

NAME, TITLE = "advisories", "No known vulnerabilities, withdrawn versions or unexpected licences"
MAX_PACKAGES = 3_000
MAX_LOOKED_UP = 100
MAX_ASKED_ONE_BY_ONE = 80
MAX_SECONDS = 40.0
SILENT_S = 600.0
"""How long a source that refused or could not be reached is left alone."""
FAILING = ("critical", "high")
_COPYLEFT = re.compile(r"\b(?:A?GPL|SSPL|BUSL|OSL|EUPL)\b|(?<!Lesser )General Public License", re.I)
_WEAK = re.compile(r"\bLGPL|Lesser General|classpath|\bMPL\b", re.I)


class AdvisoryCheck:
    """Asks each ecosystem's sources in turn, through the cache."""

    def __init__(
        self, lookup: Lookup, http: Http, cache: ResearchCache, *, ttl: float, osv_url: str
    ) -> None:
        self._lookup = lookup
        self._http = http
        self._cache = cache
        self._ttl = ttl
        self._osv_url = osv_url
        self._silent: dict[tuple[str, str], tuple[float, str]] = {}

    async def check(self, packages: Sequence[Package]) -> CheckResult:
        """The result for these packages; never raises for what a source answers."""
        started = time.monotonic()
        packages = sorted(packages, key=lambda p: not p.direct)
        found: list[Diagnostic] = []
        unchecked: list[str] = []
        secret: list[str] = []
        for ecosystem in dict.fromkeys(p.ecosystem for p in packages):
            mine = [p for p in packages if p.ecosystem == ecosystem]
            if away := await self._kept_away(ecosystem, mine):
                secret += dict.fromkeys(p.name for p in mine if p.name in away)
                mine = [p for p in mine if p.name not in away]
            try:
                known = await self._known(ecosystem, mine[:MAX_PACKAGES])
            except _UncheckedError as error:
                unchecked.append(f"{ecosystem}: {error}")
            else:
                for package in mine:
                    pinned = (package.name, package.version)
                    found += [_vulnerable(package, a) for a in known.get(pinned, ())]
        found += await self._withdrawn(packages[:MAX_LOOKED_UP])
        kept, rest = bounded(found)
        failed = any(d.severity is Severity.ERROR for d in found)
        status = CheckStatus.FAILED if failed else CheckStatus.PASSED
        said = f"{len(packages)} packages."
        if secret:
            named = ", ".join(secret[:3]) + (", ..." if len(secret) > 3 else "")
            rest = f"Not asked about, as your settings keep them private: {named}. {rest}"
        if unchecked:
            said = f"Known vulnerabilities were not checked ({'; '.join(unchecked)})."
            status = CheckStatus.FAILED if failed else CheckStatus.NOT_RUN
        return CheckResult(
            name=NAME,
            title=TITLE,
            status=status,
            reason=f"{said} {rest}".strip(),
            duration_s=time.monotonic() - started,
            diagnostics=kept,
        )

    async def known(self, ecosystem: str, pinned: Sequence[Pinned]) -> tuple[Known, str]:
        """(what is known of each (name, version), empty) or ({}, why nobody could say)."""
        packages = [Package(ecosystem, name, version) for name, version in pinned]
        kept = await self._kept_away(ecosystem, packages)
        packages = [p for p in packages if p.name not in kept]
        try:
            return await self._known(ecosystem, packages[:MAX_PACKAGES]), ""
        except _UncheckedError as error:
            return {}, str(error)

    async def _kept_away(self, ecosystem: str, packages: Sequence[Package]) -> set[str]:
        """The names that nobody outside is told: Go modules that the settings call private, npm
        packages of a scope that has a registry of its own."""
        if ecosystem == "go":
            patterns = await anyio.to_thread.run_sync(private_patterns)
            return {p.name for p in packages if is_kept_away(p.name, patterns)}
        if ecosystem != "npm" or not any(p.name.startswith("@") for p in packages):
            return set()
        try:
            endpoint = await self._lookup.endpoint("npm")
        except CoderError:
            return set()
        return {p.name for p in packages if endpoint.of(p.name).url != endpoint.url}

    async def _known(self, ecosystem: str, packages: Sequence[Package]) -> Known:
        pinned = list(dict.fromkeys((p.name, p.version) for p in packages))
        known: Known = {}
        for pair in pinned:
            if (kept := await self._kept(ecosystem, pair)) is not None:
                known[pair] = kept
        missing = [pair for pair in pinned if pair not in known]
        if missing:
            fresh = await self._ask(ecosystem, missing)
            for pair, rows in fresh.items():
                value = json.dumps([a.to_row() for a in rows]).encode()
                await self._cache.cache_put(_key(ecosystem, pair), value)
            known |= fresh
        return known

    async def _kept(self, ecosystem: str, pair: Pinned) -> list[Advisory] | None:
        entry = await self._cache.cache_get(_key(ecosystem, pair))
        if entry is None or not 0 <= time.time() - entry.stored_at < self._ttl:
            return None
        try:
            return [Advisory.from_row(row) for row in json.loads(entry.value)]
        except (ValueError, TypeError):
            return None

    async def _ask(self, ecosystem: str, missing: Sequence[Pinned]) -> Known:
        """The first source that answers for all.

        Raises:
            _UncheckedError: none does.
        """
        reasons: list[str] = []
        for source in _sources(ecosystem, len(missing), self._osv_url):
            until, reason = self._silent.get((source, ecosystem), (0.0, ""))
            if time.monotonic() < until:
                reasons.append(reason)
                continue
            try:
                with anyio.fail_after(MAX_SECONDS):
                    return await self._from(source, ecosystem, missing)
            except CoderError as error:
                reason = str(error).rstrip(".")
            except TimeoutError:
                reason = f"{source} gave no answer within {MAX_SECONDS:g} s"
            except ExceptionGroup as group:
                reason = _first_reason(group)
            # Not asked again for a while: validating twice should not wait twice.
            self._silent[source, ecosystem] = (time.monotonic() + SILENT_S, reason)
            reasons.append(reason)
        raise _UncheckedError("; ".join(reasons)[:400] or "there is no source")

    async def _from(self, source: str, ecosystem: str, missing: Sequence[Pinned]) -> Known:
        if source == "osv":
            return await advisories.from_osv(self._http, self._osv_url, ecosystem, missing)
        endpoint = await self._lookup.endpoint(ecosystem)
        ask = advisories.from_npm if source == "npm" else advisories.from_pypi
        return await ask(self._http, endpoint, missing)

    async def _withdrawn(self, packages: Iterable[Package]) -> list[Diagnostic]:
        """Versions that were yanked, deprecated packages and licences that oblige."""
        found: dict[Package, list[Diagnostic]] = {}

        async def look(package: Package) -> None:
            depth = Depth.FULL if package.ecosystem == "pypi" and package.direct else Depth.VERSIONS
            try:
                fact = await self._lookup.get(package.ecosystem, package.name, depth=depth)
            except CoderError:
                return
            if fact.record is None:
                return
            release = next((r for r in fact.record.releases if r.version == package.version), None)
            rows = found.setdefault(package, [])
            if release and release.withdrawn:
                rows.append(
                    _about(
                        package,
                        "withdrawn",
                        Severity.WARNING,
                        f"was withdrawn: {release.withdrawn}",
                    )
                )
            elif package.direct and fact.record.deprecated:
                rows.append(
                    _about(
                        package,
                        "deprecated",
                        Severity.INFO,
                        f"is deprecated: {fact.record.deprecated}",
                    )
                )
            licence = fact.record.license
            if package.direct and _COPYLEFT.search(licence) and not _WEAK.search(licence):
                rows.append(
                    _about(package, "licence", Severity.INFO, f"is under {licence}, which obliges")
                )

        with anyio.move_on_after(MAX_SECONDS):
            async with anyio.create_task_group() as group:
                for package in packages:
                    group.start_soon(look, package)
        return [d for rows in found.values() for d in rows]


class _UncheckedError(Exception):
    """No source answered."""


def _sources(ecosystem: str, count: int, osv_url: str) -> list[str]:
    """Those of an ecosystem, the most telling first."""
    found = ["npm"] if ecosystem == "npm" else []
    found += ["osv"] if osv_url else []
    if ecosystem == "pypi" and count <= MAX_ASKED_ONE_BY_ONE:
        found.append("pypi")
    return found


def _first_reason(group: ExceptionGroup) -> str:
    first = group.exceptions[0]
    if isinstance(first, ExceptionGroup):
        return _first_reason(first)
    if not isinstance(first, CoderError):
        raise first
    return str(first).rstrip(".")


def _key(ecosystem: str, pair: Pinned) -> str:
    return f"advisories:{ecosystem}:{pair[0]}:{pair[1]}"


def _vulnerable(package: Package, advisory: Advisory) -> Diagnostic:
    severity = Severity.ERROR if advisory.severity in FAILING else Severity.WARNING
    grade = f" ({advisory.severity})" if advisory.severity else ""
    mend = (
        f" Mended in {', '.join(advisory.fixed)}."
        if advisory.fixed
        else " No version that mends it is named."
    )
    return _about(
        package,
        advisory.id,
        severity,
        f"has a known vulnerability{grade}: {advisory.summary or advisory.id}.{mend}",
        url=advisory.url,
    )


def _about(
    package: Package, code: str, severity: Severity, what: str, *, url: str = ""
) -> Diagnostic:
    message = f"{package.name} {package.version} {what}"
    return finding(
        package.ecosystem, "registries", code, severity, message, path=package.path,
        line=package.line, url=url,
    )  # fmt: skip
