"""Existing projects: what is found in them, what is added, and that the rest is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from autonomous_coder import AutonomousCoder
from autonomous_coder.calling import use_services
from autonomous_coder.errors import (
    CoderError,
    InvalidInputError,
    PathOccupiedError,
    UnsupportedError,
)
from autonomous_coder.models.generation import GenerationResult
from autonomous_coder.orchestrator.orchestrator import Orchestrator
from autonomous_coder.settings import Settings
from command_line import CommandLine
from hosting import call, host, refused

pytestmark = pytest.mark.anyio

CI, AGENTS, HOOKS = ".github/workflows/ci.yml", "AGENTS.md", ".pre-commit-config.yaml"
SHOP = {
    "pyproject.toml": (
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.12"\n'
        'dependencies = [\n  "fastapi>=0.115",\n  "SQLAlchemy",\n]\n\n'
        '[dependency-groups]\ndev = ["pytest", "ruff"]\n'
    ),
    "uv.lock": "version = 1\n",
    "shop/models.py": (
        "from sqlalchemy.orm import DeclarativeBase, Mapped\n\n\n"
        "class Base(DeclarativeBase):\n    pass\n\n\n"
        "class Stamped(Base):\n    __abstract__ = True\n    made: Mapped[str]\n\n\n"
        'class Item(Stamped):\n    __tablename__ = "items"\n    name: Mapped[str]\n'
    ),
    "shop/schemas.py": "from pydantic import BaseModel\n\n\nclass Read(BaseModel):\n    a: int\n",
    "shop/odd.py": "class Broken(\n",
    "tests/test_items.py": "def test_items():\n    pass\n",
    "web/package.json": (
        '{"name": "web", "dependencies": {"react": "19"},\n'
        ' "scripts": {"test": "echo \\"Error: no test specified\\"", "build": "vite build"}}\n'
    ),
    "web/package-lock.json": "{}\n",
    "web/main.js": "export const a = 1;\n",
}


def lay_out(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def on_disk(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def actions(result: GenerationResult) -> dict[str, str]:
    return {change.path: change.action for change in result.changes}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return AutonomousCoder(
        research={"offline": True},
        paths={
            "data_dir": str(tmp_path / "data"),
            "cache_dir": str(tmp_path / "cache"),
            "allowed_roots": (str(tmp_path),),
        },
    ).settings


async def test_what_is_there_is_told_with_its_place_and_only_missing_files_are_added(
    settings: Settings, tmp_path: Path
) -> None:
    root = lay_out(tmp_path / "shop", SHOP)
    before = on_disk(root)
    spec = {
        "adopt": str(root),
        "features": ["ci", "agents", "pre_commit", "cors"],
        "entities": ["Item", "Note"],
        "extra_files": [
            {"path": "shop/models.py", "content": "MINE = 1\n"},
            {
                "path": "tests/test_new.py",
                "content": "def test_new():\n    assert True\n",
                "proves": ["feature:newness"],
            },
        ],
    }

    async def work(operations: Orchestrator) -> None:
        planned = await operations.plan("Let users log in", spec=spec, offline=True)
        decided = planned.plan.spec
        assert (decided.language, decided.framework, decided.name) == ("python", "fastapi", "shop")
        told = "\n".join(decided.assumptions)
        for line in (
            "./ is python (pyproject.toml), managed by uv.",
            "It declares FastAPI (pyproject.toml:6), SQLAlchemy (pyproject.toml:7).",
            "Item is a SQLAlchemy model (shop/models.py:13): name.",
            "web/ is javascript (web/package.json), managed by npm.",
            "It declares React (web/package.json:1).",
            "Models in javascript are not looked for.",
            "The entity Item is there already (shop/models.py:13)",
            "Not built: cors, accounts, the entity Note. That would change files that are there",
        ):
            assert line in told, line
        assert "Stamped" not in told
        assert "Read is" not in told
        assert on_disk(root) == before
        number = planned.project_id
        shown = await operations.generate(number, preview=True)
        assert on_disk(root) == before
        assert f"+++ b/{CI}" in shown.result.diff
        done = await operations.generate(number)
        assert (
            actions(done.result)
            == actions(shown.result)
            == {
                CI: "created",
                HOOKS: "created",
                AGENTS: "created",
                "shop/models.py": "kept",
                "tests/test_new.py": "created",
            }
        )
        after = on_disk(root)
        assert {path: after[path] for path in before} == before
        assert any(note.startswith("Not built: cors, accounts") for note in done.result.notes)
        assert done.result.provides["feature:newness"] == ["tests/test_new.py::test_new"]
        assert "feature:accounts" not in done.result.provides
        jobs = yaml.safe_load(after[CI])["jobs"]
        runs = {name: [s["run"] for s in job["steps"] if "run" in s] for name, job in jobs.items()}
        assert runs == {
            "python": ["uv sync --locked", "uv run ruff check", "uv run pytest"],
            "javascript": ["npm ci", "npm run build"],
        }
        assert jobs["javascript"]["defaults"]["run"]["working-directory"] == "web"
        hooks = yaml.safe_load(after[HOOKS])["repos"][0]["hooks"]
        assert [hook["id"] for hook in hooks] == ["ruff-check", "ruff-format"]
        assert "- test: `uv run pytest`" in after[AGENTS]

    await use_services(settings, work)


async def test_generated_again_only_what_was_added_is_merged(
    settings: Settings, tmp_path: Path
) -> None:
    root = lay_out(tmp_path / "shop", SHOP)

    async def work(operations: Orchestrator) -> None:
        extra = {"docs/a.md": "one\ntwo\nthree\n"}
        asked = {"adopt": str(root), "features": ["ci", "agents", "license"], "extra_files": extra}
        planned = await operations.plan(spec=asked)
        number = planned.project_id
        first = await operations.generate(number)
        (root / AGENTS).unlink()
        (root / "docs/a.md").write_text("zero\none\ntwo\nthree\n")
        (root / "shop/models.py").write_text("CHANGED = 1\n")
        (root / "docs/b.md").write_text("mine\n")
        change = {
            "features": {"license": False},
            "extra_files": {"docs/a.md": "one\ntwo\nthree\nfour\n", "docs/b.md": "theirs\n"},
        }
        planned = await operations.plan(project_id=number, spec=change)
        assert planned.plan.spec.features == ["ci", "agents"]
        again = await operations.generate(number)
        assert actions(again.result) == {
            CI: "unchanged",
            AGENTS: "kept",
            "LICENSE": "deleted",
            "docs/a.md": "merged",
            "docs/b.md": "kept",
        }
        after = on_disk(root)
        assert AGENTS not in after
        assert after["docs/a.md"] == "zero\none\ntwo\nthree\nfour\n"
        assert after["docs/b.md"] == "mine\n"
        assert after["shop/models.py"] == "CHANGED = 1\n"
        await operations.checkpoints.restore(first.checkpoint_id)
        assert on_disk(root)["shop/models.py"] == SHOP["shop/models.py"]
        newest = (await operations.checkpoints.list(project_id=number, limit=20))[-1]
        assert newest.label == "before generating"
        for wrong in ({"adopt": False}, {"language": "rust"}):
            with pytest.raises(InvalidInputError):
                await operations.plan(project_id=number, spec=wrong)

    await use_services(settings, work)


async def test_without_the_switch_and_where_it_makes_no_sense_it_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    root = lay_out(tmp_path / "shop", SHOP)
    (tmp_path / "empty").mkdir()
    lay_out(tmp_path / "letters", {"letter.txt": "Dear\n"})
    before = on_disk(root)

    async def work(operations: Orchestrator) -> None:
        async def failure(error: type[CoderError], match: str, adopt: Any) -> None:
            with pytest.raises(error, match=match):
                await operations.plan("Add CI", spec={"adopt": adopt})

        plain = await operations.plan("A todo api", spec={"language": "python"})
        with pytest.raises(PathOccupiedError, match=r'"adopt": true'):
            await operations.generate(plain.project_id, str(root))
        await failure(InvalidInputError, "Which directory", True)
        await failure(InvalidInputError, "must be true or the path", 3)
        await failure(InvalidInputError, "nothing in", str(tmp_path / "empty"))
        await failure(UnsupportedError, "No project", str(tmp_path / "letters"))
        planned = await operations.plan("Add CI", spec={"adopt": str(root)})
        with pytest.raises(InvalidInputError, match="was adopted, not"):
            await operations.generate(planned.project_id, str(tmp_path / "other"))
        assert on_disk(root) == before
        await operations.generate(planned.project_id)
        await failure(PathOccupiedError, f"holds project {planned.project_id}", str(root))

    await use_services(settings, work)


async def test_what_stands_for_a_feature_already_is_left_alone(
    settings: Settings, tmp_path: Path
) -> None:
    files = {
        "go.mod": "module example.org/me/tool/v2\n\ngo 1.26\n\n"
        "require github.com/go-chi/chi/v5 v5.2.0\n",
        "main.go": "package main\n",
        ".gitlab-ci.yml": "stages: []\n",
        "COPYING": "GPL\n",
        "Agents.md": "mine\n",
    }
    root = lay_out(tmp_path / "tool", files)

    async def work(operations: Orchestrator) -> None:
        names = ["ci", "licence", "agents_md", "git_hooks"]
        planned = await operations.plan(spec={"adopt": str(root), "features": names})
        told = "\n".join(planned.plan.spec.assumptions)
        assert "A workflow is there already: .gitlab-ci.yml." in told
        assert "A licence is there already: COPYING." in told
        assert "It declares chi (go.mod:5)." in told
        done = await operations.generate(planned.project_id)
        assert actions(done.result) == {HOOKS: "created"}
        assert set(done.result.provides) >= {"feature:ci", "feature:licence", "feature:git_hooks"}

    await use_services(settings, work)


ECOSYSTEMS: list[tuple[dict[str, str], list[str], list[str]]] = [
    (
        {
            "Cargo.toml": '[package]\nname = "t"\nversion = "0.1.0"\nlicense = "GPL-3.0"\n'
            '[dependencies]\naxum = "0.8"\n',
            "src/main.rs": "fn main() {}\n",
        },
        ["axum (Cargo.toml:6)", "another licence ('GPL-3.0')"],
        ["cargo build", "cargo test"],
    ),
    (
        {
            "pom.xml": "<project><parent><groupId>org.springframework.boot</groupId>"
            "<artifactId>p</artifactId></parent></project>\n",
            "src/main/java/A.java": "class A {}\n",
        },
        ["Spring Boot (pom.xml:1)"],
        ["mvn --batch-mode verify"],
    ),
    (
        {
            "requirements.txt": "Django==5.2\npytest\n",
            "manage.py": "",
            "blog/models.py": "from django.db import models\n\n\nclass Dated(models.Model):\n"
            "    class Meta:\n        abstract = True\n\n\nclass Post(Dated):\n"
            "    title = models.TextField()\n",
        },
        ["Django (requirements.txt:1)", "Post is a Django model (blog/models.py:9): title."],
        ["python -m pip install -r requirements.txt", "python -m pytest"],
    ),
    (
        {
            "pyproject.toml": '[tool.poetry]\nname = "p"\n[tool.poetry.dependencies]\n'
            'python = "^3.12"\nsqlmodel = "*"\n',
            "a.py": "from sqlmodel import SQLModel\n\n\nclass A(SQLModel, table=True):\n"
            "    x: int\n\n\nclass B(SQLModel):\n    x: int\n",
        },
        ["SQLModel (pyproject.toml:5)", "A is a SQLModel model (a.py:4): x.", "by poetry"],
        ["pipx install poetry && poetry install", "poetry run python -m compileall -q ."],
    ),
]
"""Files, what is told of them, and what their workflow runs."""


async def test_each_ecosystem_is_known_by_what_it_declares(
    settings: Settings, tmp_path: Path
) -> None:
    async def work(operations: Orchestrator) -> None:
        for number, (files, told, commands) in enumerate(ECOSYSTEMS):
            root = lay_out(tmp_path / f"p{number}", files)
            spec = {"adopt": str(root), "features": ["ci", "license"]}
            planned = await operations.plan(spec=spec)
            said = "\n".join(planned.plan.spec.assumptions)
            assert all(line in said for line in told), said
            done = await operations.generate(planned.project_id)
            assert done.result.changes[0].path == CI
            [job] = yaml.safe_load((root / CI).read_text())["jobs"].values()
            assert [step["run"] for step in job["steps"] if "run" in step] == commands

    await use_services(settings, work)


async def test_names_from_the_project_cannot_break_what_is_written(
    settings: Settings, tmp_path: Path
) -> None:
    odd = 'a: {{ 7*7 }} "#`'
    root = lay_out(
        tmp_path / "p",
        {
            "pyproject.toml": '[project]\nname = "x; rm -rf /"\nversion = "1"\n'
            "[build-system]\nrequires = []\n"
            '[project.optional-dependencies]\n"test; rm" = ["pytest"]\n',
            "a.py": "",
            f"{odd}/package.json": '{"name": "$(id)", "scripts": {"test": "x", "lint": "y"}}',
            f"{odd}/a.js": "",
        },
    )

    async def work(operations: Orchestrator) -> None:
        planned = await operations.plan(spec={"adopt": str(root), "features": ["ci", "agents"]})
        await operations.generate(planned.project_id)
        jobs = yaml.safe_load((root / CI).read_text())["jobs"]
        assert jobs["javascript"]["defaults"]["run"]["working-directory"] == odd
        text = (root / CI).read_text() + (root / AGENTS).read_text()
        assert "rm -rf" not in text
        assert "; rm" not in text
        assert "49" not in text

    await use_services(settings, work)


async def test_sentences_about_files_are_understood_as_such(
    settings: Settings, tmp_path: Path
) -> None:
    root = lay_out(tmp_path / "p", {"go.mod": "module m\n\ngo 1.26\n", "main.go": "package m\n"})

    async def work(operations: Orchestrator) -> None:
        for sentence, features, entities in (
            ("Add CI", ["ci"], []),
            ("Add an MIT license and a CI workflow", ["ci", "license"], []),
            ("Add pre-commit hooks", ["pre_commit"], []),
            ("Add AGENTS.md", ["agents"], []),
            ("Add a licence and notes", ["license"], ["Note"]),
            ("Add agents", [], ["Agent"]),
        ):
            spec = (await operations.plan(sentence, spec={"adopt": str(root)})).plan.spec
            assert sorted(spec.features) == features, sentence
            assert [entity.name for entity in spec.entities] == entities, sentence
            needs = {need for requirement in spec.requirements for need in requirement.needs}
            assert {f"feature:{name}" for name in features} <= needs

    await use_services(settings, work)


async def test_an_assistant_adopts_by_the_spec(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "shop", SHOP)
    async with host(tmp_path) as client:
        plain = await call(client, "plan", description="A todo api", spec={"language": "python"})
        text = await refused(
            client, "generate", project_id=plain["project_id"], output_path=str(root)
        )
        assert '{"adopt": true}' in text
        planned = await call(client, "plan", description="Add CI", spec={"adopt": str(root)})
        assert f"Call generate(project_id='{planned['project_id']}')," in planned["next"]
        done = await call(client, "generate", project_id=planned["project_id"])
        assert [change["path"] for change in done["changes"]] == [CI]
        assert (root / CI).exists()


def test_the_command_line_adopts_with_a_switch(tmp_path: Path) -> None:
    home = tmp_path / "home"
    root = lay_out(home / "shop", SHOP)
    cli = CommandLine(home)
    wanted = ("generate", "--description", "Add a CI workflow", "--output", "shop", "--offline")
    done = cli(*wanted, "--adopt", "--json")
    assert done.code == 0, done.err
    assert [change["path"] for change in done.json()["result"]["changes"]] == [CI]
    assert (root / CI).exists()


@pytest.mark.thorough
async def test_a_build_adds_validates_and_mends_nothing(settings: Settings, tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "small"\nversion = "1"\nrequires-python = ">=3.11"\n',
        "small.py": "import os\nx=1\n",
    }
    root = lay_out(tmp_path / "small", files)
    extra = [{"path": "tests/test_small.py", "content": "def test_one() -> None:\n    assert 1\n"}]

    async def work(operations: Orchestrator) -> None:
        from autonomous_coder.models.runs import BuildRequest, BuildResult

        request = BuildRequest(
            description="Add a licence",
            output_path=str(root),
            spec={"adopt": True, "features": ["license"], "extra_files": extra},
            offline=True,
        )
        run = await operations.builds.execute_pipeline(request)
        assert run.result is not None, run.error
        result = BuildResult.model_validate(run.result)
        assert not result.success
        assert {path: on_disk(root)[path] for path in files} == files
        assert sorted(on_disk(root)) == ["LICENSE", "pyproject.toml", "small.py", extra[0]["path"]]

    await use_services(settings, work)


async def test_a_part_without_sources_is_told_and_workspaces_are_not(
    settings: Settings, tmp_path: Path
) -> None:
    manifest = '{"name": "x", "dependencies": {"vue": "^3"}, "scripts": {"build": "vite build"}}'
    files = {
        "pyproject.toml": '[project]\nname = "api"\nversion = "1"\n',
        "api/app.py": "A = 1\n",
        "ui/package.json": manifest,
        "ui/node_modules/vue/package.json": "{}",
        "docs/requirements.txt": "sphinx\n",
    }
    root = lay_out(tmp_path / "mixed", files)

    async def work(operations: Orchestrator) -> None:
        spec = {"adopt": str(root), "features": ["ci"]}
        planned = await operations.plan("Add CI", spec=spec, offline=True)
        told = [text for text in planned.plan.spec.assumptions if "not looked into" in text]
        assert len(told) == 1
        assert told[0].startswith("ui/package.json is there, without sources beside it")

    await use_services(settings, work)
