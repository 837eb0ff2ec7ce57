"""Libraries in Go: what they offer, and that they are proven."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.languages.go.pack_literals import comment, literal
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, TEMPLATES, entity, field, link
from server.generator.proving import passed, proven
from server.generator.python_packages import ADD_UP, NAMES, TODO, WIDE

pytestmark = pytest.mark.anyio

HOST_CODE = """package demo

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
HOST_TEST = """package demo_test

import (
	"testing"

	"example.com/demo"
)

func TestSums(t *testing.T) {
	if got, err := demo.AddUp(2, new(int64(3))); err != nil || got != 5 {
		t.Errorf("got %d, %v", got, err)
	}
}
"""
HOST_FILES: list[dict[str, object]] = [
    {"path": "addup.go", "content": HOST_CODE, "mode": "once"},
    {
        "path": "sums_test.go",
        "content": HOST_TEST,
        "mode": "once",
        "proves": ["command:add_up"],
    },
]


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "go"
    return files


@pytest.fixture
def golang() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"go": GoPack()}, leave_files)


def library(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "go", "archetype": "library", **more}
    )


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_a_library_can_be_published_and_needs_no_other_module(
    golang: GeneratorEngine,
) -> None:
    render = await golang.render(library(entities=[TODO]), None)
    files = texts(render)
    assert files["go.mod"] == "module example.com/demo\n\ngo 1.26.0\n"
    assert {"LICENSE", "CHANGELOG.md", ".github/workflows/ci.yml", "example_test.go"} <= set(files)
    assert not any("internal/" in path for path in files)
    assert (render.start, render.test) == ("go doc -all .", "go test ./...")
    assert "type TodoPriority string" in files["todos.go"]
    assert "Priority: TodoPriorityLow," in files["todos.go"].partition("func NewTodo()")[2]


async def test_every_promise_names_a_test_that_is_there(golang: GeneratorEngine) -> None:
    render = await golang.render(library(entities=WIDE), None)
    for capability in (
        *("archetype:library", "feature:tests", "feature:docs", "entity:Post", "field:Post.title"),
        *("relation:Post.tags", "relation:Tag.posts", "relation:Cover.post"),
    ):
        assert render.provides[capability], capability
    tests = [
        f"{path}::{name}"
        for path, text in texts(render).items()
        if path.endswith("_test.go")
        for name in re.findall(r"^func (Test\w+)\(", text, re.M)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)


@pytest.mark.parametrize("name", sorted(set(SPECS) - {"tricky"}))
async def test_every_spec_becomes_code_without_what_is_left_to_do(
    golang: GeneratorEngine, name: str
) -> None:
    spec = SPECS[name] | {"language": "go", "archetype": "library", "features": []}
    files = texts(await golang.render(ProjectSpec.model_validate(spec), None))
    code = "\n".join(text for path, text in files.items() if path.endswith(".go"))
    for bad in (r"nolint", r"lint:ignore", r"\bTODO\b", r"\bFIXME\b", r"\bstore\.[A-Z]\w+\("):
        assert not re.search(bad, code), bad


async def test_what_a_spec_has_no_use_for_is_not_there(golang: GeneratorEngine) -> None:
    files = texts(await golang.render(library(entities=[entity("Tag", "tags", [])]), None))
    assert not {"rules.go", "date.go", "decimal.go", "references.go"} & set(files)
    for unused in ("func keyed", "func copied", "uniques", "ErrReference"):
        assert unused not in "".join(files.values()), unused


async def test_commands_on_entities_are_methods_of_the_store(golang: GeneratorEngine) -> None:
    spec = library(entities=[TODO], commands=[{"name": "add_todo"}, {"name": "complete"}])
    render = await golang.render(spec, None)
    assert render.notes == [
        "`add_todo` is `Store.Todos.Add`.",
        "`complete` is `Store.Todos.Update`.",
    ]
    assert render.provides["command:add_todo"]
    assert render.provides["command:complete"]


