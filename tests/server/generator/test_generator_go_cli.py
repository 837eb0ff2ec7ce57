"""Command-line programs in Go: which commands there are, and that they are proven."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import (
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TEMPLATES,
    TYPES,
    entity,
    field,
)
from server.generator.proving import passed, proven
from server.generator.python_packages import ADD_UP, NAMES, TODO, WIDE

pytestmark = pytest.mark.anyio

HOST_CODE = """// Package core does the work of commands.
package core

import "errors"

// AddUp gives the sum of numbers.
func AddUp(first int64, second *int64) (int64, error) {
	if first == 13 {
		return 0, errors.New("thirteen is too much")
	}
	if second == nil {
		return first, nil
	}
	return first + *second, nil
}
"""
HOST_TEST = """package core

import "testing"

func TestSums(t *testing.T) {
	if got, err := AddUp(2, new(int64(3))); err != nil || got != 5 {
		t.Errorf("got %d, %v", got, err)
	}
	if _, err := AddUp(13, nil); err == nil {
		t.Error("thirteen was accepted")
	}
}
"""
HOST_FILES: list[dict[str, object]] = [
    {"path": "internal/core/addup.go", "content": HOST_CODE, "mode": "once"},
    {
        "path": "internal/core/sums_test.go",
        "content": HOST_TEST,
        "mode": "once",
        "proves": ["command:add_up"],
    },
]
MIX_UP: dict[str, object] = {
    "name": "mix_up",
    "arguments": [
        *(field(f"a_{kind}", kind) for kind in TYPES),
        *(field(f"o_{kind}", kind, required=False) for kind in TYPES),
        field("mode", "enum", values=["low", "high"], default="low"),
        field("ratio", "decimal", minimum=0.25, default=1.5),
        field("times", "integer", minimum=1, maximum=9, default=2),
        field("dry", "boolean", default=False),
        field("json", "enum", values=["x"], required=False),
    ],
}
MIX_CODE = """package core

import (
	"context"
	"time"

	"example.com/demo/internal/store"
)

