"""Installed dependencies, kept by the hash of what they were made from.

Each lives in `envs/KEY`, is filled in a private directory and renamed, and is only ever mounted
read-only afterwards. Users hold its lock shared; whoever fills or removes it holds it alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from anyio import to_thread

from autonomous_coder.engines.validator.housekeeping import DOOMED, lock_of, remove_directory
from autonomous_coder.engines.validator.locking import FileLock, locked
from autonomous_coder.errors import (
    CoderError,
    NetworkUnavailableError,
    ResolutionError,
    UnsupportedError,
)
from autonomous_coder.languages.base import (
    Environment,
    EnvironmentPlan,
    InstallVerdict,
    ProjectView,
)
from autonomous_coder.languages.findings import finding
from autonomous_coder.models.execution import Command, FetchAccess, Mount, Network, Outcome
from autonomous_coder.models.validation import Diagnostic, Severity
from autonomous_coder.sandbox.sandbox import Sandbox

MAX_ENVIRONMENTS = 24
LOCK_SECONDS = 86_400
FetchAccessOf = Callable[[str], Awaitable[FetchAccess]]
Run = Callable[[Command], Awaitable[Outcome]]
"""Runs a command in the sandbox when it is its validation's turn."""


class _FailedError(Exception):
    """Locking or installing did not succeed."""

    def __init__(self, verdict: InstallVerdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict, self.reason = verdict, reason


class Environments:
    """Makes and lends environments."""

    def __init__(self, sandbox: Sandbox, cache_dir: Path, fetch_access: FetchAccessOf) -> None:
        self._sandbox = sandbox
        self._cache = cache_dir
        self._fetch_access = fetch_access

    @contextlib.asynccontextmanager
    async def lend(
        self, plan: EnvironmentPlan | Environment, project: ProjectView, scratch: Path, run: Run
    ) -> AsyncIterator[Environment]:
        """The environment of a project, held for the block. It may be not ready; then it says why.

        `scratch` is a private directory below the cache for copies.
        """
        if isinstance(plan, Environment):
            yield plan
            return
        if plan.tools is not None:
            plain = replace(plan, tools=None)
            beside = self.lend(plan.tools, project, scratch, run)
            async with beside as tools, self.lend(plain, project, scratch, run) as environment:
                yield replace(environment, tools=tools)
            return
        started = time.monotonic()
        lock: FileLock | None = None
        try:
            try:
                environment, lock = await self._prepare(plan, project, scratch, run)
            except _FailedError as failure:
                environment = _failed(failure, plan)
            except CoderError as error:
                environment = Environment(ready=False, reason=str(error), infrastructure=True)
            level = (await self._sandbox.probe()).level
            yield replace(environment, duration_s=time.monotonic() - started, level=level)
        finally:
            if lock is not None:
                lock.close()

    async def lock(
        self, plan: EnvironmentPlan | Environment, project: ProjectView, scratch: Path, run: Run
    ) -> str:
        """The text of a lock made now; see `ValidatorEngine.lock`."""
        if isinstance(plan, Environment) or plan.lock is None:
            raise UnsupportedError(
                "There are no dependencies that could be locked.",
                hint="Declare them in the project's manifest.",
            )
        tree = await to_thread.run_sync(_seen, plan, project, scratch)
        try:
            outcome, _ = await self._fetch(
                plan,
                replace(plan.lock, tree=tree),
                _on(plan.locking_builds, tree),
                None,
                scratch,
                run,
            )
        except _FailedError as failure:
            if failure.verdict is InstallVerdict.INFRASTRUCTURE:
                raise NetworkUnavailableError(
                    f"Dependencies cannot be locked here: {failure.reason}",
                    hint="Check the network and the index with `autonomous-coder doctor`.",
                ) from failure
            raise ResolutionError(
                f"Dependencies cannot be locked: {failure.reason}",
                hint="Change the declared dependencies.",
            ) from failure
        return outcome.files.get(plan.lockfile, b"").decode("utf-8", "replace")

    async def _prepare(
        self, plan: EnvironmentPlan, project: ProjectView, scratch: Path, run: Run
    ) -> tuple[Environment, FileLock]:
        found: list[Diagnostic] = []
        tree = await to_thread.run_sync(_seen, plan, project, scratch)
        lock = project.read(plan.lockfile) if plan.lockfile else ""
        if plan.lockfile and not lock:
            message = f"there is no {plan.lockfile}, so others may install other versions."
            found.append(_lock_finding("no-lock", Severity.WARNING, message, plan))
            lock, tree = await self._locked_copy(plan, tree, scratch, run)
        try:
            return await self._installed(plan, tree, lock, found, scratch, run)
        except _FailedError as failure:
            if failure.verdict is not InstallVerdict.OUT_OF_STEP or found:
                raise
        message = f"{plan.lockfile} does not fit what the project declares."
        found.append(
            _lock_finding("lock-out-of-step", Severity.ERROR, message, plan, path=plan.lockfile)
        )
        lock, tree = await self._locked_copy(plan, tree, scratch, run)
        return await self._installed(plan, tree, lock, found, scratch, run)

    async def _locked_copy(
        self, plan: EnvironmentPlan, tree: Path, scratch: Path, run: Run
    ) -> tuple[str, Path]:
        """A second copy of the tree with a lock made now (or within a day); the lock's text."""
        if plan.lock is None:
            raise _FailedError(
                InstallVerdict.PROJECT, f"{plan.lockfile} is missing or does not fit."
            )
        offline = plan.lock.network is Network.NONE
        kept = self._cache / "locks" / _key(plan.named, *plan.key_parts)
        lock = await to_thread.run_sync(_recent, kept, offline)
        if not lock:
            outcome, _ = await self._fetch(
                plan,
                replace(plan.lock, tree=tree),
                _on(plan.locking_builds, tree),
                None,
                scratch,
                run,
            )
            lock = outcome.files.get(plan.lockfile, b"")
            if not lock:
                raise _FailedError(InstallVerdict.INFRASTRUCTURE, "locking left no lock behind")
            await to_thread.run_sync(_write_atomically, kept, lock)
        copy = scratch / f"locked-{secrets.token_hex(3)}"
        await to_thread.run_sync(lambda: shutil.copytree(tree, copy, symlinks=True))
        place = copy / plan.lockfile
        if place.is_symlink():
            place.unlink()
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(lock)
        return lock.decode("utf-8", "replace"), copy

    async def _installed(
        self,
        plan: EnvironmentPlan,
        tree: Path,
        lock_text: str,
        found: list[Diagnostic],
        scratch: Path,
        run: Run,
    ) -> tuple[Environment, FileLock]:
        key = _key(*plan.key_parts, plan.identify(lock_text))
        place = self._cache / "envs" / key
        held = FileLock(lock_of(place))
        try:
            await held.wait(shared=True)
            notes: list[str] = []
            cached = place.is_dir()
            while not place.is_dir():
                await held.wait()
                if not place.is_dir():
                    notes += await self._install(plan, tree, place, scratch, run)
                await held.wait(shared=True)
            os.utime(place)
            await to_thread.run_sync(self._evict)
        except BaseException:
            held.close()
            raise
        environment = Environment(
            ready=True,
            executable=plan.executable,
            packages=plan.packages,
            mounts=(Mount(place, plan.target, private=plan.private), *plan.mounts),
            directory=place,
            diagnostics=tuple(found),
            notes=tuple(notes),
            key=key,
            cached=cached,
        )
        return environment, held

    async def _install(
        self, plan: EnvironmentPlan, tree: Path, place: Path, scratch: Path, run: Run
    ) -> list[str]:
        # In the private directory, so that what a killed process leaves is swept by the next.
        temporary = scratch / f"env-{secrets.token_hex(4)}"
        temporary.mkdir()
        install = replace(plan.install, tree=tree)
        building = _on(plan.building, tree)
        _, built = await self._fetch(plan, install, building, temporary, scratch, run)
        notes = ["A package had no ready-made file and was built."] if built else []
        if plan.warm is not None:
            mount = Mount(temporary, plan.target, writable=True)
            warm = replace(plan.warm, tree=tree, mounts=(*plan.warm.mounts, mount))
            if (await run(warm)).exit_code != 0:
                notes.append("The dependencies could not be prepared ahead of the checks.")
        await to_thread.run_sync(temporary.rename, place)
        return notes

    async def _fetch(
        self,
        plan: EnvironmentPlan,
        command: Command,
        building: Command | None,
        target: Path | None,
        scratch: Path,
        run: Run,
    ) -> tuple[Outcome, bool]:
        """Run one command of the fetch phase; whether code of packages had to be run for it."""
        access = None
        if command.network is Network.FETCH:
            access = await self._fetch_access(plan.ecosystem)
        mounts = (Mount(target, plan.target, writable=True),) if target else ()
        async with self._downloads(plan, scratch) as downloads:
            cache = Mount(downloads, plan.cache_target, writable=True)
            ready = replace(command, access=access, mounts=(*command.mounts, *mounts, cache))
            outcome = await run(ready)
        verdict, reason = plan.judge(outcome)
        if verdict is InstallVerdict.OK:
            return outcome, False
        if verdict is not InstallVerdict.NEEDS_BUILD or building is None:
            raise _FailedError(verdict, reason)
        # Code of packages runs now: it gets a download cache that nobody uses afterwards.
        own = _fresh(scratch)
        own.mkdir()
        cache = Mount(own, plan.cache_target, writable=True)
        ready = replace(building, access=access, mounts=(*building.mounts, *mounts, cache))
        outcome = await run(ready)
        verdict, reason = plan.judge(outcome)
        if verdict is not InstallVerdict.OK:
            if verdict in (InstallVerdict.NEEDS_BUILD, InstallVerdict.OUT_OF_STEP):
                verdict = InstallVerdict.PROJECT
            raise _FailedError(verdict, reason)
        return outcome, True

    def _evict(self) -> None:
        """Remove the longest unused environments beyond the bound, never one in use."""
        base = self._cache / "envs"
        made: list[tuple[float, Path]] = []
        for place in base.iterdir():
            if place.is_dir() and not place.name.startswith(DOOMED):
                with contextlib.suppress(FileNotFoundError):
                    made.append((place.stat().st_mtime, place))
        for _, place in sorted(made, reverse=True)[MAX_ENVIRONMENTS:]:
            if _removed(place):
                for state in (self._cache / "state").glob(f"{place.name}-*"):
                    if state.is_dir():
                        _removed(state)

    @contextlib.asynccontextmanager
    async def _downloads(self, plan: EnvironmentPlan, scratch: Path) -> AsyncIterator[Path]:
        """Where what is fetched is kept; those that projects share are not removed meanwhile."""
        if plan.own_downloads:
            place = _fresh(scratch)
            place.mkdir(parents=True)
            yield place
            return
        place = self._cache / "downloads" / plan.ecosystem
        async with locked(lock_of(place), shared=True):
            place.mkdir(parents=True, exist_ok=True)
            os.utime(place)
            yield place


def _removed(place: Path) -> bool:
    """Remove a kept directory unless somebody uses it."""
    lock = FileLock(lock_of(place))
    try:
        free = lock.attempt()
        if free:
            remove_directory(place)
    finally:
        lock.close()
    return free


def _fresh(scratch: Path) -> Path:
    """A place for downloads that nobody uses afterwards."""
    return scratch / f"downloads-{secrets.token_hex(3)}"


def _on(command: Command | None, tree: Path) -> Command | None:
    return replace(command, tree=tree) if command else None


def _seen(plan: EnvironmentPlan, project: ProjectView, scratch: Path) -> Path:
    """What the fetch phase sees: the project, or a directory with the skeleton alone."""
    if plan.skeleton is None:
        return project.root
    base = scratch / f"skeleton-{secrets.token_hex(3)}"
    base.mkdir()
    files = dict(plan.skeleton)
    if plan.lockfile in project.files:
        files[plan.lockfile] = (project.root / plan.lockfile).read_bytes()
    for name, content in files.items():
        place = base / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return base


def _failed(failure: _FailedError, plan: EnvironmentPlan) -> Environment:
    ours = failure.verdict is InstallVerdict.INFRASTRUCTURE
    found = finding(plan.language, plan.manager, "install-failed", Severity.ERROR, failure.reason)
    return Environment(
        ready=False,
        reason=failure.reason,
        infrastructure=ours,
        diagnostics=() if ours else (found,),
    )


def _lock_finding(
    code: str, severity: Severity, message: str, plan: EnvironmentPlan, path: str = ""
) -> Diagnostic:
    message = f"{message} {plan.unlocked_hint}".strip()
    return finding(plan.language, plan.manager, code, severity, message, path=path)


def _key(*parts: str) -> str:
    text = "\0".join(parts).encode("utf-8", "replace")
    return blake2b(text, digest_size=16).hexdigest()


def _recent(path: Path, offline: bool) -> bytes:
    """A kept lock that is young enough (of any age without network); empty otherwise."""
    try:
        if not offline and time.time() - path.stat().st_mtime > LOCK_SECONDS:
            return b""
        return path.read_bytes()
    except OSError:
        return b""


def _write_atomically(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    temporary.write_bytes(content)
    temporary.replace(path)
