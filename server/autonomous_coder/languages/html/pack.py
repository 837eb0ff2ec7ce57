"""The pack of static sites: pages as they are served, and scripts that need no build."""

from __future__ import annotations

from autonomous_coder.languages.html.pack_game import GameView, game_view
from autonomous_coder.languages.html.pack_view import SiteView, site_view
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.models.spec import ProjectSpec


class HtmlPack(JavaScriptPack):
    """HTML, CSS and JavaScript; npm brings the tools that check them."""

    language = "html"

    def view(self, spec: ProjectSpec, features: frozenset[str]) -> SiteView | GameView:
        """The spec with safe names; see `pack_view` and `pack_game`."""
        return game_view(spec) if spec.archetype == "game" else site_view(spec, features)