// MixUp tells how many posts there are.
func MixUp(ctx context.Context, data *store.Store,
	aString, aText string, aInteger int64, aFloat float64, aDecimal string, aBoolean bool,
	aDate string, aDatetime time.Time, aEmail, aURL, aUUID string,
	oString, oText *string, oInteger *int64, oFloat *float64, oDecimal *string, oBoolean *bool,
	oDate *string, oDatetime *time.Time, oEmail, oURL, oUUID *string,
	mode, ratio string, times int64, dry bool, json *string,
) (int, error) {
	found, err := data.ListPosts(ctx, store.PostQuery{Paging: store.Paging{Limit: 1, Sort: "id"}})
	return found.Total, err
}
"""
MIX_FILE = {"path": "internal/core/mixup.go", "content": MIX_CODE, "mode": "once"}


def cli(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "go", "archetype": "cli", **more}
    )


PROVED = {
    "cli-empty": cli(),
    "cli-todo": cli(
        entities=[TODO], commands=[{"name": "add"}, {"name": "done"}], features=["license"]
    ),
    "cli-command": cli(commands=[ADD_UP], extra_files=HOST_FILES),
    "cli-wide": cli(
        entities=[*WIDE, NAMES],
        commands=[
            {"name": "publish"},
            {"name": "add_post"},
            {"name": "search_posts", "arguments": [field("text")]},
            ADD_UP,
            MIX_UP,
        ],
        extra_files=[*HOST_FILES, MIX_FILE],
    ),
}


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "go"
    return files


@pytest.fixture
def golang() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"go": GoPack()}, leave_files)


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_commands_of_the_only_entity_stand_at_the_top(golang: GeneratorEngine) -> None:
    spec = cli(
        entities=[TODO],
        commands=[{"name": "add"}, {"name": "remove"}, {"name": "done"}, {"name": "list_todos"}],
    )
    render = await golang.render(spec, None)
    root = texts(render)["internal/cli/root.go"]
    for call in (
        *(
            'p.addTodo("add")',
            'p.listTodos("list")',
            'p.showTodo("show")',
            'p.updateTodo("update")',
        ),
        *('p.deleteTodo("remove")', 'p.markTodoDone("done")', 'p.listTodos("list-todos")'),
    ):
        assert call in root, call
    for command in spec.commands:
        assert render.provides[f"command:{command.name}"], command.name
    assert not render.notes
    assert (render.start, render.test) == ("go run . --help", "go test ./...")
    assert golang.dependencies(spec).packages == ["github.com/spf13/cobra", "modernc.org/sqlite"]


async def test_several_entities_have_groups_and_named_commands(golang: GeneratorEngine) -> None:
    files = texts(await golang.render(PROVED["cli-wide"], None))
    root = files["internal/cli/root.go"]
    assert 'postGroup := group("posts", "Posts.")' in root
    assert 'root.AddCommand(p.addPost("add-post"))' in root
    assert 'root.AddCommand(p.markPostPublish("publish"))' in root
    assert 'root.AddCommand(p.searchPosts("search-posts"))' in root
    assert "root.AddCommand(p.runAddUp())" in root
    assert "MixUp(cmd.Context(), data, options.AString.value" in files["internal/cli/mixup.go"]


async def test_every_promise_names_a_test_that_is_there(golang: GeneratorEngine) -> None:
    render = await golang.render(PROVED["cli-wide"], None)
    for capability in (
        *("archetype:cli", "feature:tests", "feature:docs", "entity:Post", "field:Post.title"),
        *("relation:Post.tags", "relation:Tag.posts", "relation:Cover.post", "command:publish"),
        *("command:add_post", "command:search_posts", "command:add_up"),
    ):
        assert render.provides[capability], capability
    tests = [
        f"{path}::{name}"
        for path, text in {**texts(render), "internal/core/sums_test.go": HOST_TEST}.items()
        if path.endswith("_test.go")
        for name in re.findall(r"^func (Test\w+)\(", text, re.M)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)


@pytest.mark.parametrize("name", sorted(set(SPECS) - {"tricky"}))
async def test_every_spec_becomes_code_without_what_is_left_to_do(
    golang: GeneratorEngine, name: str
) -> None:
    spec = SPECS[name] | {"language": "go", "archetype": "cli", "features": []}
    files = texts(await golang.render(ProjectSpec.model_validate(spec), None))
    code = "\n".join(text for path, text in files.items() if path.endswith(".go"))
    for bad in (r"nolint", r"lint:ignore", r"\bTODO\b", r"\bFIXME\b", r"userID"):
        assert not re.search(bad, code), bad


async def test_without_data_there_is_no_database(golang: GeneratorEngine) -> None:
    spec = PROVED["cli-command"]
    files = texts(await golang.render(spec, None))
    assert not any("store" in path for path in files)
    assert golang.dependencies(spec).packages == ["github.com/spf13/cobra"]
    empty = texts(await golang.render(cli(), None))
    assert {"main.go", "internal/cli/root.go"} == {
        path for path in empty if path.endswith(".go") and not path.endswith("_test.go")
    }


async def test_a_command_nobody_knows_is_left_out_and_told(golang: GeneratorEngine) -> None:
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await golang.render(cli(commands=[ADD_UP]), None)
    assert "internal/core/addup.go" in refused.value.hint
    render = await golang.render(cli(entities=[TODO], commands=[{"name": "add"}, ADD_UP]), None)
    assert "command:add_up" not in render.provides
    (note,) = render.notes
    assert "func AddUp(first int64, second *int64) (string, error)" in note


async def test_a_command_of_the_hosts_is_proven_by_the_hosts_tests_alone(
    golang: GeneratorEngine,
) -> None:
    alone = await golang.render(cli(commands=[ADD_UP], extra_files=HOST_FILES[:1]), None)
    assert alone.provides["command:add_up"] == []
    render = await golang.render(PROVED["cli-command"], None)
    assert render.provides["command:add_up"] == ["internal/core/sums_test.go::TestSums"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("package cli\n", "not of package core"),
        ("package core\nvar AddUp = 1\n", "no function"),
        ("package core\nfunc AddUp(first int64) (int64, error) {}\n", "instead of"),
        ("package core\nfunc AddUp(first, second *int64) (int, error) {}\n", "instead of"),
        ("package core\nfunc AddUp(first int64, second *int64) int64 {}\n", "a value and an error"),
        ("package core\nfunc AddUp(first int64, second *int64) error {}\n", "a value and an error"),
    ],
)
async def test_a_file_of_the_hosts_that_does_not_fit_is_refused(
    golang: GeneratorEngine, content: str, message: str
) -> None:
    files = [{"path": "internal/core/addup.go", "content": content}]
    with pytest.raises(InvalidInputError, match=message):
        await golang.render(cli(commands=[ADD_UP], extra_files=files), None)


async def test_names_that_the_program_takes_are_given_way(golang: GeneratorEngine) -> None:
    taken = [
        entity("Help", "help", [field("json"), field("no_x"), field("x", "boolean")]),
        entity("Root", "root", [field("data_file")]),
    ]
    files = texts(await golang.render(cli(entities=taken), None))
    assert 'group("help-command"' in files["internal/cli/root.go"]
    assert '"json-value"' in files["internal/cli/help.go"]
    assert '"data-file-value"' in files["internal/cli/rootlist.go"]


async def test_words_of_a_program_stay_words(golang: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> str:
        command = ADD_UP | {
            "description": line,
            "arguments": [field("first", default=None, description=line), field("second")],
        }
        thing = entity("Thing", "things", [field("a", description=line)], description=line)
        code = "package core\nfunc AddUp(first, second string) (string, error) {}\n"
        host = [{"path": "internal/core/addup.go", "content": code}]
        render = await golang.render(
            cli(
                title=line, description=text, entities=[thing, TODO], commands=[command],
                extra_files=host,
            ),
            None,
        )  # fmt: skip
        made = "\n".join(t for path, t in texts(render).items() if path.endswith(".go"))
        assert "\x00" not in made
        return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', re.sub(r"^\s*//.*\n", "", made, flags=re.M))

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(PROVED))
async def test_a_generated_program_passes_every_check(name: str, tmp_path: Path) -> None:
    report = await proven(PROVED[name], tmp_path)
    assert {"dependencies", "build", "lint", "tests", "format"} <= passed(report)
