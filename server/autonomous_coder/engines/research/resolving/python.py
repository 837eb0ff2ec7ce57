"""Joint resolution of Python packages: uv decides, every hold is explained."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import anyio

from autonomous_coder.engines.research.facts import newest_of
from autonomous_coder.engines.research.lastgood import last_known_good
from autonomous_coder.engines.research.lockfile import (
    PROJECT,
    Locked,
    constraint_on,
    explanation,
    is_offline,
    last_line,
    no_interpreter,
    read_lock,
    read_pins,
)
from autonomous_coder.engines.research.locking import lock_python
from autonomous_coder.engines.research.lookup import Fact, Lookup
from autonomous_coder.engines.research.ports import UvRunner
from autonomous_coder.engines.research.resolving.base import Cutoff, manifests_in, together
from autonomous_coder.engines.research.resolving.cooldown import (
    KnownOf,
    cutoff_of,
    let_through,
    passed_over,
)
from autonomous_coder.errors import (
    CoderError,
    EnvironmentLacksError,
    InvalidInputError,
    NetworkUnavailableError,
    ResolutionError,
    ToolchainMissingError,
    UnsupportedError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Origin, Pin, Resolution
from autonomous_coder.registries.base import Depth, Endpoint, Release

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MAX_PACKAGES = 300
LOCK_TIMEOUT_S = 180.0
EXPLAIN_TIMEOUT_S = 60.0
MAX_EXPLAINED = 20
PARALLEL_UV = 2
COMMON = ("--no-build", "--no-python-downloads", "--color", "never")


class Resolver:
    """Resolves Python stacks in temporary projects below `work_dir`."""

    def __init__(
        self,
        lookup: Lookup,
        uv: UvRunner,
        work_dir: Path,
        knowledge_file: Callable[[], Path],
        known_of: KnownOf,
    ) -> None:
        self._known_of = known_of
        self._lookup = lookup
        self._uv = uv
        self._work_dir = work_dir
        self._last_good = knowledge_file

    async def resolve(self, dependencies: Dependencies, *, offline: bool) -> Resolution:
        """The newest versions that install together on the runtime.

        Raises:
            InvalidInputError: a name, range or the runtime is malformed.
            UnsupportedError: not a Python stack.
            ResolutionError: nothing satisfies all of it; the message is uv's reasoning.
            NetworkUnavailableError: no network, nothing cached, no known good set for it.
            ToolchainMissingError: no interpreter fits the runtime.
        """
        stack = Stack(dependencies)
        stack.index = index_for_uv(await self._lookup.endpoint("pypi"))
        if not offline:
            try:
                return await self._live(stack)
            except NetworkUnavailableError as error:
                return await self._without_network(stack, error.message)
        return await self._without_network(stack, "")

    async def versions(self, dependencies: Dependencies, *, offline: bool) -> dict[str, str]:
        """What is chosen of the direct packages, without reasons; raises as `resolve`."""
        stack = Stack(dependencies)
        stack.index = index_for_uv(await self._lookup.endpoint("pypi"))
        locked = await self._lock(stack, *(["--offline"] if offline else []))
        return {package.name: package.version for package in locked if package.direct}

    async def lock(
        self, files: Mapping[str, str], *, offline: bool, cutoff: Cutoff
    ) -> dict[str, str]:
        """uv.lock for a pyproject.toml that we wrote; with an uv.lock among the files, its
        versions stay where they still fit. No package's code runs for it.

        Raises:
            InvalidInputError, NetworkUnavailableError, ResolutionError.
        """
        manifests = manifests_in(files, {"pyproject.toml", "uv.lock"})
        if "pyproject.toml" not in manifests:
            raise InvalidInputError("There is no pyproject.toml.", hint="Hand over the manifest.")
        index = index_for_uv(await self._lookup.endpoint("pypi"))
        manifest = manifests.pop("pyproject.toml")
        lock = await lock_python(
            self._uv,
            self._work_dir,
            manifest,
            index,
            offline=offline,
            others=manifests,
            options=await self._age_options(manifest, cutoff, offline),
        )
        return {"uv.lock": lock}

    async def _age_options(self, manifest: str, cutoff: Cutoff, offline: bool) -> list[str]:
        """uv's options for a cooldown. What the manifest itself demands by a lower bound is let
        through: whoever wrote it had decided."""
        if not cutoff.before:
            return []
        found: list[str] = []

        async def ask(name: str, version: str) -> None:
            with suppress(CoderError):
                fact = await self._lookup.get("pypi", name, depth=Depth.VERSIONS, offline=offline)
                for release in fact.record.releases if fact.record else ():
                    if release.version == version and cutoff.hides(
                        name, version, release.published
                    ):
                        when = _a_little_after(release.published)
                        found.append(f"--exclude-newer-package={name}={when}")

        lowest = lower_bounds(manifest)
        await together([partial(ask, name, version) for name, version in lowest.items()])
        return [f"--exclude-newer={cutoff.before}", *found]

    async def _live(self, stack: Stack) -> Resolution:
        newest: dict[str, Fact] = {}
        locked: list[Locked] = []
        notes: list[str] = []

        async def ask(name: str) -> None:
            with suppress(CoderError):
                newest[name] = await self._lookup.get("pypi", name, depth=Depth.VERSIONS)

        async def lock() -> None:
            locked.extend(await self._lock(stack))

        if stack.cutoff.before:
            await together([partial(ask, name) for name in stack.requirements])
            if not any(_dated(fact) for fact in newest.values()):
                notes.append("The index names no release dates: there is no cooldown.")
                stack.cutoff = Cutoff()
            await lock()
            locked = await self._let_through(stack, locked, newest, notes)
        else:
            await together([lock, *(partial(ask, name) for name in stack.requirements)])
        versions = {package.name: package.version for package in locked}
        pins = [_pin(package, newest, stack) for package in locked]
        notes += [
            f"What is newest of {pin.name} is not known: the index did not answer."
            for pin in pins
            if pin.direct and not pin.newest
        ]
        young = {p.name: p.newest for p in pins if p.direct and "the cooldown of" in p.held_by}
        notes += passed_over(stack.cutoff, young)
        await self._explain(pins, stack, versions)
        return Resolution(
            ecosystem="pypi",
            runtime=stack.runtime,
            pins=pins,
            origin=Origin.LIVE,
            resolved_at=datetime.now(UTC),
            resolver="uv lock",
            notes=notes,
        )

    async def _let_through(
        self, stack: Stack, locked: list[Locked], newest: dict[str, Fact], notes: list[str]
    ) -> list[Locked]:
        """The packages again, when younger releases mend vulnerabilities of what was chosen."""

        async def ask(name: str) -> None:
            with suppress(CoderError):
                newest[name] = await self._lookup.get("pypi", name, depth=Depth.VERSIONS)

        await together([partial(ask, p.name) for p in locked if p.name not in newest])
        hidden = {
            package.name: [
                release
                for release in record.releases
                if not release.prerelease
                and not release.withdrawn
                and stack.cutoff.hides(package.name, release.version, release.published)
                and _lower(package.version, release.version)
            ]
            for package in locked
            if (fact := newest.get(package.name)) and (record := fact.record)
        }
        chosen = {package.name: package.version for package in locked}
        exempt, said = await let_through("pypi", chosen, hidden, self._known_of)
        notes += said
        if not exempt:
            return locked
        stack.cutoff = stack.cutoff.with_exempt(exempt)
        for name, version in exempt.items():
            when = next(r.published for r in hidden[name] if r.version == version)
            stack.let_through[name] = _a_little_after(when)
        return await self._lock(stack)

    async def _without_network(self, stack: Stack, reason: str) -> Resolution:
        because = f" ({reason})" if reason else ""
        try:
            locked = await self._lock(stack, "--offline")
        except (EnvironmentLacksError, ResolutionError):
            locked = []
        if locked:
            pins = []
            for package in locked:
                pin = Pin(
                    name=package.name,
                    version=package.version,
                    direct=package.direct,
                    origin=Origin.STALE,
                )
                if package.direct:
                    await self._recall(pin)
                pins.append(pin)
            current = all(pin.origin is Origin.CACHED for pin in pins if pin.direct)
            return Resolution(
                ecosystem="pypi",
                runtime=stack.runtime,
                pins=pins,
                origin=Origin.CACHED if current else Origin.STALE,
                resolved_at=datetime.now(UTC),
                resolver="uv lock --offline",
                notes=[f"Resolved without network from uv's own cache{because}; "
                       "newer releases may exist."],
            )  # fmt: skip
        good = await anyio.to_thread.run_sync(last_known_good, self._last_good())
        missing = good.missing(stack.requirements)
        if missing or not good.fits(stack.lowest):
            lacking = ", ".join(sorted(missing)[:10]) or f"Python {stack.lowest}"
            raise NetworkUnavailableError(
                f"There is no network{because}, and neither uv's cache nor the last known good "
                f"set covers {lacking}.",
                hint="Try again with network access.",
            )
        return good.resolution(stack.requirements, stack.runtime, because)

    async def _recall(self, pin: Pin) -> None:
        """Fill in what the cache knows to be newest."""
        with suppress(CoderError):
            fact = await self._lookup.get("pypi", pin.name, depth=Depth.VERSIONS, offline=True)
            release = newest_of(fact.record) if fact.record else None
            if release:
                pin.newest = release.version
                if fact.origin is Origin.CACHED and release.version == pin.version:
                    pin.origin = Origin.CACHED

    async def _lock(self, stack: Stack, *options: str) -> list[Locked]:
        code, stderr, locked = await self._solve(stack, options, "", LOCK_TIMEOUT_S)
        if code == 0 and locked:
            return locked
        if no_interpreter(stderr):
            raise ToolchainMissingError(
                f"There is no Python interpreter that fits '{stack.runtime}'.",
                hint="Install one, or ask for another Python version.",
            )
        if is_offline(stderr):
            raise NetworkUnavailableError(
                "uv could not reach the package index.",
                hint="Check the network, or work offline with what is cached.",
            )
        if "no solution found" not in stderr.lower():
            raise EnvironmentLacksError(
                f"uv could not resolve the packages: {last_line(stderr)}",
                hint="Run `uv lock` by hand in a small project to see more.",
            )
        raise ResolutionError(
            explanation(stderr) or "uv found no versions that go together.",
            hint="Loosen a range, change the Python version, or leave a package out.",
        )

    async def _solve(
        self, stack: Stack, options: tuple[str, ...], extra: str, timeout: float
    ) -> tuple[int, str, list[Locked]]:
        """(exit code, stderr, packages). Without an interpreter that fits the runtime uv cannot
        write a lock, but it can still resolve for it."""
        options = (*options, *stack.cooldown())
        if stack.has_interpreter:
            files = {"pyproject.toml": stack.manifest(extra)}
            code, stderr, lock = await self._run_uv(
                ("lock", *COMMON, *options), files, "uv.lock", timeout
            )
            if code == 0 or not no_interpreter(stderr):
                return code, stderr, read_lock(lock, stack.lowest) if code == 0 else []
            stack.has_interpreter = False
        arguments = ("pip", "compile", "requirements.in", "--output-file", "resolved.txt")
        target = ("--python-version", stack.lowest, "--universal", "--fork-strategy", "fewest")
        plain = ("--no-header", "--no-annotate", "--constraints", "constraints.txt")
        code, stderr, resolved = await self._run_uv(
            (*arguments, *target, *plain, *COMMON, *options),
            {
                "requirements.in": stack.requirement_lines(extra),
                "constraints.txt": "\n".join(stack.held()),
                "uv.toml": f"{stack.index and '[[index]]'}\n{stack.index}",
            },
            "resolved.txt",
            timeout,
        )
        locked = read_pins(resolved, stack.lowest, stack.requirements) if code == 0 else []
        return code, stderr, locked

    async def _run_uv(
        self, arguments: tuple[str, ...], files: Mapping[str, str], result: str, timeout: float
    ) -> tuple[int, str, str]:
        await anyio.Path(self._work_dir).mkdir(parents=True, exist_ok=True)
        directory = await anyio.to_thread.run_sync(
            lambda: tempfile.mkdtemp(prefix="resolve-", dir=self._work_dir)
        )
        try:
            project = Path(directory)
            for name, content in files.items():
                await anyio.Path(project / name).write_text(content, encoding="utf-8")
            code, _, stderr = await self._uv(arguments, project, timeout)
            path = anyio.Path(project / result)
            text = await path.read_text(encoding="utf-8") if await path.is_file() else ""
            return code, stderr, text
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(lambda: shutil.rmtree(directory, ignore_errors=True))

    async def _explain(self, pins: list[Pin], stack: Stack, versions: Mapping[str, str]) -> None:
        """Ask uv why, for each direct package that is held for no reason seen in its metadata."""
        held = [p for p in pins if p.direct and _lower(p.version, p.newest) and not p.held_by]
        limiter = anyio.CapacityLimiter(PARALLEL_UV)

        async def ask(pin: Pin) -> None:
            async with limiter:
                pin.held_by = await self._reason(pin, stack, versions)

        async with anyio.create_task_group() as group:
            for pin in held[:MAX_EXPLAINED]:
                group.start_soon(ask, pin)

    async def _reason(self, pin: Pin, stack: Stack, versions: Mapping[str, str]) -> str:
        wanted = f"{pin.name}>={pin.newest}"
        code, stderr, locked = await self._solve(stack, (), wanted, EXPLAIN_TIMEOUT_S)
        if code != 0:
            return (
                constraint_on(stderr, pin.name)
                or explanation(stderr)
                or f"uv rejects {wanted} without naming a reason"
            )
        changed = [
            f"{package.name} {versions[package.name]} would fall to {package.version}"
            for package in locked
            if package.name != pin.name and _lower(package.version, versions.get(package.name, ""))
        ]
        if changed:
            return f"{wanted}: {changed[0]}"
        return f"uv prefers {pin.version} although {wanted} can be installed"


class Stack:
    """Checked dependencies: names with ranges, and the lowest Python they must run on."""

    def __init__(self, dependencies: Dependencies) -> None:
        if dependencies.ecosystem not in ("pypi", "python"):
            raise UnsupportedError(
                f"Joint resolution of '{dependencies.ecosystem[:30]}' packages is not available.",
                hint="Python stacks can be resolved; look others up one by one with `research`.",
            )
        if len(dependencies.packages) + len(dependencies.dev_packages) > MAX_PACKAGES:
            raise InvalidInputError("More than 300 packages.", hint="Ask for fewer at once.")
        self.runtime = dependencies.runtime.strip() or ">=3.11"
        self.lowest = lowest_python(self.runtime)
        self.main = [requirement(text) for text in dependencies.packages]
        self.dev = [requirement(text) for text in dependencies.dev_packages]
        self.holds = {canonical(name): range_ for name, range_ in dependencies.holds.items()}
        for name, range_ in self.holds.items():
            requirement(f"{name}{range_}")
        self.requirements = {canonical(r.name): r for r in (*self.main, *self.dev)}
        self.has_interpreter = True
        self.index = ""
        self.cutoff = cutoff_of(dependencies.minimum_age_days)
        self.let_through: dict[str, str] = {}
        if not self.requirements:
            raise InvalidInputError("No packages were named.", hint="Name at least one.")

    def held(self) -> list[str]:
        """The known holds as constraints."""
        return [f"{name}{range_}" for name, range_ in self.holds.items()]

    def cooldown(self) -> list[str]:
        """uv's options for it."""
        if not self.cutoff.before:
            return []
        let = [f"--exclude-newer-package={name}={when}" for name, when in self.let_through.items()]
        return [f"--exclude-newer={self.cutoff.before}", *let]

    def requirement_lines(self, extra: str = "") -> str:
        """All packages, one a line, as `uv pip compile` reads them."""
        return "\n".join([*(str(r) for r in (*self.main, *self.dev)), extra]) + "\n"

    def manifest(self, extra: str = "") -> str:
        """The pyproject.toml of the temporary project; JSON strings are TOML strings."""
        main = [str(r) for r in self.main] + ([extra] if extra else [])
        return (
            f'[project]\nname = "{PROJECT}"\nversion = "0"\n'
            f"requires-python = {json.dumps(self.runtime)}\n"
            f"dependencies = {json.dumps(main)}\n"
            f"[dependency-groups]\ndev = {json.dumps([str(r) for r in self.dev])}\n"
            "[tool.uv]\npackage = false\n"
            # One version per package for the whole runtime range, never one per Python.
            'fork-strategy = "fewest"\n'
            f"constraint-dependencies = {json.dumps(self.held())}\n"
            f"[tool.uv.workspace]\n{self.index and '[[tool.uv.index]]'}\n{self.index}"
        )


