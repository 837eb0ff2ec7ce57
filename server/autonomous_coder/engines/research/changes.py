"""What changed for packages since a version or a day that somebody remembers.

Release data tell the majors passed, raised runtimes and withdrawn versions; the knowledge base
tells successors, renamed interfaces and what breaks. Each change says where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import anyio

from autonomous_coder.engines.knowledge import KnowledgeBase, Passage
from autonomous_coder.engines.research.facts import describe_source, newest_of
from autonomous_coder.engines.research.lookup import Fact, Lookup
from autonomous_coder.engines.research.refs import as_ref
from autonomous_coder.errors import CoderError, InvalidInputError
from autonomous_coder.models.technology import Change, PackageRef
from autonomous_coder.registries import REGISTRIES
from autonomous_coder.registries.base import Depth, Release

MAX_CHANGES = 100
MAX_OF_A_PACKAGE = 14
MAX_MAJORS = 5
MAX_WITHDRAWN = 3
MAX_TEXT_CHARS = 500
IMPORTANCE = {
    "successor": 0,
    "withdrawn": 1,
    "deprecated": 2,
    "major": 3,
    "renamed": 4,
    "runtime": 5,
    "note": 6,
    "minor": 7,
}
NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of a package: a version, or a day, or neither."""

    version: str = ""
    day: str = ""

    def __str__(self) -> str:
        return self.version or self.day


class Changes:
    """Finds what changed; one package's failure stays with that package."""

    def __init__(self, lookup: Lookup, knowledge: KnowledgeBase) -> None:
        self._lookup = lookup
        self._knowledge = knowledge

    async def of(
        self,
        refs: Sequence[PackageRef],
        known: Mapping[str, str],
        since: date | None,
        *,
        offline: bool,
    ) -> list[Change]:
        """See `ResearchEngine.changes`."""
        remembered = _remembered(known)
        asked = list(dict.fromkeys((ref.ecosystem, ref.name) for ref in refs))
        found: dict[tuple[str, str], list[Change]] = {}

        async def ask(ecosystem: str, name: str) -> None:
            version = remembered.get((ecosystem, name), "")
            memory = Memory(version, since.isoformat() if since and not version else "")
            found[ecosystem, name] = await self._of_one(ecosystem, name, memory, offline)

        await anyio.to_thread.run_sync(self._knowledge.documents)
        async with anyio.create_task_group() as group:
            for ecosystem, name in asked:
                group.start_soon(ask, ecosystem, name)
        changes = [change for key in asked for change in found[key]]
        # Stable: within a kind the packages stay in the order asked.
        changes.sort(key=_importance)
        return changes[:MAX_CHANGES]

    async def _of_one(
        self, ecosystem: str, name: str, memory: Memory, offline: bool
    ) -> list[Change]:
        package = f"{ecosystem}:{name}"
        told: list[Change] = []
        current = False
        try:
            fact = await self._lookup.get(ecosystem, name, depth=Depth.FULL, offline=offline)
            told += _released(package, fact, memory)
            memory = _dated(fact, memory)
            current = bool(memory.version) and not any(c.kind == "major" for c in told)
        except CoderError as error:
            told.append(
                Change(
                    package=package,
                    kind="note",
                    text=f"The registry could not be asked ({error.message.rstrip('.')}): newer "
                    "majors, withdrawn versions and runtimes are not known.",
                    source=REGISTRIES[ecosystem].title,
                )
            )
        told += _curated(package, self._knowledge.about(ecosystem, name), name, memory, current)
        told.sort(key=_importance)
        return told[:MAX_OF_A_PACKAGE]


def _importance(change: Change) -> int:
    if change.kind == "withdrawn" and not change.since:
        # Other versions than the one remembered: the newest is offered in any case.
        return IMPORTANCE["minor"]
    return IMPORTANCE[change.kind]


