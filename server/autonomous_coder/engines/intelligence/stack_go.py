"""The stacks of Go: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_features import feature_parts
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

GO_RUNTIME = ">=1.26"
PARTS = (
    ("web framework", "net/http", "", "the router of the standard library knows methods and paths"),
    ("validation", "own rules", "", "small generic functions; every fault of a request is named"),
    ("documentation", "openapi", "", "one document, which a test compares with the routes"),
    ("queries", "database/sql", "", "plain SQL in one package, values always as parameters"),
)
TOOLS = (
    ("migrations", "embed", "", "numbered SQL files in the program, each in a transaction"),
    ("logs", "log/slog", "", "JSON lines, by the standard library"),
    ("tests", "testing", "", "each requirement is shown by a test; no further package"),
    ("lint and format", "go vet, gofmt", "", "come with Go"),
    ("packaging", "go modules", "", "go.sum holds the hash of every module"),
)


RECORDS = (
    ("records", "own types", "", "structs with rules of their own; every fault is told"),
    ("collections", "generics", "", "one repository for all types, safe for several goroutines"),
)
PUBLISHED = (
    ("tests", "testing", "", "each requirement is shown by a test; examples run, too"),
    ("API documentation", "go doc", "", "made from comments; a test finds what has none"),
    *TOOLS[-2:],
)

STORED = (
    ("queries", "database/sql", "", "plain SQL in one package, values always as parameters"),
    ("database", "sqlite", "", "one file in the user's own directory; needs no server"),
    ("database driver", "modernc sqlite", "modernc.org/sqlite", "SQLite in Go: no C compiler"),
    TOOLS[0],
)
ON_POSTGRESQL = (
    (
        "database",
        "postgresql",
        "",
        "asked for; SQLite is used by the tests unless TEST_DATABASE_URL names a server",
    ),
    (
        "database driver",
        "pgx",
        "github.com/jackc/pgx/v5",
        "the maintained driver, behind database/sql; the URL decides between it and SQLite",
    ),
)
PARSER = (
    "command line",
    "cobra",
    "github.com/spf13/cobra",
    "commands with help, completion and options that are checked as they are typed",
)

Row = tuple[str, str, str, str]


def go_library(spec: ProjectSpec, resolution: Resolution | None, language_reason: str) -> TechStack:
    """The standard library alone."""
    records = RECORDS if spec.entities else ()
    return _stack([*records, *PUBLISHED], resolution, language_reason)


def go_cli(spec: ProjectSpec, resolution: Resolution | None, language_reason: str) -> TechStack:
    """Cobra, and SQLite where something is stored."""
    stored = STORED if spec.entities else ()
    return _stack([PARSER, *stored, *TOOLS[2:]], resolution, language_reason)


def go_rest_api(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """The standard library and what it lacks; versions as the resolution says."""
    asked = spec.provenance.get("features.sqlite") in {"user", "host"}
    database = "asked for" if asked else "needs no server"
    on_sqlite = (("database", "sqlite", "", database),)
    postgresql = "postgresql" in spec.features
    driver = "driver of SQLite" if postgresql else "database driver"
    rows = [
        *PARTS,
        *(ON_POSTGRESQL if postgresql else on_sqlite),
        (driver, "modernc sqlite", "modernc.org/sqlite", "SQLite in Go: no C compiler"),
    ]
    if "accounts" in spec.features:
        rows += [
            ("tokens", "jwt", "github.com/golang-jwt/jwt/v5", "signed access tokens"),
            ("password hashing", "argon2id", "golang.org/x/crypto", "by the Go project itself"),
        ]
    return _stack([*rows, *feature_parts(spec), *TOOLS], resolution, language_reason)


def _stack(rows: list[Row], resolution: Resolution | None, language_reason: str) -> TechStack:
    versions = {p.name: p.version for p in resolution.pins} if resolution else {}
    runtime = resolution.runtime if resolution and resolution.runtime else GO_RUNTIME
    choices = [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in rows
    ]
    first = StackChoice(part="language", choice="go", version=runtime, reason=language_reason)
    return TechStack(
        language="go", runtime=runtime, choices=[first, *choices], resolution=resolution
    )
