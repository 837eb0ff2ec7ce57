"""A conversation with each tool, in both protocol eras, without network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError
from mcp.types import PromptReference, ResourceTemplateReference, TextResourceContents

from hosting import ERAS, Era, call, host, over_stdio, refused, text_of

pytestmark = pytest.mark.anyio

SENTENCE = "a blog in Python with posts and comments, users can log in"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A directory that looks like a small Python project, with a fault in it."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "pyproject.toml").write_text(
        '[project]\nname = "demo"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n',
        encoding="utf-8",
    )
    (root / "demo.py").write_text("def answer() -> int:\n    return 42\n", encoding="utf-8")
    return root


async def planned(client: Client, sentence: str = SENTENCE) -> str:
    """The id of a project that has just been planned."""
    return str((await call(client, "plan", description=sentence))["project_id"])


@pytest.mark.parametrize("era", ERAS)
async def test_research_says_where_a_fact_comes_from(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        found = await call(client, "research", packages=["pypi:fastapi"])
        (fact,) = found["packages"]
        assert fact["name"] == "fastapi"
        assert fact["version"]
        assert fact["origin"] == "curated", "without network nothing is called live"
        assert found["status"] == "succeeded"
        assert "not a package reference" in await refused(client, "research", packages=["nope"])
        assert "1 to 100" in await refused(client, "research", packages=[])


@pytest.mark.parametrize("era", ERAS)
async def test_plan_answers_with_a_handle_spec_stack_and_tasks(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        result = await client.call_tool("plan", {"description": SENTENCE})
        data = result.structured_content
        assert data is not None
        assert {e["name"] for e in data["spec"]["entities"]} == {"Post", "Comment"}
        assert data["tech_stack"]
        assert data["tasks"]
        for part in (data["project_id"], "Post", "Comment", "R1", "generate("):
            assert part in text_of(result)
        again = await call(client, "plan", project_id=data["project_id"], description=SENTENCE)
        assert again["project_id"] == data["project_id"]


async def test_a_spec_may_arrive_as_text_and_overrules_the_description(tmp_path: Path) -> None:
    spec = {"name": "library", "entities": [{"name": "Book", "plural": "books"}]}
    async with host(tmp_path) as client:
        for given in (spec, json.dumps(spec)):
            found = await call(client, "plan", description="a todo list in Python", spec=given)
            assert found["spec"]["name"] == "library"
            assert "Book" in {e["name"] for e in found["spec"]["entities"]}
        text = await refused(client, "plan", description="x", spec={"colour": "red"})
        assert "spec.colour" in text


async def test_arguments_that_are_null_count_as_not_given(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        found = await call(
            client, "plan", description="a todo list in Python", spec=None, deadline=None
        )
        assert found["project_id"]


@pytest.mark.anyio
async def test_status_answers_at_once_while_a_run_goes_on(tmp_path: Path) -> None:
    output = tmp_path / "blog"
    async with host(tmp_path) as client:
        built = await call(
            client, "build", description=SENTENCE, output_path=str(output), wait_seconds=0
        )
        seen = await call(client, "status", run_id=built["run_id"])
        assert seen["status"] == "running"
        await call(client, "build", run_id=built["run_id"], cancel=True)


@pytest.mark.live
@pytest.mark.parametrize("era", ERAS)
async def test_generate_previews_then_writes_and_tells_progress(era: Era, tmp_path: Path) -> None:
    told: list[tuple[float, str | None]] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        assert total == 100
        told.append((progress, message))

    output = tmp_path / "blog"
    async with host(tmp_path, era, research={}) as client:
        project_id = await planned(client)
        arguments = {"project_id": project_id, "output_path": str(output)}
        seen = await call(client, "generate", **arguments, preview=True)
        assert seen["preview"] is True
        assert not output.exists()
        result = await client.call_tool("generate", arguments, progress_callback=tell)
        assert not result.is_error, text_of(result)
        data = result.structured_content
        assert data is not None
        assert {c["action"] for c in data["changes"]} == {"created"}
        assert (output / "pyproject.toml").is_file()
        assert f"validate(project_id='{project_id}')" in data["next"]
    amounts = [amount for amount, _ in told]
    assert amounts == sorted(set(amounts)), "progress rises with each notification"
    assert told[-1][0] == 100


async def test_generate_refuses_a_directory_that_is_not_empty(
    tmp_path: Path, project: Path
) -> None:
    before = {p: p.read_bytes() for p in project.iterdir()}
    async with host(tmp_path) as client:
        project_id = await planned(client)
        text = await refused(client, "generate", project_id=project_id, output_path=str(project))
        assert "not empty" in text
    assert {p: p.read_bytes() for p in project.iterdir()} == before


@pytest.mark.parametrize("era", ERAS)
async def test_validate_reports_findings_and_fix_mends_them(
    era: Era, tmp_path: Path, project: Path
) -> None:
    (project / "demo.py").write_text("import json\n\nx = 1\n", encoding="utf-8")
    async with host(tmp_path, era) as client:
        report = await call(
            client, "validate", path=str(project), checks=["syntax", "lint"], wait_seconds=120
        )
        assert report["passed"] is False
        assert "F401" in {d["code"] for d in report["diagnostics"]}
        assert report["level"] in {"L1", "L2", "L3"}
        fixed = await call(client, "fix", path=str(project), wait_seconds=120)
        assert fixed["errors_after"] < fixed["errors_before"]
        assert "import json" not in (project / "demo.py").read_text(encoding="utf-8")
        restored = await call(
            client, "checkpoint", action="restore", checkpoint_id=fixed["checkpoint_id"]
        )
        assert restored["written"] == ["demo.py"]
        assert "import json" in (project / "demo.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("era", ERAS)
async def test_checkpoints_are_made_listed_compared_restored_and_deleted(
    era: Era, tmp_path: Path, project: Path
) -> None:
    async with host(tmp_path, era) as client:
        made = await call(client, "checkpoint", action="create", path=str(project), label="first")
        identity = made["checkpoint_id"]
        (project / "demo.py").write_text("def answer() -> int:\n    return 43\n", "utf-8")
        listed = await call(client, "checkpoint", action="list", path=str(project))
        assert [c["checkpoint_id"] for c in listed["checkpoints"]] == [identity]
        diff = await call(client, "checkpoint", action="diff", checkpoint_id=identity)
        assert [c["path"] for c in diff["changes"]] == ["demo.py"]
        assert "43" in diff["patch"]
        back = await call(client, "checkpoint", action="restore", checkpoint_id=identity)
        assert "42" in (project / "demo.py").read_text("utf-8")
        assert back["backup_id"] in back["next"]
        gone = await call(client, "checkpoint", action="delete", checkpoint_id=identity)
        assert gone["freed_bytes"] >= 0
        assert identity in await refused(
            client, "checkpoint", action="diff", checkpoint_id=identity
        )


async def test_long_lists_of_checkpoints_are_paged(tmp_path: Path, project: Path) -> None:
    async with host(tmp_path) as client:
        for number in range(3):
            (project / "demo.py").write_text(f"X = {number}\n", "utf-8")
            await call(client, "checkpoint", action="create", path=str(project))
        first = await call(client, "checkpoint", action="list", path=str(project), limit=2)
        assert len(first["checkpoints"]) == 2
        assert "offset=2" in first["truncated"][0]
        rest = await call(client, "checkpoint", action="list", path=str(project), offset=2)
        assert len(rest["checkpoints"]) == 1
        assert "truncated" not in rest


@pytest.mark.parametrize("era", ERAS)
async def test_a_build_hands_over_to_status_and_can_be_cancelled_and_resumed(
    era: Era, tmp_path: Path
) -> None:
    output = tmp_path / "todo"
    async with host(tmp_path, era) as client:
        started = await call(
            client,
            "build",
            description="a todo list in Python",
            output_path=str(output),
            wait_seconds=0,
        )
        run_id = started["run_id"]
        assert started["status"] == "running"
        assert started["next"] == f"Call status with run_id='{run_id}', wait_seconds=45."
        stopped = await call(client, "build", run_id=run_id, cancel=True)
        assert stopped["status"] == "cancelled"
        seen = await call(client, "status", run_id=run_id)
        assert seen["status"] == "cancelled"
        assert f"build with run_id='{run_id}'" in seen["next"]
        resumed = await call(client, "build", run_id=run_id, wait_seconds=0)
        assert resumed["run_id"] == run_id
        stopped = await call(client, "build", run_id=run_id, cancel=True)
        assert stopped["status"] == "cancelled"


@pytest.mark.parametrize("era", ERAS)
async def test_status_tells_of_the_server_its_projects_and_its_runs(
    era: Era, tmp_path: Path
) -> None:
    async with host(tmp_path, era) as client:
        empty = await call(client, "status")
        assert empty["projects"] == empty["runs"] == []
        assert empty["allowed_roots"] == [str(tmp_path)]
        project_id = await planned(client)
        full = await call(client, "status")
        assert [p["project_id"] for p in full["projects"]] == [project_id]
        assert [r["kind"] for r in full["runs"]] == ["plan"]
        one = await call(client, "status", project_id=project_id)
        assert one["project"]["project_id"] == project_id
        assert one["progress"]["total"] > 0
        run = await call(client, "status", run_id=full["runs"][0]["run_id"])
        assert run["project_id"] == project_id, "a finished run holds the whole result"
        assert run["tasks"]


@pytest.mark.parametrize("era", ERAS)
async def test_knowledge_is_listed_searched_and_read(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        topics = (await call(client, "knowledge"))["topics"]
        assert topics
        found = await call(client, "knowledge", query="password hashing", limit=2)
        assert 1 <= len(found["hits"]) <= 2
        document = await call(client, "knowledge", document_id=found["hits"][0]["id"])
        assert document["document"]["body"]
        nothing = await call(client, "knowledge", query="zzzzqqqq")
        assert nothing["hits"] == []
        text = await refused(client, "knowledge", document_id="nonsense")
        assert "Nearest" in text


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("generate", {"project_id": "prj_unknown", "output_path": "/tmp/x"}),
        ("validate", {"project_id": "prj_unknown"}),
        ("fix", {"project_id": "prj_unknown"}),
        ("plan", {"project_id": "prj_unknown"}),
        ("checkpoint", {"action": "list", "project_id": "prj_unknown"}),
        ("checkpoint", {"action": "restore", "checkpoint_id": "cp_unknown"}),
        ("build", {"run_id": "run_unknown"}),
        ("build", {"run_id": "run_unknown", "cancel": True}),
        ("status", {"run_id": "run_unknown"}),
        ("status", {"project_id": "prj_unknown"}),
    ],
)
async def test_an_unknown_id_is_named(tool: str, arguments: dict[str, Any], tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        text = await refused(client, tool, **arguments)
        assert "_unknown" in text
        assert "own (error" not in text


async def test_paths_outside_the_allowed_roots_are_refused(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        for tool, arguments in (
            ("validate", {"path": "/etc"}),
            ("fix", {"path": "/etc"}),
            ("checkpoint", {"action": "create", "path": "/etc"}),
            ("build", {"description": "a todo list in Python", "output_path": "/etc/todo"}),
            ("validate", {"path": "relative/path"}),
        ):
            text = await refused(client, tool, **arguments)
            assert "own (error" not in text


@pytest.mark.parametrize("era", ERAS)
async def test_a_project_can_be_read_as_resources_and_completed(era: Era, tmp_path: Path) -> None:
    async with host(tmp_path, era) as client:
        project_id = await planned(client)
        (content,) = (await client.read_resource(f"project://{project_id}/plan")).contents
        assert isinstance(content, TextResourceContents)
        assert json.loads(content.text)["spec"]["entities"]
        with pytest.raises(MCPError, match="not been validated"):
            await client.read_resource(f"project://{project_id}/report")
        with pytest.raises(MCPError, match="prj_unknown"):
            await client.read_resource("project://prj_unknown/plan")
        for ref, name in (
            (ResourceTemplateReference(uri="project://{project_id}/plan"), "project_id"),
            (PromptReference(name="add_feature"), "project_id"),
        ):
            found = await client.complete(ref, {"name": name, "value": "prj"})
            assert found.completion.values == [project_id]


async def test_the_time_to_wait_follows_the_settings_when_it_is_not_given(tmp_path: Path) -> None:
    async with host(tmp_path, server={"wait_seconds": 0}) as client:
        answer = await call(
            client, "build", description="a todo list in Python", output_path=str(tmp_path / "todo")
        )
        assert answer["status"] == "running"


@pytest.mark.parametrize("era", ERAS)
async def test_a_build_is_interrupted_when_its_host_leaves_and_can_be_resumed(
    era: Era, tmp_path: Path
) -> None:
    output = str(tmp_path / "todo")
    async with Client(over_stdio(tmp_path), mode=era) as client:
        started = await call(
            client, "build", description="a todo list in Python", output_path=output, wait_seconds=0
        )
        assert started["status"] == "running"
    async with host(tmp_path, era) as client:
        seen = await call(client, "status", run_id=started["run_id"])
        assert seen["status"] == "interrupted"
        again = await call(client, "build", run_id=started["run_id"], wait_seconds=0)
        assert again["status"] == "running"
        await call(client, "build", run_id=started["run_id"], cancel=True)
