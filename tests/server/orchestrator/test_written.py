"""Generating again where the record of the last time is lost, or the project has moved."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder import AutonomousCoder
from autonomous_coder.coder import use_services
from autonomous_coder.errors import InvalidInputError, NotFoundError, PathOccupiedError
from autonomous_coder.models.results import GeneratedProject
from autonomous_coder.models.runs import RunStatus
from autonomous_coder.orchestrator.orchestrator import Orchestrator
from autonomous_coder.orchestrator.planning import Asked

pytestmark = pytest.mark.anyio

MANIFEST = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n'
TODO: dict[str, Any] = {
    "language": "python",
    "entities": {"Todo": {"fields": ["title"]}},
    # A manifest without packages: nothing has to be looked up.
    "extra_files": [{"path": "pyproject.toml", "content": MANIFEST}],
}
STARS = {"entities": {"Todo": {"fields": ["stars: integer"]}}}
VERSIONS = "migrations/versions"
SITE: dict[str, Any] = {"language": "html", "archetype": "static_site"}

Work = Callable[[Orchestrator], Awaitable[None]]


async def use(tmp_path: Path, work: Work) -> None:
    settings = AutonomousCoder(
        research={"offline": True},
        paths={
            "data_dir": str(tmp_path / "data"),
            "cache_dir": str(tmp_path / "cache"),
            "allowed_roots": (str(tmp_path),),
        },
    ).settings
    await use_services(settings, work)  # type: ignore[arg-type]


async def written(operations: Orchestrator, root: Path, spec: dict[str, Any]) -> str:
    planned = await operations.plan("An app", spec=spec, offline=True)
    await operations.generate(planned.project_id, str(root), offline=True)
    return planned.project_id


async def renamed(operations: Orchestrator, number: str) -> None:
    """Something to write: the title stands in the page and in the documents."""
    await operations.plan(project_id=number, spec={"title": "Another Title"}, offline=True)


def in_store(tmp_path: Path, statement: str, database: str = "state") -> None:
    connection = sqlite3.connect(tmp_path / "data" / f"{database}.db")
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


def forget(tmp_path: Path) -> None:
    in_store(tmp_path, "DELETE FROM documents WHERE kind = 'baseline'")


def actions(done: GeneratedProject) -> dict[str, str]:
    return {change.path: change.action for change in done.result.changes}


@pytest.mark.sandbox
@pytest.mark.parametrize("damage", ["lost", "of another shape"])
async def test_a_lost_record_is_taken_from_the_checkpoint_of_then(
    damage: str, tmp_path: Path
) -> None:
    root = tmp_path / "app"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, root, TODO)
        model = root / "app/models/todos.py"
        model.write_text(f"# mine\n{model.read_text()}")
        (root / "README.md").unlink()
        if damage == "lost":
            forget(tmp_path)
        else:
            in_store(tmp_path, "UPDATE documents SET data = '{\"x\": 1}' WHERE kind = 'baseline'")
        await operations.plan(project_id=number, spec=STARS, offline=True)
        done = await operations.generate(number, offline=True)
        assert any("was taken from checkpoint cp_" in note for note in done.result.notes)
        assert actions(done)["app/models/todos.py"] == "merged"
        assert actions(done)["README.md"] == "kept"
        assert "conflict" not in actions(done).values()
        text = model.read_text()
        assert text.startswith("# mine\n")
        assert "stars" in text
        # Databases that are there are led on: what the spec was then is known, too.
        names = sorted(path.name for path in (root / VERSIONS).iterdir())
        assert len(names) == 2
        again = await operations.generate(number, offline=True)
        assert not any("checkpoint" in note for note in again.result.notes)
        assert set(actions(again).values()) <= {"unchanged", "kept"}

    await use(tmp_path, work)


async def test_what_was_deleted_before_the_record_was_lost_stays_deleted(tmp_path: Path) -> None:
    root = tmp_path / "site"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, root, SITE)
        (root / "README.md").unlink()
        page = root / "AGENTS.md"
        page.write_text(f"{page.read_text()}\nMine.\n")
        await renamed(operations, number)
        await operations.generate(number, offline=True)
        forget(tmp_path)
        await operations.plan(project_id=number, spec={"title": "A Third Title"}, offline=True)
        done = await operations.generate(number, offline=True)
        assert actions(done)["README.md"] == "kept"
        assert not (root / "README.md").exists()
        assert "conflict" not in actions(done).values()
        assert page.read_text().endswith("Mine.\n")

    await use(tmp_path, work)


@pytest.mark.sandbox
async def test_where_the_spec_of_then_cannot_be_read_migrations_stay_as_they_are(
    tmp_path: Path,
) -> None:
    root = tmp_path / "app"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, root, TODO)
        first = (root / VERSIONS / "0001_initial.py").read_text()
        in_store(
            tmp_path,
            "UPDATE documents SET data = json_set(data, '$.spec.language', 7) "
            "WHERE kind = 'baseline'",
        )
        await operations.plan(project_id=number, spec=STARS, offline=True)
        done = await operations.generate(number, offline=True)
        assert any("the one that leads on is yours to write" in n for n in done.result.notes)
        assert [path.name for path in (root / VERSIONS).iterdir()] == ["0001_initial.py"]
        assert (root / VERSIONS / "0001_initial.py").read_text() == first
        assert "stars" in (root / "app/models/todos.py").read_text()

    await use(tmp_path, work)


async def test_a_read_only_file_gets_what_it_missed_once_it_is_writable(tmp_path: Path) -> None:
    root = tmp_path / "site"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, root, SITE)
        page = root / "README.md"
        page.chmod(0o444)
        await renamed(operations, number)
        done = await operations.generate(number, offline=True)
        assert actions(done)["README.md"] == "conflict"
        assert "Another Title" not in page.read_text()
        page.chmod(0o644)
        again = await operations.generate(number, offline=True)
        assert actions(again)["README.md"] == "updated"
        assert "Another Title" in page.read_text()

    await use(tmp_path, work)


@pytest.mark.sandbox
async def test_a_change_that_cannot_be_written_leaves_plan_and_place_as_they_were(
    tmp_path: Path,
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, old, TODO)
        before = await operations.views.project_plan(number)
        lacking = MANIFEST + 'dependencies = ["no-such-thing-at-all>=9"]\n'
        change = Asked(spec={"extra_files": [{"path": "pyproject.toml", "content": lacking}]})
        for place in ("", str(new)):
            run_id = await operations.start_generate(
                number, place, preview=False, offline=True, change=change
            )
            run = await operations.runs.wait(run_id, 120)
            assert run.status is RunStatus.FAILED, run
            status = await operations.views.project_status(number)
            assert await operations.views.project_plan(number) == before
            assert status.project.path == str(old)
        assert not new.exists()

    await use(tmp_path, work)


async def test_without_record_and_checkpoint_both_versions_stand_in_the_file(
    tmp_path: Path,
) -> None:
    root = tmp_path / "site"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, root, SITE)
        page = root / "README.md"
        page.write_text(f"{page.read_text()}\nMine.\n")
        (root / "own.txt").write_text("own")
        forget(tmp_path)
        in_store(tmp_path, "DELETE FROM checkpoints", "checkpoints")
        await renamed(operations, number)
        done = await operations.generate(number, offline=True)
        assert any("no checkpoint of it is left" in note for note in done.result.notes)
        assert actions(done)["README.md"] == "conflict"
        text = page.read_text()
        assert "Mine." in text
        assert "Another Title" in text
        assert "<<<<<<< yours" in text
        assert (root / "own.txt").read_text() == "own"
        assert "own.txt" not in actions(done)

    await use(tmp_path, work)


async def test_files_in_the_place_of_a_project_never_written_are_nobodys_to_merge(
    tmp_path: Path,
) -> None:
    root = tmp_path / "site"

    async def work(operations: Orchestrator) -> None:
        planned = await operations.plan("An app", spec=SITE, offline=True)
        root.mkdir()
        (root / "README.md").write_text("mine\n")
        with pytest.raises(PathOccupiedError, match="not empty"):
            await operations.generate(planned.project_id, str(root), offline=True)
        assert (root / "README.md").read_text() == "mine\n"

    await use(tmp_path, work)


async def test_a_project_that_was_moved_goes_on_where_it_is_now(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "deep" / "new"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, old, SITE)
        page = old / "README.md"
        page.write_text(f"{page.read_text()}\nMine.\n")
        new.parent.mkdir()
        shutil.move(old, new)
        await renamed(operations, number)
        with pytest.raises(NotFoundError, match="is gone") as gone:
            await operations.validate(project_id=number)
        assert "output_path" in gone.value.hint
        shown = await operations.generate(number, str(new), preview=True, offline=True)
        assert "Another Title" in shown.result.diff
        assert "Another Title" not in (new / "README.md").read_text()
        done = await operations.generate(number, str(new), offline=True)
        assert actions(done) == actions(shown)
        assert done.result.notes[0].startswith(f"The project was in {old}: it goes on in {new}")
        assert actions(done)["README.md"] == "merged"
        text = (new / "README.md").read_text()
        assert "Mine." in text
        assert "Another Title" in text
        assert not old.exists()
        again = await operations.generate(number, offline=True)
        assert again.result.path == str(new)
        assert again.result.notes == done.result.notes[1:]

    await use(tmp_path, work)


async def test_a_project_that_is_gone_is_written_anew_and_that_is_told(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, old, SITE)
        shutil.move(old, new)
        (new / "own.txt").write_text("own")
        done = await operations.generate(number, offline=True)
        assert "was gone or empty: the whole project was written anew" in done.result.notes[0]
        assert "output_path" in done.result.notes[0]
        assert set(actions(done).values()) == {"created"}
        # As the note says: it is still not too late to name the place.
        there = await operations.generate(number, str(new), offline=True)
        assert there.result.notes[0].startswith(f"The project was in {old}: it goes on in {new}")
        assert (new / "own.txt").read_text() == "own"

    await use(tmp_path, work)


async def test_another_empty_place_gets_the_project_anew_and_that_is_told(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, old, SITE)
        (old / "README.md").write_text("mine")
        done = await operations.generate(number, str(new), offline=True)
        assert "without changes that were made there" in done.result.notes[0]
        assert (old / "README.md").read_text() == "mine"

    await use(tmp_path, work)


@pytest.mark.parametrize("preview", [False, True])
async def test_a_directory_that_holds_something_else_is_no_place_to_go_on_in(
    preview: bool, tmp_path: Path
) -> None:
    old, other = tmp_path / "old", tmp_path / "other"

    async def work(operations: Orchestrator) -> None:
        number = await written(operations, old, SITE)
        other.mkdir()
        (other / "README.md").write_text("another project\n")
        with pytest.raises(PathOccupiedError, match="not empty"):
            await operations.generate(number, str(other), preview=preview, offline=True)
        assert [path.name for path in other.iterdir()] == ["README.md"]
        again = await operations.generate(number, offline=True)
        assert again.result.path == str(old)

    await use(tmp_path, work)


async def test_an_adopted_project_that_was_moved_is_planned_again_at_its_new_place(
    tmp_path: Path,
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "package.json").write_text('{"name": "x", "version": "1.0.0"}\n')

    async def work(operations: Orchestrator) -> None:
        asked = {"adopt": str(old), "features": ["dockerfile", "ci"]}
        planned = await operations.plan("Add a licence", spec=asked, offline=True)
        shutil.move(old, new)
        with pytest.raises(InvalidInputError, match="was adopted") as refused:
            await operations.generate(planned.project_id, str(new), offline=True)
        assert f'{{"adopt": "{new}"}}' in refused.value.hint
        number = planned.project_id
        await operations.plan(project_id=number, spec={"adopt": str(new)}, offline=True)
        done = await operations.generate(number, offline=True)
        assert done.result.path == str(new)

    await use(tmp_path, work)


async def test_versions_that_were_not_looked_up_are_told_with_what_was_written(
    tmp_path: Path,
) -> None:
    async def work(operations: Orchestrator) -> None:
        spec = {"language": "java", "archetype": "library"}
        planned = await operations.plan("A library", spec=spec, offline=True)
        done = await operations.generate(planned.project_id, str(tmp_path / "lib"), offline=True)
        [note] = [text for text in done.result.notes if "last known good set" in text]
        assert "what is newest now is not known" in note

    await use(tmp_path, work)
