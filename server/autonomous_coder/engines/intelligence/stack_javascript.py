"""The stack of a REST API in JavaScript: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_typescript import node_stack
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack

PARTS = (
    ("web framework", "express", "express", "the best known; errors of async handlers are caught"),
    ("security headers", "helmet", "helmet", "safe headers on every answer"),
    ("validation", "zod", "zod", "every request is checked against the fields of the spec"),
    ("documentation", "swagger-ui", "swagger-ui-express", "shows what the same schemas say"),
    ("orm", "drizzle", "drizzle-orm", "SQL as it is, without code that has to be generated"),
)
TOOLS = (
    ("tests", "node:test", "", "comes with Node; each requirement is shown by a test"),
    ("lint and format", "biome", "@biomejs/biome", "one fast tool for both"),
    ("packaging", "npm", "", "comes with Node; the lock file has hashes"),
)
TOKENS = ("tokens", "jose", "jose", "signed access tokens; maintained, without dependencies")


def javascript_rest_api(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Express, Zod, Drizzle and what belongs to them; versions as the resolution says."""
    return node_stack(spec, resolution, language_reason, PARTS, TOKENS, TOOLS)
