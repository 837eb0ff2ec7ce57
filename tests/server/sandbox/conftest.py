"""A sandbox for all tests of this room, and a machine's secrets for the attacks to go after."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autonomous_coder.models.execution import SandboxLevel
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings
from sandbox_host import SECRET, Listening, Machine


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sandbox]:
    cache = tmp_path_factory.mktemp("cache")
    return {
        "best": Sandbox(SandboxSettings(), cache),
        "landlock": Sandbox(SandboxSettings(bwrap="/nowhere/bwrap"), cache),
    }


@pytest.fixture
async def sandbox(_shared: dict[str, Sandbox]) -> Sandbox:
    """The real one, at level L3; the test is skipped, saying why, where there is none."""
    found = _shared["best"]
    status = await found.probe()
    if status.level is not SandboxLevel.L3:
        pytest.skip(f"no level L3 here: {status.missing}")
    return found


@pytest.fixture
async def landlock(_shared: dict[str, Sandbox]) -> Sandbox:
    """A sandbox that finds no bubblewrap and falls to level L2."""
    found = _shared["landlock"]
    status = await found.probe()
    if status.level is not SandboxLevel.L2:
        pytest.skip(f"no level L2 here: {status.missing}")
    return found


@pytest.fixture
def python() -> str:
    """The base interpreter's absolute path, which exists inside too."""
    return str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    (root / "package").mkdir(parents=True)
    (root / "main.py").write_text("print('hello')\n", encoding="utf-8")
    (root / "package" / "data.txt").write_text("data\n", encoding="utf-8")
    return root


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    """A key, a directory, a process and four listening sockets, none of which may be reached."""
    home = tmp_path / "user" / ".ssh"
    home.mkdir(parents=True)
    key = home / "id_ed25519"
    key.write_text(SECRET, encoding="ascii")
    key.chmod(0o600)
    outside = tmp_path / "outside"
    outside.mkdir()
    monkeypatch.setenv("AC_TEST_TOKEN", SECRET)
    short = Path(os.path.relpath(tmp_path / "s"))
    abstract = f"ac-test-{os.getpid()}"
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    sockets = [
        socket.create_server(("127.0.0.1", 0)),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        socket.socket(socket.AF_UNIX),
        socket.socket(socket.AF_UNIX),
    ]
    sockets[1].bind(("127.0.0.1", 0))
    sockets[1].setblocking(False)
    sockets[2].bind(str(short) if len(str(short)) < 100 else str(tmp_path / "s"))
    sockets[2].listen()
    monkeypatch.setenv(
        "SSH_AUTH_SOCK", str(short) if len(str(short)) < 100 else str(tmp_path / "s")
    )
    sockets[3].bind(f"\0{abstract}")
    sockets[3].listen()
    try:
        yield Listening(
            Machine(
                secret_file=str(key),
                outside=str(outside),
                victim=process.pid,
                tcp_port=sockets[0].getsockname()[1],
                udp_port=sockets[1].getsockname()[1],
                unix_path=str(tmp_path / "s"),
                abstract=abstract,
            ),
            sockets[1],
            process,
        )
    finally:
        process.kill()
        process.wait()
        for listening in sockets:
            listening.close()
