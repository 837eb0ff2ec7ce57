"""Research as an operation: facts, what fits together, documentation, what changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import anyio

from autonomous_coder.engines.research import ResearchEngine, parse_ref
from autonomous_coder.errors import CoderError, InvalidInputError, ResolutionError
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.questions import MAX_PACKAGES, MAX_TOPIC_CHARS, ResearchQuestion
from autonomous_coder.models.results import ResearchResult
from autonomous_coder.models.runs import RunKind
from autonomous_coder.models.technology import PackageRef
from autonomous_coder.orchestrator.runs import Reporter, RunManager
from autonomous_coder.orchestrator.steps import Engines
from autonomous_coder.settings import ResearchSettings

RUNTIMES = {"pypi": "python", "npm": "node", "crates": "rust", "go": "go", "maven": "java"}
"""Ecosystems whose packages can be resolved together, and what they run on."""
DEFAULT_PYTHON = ">=3.11"
MAX_DOCUMENTED = 5
MAX_PASSAGES = 12
_RANGE = r"(?:\.[xX]\b|[^,;A-Za-z])*"
_PARTS = re.compile(
    rf"([A-Za-z][A-Za-z.]+)\s*((?:v(?=\d)|[<>=!~^*\d]){_RANGE}(?:,\s*[<>=!~^]{_RANGE})*)"
)
_OTHER_NAMES = {"node.js": "node", "nodejs": "node", "golang": "go", "jdk": "java"}


class Researching:
    """Answers questions about packages, topics and pages."""

    def __init__(self, engines: Engines, runs: RunManager) -> None:
        self._e = engines
        self._runs = runs

    async def start(self, question: ResearchQuestion) -> str:
        """Answer in the background. Returns the run's id.

        Raises:
            InvalidInputError: nothing is asked, too much, or something malformed.
        """
        check_question(question)
        asked = question.model_dump(mode="json", exclude_defaults=True)
        run = await self._e.store.create_run(RunKind.RESEARCH, asked)

        async def work(_: Reporter) -> ResearchResult:
            return await self.answer(question)

        return await self._runs.start(run, work)

    async def answer(self, question: ResearchQuestion) -> ResearchResult:
        """All that is asked, at once; what one source does not answer is said in the notes.

        Raises:
            InvalidInputError: nothing is asked, too much, or something malformed.
        """
        refs = check_question(question)
        answer = _Answer(self._e.research, question, refs, self._e.settings.research)
        return await answer.give()

    async def learn(self, findings: Mapping[str, Any]) -> None:
        """Keep what was found out: topic -> statement, or topic -> {statement, source, day}. It is
        told as reported and not verified; the newest of a topic counts, history is kept.

        Raises:
            InvalidInputError: more than 100, too long, or a day that is none.
        """
        await self._e.research.update_knowledge_base(findings)
        await self._e.store.audit("knowledge.report", "findings", count=len(findings))


class _Answer:
    """One question's answer while it comes together."""

    def __init__(
        self,
        engine: ResearchEngine,
        question: ResearchQuestion,
        refs: Sequence[PackageRef],
        settings: ResearchSettings,
    ) -> None:
        self._engine = engine
        self._question = question
        self._refs = refs
        self._offline = question.offline or settings.offline
        asked = question.minimum_age_days
        self._minimum_age = settings.minimum_age_days if asked is None else asked
        self._result = ResearchResult()

    async def give(self) -> ResearchResult:
        """Ask every source that the question concerns."""
        question, result = self._question, self._result
        async with anyio.create_task_group() as group:
            if self._refs:
                group.start_soon(self._facts)
            if question.joint:
                for ecosystem in dict.fromkeys(ref.ecosystem for ref in self._refs):
                    group.start_soon(self._together, ecosystem)
            if question.known or question.since:
                group.start_soon(self._changes)
            if question.url:
                group.start_soon(self._documents, question.url, "")
            elif question.topic and self._refs:
                for ref in self._refs[:MAX_DOCUMENTED]:
                    about = f"{ref.ecosystem}:{ref.name}"
                    group.start_soon(self._documents, about, ref.range)
            elif question.topic:
                group.start_soon(self._topic)
        if question.topic and len(self._refs) > MAX_DOCUMENTED:
            result.notes.append(f"The topic was asked of the first {MAX_DOCUMENTED} packages.")
        result.passages.sort(key=lambda passage: -passage.score)
        del result.passages[MAX_PASSAGES:]
        result.resolutions.sort(key=lambda found: list(RUNTIMES).index(found.ecosystem))
        return result

    async def _facts(self) -> None:
        self._result.packages = await self._engine.research(self._refs, offline=self._offline)

    async def _together(self, ecosystem: str) -> None:
        if ecosystem not in RUNTIMES:
            self._result.notes.append(
                f"{ecosystem} packages cannot be resolved together here; their facts stand alone."
            )
            return
        mine = [ref for ref in self._refs if ref.ecosystem == ecosystem]
        dependencies = Dependencies(
            ecosystem=ecosystem,
            runtime=runtime_for(self._question.runtime, ecosystem, self._ecosystems()),
            packages=[_requirement(ref) for ref in mine],
            minimum_age_days=self._minimum_age,
        )
        try:
            found = await self._engine.resolve(dependencies, offline=self._offline)
        except ResolutionError as error:
            self._result.compatible = False
            self._result.notes.append(str(error))
            await self._conflict(mine, dependencies.runtime)
            return
        except CoderError as error:
            self._result.notes.append(f"{ecosystem}: {error}")
            return
        self._result.resolutions.append(found)
        if self._result.compatible is None:
            self._result.compatible = True

    async def _conflict(self, refs: Sequence[PackageRef], runtime: str) -> None:
        """Which of these cannot be had together, and what is near and works."""
        stack = {f"{ref.ecosystem}:{ref.name}": ref.range for ref in refs}
        if runtime:
            stack[RUNTIMES[refs[0].ecosystem]] = runtime
        try:
            found = await self._engine.check_compatibility(stack, offline=self._offline)
        except CoderError as error:
            self._result.notes.append(f"The conflict could not be narrowed down: {error}")
            return
        self._result.conflict += found.conflict
        self._result.nearest += found.nearest
        self._result.notes += found.notes

    def _ecosystems(self) -> list[str]:
        return list(dict.fromkeys(ref.ecosystem for ref in self._refs))

    async def _changes(self) -> None:
        question = self._question
        try:
            self._result.changes = await self._engine.changes(
                self._refs, question.known, question.since, offline=self._offline
            )
        except CoderError as error:
            self._result.notes.append(f"What changed is not known: {error}")

    async def _documents(self, about: str, version: str) -> None:
        try:
            found = await self._engine.documentation(
                about, self._question.topic, version=version, offline=self._offline
            )
        except CoderError as error:
            self._result.notes.append(f"{_without_login(about)}: {error}")
            return
        self._result.passages += found.passages
        self._result.notes += found.notes

    async def _topic(self) -> None:
        topic = self._question.topic
        info = await self._engine.research_technology(topic)
        self._result.packages.append(info)
        if self._offline:
            return
        found = await self._engine.search_web(topic)
        self._result.passages += found.passages
        self._result.notes += found.notes


