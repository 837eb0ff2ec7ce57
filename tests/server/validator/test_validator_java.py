"""Java without a registry: loose files, broken poms, and what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.languages.java import JAVA
from autonomous_coder.models.validation import CheckStatus, Severity
from validating import build_file_tree, codes, make_validator, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

SERVER = """
    import com.sun.net.httpserver.HttpServer;
    import java.io.IOException;
    import java.net.InetSocketAddress;
    import java.nio.charset.StandardCharsets;

    public final class Main {
        private Main() {}

        public static void main(String[] args) throws IOException {
            int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
            HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
            server.createContext("/health", exchange -> {
                byte[] body = Greeting.text().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                try (var out = exchange.getResponseBody()) {
                    out.write(body);
                }
            });
            server.start();
        }
    }
    """
GREETING = """
    final class Greeting {
        private Greeting() {}

        static String text() {
            return "ok";
        }
    }
    """
FAULTY = """
    import java.util.List;

    public class Faulty {
        private final List<String> names = new ArrayList<>();

        public int count() {
            String n = names.size();
        }
    }
    """
HASTY = """
    import java.util.List;

    class Hasty {
        List raw(int n) {
            switch (n) {
                case 0:
                    System.out.println(n / 0);
                default:
                    return List.of();
            }
        }
    }
    """
BROKEN_POM = """
    <project>
      <modelVersion>4.0.0</modelVersion>
      <artifactId>broken</artifactId>
      <dependencies>
    </project>
    """
POM = """
    <project>
      <modelVersion>4.0.0</modelVersion>
      <groupId>demo</groupId>
      <artifactId>needs</artifactId>
      <version>1</version>
      <dependencies>
        <dependency>
          <groupId>org.example</groupId>
          <artifactId>nothing</artifactId>
          <version>1</version>
        </dependency>
      </dependencies>
    </project>
    """

NEWER = """
    <project>
      <modelVersion>4.0.0</modelVersion>
      <groupId>demo</groupId>
      <artifactId>newer</artifactId>
      <version>1</version>
      <properties><maven.compiler.release>99</maven.compiler.release></properties>
    </project>
    """


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("java")


@pytest.mark.sandbox
async def test_a_small_server_without_a_build_compiles_and_starts(
    cache: Path, tmp_path: Path
) -> None:
    root = build_file_tree(tmp_path / "p", {"Main.java": SERVER, "Greeting.java": GREETING})

    report = await make_validator(cache, language=JAVA).validate(root)

    assert report.passed, [d.message for d in report.diagnostics()]
    assert result_of(report, "start").status is CheckStatus.PASSED
    assert result_of(report, "start").reason.startswith("java Main")
    assert result_of(report, "tests").status is CheckStatus.NOT_RUN
    assert report.complete


async def test_every_fault_is_named_with_its_line(cache: Path, tmp_path: Path) -> None:
    """Types and flow in one run; warnings only of code that compiles."""
    broken = build_file_tree(tmp_path / "broken", {"Faulty.java": FAULTY})
    hasty = build_file_tree(tmp_path / "hasty", {"Hasty.java": HASTY})
    validator = make_validator(cache, language=JAVA)

    failed = await validator.validate(broken, checks=("build",))
    warned = await validator.validate(hasty, checks=("lint",))

    assert codes(result_of(failed, "build")) == {
        ("err.cant.resolve.location", "Faulty.java", 4),
        ("err.prob.found.req", "Faulty.java", 7),
        ("err.missing.ret.stmt", "Faulty.java", 8),
    }
    first = result_of(failed, "build").diagnostics[0]
    assert (first.column, first.end_column) == (44, 53)
    lint = result_of(warned, "lint")
    assert lint.status is CheckStatus.FAILED
    assert codes(lint) == {
        ("rawtypes", "Hasty.java", 4),
        ("divzero", "Hasty.java", 7),
        ("fallthrough", "Hasty.java", 8),
    }


@pytest.mark.thorough
async def test_what_is_missing_is_not_the_projects_fault_but_a_broken_pom_is(
    cache: Path, tmp_path: Path
) -> None:
    broken = build_file_tree(tmp_path / "broken", {"pom.xml": BROKEN_POM, "A.java": "class A {}\n"})
    needs = build_file_tree(
        tmp_path / "needs", {"pom.xml": POM, "src/main/java/A.java": "class A {}\n"}
    )
    gradle = build_file_tree(tmp_path / "gradle", {"build.gradle": "", "A.java": "class A {}\n"})
    newer = build_file_tree(
        tmp_path / "newer", {"pom.xml": NEWER, "src/main/java/A.java": "class A {}\n"}
    )
    validator = make_validator(cache, language=JAVA)
    wanted = ("dependencies", "build")

    unreadable = await validator.validate(broken, checks=wanted)
    offline = await validator.validate(needs, checks=wanted, offline=True)
    other = await validator.validate(gradle, checks=wanted)
    later = await validator.validate(newer, checks=wanted, offline=True)

    dependencies = result_of(unreadable, "dependencies")
    assert dependencies.status is CheckStatus.FAILED
    assert [(d.path, d.line) for d in dependencies.diagnostics] == [("pom.xml", 5)]
    assert result_of(offline, "dependencies").status is CheckStatus.INFRASTRUCTURE
    assert "nothing was fetched" in result_of(offline, "dependencies").reason
    assert "Gradle" in result_of(other, "build").reason
    assert result_of(later, "dependencies").status is CheckStatus.PASSED
    assert "asks for Java 99" in result_of(later, "build").reason
    for report in (unreadable, offline, other, later):
        assert result_of(report, "build").status is CheckStatus.NOT_RUN
        assert not report.passed
        assert not report.complete


async def test_a_missing_import_is_mended_where_its_class_is_certain(
    cache: Path, tmp_path: Path
) -> None:
    root = build_file_tree(tmp_path / "p", {"Faulty.java": FAULTY})
    report = await make_validator(cache, language=JAVA).validate(root, checks=("build",))
    found = report.diagnostics(Severity.ERROR)

    from autonomous_coder.languages.base import ProjectView, Survey
    from autonomous_coder.models.validation import CheckResult

    project = ProjectView(root, ("Faulty.java",))
    survey = Survey(CheckResult(name="syntax", status=CheckStatus.PASSED))
    steps = JAVA.repairs(project, survey, found, None)  # type: ignore[arg-type]
    with pytest.raises(StopIteration) as end:
        next(steps)

    repairs = end.value.value
    assert [r.changes["Faulty.java"].splitlines()[1] for r in repairs] == [
        "import java.util.ArrayList;"
    ]
