"""What changed since a version or a day somebody remembers: from releases and from knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from autonomous_coder.engines.research import ResearchEngine, parse_ref
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.technology import Change
from autonomous_coder.settings import ResearchSettings
from registry_standin import Fault, RegistryStandin
from research_helpers import KNOWLEDGE, MemoryCache, engine, run_client, run_uv

pytestmark = pytest.mark.anyio


def release(day: str, **more: str) -> dict[str, str]:
    return {"uploaded": f"{day}T00:00:00Z", **more}


PYDANTIC = {
    "1.9": release("2022-01-01", requires_python=">=3.6"),
    "1.10": release("2022-09-01", requires_python=">=3.7", yanked="broken on import"),
    "1.10.1": release("2022-09-02", requires_python=">=3.7"),
    "2.0": release("2023-06-30", requires_python=">=3.7"),
    "2.5": release("2023-11-01", requires_python=">=3.9", yanked="wrong wheel"),
    "2.6": release("2024-01-01", requires_python=">=3.9"),
    "3.0": release("2026-02-01", requires_python=">=3.11"),
    "4.0rc1": release("2026-03-01"),
}
MANY = {f"{n}.0": release(f"20{n:02}-01-01") for n in range(1, 26)}


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[RegistryStandin]:
    with RegistryStandin() as standin:
        for key, value in standin.env().items():
            monkeypatch.setenv(key, value)
        standin.add_python("pydantic", PYDANTIC)
        standin.add_python("many", MANY)
        standin.add_python("young", {"0.1": release("2026-05-01"), "0.3": release("2026-06-01")})
        standin.add_python("passlib", {"1.7.4": release("2020-10-08")})
        yield standin


async def ask(
    work: Path,
    *refs: str,
    known: dict[str, str] | None = None,
    since: str = "",
    offline: bool = False,
    cache: MemoryCache | None = None,
) -> list[Change]:
    day = date.fromisoformat(since) if since else None
    async with engine(work, cache, max_retries=0) as research:
        return await research.changes(
            [parse_ref(ref) for ref in refs], known or {}, day, offline=offline
        )


def told(changes: list[Change], kind: str) -> list[str]:
    return [change.text for change in changes if change.kind == kind]


async def test_majors_runtime_renames_and_withdrawn_versions_since_a_version(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    changes = await ask(tmp_path, "pypi:pydantic", known={"pypi:pydantic": "1.10"})
    assert told(changes, "major") == [
        "Version 3: first 3.0 (2026-02-01).",
        "Version 2: first 2.0 (2023-06-30), now 2.6 (2024-01-01).",
    ]
    assert told(changes, "runtime") == ["3.0 requires >=3.11; 1.10.1 required >=3.7."]
    assert [c.since for c in changes if c.kind == "major"] == ["2026-02-01", "2023-06-30"]
    [mine, later] = [c for c in changes if c.kind == "withdrawn"]
    assert (mine.since, mine.text) == ("1.10", "1.10 was withdrawn: 'broken on import'")
    assert later.text == "Withdrawn since then: 2.5."
    assert any("orm_mode -> from_attributes" in text for text in told(changes, "renamed"))
    assert all(change.source for change in changes)
    kinds = list(dict.fromkeys(change.kind for change in changes))
    assert kinds[:4] == ["withdrawn", "major", "renamed", "runtime"]
    assert changes[0] == mine


async def test_a_day_stands_for_the_version_that_was_newest_then(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    before = await ask(tmp_path, "pypi:pydantic", since="2022-12-31")
    assert len(told(before, "major")) == 2
    assert any("orm_mode" in text for text in told(before, "renamed"))
    after = await ask(tmp_path, "pypi:pydantic", since="2024-06-01")
    assert told(after, "major") == ["Version 3: first 3.0 (2026-02-01)."]
    assert not any("orm_mode" in change.text for change in after)
    young = await ask(tmp_path, "pypi:young", since="2024-06-01")
    assert "First released after 2024-06-01" in young[0].text


async def test_a_known_version_goes_before_the_day_and_nothing_newer_is_said_plainly(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    known = {"pydantic": "3.0"}
    assert await ask(tmp_path, "pypi:pydantic", known=known, since="2022-01-01") == []
    minor = await ask(tmp_path, "pypi:young", known={"pypi:young": "0.1"})
    assert [(c.kind, c.text) for c in minor] == [("major", "Version 0.3: first 0.3 (2026-06-01).")]
    [newest] = await ask(tmp_path, "pypi:young")
    assert (newest.kind, newest.text) == ("minor", "The newest is 0.3 (2026-06-01).")


async def test_successors_come_first_and_the_list_is_bounded(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    changes = await ask(
        tmp_path, "pypi:many", "pypi:passlib", known={"pypi:many": "1.0", "pypi:passlib": "1.7"}
    )
    assert (changes[0].package, changes[0].kind) == ("pypi:passlib", "successor")
    assert "pwdlib" in changes[0].text
    assert "verified 20" in changes[0].source
    majors = told(changes, "major")
    assert majors[0] == "Version 25: first 25.0 (2025-01-01)."
    assert majors[-1] == "19 more major versions before them, from 2 on."
    assert len(majors) == 6


async def test_without_registry_the_knowledge_is_told_and_what_is_not_known(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    registry.faults["*"] = Fault("drop")
    for offline in (False, True):
        changes = await ask(tmp_path, "pypi:passlib", "pypi:nothing", offline=offline)
        assert changes[0].kind == "successor"
        notes = [c for c in changes if c.kind == "note"]
        assert {note.package for note in notes} == {"pypi:passlib", "pypi:nothing"}
        assert all("could not be asked" in note.text for note in notes)


async def test_what_does_not_exist_and_what_npm_authors_say_is_told(
    registry: RegistryStandin, tmp_path: Path
) -> None:
    versions = {v: {"deprecated": "use other"} for v in ("1.0.0", "2.0.0")}
    times = {"1.0.0": "2020-01-01T00:00:00Z", "2.0.0": "2021-01-01T00:00:00Z"}
    registry.add_npm("gone", versions, latest="2.0.0", times=times)
    changes = await ask(tmp_path, "pypi:ghost", "npm:gone", known={"npm:gone": "1.0.0"})
    assert [c.text for c in changes if c.package == "pypi:ghost"] == ["There is no such package."]
    said = [c for c in changes if c.package == "npm:gone" and c.kind in ("deprecated", "withdrawn")]
    assert any("'use other'" in change.text for change in said)


@pytest.mark.parametrize("version", ["", "latest", "9" * 101])
async def test_a_known_version_that_is_none_is_refused(tmp_path: Path, version: str) -> None:
    with pytest.raises(InvalidInputError):
        await ask(tmp_path, "pypi:x", known={"pypi:x": version}, offline=True)


@pytest.mark.live
async def test_real_packages_of_three_ecosystems_have_changed(tmp_path: Path) -> None:
    known = {"pypi:pydantic": "1.10", "npm:zod": "3.22.0", "crates:axum": "0.6.0"}
    async with ResearchEngine(
        ResearchSettings(), MemoryCache(), run_client, run_uv, KNOWLEDGE, tmp_path
    ) as research:
        changes = await research.changes([parse_ref(name) for name in known], known)
    unknown = {c.package for c in changes if "could not be asked" in c.text}
    for package in known.keys() - unknown:
        kinds = {change.kind for change in changes if change.package == package}
        assert {"major", "renamed"} <= kinds, package
