"""Where the user's Maven looks: settings.xml, else the super POM inside its own jars."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

LOGIN = ("username", "password")
MAX_CONFIG_BYTES = 1_000_000
SUPER_POM = "org/apache/maven/model/pom-4.0.0.xml"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def strip_comments(document: str) -> str:
    """XML without its comments, which in Maven's own files hold whole examples."""
    kept: list[str] = []
    position = 0
    while (start := document.find("<!--", position)) >= 0:
        kept.append(document[position:start])
        end = document.find("-->", start)
        if end < 0:
            return "".join(kept)
        position = end + 3
    return "".join(kept) + document[position:]


def blocks(document: str, tag: str) -> Iterator[str]:
    """The inner text of every `<tag>` element (not nested in itself)."""
    for start, end in _spans(document, tag):
        yield document[start:end]


def without(document: str, *tags: str) -> str:
    """The document without the content of some elements."""
    for tag in tags:
        kept: list[str] = []
        position = 0
        for start, end in _spans(document, tag):
            kept.append(document[position:start])
            position = end
        document = "".join(kept) + document[position:]
    return document


def _spans(document: str, tag: str) -> Iterator[tuple[int, int]]:
    """Where each element's content starts and ends; one pass, whatever the document."""
    opening = re.compile(rf"<{tag}(?:\s[^<>]*+)?>")
    position = 0
    while match := opening.search(document, position):
        end = document.find(f"</{tag}>", match.end())
        if end < 0:
            return
        yield match.end(), end
        position = end


def first(document: str, tag: str) -> str:
    """The trimmed text of the first `<tag>` element, or empty."""
    return next(blocks(document, tag), "").strip()


def mirror_of_central() -> tuple[str, str, str] | None:
    """(address, user, password) of the mirror that the user's settings put before central."""
    files = [Path.home() / ".m2" / "settings.xml"]
    home = os.environ.get("MAVEN_HOME") or os.environ.get("M2_HOME")
    if home:
        files.append(Path(home) / "conf" / "settings.xml")
    files.append(Path("/etc/maven/settings.xml"))
    for path in files:
        settings = strip_comments(_read(path))
        for mirror in blocks(settings, "mirror"):
            covers = [part.strip() for part in first(mirror, "mirrorOf").split(",")]
            wanted = {"*", "central", "external:*"} & set(covers) and "!central" not in covers
            url = first(mirror, "url")
            if wanted and url.startswith(("https://", "http://")) and "0.0.0.0" not in url:  # noqa: S104
                return (url, *_server(settings, first(mirror, "id")))
    return None


def _server(settings: str, identity: str) -> tuple[str, str]:
    for server in blocks(settings, "server"):
        if identity and first(server, "id") == identity:
            user, password = (unescape(_expanded(first(server, tag))) for tag in LOGIN)
            # `{...}` is encrypted with a master password that only Maven reads.
            return ("", "") if password.startswith("{") else (user, password)
    return "", ""


def _expanded(value: str) -> str:
    return re.sub(r"\$\{env\.([^}]+)\}", lambda m: os.environ.get(m[1], ""), value)


def central_of(version_output: str) -> str:
    """The central repository in the super POM of the Maven that printed this; may be empty."""
    from zipfile import BadZipFile, ZipFile

    match = re.search(r"^Maven home:\s*(.+)$", ANSI.sub("", version_output), re.M)
    if not match:
        return ""
    for jar in sorted((Path(match[1].strip()) / "lib").glob("maven-model-builder-*.jar")):
        try:
            with ZipFile(jar) as archive:
                pom = archive.read(SUPER_POM).decode("utf-8", "replace")
        except (BadZipFile, KeyError, OSError):
            continue
        for repository in blocks(strip_comments(pom), "repository"):
            if first(repository, "id") == "central":
                return first(repository, "url")
    return ""


def _read(path: Path) -> str:
    try:
        if path.is_file() and path.stat().st_size <= MAX_CONFIG_BYTES:
            return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        pass
    return ""
