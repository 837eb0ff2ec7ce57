"""Generating again with another spec: what the user did is kept, databases are led on."""

from __future__ import annotations

import ast
import copy
import random
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder import AutonomousCoder
from autonomous_coder.calling import use_services
from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import GenerationError, UnsupportedError
from autonomous_coder.models.generation import Earlier, FileChange, GenerationResult
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.orchestrator.orchestrator import Orchestrator

pytestmark = pytest.mark.anyio

VERSIONS = "migrations/versions"
FIRST = f"{VERSIONS}/0001_initial.py"
TODO: dict[str, Any] = {
    "name": "Todo",
    "plural": "todos",
    "fields": [{"name": "title"}, {"name": "done", "type": "boolean", "default": False}],
}
TAG: dict[str, Any] = {"name": "Tag", "plural": "tags", "fields": [{"name": "name"}]}


def spec(*entities: dict[str, Any], features: tuple[str, ...] = ()) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "app", "language": "python", "entities": entities, "features": features}
    )


def with_fields(entity: dict[str, Any], *fields: dict[str, Any]) -> dict[str, Any]:
    return {**entity, "fields": [*entity["fields"], *fields]}


class Project:
    """A project that is generated again and again, as the program does."""

    def __init__(self, engine: GeneratorEngine, root: Path) -> None:
        self.engine = engine
        self.root = root
        self.files: dict[str, str] | None = None
        self.spec: ProjectSpec | None = None

    async def generate(self, wanted: ProjectSpec, *, preview: bool = False) -> GenerationResult:
        earlier = None
        if self.spec is not None and self.files is not None:
            earlier = Earlier(spec=self.spec, files=self.files, root=self.root)
        render = await self.engine.render(wanted, None, earlier)
        result = await self.engine.write(render, self.root, baseline=self.files, preview=preview)
        if not preview:
            self.files = {file.path: file.content for file in render.files}
            self.spec = wanted
        return result

    def on_disk(self) -> dict[str, str]:
        return {
            path.relative_to(self.root).as_posix(): path.read_text()
            for path in self.root.rglob("*")
            if path.is_file()
        }

    def migrations(self) -> list[str]:
        return sorted(path for path in self.on_disk() if path.startswith(VERSIONS))


@pytest.fixture
def project(plain_engine: GeneratorEngine, tmp_path: Path) -> Project:
    return Project(plain_engine, tmp_path / "p")


def changed(result: GenerationResult) -> dict[str, FileChange]:
    return {c.path: c for c in result.changes if c.action != "unchanged"}


async def test_an_entity_a_field_and_a_feature_come_and_go(project: Project) -> None:
    await project.generate(spec(TODO))
    first = project.on_disk()
    added = {"name": "stars", "type": "integer", "minimum": 1, "maximum": 5}
    result = await project.generate(spec(with_fields(TODO, added), TAG, features=("cors",)))
    second = project.on_disk()
    assert second[FIRST] == first[FIRST]
    assert "stars" in second["app/models/todos.py"]
    assert "app/models/tags.py" in second
    assert "tests/test_cors.py" in second
    assert changed(result)["app/models/todos.py"].action == "updated"
    assert project.migrations() == [FIRST, f"{VERSIONS}/0002_add_tags.py"]
    result = await project.generate(spec(TODO))
    third = project.on_disk()
    gone = {path: text for path, text in third.items() if VERSIONS not in path}
    assert gone == {path: text for path, text in first.items() if VERSIONS not in path}
    assert project.migrations()[2:] == [f"{VERSIONS}/0003_change_todos.py"]
    assert any("removes tags, todos.stars" in note for note in result.notes)


