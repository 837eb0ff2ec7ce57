"""The installed command, run in a process of its own with state of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class Call:
    """What one call of the command left behind."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        """Stdout as the one JSON object it must be; anything else on it fails."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


class CommandLine:
    """Runs `autonomous-coder` with an environment that holds nothing of the developer's."""

    def __init__(self, home: Path, cache: Path | None = None) -> None:
        self.home = home
        self.data = home / "data"
        self.program = Path(sysconfig.get_path("scripts")) / "autonomous-coder"
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "HOME": str(home),
            "AUTONOMOUS_CODER_DATA_DIR": str(self.data),
            "AUTONOMOUS_CODER_CACHE_DIR": str(cache or home / "cache"),
        }

    def __call__(
        self,
        *arguments: str,
        stdin: bytes | str = b"",
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Call:
        done = subprocess.run(
            [str(self.program), *arguments],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            env={**self.environment, **(env or {})},
            cwd=cwd or self.home,
            capture_output=True,
            timeout=120,
            check=False,
        )
        return Call(done.returncode, done.stdout.decode(), done.stderr.decode())
