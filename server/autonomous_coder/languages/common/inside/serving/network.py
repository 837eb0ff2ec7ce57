"""Ports of this network namespace, and calls to them."""

from __future__ import annotations

import contextlib
import http.client
import socket
from pathlib import Path

CALL_SECONDS = 15.0
MAX_BODY = 4_000_000
LISTENING = "0A"
HOSTS = ("127.0.0.1", "::1")


def refusal() -> str:
    """Why nothing can listen here; empty when something can."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            socket.create_connection(listener.getsockname(), timeout=2).close()
    except OSError as error:
        return error.strerror or "not allowed"
    return ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def listening() -> list[int]:
    """Every TCP port something listens on in this namespace."""
    found: set[int] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if len(fields) > 3 and fields[3] == LISTENING:
                    found.add(int(fields[1].rsplit(":", 1)[1], 16))
    return sorted(found)


def call(port: int, path: str, seconds: float = CALL_SECONDS) -> tuple[int, str, bytes]:
    """Status, content type and body; 0 when nothing answered. A stream without end counts by its
    first bytes."""
    for host in HOSTS:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
        try:
            connection.connect()
        except OSError:
            connection.close()
            continue
        try:
            connection.request("GET", path, headers={"Accept": "application/json, */*"})
            answer = connection.getresponse()
            kind = answer.getheader("Content-Type") or ""
            if "event-stream" in kind:
                return answer.status, kind, b""
            body = b""
            with contextlib.suppress(OSError, http.client.HTTPException):
                body = answer.read(MAX_BODY)
            return answer.status, kind, body
        except (OSError, ValueError, http.client.HTTPException):
            return 0, "", b""
        finally:
            connection.close()
    return 0, "", b""
