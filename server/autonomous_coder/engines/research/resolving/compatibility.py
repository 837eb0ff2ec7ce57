"""Does a stack go together; if not, what is in conflict and what is near and works."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations

from autonomous_coder.engines.research.resolving.asking import version_numbers
from autonomous_coder.engines.research.resolving.base import together
from autonomous_coder.engines.research.resolving.cooldown import is_lower
from autonomous_coder.engines.research.resolving.facade import Resolvers
from autonomous_coder.errors import InvalidInputError, ResolutionError
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Compatibility, Resolution

RUNTIMES = {"python": "pypi", "node": "npm", "rust": "crates", "go": "go", "java": "maven"}
WORDS = {ecosystem: word for word, ecosystem in RUNTIMES.items()}
NEWER = {
    "pypi": (">=3.12", ">=3.13", ">=3.14"),
    "npm": ("20", "22", "24", "26"),
    "crates": (),
    "go": (),
    "maven": ("17", "21", "25"),
}
"""Runtimes that are tried to see whether the one asked for is part of a conflict."""
MAX_CALLS = 48
MAX_SECONDS = 90.0
MAX_LOOSENED = 3
MAX_PACKAGES = 100


@dataclass(slots=True)
class Part:
    """The packages of one ecosystem: name (with extras or features) -> range."""

    ecosystem: str
    runtime: str
    packages: dict[str, str]

    def dependencies(self, names: Sequence[str] | None = None) -> Dependencies:
        """The question for some or all of them."""
        wanted = self.packages if names is None else {n: self.packages[n] for n in names}
        return Dependencies(
            ecosystem=self.ecosystem,
            runtime=self.runtime,
            packages=[self.shown(name) for name in wanted],
        )

    def shown(self, name: str) -> str:
        """A package with its range, as it was asked for."""
        range_ = self.packages[name]
        if self.ecosystem == "pypi":
            return f"{name}{range_}"
        return f"{name}@{range_}" if range_ else name

    def runtime_shown(self) -> str:
        """The runtime with its range."""
        return f"{WORDS[self.ecosystem]} {self.runtime}"

    def loosened(self, names: Sequence[str]) -> Part:
        """The same with no range on some packages."""
        packages = {n: "" if n in names else range_ for n, range_ in self.packages.items()}
        return Part(self.ecosystem, self.runtime, packages)


@dataclass(slots=True)
class Budget:
    """How much may be asked to narrow a conflict down."""

    calls: int = MAX_CALLS
    until: float = field(default_factory=lambda: time.monotonic() + MAX_SECONDS)

    @property
    def spent(self) -> bool:
        return self.calls <= 0 or time.monotonic() > self.until


class CompatibilityCheck:
    """Answers with the resolvers."""

    def __init__(self, resolvers: Resolvers) -> None:
        self._resolvers = resolvers

    async def check(self, stack: Mapping[str, str], *, offline: bool) -> Compatibility:
        """Over all ecosystems at once; the errors are those of `EcosystemResolver.resolve`, save
        ResolutionError, which is the answer."""
        parts = read_stack(stack)
        answers: dict[str, Compatibility] = {}

        async def one(part: Part) -> None:
            answers[part.ecosystem] = await self._part(part, offline)

        await together([partial(one, part) for part in parts])
        found = [answers[part.ecosystem] for part in parts]
        return Compatibility(
            compatible=all(answer.compatible for answer in found),
            conflict=[item for answer in found for item in answer.conflict],
            reason=" ".join(answer.reason for answer in found if answer.reason),
            nearest=[item for answer in found for item in answer.nearest],
            resolutions=[item for answer in found for item in answer.resolutions],
            notes=[item for answer in found for item in answer.notes],
        )

    async def fits(self, stack: Mapping[str, str], *, offline: bool) -> bool:
        """Whether a stack goes together, without looking for the conflict."""
        good: list[bool] = []

        async def one(part: Part) -> None:
            good.append(await self._resolved(part, offline) is not None)

        await together([partial(one, part) for part in read_stack(stack)])
        return all(good)

    async def _part(self, part: Part, offline: bool) -> Compatibility:
        try:
            found = await self._resolvers.resolve(part.dependencies(), offline=offline)
        except ResolutionError as error:
            return await self._explained(part, error, offline)
        return Compatibility(compatible=True, resolutions=[found])

    async def _explained(self, part: Part, error: ResolutionError, offline: bool) -> Compatibility:
        answer = Compatibility(compatible=False, reason=error.message)
        budget = Budget()
        smallest = await self._smallest(part, error.message, budget, offline)
        answer.conflict = [part.shown(name) for name in smallest]
        if budget.spent:
            answer.notes.append(
                "The search for the smallest conflict was cut short: it may be less."
            )
        # Without a word on it in the reason, the runtime has no part in it.
        blamed = WORDS[part.ecosystem] in error.message.lower()
        newer = await self._newer_runtime(part, smallest, offline) if blamed else ""
        if newer:
            answer.conflict.append(part.runtime_shown())
            answer.notes.append(f"On {WORDS[part.ecosystem]} {newer} they go together.")
        nearest = await self._nearest(part, smallest, Budget(), offline)
        if nearest is None and newer:
            nearest = await self._resolved(replace(part, runtime=newer), offline)
        if nearest is None:
            answer.notes.append("No set near to it was found.")
            return answer
        answer.nearest.append(nearest)
        versions = nearest.versions()
        changed = [
            f"{part.shown(name)} -> {versions[_plain(part, name)]}"
            for name in part.packages
            if part.packages[name] and not self._kept(part, name, versions)
        ]
        if changed:
            answer.notes.append(f"Nearest that works: {', '.join(changed)}.")
        return answer

    async def _smallest(self, part: Part, said: str, budget: Budget, offline: bool) -> list[str]:
        """A smallest set of the packages that do not go together: leaving any one out mends it."""
        named = [name for name in part.packages if _mentioned(_plain(part, name), said)]
        suspects = list(part.packages)
        if 0 < len(named) < len(suspects) and not await self._good(part, named, budget, offline):
            suspects = named
        # Halves first, then one by one.
        size = len(suspects) // 2
        while size >= 1 and not budget.spent:
            for start in range(0, len(suspects), size):
                kept = suspects[:start] + suspects[start + size :]
                if kept and not await self._good(part, kept, budget, offline):
                    suspects = kept
                    break
            else:
                size //= 2
                continue
            size = min(size, len(suspects) // 2)
        return suspects

    async def _good(self, part: Part, names: Sequence[str], budget: Budget, offline: bool) -> bool:
        """Whether some of the packages go together; yes when no more may be asked."""
        if budget.spent:
            return True
        budget.calls -= 1
        found = await self._resolvers.quickly(part.dependencies(names), offline=offline)
        return found is not None

    async def _newer_runtime(self, part: Part, names: Sequence[str], offline: bool) -> str:
        """A newer runtime on which the packages go together, or empty."""
        now = version_numbers(part.runtime)
        if not now:
            return ""
        for runtime in NEWER[part.ecosystem]:
            if version_numbers(runtime) <= now:
                continue
            wanted = replace(part, runtime=runtime).dependencies(names)
            if await self._resolvers.quickly(wanted, offline=offline) is not None:
                return runtime
        return ""

    async def _nearest(
        self, part: Part, conflict: Sequence[str], budget: Budget, offline: bool
    ) -> Resolution | None:
        """The whole stack with the fewest ranges loosened; of several such sets the one that steps
        no package back, then the one that stays nearest to what was asked for."""
        ranged = [name for name in conflict if part.packages[name]]
        further = [n for n in part.packages if part.packages[n] and n not in ranged]
        for count in range(1, min(MAX_LOOSENED, len(ranged) + len(further)) + 1):
            found: list[tuple[tuple[int, int], int, Part]] = []
            choices = list(combinations(ranged, count)) if count <= len(ranged) else []
            if count > 1:
                choices += [
                    (*some, *rest)
                    for some in combinations(ranged, 1)
                    for rest in combinations(further, count - 1)
                ]
            for names in choices:
                candidate = part.loosened(names)
                if budget.spent:
                    break
                budget.calls -= 1
                versions = await self._resolvers.quickly(candidate.dependencies(), offline=offline)
                if versions is not None:
                    found.append((self._distance(part, versions), len(found), candidate))
            for _, _, candidate in sorted(found)[:4]:
                if whole := await self._resolved(candidate, offline):
                    return whole
        return None

    async def _resolved(self, part: Part, offline: bool) -> Resolution | None:
        try:
            return await self._resolvers.resolve(part.dependencies(), offline=offline)
        except ResolutionError:
            return None

    def _distance(self, part: Part, versions: Mapping[str, str]) -> tuple[int, int]:
        """(packages below what was asked for, major versions off)."""
        below = majors = 0
        for name, range_ in part.packages.items():
            if not range_ or self._kept(part, name, versions):
                continue
            asked = ".".join(map(str, version_numbers(range_))) or "0"
            got = versions[_plain(part, name)]
            padded = asked + ".0" * (2 - asked.count("."))
            below += is_lower(part.ecosystem, got.lstrip("v"), padded)
            first, other = version_numbers(got)[:1], version_numbers(asked)[:1]
            majors += abs(first[0] - other[0]) if first and other else 0
        return below, majors

    def _kept(self, part: Part, name: str, versions: Mapping[str, str]) -> bool:
        from autonomous_coder.registries import REGISTRIES

        version = versions.get(_plain(part, name), "")
        try:
            return not version or REGISTRIES[part.ecosystem].in_range(version, part.packages[name])
        except InvalidInputError:
            return True


def read_stack(stack: Mapping[str, str]) -> list[Part]:
    """The parts of a stack by ecosystem. A name without an ecosystem is a Python package; the keys
    python, node, rust, go and java name runtimes.

    Raises:
        InvalidInputError: nothing is named, or too much.
    """
    if len(stack) > MAX_PACKAGES:
        raise InvalidInputError(f"More than {MAX_PACKAGES} packages.", hint="Ask for fewer.")
    runtimes: dict[str, str] = {}
    packages: dict[str, dict[str, str]] = {}
    for key, value in stack.items():
        name, range_ = key.strip(), value.strip()
        if range_.lower() in ("latest", "*", "any"):
            range_ = ""
        if name.lower() in RUNTIMES:
            runtimes[RUNTIMES[name.lower()]] = range_
            continue
        ecosystem, colon, rest = name.partition(":")
        known = colon and ecosystem.lower() in WORDS
        ecosystem, name = (ecosystem.lower(), rest) if known else ("pypi", name)
        if ecosystem == "pypi" and range_[:1].isdigit():
            range_ = f"=={range_}"
        packages.setdefault(ecosystem, {})[name] = range_
    runtime = runtimes.get("pypi", "")
    if runtime[:1].isdigit():
        runtimes["pypi"] = f"=={runtime}.*" if runtime.count(".") == 1 else f"=={runtime}"
    return [Part(e, runtimes.get(e, ""), names) for e, names in packages.items()]


def _plain(part: Part, name: str) -> str:
    """A name as resolutions spell it."""
    bare = re.sub(r"\[.*\]$", "", name)
    return re.sub(r"[-_.]+", "-", bare).lower() if part.ecosystem == "pypi" else bare


def _mentioned(name: str, said: str) -> bool:
    return bool(re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w/-])", said, re.I))
