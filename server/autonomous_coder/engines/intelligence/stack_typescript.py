"""The stack of a REST API in TypeScript: each part with its version and why it was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_coder.engines.intelligence.stack_features import feature_parts
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

Part = tuple[str, str, str, str]
"""What it is for, its name, its package (empty for none) and why it was chosen."""
NODE_RUNTIME = ">=20.19.0"
PARTS = (
    ("web framework", "hono", "hono", "small, typed, and made of the web's own requests"),
    ("server", "node-server", "@hono/node-server", "runs Hono on Node"),
    ("validation", "zod", "zod", "every request is checked against the fields of the spec"),
    ("documentation", "zod-openapi", "@hono/zod-openapi", "OpenAPI comes from the same schemas"),
    ("orm", "drizzle", "drizzle-orm", "typed SQL without code that has to be generated"),
)
TOOLS = (
    ("tests", "vitest", "vitest", "each requirement is shown by a test; runs TypeScript as it is"),
    ("lint and format", "biome", "@biomejs/biome", "one fast tool for both"),
    ("types", "typescript", "typescript", "strict types find errors before a request does"),
    ("packaging", "npm", "", "comes with Node; the lock file has hashes"),
)


ON_POSTGRESQL = (
    ("database", "postgresql", "", "asked for"),
    ("database driver", "node-postgres", "pg", "the driver that is used most"),
    (
        "database for development",
        "pglite",
        "@electric-sql/pglite",
        "PostgreSQL within the process: neither development nor tests need a server",
    ),
)
TOKENS = ("tokens", "hono/jwt", "hono", "signed access tokens, by the framework itself")


def typescript_rest_api(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Hono, Zod, Drizzle and what belongs to them; versions as the resolution says."""
    return node_stack(spec, resolution, language_reason, PARTS, TOKENS, TOOLS)


def node_stack(
    spec: ProjectSpec,
    resolution: Resolution | None,
    language_reason: str,
    parts: Sequence[Part],
    tokens: Part,
    tools: Sequence[Part],
) -> TechStack:
    """The stack of an API on Node: its own parts around libSQL and the hashes of Node."""
    versions = {p.name: p.version for p in resolution.pins} if resolution else {}
    runtime = resolution.runtime if resolution and resolution.runtime else NODE_RUNTIME
    asked = spec.provenance.get("features.sqlite") in {"user", "host"}
    database = "asked for" if asked else "needs no server"
    on_sqlite = (
        ("database", "sqlite", "", f"{database}; a libSQL server is a matter of the URL"),
        ("database driver", "libsql", "@libsql/client", "prebuilt: nothing is compiled"),
    )
    rows = [*parts, *(ON_POSTGRESQL if "postgresql" in spec.features else on_sqlite)]
    if "accounts" in spec.features:
        rows += [
            tokens,
            ("password hashing", "scrypt", "", "Node's own; no package with compiled code"),
        ]
    choices = [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in (*rows, *feature_parts(spec), *tools)
    ]
    first = StackChoice(
        part="language", choice=spec.language, version=runtime, reason=language_reason
    )
    return TechStack(
        language=spec.language,
        runtime=runtime,
        choices=[first, *choices],
        resolution=resolution,
    )


PAGES = (
    ("user interface", "react", "react", "asked for most, and known best"),
    ("build", "vite", "vite", "starts at once, and builds small files"),
    ("routing", "react-router", "react-router", "each page has its address"),
    ("server state", "tanstack-query", "@tanstack/react-query", "keeps what the API answered"),
    ("form validation", "zod", "zod", "forms are checked before they are sent"),
    ("style", "tailwindcss", "tailwindcss", "one set of colours for light and dark"),
    ("page tests", "testing-library", "@testing-library/react", "pages are used as people do"),
    *TOOLS,
)


def typescript_web_app(
    resolution: Resolution | None,
    pages: Resolution | None,
    language_reason: str,
    api: TechStack,
) -> TechStack:
    """React, Vite and Tailwind CSS, and the stack of the API behind them."""
    versions = {p.name: p.version for p in pages.pins} if pages else {}
    runtime = pages.runtime if pages and pages.runtime else NODE_RUNTIME
    choices = [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in PAGES
    ]
    behind = [choice.model_copy(update={"part": f"api {choice.part}"}) for choice in api.choices]
    first = StackChoice(
        part="language", choice="typescript", version=runtime, reason=language_reason
    )
    return TechStack(
        language="typescript",
        runtime=runtime,
        choices=[first, *choices, *behind],
        resolution=resolution,
    )
