"""The stack of a static site: each part with its version and why it was chosen."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.models.technology import Resolution, StackChoice, TechStack

RUNTIME = ">=20.19.0"
PARTS = (
    ("pages", "html", "", "what is written is what browsers get; nothing is built"),
    ("layout", "css", "", "one sheet, light and dark, without a framework"),
    ("validity", "html-validate", "html-validate", "every page is checked, offline"),
    ("server for trying", "sirv", "sirv-cli", "shows the site as a web server would"),
    ("tests", "node:test", "", "comes with Node; each page is opened and its links followed"),
    ("lint and format", "biome", "@biomejs/biome", "one fast tool for scripts, styles and data"),
    ("packaging", "npm", "", "brings the tools; the site itself needs none"),
)
LISTS = (
    ("lists", "modules", "", "records are shown from JSON files by scripts without dependencies"),
    ("pages in tests", "happy-dom", "happy-dom", "lists are tried as a browser would show them"),
)


GAME = (
    ("drawing", "canvas", "", "what every browser can draw on"),
    ("pages in tests", "happy-dom", "happy-dom", "the game is played without a screen"),
)


def html_game(_spec: ProjectSpec, resolution: Resolution | None, language_reason: str) -> TechStack:
    """A page, modules and what checks them; versions as the resolution says."""
    return _stack((*PARTS, *GAME), resolution, language_reason)


def html_static_site(
    spec: ProjectSpec, resolution: Resolution | None, language_reason: str
) -> TechStack:
    """HTML, CSS and modules, and what checks them; versions as the resolution says."""
    return _stack((*PARTS, *(LISTS if spec.entities else ())), resolution, language_reason)


def _stack(
    parts: Sequence[tuple[str, str, str, str]], resolution: Resolution | None, language_reason: str
) -> TechStack:
    versions = {p.name: p.version for p in resolution.pins} if resolution else {}
    runtime = resolution.runtime if resolution and resolution.runtime else RUNTIME
    choices = [StackChoice(part="language", choice="html", version="", reason=language_reason)]
    choices += [
        StackChoice(part=part, choice=choice, version=versions.get(package, ""), reason=reason)
        for part, choice, package, reason in parts
    ]
    return TechStack(language="html", runtime=runtime, choices=choices, resolution=resolution)