async def test_a_function_nobody_knows_is_refused_or_told(golang: GeneratorEngine) -> None:
    with pytest.raises(UnsupportedError, match="add_up") as refused:
        await golang.render(library(commands=[ADD_UP]), None)
    assert "addup.go" in refused.value.hint
    assert "func AddUp(first int64, second *int64)" in refused.value.hint
    render = await golang.render(library(commands=[ADD_UP], entities=[TODO]), None)
    assert "command:add_up" not in render.provides
    assert "func AddUp(" in render.notes[0]


async def test_functions_of_the_host_are_offered(golang: GeneratorEngine) -> None:
    render = await golang.render(library(commands=[ADD_UP], extra_files=HOST_FILES), None)
    assert render.provides["command:add_up"] == ["sums_test.go::TestSums"]
    assert "`demo.AddUp`" in texts(render)["README.md"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("package other\n", "not of package demo"),
        ("package demo\n// func AddUp(\n", "no function 'AddUp'"),
        ("package demo\nfunc AddUp(first, second, third int64) int64 { return 0 }\n", "instead of"),
    ],
)
async def test_a_file_of_the_host_without_the_function_is_refused(
    golang: GeneratorEngine, code: str, told: str
) -> None:
    given = [{"path": "addup.go", "content": code}]
    with pytest.raises(InvalidInputError, match=told):
        await golang.render(library(commands=[ADD_UP], extra_files=given), None)


async def test_names_that_the_library_takes_are_given_way(golang: GeneratorEngine) -> None:
    taken = [
        entity("Record", "errors", [field("record"), field("validate")]),
        entity("AddUp", "add_ups", [field("kind", "enum", values=["a", "b"])]),
        entity("AddUpKind", "repositories", [field("x")], link("record", "Record")),
    ]
    files = texts(
        await golang.render(
            library(entities=[*taken, *WIDE], commands=[ADD_UP], extra_files=HOST_FILES), None
        )
    )
    assert "type RecordRecord struct" in files["errorslist.go"]
    assert "RecordField string" in re.sub(" +", " ", files["errorslist.go"])
    assert "type AddUpRecord struct" in files["addups.go"]
    assert "type StoreRecord struct" in files["stores.go"]
    assert (
        "package stringslib\n"
        in texts(await golang.render(library(name="strings"), None))["about.go"]
    )


async def test_free_text_stays_text(golang: GeneratorEngine) -> None:
    def made(line: str, text: str) -> ProjectSpec:
        fields = [field("name", description=line, default=line, maximum=500)]
        return library(
            entities=[entity("Thing", "things", fields, description=line)],
            title=line,
            description=text,
        )

    def code(render: Render) -> str:
        return "\n".join(t for p, t in texts(render).items() if p.endswith(".go"))

    hostile = code(await golang.render(made(HOSTILE_LINE, HOSTILE), None))
    assert "\x00" not in hostile
    for said in (HOSTILE, HOSTILE_LINE):
        for line in comment(said).splitlines():
            assert line.startswith("// ")
    bare = re.sub(r"^\s*//.*\n", "", hostile, flags=re.M).replace(literal(HOSTILE_LINE), '"plain"')
    plain = code(await golang.render(made("plain", "plain"), None))
    assert bare == re.sub(r"^\s*//.*\n", "", plain, flags=re.M)
    assert comment("+build ignore") == "// + build ignore"
    empty = code(await golang.render(library(description=HOSTILE), None))
    assert f"const Summary = {literal(HOSTILE.strip())[:20]}" in empty


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        library(),
        library(entities=[TODO]),
        library(commands=[ADD_UP], extra_files=HOST_FILES),
        library(
            entities=[*WIDE, NAMES],
            commands=[{"name": "add_post"}, ADD_UP],
            extra_files=HOST_FILES,
        ),
    ],
    ids=["empty", "todo", "function", "wide"],
)
async def test_a_generated_library_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "tests", "format"} <= passed(report)
