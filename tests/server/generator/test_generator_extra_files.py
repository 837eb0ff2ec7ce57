"""The host's own files: what each mode does later on, and what their tests prove."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, PathNotAllowedError
from autonomous_coder.models.generation import GenerationResult
from autonomous_coder.models.spec import ProjectSpec
from hosting import call, host

pytestmark = pytest.mark.anyio

SCORING = '"""Scores."""\n\n\ndef score(hits: int) -> int:\n    return hits * 10\n'
TESTS = (
    '"""Scores."""\n\nfrom app.scoring import score\n\n\ndef test_ten_a_hit() -> None:\n'
    "    assert score(2) == 20\n\n\nasync def test_none_for_none() -> None:\n"
    "    assert score(0) == 0\n"
)
IDS = ["tests/test_scoring.py::test_ten_a_hit", "tests/test_scoring.py::test_none_for_none"]


def spec(*files: dict[str, Any], **more: Any) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "game", "extra_files": list(files), **more})


def file(path: str, content: str, mode: str = "managed", *proves: str) -> dict[str, Any]:
    return {"path": path, "content": content, "mode": mode, "proves": list(proves)}


async def generated(
    engine: GeneratorEngine, wanted: ProjectSpec, root: Path, before: ProjectSpec | None = None
) -> GenerationResult:
    """Write a project, over the one of an earlier spec when there is one."""
    baseline, given = None, set[str]()
    if before is not None:
        baseline = {f.path: f.content for f in (await engine.render(before, None)).files}
        given = {f.path for f in before.extra_files if f.mode == "user"}
    render = await engine.render(wanted, None)
    return await engine.write(render, root, baseline=baseline, given=given)


async def test_each_mode_does_what_it_says_on_the_second_generation(
    plain_engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    modes = ("managed", "once", "user")
    text = "".join(f"line {number}\n" for number in range(9))
    states = ("same", "edited", "deleted", "dropped", "dropped_edited")

    def files(content: str, left: tuple[str, ...]) -> list[dict[str, Any]]:
        return [file(f"own/{mode}_{state}", content, mode) for mode in modes for state in left]

    first = spec(*files(text, states))
    await generated(plain_engine, first, root)
    for mode in modes:
        for state in ("edited", "dropped_edited"):
            (root / f"own/{mode}_{state}").write_text(text.replace("line 1\n", "mine\n"))
        (root / f"own/{mode}_deleted").unlink()
    second = spec(*files(text.replace("line 7\n", "new\n"), states[:3]))
    result = await generated(plain_engine, second, root, first)
    actions = {c.path[4:]: c.action for c in result.changes if c.path.startswith("own/")}
    assert actions == {
        "managed_same": "updated",
        "managed_edited": "merged",
        "managed_deleted": "kept",
        "managed_dropped": "deleted",
        "managed_dropped_edited": "kept",
        "once_same": "kept",
        "once_edited": "kept",
        "once_deleted": "kept",
        "once_dropped": "deleted",
        "once_dropped_edited": "kept",
        "user_same": "kept",
        "user_edited": "kept",
        "user_deleted": "kept",
        "user_dropped": "kept",
        "user_dropped_edited": "kept",
    }
    found = {path.name: path.read_text() for path in (root / "own").iterdir()}
    assert {name for name in found if name.endswith("deleted")} == set()
    assert "mine\n" in found["managed_edited"]
    assert "new\n" in found["managed_edited"]
    for mode in ("once", "user"):
        assert found[f"{mode}_same"] == text
        assert found[f"{mode}_edited"] == text.replace("line 1\n", "mine\n")
    assert found["user_dropped"] == text


async def test_the_tests_of_a_file_prove_what_it_names(plain_engine: GeneratorEngine) -> None:
    wanted = spec(
        file("app/scoring.py", SCORING),
        file("tests/test_scoring.py", TESTS, "once", "feature:scoring", "feature:health"),
    )
    render = await plain_engine.render(wanted, None)
    assert render.provides["feature:scoring"] == IDS
    assert set(IDS) < set(render.provides["feature:health"])


async def test_requirements_are_bound_to_the_tests_by_id_or_text_or_made(
    plain_engine: GeneratorEngine,
) -> None:
    requirements = [
        {"id": "R1", "text": "Players are ranked", "needs": ["unknown:ranked"]},
        {"id": "R2", "text": "Health is told", "needs": ["feature:health", "unknown:told"]},
        {"id": "R3", "text": "Untouched", "needs": ["unknown:untouched"]},
    ]
    wanted = spec(
        file("app/scoring.py", SCORING),
        file("tests/test_scoring.py", TESTS, "once", "R2", "players  are RANKED", "Ten a hit"),
        requirements=requirements,
    )
    bound = plain_engine.bound(wanted)
    needs = {r.text: r.needs for r in bound.requirements}
    tests = [f"test:{test}" for test in IDS]
    assert needs == {
        "Players are ranked": tests,
        "Health is told": ["feature:health", *tests],
        "Untouched": ["unknown:untouched"],
        "Ten a hit": tests,
    }
    assert [r.id for r in bound.requirements] == ["R1", "R2", "R3", "R4"]
    assert plain_engine.bound(bound) == bound


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (file("app/scoring.py", SCORING, "once", "R1"), "no test was found"),
        (file("app/scoring.py", SCORING, "once", "feature:scoring"), "no test was found"),
        (file("tests/test_scoring.py", TESTS, "once", "R7"), "R7, which is no requirement"),
    ],
)
async def test_proof_that_cannot_be_is_refused(
    plain_engine: GeneratorEngine, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInputError, match=said):
        plain_engine.bound(spec(wrong, requirements=[{"id": "R1", "text": "Players are ranked"}]))


def test_what_files_of_the_host_take_the_place_of_is_told(plain_engine: GeneratorEngine) -> None:
    handed = [file("app/main.py", "A = 1\n"), file("app/own.py", "B = 1\n")]
    [note] = plain_engine.bound(spec(*handed)).assumptions
    assert note == "Files handed in stand in the place of generated ones: app/main.py."
    assert plain_engine.bound(spec(handed[1])).assumptions == []


@pytest.mark.parametrize(
    ("language", "path"),
    [
        ("python", "uv.lock"),
        ("typescript", "package-lock.json"),
        ("go", "go.sum"),
        ("rust", "Cargo.lock"),
    ],
)
def test_a_lock_is_written_by_its_manager_and_cannot_be_handed_in(
    any_language: GeneratorEngine, language: str, path: str
) -> None:
    with pytest.raises(InvalidInputError, match="written from the manifest") as refused:
        any_language.bound(spec(file(path, "x\n"), language=language, archetype="cli"))
    assert "holds" in refused.value.hint


@pytest.mark.parametrize(
    ("language", "path", "content"),
    [
        ("python", "pyproject.toml", "[project\n"),
        ("typescript", "package.json", "{"),
        ("javascript", "package.json", "[]"),
        ("rust", "Cargo.toml", "= 1"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused_by_its_name(
    any_language: GeneratorEngine, language: str, path: str, content: str
) -> None:
    with pytest.raises(InvalidInputError, match=f"'{path}', handed in with extra_files"):
        any_language.bound(spec(file(path, content), language=language, archetype="cli"))


@pytest.mark.parametrize(
    "paths",
    [("README.MD",), ("own/a.py", "own/A.py"), ("APP/own.py",), ("Own/a.py", "own/b.py")],
)
def test_names_that_differ_by_case_alone_are_refused(
    plain_engine: GeneratorEngine, paths: tuple[str, ...]
) -> None:
    with pytest.raises(PathNotAllowedError, match="the same on macOS and Windows"):
        plain_engine.bound(spec(*(file(path, "x = 1\n") for path in paths)))


@pytest.mark.parametrize("path", [".GIT/config", "sub/.Git/hooks/x", ".git/x"])
def test_the_folder_of_version_control_is_refused_however_it_is_written(path: str) -> None:
    with pytest.raises(ValidationError):
        spec(file(path, "x"))


@pytest.mark.parametrize(
    "path", ["CON", "src/aux.txt", "a/Nul.py", "end.", "end /x", "what?.py", "COM1.log"]
)
def test_names_that_windows_cannot_have_are_told(plain_engine: GeneratorEngine, path: str) -> None:
    [note] = plain_engine.bound(spec(file(path, "x = 1\n"))).assumptions
    assert note == f"Windows cannot have files of these names: {path}."
    usual = ("console/con_text.py", "web/[id]/page.tsx", ".github/x.yml", "a b/c.txt")
    handed = spec(*(file(path, "x = 1\n") for path in usual))
    assert plain_engine.bound(handed).assumptions == []


async def test_a_host_says_in_one_place_what_its_tests_prove(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        planned = await call(
            client,
            "plan",
            description="a todo api with rate limiting",
            spec={
                "language": "python",
                "extra_files": [
                    {"path": "app/scoring.py", "content": SCORING},
                    {
                        "path": "tests/test_scoring.py",
                        "content": TESTS,
                        "proves": ["Scores are counted", "feature:rate_limiting"],
                    },
                ],
            },
        )
        needs = {r["text"]: r["needs"] for r in planned["spec"]["requirements"]}
        assert needs["Scores are counted"] == [f"test:{test}" for test in IDS]
        assert ["feature:rate_limiting"] in needs.values()
