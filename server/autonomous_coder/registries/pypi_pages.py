"""Pages of the Simple API, as JSON and as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from autonomous_coder.registries.base import (
    MAX_RELEASES,
    PackageRecord,
    Release,
    hosts_of,
    load_json,
    malformed,
    text,
)
from autonomous_coder.registries.replacements import successor
from autonomous_coder.registries.transport import Reply

if TYPE_CHECKING:
    from packaging.version import Version

TITLE = "Python package index"
# A page is cut at its anchors first and the patterns are possessive: a hostile page costs time in
# proportion to its length, no more.
ANCHOR_START = re.compile(r"<a\s", re.I)
ANCHOR = re.compile(r"""((?:[^>"']++|"[^"]*+"|'[^']*+')*+)>([^<]*+)</a""", re.I)
ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,40}+)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
META = re.compile(r"""<meta\s+name="pypi:(project-status(?:-reason)?)"\s+content="([^"]{0,500}+)""")
SDISTS = (".tar.gz", ".zip")
MAX_LINKS = 100
MAX_FILES = 200_000
MAX_ANCHOR_CHARS = 8_000


class File:
    """One file of a project, as either serialisation tells it."""

    __slots__ = ("metadata", "name", "published", "runtime", "url", "yanked")

    def __init__(
        self,
        name: str,
        url: str,
        runtime: str,
        yanked: str,
        published: str,
        *,
        metadata: bool = False,
    ) -> None:
        self.name, self.url, self.runtime = name, url, runtime
        self.yanked, self.published, self.metadata = yanked, published, metadata


def read_simple(name: str, reply: Reply) -> PackageRecord:
    """A project page of the Simple API in either form.

    Raises:
        RegistryError: it is neither.
    """
    return read_page(name, reply)[0]


def read_page(name: str, reply: Reply) -> tuple[PackageRecord, list[File]]:
    """Like `read_simple`, and the wheels whose METADATA can be had."""
    kind = reply.content_type
    if kind.endswith("+json") or kind == "application/json":
        data = load_json(reply.body, TITLE)
        files, status = _json_files(data), _json_status(data)
    elif kind in ("text/html", "application/vnd.pypi.simple.v1+html"):
        page = reply.body.decode("utf-8", "replace")
        files = list(_html_files(page))
        if not files and "<a" not in page.lower() and "<html" not in page.lower():
            raise malformed(TITLE, "is not a page of the Simple API")
        status = _status(dict(META.findall(page[:20_000])))
    else:
        raise malformed(TITLE, f"is of the unknown type '{text(kind, 60)}'")
    record = PackageRecord(
        ecosystem="pypi",
        name=name,
        releases=_releases(name, files),
        deprecated=status,
        replacement=successor(status, "pypi", name),
        file_hosts=hosts_of([_absolute(reply.url, file.url) for file in files[-MAX_LINKS:]]),
        gaps=() if any(file.published for file in files) else ("release dates",),
    )
    described = [file for file in files if file.metadata]
    for file in described:
        file.url = _absolute(reply.url, file.url)
    return record, described


def _json_files(data: dict[str, Any]) -> list[File]:
    rows = data.get("files")
    if not isinstance(rows, list):
        raise malformed(TITLE, "holds no list of files")
    files = []
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("filename"), str):
            raise malformed(TITLE, "lists files without names")
        yanked = row.get("yanked")
        reason = text(yanked) or "yanked" if yanked not in (False, None) else ""
        files.append(
            File(
                row["filename"][:300],
                text(row.get("url"), 2_000),
                text(row.get("requires-python"), 100),
                reason,
                text(row.get("upload-time"), 40),
                metadata=bool(row.get("core-metadata") or row.get("data-dist-info-metadata")),
            )
        )
    return files


def _html_files(page: str) -> Iterable[File]:
    for chunk in islice(ANCHOR_START.split(page), 1, MAX_FILES):
        match = ANCHOR.match(chunk[:MAX_ANCHOR_CHARS])
        if not match:
            continue
        found = {m[1].lower(): unescape(m[2] or m[3] or "") for m in ATTRIBUTE.finditer(match[1])}
        name = match[2].strip()
        yanked = found.get("data-yanked")
        reason = "" if yanked is None and "data-yanked" not in match[1] else yanked or "yanked"
        runtime = text(found.get("data-requires-python", ""), 100)
        has = "data-core-metadata" in match[1] or "data-dist-info-metadata" in match[1]
        yield File(unescape(name), found.get("href", ""), runtime, text(reason), "", metadata=has)


def _absolute(base: str, url: str) -> str:
    try:
        return urljoin(base, url[:2_000])
    except ValueError:
        return ""


def _json_status(data: dict[str, Any]) -> str:
    status = data.get("project-status")
    if not isinstance(status, dict):
        return ""
    return _status(
        {
            "project-status": text(status.get("status")),
            "project-status-reason": text(status.get("reason")),
        }
    )


def _status(values: dict[str, str]) -> str:
    status = values.get("project-status", "")
    if status in ("", "active"):
        return ""
    reason = text(unescape(values.get("project-status-reason", "")))
    return f"the project is marked {text(status, 30)}" + (f": {reason}" if reason else "")


@lru_cache(maxsize=2_000)
def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def version_in(filename: str, name: str) -> str:
    """The version a file name holds, or empty when it is no wheel or source archive of `name`."""
    if filename.endswith(".whl"):
        parts = filename.split("-")
        return parts[1] if len(parts) >= 5 else ""
    for suffix in SDISTS:
        if filename.endswith(suffix):
            stem = filename[: -len(suffix)]
            head, tail = stem[: len(name)], stem[len(name) :]
            same = _plain(head) == name
            return tail[1:] if same and tail[:1] in ("-", "_") else stem.rpartition("-")[2]
    return ""


def _releases(name: str, files: list[File]) -> tuple[Release, ...]:
    from packaging.version import InvalidVersion, Version

    by_text: dict[str, Version | None] = {}
    grouped: dict[Version, list[File]] = {}
    for file in files:
        raw = version_in(file.name, name)
        if raw not in by_text:
            if len(by_text) >= MAX_RELEASES or not raw:
                continue
            try:
                by_text[raw] = Version(raw)
            except InvalidVersion:
                by_text[raw] = None
        version = by_text[raw]
        if version is not None:
            grouped.setdefault(version, []).append(file)
    return tuple(_release(v, grouped[v]) for v in sorted(grouped, reverse=True))


def _release(version: Version, files: list[File]) -> Release:
    good = [file for file in files if not file.yanked]
    return Release(
        str(version),
        published=min((f.published for f in files if f.published), default=""),
        runtime=next((f.runtime for f in good or files if f.runtime), ""),
        prerelease=version.is_prerelease,
        withdrawn="" if good else files[0].yanked,
    )
