"""The Java pack renders: what is safe, named and promised, without Java or a network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.java.pack import JavaPack
from autonomous_coder.languages.java.pack_layout import HIGHEST, laid_out, wrapped
from autonomous_coder.languages.java.pack_literals import literal
from autonomous_coder.languages.java.pack_names import (
    RESERVED_TYPES,
    member,
    on_wire,
)
from autonomous_coder.languages.java.pack_tables import MIGRATIONS
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

MAIN, TESTS = "src/main/java/com/example/demo", "src/test/java/com/example/demo"
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
ALL = (
    *("accounts", "roles", "postgresql", "rate_limiting", "cors", "logging", "monitoring"),
    "file_upload",
)
USERS = entity("User", "users", [field("nickname", required=False)])


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "java"
    return files


@pytest.fixture(scope="module")
def java() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"java": JavaPack()}, leave_files)


def spec(*entities: dict[str, object], **more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "java", "entities": list(entities), **more}
    )


def text_of(render: Render, path: str) -> str:
    return next(file.content for file in render.files if file.path == path)


def code_of(render: Render) -> str:
    return "\n".join(file.content for file in render.files if file.path.endswith(".java"))


async def test_every_promise_names_a_test_that_is_there(java: GeneratorEngine) -> None:
    render = await java.render(spec(*BLOG, USERS, features=[*ALL, "license", "compose"]), None)
    for capability in (
        *("entity:Post", "field:Post.title", "relation:Post.tags", "relation:Post.author"),
        *("relation:Cover.post", "relation:Tag.posts", "entity:User", "field:User.nickname"),
        *("feature:migrations", *(f"feature:{name}" for name in ALL)),
    ):
        assert render.provides[capability], capability
    tests = [
        f"{file.path}::{file.path.rpartition('/')[2].removesuffix('.java')}::{name}"
        for file in render.files
        if file.path.startswith("src/test/")
        for name in re.findall(r"@(?:Parameterized)?Test\n.*?void (\w+)\(", file.content, re.S)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)
    paths = {file.path for file in render.files}
    assert {"Dockerfile", "compose.yaml", ".github/workflows/ci.yml", "LICENSE"} <= paths
    assert (render.manifest, render.lockfile) == ("pom.xml", "")
    assert (render.start, render.test) == ("mvn spring-boot:run", "mvn verify")


async def test_generated_code_has_no_disabled_rule_and_nothing_left_to_do(
    java: GeneratorEngine,
) -> None:
    code = code_of(await java.render(spec(*BLOG, USERS, features=ALL), None))
    for bad in (r"SuppressWarnings", r"\bTODO\b", r"\bFIXME\b", r"@Disabled", r"System\.(out|err)"):
        assert not re.search(bad, code), bad


async def test_nothing_is_generated_that_a_spec_has_no_use_for(java: GeneratorEngine) -> None:
    paths = {file.path for file in (await java.render(spec(), None)).files}
    assert not {f"{MAIN}/web/Bodies.java", f"{MAIN}/data/Columns.java"} & paths
    plain = code_of(await java.render(spec(entity("Tag", "tags", [field("name")])), None))
    for unused in ("BigDecimal", "TextEnum", "class References", "longOrNull", "UserId"):
        assert unused not in plain, unused


async def test_free_text_stays_text(java: GeneratorEngine) -> None:
    def made(line: str, text: str) -> ProjectSpec:
        fields = [field("name", description=line, default=line, maximum=500)]
        return spec(
            entity("Thing", "things", fields, description=line), title=line, description=text
        )

    harmless = await java.render(made("plain", "plain"), None)
    render = await java.render(made(HOSTILE_LINE, HOSTILE), None)
    code, plain = (re.sub(r"\s+", "", code_of(r)) for r in (render, harmless))
    assert code.replace(re.sub(r"\s+", "", literal(HOSTILE_LINE)), '"plain"') == plain
    document = json.loads(text_of(render, "src/main/resources/static/openapi.json"))
    assert document["info"]["title"] == HOSTILE_LINE
    assert document["info"]["description"] == HOSTILE.strip()
    assert "\x00" not in "".join(file.content for file in render.files)
    same = ("Dockerfile", "pom.xml", ".env.example", "src/main/resources/application.yaml")
    for path in same:
        assert text_of(render, path) == text_of(harmless, path)


def test_any_text_is_a_literal_of_ascii() -> None:
    assert literal('a"b\\\n\x00\x85`é\u2028\U0001f600') == (
        '"a\\"b\\\\\\n\\000\\u0085`\\u00e9\\u2028\\ud83d\\ude00"'
    )
    assert literal("\ud800") == '"\\ufffd"'


@pytest.mark.parametrize(
    ("wire", "java_name"),
    [
        *(("due_date", "dueDate"), ("x", "x"), ("class", "_class"), ("hash_code", "_hashCode")),
        *(("address_2", "address_2"), ("a_b_c", "a_b_c"), ("limit_", "limit_")),
    ],
)
def test_a_component_is_called_so_that_jackson_makes_the_name_on_the_wire(
    wire: str, java_name: str
) -> None:
    assert (member(wire), on_wire(java_name)) == (java_name, wire)


def test_long_lines_are_broken_at_arguments() -> None:
    assert wrapped(["a" * 60, "b" * 60], 4) == f"{'a' * 60},\n    {'b' * 60}"
    call = f'    call("(", {", ".join(["f(a, b)"] * 30)});'
    broken = laid_out(call).splitlines()
    assert max(map(len, broken)) <= HIGHEST
    assert [line.strip() for line in broken] == ["call(", '"(",', *["f(a, b),"] * 29, "f(a, b));"]


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_renders_well_laid_out(java: GeneratorEngine, name: str) -> None:
    data = json.loads(json.dumps(SPECS[name])) | {"language": "java"}
    for one in data.get("entities", []):
        one["fields"] = [f for f in one["fields"] if f["name"] != "post_id"]
    render = await java.render(ProjectSpec.model_validate(data), None)
    own = {"web", "data", "accounts", "support"}
    for file in render.files:
        if not file.path.endswith(".java"):
            continue
        assert max(map(len, file.content.splitlines())) <= HIGHEST, file.path
        assert not re.search(r"[ \t]\n|\n\n\n|\n\n *\}|\{\n\n\n", file.content), file.path
        words = "package |import |public |final |class |interface |record |/\\*\\*| \\*|    |$"
        stray = f"^(?![@}}]|{words})"
        assert not re.search(stray, file.content, re.M), file.path
        package = file.path.split("/")[-2]
        # Nothing that code of entities imports has the name of an entity.
        if package not in own and "/Application" not in file.path:
            for prefix, imported in re.findall(r"^import (\S+)\.(\w+);$", file.content, re.M):
                place = prefix.rpartition(".")[2]
                ours = prefix.startswith("com.example.") and place not in own
                assert ours or imported in RESERVED_TYPES, (file.path, imported)


async def test_names_that_the_language_takes_are_given_way(java: GeneratorEngine) -> None:
    awkward = [field(name) for name in AWKWARD if name != "date"]
    render = await java.render(
        spec(
            entity("List", "class", awkward),
            entity("Service", "web", [field("id_", "string"), field("type", "string")]),
            entity("Order", "orders", [field("x")], link("order", "List")),
        ),
        None,
    )
    paths = {file.path for file in render.files}
    assert {f"{MAIN}/classlist/ListRecord.java", f"{MAIN}/weblist/ServiceRecord.java"} <= paths
    assert f"{MAIN}/orders/Order.java" in paths
    row = text_of(render, f"{MAIN}/classlist/ListRecord.java")
    assert "        String _class,\n" in row
    repository = text_of(render, f"{MAIN}/classlist/ListRecordRepository.java")
    assert '\\"order\\"' in repository
    query = text_of(render, f"{MAIN}/classlist/ListRecordQuery.java")
    assert "String limit_" in query


async def test_two_members_of_one_name_are_refused(java: GeneratorEngine) -> None:
    twice = entity("B", "bs", [field("a_id", "integer")], link("a", "A"))
    with pytest.raises(UnsupportedError, match="a_id"):
        await java.render(spec(entity("A", "things", []), twice), None)


@pytest.mark.parametrize("kind", TYPES)
async def test_every_type_has_a_column_a_rule_and_a_sample(
    java: GeneratorEngine, kind: str
) -> None:
    fields = [
        field("plain", kind),
        field("only", kind, unique=True),
        field("open", kind, required=False),
    ]
    render = await java.render(spec(entity("Thing", "things", fields)), None)
    sent = text_of(render, f"{MAIN}/things/ThingInput.java")
    assert len(re.findall(r"^        @NotNull .*\w+ (?:plain|only),$", sent, re.M)) == 2
    made = text_of(render, f"{TESTS}/support/Factories.java")
    assert len(re.findall(r'^ +"(?:plain|only|open)", ', made, re.M)) == 3
    tables = text_of(render, "src/main/resources/db/migration/V1__initial.sql")
    assert re.search(r'  "only" \w+ NOT NULL UNIQUE,', tables)


async def test_a_default_that_its_field_refuses_is_refused(java: GeneratorEngine) -> None:
    wrong = entity("Thing", "things", [field("n", "integer", default="many")])
    with pytest.raises(InvalidInputError, match=r"Thing\.n"):
        await java.render(spec(wrong), None)


async def test_the_pom_has_the_resolved_versions_that_spring_boot_does_not_choose(
    java: GeneratorEngine,
) -> None:
    wanted = spec(features=["accounts"])
    asked = java.dependencies(wanted)
    names = [*asked.packages, *asked.dev_packages]
    resolution = Resolution(
        ecosystem="maven",
        runtime="java 17",
        origin=Origin.LIVE,
        pins=[Pin(name=name, version="9.8.7") for name in names],
    )
    text = text_of(await java.render(wanted, resolution), "pom.xml")
    assert text.count("<version>9.8.7</version>") == 3  # The parent, the driver, the hashes.
    assert set(re.findall(r"<artifactId>([\w-]+)<", text)) >= {n.partition(":")[2] for n in names}
    untold = text_of(await java.render(wanted, None), "pom.xml")
    assert f"<version>{asked.tested['org.xerial:sqlite-jdbc']}</version>" in untold


async def test_the_document_names_what_the_code_routes(java: GeneratorEngine) -> None:
    wanted = spec(*BLOG, USERS, features=["accounts", "roles", "monitoring", "file_upload"])
    render = await java.render(wanted, None)
    paths = json.loads(text_of(render, "src/main/resources/static/openapi.json"))["paths"]
    told = {
        f"{method.upper()} {path}"
        for path, operations in paths.items()
        for method in operations
        if method != "parameters"
    }
    routed = set()
    for file in render.files:
        if not file.path.endswith("Controller.java"):
            continue
        base = re.search(r'@RequestMapping\("([^"]*)"\)', file.content)
        for method, path in re.findall(
            r'@(Get|Post|Patch|Delete)Mapping(?:\("([^"]*)"\))?$', file.content, re.M
        ):
            routed.add(f"{method.upper()} {base[1] if base else ''}{path}")
    assert told == routed


async def test_tables_that_change_get_a_migration_that_leads_on(java: GeneratorEngine) -> None:
    import sqlite3

    before = spec(entity("Post", "posts", [field("title"), field("gone", required=False)]))
    now = spec(
        entity(
            "Post",
            "posts",
            [field("title", maximum=80), field("at", "datetime", default="2026-01-01")],
            link("tags", "Tag", "many_to_many"),
        ),
        entity("Tag", "tags", [field("order", unique=True)]),
    )
    first = text_of(await java.render(before, None), f"{MIGRATIONS}/V1__initial.sql")
    pack = JavaPack()
    old, new = (pack.view(one, frozenset()) for one in (before, now))
    existing = {f"{MIGRATIONS}/{name}": first for name in ("V1__initial.sql", "README.md")}
    step = pack.migrate(old, new, existing)
    assert step is not None
    assert re.fullmatch(r"src/main/resources/db/migration/V2__\w+\.sql", step.path)
    assert any("posts.gone" in note and "V2" in note for note in step.notes)
    database = sqlite3.connect(":memory:")
    database.executescript(first)
    row = ("a title", 0, 0)
    database.execute("INSERT INTO posts (title, created_at, updated_at) VALUES (?, ?, ?)", row)
    database.executescript(step.text)
    stored = database.execute("SELECT title, at FROM posts").fetchall()
    assert stored == [("a title", 1_767_225_600_000)]
    whole = text_of(await java.render(now, None), f"{MIGRATIONS}/V1__initial.sql")
    fresh = sqlite3.connect(":memory:")
    fresh.executescript(whole)
    for table in ("posts", "tags", "posts_tags"):
        question = f"SELECT name, type, \"notnull\" FROM pragma_table_info('{table}') ORDER BY 1"
        assert database.execute(question).fetchall() == fresh.execute(question).fetchall()
    database.close()
    fresh.close()
    assert pack.migrate(new, new, existing) is None