def index_for_uv(endpoint: Endpoint) -> str:
    """The keys of a uv index table when the index was found in pip's settings, which uv does not
    read; else empty. It may hold credentials: it goes only into a directory of ours, mode 0700,
    that is removed after the run."""
    import base64

    if not endpoint.learned_from.upper().startswith("PIP") or endpoint.url == "":
        return ""
    address = endpoint.url.rstrip("/")
    if endpoint.authorization.startswith("Basic "):
        user, _, password = (
            base64.b64decode(endpoint.authorization.removeprefix("Basic ")).decode().partition(":")
        )
        scheme, _, rest = address.partition("://")
        address = f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}"
    return f"url = {json.dumps(address)}\ndefault = true\n"


def lower_bounds(manifest: str) -> dict[str, str]:
    """Package -> the lowest version its requirement in a pyproject.toml admits by `>=` or `==`."""
    import tomllib

    from packaging.requirements import InvalidRequirement, Requirement

    try:
        values = tomllib.loads(manifest)
        groups = [values["project"].get("dependencies", [])]
        groups += values["project"].get("optional-dependencies", {}).values()
        groups += values.get("dependency-groups", {}).values()
        texts = [text for group in groups for text in group if isinstance(text, str)]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError):
        return {}
    found: dict[str, str] = {}
    for text in texts[:MAX_PACKAGES]:
        with suppress(InvalidRequirement):
            asked = Requirement(text)
            bound = next((s.version for s in asked.specifier if s.operator in (">=", "==")), "")
            if bound:
                found[canonical(asked.name)] = bound
    return found


