"""Joint resolution of Maven artifacts: families in step, then the tree that Maven itself builds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn

from autonomous_coder.engines.research.resolving.asking import read_asked, version_numbers
from autonomous_coder.engines.research.resolving.base import (
    Bench,
    Cutoff,
    Workshop,
    no_network,
    out_of_reach,
    shorten,
)
from autonomous_coder.engines.research.resolving.cooldown import KnownOf, cutoff_of, is_lower
from autonomous_coder.engines.research.resolving.histories import Histories
from autonomous_coder.engines.research.resolving.listed import Listed, runtime_text
from autonomous_coder.errors import (
    EnvironmentLacksError,
    InvalidInputError,
    ResolutionError,
    UnsupportedError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Pin, Resolution
from autonomous_coder.registries.base import Release

MVN_TIMEOUT_S = 240.0
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:tree"
IN_STEP = 0.75
RECENT = 10
MAX_ROUNDS = 6
_NODE = re.compile(
    r"\(?(?P<group>[\w.-]+):(?P<artifact>[\w.-]+):(?P<kind>[\w.-]+):(?:[\w.-]+:)?"
    r"(?P<version>[\w.+-]+):(?P<scope>compile|runtime|test|provided|system)\b(?P<rest>.*)"
)
_WANTED = re.compile(r"omitted for conflict with ([\w.+-]+)")


class MavenResolver:
    """EcosystemResolver for Maven artifacts."""

    def __init__(self, histories: Histories, workshop: Workshop, known_of: KnownOf) -> None:
        self._histories = histories
        self._workshop = workshop
        self._known_of = known_of

    async def resolve(self, dependencies: Dependencies, *, offline: bool) -> Resolution:
        """See `EcosystemResolver`. Maven itself rejects no set: the nearest declaration wins. So an
        artifact that another one needs in a higher major version is a conflict here."""
        asked = read_asked(dependencies, "maven")
        said = runtime_text(dependencies.runtime, "java").removeprefix("1.")
        if not said:
            answer = await self._workshop.ask("mvn", "--version")
            found = re.search(r"Java version: (?:1\.)?(\d+)", answer)
            said = found[1] if found else ""
        target = version_numbers(said)[:1]
        if dependencies.runtime.strip() and not target:
            raise InvalidInputError(
                f"'{dependencies.runtime[:60]}' is not a Java release.", hint="Write it like 21."
            )
        cutoff = cutoff_of(dependencies.minimum_age_days)
        stack = Listed("maven", asked, target, f"Java {said}", cutoff, offline, self._histories)
        await stack.learn()
        for _ in range(MAX_ROUNDS):
            picks = await stack.picks(self._known_of)
            if not await _keep_step(stack, picks):
                break
        async with self._workshop.bench() as bench:
            await bench.write({"pom.xml": _pom(stack, picks)})
            tree = await _tree(bench, offline)
        others = _read(stack, picks, tree)
        pins = [await stack.pin(name, picks[name].version, {}) for name in sorted(asked)]
        pins += [
            Pin(name=name, version=version, direct=False, origin=stack.origin())
            for name, version in sorted(others.items())
        ]
        silent = [n for n in asked if not stack.details.get((n, picks[n].version))
                  or not stack.details[n, picks[n].version].runtime]  # fmt: skip
        if silent and target:
            stack.notes.append(f"Which Java they need is not known of: {', '.join(silent[:8])}.")
        return Resolution(
            ecosystem="maven",
            runtime=f"java {said}".strip(),
            pins=pins,
            origin=stack.origin(),
            resolved_at=datetime.now(UTC),
            resolver="mvn dependency:tree",
            notes=await stack.closing_notes(),
        )

    async def lock(
        self,
        files: Mapping[str, str],  # noqa: ARG002
        *,
        offline: bool,  # noqa: ARG002
        cutoff: Cutoff,  # noqa: ARG002
    ) -> NoReturn:
        """Maven has no lock file.

        Raises:
            UnsupportedError: always.
        """
        raise UnsupportedError(
            "Maven has no lock file.",
            hint="Exact versions in the pom, and in dependencyManagement for what they bring, are "
            "what pins a Maven project.",
        )


async def _keep_step(stack: Listed, picks: Mapping[str, Release]) -> bool:
    """Exclude versions of a group's artifacts that their siblings do not have (yet); False when
    all groups are in step."""
    groups: dict[str, list[str]] = {}
    for name in picks:
        groups.setdefault(name.partition(":")[0], []).append(name)
    moved = False
    for members in groups.values():
        for index, one in enumerate(members):
            for other in members[index + 1 :]:
                mine, theirs = picks[one].version, picks[other].version
                if mine == theirs or not _in_step(stack, one, other):
                    continue
                high, low = (one, other) if is_lower("maven", theirs, mine) else (other, one)
                version, held = picks[high].version, picks[low].version
                if not stack.asked[high].admits("maven", held):
                    continue
                why = f"{high} and {low} go in step, and of {low} {held} is chosen"
                for release in stack.sound(high):
                    if is_lower("maven", held, release.version):
                        stack.excluded[high, release.version] = why
                moved = moved or (high, version) in stack.excluded
    return moved


def _in_step(stack: Listed, one: str, other: str) -> bool:
    mine = [release.version for release in stack.sound(one)]
    theirs = [release.version for release in stack.sound(other)]
    share = min(_share(mine[:RECENT], theirs), _share(theirs[:RECENT], mine))
    return share >= IN_STEP


def _share(some: list[str], of: list[str]) -> float:
    known = set(of)
    return sum(1 for item in some if item in known) / len(some) if some else 0.0


def _pom(stack: Listed, picks: Mapping[str, Release]) -> str:
    rows = []
    for name, release in picks.items():
        group, _, artifact = name.partition(":")
        scope = "<scope>test</scope>" if stack.asked[name].dev else ""
        rows.append(
            f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
            f"<version>{release.version}</version>{scope}</dependency>"
        )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>joint</groupId><artifactId>resolution</artifactId><version>0</version>"
        f"<packaging>pom</packaging><dependencies>{''.join(rows)}</dependencies></project>"
    )


async def _tree(bench: Bench, offline: bool) -> str:
    """The dependency tree with what was left out of it.

    Raises:
        ResolutionError, NetworkUnavailableError, EnvironmentLacksError, ToolchainMissingError.
    """
    options = ("-B", "-ntp", "-e", "-Dstyle.color=never", *(("-o",) if offline else ()))
    code, out, err = await bench.run(
        "mvn", *options, PLUGIN, "-Dverbose=true", "-DoutputFile=tree.txt", timeout_s=MVN_TIMEOUT_S
    )
    if code == 0:
        return await bench.read("tree.txt")
    said = out + err
    errors = " ".join(
        line.removeprefix("[ERROR]").strip()
        for line in said.splitlines()
        if line.startswith("[ERROR]")
    )
    absent = re.search(r"Could not find artifact (\S+)", said)
    if absent and not offline:
        raise ResolutionError(
            f"Maven finds no artifact {shorten(absent[1], 150)}.", hint="Check name and version."
        )
    if offline or out_of_reach(said):
        raise no_network("Maven", offline=offline)
    raise EnvironmentLacksError(
        f"Maven could not resolve the artifacts: {shorten(errors or said, 300)}",
        hint="Run `mvn dependency:tree` by hand in a small project to see more.",
    )


def _read(stack: Listed, picks: Mapping[str, Release], tree: str) -> dict[str, str]:
    """The artifacts that the direct ones bring. Where one needs another in a higher version than
    the nearest declaration has, that is noted.

    Raises:
        ResolutionError: a direct artifact is needed in a higher major version.
    """
    found: dict[str, str] = {}
    path: list[tuple[int, str]] = []
    for line in tree.splitlines():
        match = _NODE.search(line)
        if not match:
            continue
        name, version = f"{match['group']}:{match['artifact']}", match["version"]
        depth = match.start() // 3
        while path and path[-1][0] >= depth:
            path.pop()
        parent = path[-1][1] if path else ""
        path.append((depth, f"{name} {version}"))
        if "omitted for" not in match["rest"]:
            if name not in picks:
                found[name] = version
            continue
        kept = _WANTED.search(match["rest"])
        if not kept or not is_lower("maven", kept[1], version) or not parent:
            continue
        text = f"{parent} wants {name} {version}, and {kept[1]} is there"
        if name in picks and _major(version) != _major(kept[1]):
            raise ResolutionError(
                f"These artifacts do not go together: {text}.",
                hint="Loosen a range, or leave an artifact out.",
            )
        if not any(f"wants {name} {version}" in note for note in stack.notes):
            stack.notes.append(f"{text}: Maven takes the nearest declaration.")
    return found


def _major(version: str) -> str:
    return version.partition(".")[0]
