"""The one place where commands are run: contained as well as this machine can, honestly told."""

from __future__ import annotations

import errno
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import anyio

from autonomous_coder.errors import CoderError, DiskFullError, SandboxUnavailableError
from autonomous_coder.models.execution import (
    Command,
    FetchAccess,
    MissingLayer,
    Mount,
    Network,
    Outcome,
    SandboxLevel,
    SandboxStatus,
)
from autonomous_coder.sandbox import (
    bubblewrap,
    confined,
    fetch,
    job,
    mounts,
    namespaces,
    probe,
    seatbelt,
    toolchain,
)
from autonomous_coder.sandbox.client import run_client
from autonomous_coder.sandbox.workspace import WORKSPACES
from autonomous_coder.settings import SandboxSettings

CLIENT_OUTPUT_BYTES = 4 << 20
DECISIVE = (probe.NAMESPACES, probe.LANDLOCK, seatbelt.LAYER)


def _translated(error: OSError) -> CoderError:
    """What the host refused while a run was being prepared."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            "There is no space left for a sandboxed run.", hint="Free some space, or set TMPDIR."
        )
    reason = error.strerror or type(error).__name__
    return SandboxUnavailableError(
        f"The sandbox could not be prepared: {reason}.",
        hint="`autonomous-coder doctor` names what is missing.",
    )


class Sandbox:
    """Runs commands. One instance serves any number of concurrent runs of one event loop."""

    def __init__(self, settings: SandboxSettings, cache_dir: Path) -> None:
        self._settings = settings
        self._cache_dir = cache_dir
        self._status: SandboxStatus | None = None
        self._abi = 0
        self._bwrap: Path | None = None
        self._overlay = True
        self._apple = False
        self._probing: anyio.Lock | None = None

    @property
    def demands(self) -> str:
        """What the settings ask of level and consent, as one word for keys."""
        return f"{self._settings.required_level}-{self._settings.allow_unsandboxed}"

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
        candidates = bubblewrap.find_bwrap(named) if sys.platform == "linux" else []
        reason = "bwrap is missing"
        works: dict[Path, list[str]] = {}
        for self._bwrap in candidates:
            layers, refusal = await self._canary(SandboxLevel.L3)
            reason = refusal or reason
            if not refusal:
                works[self._bwrap] = layers
                if probe.OVERLAY in layers:
                    break
        if works:
            # The first that can do everything, else the first that contains.
            overlaid = [path for path, layers in works.items() if probe.OVERLAY in layers]
            self._bwrap = next(iter(overlaid or works))
            self._overlay = bool(overlaid)
            return SandboxStatus(
                level=SandboxLevel.L3,
                layers=["user namespace", *works[self._bwrap], "tmpfs", "rlimits", "watchdog"],
                missing=[] if overlaid else [probe.missing_overlay()],
                mechanism=f"bubblewrap ({self._bwrap})",
            )
        missing.append(probe.missing_namespaces(self._bwrap, named, reason))
        if sys.platform == "darwin":
            return await self._probe_seatbelt(missing)
        self._abi = probe.landlock_abi()
        reason = probe.landlock_lacks(self._abi)
        if not reason:
            layers, reason = await self._canary(SandboxLevel.L2)
        if not reason:
            return SandboxStatus(
                level=SandboxLevel.L2,
                layers=[*layers, "landlock", "rlimits", "watchdog"],
                missing=[*missing, *probe.known_holes(self._abi)],
                mechanism=f"Landlock {self._abi} and seccomp",
            )
        missing.append(probe.missing_landlock(reason))
        return self._tools_only(missing)

    async def _probe_seatbelt(self, missing: list[MissingLayer]) -> SandboxStatus:
        """macOS: what sandbox-exec can do."""
        reason = seatbelt.lacks(sys.platform)
        layers: list[str] = []
        if not reason:
            self._apple = True
            layers, reason = await self._canary(SandboxLevel.L2)
        if not reason:
            return SandboxStatus(
                level=SandboxLevel.L2,
                layers=[*layers, "sandbox-exec (untested)", "rlimits"],
                missing=[*missing, *seatbelt.known_holes()],
                mechanism=seatbelt.MECHANISM,
            )
        self._apple = False
        return self._tools_only([*missing, seatbelt.missing(reason)])

    def _tools_only(self, missing: list[MissingLayer]) -> SandboxStatus:
        return SandboxStatus(
            level=SandboxLevel.L1,
            layers=["private directories", "rlimits", "watchdog"],
            missing=missing,
            mechanism="none; only our own tools are run",
        )

    async def _canary(self, level: SandboxLevel) -> tuple[list[str], str]:
        source = (files("autonomous_coder.sandbox.inside") / "canary.py").read_text("utf-8")
        try:
            async with WORKSPACES.open() as work:
                outside = work / "outside"
                outside.write_text("secret", encoding="ascii")
                shown = work / "shown"
                shown.mkdir()
                command = probe.canary(mounts.launcher_python(), outside, source, shown)
                demanded = probe.DEMANDED_OF_SEATBELT if self._apple else probe.DEMANDED[level]
                return await probe.try_level(demanded, lambda: self._run_at(level, command))
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
            if code and self._settings.allow_unsandboxed:
                # The user's explicit word; the outcome says at which level it really ran.
                needed = SandboxLevel.L0
        status = await self.probe()
        level = status.level
        if level.rank < SandboxLevel.L2.rank and command.runs_project_code:
            # Level L1 is for our own tools alone; code of a project would run uncontained.
            level = SandboxLevel.L0
        if level.rank < needed.rank or (
            level is SandboxLevel.L0 and not self._settings.allow_unsandboxed
        ):
            raise self._unavailable(needed, status)
        try:
            return await self._run_at(level, command)
        except OSError as error:
            raise _translated(error) from error

    async def _run_at(self, level: SandboxLevel, command: Command) -> Outcome:
        async with WORKSPACES.open() as work:
            if command.network is Network.FETCH:
                return await self._fetch(level, command, work)
            if level is SandboxLevel.L3:
                return await namespaces.run(
                    command,
                    bwrap=self._found_bwrap(),
                    work=work,
                    cache_dir=self._cache_dir,
                    overlay=self._overlay,
                )
            return await confined.run(
                command,
                level,
                work=work,
                cache_dir=self._cache_dir,
                abi=self._abi,
                apple=self._apple,
            )

    def _found_bwrap(self) -> Path:
        if self._bwrap is None:
            raise SandboxUnavailableError("bwrap is missing.", hint=probe.INSTALL)
        return self._bwrap

    async def _fetch(self, level: SandboxLevel, command: Command, work: Path) -> Outcome:
        """Run with the proxy as the only way out; refused hosts are told in the outcome."""
        from autonomous_coder.sandbox.proxy import FetchProxy

        access = command.access or FetchAccess(hosts=frozenset())
        proxy = FetchProxy(access)
        if level is not SandboxLevel.L3:
            async with proxy.on_loopback() as port:
                outcome = await confined.run(
                    replace(command, mounts=(*command.mounts, *fetch.plain_authority_mounts())),
                    level,
                    work=work,
                    cache_dir=self._cache_dir,
                    abi=self._abi,
                    apple=self._apple,
                    proxy_port=port,
                    extra_env={
                        **{name: str(path) for name, path in fetch.authorities().items()},
                        **fetch.proxy_environment(port),
                        **access.env,
                    },
                )
            return replace(outcome, refused_hosts=proxy.refused)
        env, certificates = fetch.authority_mounts()
        inside = work / "inside"
        inside.mkdir(mode=0o700)
        async with proxy.on_socket(inside / "fetch.sock"):
            outcome = await namespaces.run(
                command,
                bwrap=self._found_bwrap(),
                work=work,
                cache_dir=self._cache_dir,
                overlay=self._overlay,
                proxied=True,
                ca_mounts=certificates,
                extra_env={**env, **fetch.proxy_environment(namespaces.PROXY_PORT), **access.env},
            )
        return replace(outcome, refused_hosts=proxy.refused)

    def _unavailable(self, needed: SandboxLevel, status: SandboxStatus) -> SandboxUnavailableError:
        # What level L2 does not hold is no reason for its being the best there is.
        decisive = [g for g in status.missing if g.layer in DECISIVE]
        gaps = "; ".join(f"{gap.layer}: {gap.reason}" for gap in decisive)
        mends = "; or: ".join(gap.remedy for gap in decisive if gap.remedy)
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
