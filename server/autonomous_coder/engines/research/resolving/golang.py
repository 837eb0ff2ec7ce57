"""Joint resolution of Go modules: what `go` itself selects from their go.mod files."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from autonomous_coder.engines.research.resolving.asking import read_asked, version_numbers
from autonomous_coder.engines.research.resolving.base import (
    PROJECT,
    Bench,
    Cutoff,
    Workshop,
    manifests_in,
    no_network,
    out_of_reach,
    shorten,
)
from autonomous_coder.engines.research.resolving.cooldown import KnownOf, cutoff_of, is_lower
from autonomous_coder.engines.research.resolving.histories import Histories
from autonomous_coder.engines.research.resolving.listed import Listed, runtime_text
from autonomous_coder.errors import (
    CoderError,
    EnvironmentLacksError,
    InvalidInputError,
    ResolutionError,
    ToolchainMissingError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Pin, Resolution

GO_TIMEOUT_S = 180.0
MAX_ROUNDS = 30
ENV = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod", "GOWORK": "off", "GO111MODULE": "on"}
_FORMAT = "{{.Path}} {{.Version}} {{.GoVersion}}"
_NEEDS_GO = re.compile(r"requires go >= (\d+\.\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Selected:
    """One module that go selected, with the Go version its go.mod asks for (may be empty)."""

    name: str
    version: str
    go: str


class GoResolver:
    """EcosystemResolver for Go modules."""

    def __init__(self, histories: Histories, workshop: Workshop, known_of: KnownOf) -> None:
        self._histories = histories
        self._workshop = workshop
        self._known_of = known_of

    async def resolve(self, dependencies: Dependencies, *, offline: bool) -> Resolution:
        """See `EcosystemResolver`."""
        asked = read_asked(dependencies, "go")
        said = runtime_text(dependencies.runtime, "go")
        installed = await self._workshop.ask("go", "env", "GOVERSION")
        own = version_numbers(installed)
        said = said or ".".join(map(str, own[:2]))
        target = version_numbers(said)[:2]
        if not target:
            if dependencies.runtime.strip():
                raise InvalidInputError(
                    f"'{dependencies.runtime[:60]}' is not a Go version.",
                    hint="Write it like 1.25.",
                )
            target = own[:2]
        if own and target and target > own[:2]:
            raise ToolchainMissingError(
                f"Go {said} is asked for, and {installed} is installed: it cannot resolve for a "
                "newer one.",
                hint="Install that Go, or ask for an older one.",
            )
        cutoff = cutoff_of(dependencies.minimum_age_days)
        stack = Listed("go", asked, target, f"Go {said}", cutoff, offline, self._histories)
        await stack.learn()
        async with self._workshop.bench() as bench:
            for _ in range(MAX_ROUNDS):
                picks = await stack.picks(self._known_of)
                chosen = {name: release.version for name, release in picks.items()}
                await bench.write({"go.mod": _manifest(chosen, target)})
                selected = await _select(bench, offline)
                graph = await _graph(bench, offline)
                if not _step_back(stack, selected, graph, chosen):
                    break
            else:
                why = list(stack.excluded.values())[-1]
                raise ResolutionError(
                    f"No set of these modules was found in {MAX_ROUNDS} rounds; the last hold: "
                    f"{why}.",
                    hint="Loosen a range, or change the Go version.",
                )
        versions = {module.name: module.version for module in selected}
        pins = [
            await stack.pin(name, versions.get(name, chosen[name]), {}) for name in sorted(asked)
        ]
        pins += [
            Pin(name=module.name, version=module.version, direct=False, origin=stack.origin())
            for module in selected
            if module.name not in asked
        ]
        for name in asked:
            further = stack.records[name].compatibility.get("newer major", "")
            if further:
                stack.notes.append(f"{name} goes on as another module: {further}.")
        return Resolution(
            ecosystem="go",
            runtime=f"go {said}".strip(),
            pins=pins,
            origin=stack.origin(),
            resolved_at=datetime.now(UTC),
            resolver="go list -m all",
            notes=await stack.closing_notes(),
        )

    async def lock(
        self,
        files: Mapping[str, str],
        *,
        offline: bool,
        cutoff: Cutoff,  # noqa: ARG002
    ) -> dict[str, str]:
        """See `EcosystemResolver`: go.mod and go.sum. With the sources `go mod tidy` brings both to
        what they import; without, go.sum covers all that go.mod names. A cooldown changes nothing
        here: go takes the versions that go.mod files name, never a newer one by itself."""
        found = manifests_in(files, {"go.mod", "go.sum", ".go"})
        if "go.mod" not in found:
            raise InvalidInputError("There is no go.mod.", hint="Hand over the manifest.")
        tidy = any(path.endswith(".go") for path in found)
        command = ("mod", "tidy") if tidy else ("mod", "download", "all")
        async with self._workshop.bench() as bench:
            await bench.write(found)
            code, _, said = await bench.run(
                "go", *command, timeout_s=GO_TIMEOUT_S, env=_env(offline)
            )
            if code != 0:
                raise _failure(said, offline)
            locked = {name: await bench.read(name) for name in ("go.mod", "go.sum")}
            # Without other modules there is no go.sum.
            return {name: text for name, text in locked.items() if text}


def _manifest(chosen: Mapping[str, str], target: tuple[int, ...]) -> str:
    lines = [f"module {PROJECT}", f"go {'.'.join(map(str, target or (1, 21)))}", "require ("]
    lines += [f"\t{name} {version}" for name, version in chosen.items()]
    return "\n".join([*lines, ")", ""])


def _env(offline: bool) -> dict[str, str]:
    return {**ENV, "GOPROXY": "off"} if offline else ENV


async def _select(bench: Bench, offline: bool) -> list[Selected]:
    code, out, said = await bench.run(
        "go", "list", "-m", "-f", _FORMAT, "all", timeout_s=GO_TIMEOUT_S, env=_env(offline)
    )
    if code != 0:
        raise _failure(said, offline)
    rows = [[*line.split(), "", ""] for line in out.splitlines() if line.strip()]
    return [Selected(row[0], row[1], row[2]) for row in rows if row[0] != PROJECT]


async def _graph(bench: Bench, offline: bool) -> dict[str, list[tuple[str, str]]]:
    """Module (`name@version`, our own without) -> what it requires (name, version)."""
    code, out, said = await bench.run(
        "go", "mod", "graph", timeout_s=GO_TIMEOUT_S, env=_env(offline)
    )
    if code != 0:
        raise _failure(said, offline)
    found: dict[str, list[tuple[str, str]]] = {}
    for line in out.splitlines():
        one, _, other = line.partition(" ")
        name, _, version = other.partition("@")
        found.setdefault(one, []).append((name, version))
    return found


def _step_back(
    stack: Listed,
    selected: Iterable[Selected],
    graph: Mapping[str, list[tuple[str, str]]],
    chosen: Mapping[str, str],
) -> bool:
    """Exclude a direct module that brings one for a newer Go, or that raises another above what
    may be chosen of it; False when all is well.

    Raises:
        ResolutionError: nothing can be stepped back.
    """
    for module in selected:
        if module.name in stack.asked:
            mine = chosen[module.name]
            if not is_lower("go", mine, module.version):
                continue
            asked = stack.asked[module.name]
            if not asked.range and not asked.hold and not stack.cutoff.before:
                # Raised by another to a release that is none of the stable ones: go's own choice.
                continue
            if asked.admits("go", module.version) and not stack.cutoff.before:
                continue
            what = f"{module.name} {module.version}, where {mine} is wanted"
        elif version_numbers(module.go) and version_numbers(module.go)[:2] > stack.target:
            what = f"{module.name} {module.version}, which requires Go {module.go}"
        else:
            continue
        raising = _raising(graph, stack, module)
        for name in raising:
            why = f"{chosen[name]} requires {what}"
            if (name, chosen[name]) not in stack.excluded and _has_older(stack, name, chosen[name]):
                stack.excluded[name, chosen[name]] = why
                return True
        by = f"{raising[0]} {chosen[raising[0]]}" if raising else "the stack"
        raise ResolutionError(
            f"These modules do not go together: {by} requires {what}.",
            hint="Loosen a range, or change the Go version.",
        )
    return False


def _has_older(stack: Listed, name: str, version: str) -> bool:
    asked = stack.asked[name]
    return any(
        is_lower("go", release.version, version) and asked.admits("go", release.version)
        for release in stack.sound(name)
    )


def _raising(
    graph: Mapping[str, list[tuple[str, str]]], stack: Listed, module: Selected
) -> list[str]:
    """The direct modules through which another is required in this version, nearest first."""
    found: list[tuple[int, str]] = []
    for name, version in graph.get(PROJECT, []):
        if name not in stack.asked or name == module.name:
            continue
        start = f"{name}@{version}"
        distance = {start: 0}
        queue = deque([start])
        while queue:
            here = queue.popleft()
            if here == f"{module.name}@{module.version}":
                found.append((distance[here], name))
                break
            for other in graph.get(here, []):
                there = f"{other[0]}@{other[1]}"
                if there not in distance:
                    distance[there] = distance[here] + 1
                    queue.append(there)
    return [name for _, name in sorted(found)]


def _failure(said: str, offline: bool) -> CoderError:
    line = shorten(re.sub(r"go: downloading \S+ \S+", "", said), 400)
    needed = _NEEDS_GO.search(said)
    if needed:
        return ResolutionError(
            f"These modules need Go {needed[1]}: {line}", hint="Ask for older versions of them."
        )
    if "module lookup disabled" in said or out_of_reach(said):
        return no_network("go", offline=offline)
    if "conflicts with" in said or "unknown revision" in said or "404" in said:
        return ResolutionError(f"go finds no such set: {line}", hint="Check names and versions.")
    return EnvironmentLacksError(
        f"go could not resolve the modules: {line}",
        hint="Run `go mod tidy` by hand in a small project to see more.",
    )
