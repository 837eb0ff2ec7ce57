"""Answers whose parts are something else: an error of ours or a record, never a crash."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from autonomous_coder.errors import RegistryError
from autonomous_coder.registries import crates, gems, maven, npm, nuget, packagist
from autonomous_coder.registries.base import PackageRecord
from autonomous_coder.registries.crate_archive import dependencies, read_archive, with_manifest
from autonomous_coder.registries.go_mod import read_mod
from autonomous_coder.registries.maven_pom import parent_of, read_pom
from autonomous_coder.registries.pypi_metadata import describe, from_metadata
from autonomous_coder.registries.pypi_pages import read_page
from autonomous_coder.registries.replacements import successor
from autonomous_coder.registries.summary import brief, major_lines
from autonomous_coder.registries.transport import Reply

ODD: list[Any] = [None, True, 0, -1, 1.5, 10**400, "", "x", "\x00\ud800", "9" * 3_000, [], [[]], {},
                  {"a": {}}, ["1.0.0"], {"1.0.0": None}]  # fmt: skip
ROUNDS = 150

VERSION = {
    "name": "demo", "version": "1.0.0", "description": "x", "license": "MIT", "homepage": "https://h",
    "dependencies": {"a": "^1"}, "peerDependencies": {"b": "*"}, "engines": {"node": ">=20"},
    "peerDependenciesMeta": {"b": {"optional": True}}, "repository": {"url": "git+https://r/x.git"},
    "dist": {"tarball": "https://t/x.tgz"}, "deprecated": "use `c` instead",
}  # fmt: skip


def npm_page(value: Any) -> PackageRecord:
    return npm.read_packument("demo", json.dumps(value).encode())


def python_page(value: Any) -> PackageRecord:
    reply = Reply(
        200, {"content-type": "application/json"}, json.dumps(value).encode(), "https://i/"
    )
    return read_page("demo", reply)[0]


def python_details(value: Any) -> PackageRecord:
    return describe(PackageRecord("pypi", "demo"), value if isinstance(value, dict) else {}, "1.0")


def crate_index(value: Any) -> PackageRecord:
    record, rows = crates.read_index("demo", json.dumps(value).encode())
    for row in rows.values():
        dependencies(row)
    return record


def crate_manifest(value: Any) -> PackageRecord:
    return with_manifest(PackageRecord("crates", "demo"), value if isinstance(value, dict) else {})


def gem_details(value: Any) -> PackageRecord:
    record = PackageRecord("gems", "demo", described="1.0")
    first, second = value if isinstance(value, list) and len(value) == 2 else (value, value)
    return gems.described(record, first, second)


def composer_page(value: Any) -> PackageRecord:
    return packagist.read_package("acme/demo", json.dumps(value).encode())


def nuget_entries(value: Any) -> PackageRecord:
    rows = value if isinstance(value, list) else [value]
    return nuget.read_entries("Demo", [row for row in rows if isinstance(row, dict)])


DOCUMENTS: list[tuple[Callable[[Any], PackageRecord], Any]] = [
    (npm_page, {"name": "demo", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": VERSION},
                "time": {"1.0.0": "2026-01-01T00:00:00Z"}}),
    (python_page, {"files": [{"filename": "demo-1.0-py3-none-any.whl", "url": "x", "yanked": False,
                              "requires-python": ">=3.11", "upload-time": "2026-01-01T00:00:00Z",
                              "core-metadata": {"sha256": "0"}}],
                   "project-status": {"status": "archived", "reason": "x"}}),
    (python_details, {"info": {"summary": "x", "license": "MIT", "requires_dist": ["a>=1"],
                               "project_urls": {"Docs": "https://d"}, "classifiers": ["x"]},
                      "releases": {"1.0": [{"upload_time_iso_8601": "2026-01-01T00:00:00Z"}]}}),
    (crate_index, {"name": "demo", "vers": "1.0.0", "yanked": False, "rust_version": "1.70",
                   "deps": [{"name": "a", "req": "^1", "kind": "normal", "optional": False}]}),
    (crate_manifest, {"description": "x", "license": "MIT", "repository": "https://r"}),
    (gem_details, [{"info": "x", "licenses": ["MIT"], "homepage_uri": "https://h"},
                   [{"number": "1.0", "created_at": "2026-01-01", "licenses": ["MIT"]}]]),
    (composer_page, {"minified": "composer/2.0", "packages": {"acme/demo": [
        {"version": "1.0.0", "license": ["MIT"], "require": {"php": ">=8", "a/b": "^1"},
         "source": {"url": "https://s"}, "support": {"docs": "https://d"}, "abandoned": "a/c",
         "dist": {"url": "https://d"}, "time": "2026-01-01"}, {"version": "0.9.0"}]}}),
    (nuget_entries, [{"id": "Demo", "version": "1.0.0", "listed": True, "published": "2026-01-01",
                      "dependencyGroups": [{"targetFramework": "net8.0", "dependencies": [
                          {"id": "A", "range": "[1.0, )"}]}],
                      "deprecation": {"reasons": ["Legacy"], "alternatePackage": {"id": "B"}}}]),
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list) else ()  # fmt: skip
    for key, child in children:
        found += places(child, (*path, key))
    return found


def changed(document: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    result = copy.deepcopy(document)
    target = result
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = odd
    return result


@pytest.mark.parametrize(("read", "document"), DOCUMENTS, ids=lambda v: getattr(v, "__name__", ""))
def test_any_part_may_be_of_any_type(read: Callable[[Any], PackageRecord], document: Any) -> None:
    assert isinstance(read(document), PackageRecord)
    for path in places(document):
        for odd in ODD:
            try:
                record = read(changed(document, path, odd))
            except RegistryError:
                continue
            major_lines(record)
            again = PackageRecord.from_json(brief(record).to_json())
            assert again.name == record.name


def test_any_text_may_be_cut_or_garbled() -> None:
    source = random.Random(5)
    mod = (
        "// Deprecated: use x\nmodule a.b/c\n\ngo 1.24\nretract [v1.0.0, v1.1.0] // y\n"
        "require (\n\td.e/f v1\n)\n"
    )
    pom = (
        "<project><parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version>"
        "</parent><properties><x>${x}</x></properties><dependencies><dependency>"
        "<groupId>${x}</groupId><artifactId>b</artifactId></dependency></dependencies></project>"
    )
    for _ in range(ROUNDS):
        for text in (mod, pom):
            start, end = sorted(source.choices(range(len(text)), k=2))
            garbled = (
                text[:start] + "".join(source.choices("<>/()[]$ {}\n\x00v1", k=9)) + text[end:]
            )
            read_mod(garbled)
            parent_of(garbled)
            read_pom([garbled, pom], "g", "a", "1")
            from_metadata(garbled)
            successor(garbled, "npm", "x")
            read_archive(garbled.encode())
            for read in (gems.read_info, maven.read_metadata):
                try:
                    read(garbled.encode())
                except RegistryError:
                    continue
