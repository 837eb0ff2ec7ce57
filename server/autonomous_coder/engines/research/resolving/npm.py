"""Joint resolution of npm packages: engines, peers and families first, then npm itself."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import anyio

from autonomous_coder.engines.research.resolving.asking import Asked, read_asked
from autonomous_coder.engines.research.resolving.base import (
    PROJECT,
    Bench,
    Cutoff,
    Workshop,
    manifests_in,
    no_network,
    out_of_reach,
    together,
)
from autonomous_coder.engines.research.resolving.cooldown import (
    KnownOf,
    cutoff_of,
    is_lower,
    let_through,
    passed_over,
)
from autonomous_coder.engines.research.resolving.histories import STALE_NOTE, Histories, joined
from autonomous_coder.engines.research.resolving.npm_lock import (
    NpmLock,
    conflict_line,
    error_line,
    in_conflict,
    is_conflict,
    is_missing,
)
from autonomous_coder.engines.research.resolving.npm_node import (
    NodeTarget,
    lowest_of_line,
    node_target,
)
from autonomous_coder.engines.research.resolving.npm_solver import (
    Problem,
    accepts,
    broken_by,
    families_of,
    solve,
)
from autonomous_coder.errors import (
    EnvironmentLacksError,
    InvalidInputError,
    NetworkUnavailableError,
    ResolutionError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Origin, Pin, Resolution
from autonomous_coder.registries.base import Release
from autonomous_coder.registries.histories import NpmHistory, NpmVersion

NPM_TIMEOUT_S = 240.0
MAX_ROUNDS = 8
IMPLIED_WEIGHT = 0.1
NODE_TYPES = "@types/node"
QUIET = (
    "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
    "--legacy-peer-deps=false", "--force=false", "--engine-strict=false", "--color=false",
    "--update-notifier=false",
)  # fmt: skip
MANIFESTS = frozenset({"package.json", "package-lock.json"})
GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_FOREIGN = re.compile(r"^(?:git|http|ssh|github:|gitlab:|bitbucket:|[\w.-]+/[\w.-]+)", re.I)


@dataclass(slots=True)
class Stack:
    """One question and what is known of it so far."""

    asked: dict[str, Asked]
    target: NodeTarget | None
    runtime: str
    cutoff: Cutoff
    offline: bool
    histories: dict[str, NpmHistory] = field(default_factory=dict)
    origins: set[Origin] = field(default_factory=set)
    excluded: dict[tuple[str, str], str] = field(default_factory=dict)
    """(package, version) -> why it was stepped back from after npm had looked at it."""
    notes: list[str] = field(default_factory=list)

    def newest(self, name: str) -> NpmVersion | None:
        """What the registry calls the latest, else the newest stable version."""
        history = self.histories[name]
        for row in history.versions:
            if row.version == history.latest:
                return row
        return next((row for row in history.versions if not row.deprecated), None)

    def candidates(self, name: str) -> list[NpmVersion]:
        """What may be chosen, newest first.

        Raises:
            ResolutionError: nothing may.
        """
        asked = self.asked.get(name, Asked(name))
        history = self.histories[name]
        rows = [r for r in history.versions if asked.admits("npm", r.version)]
        if any(row.version == history.latest for row in rows):
            # What is above the latest is published ahead of its time under another tag.
            start = next(i for i, row in enumerate(rows) if row.version == history.latest)
            rows = rows[start:]
        if not rows:
            newest = self.newest(name)
            raise ResolutionError(
                f"No stable release of {name} is in the range {asked.range}; the newest is "
                f"{newest.version if newest else 'none'}.",
                hint="Loosen the range.",
            )
        kept, why = [], ""
        for row in rows:
            reason = self.refused(name, row)
            why = why or reason
            if not reason:
                kept.append(row)
        sound = [row for row in kept if not row.deprecated]
        if not kept:
            raise ResolutionError(
                f"No release of {asked} can be chosen: {why}.",
                hint="Loosen the range, or change the runtime.",
            )
        return sound or kept

    def refused(self, name: str, row: NpmVersion) -> str:
        """Why one version cannot be chosen whatever the others are; empty when it can."""
        asked = self.asked.get(name, Asked(name))
        if asked.hold and not Asked(name, asked.hold).admits("npm", row.version):
            return f"known hold {name}@{asked.hold}"
        if self.target and not self.target.takes(row.node):
            return f"{row.version} requires Node {row.node}, the target is {self.target}"
        if self.target and name == NODE_TYPES and not asked.range:
            major = row.version.partition(".")[0]
            if major.isdigit() and int(major) > int(self.target.major):
                return f"the types of Node {major}, the target is {self.target}"
        if self.cutoff.hides(name, row.version, row.published):
            return self.cutoff.why(row.version, row.published)
        return self.excluded.get((name, row.version), "")


class NpmResolver:
    """EcosystemResolver for npm."""

    def __init__(self, histories: Histories, workshop: Workshop, known_of: KnownOf) -> None:
        self._histories = histories
        self._workshop = workshop
        self._known_of = known_of

    async def resolve(self, dependencies: Dependencies, *, offline: bool) -> Resolution:
        """See `EcosystemResolver`."""
        stack = await self._stack(dependencies, offline)
        async with self._workshop.bench() as bench:
            for _ in range(MAX_ROUNDS):
                problem, chosen = await self._solved(stack)
                lock = await self._checked(bench, stack, chosen)
                if lock is None or not await self._step_back(stack, lock):
                    break
            else:
                stack.notes.append(
                    f"After {MAX_ROUNDS} rounds npm still brings something for a newer Node: "
                    f"{list(stack.excluded.values())[-1]}; npm itself only warns of this."
                )
        return self._resolution(stack, problem, chosen, lock)

    async def versions(self, dependencies: Dependencies, *, offline: bool) -> dict[str, str]:
        """What our own solver alone chooses, not yet seen by npm; raises as `resolve`."""
        stack = await self._stack(dependencies, offline)
        _, chosen = await self._solved(stack)
        return {name: chosen[name].version for name in stack.asked}

    async def lock(
        self, files: Mapping[str, str], *, offline: bool, cutoff: Cutoff
    ) -> dict[str, str]:
        """See `EcosystemResolver`: package-lock.json for a package.json and its workspaces."""
        manifests = manifests_in(files, MANIFESTS)
        if "package.json" not in manifests:
            raise InvalidInputError("There is no package.json.", hint="Hand over the manifest.")
        for path, text in manifests.items():
            if path.endswith("package.json"):
                _refuse_foreign(path, text)
        async with self._workshop.bench() as bench:
            await bench.write(manifests)
            said = await self._install(bench, cutoff, offline)
            lock = await bench.read("package-lock.json")
        if said and out_of_reach(said):
            raise _unlocked(offline)
        if said or not lock:
            raise _failure(said, offline)
        return {"package-lock.json": lock}

    async def _stack(self, dependencies: Dependencies, offline: bool) -> Stack:
        asked = read_asked(dependencies, "npm")
        runtime = dependencies.runtime.strip()
        installed = "" if runtime else await self._workshop.ask("node", "--version")
        target = node_target(runtime, installed)
        stack = Stack(asked, target, runtime, cutoff_of(dependencies.minimum_age_days), offline)
        if target is None:
            stack.notes.append("No Node is named and none is installed: engines were not checked.")
        await self._learn(stack, list(asked))
        return stack

    async def _learn(self, stack: Stack, names: list[str]) -> None:
        async def ask(name: str) -> None:
            found, origin = await self._histories.npm(
                name, dated=bool(stack.cutoff.before), offline=stack.offline
            )
            if found is None or not found.versions:
                what = "has no stable release" if found else "is not in the npm registry"
                raise ResolutionError(
                    f"The package '{name}' {what}.",
                    hint="Check its name; `research` names those that are near.",
                )
            stack.histories[name] = found
            stack.origins.add(origin)

        await together([partial(ask, name) for name in names if name not in stack.histories])
        if stack.cutoff.before and not all(h.dated for h in stack.histories.values()):
            note = "The registry names no release dates for some packages: no cooldown for them."
            if note not in stack.notes:
                stack.notes.append(note)

    async def _solved(self, stack: Stack) -> tuple[Problem, dict[str, NpmVersion]]:
        """The nearest set by our own solver, with the peers that npm adds by itself, and with what
        the cooldown lets through for safety."""
        for _ in range(MAX_ROUNDS):
            problem = Problem(
                {name: stack.candidates(name) for name in stack.histories},
                families_of({name: h.versions for name, h in stack.histories.items()}),
                {n: 1.0 if n in stack.asked else IMPLIED_WEIGHT for n in stack.histories},
                {n: row for n in stack.histories if (row := stack.newest(n))},
            )
            solution = await anyio.to_thread.run_sync(solve, problem)
            if solution.chosen is None:
                raise ResolutionError(
                    f"These npm packages do not go together: {'; '.join(solution.reasons)}.",
                    hint="Loosen a range, change the Node version, or leave a package out.",
                )
            chosen = solution.chosen
            further = sorted(
                {
                    peer
                    for row in chosen.values()
                    for peer in row.peers
                    if peer not in row.optional and peer not in stack.histories
                }
            )
            if further:
                await self._learn(stack, further)
                continue
            exempt = await self._exempt(stack, chosen)
            if not exempt:
                break
            stack.cutoff = stack.cutoff.with_exempt(exempt)
        return problem, chosen

    async def _exempt(self, stack: Stack, chosen: Mapping[str, NpmVersion]) -> dict[str, str]:
        if not stack.cutoff.before or stack.cutoff.exempt:
            return {}
        hidden = {
            name: [
                Release(row.version, row.published)
                for row in stack.histories[name].versions
                if stack.cutoff.hides(name, row.version, row.published)
                and is_lower("npm", chosen[name].version, row.version)
            ]
            for name in chosen
        }
        versions = {name: row.version for name, row in chosen.items()}
        exempt, notes = await let_through("npm", versions, hidden, self._known_of)
        stack.notes += [note for note in notes if note not in stack.notes]
        return exempt

    async def _checked(
        self, bench: Bench, stack: Stack, chosen: Mapping[str, NpmVersion]
    ) -> NpmLock | None:
        """The lock npm writes for the chosen versions; None when they were stepped back from (or,
        offline, when npm has not kept what it needs)."""
        # The lock of a round before stays: most below the changed packages is not asked again.
        await bench.write({"package.json": _manifest(stack, chosen)})
        said = await self._install(bench, stack.cutoff, stack.offline)
        if stack.cutoff.before and is_missing(said):
            stack.notes.append(
                f"Below the direct packages the cooldown leaves nothing of {is_missing(said)}: "
                "there it does not hold."
            )
            said = await self._install(bench, Cutoff(), stack.offline)
        if not said:
            return NpmLock(await bench.read("package-lock.json"))
        if is_conflict(said):
            guilty = [name for name in in_conflict(said) if name in stack.asked]
            for name in guilty:
                if len(stack.candidates(name)) > 1:
                    row = chosen[name]
                    stack.excluded[name, row.version] = conflict_line(said)
                    return await self._again(bench, stack)
        if stack.offline and out_of_reach(said):
            stack.notes.append("npm's cache does not hold all packages: npm has not checked this.")
            return None
        raise _failure(said, stack.offline)

    async def _again(self, bench: Bench, stack: Stack) -> NpmLock | None:
        """One more round after a version was excluded."""
        if len(stack.excluded) > MAX_ROUNDS:
            raise ResolutionError(
                f"npm finds no tree for these packages: {list(stack.excluded.values())[-1]}.",
                hint="Loosen a range, or leave a package out.",
            )
        _, chosen = await self._solved(stack)
        return await self._checked(bench, stack, chosen)

    async def _install(self, bench: Bench, cutoff: Cutoff, offline: bool) -> str:
        """Let npm write the lock and check it; what it said when it failed, else empty."""
        options = list(QUIET)
        if cutoff.before:
            options.append(f"--before={cutoff.before}")
            options += [f"--min-release-age-exclude={name}" for name in cutoff.exempt]
        if offline:
            options.append("--offline")
        code, out, err = await bench.run("npm", "install", *options, timeout_s=NPM_TIMEOUT_S)
        if code == 0:
            return ""
        return err or out or f"npm ended with {code}"

    async def _step_back(self, stack: Stack, lock: NpmLock) -> bool:
        """Exclude a direct package that brings one the target refuses; False when all is well or
        nothing can be done, which is then told."""
        if stack.target is None:
            return False
        refusing = lock.refusing(stack.target)
        for entry in refusing:
            for name in lock.brought_by(entry.path):
                version = lock.pins().get(name, "")
                why = (
                    f"{version} brings {entry.name} {entry.version}, which requires Node "
                    f"{entry.node}; the target is {stack.target}"
                )
                guilty = await self._bringing(stack, name, version, entry.name)
                if len(guilty) < len(stack.candidates(name)):
                    stack.excluded |= {(name, other): why for other in guilty}
                    return True
        for entry in refusing[:3]:
            stack.notes.append(
                f"{entry.name} {entry.version} requires Node {entry.node} and nothing without it "
                "was found; npm itself only warns of this."
            )
        return False

    async def _bringing(self, stack: Stack, name: str, version: str, brought: str) -> list[str]:
        """The candidates of a direct package that bring what the target refuses: those whose own
        dependency leaves no version that the target takes, else those of the same minor line."""
        target, rows = stack.target, stack.candidates(name)
        current = next((row for row in rows if row.version == version), None)
        if target is None or current is None or brought not in current.needs:
            line = version.rpartition(".")[0]
            return [row.version for row in rows if row.version.startswith(f"{line}.")]
        history, _ = await self._histories.npm(brought, dated=False, offline=stack.offline)
        fine = [r.version for r in history.versions if target.takes(r.node)] if history else []
        return [
            row.version
            for row in rows
            if (range_ := row.needs.get(brought)) is not None
            and not any(accepts(range_, other) for other in fine)
        ]

    def _resolution(
        self,
        stack: Stack,
        problem: Problem,
        chosen: Mapping[str, NpmVersion],
        lock: NpmLock | None,
    ) -> Resolution:
        pins = [_pin(stack, problem, chosen, name) for name in sorted(stack.asked)]
        young = {}
        for pin in pins:
            row = stack.newest(pin.name)
            if row and stack.cutoff.hides(pin.name, row.version, row.published):
                young[pin.name] = row.version
        installed = lock.pins() if lock else {n: row.version for n, row in chosen.items()}
        origin = joined(stack.origins, offline=stack.offline)
        if stack.offline:
            stack.notes.append("Resolved from what is cached; newer releases may exist.")
        elif origin is Origin.STALE:
            stack.notes.append(STALE_NOTE)
        pins += [
            Pin(name=name, version=version, direct=False, origin=origin)
            for name, version in sorted(installed.items())
            if name not in stack.asked
        ]
        for pin in pins:
            pin.origin = origin
        notes = [*stack.notes, *passed_over(stack.cutoff, young)]
        if stack.target and stack.target.whole_line:
            engines = lock.engines() if lock else [(n, row.node) for n, row in chosen.items()]
            lowest, asking = lowest_of_line(stack.target, engines)
            if lowest:
                notes.append(f"Needs Node {lowest} or newer of that line: {asking}.")
        return Resolution(
            ecosystem="npm",
            runtime=f"node {stack.target.asked}" if stack.target else "",
            pins=pins,
            origin=origin,
            resolved_at=datetime.now(UTC),
            resolver="npm install --package-lock-only" if lock else "our own solver",
            notes=list(dict.fromkeys(notes)),
        )


def _pin(stack: Stack, problem: Problem, chosen: Mapping[str, NpmVersion], name: str) -> Pin:
    row, newest = chosen[name], stack.newest(name)
    pin = Pin(name=name, version=row.version, newest=newest.version if newest else "")
    if newest is None or not is_lower("npm", row.version, newest.version):
        return pin
    asked = stack.asked[name]
    if not asked.admits("npm", newest.version):
        pin.held_by = f"asked for as {asked}"
        return pin
    pin.held_by = stack.refused(name, newest)
    if not pin.held_by:
        broken = broken_by(problem, chosen, name, newest)
        pin.held_by = broken.reason if broken else ""
    if not pin.held_by and newest.deprecated:
        pin.held_by = f"{newest.version} is deprecated: {newest.deprecated}"
    pin.held_by = pin.held_by or "with it, others would have to step back further"
    return pin


def _manifest(stack: Stack, chosen: Mapping[str, NpmVersion]) -> str:
    groups: dict[str, dict[str, str]] = {"dependencies": {}, "devDependencies": {}}
    for name, asked in stack.asked.items():
        groups["devDependencies" if asked.dev else "dependencies"][name] = chosen[name].version
    return json.dumps({"name": PROJECT, "version": "0.0.0", "private": True, **groups})


def _refuse_foreign(path: str, text: str) -> None:
    """Packages come from the registry: an address could bring code that npm builds.

    Raises:
        InvalidInputError: the manifest is none, or names an address.
    """
    try:
        manifest = json.loads(text)
        groups = [manifest.get(group, {}) for group in GROUPS]
        rows = [(name, spec) for group in groups for name, spec in group.items()]
    except (ValueError, AttributeError) as error:
        raise InvalidInputError(f"{path} is no manifest of npm.", hint="Write JSON.") from error
    for name, spec in rows:
        if not isinstance(spec, str) or _FOREIGN.match(spec.strip()):
            raise InvalidInputError(
                f"{path} takes {str(name)[:60]} from an address, not from the registry.",
                hint="Lock it yourself, or name a version.",
            )


def _unlocked(offline: bool) -> NetworkUnavailableError:
    if offline:
        return NetworkUnavailableError(
            "Dependencies cannot be locked offline: npm's own cache does not hold all of them.",
            hint="Build once with the network, so that npm's cache holds the packages.",
        )
    return NetworkUnavailableError(
        "Dependencies cannot be locked, because npm could not reach its registry.",
        hint="Check the network and the registry with `autonomous-coder doctor`, or go offline.",
    )


def _failure(said: str, offline: bool) -> Exception:
    if is_conflict(said):
        return ResolutionError(
            f"npm finds no tree in which all peers fit. {conflict_line(said)}.",
            hint="Loosen a range, or leave a package out.",
        )
    if absent := is_missing(said):
        return ResolutionError(
            f"The npm registry has nothing that fits {absent[:120]}.", hint="Check the range."
        )
    if out_of_reach(said):
        return no_network("npm", offline=offline)
    return EnvironmentLacksError(
        f"npm could not resolve the packages: {error_line(said)}",
        hint="Run `npm install --package-lock-only` by hand in a small project to see more.",
    )
