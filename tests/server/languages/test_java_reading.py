"""What is read of a Java project on the host, and what is written into its files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.base import Environment, InstallVerdict, ProjectView
from autonomous_coder.languages.java import JAVA
from autonomous_coder.languages.java.compiling import left_out
from autonomous_coder.languages.java.globs import matches
from autonomous_coder.languages.java.installing import judge
from autonomous_coder.languages.java.layout import Layout, Module, Plugin, read_layout
from autonomous_coder.languages.java.repairing import with_imports
from autonomous_coder.languages.java.tally import Tally
from autonomous_coder.languages.java.toolchain import feature
from autonomous_coder.languages.java.xml import Unreadable, parse
from autonomous_coder.models.execution import Outcome, SandboxLevel
from autonomous_coder.models.validation import Severity
from validating import build_file_tree

POM = """\
<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
    <modelVersion>4.0.0</modelVersion>
    <groupId>demo</groupId>
    <artifactId>app</artifactId>
    <version>1.0</version>
    <properties><gson.version>2.11.0</gson.version></properties>
    <!-- what we need: <dependencies> -->
    <dependencies>
        <dependency>
            <groupId>com.google.code.gson</groupId>
            <artifactId>gson</artifactId>
            <version>${gson.version}</version>
        </dependency>
        <dependency>
            <groupId>org.slf4j</groupId>
            <artifactId>slf4j-api</artifactId>
        </dependency>
    </dependencies>
</project>
"""
MANAGED = """\
<project><artifactId>managed</artifactId><parent><artifactId>app</artifactId></parent>
<dependencyManagement><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId>
<version>1.2</version></dependency></dependencies></dependencyManagement>
<dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId></dependency>
<dependency><groupId>c</groupId><artifactId>d</artifactId><version>[1,2)</version></dependency>
<dependency><groupId>e</groupId><artifactId>f</artifactId><version>${gson.version}</version>
</dependency></dependencies></project>
"""


def project_of(root: Path, files: dict[str, str]) -> ProjectView:
    build_file_tree(root, files)
    return ProjectView(root, tuple(sorted(files)))


def outcome(files: dict[str, bytes], code: int | None = 0, **more: object) -> Outcome:
    return Outcome(code, b"", b"", 0.1, SandboxLevel.L3, files=files, **more)  # type: ignore[arg-type]


def test_packages_are_those_with_an_exact_version_of_all_modules(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"pom.xml": POM, "sub/pom.xml": MANAGED})

    found = {(p.name, p.version, p.path, p.line) for p in JAVA.packages(project)}

    assert found == {
        ("com.google.code.gson:gson", "2.11.0", "pom.xml", 12),
        ("a:b", "1.2", "sub/pom.xml", 4),
        ("e:f", "2.11.0", "sub/pom.xml", 6),
    }


def test_a_declared_dependency_joins_the_others_and_keeps_the_layout() -> None:
    once = JAVA.declare(POM, "org.assertj:assertj-core", "3.27.3", development=True)

    block = """\
        <dependency>
            <groupId>org.assertj</groupId>
            <artifactId>assertj-core</artifactId>
            <version>3.27.3</version>
            <scope>test</scope>
        </dependency>
    </dependencies>
