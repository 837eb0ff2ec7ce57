"""What a crate's archive says of it: the manifest in its first bytes. The index holds no licence,
description or links."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from autonomous_coder.registries.base import PackageRecord, link, ranges, text
from autonomous_coder.registries.replacements import successor

MAX_ARCHIVE_BYTES = 192 * 1024
MAX_UNPACKED_BYTES = 8 * 1024**2
MAX_MANIFEST_BYTES = 1_000_000


def index_path(name: str) -> str:
    """Where the sparse index keeps a crate."""
    low = name.lower()
    if len(low) < 3:
        return f"{len(low)}/{low}"
    return f"3/{low[0]}/{low}" if len(low) == 3 else f"{low[:2]}/{low[2:4]}/{low}"


def dependencies(row: dict[str, Any]) -> dict[str, str]:
    """What a version needs always: optional ones and those of tests and builds are left out."""
    deps = row.get("deps")
    return ranges(
        {
            text(dep.get("package"), 64) or text(dep.get("name"), 64): dep.get("req")
            for dep in (deps if isinstance(deps, list) else [])
            if isinstance(dep, dict)
            and dep.get("kind") in ("normal", None)
            and dep.get("optional") is not True
        }
    )


def archive_url(root: str, name: str, version: str, checksum: str) -> str:
    """Where the archive of a version is, by the index's `dl` template."""
    folder = index_path(name).rpartition("/")[0]
    marks = {
        "{crate}": name,
        "{version}": version,
        "{prefix}": index_path_of(name),
        "{lowerprefix}": folder,
        "{sha256-checksum}": checksum,
    }
    if not any(mark in root for mark in marks):
        return f"{root.rstrip('/')}/{quote(name)}/{quote(version)}/download"
    for mark, value in marks.items():
        root = root.replace(mark, quote(value))
    return root


def index_path_of(name: str) -> str:
    """The folder of a crate in its own spelling (`dl` templates may ask for that)."""
    if len(name) < 3:
        return str(len(name))
    return f"3/{name[0]}" if len(name) == 3 else f"{name[:2]}/{name[2:4]}"


def read_archive(body: bytes) -> dict[str, Any]:
    """The `package` table of the manifest in the first bytes of a crate's archive; empty when it
    is not in there. Unpacks at most a few megabytes."""
    import tomllib
    import zlib

    try:
        data = zlib.decompressobj(wbits=31).decompress(body, MAX_UNPACKED_BYTES)
    except zlib.error:
        return {}
    position = 0
    while position + 512 <= len(data):
        header = data[position : position + 512]
        path = header[:100].rstrip(b"\0").decode("utf-8", "replace")
        try:
            size = int(header[124:136].strip(b" \0") or b"0", 8)
        except ValueError:
            return {}
        start = position + 512
        if path.count("/") == 1 and path.endswith("/Cargo.toml"):
            if start + size > len(data) or size > MAX_MANIFEST_BYTES:
                return {}
            try:
                values = tomllib.loads(data[start : start + size].decode())
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
                return {}
            package = values.get("package")
            return package if isinstance(package, dict) else {}
        position = start + -(-size // 512) * 512
    return {}


def with_manifest(record: PackageRecord, package: dict[str, Any]) -> PackageRecord:
    """The record with what the crate's own manifest says."""
    summary = text(re.sub(r"\s+", " ", str(package.get("description") or "")))
    retired = re.match(r"\W*(?:deprecated|obsolete|renamed|unmaintained|moved)\b", summary, re.I)
    return replace(
        record,
        summary=summary,
        license=text(package.get("license"), 100) or text(package.get("license-file"), 100),
        documentation_url=link(package.get("documentation")) or link(package.get("homepage")),
        repository_url=link(package.get("repository")),
        deprecated=summary if retired else "",
        replacement=successor(summary if retired else "", "crates", record.name),
    )
