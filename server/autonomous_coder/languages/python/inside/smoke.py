"""Runs inside the sandbox, by a trusted interpreter: starts a web service and calls it.

`smoke.py PYTHON TARGET FACTORY` starts uvicorn from the project's interpreter on a free port,
asks the health route and every GET of its OpenAPI that needs no parameter, stops it with SIGTERM
and writes `/output/start.json`. Standard library only.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

START_SECONDS = 60.0
CALL_SECONDS = 15.0
STOP_SECONDS = 15.0
MAX_ROUTES = 200
HEALTH = ("/health", "/healthz", "/api/health", "/api/v1/health", "/livez", "/health/live")
SERVE = (
    "import sys; sys.path[:0] = ['/project/src', '/project']; import uvicorn; "
    "uvicorn.run(sys.argv[1], host='127.0.0.1', port=int(sys.argv[2]), factory=sys.argv[3] == '1')"
)


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


def call(port: int, path: str) -> tuple[int, bytes]:
    """Status and body; 0 when nothing answered."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}{path}", timeout=CALL_SECONDS) as answer:
            return answer.status, answer.read(4_000_000)
    except urllib.error.HTTPError as error:
        return error.code, error.read(10_000)
    except (OSError, ValueError):
        return 0, b""


def started(port: int, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
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


def probe(port: int, report: dict[str, Any]) -> None:
    """Fill in what the service answers."""
    status, body = call(port, "/openapi.json")
    document: dict[str, Any] = {}
    if status == 200:
        with contextlib.suppress(ValueError):
            document = json.loads(body)
    report["openapi"] = status
    named = document.get("paths", {})
    health = [p for p in HEALTH if p in named] or ([] if named else list(HEALTH[:2]))
    answers = report["answers"]
    for path in dict.fromkeys([*health, *routes(document)]):
        status, body = call(port, path)
        if not named and status == 404:
            continue
        answers.append(
            [path, status, body[:500].decode("utf-8", "replace") if status >= 500 else ""]
        )
    report["health"] = next((p for p in health if any(a[0] == p for a in answers)), "")


def main() -> None:
    python, target, factory = sys.argv[1:4]
    port = free_port()
    report: dict[str, Any] = {"started": False, "answers": [], "stopped": False, "exit": None}
    log = Path("/tmp/service.log")  # noqa: S108
    with log.open("wb") as stream:
        server = subprocess.Popen(
            [python, "-I", "-X", "utf8", "-c", SERVE, target, str(port), factory],
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    before = time.monotonic()
    report["started"] = started(port, server)
    report["seconds"] = round(time.monotonic() - before, 2)
    if report["started"]:
        probe(port, report)
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
    Path("/output/start.json").write_text(json.dumps(report), encoding="utf-8")


main()