async def test_a_migration_leads_from_the_tables_of_before_to_those_of_now(
    project: Project,
) -> None:
    await project.generate(spec(TODO))
    stars = {"name": "stars", "type": "integer", "minimum": 1, "maximum": 5}
    code = {"name": "code", "unique": True}
    link = {"name": "tag", "kind": "many_to_one", "target": "Tag", "required": False}
    more = {**with_fields(TODO, stars, code), "relations": [link]}
    result = await project.generate(spec(more, TAG))
    text = project.on_disk()[f"{VERSIONS}/0002_add_tags.py"]
    ast.parse(text)
    for line in (
        'revision: str = "0002"',
        'down_revision: str | None = "0001"',
        'demand_no_rows("todos", "code")',
        'op.create_table("tags",',
        'batch.add_column(sa.Column("stars", sa.Integer(), nullable=False, '
        'server_default=sa.text("1")))',
        'batch.create_foreign_key(batch.f("fk_todos_tag_id"), "tags", ["tag_id"], ["id"], '
        'ondelete="CASCADE")',
        'batch.create_unique_constraint("uq_todos_code", ["code"])',
        'op.create_index(None, "todos", ["tag_id"])',
        'op.drop_table("tags")',
    ):
        assert line in text, line
    assert any("looks at the rows" in note for note in result.notes)


async def test_what_rows_may_not_fit_any_more_is_told(project: Project) -> None:
    await project.generate(spec(TODO))
    kind = {"name": "title", "type": "enum", "values": ["big", "small"], "unique": True}
    result = await project.generate(spec({**TODO, "fields": [kind, TODO["fields"][1]]}))
    assert any("todos.title can only be big, small" in note for note in result.notes)
    assert any("where rows of todos are alike in title" in note for note in result.notes)
    fewer = {**kind, "values": ["small"]}
    result = await project.generate(spec({**TODO, "fields": [fewer, TODO["fields"][1]]}))
    assert any("todos.title can no longer be big" in note for note in result.notes)


async def test_nothing_changed_makes_no_migration_and_changes_nothing(project: Project) -> None:
    wanted = spec(TODO, TAG, features=("accounts",))
    await project.generate(wanted)
    assert not changed(await project.generate(wanted))
    assert project.migrations() == [FIRST]


async def test_a_migration_follows_the_users_own(project: Project) -> None:
    await project.generate(spec(TODO))
    own = project.root / VERSIONS / "0a1b_mine.py"
    own.write_text('revision = "0a1b"\ndown_revision = "0001"\n')
    await project.generate(spec(TODO, TAG))
    text = project.on_disk()[f"{VERSIONS}/0002_add_tags.py"]
    assert 'down_revision: str | None = "0a1b"' in text
    (project.root / VERSIONS / "fork.py").write_text('revision = "f"\ndown_revision = "0001"\n')
    before = project.on_disk()
    with pytest.raises(UnsupportedError, match="2 ends: 0002, f"):
        await project.generate(spec(TODO))
    assert project.on_disk() == before


async def test_what_cannot_be_done_in_place_is_refused_and_nothing_written(
    project: Project,
) -> None:
    await project.generate(spec(TODO))
    before = project.on_disk()
    number = {**TODO, "fields": [{"name": "title", "type": "integer"}, TODO["fields"][1]]}
    with pytest.raises(UnsupportedError, match=r"'Todo.title' cannot become integer"):
        await project.generate(spec(number))
    other = spec(TODO).model_copy(update={"archetype": "cli"})
    with pytest.raises(UnsupportedError, match="archetype of a project that is written"):
        await project.generate(other)
    assert project.on_disk() == before


async def test_a_preview_of_a_change_shows_the_new_migration_and_writes_nothing(
    project: Project,
) -> None:
    await project.generate(spec(TODO))
    before = project.on_disk()
    result = await project.generate(spec(TODO, TAG), preview=True)
    assert project.on_disk() == before
    assert result.preview
    assert changed(result)[f"{VERSIONS}/0002_add_tags.py"].action == "created"
    assert "app/models/tags.py" in result.diff


