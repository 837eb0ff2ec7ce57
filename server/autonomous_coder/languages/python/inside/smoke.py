"""Runs inside the sandbox, by a trusted interpreter: starts a web service and calls it.

`smoke.py REPORT PYTHON TARGET FACTORY INSTALLED` starts uvicorn from the project's interpreter on a
socket of its own (no network is needed), asks the health route and every GET of its OpenAPI that
needs no parameter, stops it with SIGTERM and writes a JSON report. The current directory is the
project's; INSTALLED is one more place to import from.
Standard library only.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

START_SECONDS = 60.0
CALL_SECONDS = 15.0
STOP_SECONDS = 15.0
MAX_ROUTES = 200
HEALTH = ("/health", "/healthz", "/api/health", "/api/v1/health", "/livez", "/health/live")
SERVE = (
    "import os, sys; sys.path[:0] = [os.path.join(os.getcwd(), 'src'), os.getcwd(), sys.argv[4]]; "
    "import uvicorn; uvicorn.run(sys.argv[1], uds=sys.argv[2], factory=sys.argv[3] == '1')"
)


class Connection(http.client.HTTPConnection):
    """HTTP over a socket in the file system."""

    def __init__(self, place: str) -> None:
        super().__init__("localhost", timeout=CALL_SECONDS)
        self.place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CALL_SECONDS)
        self.sock.connect(self.place)


def refused(place: str) -> str:
    """Why no service can listen here; empty when one can."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(place)
    except OSError as error:
        return error.strerror or "not allowed"
    Path(place).unlink()
    return ""


def call(place: str, path: str) -> tuple[int, bytes]:
    """Status and body; 0 when nothing answered."""
    connection = Connection(place)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(4_000_000)
    except (OSError, ValueError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def started(place: str, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        connection = Connection(place)
        with contextlib.suppress(OSError):
            connection.connect()
            return True
        connection.close()
        time.sleep(0.05)
    return False


def routes(document: dict[str, Any]) -> list[str]:
    """Paths with a GET that needs neither path nor query parameters."""
    found = []
    for path, item in document.get("paths", {}).items():
        get = item.get("get") if isinstance(item, dict) else None
        if not isinstance(get, dict) or "{" in path:
            continue
        parameters = [*item.get("parameters", ()), *get.get("parameters", ())]
        if not any(p.get("required") for p in parameters if isinstance(p, dict)):
            found.append(path)
    return found[:MAX_ROUTES]


def probe(place: str, report: dict[str, Any]) -> None:
    """Fill in what the service answers."""
    status, body = call(place, "/openapi.json")
    document: dict[str, Any] = {}
    if status == 200:
        with contextlib.suppress(ValueError):
            document = json.loads(body)
    report["openapi"] = status
    named = document.get("paths", {})
    health = [p for p in HEALTH if p in named] or ([] if named else list(HEALTH[:2]))
    answers = report["answers"]
    for path in dict.fromkeys([*health, *routes(document)]):
        status, body = call(place, path)
        if not named and status == 404:
            continue
        answers.append(
            [path, status, body[:500].decode("utf-8", "replace") if status >= 500 else ""]
        )
    report["health"] = next((p for p in health if any(a[0] == p for a in answers)), "")


def main() -> None:
    output, python, target, factory, installed = sys.argv[1:6]
    private = Path(tempfile.mkdtemp())
    place = str(private / "s")
    # The kernel bounds the length of such a name.
    if len(place) > 100:
        place = os.path.relpath(place)
    report: dict[str, Any] = {"started": False, "answers": [], "stopped": False, "exit": None}
    if refusal := refused(place):
        Path(output).write_text(json.dumps({"refused": refusal}), encoding="utf-8")
        return
    log = private / "log"
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [python, "-I", "-X", "utf8", "-c", SERVE, target, place, factory, installed],
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    before = time.monotonic()
    report["started"] = started(place, server)
    report["seconds"] = round(time.monotonic() - before, 2)
    if report["started"]:
        probe(place, report)
        report["alive"] = server.poll() is None
        if report["alive"]:
            server.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                report["exit"] = server.wait(STOP_SECONDS)
                report["stopped"] = True
    if server.poll() is None:
        server.kill()
    else:
        report["exit"] = server.returncode
    server.wait()
    report["log"] = log.read_bytes()[-8_000:].decode("utf-8", "replace")
    Path(output).write_text(json.dumps(report), encoding="utf-8")


main()
