"""What joint resolution is in every ecosystem, and what its modules share."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

import anyio

from autonomous_coder.engines.research.ports import ManagerRunner
from autonomous_coder.errors import (
    EnvironmentLacksError,
    InvalidInputError,
    NetworkUnavailableError,
    ToolchainMissingError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Resolution

MAX_PACKAGES = 300
MAX_MANIFEST_CHARS = 2_000_000
MAX_MANIFESTS = 500
PROJECT = "joint-resolution"
OUT_OF_REACH = (
    "enotfound", "econnrefused", "econnreset", "etimedout", "eai_again", "enotcached",
    "network request to", "network is unreachable", "no such host", "connection refused",
    "could not resolve host", "failed to connect", "dial tcp", "i/o timeout", "spurious network",
    "failed to download", "unable to update registry", "failed to get successful http response",
    "attempting to make an http request, but --offline was specified",
    "cannot access", "in offline mode", "could not transfer", "module lookup disabled",
    "unknown host", "connect timed out", "[28] timeout", "failed to query replaced source",
    "fetch failed",
)  # fmt: skip
INSTALLING = {
    "npm": ("brew install node", "apt-get install nodejs npm"),
    "node": ("brew install node", "apt-get install nodejs npm"),
    "cargo": ("brew install rustup && rustup default stable", "apt-get install rustup"),
    "rustc": ("brew install rustup && rustup default stable", "apt-get install rustup"),
    "go": ("brew install go", "apt-get install golang-go"),
    "mvn": ("brew install maven", "apt-get install maven"),
    "java": ("brew install openjdk", "apt-get install default-jdk"),
}
"""Client -> command that installs it on macOS, and on Linux with Debian's packages."""


class EcosystemResolver(Protocol):
    """What every ecosystem's module offers. Nothing it does runs a package's code."""

    async def resolve(self, dependencies: Dependencies, *, offline: bool) -> Resolution:
        """The newest versions that install together on the runtime.

        Raises:
            InvalidInputError: a name, range or the runtime is malformed.
            ResolutionError: nothing satisfies all of it; the message names the reason.
            NetworkUnavailableError: no network, and nothing usable is cached or known.
            ToolchainMissingError: the ecosystem's manager is not installed.
        """
        ...

    async def lock(
        self, files: Mapping[str, str], *, offline: bool, cutoff: Cutoff
    ) -> dict[str, str]:
        """Lock files for manifests that we wrote (path -> text), by the real manager.

        Raises:
            InvalidInputError: the manifest is missing, or names something that is no package.
            ResolutionError, NetworkUnavailableError, ToolchainMissingError: as above.
        """
        ...


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The cooldown of a question. `before` is an ISO 8601 moment in UTC, empty without one;
    `exempt` are packages whose younger release is let through because it mends a vulnerability
    (name -> that version)."""

    days: int = 0
    before: str = ""
    exempt: Mapping[str, str] = field(default_factory=dict)

    def hides(self, name: str, version: str, published: str) -> bool:
        """Whether a release is too young; one without a date is never hidden."""
        if not self.before or not published or self.exempt.get(name) == version:
            return False
        return published[:19] > self.before[:19]

    def with_exempt(self, exempt: Mapping[str, str]) -> Cutoff:
        """The same with more packages let through."""
        return Cutoff(self.days, self.before, {**self.exempt, **exempt})

    def why(self, version: str, published: str) -> str:
        """The hold that the cooldown is, in words."""
        return (
            f"{version} was released on {published[:10]}: younger than the cooldown of "
            f"{self.days} days"
        )


def manifests_in(files: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    """Of a project's files those with one of these names or suffixes (`.go`), by relative path.
    Settings of managers (`.npmrc`, `.cargo/config.toml`) are never among them.

    Raises:
        InvalidInputError: a path leads outside, or it is too much.
    """
    found: dict[str, str] = {}
    for path, content in files.items():
        parts = PurePosixPath(path).parts
        if not parts or ".." in parts or path.startswith("/") or "\\" in path or "\0" in path:
            raise InvalidInputError(
                f"'{path[:60]}' is no relative path of a manifest.", hint="Name it like web/x.json."
            )
        hidden = any(part.startswith(".") for part in parts)
        if not hidden and (parts[-1] in names or PurePosixPath(path).suffix in names):
            found[str(PurePosixPath(path))] = content
    size = sum(len(content) for content in found.values())
    if len(found) > MAX_MANIFESTS or size > MAX_MANIFEST_CHARS:
        raise InvalidInputError("Too many or too long manifests.", hint="Lock each part alone.")
    return found


class Bench:
    """A directory of ours in which a manager works on files that we wrote."""

    def __init__(self, run: ManagerRunner, directory: Path) -> None:
        self._run = run
        self.directory = directory

    async def write(self, files: Mapping[str, str]) -> None:
        """Write files, replacing those there are."""
        for name, content in files.items():
            path = anyio.Path(self.directory / name)
            await path.parent.mkdir(parents=True, exist_ok=True)
            await path.write_text(content, encoding="utf-8")

    async def read(self, name: str) -> str:
        """A file's text; empty when there is none."""
        path = anyio.Path(self.directory / name)
        return await path.read_text(encoding="utf-8") if await path.is_file() else ""

    async def remove(self, name: str) -> None:
        """Remove a file, if there is one."""
        await anyio.Path(self.directory / name).unlink(missing_ok=True)

    async def run(
        self, *argv: str, timeout_s: float, env: Mapping[str, str] | None = None
    ) -> tuple[int, str, str]:
        """(exit code, stdout, stderr) of a manager, without colours.

        Raises:
            ToolchainMissingError: it is not installed; the hint names the command that does it.
        """
        try:
            code, out, err = await self._run(argv, self.directory, timeout_s, env or {})
        except ToolchainMissingError as error:
            raise missing(argv[0], error) from error
        return code, plain(out), plain(err)


