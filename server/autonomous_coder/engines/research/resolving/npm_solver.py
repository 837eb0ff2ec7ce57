"""The newest npm versions whose engines, peers and families accept each other. Pure.

npm does not step a root dependency back when its peers or engines do not fit, so this does. Search
starts at the newest of everything; each constraint that is broken splits the question in two: the
one that sets it steps back, or the one it is set upon. The least step back in sum is tried first,
so that the first set without a broken constraint is the nearest to the newest one.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.registries import semver
from autonomous_coder.registries.histories import NpmVersion

MAX_STATES = 6_000
RECENT = 12
IN_STEP = 0.75
BEYOND = "99999.0.0"
EXACT, LINE, MAJOR = "exact", "line", "major"


@dataclass(frozen=True, slots=True)
class Broken:
    """A constraint that two chosen versions break: `setter` asks `range` of `target`."""

    setter: str
    target: str
    reason: str


@dataclass(slots=True)
class Problem:
    """Candidates per package, best first; `families` says how two names go in step."""

    candidates: dict[str, list[NpmVersion]]
    families: dict[tuple[str, str], str] = field(default_factory=dict)
    weight: dict[str, float] = field(default_factory=dict)
    newest: dict[str, NpmVersion] = field(default_factory=dict)
    """The newest version of each, whether or not it may be chosen."""
    caps: dict[tuple[str, str], tuple[int, ...] | None] = field(default_factory=dict)
    """(setter, target) -> the highest version that the setter's newest takes; filled in use."""

    def cap(self, setter: str, target: str) -> tuple[int, ...] | None:
        """The highest candidate of `target` that the newest `setter` takes as its peer, where that
        range has an upper end; else None. An older setter that says less was written before what
        is above it was there: its silence is no consent."""
        pair = (setter, target)
        if pair not in self.caps:
            newest = self.newest.get(setter)
            range_ = newest.peers.get(target) if newest else None
            found: tuple[int, ...] | None = None
            if range_ is not None and not accepts(range_, BEYOND):
                taken = [
                    parsed.core
                    for row in self.candidates[target]
                    if accepts(range_, row.version) and (parsed := semver.parse(row.version))
                ]
                found = max(taken, default=None)
            self.caps[pair] = found
        return self.caps[pair]


@dataclass(slots=True)
class Solution:
    """The chosen versions, or why there are none."""

    chosen: dict[str, NpmVersion] | None
    reasons: list[str] = field(default_factory=list)


def solve(problem: Problem) -> Solution:
    """The set nearest to the newest of everything without a broken constraint."""
    names = list(problem.candidates)
    empty = [name for name in names if not problem.candidates[name]]
    if empty:
        return Solution(None, [f"nothing of {name} is left" for name in empty])
    pairs = _pairs(problem)
    costs = {name: _costs(problem.candidates[name]) for name in names}
    start = tuple(0 for _ in names)
    heap: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, start)]
    seen = {start}
    reasons: dict[str, int] = {}
    place = {name: index for index, name in enumerate(names)}
    for count in range(MAX_STATES):
        if not heap:
            break
        cost, _, state = heapq.heappop(heap)
        chosen = {name: problem.candidates[name][i] for name, i in zip(names, state, strict=True)}
        broken = _first_broken(problem, pairs, chosen)
        if broken is None:
            return Solution(chosen)
        reasons[broken.reason] = reasons.get(broken.reason, 0) + 1
        for moved in (_without_setter, _without_target):
            step = moved(problem, chosen, broken, {n: state[place[n]] for n in names})
            if step is None:
                continue
            name, index = step
            follower = tuple(index if n == name else i for n, i in zip(names, state, strict=True))
            if follower in seen:
                continue
            seen.add(follower)
            weight = problem.weight.get(name, 1.0)
            before = costs[name][state[place[name]]]
            further = cost + weight * (costs[name][index] - before)
            heapq.heappush(heap, (further, count * 2 + len(heap), follower))
    told = sorted(reasons, key=lambda reason: -reasons[reason])
    return Solution(None, told[:3])


def broken_by(
    problem: Problem, chosen: Mapping[str, NpmVersion], name: str, version: NpmVersion
) -> Broken | None:
    """The constraint that would be broken if `name` were `version` and the rest as chosen."""
    changed = {**chosen, name: version}
    for other in chosen:
        if other == name:
            continue
        for pair in ((name, other), (other, name)):
            found = _check(problem, changed, *pair)
            if found:
                return found
    return None


def accepts(range_: str, version: str) -> bool:
    """Whether a range takes a version; one that is no range of versions takes everything."""
    try:
        return semver.satisfies(version, range_)
    except InvalidInputError:
        return True


def families_of(histories: Mapping[str, Sequence[NpmVersion]]) -> dict[tuple[str, str], str]:
    """How related packages go in step, seen from what was released.

    Related are names of one scope, a scope and the name it is made of (`prisma`, `@prisma/client`),
    a name that continues another (`react`, `react-dom`), and the types of a package. They are in
    step when most of the recent versions of each exist of the other, too.
    """
    found: dict[tuple[str, str], str] = {}
    names = sorted(histories)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            if _types_of(one, other) or _types_of(other, one):
                types, package = (one, other) if _types_of(one, other) else (other, one)
                if _share(_lines(histories[types], 1), _lines(histories[package], 1)) > 0:
                    found[types, package] = MAJOR
            elif _related(one, other):
                step = _step(histories[one], histories[other])
                if step:
                    found[one, other] = step
    return found


def in_step(step: str, one: str, other: str) -> bool:
    """Whether two versions are in step."""
    first, second = semver.parse(one), semver.parse(other)
    if first is None or second is None or step == EXACT:
        return one == other
    return first[:2] == second[:2] if step == LINE else first[0] == second[0]


