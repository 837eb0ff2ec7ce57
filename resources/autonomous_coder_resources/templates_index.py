"""`template://`: what can be generated, from the layers' own manifests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
from mcp.server.mcpserver import MCPServer

from autonomous_coder.errors import NotFoundError
from autonomous_coder.services import Services
from autonomous_coder_resources.access import CURRENT, matching, told_plainly

INDEX = "template://index"
ARCHETYPE = "template://{language}/{archetype}"
MANIFEST = "layer.toml"


def register(server: MCPServer[Services]) -> None:
    """Offer the index and each archetype."""
    server.resource(
        INDEX,
        name="template-index",
        title="Templates: index",
        description="Languages and archetypes that can be generated, with their features.",
        mime_type="application/json",
    )(read_index)
    server.resource(
        ARCHETYPE,
        name="template-archetype",
        title="Templates: archetype",
        description="One archetype: what it provides, its features, packages and files.",
        mime_type="application/json",
    )(read_archetype)


async def read_index() -> str:
    """Every language and archetype, as JSON."""
    with told_plainly():
        return json.dumps(await _index(), indent=1)


async def read_archetype(language: str, archetype: str) -> str:
    """The manifests of one archetype and of its features, as JSON."""
    root = CURRENT.get().roots.templates
    with told_plainly():
        index = await _index()
        if not any(r["language"] == language and r["archetype"] == archetype for r in index):
            known = ", ".join(f"template://{r['language']}/{r['archetype']}" for r in index)
            raise NotFoundError("There is no such template.", hint=f"There are: {known or 'none'}.")
        found = await anyio.to_thread.run_sync(_archetype, root, language, archetype)
    return json.dumps(found, ensure_ascii=False, indent=1, default=str)


async def complete(
    argument: str, value: str, resolved: Mapping[str, str] | None = None
) -> list[str]:
    """Languages, or archetypes of the language already chosen."""
    rows = await _index()
    chosen = (resolved or {}).get("language", "")
    if argument == "language":
        return matching(list(dict.fromkeys(row["language"] for row in rows)), value)
    if argument == "archetype":
        named = [r["archetype"] for r in rows if chosen in ("", r["language"])]
        return matching(list(dict.fromkeys(named)), value)
    return []


async def _index() -> list[dict[str, Any]]:
    return await anyio.to_thread.run_sync(_read_index, CURRENT.get().roots.templates)


def _read_index(root: Path) -> list[dict[str, Any]]:
    rows = []
    for pack in sorted(root.glob(f"*/{MANIFEST}")):
        for archetype in _manifest(pack).get("archetypes", []):
            layer = pack.parent / archetype / MANIFEST
            if layer.is_file():
                manifest = _manifest(layer)
                rows.append(
                    {
                        "language": pack.parent.name,
                        "archetype": archetype,
                        "description": str(manifest.get("description", "")),
                        "features": list(manifest.get("features", [])),
                        "uri": f"template://{pack.parent.name}/{archetype}",
                    }
                )
    return rows


def _archetype(root: Path, language: str, archetype: str) -> dict[str, Any]:
    pack = _manifest(root / language / MANIFEST)
    manifest = _manifest(root / language / archetype / MANIFEST)
    # A feature is the archetype's own, or shared: with a kindred language, by all archetypes, or by
    # all languages.
    tongues = [language, *([pack["kin"]] if pack.get("kin") else [])]
    folders = [root / t / archetype / "features" for t in tongues]
    folders += [root / t / "features" for t in (*tongues, "common")]
    features = {}
    for name in manifest.get("features", []):
        places = (folder / name / MANIFEST for folder in folders)
        features[name] = next((_manifest(place) for place in places if place.is_file()), {})
    return {
        "language": language,
        "archetype": archetype,
        "pack": pack,
        "manifest": manifest,
        "features": features,
    }


def _manifest(path: Path) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(path.read_text(encoding="utf-8"))
