"""`start_service.py REPORT` reads {"prepare", "argv", "env", "patience", "grace"} from standard
input and writes a JSON report."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .network import call, free_port, listening, refusal
from .openapi import routes

POLL_SECONDS = 0.05
CHOOSING_SECONDS = 0.5
"""How long other ports are waited for when the one that was given is not taken."""
ASKING_SECONDS = 90.0
READY_SECONDS = 10.0
PREPARING_SECONDS = 240.0
MAX_LOG = 8_000
MAX_EXCERPT = 500
HEALTH = (
    "/health", "/healthz", "/api/health", "/livez", "/api/v1/health", "/health/live", "/readyz",
    "/actuator/health", "/status", "/ping", "/",
)  # fmt: skip
DOCUMENTS = (
    "/openapi.json", "/api/openapi.json", "/v3/api-docs", "/docs/json", "/documentation/json",
    "/api-docs", "/api-json", "/swagger.json", "/swagger/doc.json", "/docs/openapi.json", "/doc",
    "/api/docs/openapi.json", "/api/doc", "/openapi",
)  # fmt: skip


def processes() -> set[int]:
    """Every process of this namespace that has not ended."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                stat = (entry / "stat").read_text(encoding="utf-8", errors="replace")
                if stat.rsplit(")", 1)[1].split()[0] not in "ZX":
                    found.add(int(entry.name))
    return found


class Service:
    """One service on its way; `report` says what became of it."""

    def __init__(self, wish: dict[str, Any], log: Path) -> None:
        self.wish = wish
        self.log = log
        self.report: dict[str, Any] = {
            "started": False, "answers": [], "stopped": False, "exit": None, "health": "",
        }  # fmt: skip
        self.before = (processes(), set(listening()))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        if not self.prepared():
            return
        began = time.monotonic()
        env = {**os.environ, **self.wish["env"]}
        env |= {"PORT": str(self.port), "SERVER_PORT": str(self.port), "HOST": "127.0.0.1"}
        with self.log.open("wb") as stream:
            try:
                self.process = subprocess.Popen(
                    self.wish["argv"], stdout=stream, stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL, env=env, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                stream.write(f"{self.wish['argv'][0]}: {error.strerror}".encode())
                return
        self.report["listens"] = self.listens(began + self.wish["patience"])
        if self.report["listens"]:
            self.report["started"] = self.answers(began + self.wish["patience"])
        self.report["seconds"] = round(time.monotonic() - began, 2)
        self.report["port"] = self.port
        if self.report["started"]:
            self.ask()
        self.stop()

    def prepared(self) -> bool:
        """Build the service, when that is asked for."""
        if not self.wish["prepare"]:
            return True
        with self.log.open("wb") as stream:
            try:
                done = subprocess.run(
                    self.wish["prepare"], stdout=stream, stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL, env={**os.environ, **self.wish["env"]},
                    timeout=PREPARING_SECONDS, check=False,
                )  # fmt: skip
                self.report["prepared"] = done.returncode == 0
            except (OSError, subprocess.TimeoutExpired) as error:
                stream.write(f"\n{type(error).__name__}".encode())
                self.report["prepared"] = False
        return bool(self.report["prepared"])

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def listens(self, deadline: float) -> bool:
        """Wait for a port; sets `port` to the one that is really used."""
        first_seen = 0.0
        while time.monotonic() < deadline and self.running():
            ports = [p for p in listening() if p not in self.before[1]]
            if self.port in ports:
                return True
            if ports and not first_seen:
                first_seen = time.monotonic()
            if ports and time.monotonic() - first_seen > CHOOSING_SECONDS:
                talking = [p for p in ports if call(p, "/", 3.0)[0]]
                self.port = (talking or ports)[0]
                return True
            time.sleep(POLL_SECONDS)
        return False

    def answers(self, deadline: float) -> bool:
        """Wait until HTTP is spoken."""
        while self.running():
            if call(self.port, HEALTH[0])[0]:
                return True
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return False

    def ask(self) -> None:
        """The health route, then every GET of the OpenAPI document."""
        until = time.monotonic() + ASKING_SECONDS
        self.health()
        document: dict[str, Any] = {}
        for path in DOCUMENTS:
            status, _, body = call(self.port, path)
            if status == 200 and body[:1] == b"{":
                with contextlib.suppress(ValueError, RecursionError):
                    read = json.loads(body)
                    if isinstance(read.get("paths"), dict):
                        document, self.report["openapi"] = read, path
                        break
        for route, path in routes(document):
            if time.monotonic() > until:
                self.report["unasked"] = self.report.get("unasked", 0) + 1
            elif path != self.report["health"] and self.running():
                self.note(route, *call(self.port, path))
        self.report["alive"] = self.running()

    def health(self) -> None:
        """The first health route there is; one that is not ready yet is waited for."""
        for path in HEALTH:
            until = time.monotonic() + READY_SECONDS
            status, kind, body = call(self.port, path)
            while status == 503 and time.monotonic() < until and self.running():
                time.sleep(POLL_SECONDS * 4)
                status, kind, body = call(self.port, path)
            if status not in (404, 405) or not self.running():
                # The bare root is no health route: a refusal there says nothing.
                if path == "/" and 400 <= status < 500:
                    return
                self.report["health"] = path
                self.note(path, status, kind, body)
                return

    def note(self, route: str, status: int, kind: str, body: bytes) -> None:
        said = body[:MAX_EXCERPT].decode("utf-8", "replace") if status >= 500 else ""
        self.report["answers"].append([route, status, "" if "html" in kind else said])

    def stop(self) -> None:
        """SIGTERM to the service; it and all it started must be gone in time."""
        process = self.process
        assert process is not None
        self.report.setdefault("alive", process.poll() is None)
        if process.poll() is None and self.report["started"]:
            process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + self.wish["grace"]
            while time.monotonic() < deadline and (process.poll() is None or self.left()):
                time.sleep(POLL_SECONDS)
            self.report["left"] = len(self.left())
            self.report["stopped"] = process.poll() is not None and not self.report["left"]
            self.report["exit"] = process.poll()
        elif process.poll() is not None:
            self.report["exit"] = process.returncode
        for pid in self.left():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        if process.poll() is None:
            process.kill()
        process.wait()

    def left(self) -> set[int]:
        """What the service started and is still there, itself apart."""
        known = self.before[0] | {os.getpid()}
        if self.process is not None:
            known.add(self.process.pid)
        return processes() - known


def main() -> None:
    output = Path(sys.argv[1])
    wish = json.load(sys.stdin)
    if reason := refusal():
        output.write_text(json.dumps({"refused": reason}), encoding="utf-8")
        return
    log = Path(tempfile.mkdtemp()) / "log"
    log.touch()
    service = Service(wish, log)
    service.run()
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - MAX_LOG))
        service.report["log"] = stream.read(MAX_LOG).decode("utf-8", "replace")
    output.write_text(json.dumps(service.report), encoding="utf-8")


main()