class Workshop:
    """Hands out benches below `work_dir`; each is removed after use."""

    def __init__(self, run: ManagerRunner | None, work_dir: Path) -> None:
        self._run = run or _nothing_installed
        self._work_dir = work_dir

    @asynccontextmanager
    async def bench(self) -> AsyncIterator[Bench]:
        """A directory, mode 0700."""
        await anyio.Path(self._work_dir).mkdir(parents=True, exist_ok=True)
        directory = await anyio.to_thread.run_sync(
            lambda: tempfile.mkdtemp(prefix="resolve-", dir=self._work_dir)
        )
        try:
            yield Bench(self._run, Path(directory))
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(lambda: shutil.rmtree(directory, ignore_errors=True))

    async def ask(self, *argv: str) -> str:
        """What a client prints; empty when it fails or is not installed."""
        try:
            async with self.bench() as bench:
                code, out, _ = await bench.run(*argv, timeout_s=20)
        except EnvironmentLacksError:
            return ""
        return out.strip() if code == 0 else ""


async def _nothing_installed(
    argv: Sequence[str],
    directory: Path,  # noqa: ARG001
    seconds: float,  # noqa: ARG001
    env: Mapping[str, str],  # noqa: ARG001
) -> tuple[int, str, str]:
    raise ToolchainMissingError(f"{argv[0]} is not available here.")


def missing(client: str, error: ToolchainMissingError) -> ToolchainMissingError:
    """The error for a manager that is not installed, with the command that installs it."""
    commands = INSTALLING.get(client)
    if commands is None:
        return error
    command = commands[0] if sys.platform == "darwin" else commands[1]
    return ToolchainMissingError(
        f"{client} is not installed, and only it can say what its packages install together.",
        hint=f"Install it, e.g. with `{command}`, then ask again.",
    )


def plain(said: str) -> str:
    """Output without colours and without credentials in addresses."""
    return re.sub(r"//[^/@\s]+@", "//", re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", said))


def out_of_reach(said: str) -> bool:
    """Whether a manager failed for want of network or of a cached file."""
    low = said.lower()
    return any(sign in low for sign in OUT_OF_REACH)


def no_network(client: str, *, offline: bool) -> NetworkUnavailableError:
    """The error for that."""
    if offline:
        return NetworkUnavailableError(
            f"{client}'s own cache does not hold all that is needed offline.",
            hint="Ask once with network access.",
        )
    return NetworkUnavailableError(
        f"{client} could not reach its package index.",
        hint="Check the network and the registry in its settings, or work offline.",
    )


def shorten(text: str, limit: int = 400) -> str:
    """One bounded line."""
    line = re.sub(r"\s+", " ", text).strip()
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"


Step = Callable[[], Awaitable[None]]


async def together(steps: Sequence[Step]) -> None:
    """Run steps at the same time; the first CoderError is raised as itself."""
    from autonomous_coder.errors import CoderError

    failed: list[CoderError] = []

    async def guarded(step: Step) -> None:
        try:
            await step()
        except CoderError as error:
            failed.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for step in steps:
            group.start_soon(guarded, step)
    if failed:
        raise failed[0]