async def test_permissions_that_a_user_gave_are_kept(project: Project) -> None:
    await project.generate(spec(TODO))
    private, script = project.root / "app/models/todos.py", project.root / "app/schemas/todos.py"
    private.chmod(0o600)
    script.chmod(0o750)
    script.write_text(f"{script.read_text()}\nMINE = 1\n")
    more = with_fields(TODO, {"name": "stars", "type": "integer"})
    result = changed(await project.generate(spec(more, features=("cors",))))
    assert result["app/models/todos.py"].action == "updated"
    assert result["app/schemas/todos.py"].action == "merged"
    assert private.stat().st_mode & 0o777 == 0o600
    assert script.stat().st_mode & 0o777 == 0o750


async def test_a_file_that_is_read_only_is_left_alone_and_that_is_told(project: Project) -> None:
    await project.generate(spec(TODO, TAG))
    kept = {path: project.root / path for path in ("app/models/todos.py", "app/models/tags.py")}
    before = {path: file.read_bytes() for path, file in kept.items()}
    for file in kept.values():
        file.chmod(0o444)
    more = with_fields(TODO, {"name": "stars", "type": "integer"})
    result = changed(await project.generate(spec(more)))
    for path, file in kept.items():
        assert result[path].action == "conflict"
        assert "read-only" in result[path].reason
        assert file.read_bytes() == before[path]
        assert file.stat().st_mode & 0o777 == 0o444


async def test_whatever_the_user_does_between_two_generations_nothing_of_it_is_lost(
    project: Project,
) -> None:
    """Random edits, deletions and additions, then another random spec: each line that the user
    wrote is there afterwards, each deletion holds, what was not touched is as the spec says."""
    chance = random.Random(5)
    await project.generate(spec(TODO, TAG))
    for number in range(8):
        edited, deleted = meddle(chance, project, number)
        before = project.on_disk()
        wanted = random_spec(chance, number)
        fresh = await project.engine.render(
            wanted,
            None,
            Earlier(spec=known(project.spec), files=known(project.files), root=project.root),
        )
        baseline = dict(known(project.files))
        result = changed(await project.generate(wanted))
        after = project.on_disk()
        for path, lines in edited.items():
            assert all(line in after[path] for line in lines), path
        assert not deleted & after.keys()
        for path, text in before.items():
            if path not in baseline:
                assert text in after[path] or result[path].action == "conflict"
        for file in fresh.files:
            untouched = before.get(file.path) == baseline.get(file.path)
            if untouched and file.path not in deleted and file.mode == "managed":
                assert after[file.path] == file.content
        assert not any(path.endswith(".new") for path in after)
        resolve(project, result)


def meddle(
    chance: random.Random, project: Project, number: int
) -> tuple[dict[str, list[str]], set[str]]:
    """What a user might do: edit, delete, add; (lines added by file, files deleted)."""
    paths = sorted(p for p in project.on_disk() if not p.startswith("migrations/"))
    edited: dict[str, list[str]] = {}
    for path in chance.sample(paths, min(6, len(paths))):
        lines = (project.root / path).read_text().splitlines(keepends=True)
        mine = [f"# line {number}.{count} of mine\n" for count in range(chance.randint(1, 3))]
        for line in mine:
            place = chance.randrange(len(lines) + 1)
            if place and not lines[place - 1].endswith("\n"):
                lines[place - 1] += "\n"
            if chance.random() < 0.4 and place < len(lines) and "of mine" not in lines[place]:
                del lines[place]
            lines.insert(place, line)
        (project.root / path).write_text("".join(lines))
        edited[path] = mine
    deleted = set(chance.sample([p for p in paths if p not in edited], 1))
    for path in deleted:
        (project.root / path).unlink()
    own = project.root / chance.choice([f"app/own_{number}.py", f"notes/{number}.txt"])
    own.parent.mkdir(exist_ok=True)
    own.write_text(f"mine {number}\n")
    edited[own.relative_to(project.root).as_posix()] = [f"mine {number}\n"]
    return edited, deleted


