"""The stack of a web application with Next.js: each part with its version and why it was chosen."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.stack_typescript import TOOLS, node_stack
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack

PARTS = (
    ("web framework", "next", "next", "asked for; pages and what they do are one project"),
    ("user interface", "react", "react", "what Next.js makes pages with"),
    ("validation", "zod", "zod", "every form and address is checked before anything is done"),
    ("style", "tailwindcss", "tailwindcss", "one set of colours for light and dark"),
    ("orm", "drizzle", "drizzle-orm", "typed SQL without code that has to be generated"),
)
SESSIONS = ("sessions", "rows with hashed keys", "", "logging out ends every copy of a cookie")
PAGE_TESTS = ("page tests", "happy-dom", "happy-dom", "a running server is used as browsers do")


def typescript_next(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Next.js, React and Drizzle; versions as the resolution says."""
    tools = (PAGE_TESTS, *TOOLS)
    return node_stack(spec, resolution, language_reason, PARTS, SESSIONS, tools)