def runtime_for(asked: str, ecosystem: str, ecosystems: Sequence[str]) -> str:
    """The runtime range of an ecosystem in a text such as `python >=3.11, node 20`, or in a bare
    range when there is one ecosystem alone. Empty when none is named (Python: the lowest we
    support).

    Raises:
        InvalidInputError: a bare range for several ecosystems, or an unknown runtime.
    """
    found: dict[str, str] = {}
    rest = _PARTS.sub("", asked).strip(" ,;")
    for word, range_ in _PARTS.findall(asked):
        name = _OTHER_NAMES.get(word.lower(), word.lower())
        if name not in RUNTIMES.values():
            raise InvalidInputError(
                f"'{f'{word} {range_}'.strip()[:60]}' names no runtime.",
                hint="Write it like 'python >=3.11, node 20'; also rust, go and java.",
            )
        found[name] = range_.strip().removeprefix("v")
    if found and rest:
        raise InvalidInputError(
            f"'{rest[:60]}' in the runtime cannot be read.",
            hint="Write it like 'python >=3.11, node 20'; also rust, go and java.",
        )
    bare = asked.strip()
    if not found and bare:
        if len(ecosystems) > 1:
            raise InvalidInputError(
                f"It is not said of which runtime '{bare[:60]}' speaks.",
                hint="Write it like 'python >=3.11, node 20'.",
            )
        return bare
    return found.get(RUNTIMES[ecosystem], DEFAULT_PYTHON if ecosystem == "pypi" else "")


def check_question(question: ResearchQuestion) -> list[PackageRef]:
    """The packages it names.

    Raises:
        InvalidInputError: nothing is asked, too much, or something malformed.
    """
    if not (question.packages or question.topic.strip() or question.url.strip()):
        raise InvalidInputError(
            f"Name 1 to {MAX_PACKAGES} packages, a topic or a url.",
            hint="For example pypi:fastapi, npm:react@^19, crates:serde, maven:group:artifact.",
        )
    if len(question.packages) > MAX_PACKAGES:
        raise InvalidInputError(
            f"Name at most {MAX_PACKAGES} packages.", hint="Ask for the rest afterwards."
        )
    if len(question.topic) > MAX_TOPIC_CHARS:
        raise InvalidInputError(
            f"The topic is longer than {MAX_TOPIC_CHARS} characters.", hint="Ask in fewer words."
        )
    if (question.joint or question.known or question.since) and not question.packages:
        raise InvalidInputError(
            "joint, known and since speak of packages, and none is named.",
            hint="Pass packages, e.g. ['pypi:fastapi', 'pypi:sqlalchemy'].",
        )
    refs = [parse_ref(text) for text in question.packages]
    if question.joint:
        ecosystems = list(dict.fromkeys(ref.ecosystem for ref in refs))
        for ecosystem in ecosystems:
            if ecosystem in RUNTIMES:
                runtime_for(question.runtime, ecosystem, ecosystems)
    return refs


def _requirement(ref: PackageRef) -> str:
    """A package with its range in the ecosystem's own spelling; a bare Python version means it."""
    if ref.ecosystem != "pypi":
        return f"{ref.name}@{ref.range}" if ref.range else ref.name
    return f"{ref.name}{'==' if ref.range[:1].isdigit() else ''}{ref.range}"


def _without_login(address: str) -> str:
    """An address as it may be shown: what stands before an @ in its host part could be a secret."""
    return re.sub(r"//[^/@\s]*@", "//", address)[:200]
