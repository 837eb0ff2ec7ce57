"""Cooldown and compatibility of Python stacks; several ecosystems at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from autonomous_coder.engines.research.resolving.compatibility import read_stack
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.generation import Dependencies
from registry_standin import RegistryStandin
from resolving_helpers import add_crate, needs, pin_of, resolving, use_crates

pytestmark = pytest.mark.anyio
YOUNG = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryStandin]:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    with RegistryStandin() as standin:
        monkeypatch.setenv("UV_DEFAULT_INDEX", standin.python_index)
        use_crates(monkeypatch, standin, tmp_path / "cargo-home")
        yield standin


def add(registry: RegistryStandin, name: str, versions: Mapping[str, Mapping[str, Any]]) -> None:
    """A project with wheels; per version: requires_python, uploaded, needs."""
    registry.add_python(name, versions)
    for version, facts in versions.items():
        plain = name.replace("-", "_")
        lines = [f"Requires-Dist: {need}" for need in facts.get("needs", ())]
        if facts.get("requires_python"):
            lines.append(f"Requires-Python: {facts['requires_python']}")
        buffer = BytesIO()
        with ZipFile(buffer, "w") as archive:
            info = f"{plain}-{version}.dist-info"
            head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            archive.writestr(f"{info}/METADATA", head + "\n".join(lines) + "\n")
            archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            archive.writestr(f"{info}/RECORD", "")
        page = ("application/zip", buffer.getvalue())
        registry.pages[f"/files/{plain}-{version}-py3-none-any.whl"] = page


@pytest.mark.thorough
async def test_a_conflict_is_as_small_as_can_be_and_the_nearest_set_works(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add(registry, "web", {"1.0": {"needs": ["base<2"]}, "2.0": {"needs": ["base>=2"]}})
    add(registry, "base", {"1.5": {}, "2.5": {}})
    for name in ("plain-a", "plain-b", "plain-c"):
        add(registry, name, {"1.0": {}})
    add(registry, "late", {"5.0": {}, "6.0": {"requires_python": ">=3.12"}})
    add_crate(registry, "server", {"vers": "0.8.2"})
    stack = {
        "python": "3.11", "plain-a": "", "web": "1.0", "plain-b": ">=1", "base": ">=2",
        "plain-c": "",
    }  # fmt: skip
    async with resolving(tmp_path / "work") as engine:
        answer = await engine.check_compatibility(stack)
        assert not answer.compatible
        assert sorted(answer.conflict) == ["base>=2", "web==1.0"]
        assert "depends on base<2" in answer.reason
        [nearest] = answer.nearest
        assert nearest.versions()["web"] == "2.0"
        assert nearest.versions()["base"] == "2.5"
        assert "web==1.0 -> 2.0" in "\n".join(answer.notes)

        answer = await engine.check_compatibility({"python": "3.11", "late": ">=6", "plain-a": ""})
        assert sorted(answer.conflict) == ["late>=6", "python ==3.11.*"]
        assert "On python >=3.12 they go together." in answer.notes
        assert answer.nearest[0].versions() == {"late": "5.0", "plain-a": "1.0"}


@needs("cargo")
async def test_several_ecosystems_are_checked_at_once(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add(registry, "web", {"1.0": {}})
    add_crate(registry, "server", {"vers": "0.8.2"})
    async with resolving(tmp_path / "work") as engine:
        stack = {"pypi:web": "", "crates:server": "0.8", "rust": "1.85", "python": ">=3.11"}
        answer = await engine.check_compatibility(stack)
        assert answer.compatible
        assert [found.ecosystem for found in answer.resolutions] == ["pypi", "crates"]
        assert await engine.validate_compatibility(stack)
        assert not await engine.validate_compatibility({**stack, "crates:server": "0.9"})
        assert await engine.validate_compatibility({"python": "3.11"})


async def test_a_cooldown_holds_python_packages_and_leaves_no_trace_in_the_lock(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    add(registry, "calm", {"1.0": {}, "2.0": {"uploaded": YOUNG}})
    add(registry, "holey", {"1.0": {}, "1.1": {"uploaded": YOUNG}})

    def vulnerable(asked: dict[str, Any]) -> dict[str, Any]:
        hit = [q["package"]["name"] == "holey" and q["version"] == "1.0" for q in asked["queries"]]
        return {"results": [{"vulns": [{"id": "GHSA-x"}]} if h else {} for h in hit]}

    registry.questions["/osv/v1/querybatch"] = vulnerable
    fixed = {"package": {"name": "holey"}, "ranges": [{"type": "ECOSYSTEM",
             "events": [{"introduced": "0"}, {"fixed": "1.1"}]}]}  # fmt: skip
    import json

    details = json.dumps({"id": "GHSA-x", "affected": [fixed]})
    registry.add_text("/osv/v1/vulns/GHSA-x", details, "application/json")
    asked = Dependencies(ecosystem="pypi", runtime=">=3.11", packages=["calm", "holey"])
    settings = {"minimum_age_days": 7, "osv_url": f"{registry.url}/osv"}
    async with resolving(tmp_path / "work", None, **settings) as engine:
        found = await engine.resolve(asked)
        assert found.versions() == {"calm": "1.0", "holey": "1.1"}
        assert "younger than the cooldown of 7 days" in pin_of(found, "calm").held_by
        assert "it mends GHSA-x of 1.0" in "\n".join(found.notes)
        manifest = (
            '[project]\nname = "demo"\nversion = "0"\nrequires-python = ">=3.11"\n'
            'dependencies = ["calm>=1.0", "holey>=1.1"]\n'
        )
        lock = await engine.lock(manifest)
        assert 'name = "calm"\nversion = "1.0"' in lock
        assert 'name = "holey"\nversion = "1.1"' in lock
        assert "exclude-newer" not in lock
        without = asked.model_copy(update={"minimum_age_days": 0})
        without = Dependencies.model_validate(without.model_dump())
        assert (await engine.resolve(without)).versions() == {"calm": "2.0", "holey": "1.1"}


def test_stacks_are_read_by_ecosystem_with_their_runtimes() -> None:
    parts = read_stack(
        {"python": "3.12", "Django": "6.1", "npm:@types/node": "latest", "node": "22", "go": "1.25"}
    )
    assert [(p.ecosystem, p.runtime, p.packages) for p in parts] == [
        ("pypi", "==3.12.*", {"Django": "==6.1"}),
        ("npm", "22", {"@types/node": ""}),
    ]
    with pytest.raises(InvalidInputError):
        read_stack({f"p{i}": "" for i in range(200)})


@pytest.mark.live
@pytest.mark.slow
@pytest.mark.thorough
@needs("npm", "node", "go", "cargo", "mvn")
async def test_a_stack_over_all_ecosystems_goes_together(tmp_path: Path) -> None:
    stack = {
        "python": ">=3.11", "fastapi": "", "node": "20", "npm:vite": "", "npm:vitest": "",
        "go:github.com/jackc/pgx/v5": "", "crates:axum": "", "maven:org.slf4j:slf4j-api": "",
    }  # fmt: skip
    async with resolving(tmp_path) as engine:
        answer = await engine.check_compatibility(stack)
    assert answer.compatible, answer.reason
    assert len(answer.resolutions) == 5
    for found in answer.resolutions:
        for pin in found.pins:
            assert not pin.direct or bool(pin.held_by) == (pin.version != pin.newest), pin


@pytest.mark.live
@pytest.mark.slow
@needs("go")
async def test_a_real_module_is_resolved_for_an_older_go(tmp_path: Path) -> None:
    asked = Dependencies(ecosystem="go", runtime="1.24", packages=["github.com/jackc/pgx/v5"])
    async with resolving(tmp_path) as engine:
        found = await engine.resolve(asked)
    pin = pin_of(found, "github.com/jackc/pgx/v5")
    assert pin.version != pin.newest
    assert "requires Go" in pin.held_by
