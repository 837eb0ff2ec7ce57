"""A package registry on loopback that speaks several registries' protocols, well and badly.

    with RegistryStandin() as registry:
        registry.add_python("demo", {"1.0": {}, "2.0": {"requires_python": ">=3.12"}})
        monkeypatch.setenv("UV_DEFAULT_INDEX", registry.python_index)

Its address is handed over through the same environment variables a user would set.
"""

from __future__ import annotations

import json
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote

JSON_TYPE = "application/vnd.pypi.simple.v1+json"


WRONG = json.dumps(
    {
        "files": {"filename": 1},
        "versions": ["1.0.0"],
        "version": [1],
        "dist-tags": 7,
        "packages": {"acme/demo": {"version": 1}, "demo": "x"},
        "items": {"0": []},
        "resources": "none",
        "metadata-url": 3,
        "dl": [],
    }
).encode()


@cache
def _bomb() -> bytes:
    """128 MB of spaces, packed into some hundred kilobytes."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    pieces = [packer.compress(b" " * 1_048_576) for _ in range(128)]
    return b"".join([*pieces, packer.flush()])


@dataclass
class Fault:
    """What is done instead of answering, for the first `times` requests (-1: always).

    `kind` is status, malformed, wrong (JSON of the wrong types), huge, bomb (small, but huge when
    unpacked), packed (in a way nobody asked for), loop, redirect, slow (waits for `released`), drop
    or type.
    """

    kind: str
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str = ""
    times: int = -1


@dataclass
class Seen:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]


class RegistryStandin:
    """Serves what was added to it. `etags` decides whether answers carry one; each page comes after
    `delay` seconds."""

    def __init__(
        self, *, python_form: str = "json", etags: bool = False, delay: float = 0.0
    ) -> None:
        self.python_form = python_form
        self.delay = delay
        self.etags = etags
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.questions: dict[str, Callable[[Any], Any]] = {}
        self.faults: dict[str, Fault] = {}
        self.encodings: dict[str, str] = {}
        self.seen: list[Seen] = []
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._python: dict[str, dict[str, dict[str, Any]]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> RegistryStandin:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering: afterwards connections are refused."""
        self.released.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def python_index(self) -> str:
        return f"{self.url}/simple/"

    @property
    def npm_registry(self) -> str:
        return f"{self.url}/npm/"

    def env(self) -> dict[str, str]:
        """The variables with which a user would point clients here."""
        return {
            "UV_DEFAULT_INDEX": self.python_index,
            "npm_config_registry": self.npm_registry,
            "GOPROXY": f"{self.url}/go",
            "GOSUMDB": "off",
        }

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        with self._lock:
            return sum(1 for seen in self.seen if seen.path == path)

    def last(self, path: str) -> Seen:
        """The latest request of a path."""
        with self._lock:
            return [seen for seen in self.seen if seen.path == path][-1]

    def add_python(
        self,
        name: str,
        versions: Mapping[str, Mapping[str, Any]],
        *,
        details: Mapping[str, Any] | None = None,
        files_from: str = "",
    ) -> None:
        """A Python project. Per version: requires_python, yanked, uploaded, metadata."""
        self._python[name] = {version: dict(facts) for version, facts in versions.items()}
        base = files_from or f"{self.url}/files"
        self.pages[f"/simple/{name}/"] = self._python_page(name, base)
        if details is not None:
            body = json.dumps({"info": dict(details), "releases": {}}).encode()
            self.pages[f"/pypi/{name}/json"] = ("application/json", body)

    def add_npm(
        self,
        name: str,
        versions: Mapping[str, Mapping[str, Any]],
        *,
        latest: str,
        times: Mapping[str, str] | None = None,
    ) -> None:
        """An npm package: version -> manifest fields."""
        manifests = {
            version: {
                "name": name,
                "version": version,
                "dist": {"tarball": f"{self.url}/npm/{name}/-/x-{version}.tgz"},
                **facts,
            }
            for version, facts in versions.items()
        }
        packument = {
            "name": name,
            "dist-tags": {"latest": latest},
            "versions": manifests,
            "time": dict(times or {}),
        }
        kind = "application/json"
        self.pages[f"/npm/{name}"] = (kind, json.dumps(packument).encode())
        self.pages[f"/npm/{name}/latest"] = (kind, json.dumps(manifests[latest]).encode())

    def add_text(self, path: str, body: str, kind: str = "text/plain") -> None:
        """Any other page."""
        self.pages[path] = (kind, body.encode())

    def _python_page(self, name: str, base: str) -> tuple[str, bytes]:
        rows = []
        for version, facts in self._python[name].items():
            filename = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
            rows.append((filename, f"{base}/{filename}", facts))
        if self.python_form == "json":
            files = [
                {
                    "filename": filename,
                    "url": url,
                    "hashes": {},
                    "requires-python": facts.get("requires_python"),
                    "yanked": facts.get("yanked", False),
                    "upload-time": facts.get("uploaded", "2026-01-02T03:04:05Z"),
                    "core-metadata": facts.get("metadata", False),
                }
                for filename, url, facts in rows
            ]
            page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
            return JSON_TYPE, json.dumps(page).encode()
        lines = []
        for filename, url, facts in rows:
            extra = ""
            if facts.get("requires_python"):
                extra += f' data-requires-python="{escape(facts["requires_python"])}"'
            if facts.get("yanked"):
                extra += f' data-yanked="{escape(str(facts["yanked"]))}"'
            lines.append(f'<a href="{url}#sha256=00"{extra}>{filename}</a><br/>')
        page_text = "<!DOCTYPE html>\n<html><body>\n" + "\n".join(lines) + "\n</body></html>"
        return "text/html; charset=utf-8", page_text.encode()

    def _take_fault(self, path: str) -> Fault | None:
        with self._lock:
            fault = self.faults.get(path) or self.faults.get("*")
            if fault is None or fault.times == 0:
                return None
            if fault.times > 0:
                fault.times -= 1
            return fault

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = unquote(self.path.partition("?")[0])
                names = {key.lower(): value for key, value in self.headers.items()}
                with standin._lock:
                    standin.seen.append(Seen(path, names))
                fault = standin._take_fault(path)
                try:
                    if fault is not None:
                        self._misbehave(fault, path)
                    else:
                        self._page(path)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                answer = standin.questions.get(self.path)
                with standin._lock:
                    standin.seen.append(Seen(self.path, {}))
                if answer is None:
                    self._send(405, "text/plain", b"questions are not answered here")
                else:
                    value = json.dumps(answer(json.loads(body))).encode()
                    self._send(200, "application/json", value)

            def _page(self, path: str) -> None:
                time.sleep(standin.delay)
                found = standin.pages.get(path)
                if found is None:
                    self._send(404, "text/plain", b"no such page")
                    return
                kind, body = found
                etag = f'"{blake2b(body, digest_size=8).hexdigest()}"' if standin.etags else ""
                if etag and self.headers.get("If-None-Match") == etag:
                    self._send(304, kind, b"", {"ETag": etag})
                else:
                    headers = {"ETag": etag} if etag else {}
                    if path in standin.encodings:
                        headers["Content-Encoding"] = standin.encodings[path]
                    self._send(200, kind, body, headers)

            def _misbehave(self, fault: Fault, path: str) -> None:
                if fault.kind == "status":
                    self._send(fault.status, "text/plain", b"not now", fault.headers)
                elif fault.kind == "malformed":
                    self._send(200, JSON_TYPE, b'{"files": [{"filename": 7, ')
                elif fault.kind == "wrong":
                    self._send(200, JSON_TYPE, WRONG)
                elif fault.kind == "bomb":
                    self._send(200, JSON_TYPE, _bomb(), {"Content-Encoding": "gzip"})
                elif fault.kind == "packed":
                    self._send(200, JSON_TYPE, b"{}", {"Content-Encoding": "zstd"})
                elif fault.kind == "type":
                    self._send(200, "image/png", b"\x89PNG")
                elif fault.kind == "loop":
                    self._send(302, "text/plain", b"", {"Location": path})
                elif fault.kind == "redirect":
                    self._send(302, "text/plain", b"", {"Location": fault.location})
                elif fault.kind == "slow":
                    standin.released.wait(30)
                    self._page(path)
                elif fault.kind == "huge":
                    self.send_response(200)
                    self.send_header("Content-Type", JSON_TYPE)
                    self.end_headers()
                    self.close_connection = True
                    for _ in range(4_096):
                        self.wfile.write(b" " * 1_048_576)
                else:
                    self.close_connection = True

            def _send(
                self, status: int, kind: str, body: bytes, headers: Mapping[str, str] | None = None
            ) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for key, value in (headers or {}).items():
                    self.send_header(key, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler
