"""Trusted programs of the user's own, run bare: to read their configuration, or on our files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomous_coder.errors import InvalidInputError, ToolchainMissingError
from autonomous_coder.models.execution import Outcome, SandboxLevel
from autonomous_coder.sandbox.process import Spawn, run_process

INHERITED = (
    "HOME", "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "USER", "LOGNAME", "SYSTEMROOT",
    "APPDATA", "LOCALAPPDATA", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO", "NETRC", "CARGO_HOME", "RUSTUP_HOME", "JAVA_HOME", "MAVEN_HOME",
)  # fmt: skip
INHERITED_PREFIXES = (
    "PIP_", "UV_", "NPM_CONFIG_", "npm_config_", "YARN_", "CARGO_REGISTR", "CARGO_HTTP_",
    "CARGO_NET_", "GO", "MAVEN_",
)  # fmt: skip


def client_environment() -> dict[str, str]:
    """What a client needs to find its own configuration; nothing else of ours."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in INHERITED or name.startswith(INHERITED_PREFIXES)
    }


async def run_client(
    argv: Sequence[str],
    *,
    timeout_s: float,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    output_bytes: int,
    stdin: bytes = b"",
) -> Outcome:
    """Run it and hand back what it said; `files` is always empty.

    Raises:
        ToolchainMissingError: the program is not installed.
        InvalidInputError: the working directory does not exist, or there is no program named.
    """
    if not argv or any("\0" in word for word in argv):
        raise InvalidInputError("No program was named.", hint="Name one.")
    if cwd is not None and not cwd.is_dir():
        raise InvalidInputError(f"{cwd} is not a directory.", hint="Create it first.")
    try:
        finished = await run_process(
            Spawn(
                argv=argv,
                env={**client_environment(), **(env or {})},
                cwd=cwd,
                stdin=stdin,
                output_bytes=output_bytes,
                timeout_s=timeout_s,
            )
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ToolchainMissingError(
            f"{Path(argv[0]).name} cannot be started: {reason}.",
            hint=f"Install {Path(argv[0]).name}, or put it on PATH.",
        ) from error
    return Outcome(
        exit_code=None if finished.killed_by else finished.returncode,
        stdout=finished.stdout,
        stderr=finished.stderr,
        duration_s=finished.duration_s,
        level=SandboxLevel.L1,
        killed_by=finished.killed_by,
    )
