"""The stacks of Java: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_features import feature_parts
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

JAVA_RUNTIME = ">=17"
BOOT = "org.springframework.boot:spring-boot-starter"

Row = tuple[str, str, str, str]
"""What it is for, its name, its package (empty for none) and why it was chosen."""
SERVICE: tuple[Row, ...] = (
    ("web framework", "spring boot", f"{BOOT}-webmvc", "what most Java services stand on"),
    ("server", "tomcat", "", "inside the program, as Spring Boot brings it"),
    ("validation", "bean validation", f"{BOOT}-validation", "rules stand beside the fields"),
    ("documentation", "openapi", "", "one document, which a test compares with the routes"),
    ("queries", "jdbc client", f"{BOOT}-jdbc", "plain SQL and records, values as parameters"),
    ("migrations", "flyway", f"{BOOT}-flyway", "numbered SQL files, each run once"),
)
ACCOUNTS: tuple[Row, ...] = (
    (
        "tokens",
        "spring security",
        f"{BOOT}-security-oauth2-resource-server",
        "signed access tokens; a route that is not named needs a login",
    ),
    ("password hashing", "argon2id", "org.bouncycastle:bcprov-jdk18on", "by Spring Security"),
)
ON_POSTGRESQL: tuple[Row, ...] = (
    ("database", "postgresql", "", "asked for; the URL decides, SQLite is used without one"),
    ("database driver", "pgjdbc", "org.postgresql:postgresql", "by the PostgreSQL project"),
)
TOOLS: tuple[Row, ...] = (
    ("tests", "junit", "", "each requirement is shown by a test"),
    ("packaging", "maven", "", "exact versions in pom.xml; Spring Boot chooses those of its own"),
)


PARSER: tuple[Row, ...] = (
    (
        "command line",
        "picocli",
        "info.picocli:picocli",
        "commands with help, completion and options that are checked as they are typed",
    ),
)
STORED: tuple[Row, ...] = (
    ("queries", "jdbc", "", "plain SQL and records, values as parameters"),
    ("database", "sqlite", "", "one file in the user's own directory; needs no server"),
    ("database driver", "sqlite-jdbc", "org.xerial:sqlite-jdbc", "brings SQLite with it"),
    ("migrations", "numbered SQL", "", "in the program; each is run once on a data file"),
)
WRITER: tuple[Row, ...] = (
    ("output", "jackson", "tools.jackson.core:jackson-databind", "JSON for other programs"),
)
PROGRAM_TOOLS: tuple[Row, ...] = (
    ("tests", "junit", "org.junit.jupiter:junit-jupiter", "each requirement is shown by a test"),
    ("packaging", "maven", "", "exact versions in pom.xml; one jar with all that it needs"),
)


def java_cli(spec: ProjectSpec, resolution: Resolution | None, language_reason: str) -> TechStack:
    """Picocli, and SQLite where something is stored."""
    stored = STORED if spec.entities else ()
    rows = [*PARSER, *stored, *(WRITER if spec.entities or spec.commands else ()), *PROGRAM_TOOLS]
    return _stack(rows, resolution, language_reason)


RECORDS: tuple[Row, ...] = (
    ("records", "own types", "", "records that check themselves, and builders"),
    ("collections", "sealed types", "", "one repository for all types, safe for several threads"),
    (
        "JSON",
        "jackson annotations",
        "com.fasterxml.jackson.core:jackson-annotations",
        "names and forms alone: the program that uses the library brings Jackson",
    ),
)
PUBLISHED: tuple[Row, ...] = (
    ("tests", "junit", "org.junit.jupiter:junit-jupiter", "each requirement is shown by a test"),
    ("API documentation", "javadoc", "", "made from comments; the build fails where one lacks"),
    ("packaging", "maven", "", "with jars of the sources and of the documentation"),
)


def java_library(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """The standard library, and names for JSON."""
    records = RECORDS if spec.entities else ()
    return _stack([*records, *PUBLISHED], resolution, language_reason)


def java_rest_api(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Spring Boot and what belongs to it; versions as the resolution says."""
    asked = spec.provenance.get("features.sqlite") in {"user", "host"}
    sqlite = ("database", "sqlite", "", "asked for" if asked else "needs no server")
    postgresql = "postgresql" in spec.features
    driver = "driver of SQLite" if postgresql else "database driver"
    rows = [
        *SERVICE,
        *(ON_POSTGRESQL if postgresql else (sqlite,)),
        (driver, "sqlite-jdbc", "org.xerial:sqlite-jdbc", "brings SQLite with it"),
        *(ACCOUNTS if "accounts" in spec.features else ()),
        *feature_parts(spec),
        *TOOLS,
    ]
    return _stack(rows, resolution, language_reason)


def _stack(rows: list[Row], resolution: Resolution | None, language_reason: str) -> TechStack:
    versions = {p.name: p.version for p in resolution.pins} if resolution else {}
    runtime = resolution.runtime if resolution and resolution.runtime else JAVA_RUNTIME
    choices = [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in rows
    ]
    first = StackChoice(part="language", choice="java", version=runtime, reason=language_reason)
    return TechStack(
        language="java", runtime=runtime, choices=[first, *choices], resolution=resolution
    )
