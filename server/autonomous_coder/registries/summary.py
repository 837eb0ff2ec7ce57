"""What of a record matters most: the newest release, the newest of each major line."""

from __future__ import annotations

import re
from dataclasses import replace

from autonomous_coder.registries.base import PackageRecord, Release, pick

MAX_LINES = 12
SMALL = 24
"""Records with at most so many releases are kept whole."""
_FIRST = re.compile(r"(?:\d+!)?v?(\d{1,9})")


def newest_of(record: PackageRecord) -> Release | None:
    """The newest stable release; where the registry names one as latest, that one."""
    if record.preferred:
        for release in record.releases:
            if release.version == record.preferred and not release.prerelease:
                if not release.withdrawn or record.ecosystem == "npm":
                    return release
                break
    return pick(record)


def line_of(version: str) -> str:
    """The major line of a version, e.g. `18`; empty when it has none."""
    match = _FIRST.match(version)
    return match[1] if match else ""


def major_lines(record: PackageRecord) -> list[tuple[str, str, str]]:
    """(line, newest stable version, date) of each major line, the newest first; at most 12.

    A line all of whose releases are withdrawn is left out.
    """
    found = {line: (line, version, date) for line, version, date in record.further}
    newest = newest_of(record)
    rows = [newest, *record.releases] if newest else list(record.releases)
    for release in rows:
        if release.prerelease or (release.withdrawn and release is not newest):
            continue
        line = line_of(release.version)
        # What the registry calls the latest speaks for its own line only.
        if line and line not in found:
            found[line] = (line, release.version, release.published)
    return sorted(found.values(), key=lambda row: -int(line_of(row[0]) or 0))[:MAX_LINES]


def brief(record: PackageRecord) -> PackageRecord:
    """The record with the releases that most questions are about; small enough to read by the
    hundred. `trimmed` when something was left out."""
    count = record.count or len(record.releases)
    oldest = record.oldest or min((r.published for r in record.releases if r.published), default="")
    if len(record.releases) <= SMALL:
        return replace(record, count=count, oldest=oldest)
    wanted = {version for _, version, _ in major_lines(record)}
    for release in (newest_of(record), pick(record, pre=True)):
        wanted |= {release.version} if release else set()
    kept = tuple(r for r in record.releases if r.version in wanted)
    return replace(record, releases=kept, trimmed=True, count=count, oldest=oldest)
