"""The stack of a project: each part with its version and why it was chosen."""

from __future__ import annotations

from collections.abc import Callable

from autonomous_coder.engines.intelligence.frameworks import NEXT
from autonomous_coder.engines.intelligence.stack_data_pipeline import python_data_pipeline
from autonomous_coder.engines.intelligence.stack_go import go_cli, go_library, go_rest_api
from autonomous_coder.engines.intelligence.stack_html import html_game, html_static_site
from autonomous_coder.engines.intelligence.stack_java import java_cli, java_library, java_rest_api
from autonomous_coder.engines.intelligence.stack_javascript import javascript_rest_api
from autonomous_coder.engines.intelligence.stack_next import typescript_next
from autonomous_coder.engines.intelligence.stack_node import (
    node_cli,
    node_data_pipeline,
    node_library,
    node_mcp_server,
    node_realtime,
    node_worker,
)
from autonomous_coder.engines.intelligence.stack_python import (
    python_cli,
    python_library,
    python_web_app,
)
from autonomous_coder.engines.intelligence.stack_python_rest_api import python_rest_api
from autonomous_coder.engines.intelligence.stack_python_services import (
    python_mcp_server,
    python_realtime,
    python_worker,
)
from autonomous_coder.engines.intelligence.stack_python_windows import (
    python_desktop_app,
    python_game,
)
from autonomous_coder.engines.intelligence.stack_rust import rust_cli, rust_library, rust_rest_api
from autonomous_coder.engines.intelligence.stack_typescript import (
    typescript_rest_api,
    typescript_web_app,
)
from autonomous_coder.errors import UnsupportedError
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, TechStack

Builder = Callable[[ProjectSpec, Resolution | None, str], TechStack]
"""(spec, versions, why its language was chosen) -> its stack."""


def _typescript_web_app(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """Of the pages, and of the API behind them; of the one server of Next.js."""
    if spec.framework == NEXT:
        return typescript_next(spec, resolution, language_reason)
    language = spec.constraints.get("api_language", spec.language)
    parts = resolution.parts if resolution else {}
    behind = {"language": language, "archetype": "rest_api"}
    api = select(spec.model_copy(update=behind), parts.get("api"))
    return typescript_web_app(resolution, parts.get("web"), language_reason, api)


STACKS: dict[tuple[str, str], Builder] = {
    ("python", "rest_api"): python_rest_api,
    ("python", "web_app"): python_web_app,
    ("typescript", "web_app"): _typescript_web_app,
    ("python", "cli"): python_cli,
    ("python", "library"): python_library,
    ("python", "mcp_server"): python_mcp_server,
    ("python", "worker"): python_worker,
    ("python", "data_pipeline"): python_data_pipeline,
    ("python", "realtime"): python_realtime,
    ("typescript", "realtime"): node_realtime,
    ("python", "game"): python_game,
    ("python", "desktop_app"): python_desktop_app,
    ("typescript", "rest_api"): typescript_rest_api,
    ("typescript", "cli"): node_cli,
    ("typescript", "library"): node_library,
    ("typescript", "mcp_server"): node_mcp_server,
    ("typescript", "data_pipeline"): node_data_pipeline,
    ("typescript", "worker"): node_worker,
    ("javascript", "rest_api"): javascript_rest_api,
    ("javascript", "cli"): node_cli,
    ("javascript", "library"): node_library,
    ("javascript", "mcp_server"): node_mcp_server,
    ("go", "rest_api"): go_rest_api,
    ("java", "rest_api"): java_rest_api,
    ("java", "cli"): java_cli,
    ("java", "library"): java_library,
    ("rust", "cli"): rust_cli,
    ("rust", "library"): rust_library,
    ("rust", "rest_api"): rust_rest_api,
    ("html", "static_site"): html_static_site,
    ("html", "game"): html_game,
    ("go", "cli"): go_cli,
    ("go", "library"): go_library,
}


def select(spec: ProjectSpec, resolution: Resolution | None) -> TechStack:
    """The stack for a spec.

    Raises:
        UnsupportedError: no stack is known for this language and kind of software.
    """
    builder = STACKS.get((spec.language, spec.archetype))
    if builder is None:
        known = ", ".join(f"{lang} {kind}" for lang, kind in STACKS)
        raise UnsupportedError(
            f"No stack is known for {spec.archetype} in {spec.language}.", hint=f"Known: {known}."
        )
    return builder(spec, resolution, _language_reason(spec))


def _language_reason(spec: ProjectSpec) -> str:
    decided = spec.provenance.get("language")
    if decided in {"host", "user"}:
        return "asked for"
    marks = ("default language", "The project's files are in", "is made of HTML")
    note = next((a for a in spec.assumptions if any(mark in a for mark in marks)), "")
    return note or "the default language"