def _remembered(known: Mapping[str, str]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for text, version in known.items():
        ref = as_ref(text)
        if not NUMBER.search(version) or len(version) > 100:
            raise InvalidInputError(
                f"'{version[:40]}' is not a version of '{ref.name}'.",
                hint="Write what you know as 'pypi:pydantic' -> '1.10'.",
            )
        found[ref.ecosystem, ref.name] = version.strip()
    return found


def _released(package: str, fact: Fact, memory: Memory) -> Iterator[Change]:
    """What release data tell."""
    ecosystem = package.partition(":")[0]
    source = describe_source(REGISTRIES[ecosystem].title, fact)
    record = fact.record
    if record is None:
        yield Change(package=package, kind="note", text="There is no such package.", source=source)
        return
    if record.deprecated:
        yield Change(
            package=package,
            kind="deprecated",
            text=f"Its authors say: {_cut(record.deprecated)!r}",
            source=source,
        )
    newest = newest_of(record)
    if newest is None:
        yield Change(
            package=package, kind="note", text="It has no stable release to use.", source=source
        )
        return
    stable = [r for r in record.releases if not r.prerelease]
    usable = [r for r in stable if not r.withdrawn]
    base = _baseline(usable, memory)
    if memory.day and not base and not any(r.published for r in usable):
        text = f"Release days are not told here; the newest is {newest.version}."
        yield Change(package=package, kind="note", text=text, source=source)
        return
    if not memory.version and not memory.day:
        yield _newest(package, newest, source)
        return
    if not base and memory.day and usable:
        text = f"First released after {memory.day}; the newest is {newest.version}{_on(newest)}."
        yield Change(package=package, kind="note", text=text, source=source)
    known = _numbers(memory.version) if memory.version else _numbers(base.version if base else "")
    yield from _withdrawn(package, stable, memory, source)
    if not known:
        return
    yield from _majors(package, usable, known, newest, source)
    if base and base.runtime != newest.runtime and newest.runtime:
        yield Change(
            package=package,
            kind="runtime",
            since=_first_with(usable, newest.runtime),
            text=f"{newest.version} requires {newest.runtime}; {base.version} "
            + (f"required {base.runtime}." if base.runtime else "named no requirement."),
            source=source,
        )


def _majors(
    package: str,
    usable: Sequence[Release],
    known: tuple[int, ...],
    newest: Release,
    source: str,
) -> Iterator[Change]:
    """The major lines after the known one, newest first, else how far its own line went."""
    lines: dict[tuple[int, ...], list[Release]] = {}
    for release in usable:
        numbers = _numbers(release.version)
        if numbers and _line(numbers) > _line(known):
            lines.setdefault(_line(numbers), []).append(release)
    passed = sorted(lines, reverse=True)
    for line in passed[:MAX_MAJORS]:
        # Releases stand newest first: the last is the one that opened the line.
        newest_of_line, first = lines[line][0], lines[line][-1]
        name = ".".join(map(str, line))
        text = f"Version {name}: first {first.version}{_on(first)}"
        if newest_of_line is not first:
            text += f", now {newest_of_line.version}{_on(newest_of_line)}"
        yield Change(
            package=package,
            kind="major",
            since=first.published[:10] or first.version,
            text=f"{text}.",
            source=source,
        )
    if len(passed) > MAX_MAJORS:
        rest = passed[MAX_MAJORS:]
        text = f"{len(rest)} more major versions before them, from {rest[-1][0]} on."
        yield Change(package=package, kind="major", text=text, source=source)
    if not passed and _numbers(newest.version) > known:
        yield _newest(package, newest, source)


def _withdrawn(
    package: str, stable: Sequence[Release], memory: Memory, source: str
) -> Iterator[Change]:
    """The remembered version, and newer ones, that must not be used any more."""
    known = _numbers(memory.version)
    later: list[str] = []
    for release in stable:
        if not release.withdrawn:
            continue
        if memory.version and release.version.lstrip("v") == memory.version.lstrip("v"):
            yield Change(
                package=package,
                kind="withdrawn",
                since=release.version,
                text=f"{release.version} was withdrawn: {_cut(release.withdrawn)!r}",
                source=source,
            )
        elif (known and _numbers(release.version) > known) or (
            memory.day and release.published[:10] > memory.day
        ):
            later.append(release.version)
    if later:
        more = f" and {len(later) - MAX_WITHDRAWN} more" if len(later) > MAX_WITHDRAWN else ""
        text = f"Withdrawn since then: {', '.join(later[:MAX_WITHDRAWN])}{more}."
        yield Change(package=package, kind="withdrawn", text=text, source=source)


def _curated(
    package: str, passages: Sequence[Passage], name: str, memory: Memory, current: bool
) -> Iterator[Change]:
    """What the knowledge base tells that came after what is remembered. Who knows the `current`
    major is not told what bears no version."""
    for passage in passages:
        if not passage.document.id.startswith("changes/") or _before(
            passage, name, memory, current
        ):
            continue
        since = passage.since_of(name)
        shown = f"{since.version} ({since.day})" if since and since.version and since.day else ""
        successor = passage.successor_of(name)
        kind = "successor" if successor is not None else "renamed" if passage.renames else "note"
        text = f"{passage.heading}. {' '.join(passage.prose.split())}"
        if passage.renames:
            text += " Renamed: " + "; ".join(f"{a} -> {b}" for a, b in passage.renames) + "."
        yield Change(
            package=package,
            kind=kind,
            since=shown or (since.version or since.day if since else ""),
            text=_cut(text),
            source=f"{passage.document.id} (knowledge base, verified {passage.document.verified})",
        )


def _before(passage: Passage, name: str, memory: Memory, current: bool) -> bool:
    """Whether a change is older than what is remembered. Where that is not known it is told."""
    since = passage.since_of(name)
    if passage.successor_of(name) is not None:
        return False
    if since is None:
        return current
    if memory.version and since.version:
        return _numbers(since.version) <= _numbers(memory.version)
    return bool(memory.day and since.day) and since.day <= memory.day


def _baseline(usable: Sequence[Release], memory: Memory) -> Release | None:
    """The newest release somebody could have meant: of that version or before that day."""
    if memory.version:
        known = _numbers(memory.version)
        for release in usable:
            numbers = _numbers(release.version)
            if numbers and numbers[: len(known)] <= known:
                return release
        return None
    if memory.day:
        before = [r for r in usable if r.published and r.published[:10] <= memory.day]
        return max(before, key=lambda r: _numbers(r.version), default=None)
    return None


def _dated(fact: Fact, memory: Memory) -> Memory:
    """A day together with the version that was newest then, where release days are told."""
    if memory.version or not memory.day or fact.record is None:
        return memory
    usable = [r for r in fact.record.releases if not r.prerelease and not r.withdrawn]
    base = _baseline(usable, memory)
    return Memory(base.version, memory.day) if base else memory


def _first_with(usable: Sequence[Release], runtime: str) -> str:
    """The version from which on the newest runtime requirement holds."""
    found = ""
    for release in usable:
        if release.runtime != runtime:
            break
        found = release.version
    return found


def _newest(package: str, newest: Release, source: str) -> Change:
    return Change(
        package=package,
        kind="minor",
        since=newest.published[:10] or newest.version,
        text=f"The newest is {newest.version}{_on(newest)}.",
        source=source,
    )


def _on(release: Release) -> str:
    return f" ({release.published[:10]})" if release.published else ""


def _line(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """What counts as major: before 1.0 every minor may break."""
    return numbers[:1] if numbers[0] else (*numbers, 0)[:2]


def _numbers(version: str) -> tuple[int, ...]:
    """`v1.2.3+incompatible` -> (1, 2, 3)."""
    match = re.match(r"\D*(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in match[1].split(".")) if match else ()


def _cut(text: str) -> str:
    if len(text) <= MAX_TEXT_CHARS:
        return text
    return text[:MAX_TEXT_CHARS].rsplit(" ", 1)[0] + " …"
