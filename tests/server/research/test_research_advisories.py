"""Known vulnerabilities, withdrawn versions and licences of what a lock pins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.languages.base import Package
from autonomous_coder.models.validation import CheckStatus, Severity
from registry_standin import RegistryStandin
from research_helpers import MemoryCache, engine

pytestmark = pytest.mark.anyio

OSV = {
    "GHSA-aaaa": {
        "id": "GHSA-aaaa",
        "aliases": ["CVE-2026-1", "PYSEC-1"],
        "summary": "Requests are smuggled",
        "database_specific": {"severity": "HIGH"},
        "affected": [
            {
                "package": {"name": "demo", "ecosystem": "PyPI"},
                "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}]}
                ],
            }
        ],
    },
    "PYSEC-1": {"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "details": "The same"},
    "GHSA-gone": {"id": "GHSA-gone", "withdrawn": "2026-01-01T00:00:00Z"},
}


def osv(registry: RegistryStandin, found: dict[tuple[str, str], list[str]]) -> None:
    def batch(question: Any) -> Any:
        return {
            "results": [
                {"vulns": [{"id": i} for i in found.get((q["package"]["name"], q["version"]), ())]}
                for q in question["queries"]
            ]
        }

    registry.questions["/v1/querybatch"] = batch
    for name, entry in OSV.items():
        registry.add_text(f"/v1/vulns/{name}", json.dumps(entry), "application/json")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Any:
    with RegistryStandin() as standin:
        for name, value in standin.env().items():
            monkeypatch.setenv(name, value)
        yield standin


async def test_one_vulnerability_under_several_names_is_told_once_with_its_remedy(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    osv(registry, {("demo", "1.1"): ["PYSEC-1", "GHSA-aaaa", "GHSA-gone"]})
    cache = MemoryCache()
    packages = [Package("pypi", "demo", "1.1", True, "uv.lock", 7), Package("pypi", "ok", "2")]
    async with engine(tmp_path, cache, osv_url=registry.url) as research:
        result = await research.check_advisories(packages)
        again = await research.check_advisories(packages)
    assert result.status is CheckStatus.FAILED
    (finding,) = result.diagnostics
    assert (finding.code, finding.path, finding.line) == ("GHSA-aaaa", "uv.lock", 7)
    assert finding.severity is Severity.ERROR
    assert "Requests are smuggled" in finding.message
    assert "Mended in 1.2" in finding.message
    assert again.diagnostics == result.diagnostics
    assert registry.count("/v1/querybatch") == 1


async def test_npm_is_asked_in_bulk_and_only_affected_versions_count(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    entry = {
        "id": 1,
        "url": "https://github.com/advisories/GHSA-bbbb",
        "title": "Prototype pollution",
        "severity": "moderate",
        "vulnerable_versions": ">=1.0.0 <4.17.21",
    }
    registry.questions["/npm/-/npm/v1/security/advisories/bulk"] = lambda q: {
        name: [entry] for name in q
    }
    packages = [Package("npm", "old", "4.17.0"), Package("npm", "new", "4.17.21")]
    async with engine(tmp_path, osv_url="") as research:
        result = await research.check_advisories(packages)
    assert [(d.code, d.severity) for d in result.diagnostics] == [("GHSA-bbbb", Severity.WARNING)]
    assert "old 4.17.0" in result.diagnostics[0].message
    assert "Mended in 4.17.21" in result.diagnostics[0].message
    assert result.status is CheckStatus.PASSED


async def test_a_source_that_refuses_means_not_checked_and_never_none(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    packages = [Package("npm", "left", "1.0.0"), Package("crates", "serde", "1.0.0")]
    async with engine(tmp_path, osv_url="") as research:
        result = await research.check_advisories(packages)
        again = await research.check_advisories(packages)
    assert again.reason == result.reason
    assert registry.count("/npm/-/npm/v1/security/advisories/bulk") == 1
    assert result.status is CheckStatus.NOT_RUN
    assert "npm" in result.reason
    assert "405" in result.reason
    assert "crates" in result.reason
    assert "not checked" in result.reason


async def test_withdrawn_and_copyleft_packages_are_told_even_where_nobody_knows_vulnerabilities(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.add_python(
        "demo", {"1.0": {"yanked": "broken wheels"}, "1.1": {}}, details={"license": "GPL-3.0-only"}
    )
    async with engine(tmp_path, osv_url="") as research:
        result = await research.check_advisories([Package("pypi", "demo", "1.0", True)])
    assert {d.code for d in result.diagnostics} == {"withdrawn", "licence"}
    assert any("broken wheels" in d.message for d in result.diagnostics)
    assert result.status is CheckStatus.NOT_RUN


async def test_the_python_index_itself_is_asked_where_osv_refuses(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    page = {"vulnerabilities": [{"id": "PYSEC-9", "summary": "Leaks", "fixed_in": ["3.1"]}]}
    registry.add_text("/pypi/demo/3.0/json", json.dumps(page), "application/json")
    async with engine(tmp_path, osv_url=registry.url) as research:
        result = await research.check_advisories([Package("pypi", "demo", "3.0")])
    assert [d.code for d in result.diagnostics] == ["PYSEC-9"]
    assert "Mended in 3.1" in result.diagnostics[0].message
