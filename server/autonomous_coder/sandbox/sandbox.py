"""The one place where commands are run: contained as well as this machine can, honestly told."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

import anyio

from autonomous_coder.errors import SandboxUnavailableError
from autonomous_coder.models.execution import (
    Command,
    MissingLayer,
    Mount,
    Outcome,
    SandboxLevel,
    SandboxStatus,
)
from autonomous_coder.sandbox import bubblewrap, job, mounts, namespaces, probe, toolchain
from autonomous_coder.sandbox.client import run_client
from autonomous_coder.sandbox.workspace import Workspaces
from autonomous_coder.settings import SandboxSettings

CLIENT_OUTPUT_BYTES = 4 << 20


class Sandbox:
    """Runs commands. One instance serves any number of concurrent runs of one event loop."""

    def __init__(self, settings: SandboxSettings, cache_dir: Path) -> None:
        self._settings = settings
        self._cache_dir = cache_dir
        self._workspaces = Workspaces()
        self._status: SandboxStatus | None = None
        self._probing: anyio.Lock | None = None

    async def probe(self) -> SandboxStatus:
        """What can be had here, found by running a canary once a process; never raises."""
        if self._probing is None:
            self._probing = anyio.Lock()
        async with self._probing:
            if self._status is None:
                self._status = await self._probe()
            return self._status

    async def _probe(self) -> SandboxStatus:
        missing: list[MissingLayer] = []
        named = self._settings.bwrap
        bwrap = bubblewrap.find_bwrap(named)
        layers: list[str] = []
        reason = "bwrap is missing"
        if bwrap is not None and sys.platform == "linux":
            layers, reason = await self._canary(SandboxLevel.L3)
        if not reason:
            return SandboxStatus(
                level=SandboxLevel.L3,
                layers=["user namespace", *layers, "tmpfs", "rlimits", "watchdog"],
                missing=missing,
                mechanism=f"bubblewrap ({bwrap})",
            )
        missing.append(probe.missing_namespaces(bwrap, named, reason))
        return SandboxStatus(
            level=SandboxLevel.L1, layers=["rlimits"], missing=missing, mechanism="none"
        )

    async def _canary(self, level: SandboxLevel) -> tuple[list[str], str]:
        source = (files("autonomous_coder.sandbox.inside") / "canary.py").read_text("utf-8")
        try:
            with self._workspaces.open() as work:
                outside = work / "outside"
                outside.write_text("secret", encoding="ascii")
                command = probe.canary(mounts.launcher_python(), outside, source)
                return await probe.try_level(level, lambda: self._run_at(level, command))
        except (OSError, SandboxUnavailableError) as error:
            return [], str(error)

    async def run(self, command: Command, *, required: SandboxLevel | None = None) -> Outcome:
        """Run one command at the best level there is.

        `required` is, when None, the setting's level for commands that run project code, else L1.

        Raises:
            SandboxUnavailableError: that level cannot be had here; says what is missing.
            InvalidInputError: the command, its tree or its mounts are malformed.
        """
        job.checked_command(command)
        needed = required
        if needed is None:
            code = command.runs_project_code
            needed = self._settings.required_level if code else SandboxLevel.L1
        status = await self.probe()
        level = status.level
        if level.rank < SandboxLevel.L2.rank and command.runs_project_code:
            # Level L1 is for our own tools alone; code of a project would run uncontained.
            level = SandboxLevel.L0
        if level.rank < needed.rank or (
            level is SandboxLevel.L0 and not self._settings.allow_unsandboxed
        ):
            raise self._unavailable(needed, status)
        return await self._run_at(level, command)

    async def _run_at(self, level: SandboxLevel, command: Command) -> Outcome:
        bwrap = bubblewrap.find_bwrap(self._settings.bwrap)
        if bwrap is None or level is not SandboxLevel.L3:
            raise SandboxUnavailableError("bwrap is missing.", hint=probe.INSTALL)
        with self._workspaces.open() as work:
            return await namespaces.run(command, bwrap=bwrap, work=work, cache_dir=self._cache_dir)

    def _unavailable(self, needed: SandboxLevel, status: SandboxStatus) -> SandboxUnavailableError:
        gaps = "; ".join(f"{gap.layer}: {gap.reason}" for gap in status.missing)
        mends = "; or: ".join(gap.remedy for gap in status.missing if gap.remedy)
        return SandboxUnavailableError(
            f"This needs sandbox level {needed}, and this machine offers {status.level} ({gaps}).",
            hint=f"Mend it: {mends}." if mends else "`autonomous-coder doctor` says more.",
        )

    def tool(self, name: str) -> Path:
        """The absolute path of one of our own tools (ruff, mypy, bandit, uv), or one on PATH.

        Raises:
            ToolchainMissingError: it is not installed.
        """
        return toolchain.find_tool(name)

    def tool_mounts(self) -> tuple[Mount, ...]:
        """What makes our own tools and Python exist inside at the same paths, read-only."""
        return mounts.own_mounts()

    def interpreter_mounts(self, executable: Path) -> tuple[Mount, ...]:
        """The same for another interpreter found on the host."""
        return mounts.interpreter_mounts(executable)

    async def run_client(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float = 20,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        output_bytes: int = CLIENT_OUTPUT_BYTES,
        stdin: bytes = b"",
    ) -> Outcome:
        """Run a trusted client of the user's own, bare: to read its configuration, or one of our
        tools on files that we wrote ourselves. Never for code or files of a project.

        Raises:
            ToolchainMissingError: the program is not installed.
        """
        return await run_client(
            argv,
            timeout_s=timeout_s,
            cwd=cwd,
            env=env,
            output_bytes=output_bytes,
            stdin=stdin,
        )