def canonical(name: str) -> str:
    """PEP 503 spelling."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def requirement(text: str) -> Requirement:
    """A requirement with name, extras, range and markers only: no URL, no path.

    Raises:
        InvalidInputError: it is something else.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        found = Requirement(text) if len(text) <= 300 else None
    except InvalidRequirement:
        found = None
    if found is None or found.url:
        shown = text[:60].encode("ascii", "backslashreplace").decode()
        raise InvalidInputError(
            f"'{shown}' is not a dependency by name.", hint="Write it like sqlalchemy[asyncio]>=2."
        )
    return found


def lowest_python(runtime: str) -> str:
    """The lowest `3.x` a runtime range admits.

    Raises:
        InvalidInputError: it is no range, or admits no Python 3.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        specifiers = SpecifierSet(runtime)
    except InvalidSpecifier as error:
        raise InvalidInputError(
            f"'{runtime[:60]}' is not a range of Python versions.", hint="Write it like >=3.11."
        ) from error
    for minor in range(60):
        if any(specifiers.contains(f"3.{minor}.{patch}") for patch in (0, 1, 99)):
            return f"3.{minor}"
    raise InvalidInputError(f"'{runtime[:60]}' admits no Python 3.", hint="Write it like >=3.11.")


def _pin(package: Locked, newest: Mapping[str, Fact], stack: Stack) -> Pin:
    fact = newest.get(package.name)
    release = newest_of(fact.record) if fact and fact.record else None
    pin = Pin(
        name=package.name,
        version=package.version,
        direct=package.direct,
        newest=release.version if release else "",
    )
    if release and _lower(package.version, release.version):
        pin.held_by = _seen_reason(release, stack.requirements.get(package.name), stack)
    return pin


def _seen_reason(release: Release, asked: Requirement | None, stack: Stack) -> str:
    """The hold that metadata alone shows, or empty."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    with suppress(InvalidSpecifier):
        if release.runtime and not SpecifierSet(release.runtime).contains(f"{stack.lowest}.99"):
            return (
                f"{release.version} requires Python {release.runtime}, "
                f"the target is {stack.runtime}"
            )
    if asked is None:
        return ""
    if stack.cutoff.hides(canonical(asked.name), release.version, release.published):
        return stack.cutoff.why(release.version, release.published)
    if asked.specifier and not asked.specifier.contains(release.version):
        return f"asked for as {asked.name}{asked.specifier}"
    hold = stack.holds.get(canonical(asked.name), "")
    if hold and not SpecifierSet(hold).contains(release.version):
        return f"known hold {asked.name}{hold}"
    return ""


def _dated(fact: Fact) -> bool:
    return bool(fact.record and any(release.published for release in fact.record.releases[:5]))


def _a_little_after(published: str) -> str:
    """A moment by which all files of a release published then are there, too."""
    when = datetime.fromisoformat(published)
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (when.astimezone(UTC) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _lower(version: str, than: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return bool(than) and Version(version) < Version(than)
    except InvalidVersion:
        return False
