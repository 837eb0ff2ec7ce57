"""From a registry's record to the TechInfo of a reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from autonomous_coder.engines.knowledge import KnowledgeBase
from autonomous_coder.engines.research.lookup import Fact
from autonomous_coder.errors import CoderError
from autonomous_coder.models.technology import Origin, PackageRef, TechInfo
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import PackageRecord, Release, pick

MAX_ADVICE = 6
MAX_ADVICE_CHARS = 400


def newest_of(record: PackageRecord) -> Release | None:
    """The newest stable release; where the registry names one as latest, that one."""
    if record.preferred:
        for release in record.releases:
            if release.version == record.preferred and not release.prerelease:
                if not release.withdrawn or record.ecosystem == "npm":
                    return release
                break
    return pick(record)


def tech_info(ref: PackageRef, fact: Fact, knowledge: KnowledgeBase) -> TechInfo:
    """What is known of a reference, with source and age. Never raises for a package's own data."""
    registry = REGISTRIES[ref.ecosystem]
    info = TechInfo(
        name=ref.name,
        ecosystem=ref.ecosystem,
        origin=fact.origin,
        fetched_at=fact.fetched_at,
        source=describe_source(registry.title, fact),
    )
    deprecations, info.best_practices = advice(knowledge, ref.ecosystem, ref.name)
    info.deprecations = deprecations
    record = fact.record
    if record is None:
        info.error = f"There is no package '{ref.name}' in the {registry.title}; check the name."
        return info
    newest = newest_of(record)
    chosen = newest
    if ref.range:
        try:
            if not (newest and registry.in_range(newest.version, ref.range)):
                chosen = pick(record, accept=lambda r: registry.in_range(r.version, ref.range))
        except CoderError as error:
            info.error = str(error)
            return info
    info.newest = newest.version if newest else ""
    pre = pick(record, pre=True)
    if pre and (newest is None or record.releases.index(pre) < record.releases.index(newest)):
        info.prerelease = pre.version
    if chosen is None:
        info.error = _nothing_fits(ref, info, record)
        return info
    info.version = chosen.version
    info.release_date = _date(chosen.published)
    info.runtime = chosen.runtime
    info.license = record.license
    info.summary = record.summary
    info.documentation_url = record.documentation_url
    info.repository_url = record.repository_url
    info.compatibility = dict(record.compatibility)
    withdrawn = chosen.withdrawn if chosen.withdrawn != record.deprecated else ""
    info.deprecations = [d for d in (record.deprecated, withdrawn) if d] + deprecations
    return info


def describe_source(title: str, fact: Fact) -> str:
    """Where a fact comes from, in words, with its age when it is not from now."""
    if fact.origin is Origin.LIVE:
        return title
    age = age_of(datetime.now(UTC) - fact.fetched_at)
    if fact.origin is Origin.CACHED:
        return f"{title} (asked {age} ago)"
    why = f"; now: {fact.note}" if fact.note else ""
    return f"{title} (asked {age} ago, past its time to live{why})"


def age_of(age: timedelta) -> str:
    """A duration in its largest unit, e.g. `3 days`."""
    seconds = max(0, int(age.total_seconds()))
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} s"


def advice(knowledge: KnowledgeBase, ecosystem: str, package: str) -> tuple[list[str], list[str]]:
    """(deprecations, best practices) that the knowledge base holds on a package, dated."""
    deprecations: list[str] = []
    practices: list[str] = []
    for passage in knowledge.about(ecosystem, package)[:MAX_ADVICE]:
        lines = [
            line
            for line in passage.text.splitlines()
            if line.strip() and not line.startswith(("Packages:", "Evidence:", "Replaces:"))
        ]
        text = " ".join(lines)
        if len(text) > MAX_ADVICE_CHARS:
            text = text[:MAX_ADVICE_CHARS].rsplit(" ", 1)[0] + " …"
        line = f"{passage.heading}: {text} (knowledge base, {passage.document.verified})"
        gone = f"Replaces: {package.lower()}" in passage.text.replace("`", "")
        (deprecations if gone else practices).append(line)
    return deprecations, practices


def failed(ref: PackageRef, error: CoderError, knowledge: KnowledgeBase) -> TechInfo:
    """The TechInfo of a reference that could not be looked up."""
    deprecations, practices = advice(knowledge, ref.ecosystem, ref.name)
    return TechInfo(
        name=ref.name,
        ecosystem=ref.ecosystem,
        error=str(error),
        deprecations=deprecations,
        best_practices=practices,
    )


def _nothing_fits(ref: PackageRef, info: TechInfo, record: PackageRecord) -> str:
    if ref.range and "older versions" in record.gaps:
        return (
            f"The registry told only the newest version of '{ref.name}', {info.newest}, which "
            f"does not fit '{ref.range}'; whether an older one does is not known."
        )
    if ref.range:
        newest = f"; the newest is {info.newest}" if info.newest else ""
        return f"No stable release of '{ref.name}' fits '{ref.range}'{newest}."
    if info.prerelease:
        return (
            f"'{ref.name}' has no stable release yet; its newest pre-release is {info.prerelease}."
        )
    return f"Every release of '{ref.name}' was withdrawn by its authors; choose another package."


def _date(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found
