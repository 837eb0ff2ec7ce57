"""What the sandbox's attack programs are told about the host, and what listens there."""

from __future__ import annotations

import json
import socket
import subprocess
from dataclasses import asdict, dataclass

SECRET = "the-secret-of-the-host-4711"


@dataclass
class Machine:
    """What an attack is told about the host, as JSON in its first argument."""

    secret_file: str
    outside: str
    victim: int
    tcp_port: int
    udp_port: int
    unix_path: str
    abstract: str
    secret: str = SECRET

    def as_argument(self) -> str:
        return json.dumps({key: value for key, value in asdict(self).items() if key != "secret"})


@dataclass
class Listening:
    """The machine with the sockets that listen on it."""

    machine: Machine
    udp: socket.socket
    process: subprocess.Popen[bytes]