def random_spec(chance: random.Random, number: int) -> ProjectSpec:
    entities = copy.deepcopy([TODO, TAG][: chance.randint(1, 2)])
    for entity in entities:
        if chance.random() < 0.7:
            kind = chance.choice(["string", "integer", "boolean", "date", "decimal"])
            entity["fields"].append({"name": f"extra_{number}", "type": kind})
        if chance.random() < 0.3:
            del entity["fields"][-1]
    if chance.random() < 0.5:
        entities.append({"name": f"Thing{number}", "plural": f"things_{number}", "fields": []})
    features = chance.sample(["accounts", "cors", "logging", "docker", "license"], 2)
    return spec(*entities, features=tuple(features))


def resolve(project: Project, result: dict[str, FileChange]) -> None:
    """The user takes both sides of each conflict."""
    for path, change in result.items():
        if change.action == "conflict":
            file = project.root / path
            marks = ("<<<<<<< ", "=======\n", ">>>>>>> ")
            lines = file.read_text().splitlines(keepends=True)
            assert sum(line.startswith("<<<<<<< ") for line in lines) > 0
            file.write_text("".join(line for line in lines if not line.startswith(marks)))


def known(value: Any) -> Any:
    assert value is not None
    return value


@pytest.mark.sandbox
async def test_a_host_changes_a_written_project_by_its_plan(tmp_path: Path) -> None:
    settings = AutonomousCoder(
        research={"offline": True},
        paths={
            "data_dir": str(tmp_path / "data"),
            "cache_dir": str(tmp_path / "cache"),
            "allowed_roots": (str(tmp_path),),
        },
    ).settings
    root = tmp_path / "app"
    manifest = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n'
    first = {
        "language": "python",
        "features": ["cors", "docker"],
        "entities": {"Todo": {"fields": ["title"]}},
        "extra_files": [
            {"path": "pyproject.toml", "content": manifest},
            {"path": "own/kept.txt", "content": "kept\n", "mode": "user"},
        ],
    }

    async def work(operations: Orchestrator) -> None:
        planned = await operations.plan("A todo api", spec=first, offline=True)
        number = planned.project_id
        await operations.generate(number, str(root), offline=True)
        (root / "app/own.py").write_text("MINE = 1\n")
        text = (root / "app/models/todos.py").read_text()
        (root / "app/models/todos.py").write_text(f"# mine\n{text}")
        (root / "README.md").unlink()
        change = {
            "entities": {"Todo": {"fields": ["stars: integer"]}, "Tag": {"fields": ["name"]}},
            "features": {"docker": False, "logging": True},
            "extra_files": [
                {"path": "own/kept.txt", "content": None},
                {"path": "taken/new.txt", "content": "new\n"},
            ],
        }
        await operations.plan(project_id=number, spec=change, offline=True)
        before = {p: p.read_bytes() for p in root.rglob("*") if p.is_file()}
        shown = await operations.generate(number, preview=True, offline=True)
        assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before
        assert "+    stars:" in shown.result.diff
        (root / "taken").write_text("in the way of a directory")
        with pytest.raises(GenerationError, match="nothing was changed"):
            await operations.generate(number, offline=True)
        (root / "taken").unlink()
        assert {p: p.read_bytes() for p in root.rglob("*") if p.is_file()} == before
        done = await operations.generate(number, offline=True)
        actions = {c.path: c.action for c in done.result.changes}
        assert actions == {c.path: c.action for c in shown.result.changes}
        assert actions["app/models/todos.py"] == "merged"
        assert actions["Dockerfile"] == "deleted"
        assert actions["README.md"] == "kept"
        assert actions["own/kept.txt"] == "kept"
        assert (root / "own/kept.txt").read_text() == "kept\n"
        assert (root / "app/own.py").read_text() == "MINE = 1\n"
        assert not (root / "README.md").exists()
        assert (root / "app/logs.py").exists()
        assert (root / "app/models/todos.py").read_text().startswith("# mine\n")
        names = sorted(path.name for path in (root / VERSIONS).iterdir())
        assert names == ["0001_initial.py", "0002_add_tags.py"]
        again = await operations.generate(number, offline=True)
        assert {c.action for c in again.result.changes} <= {"unchanged", "kept"}

    await use_services(settings, work)
