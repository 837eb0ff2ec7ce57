"""What the sandbox's attack programs are told about the host, and what listens there."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

SECRET = "the-secret-of-the-host-4711"


@dataclass
class Machine:
    """What an attack is told about the host, as JSON in hexadecimal in its first argument: places
    in arguments are replaced where there are no namespaces, and these must not be."""

    secret_file: str
    outside: str
    victim: int
    tcp_port: int
    udp_port: int
    unix_path: str
    abstract: str
    secret: str = SECRET

    def as_argument(self) -> str:
        told = {key: value for key, value in asdict(self).items() if key != "secret"}
        return json.dumps(told).encode().hex()


@dataclass
class Listening:
    """The machine with the sockets that listen on it."""

    machine: Machine
    udp: socket.socket
    process: subprocess.Popen[bytes]


def real_program(name: str) -> str:
    """The program behind a name; rustup's shims are asked which toolchain they stand for."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    if name in ("cargo", "rustc") and shutil.which("rustup"):
        told = subprocess.run(["rustup", "which", name], capture_output=True, text=True, check=True)
        return str(Path(told.stdout.strip()).resolve())
    return found if name in ("npm", "mvn") else str(Path(found).resolve())
