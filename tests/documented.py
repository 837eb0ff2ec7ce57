"""Packages with documentation in them, for a registry stand-in: archives made in memory."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from autonomous_coder.engines.research import ResearchEngine
from autonomous_coder.settings import ResearchSettings
from autonomous_coder.store.store import Store
from registry_standin import JSON_TYPE, RegistryStandin
from research_helpers import KNOWLEDGE, no_client, run_uv

Files = Mapping[str, str | bytes]


def zipped(files: Files) -> bytes:
    """A zip of these files."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def tarred(files: Files, root: str) -> bytes:
    """A gzipped tar of these files below one directory."""
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            entry = tarfile.TarInfo(f"{root}/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return body.getvalue()


def metadata(name: str, version: str, readme: str, *links: str) -> str:
    """A wheel's METADATA."""
    lines = ["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}"]
    lines += [f"Project-URL: {link}" for link in links]
    lines.append("Description-Content-Type: text/markdown")
    return "\n".join(lines) + f"\n\n{readme}"


def add_python(
    standin: RegistryStandin, name: str, versions: Mapping[str, Mapping[str, Any]]
) -> None:
    """A Python package; per version `wheel` and `sdist` (bytes) and what the index says wrongly:
    `sha256`, `size`."""
    files = []
    for version, facts in versions.items():
        for kind, ending in (("wheel", "-py3-none-any.whl"), ("sdist", ".tar.gz")):
            if kind not in facts:
                continue
            filename = f"{name}-{version}{ending}"
            standin.pages[f"/files/{filename}"] = ("application/octet-stream", facts[kind])
            digest = facts.get("sha256") or hashlib.sha256(facts[kind]).hexdigest()
            files.append(
                {
                    "filename": filename,
                    "url": facts.get("url") or f"{standin.url}/files/{filename}",
                    "hashes": {"sha256": digest},
                    "size": facts.get("size", len(facts[kind])),
                    "core-metadata": bool(facts.get("metadata")),
                    "upload-time": "2026-01-02T03:04:05Z",
                }
            )
            if facts.get("metadata"):
                text = str(facts["metadata"]).encode()
                standin.pages[f"/files/{filename}.metadata"] = ("text/plain", text)
    page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
    standin.pages[f"/simple/{name}/"] = (JSON_TYPE, json.dumps(page).encode())


def add_npm(standin: RegistryStandin, name: str, version: str, files: Files) -> None:
    """An npm package of one version."""
    body = tarred(files, "package")
    path = f"/npm/{name}/-/{name}-{version}.tgz"
    integrity = f"sha512-{base64.b64encode(hashlib.sha512(body).digest()).decode()}"
    dist = {"tarball": f"{standin.url}{path}", "integrity": integrity}
    standin.add_npm(name, {version: {"dist": dist}}, latest=version)
    standin.pages[f"/npm/{name}/{version}"] = standin.pages[f"/npm/{name}/latest"]
    standin.pages[path] = ("application/octet-stream", body)


def add_go(standin: RegistryStandin, name: str, version: str, files: Files) -> None:
    """A Go module of one version."""
    body = zipped({f"{name}@{version}/{path}": content for path, content in files.items()})
    base = f"/go/{name}/@v"
    standin.add_text(f"{base}/list", f"{version}\n")
    standin.add_text(f"{base}/{version}.info", json.dumps({"Version": version}))
    standin.add_text(f"{base}/{version}.mod", f"module {name}\n\ngo 1.24\n")
    standin.pages[f"{base}/{version}.zip"] = ("application/zip", body)


def bomb(size: int) -> bytes:
    """A gzipped tar whose one file unpacks to very much."""
    header = tarfile.TarInfo("demo/README.md")
    header.size = size
    return gzip.compress(header.tobuf() + b"\0" * size, 9)


@asynccontextmanager
async def engine(directory: Path, **settings: Any) -> AsyncIterator[ResearchEngine]:
    """A research engine with a real store, quick to give up."""
    values = {"timeout": 5, "max_retries": 0, "allow_private_pages": True, **settings}
    async with (
        await Store.open(directory / "data") as store,
        ResearchEngine(
            ResearchSettings.model_validate(values),
            store,
            no_client,
            run_uv,
            KNOWLEDGE,
            directory / "work",
            passages=store.passages,
        ) as research,
    ):
        yield research
