"""The stacks of Java: each part with its version and why it was chosen."""

from __future__ import annotations

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
TOOLS: tuple[Row, ...] = (
    ("tests", "junit", "", "each requirement is shown by a test"),
    ("packaging", "maven", "", "exact versions in pom.xml; Spring Boot chooses those of its own"),
)


def java_rest_api(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Spring Boot and what belongs to it; versions as the resolution says."""
    asked = spec.provenance.get("features.sqlite") in {"user", "host"}
    database = "asked for" if asked else "needs no server"
    rows = [
        *SERVICE,
        ("database", "sqlite", "", database),
        ("database driver", "sqlite-jdbc", "org.xerial:sqlite-jdbc", "brings SQLite with it"),
        *(ACCOUNTS if "accounts" in spec.features else ()),
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
