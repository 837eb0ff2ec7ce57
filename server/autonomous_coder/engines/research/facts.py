"""From a registry's record to the TechInfo of a reference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from autonomous_coder.engines.knowledge import KnowledgeBase
from autonomous_coder.engines.research.lookup import Fact
from autonomous_coder.errors import CoderError
from autonomous_coder.models.technology import MajorLine, Origin, PackageRef, TechInfo
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import PackageRecord, Release, pick
from autonomous_coder.registries.summary import major_lines
from autonomous_coder.registries.summary import newest_of as newest_of

MAX_ADVICE = 6
MAX_ADVICE_CHARS = 400


def chosen_of(ref: PackageRef, record: PackageRecord) -> tuple[Release | None, Release | None]:
    """(the newest stable release, the newest one that fits the reference's range).

    Raises:
        InvalidInputError: the range cannot be read.
    """
    newest = newest_of(record)
    if not ref.range:
        return newest, newest
    registry = REGISTRIES[ref.ecosystem]
    if newest and registry.in_range(newest.version, ref.range):
        return newest, newest
    return newest, pick(record, accept=lambda r: registry.in_range(r.version, ref.range))


def wants_whole(ref: PackageRef, record: PackageRecord | None) -> bool:
    """Whether a trimmed record cannot answer for the reference's range."""
    if record is None or not record.trimmed or not ref.range:
        return False
    newest = newest_of(record)
    return not (newest and REGISTRIES[ref.ecosystem].in_range(newest.version, ref.range))


def tech_info(ref: PackageRef, fact: Fact, advice_: Advice) -> TechInfo:
    """What is known of a reference, with source and age. Never raises for a package's own data."""
    record = fact.record
    # Collected first: a model that checks each assignment is built once.
    values: dict[str, Any] = {
        "name": ref.name,
        "ecosystem": ref.ecosystem,
        "origin": fact.origin,
        "fetched_at": fact.fetched_at,
        "source": describe_source(REGISTRIES[ref.ecosystem].title, fact),
        "deprecations": list(advice_.deprecations),
        "best_practices": list(advice_.practices),
        "replacement": advice_.replacement,
    }
    if record is None:
        title = REGISTRIES[ref.ecosystem].title
        values["error"] = f"There is no package '{ref.name}' in the {title}; check the name."
        return TechInfo(**values)
    try:
        newest, chosen = chosen_of(ref, record)
    except CoderError as error:
        return TechInfo(**values, error=str(error))
    values |= {
        "newest": newest.version if newest else "",
        "prerelease": _newer_prerelease(record, newest),
        "majors": [
            MajorLine.model_construct(line=line, version=version, released=day[:10])
            for line, version, day in major_lines(record)
        ],
        "summary": record.summary,
        "documentation_url": record.documentation_url,
        "repository_url": record.repository_url,
        "replacement": record.replacement or advice_.replacement,
        "gaps": list(record.gaps),
    }
    withdrawn = chosen.withdrawn if chosen and chosen.withdrawn != record.deprecated else ""
    said = [d for d in (record.deprecated, withdrawn) if d]
    values["deprecations"] = [*said, *advice_.deprecations]
    if chosen is None:
        info = TechInfo(**values)
        info.error = _nothing_fits(ref, info, record)
        return info
    values |= {
        "version": chosen.version,
        "release_date": _date(chosen.published),
        "runtime": chosen.runtime,
        "license": record.license,
        "compatibility": dict(record.compatibility),
    }
    if chosen.version == record.described:
        values |= {"dependencies": dict(record.dependencies), "peers": dict(record.peers)}
    return TechInfo(**values)


def _newer_prerelease(record: PackageRecord, newest: Release | None) -> str:
    """The newest pre-release when it is newer than the newest stable release, else empty."""
    for release in record.releases:
        if release is newest:
            return ""
        if release.prerelease and not release.withdrawn:
            return release.version
    return ""


def detailed(info: TechInfo, record: PackageRecord) -> None:
    """Put in what was asked of the chosen version itself, an older one than the newest."""
    info.dependencies, info.peers = dict(record.dependencies), dict(record.peers)
    info.license = record.license or info.license
    release = next((r for r in record.releases if r.version == info.version), None)
    if release:
        info.release_date = info.release_date or _date(release.published)
        info.runtime = info.runtime or release.runtime


def describe_source(title: str, fact: Fact) -> str:
    """Where a fact comes from, in words, with its age when it is not from now."""
    if fact.record and fact.record.index:
        title = f"{title} ({fact.record.index})"
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


@dataclass(frozen=True, slots=True)
class Advice:
    """What the knowledge base holds on a package, each line dated."""

    deprecations: tuple[str, ...] = ()
    practices: tuple[str, ...] = ()
    replacement: str = ""


def advice(knowledge: KnowledgeBase, ecosystem: str, package: str) -> tuple[list[str], list[str]]:
    """(deprecations, best practices) that the knowledge base holds on a package, dated."""
    found = advice_on(knowledge, ecosystem, package)
    return list(found.deprecations), list(found.practices)


def advice_on(knowledge: KnowledgeBase, ecosystem: str, package: str) -> Advice:
    """What the knowledge base holds on a package, and what it names as its successor."""
    deprecations: list[str] = []
    practices: list[str] = []
    for passage in knowledge.about(ecosystem, package)[:MAX_ADVICE]:
        text = " ".join(passage.prose.split())
        if len(text) > MAX_ADVICE_CHARS:
            text = text[:MAX_ADVICE_CHARS].rsplit(" ", 1)[0] + " …"
        line = f"{passage.heading}: {text} (knowledge base, {passage.document.verified})"
        gone = passage.successor_of(package) is not None
        (deprecations if gone else practices).append(line)
    successor = knowledge.replacement(ecosystem, package) if deprecations else ""
    return Advice(tuple(deprecations), tuple(practices), successor)


def failed(ref: PackageRef, error: CoderError, advice_: Advice) -> TechInfo:
    """The TechInfo of a reference that could not be looked up."""
    return TechInfo(
        name=ref.name,
        ecosystem=ref.ecosystem,
        error=str(error),
        deprecations=list(advice_.deprecations),
        best_practices=list(advice_.practices),
        replacement=advice_.replacement,
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
