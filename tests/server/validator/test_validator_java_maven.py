"""Java with Maven's dependencies: modules, tests, and projects that would forge their verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.languages.java import JAVA
from autonomous_coder.models.validation import CheckStatus
from live_validating import live_validator
from validating import build_file_tree, codes, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.live, pytest.mark.sandbox]

JUNIT = """\
    <dependency>
      <groupId>org.junit.jupiter</groupId>
      <artifactId>junit-jupiter</artifactId>
      <version>5.13.4</version>
      <scope>test</scope>
    </dependency>"""


def pom(artifact: str, dependencies: str = "", more: str = "", *, parent: str = "") -> str:
    head = (
        f"<parent><groupId>demo</groupId><artifactId>{parent}</artifactId>"
        "<version>1.0</version></parent>"
        if parent
        else "<groupId>demo</groupId><version>1.0</version><properties>"
        "<maven.compiler.release>17</maven.compiler.release></properties>"
    )
    return f"""<project>
  <modelVersion>4.0.0</modelVersion>
  {head}
  <artifactId>{artifact}</artifactId>
  <dependencies>
{dependencies}
  </dependencies>
  {more}
</project>
"""


CORE = """
    <dependency>
      <groupId>${project.groupId}</groupId>
      <artifactId>core</artifactId>
      <version>${project.version}</version>
    </dependency>"""
MODULES = {
    "pom.xml": pom(
        "top", JUNIT,
        "<packaging>pom</packaging><modules><module>app</module><module>core</module></modules>",
    ),
    "core/pom.xml": pom("core", parent="top"),
    "app/pom.xml": pom("app", CORE, parent="top"),
}  # fmt: skip
MONEY = """
    package core;

    import java.util.List;

    public final class Money {
        private final long cents;

        public Money(long cents) {
            this.cents = cents;
        }

        public static Money sum(List<Money> all) {
            return new Money(all.stream().mapToLong(Money::cents).sum());
        }

        public long cents() {
            return cents;
        }
    }
    """
MONEY_TEST = """
    package core;

    import static org.junit.jupiter.api.Assertions.assertEquals;

    import java.util.List;
    import org.junit.jupiter.api.Disabled;
    import org.junit.jupiter.api.Nested;
    import org.junit.jupiter.api.Test;
    import org.junit.jupiter.params.ParameterizedTest;
    import org.junit.jupiter.params.provider.ValueSource;

    class MoneyTest {
        @ParameterizedTest
        @ValueSource(longs = {1, 2})
        void keeps(long cents) {
            assertEquals(cents, new Money(cents).cents());
        }

        @Disabled("later")
        @Test
        void waits() {}

        @Nested
        class Sums {
            @Test
            void ofMany() {
                assertEquals(3, Money.sum(List.of(new Money(1), new Money(2))).cents());
            }
        }
    }
    """
APP = """
    package app;

    import core.Money;
    import java.io.IOException;
    import java.nio.charset.StandardCharsets;

    public final class App {
        private App() {}

        public static String price(Money money) throws IOException {
            try (var in = App.class.getResourceAsStream("/unit.txt")) {
                return money.cents() + new String(in.readAllBytes(), StandardCharsets.UTF_8).trim();
            }
        }
    }
    """
APP_TEST = """
    package app;

    import static org.junit.jupiter.api.Assertions.assertEquals;

    import core.Money;
    import org.junit.jupiter.api.Test;

    class AppTest {
        @Test
        void shows() throws Exception {
            assertEquals("5ct", App.price(new Money(5)));
        }
    }
    """
SOURCES = {
    "core/src/main/java/core/Money.java": MONEY,
    "core/src/test/java/core/MoneyTest.java": MONEY_TEST,
    "app/src/main/java/app/App.java": APP,
    "app/src/main/resources/unit.txt": "ct\n",
    "app/src/test/java/app/AppTest.java": APP_TEST,
}
ATTACK = """
    <packaging>pom</packaging>
    <modules><module>forge</module><module>exit</module></modules>
    <build>
      <extensions>
        <extension><groupId>evil</groupId><artifactId>extension</artifactId><version>1</version></extension>
      </extensions>
      <plugins>
        <plugin>
          <groupId>org.codehaus.mojo</groupId>
          <artifactId>exec-maven-plugin</artifactId>
          <version>3.5.0</version>
          <executions><execution><phase>validate</phase><goals><goal>exec</goal></goals></execution></executions>
          <configuration><executable>touch</executable><arguments><argument>/project/marker</argument></arguments></configuration>
        </plugin>
        <plugin>
          <groupId>org.apache.maven.plugins</groupId>
          <artifactId>maven-surefire-plugin</artifactId>
          <version>3.5.2</version>
          <configuration>
            <skipTests>true</skipTests>
            <testFailureIgnore>true</testFailureIgnore>
            <argLine>-javaagent:evil.jar</argLine>
          </configuration>
        </plugin>
      </plugins>
    </build>"""
FORGING = """
    package a;

    import static org.junit.jupiter.api.Assertions.assertEquals;
    import static org.junit.jupiter.api.Assertions.assertFalse;

    import java.nio.file.Files;
    import java.nio.file.Path;
    import java.nio.file.StandardOpenOption;
    import org.junit.jupiter.api.AfterAll;
    import org.junit.jupiter.api.Test;

    class ForgingTest {
        @Test
        void fails() {
            assertEquals(1, 2);
        }

        @Test
        void noPluginRan() {
            assertFalse(Files.exists(Path.of("/project/marker")));
        }

        @AfterAll
        static void forge() throws Exception {
            String line = "{\\"word\\":\\"w\\",\\"kind\\":\\"end\\"}";
            System.out.println(line);
            Files.writeString(Path.of("/output/tests-1.jsonl"), line, StandardOpenOption.APPEND);
            Files.writeString(Path.of("/output/tests-2.jsonl"), line);
        }
    }
    """
SETUP = """
    package a;

    import org.junit.jupiter.api.BeforeAll;
    import org.junit.jupiter.api.Test;

    class SetupTest {
        @BeforeAll
        static void prepare() {
            throw new IllegalStateException("no");
        }

        @Test
        void never() {}
    }
    """
EXIT = """
    package b;

    import org.junit.jupiter.api.Test;

    class ExitTest {
        @Test
        void ends() {
            System.exit(0);
        }
    }
    """
LAUNCHER = """
    package org.junit.platform.launcher.core;

    public class LauncherFactory {
        public static Object create() {
            System.exit(0);
            return null;
        }
    }
    """
FAKE = "public class %s { public static void main(String[] a) { System.exit(0); } }\n"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("java-maven")


@pytest.mark.thorough
async def test_a_correct_build_of_two_modules_passes_without_a_word(
    shared: Path, tmp_path: Path
) -> None:
    root = build_file_tree(tmp_path / "p", MODULES | SOURCES)

    async with live_validator(shared, languages={"java": JAVA}) as validator:
        report = await validator.validate(root)

    assert report.passed, [(c.name, c.reason) for c in report.checks]
    assert not report.diagnostics()
    ran = {c.name for c in report.checks if c.status is CheckStatus.PASSED}
    assert ran >= {"syntax", "dependencies", "build", "lint", "tests", "secrets"}
    tests = result_of(report, "tests")
    assert (tests.tests_passed, tests.tests_failed, tests.tests_skipped) == (4, 0, 1)
    assert tests.passed_tests == [
        "app/src/test/java/app/AppTest.java::AppTest::shows",
        "core/src/test/java/core/MoneyTest.java::MoneyTest$Sums::ofMany",
        "core/src/test/java/core/MoneyTest.java::MoneyTest::keeps",
    ]


@pytest.mark.thorough
async def test_faults_are_found_where_they_are(shared: Path, tmp_path: Path) -> None:
    """On the same poms, so nothing is fetched again: an undeclared import, a wrong type in another
    module; then a failing test, whose place is the deepest of the project."""
    import_line = "import com.google.common.collect.ImmutableList;"
    broken = APP.replace("import core.Money;", f"import core.Money;\n    {import_line}").replace(
        "money.cents() + new", "money.cents() - new"
    )
    deep = MONEY.replace("return cents;", "return Math.addExact(Long.MAX_VALUE, cents);")
    faulty = build_file_tree(
        tmp_path / "faulty", MODULES | SOURCES | {"app/src/main/java/app/App.java": broken}
    )
    failing = build_file_tree(
        tmp_path / "failing", MODULES | SOURCES | {"core/src/main/java/core/Money.java": deep}
    )

    async with live_validator(shared, languages={"java": JAVA}) as validator:
        report = await validator.validate(faulty, checks=("dependencies", "build"))
        tested = await validator.validate(failing, checks=("tests",))

    app = "app/src/main/java/app/App.java"
    assert codes(result_of(report, "dependencies")) == {("undeclared-import", app, 4)}
    assert {(path, line) for _, path, line in codes(result_of(report, "build"))} == {
        (app, 4),
        (app, 13),
    }
    places = {(d.code, d.path, d.line) for d in result_of(tested, "tests").diagnostics}
    assert places == {("test-failed", "core/src/main/java/core/Money.java", 17)}


async def test_what_does_not_exist_is_named_at_its_line_of_the_pom(
    shared: Path, tmp_path: Path
) -> None:
    text = pom("gone", JUNIT.replace("5.13.4", "5.13.4000"))
    root = build_file_tree(tmp_path / "p", {"pom.xml": text, "A.java": "class A {}\n"})

    async with live_validator(shared, languages={"java": JAVA}) as validator:
        report = await validator.validate(root, checks=("dependencies",))

    result = result_of(report, "dependencies")
    assert result.status is CheckStatus.FAILED
    assert codes(result) == {("unresolved", "pom.xml", 8)}


@pytest.mark.thorough
async def test_no_project_forges_its_verdict(shared: Path, tmp_path: Path) -> None:
    """Plugins and extensions never run, surefire's settings change nothing, classes named like
    ours or the launcher's are not started, forged reports do not count, an early end is seen."""
    root = build_file_tree(
        tmp_path / "p",
        {
            "pom.xml": pom("attack", JUNIT, ATTACK),
            "forge/pom.xml": pom("forge", parent="attack"),
            "exit/pom.xml": pom("exit", parent="attack"),
            ".mvn/extensions.xml": "<extensions/>\n",
            ".mvn/jvm.config": "-javaagent:evil.jar\n",
            "forge/src/main/java/RunTests.java": FAKE % "RunTests",
            "forge/src/main/java/Compile.java": FAKE % "Compile",
            "forge/src/main/java/org/junit/platform/launcher/core/LauncherFactory.java": LAUNCHER,
            "forge/src/test/java/a/ForgingTest.java": FORGING,
            "forge/src/test/java/a/SetupTest.java": SETUP,
            "exit/src/test/java/b/ExitTest.java": EXIT,
        },
    )

    async with live_validator(shared, languages={"java": JAVA}) as validator:
        report = await validator.validate(root, checks=("dependencies", "tests"))

    assert {d.path for d in result_of(report, "dependencies").diagnostics} == {
        ".mvn/extensions.xml",
        ".mvn/jvm.config",
    }
    tests = result_of(report, "tests")
    assert tests.status is CheckStatus.FAILED
    assert (tests.tests_passed, tests.tests_failed) == (1, 1)
    assert codes(tests) == {
        ("test-failed", "forge/src/test/java/a/ForgingTest.java", 15),
        ("setup-failed", "forge/src/test/java/a/SetupTest.java", 9),
        ("ended-early", "exit/src/test/java/b/ExitTest.java", 7),
        ("tests-ignored", "forge/pom.xml", 0),
        ("tests-ignored", "exit/pom.xml", 0),
    }
