"""The stacks of packages on Node: each part with its version and why it was chosen."""

from __future__ import annotations

from collections.abc import Iterable

from autonomous_coder.engines.intelligence.stack_typescript import NODE_RUNTIME, Part
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

PARSER = ("command line", "commander", "commander", "help, options and errors as users expect them")
PROTOCOL = (
    "protocol", "mcp", "@modelcontextprotocol/server", "the official SDK; hosts of every era",
)  # fmt: skip
CHECKED = ("validation", "zod", "zod", "what comes in is checked against the spec")
RECORDS = ("records", "zod", "zod", "checked and frozen when made; their types come from them")
STORED = (
    ("orm", "drizzle", "drizzle-orm", "typed SQL; no SQL put together from strings"),
    ("database", "sqlite", "", "one file in the user's own directory; needs no server"),
    ("database driver", "libsql", "@libsql/client", "prebuilt: nothing is compiled"),
    ("data directory", "env-paths", "env-paths", "where each system wants data to be"),
)
SCHEDULED = (
    ("schedules", "croner", "croner", "cron expressions with time zones; no dependencies"),
    ("settings", "zod", "zod", "variables of the environment are checked when it starts"),
    ("runs", "drizzle", "drizzle-orm", "typed SQL; no SQL put together from strings"),
    ("database", "sqlite", "", "one file beside the worker; needs no server"),
    ("database driver", "libsql", "@libsql/client", "prebuilt: nothing is compiled"),
)
SPOKEN = (
    ("web framework", "hono", "hono", "small and typed; WebSockets are a route like any other"),
    ("server", "@hono/node-server", "@hono/node-server", "what Hono is run with on Node"),
    ("protocol", "ws", "ws", "the WebSocket implementation Node projects stand on"),
    ("validation", "zod", "zod", "every frame is checked by its channel's schema"),
    ("history", "in memory", "", "nothing is stored: what is said ends with the process"),
)
PIPED = (
    ("records", "zod", "zod", "each row is checked, and its problems told by column"),
    ("excel, read", "read-excel-file", "read-excel-file", "small, and cared for"),
    ("excel, written", "write-excel-file", "write-excel-file", "small, and cared for"),
    ("archives", "fflate", "fflate", "tells how large a workbook is before it is unpacked"),
)
DOCUMENTED = (
    ("API documentation", "typedoc", "typedoc", "made from comments and types"),
    ("types", "typescript", "typescript", "declarations for those who use it; typedoc reads 6.0"),
)
TYPED = (("types", "typescript", "typescript", "strict types find errors before a user does"),)
TESTED = {
    "typescript": ("tests", "vitest", "vitest", "each requirement is shown by a test"),
    "javascript": (
        "tests",
        "node:test",
        "",
        "comes with Node; each requirement is shown by a test",
    ),
}
TOOLS = (
    ("lint and format", "biome", "@biomejs/biome", "one fast tool for both"),
    ("packaging", "npm", "", "comes with Node; the lock file has hashes"),
)


def node_cli(spec: ProjectSpec, resolution: Resolution | None, language_reason: str) -> TechStack:
    """Commander, and Drizzle where something is stored."""
    checked = (CHECKED,) if spec.entities or spec.commands else ()
    stored = STORED if spec.entities else ()
    typed = TYPED if spec.language == "typescript" else ()
    parts = (PARSER, *checked, *stored, TESTED[spec.language], *typed, *TOOLS)
    return _stack(spec, parts, resolution, language_reason)


def node_mcp_server(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """The SDK, and Drizzle where something is stored."""
    stored = STORED if spec.entities else ()
    typed = TYPED if spec.language == "typescript" else ()
    parts = (PROTOCOL, CHECKED, *stored, TESTED[spec.language], *typed, *TOOLS)
    return _stack(spec, parts, resolution, language_reason)


def node_data_pipeline(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Records that check themselves, and workbooks."""
    parts = (*PIPED, TESTED[spec.language], *TYPED, *TOOLS)
    return _stack(spec, parts, resolution, language_reason)


def node_worker(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """A loop of its own on cron expressions."""
    parts = (*SCHEDULED, TESTED[spec.language], *TYPED, *TOOLS)
    return _stack(spec, parts, resolution, language_reason)


def node_realtime(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Hono and ws."""
    return _stack(
        spec, (*SPOKEN, TESTED[spec.language], *TYPED, *TOOLS), resolution, language_reason
    )


def node_library(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Zod where there are records, and tools to publish with."""
    records = (RECORDS,) if spec.entities else ()
    parts = (*records, TESTED[spec.language], *DOCUMENTED, *TOOLS)
    return _stack(spec, parts, resolution, language_reason)


def _stack(
    spec: ProjectSpec, parts: Iterable[Part], resolution: Resolution | None, language_reason: str
) -> TechStack:
    versions = {pin.name: pin.version for pin in resolution.pins} if resolution else {}
    runtime = resolution.runtime if resolution and resolution.runtime else NODE_RUNTIME
    first = StackChoice(
        part="language", choice=spec.language, version=runtime, reason=language_reason
    )
    choices = [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in parts
    ]
    return TechStack(
        language=spec.language, runtime=runtime, choices=[first, *choices], resolution=resolution
    )