"""
    assert once == POM.replace("    </dependencies>\n", block)
    assert JAVA.declare(once, "org.assertj:assertj-core", "9", development=True) == once


def test_a_pom_without_dependencies_gets_them() -> None:
    bare = "<project>\r\n  <artifactId>a</artifactId>\r\n</project>\r\n"

    declared = JAVA.declare(bare, "a:b", "1", development=False)

    assert "  <dependencies>\r\n    <dependency>\r\n      <groupId>a</groupId>" in declared
    assert parse(declared).all("dependencies", "dependency")  # type: ignore[union-attr]
    assert declared.endswith("  </dependencies>\r\n</project>\r\n")


@pytest.mark.parametrize(
    ("manifest", "package"),
    [("<project>", "a:b"), (POM, "a"), ("<project><dependencies/></project>", "a:b"), ("", "a:b")],
)
def test_what_cannot_be_declared_is_refused_in_words(manifest: str, package: str) -> None:
    with pytest.raises(InvalidInputError):
        JAVA.declare(manifest, package, "1", development=False)


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>',
        "<a>" * 5_000,
        "<a><b></a>",
        "",
        "\0",
        "<a>\ud800</a><c/>",
        "x" * 3_000_000,
    ],
)
def test_xml_that_is_broken_or_dangerous_is_not_read(document: str) -> None:
    assert isinstance(parse(document), Unreadable)


def test_missing_imports_stand_after_those_that_are_there() -> None:
    text = "package a;\n\nimport java.io.File;\n\nclass A {}\n"

    assert with_imports(text, ["java.util.List", "java.io.File"]) == (
        "package a;\n\nimport java.io.File;\nimport java.util.List;\n\nclass A {}\n"
    )
    assert with_imports("package a;\nclass A {}\n", ["b.C"]) == (
        "package a;\n\nimport b.C;\nclass A {}\n"
    )
    assert with_imports("class A {}\n", ["b.C"]) == "import b.C;\n\nclass A {}\n"


def test_the_first_number_of_a_version_is_its_feature() -> None:
    assert [feature(v) for v in ("17.0.15", "1.8", "25", "", "${x}", "21-ea")] == [
        17, 8, 25, 0, 0, 21,
    ]  # fmt: skip


def test_what_cannot_be_fetched_is_told_apart_from_what_does_not_exist() -> None:
    missing = {"kind": "artifact", "message": "Could not find a:b", "path": "pom.xml", "line": 3}
    model = {"kind": "model", "message": "no version", "path": "pom.xml", "line": 4}

    def judged(errors: list[object], code: int | None = 3, **more: object) -> InstallVerdict:
        report = {"errors": errors, "trouble": "", "offline": False, "repositories": [], **more}
        return judge(outcome({"resolve.json": json.dumps(report).encode()}, code))[0]

    assert judged([missing]) is InstallVerdict.PROJECT
    assert judged([missing], trouble="connection refused") is InstallVerdict.INFRASTRUCTURE
    assert judged([missing], offline=True) is InstallVerdict.INFRASTRUCTURE
    assert judged([missing], repositories=["own"]) is InstallVerdict.INFRASTRUCTURE
    assert judged([model], trouble="x", offline=True) is InstallVerdict.PROJECT
    assert judged([], 0) is InstallVerdict.OK
    assert judge(outcome({}, 1))[0] is InstallVerdict.INFRASTRUCTURE
    assert judge(outcome({"resolve.json": b"[1"}))[0] is InstallVerdict.INFRASTRUCTURE
    assert judge(outcome({}, None, killed_by="memory"))[0] is InstallVerdict.INFRASTRUCTURE


def test_only_lines_with_the_secret_word_count_as_outcomes(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"t/ATest.java": "class ATest {\n  void a() {}\n}\n"})
    tally = Tally(project, {"p.ATest": "t/ATest.java"})

    def line(kind: str, word: str = "w", **more: str) -> str:
        about = {"class": "p.ATest", "method": "a", "test": "true", "id": "1"}
        return json.dumps({"word": word, "kind": kind, **about, **more}) + "\n"

    own = line("started") + line("finished", status="FAILED", thrown="x.Error", message="bad")
    forged = line("finished", "guess", status="SUCCESSFUL", method="b") + "[[[\n" + "7\n"

    assert not tally.read((own + forged + line("end", "guess")).encode(), "w")
    assert not tally.passed
    assert list(tally.failed) == ["t/ATest.java::ATest::a"]
    assert [(d.path, d.line) for d in tally.diagnostics()] == [("t/ATest.java", 2)]


def test_every_run_of_a_test_is_counted(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"t/ATest.java": "class ATest {}\n"})
    tally = Tally(project, {"p.ATest": "t/ATest.java"})

    def line(kind: str, number: int, status: str = "", method: str = "each") -> str:
        about = {"class": "p.ATest", "method": method, "test": "true", "id": str(number)}
        return json.dumps({"word": "w", "kind": kind, **about, "status": status}) + "\n"

    told = [
        line("finished", number, status)
        for number, status in enumerate(["SUCCESSFUL", "SUCCESSFUL", "FAILED", "ABORTED"])
    ]
    told += [line("skipped", 4, method="waits"), line("finished", 2, "SUCCESSFUL")]
    end = json.dumps({"word": "w", "kind": "end"})
    assert tally.read("".join([*told, end]).encode(), "w")
    # The same ids in another module are other runs.
    assert tally.read("".join([told[0], end]).encode(), "w")

    assert dict(tally.counts) == {"passed": 3, "failed": 1, "skipped": 2}
    assert not tally.passed
    assert list(tally.failed) == ["t/ATest.java::ATest::each"]


def test_patterns_of_file_names_are_read_as_maven_reads_them() -> None:
    def fits(path: str, *globs: str) -> bool:
        return matches(path, globs)

    assert fits("a/b/CsvBenchmark.java", "**/*Benchmark*")
    assert fits("Benchmark.java", "x", "**/*Benchmark*")
    assert fits("a/b/C.java", "a/", "never")
    assert fits("a/b/C.java", "a/?/**")
    assert not fits("a/b/C.java", "*.java", "b/**", "**/c.java", "")
    # Patterns that would keep a regular expression busy for ever.
    assert not fits(f"{'a/' * 100}{'a' * 200}", f"{'**/a*/' * 40}b", f"**/{'*a' * 140}b")


def test_only_goals_that_add_sources_keep_the_code_from_being_compiled() -> None:
    def stopper(name: str, phase: str, *goals: str) -> Plugin | None:
        return Module(0, "", (), (), plugins=(Plugin(name, phase, goals, "", 0),)).generator()

    helper = "org.codehaus.mojo:build-helper-maven-plugin"
    assert stopper(helper, "generate-sources", "add-source")
    assert not stopper(helper, "null", "parse-version")
    assert not stopper("org.codehaus.mojo:buildnumber-maven-plugin", "generate-resources", "create")
    assert stopper("org.example:own-maven-plugin", "generate-sources", "make")
    assert stopper("org.antlr:antlr4-maven-plugin", "null", "antlr4")


def test_what_a_build_leaves_out_is_told_and_not_compiled(tmp_path: Path) -> None:
    names = (
        "src/main/java/A.java", "src/test/java/ATest.java", "src/test/java/slow/BTest.java",
        "src/test/java/ABench.java",
    )  # fmt: skip
    project = project_of(tmp_path / "p", dict.fromkeys(names, "class A {}"))
    module = {
        "path": "", "id": "a:a:1", "packaging": "jar", "sources": "src/main/java",
        "tests": "src/test/java", "skipTests": False, "ignoreFailures": False,
        "testExcludes": ["**/*Bench*"], "mainIncludes": [], "runExcludes": ["slow/*.class"],
        **{k: [] for k in ("resources", "testResources", "entries", "direct", "processors",
                           "plugins", "arguments")},
        "systemProperties": {}, "environment": {},
    }  # fmt: skip
    plan = {"modules": [module], "jars": {}, "warnings": []}
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")

    (read,) = read_layout(project, Environment(ready=True, directory=tmp_path)).modules

    assert read.sources == names[:1]
    assert read.test_sources == names[1:3]
    assert read.passed_over == names[2:3]
    assert read.excluded == names[3:]


def test_code_that_a_build_leaves_out_is_a_warning() -> None:
    def told(*excluded: str) -> list[Severity]:
        layout = Layout((Module(0, "", (), (), excluded=excluded),))
        return [finding.severity for finding in left_out(layout)]

    assert told("src/main/java/Broken.java", "src/main/java/module-info.java") == [Severity.WARNING]
    assert told("src/main/java/module-info.java") == [Severity.INFO]
    assert told() == []


def test_a_project_without_a_build_is_one_module_of_all_its_files(tmp_path: Path) -> None:
    project = project_of(tmp_path, {"A.java": "class A {}", "b/B.java": "class B {}"})

    layout = read_layout(project, Environment(ready=True))

    assert [m.sources for m in layout.modules] == [("A.java", "b/B.java")]
    assert not layout.maven
