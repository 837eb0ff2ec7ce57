"""What a Python project says of itself: the JSON API's `info`, or a wheel's METADATA."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from autonomous_coder.registries.base import (
    MAX_DEPENDENCIES,
    MAX_NAME_CHARS,
    PackageRecord,
    link,
    text,
)
from autonomous_coder.registries.replacements import successor

INACTIVE = "Development Status :: 7 - Inactive"
_FORGE = re.compile(r"https?://(?:github|gitlab|codeberg|bitbucket)\.\w+/[^/]+/[^/]")
LICENCE = "License :: OSI Approved :: "


def describe(record: PackageRecord, details: Mapping[str, Any], version: str) -> PackageRecord:
    """Add what only the JSON API knows of `version`; without it the gaps are named."""
    info = details.get("info")
    if not isinstance(info, dict):
        return replace(record, gaps=(*record.gaps, "summary", "licence", "links", "dependencies"))
    urls = info.get("project_urls")
    links = {str(k).lower(): v for k, v in urls.items()} if isinstance(urls, dict) else {}
    docs = next((v for k, v in links.items() if "doc" in k), "") or links.get("homepage")
    source = next((v for k, v in links.items() if k in ("repository", "source", "code")), "")
    source = source or next((v for k, v in links.items() if "source" in k or "github" in k), "")
    if not source:
        source = next((v for v in (*links.values(), info.get("home_page")) if _is_forge(v)), "")
    dates = _dates(details.get("releases"))
    releases = tuple(
        r if r.published else replace(r, published=dates.get(r.version, ""))
        for r in record.releases
    )
    classifiers = info.get("classifiers")
    classifiers = classifiers if isinstance(classifiers, list) else []
    summary = text(info.get("summary"))
    deprecated = record.deprecated
    if not deprecated and INACTIVE in classifiers:
        deprecated = "its authors mark it as inactive"
    if not deprecated and re.match(r"\W*(?:deprecated|obsolete|renamed|moved)\b", summary, re.I):
        deprecated = summary
    said = f"{deprecated} {summary if deprecated else ''}"
    wanted = info.get("requires_dist")
    return replace(
        record,
        releases=releases,
        summary=summary,
        license=_licence(info, classifiers),
        documentation_url=link(docs) or link(info.get("home_page")),
        repository_url=link(source),
        deprecated=deprecated,
        replacement=record.replacement or successor(said, "pypi", record.name),
        described=version,
        dependencies=requirements(wanted if isinstance(wanted, list) else []),
        gaps=tuple(g for g in record.gaps if g != "release dates" or not dates),
    )


def _is_forge(url: object) -> bool:
    return isinstance(url, str) and bool(
        re.match(
            r"https?://(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/[^/]+/[^/]", url
        )
    )


def _licence(info: Mapping[str, Any], classifiers: Iterable[object]) -> str:
    """The expression, else a short text, else the classifier (some put the whole text there)."""
    plain = info.get("license")
    named = [
        c.removeprefix(LICENCE) for c in classifiers if isinstance(c, str) and c.startswith(LICENCE)
    ]
    if expression := text(info.get("license_expression"), 100):
        return expression
    if isinstance(plain, str) and plain.strip() and len(plain) <= 60 and "\n" not in plain.strip():
        return text(plain)
    return text(", ".join(named), 100) or text(plain, 100)


def requirements(rows: Iterable[object]) -> dict[str, str]:
    """Name -> range of what is needed without extras; a marker stands after a semicolon."""
    from packaging.requirements import InvalidRequirement, Requirement

    found: dict[str, str] = {}
    for row in rows:
        if len(found) >= MAX_DEPENDENCIES:
            break
        if not isinstance(row, str) or len(row) > 1_000:
            continue
        try:
            needed = Requirement(row)
        except InvalidRequirement:
            continue
        marker = str(needed.marker or "")
        if re.search(r"\bextra\b", marker):
            continue
        name = re.sub(r"[-_.]+", "-", needed.name).lower()[:MAX_NAME_CHARS]
        range_ = str(needed.specifier) + (f"; {marker}" if marker else "")
        # The same name under several markers: all of them are told.
        found[name] = text(f"{found[name]} | {range_}" if name in found else range_, 200)
    return found


def from_metadata(document: str) -> dict[str, Any]:
    """A METADATA file in the shape of the JSON API's answer."""
    from email.parser import HeaderParser

    headers = HeaderParser().parsestr(document)
    urls: dict[str, str] = {}
    for row in headers.get_all("Project-URL", []):
        label, _, url = str(row).partition(",")
        urls[label.strip()] = url.strip()
    return {
        "info": {
            "summary": str(headers.get("Summary", "")),
            "license_expression": str(headers.get("License-Expression", "")),
            "license": str(headers.get("License", "")),
            "home_page": str(headers.get("Home-page", "")),
            "project_urls": urls,
            "classifiers": [str(row) for row in headers.get_all("Classifier", [])],
            "requires_dist": [str(row) for row in headers.get_all("Requires-Dist", [])],
        }
    }


def _dates(releases: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for version, files in releases.items() if isinstance(releases, dict) else ():
        times = [
            text(file.get("upload_time_iso_8601"), 40)
            for file in (files if isinstance(files, list) else [])
            if isinstance(file, dict)
        ]
        if any(times):
            found[str(version)] = min(t for t in times if t)
    return found
