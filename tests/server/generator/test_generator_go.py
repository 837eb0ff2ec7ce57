"""The Go pack renders: what is safe, named and promised, without go or a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, ToolchainMissingError, UnsupportedError
from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.languages.go.pack_imports import imports
from autonomous_coder.languages.go.pack_literals import literal
from autonomous_coder.languages.go.pack_names import exported, sql, unexported
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Origin, Pin, Resolution
from server.generator.conftest import (
    AWKWARD,
    HOSTILE,
    HOSTILE_LINE,
    SPECS,
    TEMPLATES,
    TYPES,
    entity,
    field,
    link,
)

pytestmark = pytest.mark.anyio

BLOG = [
    entity(
        "Post",
        "posts",
        [field("title", unique=True), field("state", "enum", values=["draft", "out"])],
        link("tags", "Tag", "many_to_many", back_name="posts"),
        link("author", "User"),
        access="owner_write",
    ),
    entity("Tag", "tags", [field("name", unique=True, maximum=50)], access="shared"),
    entity("Cover", "covers", [field("url", "url")], link("post", "Post", "one_to_one")),
]
USERS = entity("User", "users", [field("nickname", required=False)])


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "go"
    return files


async def unavailable(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that is not installed."""
    raise ToolchainMissingError("gofmt is not installed.", hint="Install go.")


@pytest.fixture
def golang() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"go": GoPack()}, leave_files)


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "go", "entities": list(entities), **more}
    )


def text_of(render: Render, path: str) -> str:
    return next(file.content for file in render.files if file.path == path)


def code_of(render: Render) -> str:
    return "\n".join(file.content for file in render.files if file.path.endswith(".go"))


async def test_every_promise_names_a_test_that_is_there(golang: GeneratorEngine) -> None:
    render = await golang.render(
        spec(*BLOG, USERS, features=["accounts", "cors", "logging", "license"]), None
    )
    for capability in (
        *("entity:Post", "field:Post.title", "relation:Post.tags", "relation:Post.author"),
        *("relation:Cover.post", "relation:Tag.posts", "entity:User", "field:User.nickname"),
        *("feature:accounts", "feature:cors", "feature:logging", "feature:migrations"),
    ):
        assert render.provides[capability], capability
    tests = [
        f"{file.path}::{name}"
        for file in render.files
        if file.path.endswith("_test.go")
        for name in re.findall(r"^func (Test\w+)\(", file.content, re.M)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)
    paths = {file.path for file in render.files}
    assert {"Dockerfile", ".github/workflows/ci.yml", "LICENSE", "internal/api/logs.go"} <= paths
    assert (render.manifest, render.lockfile) == ("go.mod", "go.sum")
    assert (render.start, render.test) == ("go run ./cmd/server", "go test ./...")


async def test_generated_code_has_no_disabled_rule_and_nothing_left_to_do(
    golang: GeneratorEngine,
) -> None:
    code = code_of(await golang.render(spec(*BLOG, USERS, features=["accounts"]), None))
    for bad in (r"nolint", r"lint:ignore", r"\bTODO\b", r"\bFIXME\b", r"^\s*go\s+func", "panic\\("):
        assert not re.search(bad, code, re.M), bad


async def test_nothing_is_generated_that_a_spec_has_no_use_for(golang: GeneratorEngine) -> None:
    render = await golang.render(spec(), None)
    assert not {"internal/api/form.go", "internal/store/query.go"} & {f.path for f in render.files}
    plain = code_of(await golang.render(spec(entity("Tag", "tags", [field("name")])), None))
    for unused in ("func rowIDs", "func orNull", "type Decimal", "func isoDate", "ReferenceError"):
        assert unused not in plain, unused


async def test_free_text_stays_text(golang: GeneratorEngine) -> None:
    def made(line: str, text: str) -> ProjectSpec:
        fields = [field("name", description=line, default=line, maximum=500)]
        return spec(
            entity("Thing", "things", fields, description=line), title=line, description=text
        )

    harmless = await golang.render(made("plain", "plain"), None)
    render = await golang.render(made(HOSTILE_LINE, HOSTILE), None)
    assert code_of(render).replace(literal(HOSTILE_LINE), '"plain"') == code_of(harmless)
    document = json.loads(text_of(render, "internal/api/openapi.json"))
    assert document["info"]["title"] == HOSTILE_LINE
    assert document["info"]["description"] == HOSTILE.strip()
    created = document["components"]["schemas"]["ThingCreate"]["properties"]["name"]
    assert (created["default"], created["description"]) == (HOSTILE_LINE, HOSTILE_LINE)
    assert "\x00" not in "".join(file.content for file in render.files)
    for path in ("Dockerfile", "go.mod", ".env.example", ".github/workflows/ci.yml"):
        assert text_of(render, path) == text_of(harmless, path)


def test_any_text_is_a_literal_of_ascii() -> None:
    assert literal('a"b\\\n\x00\x85`é\u2028\U0001f600') == (
        '"a\\"b\\\\\\n\\x00\\u0085`\\u00e9\\u2028\\U0001f600"'
    )
    assert literal("\ud800") == '"\\ufffd"'


