"""A spec as the templates of a web application on Next.js see it: an API's tables and services, and
the pages that the same server makes of them."""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.languages.node.pack_client import pages_view
from autonomous_coder.languages.node.pack_view import SpecView
from autonomous_coder.models.spec import ProjectSpec

TAKEN = frozenset({"/health"})
"""Addresses that are answered by no page."""


def next_view(view: SpecView, spec: ProjectSpec) -> SpecView:
    """The view with what its pages show and ask for."""
    client = pages_view(spec, view, "typescript", utc=True, taken=TAKEN)
    return replace(view, client=client)