def _types_of(types: str, package: str) -> bool:
    if not types.startswith("@types/"):
        return False
    plain = types.removeprefix("@types/")
    return plain == package or ("__" in plain and "@" + plain.replace("__", "/", 1) == package)


def _related(one: str, other: str) -> bool:
    if one.startswith("@types/") or other.startswith("@types/"):
        return False
    scope, other_scope = _scope(one), _scope(other)
    if scope and other_scope:
        return scope == other_scope
    if scope or other_scope:
        plain = other if scope else one
        return (scope or other_scope) in (plain, plain.split("-")[0])
    short, long = sorted((one, other), key=len)
    return long.startswith(f"{short}-")


def _scope(name: str) -> str:
    return name[1:].partition("/")[0] if name.startswith("@") else ""


def _step(one: Sequence[NpmVersion], other: Sequence[NpmVersion]) -> str:
    mine, theirs = [v.version for v in one], [v.version for v in other]
    if min(len(mine), len(theirs)) < 3:
        return ""
    if _share(mine[:RECENT], theirs) >= IN_STEP and _share(theirs[:RECENT], mine) >= IN_STEP:
        return EXACT
    lines, other_lines = _lines(one, 2), _lines(other, 2)
    both = _share(lines[:6], other_lines), _share(other_lines[:6], lines)
    return LINE if min(both) >= IN_STEP and min(len(lines), len(other_lines)) >= 4 else ""


def _lines(versions: Sequence[NpmVersion], parts: int) -> list[str]:
    lines = dict.fromkeys(".".join(v.version.split(".")[:parts]) for v in versions)
    return list(lines)


def _share(some: Sequence[str], of: Sequence[str]) -> float:
    known = set(of)
    return sum(1 for item in some if item in known) / len(some) if some else 0.0


def _pairs(problem: Problem) -> list[tuple[str, str]]:
    """The ordered pairs between which some version sets a constraint."""
    names = set(problem.candidates)
    found: dict[tuple[str, str], None] = dict.fromkeys(problem.families)
    for name, versions in problem.candidates.items():
        newest = problem.newest.get(name)
        for version in (*versions, *((newest,) if newest else ())):
            for peer in version.peers:
                if peer in names and peer != name:
                    found[name, peer] = None
    return list(found)


def _first_broken(
    problem: Problem, pairs: Sequence[tuple[str, str]], chosen: Mapping[str, NpmVersion]
) -> Broken | None:
    for setter, target in pairs:
        found = _check(problem, chosen, setter, target)
        if found:
            return found
    return None


def _check(
    problem: Problem, chosen: Mapping[str, NpmVersion], setter: str, target: str
) -> Broken | None:
    one, other = chosen[setter], chosen[target]
    range_ = one.peers.get(target)
    if range_ is not None and not accepts(range_, other.version):
        return Broken(setter, target, f"{setter} {one.version} asks for {target} {range_}")
    if _is_open(range_) and (cap := problem.cap(setter, target)) is not None:
        parsed = semver.parse(other.version)
        if parsed and parsed.core > cap:
            newest = problem.newest[setter]
            asked = f"{setter} {newest.version} asks for {target} {newest.peers[target]}"
            return Broken(setter, target, asked)
    step = problem.families.get((setter, target))
    if step and not in_step(step, one.version, other.version):
        what = {EXACT: "version", LINE: "minor version", MAJOR: "major version"}[step]
        return Broken(setter, target, f"{setter} and {target} go in step: same {what}")
    return None


def _is_open(range_: str | None) -> bool:
    return range_ is None or accepts(range_, BEYOND)


def _compatible(problem: Problem, setter: NpmVersion, target: NpmVersion, broken: Broken) -> bool:
    pair = {broken.setter: setter, broken.target: target}
    return _check(problem, pair, broken.setter, broken.target) is None


def _without_setter(
    problem: Problem, chosen: Mapping[str, NpmVersion], broken: Broken, at: Mapping[str, int]
) -> tuple[str, int] | None:
    """The setter one step back: to its next version that asks for something else and goes with
    some version that the target may still be."""
    versions = problem.candidates[broken.setter]
    targets = problem.candidates[broken.target][at[broken.target] :]
    family = (broken.setter, broken.target) in problem.families
    tried = {chosen[broken.setter].peers.get(broken.target)}
    for index in range(at[broken.setter] + 1, len(versions)):
        asked = versions[index].peers.get(broken.target)
        # What asks for the same is covered by stepping the target back.
        if not family and asked in tried:
            continue
        tried.add(asked)
        if any(_compatible(problem, versions[index], target, broken) for target in targets):
            return broken.setter, index
    return None


def _without_target(
    problem: Problem, chosen: Mapping[str, NpmVersion], broken: Broken, at: Mapping[str, int]
) -> tuple[str, int] | None:
    """The target stepped back to its newest version that the setter takes."""
    versions = problem.candidates[broken.target]
    for index in range(at[broken.target] + 1, len(versions)):
        if _compatible(problem, chosen[broken.setter], versions[index], broken):
            return broken.target, index
    return None


def _costs(versions: Sequence[NpmVersion]) -> list[float]:
    """What stepping back to each costs: major lines weigh most, then minor lines, then patches."""
    costs: list[float] = []
    majors: dict[str, None] = {}
    minors: dict[str, None] = {}
    for index, version in enumerate(versions):
        numbers = re.split(r"[.+-]", version.version)
        major = numbers[0] if numbers[0] != "0" else ".".join(numbers[:2])
        if major not in majors:
            majors[major] = None
            minors.clear()
        minors[".".join(numbers[:2])] = None
        costs.append(100.0 * (len(majors) - 1) + 3.0 * min(len(minors) - 1, 25) + 0.01 * index)
    return costs