@pytest.mark.parametrize(
    ("name", "shown"),
    [("due_date", "DueDate"), ("post_id", "PostID"), ("tag_ids", "TagIDs"), ("url", "URL")],
)
def test_names_are_written_as_go_does(name: str, shown: str) -> None:
    assert exported(name) == shown


def test_names_begin_small_and_words_of_sql_are_quoted() -> None:
    assert [unexported(n) for n in ("BlogPost", "HTTPLog", "URL")] == ["blogPost", "httpLog", "url"]
    assert [sql(n) for n in ("order", "title")] == ['"order"', "title"]


def test_imports_are_what_the_code_uses() -> None:
    code = 'x := fmt.Sprint(s.store.X, "os.Exit") // io.EOF\nstore.Open(jwt.New())'
    assert imports(code, "example.com/a", "embed") == (
        'import (\n\t_ "embed"\n\t"fmt"\n\n\t"github.com/golang-jwt/jwt/v5"\n\n'
        '\t"example.com/a/internal/store"\n)\n'
    )


async def test_names_that_the_language_takes_are_given_way(golang: GeneratorEngine) -> None:
    awkward = [field(name) for name in AWKWARD if name not in ("date",)]
    render = await golang.render(
        spec(
            entity("Store", "class", awkward),
            entity("Page", "server", [field("id_", "string"), field("type", "string")]),
            entity("Linux", "app_linux", [field("x")], link("order", "Store")),
            entity("Test", "my_test", [field("x")]),
        ),
        None,
    )
    paths = {file.path for file in render.files}
    assert {"internal/store/serverlist.go", "internal/api/applinux.go"} <= paths
    assert not any(p.endswith(("_linux.go", "/server_test_test.go")) for p in paths)
    assert "internal/api/mytest_test.go" in paths
    store = text_of(render, "internal/store/class.go")
    assert "type StoreRecord struct" in store
    assert '"order"' in store
    assert '"limit_"' in text_of(render, "internal/api/class.go")


async def test_two_members_of_one_name_are_refused(golang: GeneratorEngine) -> None:
    twice = entity("B", "bs", [field("a_id", "integer")], link("a", "A"))
    with pytest.raises(UnsupportedError, match="a_id"):
        await golang.render(spec(entity("A", "things", []), twice), None)


@pytest.mark.parametrize("kind", TYPES)
async def test_every_type_has_a_column_a_rule_and_a_sample(
    golang: GeneratorEngine, kind: str
) -> None:
    fields = [
        field("plain", kind),
        field("only", kind, unique=True),
        field("open", kind, required=False),
    ]
    render = await golang.render(spec(entity("Thing", "things", fields)), None)
    api, store = (text_of(render, f"internal/{p}/things.go") for p in ("api", "store"))
    assert len(re.findall(r"required\(f, ", api)) == 2
    assert re.search(r'Open: orNull\(f, "open", ', api)
    assert re.search(r'Open \*\S+ `json:"open"`', store)
    made = text_of(render, "internal/api/factories_test.go")
    assert len(re.findall(r'^\t\t"(?:plain|only|open)": ', made, re.M)) == 3
    tables = text_of(render, "internal/store/migrations/0001_initial.sql")
    assert re.search(r'  "only" \w+ NOT NULL UNIQUE,', tables)


async def test_a_default_that_its_field_refuses_is_refused(golang: GeneratorEngine) -> None:
    wrong = entity("Thing", "things", [field("n", "integer", default="many")])
    with pytest.raises(InvalidInputError, match=r"Thing\.n"):
        await golang.render(spec(wrong), None)


async def test_go_mod_has_the_resolved_versions(golang: GeneratorEngine) -> None:
    wanted = spec(features=["accounts"])
    names = golang.dependencies(wanted).packages
    resolution = Resolution(
        ecosystem="go",
        runtime="go 1.26",
        origin=Origin.LIVE,
        pins=[Pin(name=name, version="v1.2.3") for name in names],
    )
    text = text_of(await golang.render(wanted, resolution), "go.mod")
    assert text.startswith("module example.com/demo\n\ngo 1.26.0\n\nrequire (\n")
    assert re.findall(r"^\t(\S+) v1\.2\.3$", text, re.M) == sorted(names)
    assert len(names) == 3


async def test_the_document_names_what_the_code_routes(golang: GeneratorEngine) -> None:
    for name in ("blog", "people", "everything", "plain", "empty"):
        data = {**SPECS[name], "language": "go"}
        features = [f for f in data.get("features", []) if f != "postgresql"]  # type: ignore[attr-defined]
        render = await golang.render(
            ProjectSpec.model_validate({**data, "features": features}), None
        )
        paths = json.loads(text_of(render, "internal/api/openapi.json"))["paths"]
        told = {
            f"{method.upper()} {path}"
            for path, operations in paths.items()
            for method in operations
            if method != "parameters"
        }
        routed = re.findall(r'handle\("([^"]+)"', text_of(render, "internal/api/server.go"))
        assert told == {route for route in routed if route != "GET /openapi.json"}


async def test_without_its_formatter_the_code_is_made_and_says_so() -> None:
    engine = GeneratorEngine(TEMPLATES, {"go": GoPack()}, unavailable)
    render = await engine.render(spec(), None)
    assert any("gofmt is not installed" in note for note in render.notes)
    assert "cmd/server/main.go" in {file.path for file in render.files}
