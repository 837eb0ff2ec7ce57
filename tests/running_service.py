"""Starts a generated service the way its README says, and talks to it over HTTP."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

START_TIMEOUT_S = 90


def uv() -> str:
    """Our own uv, or the one on the path."""
    own = Path(sysconfig.get_path("scripts")) / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    assert found, "uv is one of our dependencies and must be installed"
    return found


@contextmanager
def running(project: Path, module: str = "app.main:app") -> Iterator[httpx2.Client]:
    """A client of the service, started in a process of its own on a free port."""
    environment = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    environment["UV_PYTHON"] = sys.executable
    subprocess.run(
        [uv(), "sync", "--locked", "--quiet"],
        cwd=project,
        env=environment,
        check=True,
        timeout=300,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [uv(), "run", "--locked", "--no-sync", "uvicorn", module, "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            _wait_until_it_answers(client, process)
            yield client
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _wait_until_it_answers(client: httpx2.Client, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the service ended by itself"
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.2)
    raise AssertionError("the service did not answer /health in time")
