"""Libraries in Java: which types there are, what is told of them, and that they are proven."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError, UnsupportedError
from autonomous_coder.languages.java.pack import JavaPack
from autonomous_coder.languages.java.pack_literals import javadoc
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, TEMPLATES, entity, field
from server.generator.java_packages import HOST_CODE
from server.generator.proving import passed, proven
from server.generator.python_packages import ADD_UP, NAMES, TODO, WIDE

pytestmark = pytest.mark.anyio

MAIN = "src/main/java/com/example/demo"
DOCUMENTED = """    /**
     * Adds two numbers.
     *
     * @param first one number
     * @param second another one, or null
     * @return their sum
     */
    public static long"""
HOST_FILE: dict[str, object] = {
    "path": f"{MAIN}/AddUp.java",
    "content": HOST_CODE.replace("demo.core", "demo").replace("    public static long", DOCUMENTED),
    "mode": "once",
}


def library(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "java", "archetype": "library", **more}
    )


PROVED = {
    "library-empty": library(),
    "library-todo": library(entities=[TODO], commands=[{"name": "add"}]),
    "library-function": library(commands=[ADD_UP], extra_files=[HOST_FILE]),
    "library-wide": library(
        entities=[*WIDE, NAMES], commands=[{"name": "publish"}, {"name": "add_post"}]
    ),
}


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    assert language == "java"
    return files


@pytest.fixture
def java() -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"java": JavaPack()}, leave_files)


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_every_promise_names_a_test_that_is_there(java: GeneratorEngine) -> None:
    render = await java.render(PROVED["library-wide"], None)
    for capability in (
        *("archetype:library", "feature:tests", "feature:docs", "entity:Post"),
        *("field:Post.title", "relation:Post.tags", "relation:Tag.posts", "relation:Cover.post"),
        *("command:publish", "command:add_post"),
    ):
        assert render.provides[capability], capability
    tests = [
        f"{path}::{path.rpartition('/')[2].removesuffix('.java')}::{name}"
        for path, text in texts(render).items()
        if path.startswith("src/test/")
        for name in re.findall(r"@Test\n.*?void (\w+)\(", text, re.S)
    ]
    assert len(tests) == len(set(tests))
    assert {test for found in render.provides.values() for test in found} <= set(tests)
    assert any("`add_post` is `Repository.add` of Post" in note for note in render.notes)


async def test_what_is_published_is_told(java: GeneratorEngine) -> None:
    files = texts(await java.render(library(title="A <b>", description=HOSTILE), None))
    pom = ElementTree.fromstring(files["pom.xml"])
    told = {child.tag.partition("}")[2]: child for child in pom}
    assert told["name"].text == "A <b>"
    assert {"description", "url", "licenses", "developers", "scm"} <= told.keys()
    for plugin in ("maven-source-plugin", "maven-javadoc-plugin", "Automatic-Module-Name"):
        assert plugin in files["pom.xml"]
    assert "LICENSE" in files
    assert 'NAME = "demo"' in files[f"{MAIN}/About.java"]


async def test_nothing_is_generated_that_a_spec_has_no_use_for(java: GeneratorEngine) -> None:
    plain = await java.render(library(entities=[entity("Tag", "tags", [field("name")])]), None)
    code = "\n".join(text for path, text in texts(plain).items() if path.endswith(".java"))
    for unused in ("Reference", "OnDelete", "InUse", "unique", "BigDecimal", "email", "spring"):
        assert unused not in code, unused


@pytest.mark.parametrize("name", sorted(set(SPECS) - {"tricky"}))
async def test_every_spec_becomes_code_without_what_is_left_to_do(
    java: GeneratorEngine, name: str
) -> None:
    spec = SPECS[name] | {"language": "java", "archetype": "library", "features": []}
    files = texts(await java.render(ProjectSpec.model_validate(spec), None))
    code = "\n".join(text for path, text in files.items() if path.endswith(".java"))
    for bad in (r"SuppressWarnings", r"\bTODO\b", r"\bFIXME\b", r"@Disabled", r"import \S*spring"):
        assert not re.search(bad, code), bad


async def test_methods_of_the_host_are_offered(java: GeneratorEngine) -> None:
    render = await java.render(PROVED["library-function"], None)
    assert "`AddUp.addUp`" in texts(render)["README.md"]
    assert "command:add_up" in render.provides
    wrong = {**HOST_FILE, "content": "package com.example.demo;\npublic class AddUp {}\n"}
    with pytest.raises(InvalidInputError, match="no public static method 'addUp'"):
        await java.render(library(commands=[ADD_UP], extra_files=[wrong]), None)
    with pytest.raises(UnsupportedError, match="add_up") as error:
        await java.render(library(commands=[ADD_UP]), None)
    assert f"{MAIN}/AddUp.java" in error.value.hint


async def test_words_of_a_library_stay_words(java: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> str:
        thing = entity(
            "Thing", "things", [field("a", description=line, default=line)], description=line
        )
        spec = library(title=line, description=text, entities=[thing, TODO])
        made = "\n".join(
            t for path, t in texts(await java.render(spec, None)).items() if path.endswith(".java")
        )
        assert "\x00" not in made
        bare = re.sub(r"/\*.*?\*/", "", made, flags=re.S)
        return re.sub(r"\s+", "", re.sub(r'"(?:\\.|[^"\\\n])*"', '""', bare))

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


def test_free_text_in_documentation_is_neither_markup_nor_its_end() -> None:
    told = javadoc("a */ {@link X} <b> \\u0041 @see\n\u202e é")
    assert told == ("a &#42;&#47; &#123;&#64;link X&#125; &#60;b&#62; &#92;u0041 &#64;see é")


async def test_entities_may_be_called_as_what_the_library_has(java: GeneratorEngine) -> None:
    names = ("Store", "Entity", "Stored", "Builder", "Checks", "About", "Reference", "Factories")
    made = [entity(name, f"{name.lower()}s", [field("checks")]) for name in names]
    files = texts(await java.render(library(entities=made), None))
    for name in names:
        assert f"{MAIN}/{name}Record.java" in files, name


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(PROVED))
async def test_a_generated_library_passes_every_check(name: str, tmp_path: Path) -> None:
    report = await proven(PROVED[name], tmp_path)
    assert {"dependencies", "build", "lint", "tests"} <= passed(report)
