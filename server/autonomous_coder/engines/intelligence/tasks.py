"""What a service is to do by itself: on a schedule, or in the background.

`a shop API that sends a reminder every night` is an API with a job; the words of the job are taken
out of the request, so that they are not read as things to be stored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import jobs, timing
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.inflect import singular
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.languages.common.purging import is_end
from autonomous_coder.models.spec import Job, Question

FEATURE = "background_jobs"
_BACKGROUND = re.compile(r"\s*\bin the background\b", re.IGNORECASE)
_BEFORE = word_set(
    """that which and it to should must will then also automatically service api app server system
    backend shall"""
)
"""Words that a task can follow: what comes after `users can` is done by users."""
_WORD = re.compile(r"[A-Za-z][\w'-]*|[,:]")
_LEAD = re.compile(
    r"[\s,]*(?:\b(?:and|that|which|it|should|must|will|shall|to|also|then|automatically|where|the"
    r" (?:service|api|app|server|system|backend))\b[\s,]*)*$",
    re.IGNORECASE,
)


def _module(job: Job) -> str:
    return job.name.strip("_").replace("_", "-")


_PATHS: dict[str, Callable[[Job], str]] = {
    "python": lambda job: f"app/jobs/{job.name}.py",
    "typescript": lambda job: f"src/jobs/{_module(job)}.ts",
    "javascript": lambda job: f"src/jobs/{_module(job)}.js",
    "go": lambda job: f"internal/jobs/{job.name.replace('_', '').lower()}.go",
}
"""Where a host's code of a job is, in each language that can have some."""


@dataclass(slots=True)
class Tasks:
    """`rest` is the request without them."""

    rest: str
    jobs: list[Job] = field(default_factory=list)
    purged: dict[str, bool] = field(default_factory=dict)
    assumptions: list[str] = field(default_factory=list)


def taken(text: str) -> Tasks:
    """The tasks of a service's description, sentence by sentence."""
    work, rest = jobs.Work(), ""
    for sentence in re.split(r"(?<=[.;!?\n])(?=\s)", text):
        rest += _sentence(sentence, work)
    return Tasks(rest, work.jobs, work.purged, work.assumptions)


def settle(tasks: Tasks, found: Findings) -> None:
    """Add what tasks need to what was found: the feature, and rows that are deleted."""
    if not tasks.jobs:
        return
    found.features.setdefault(FEATURE, None)
    for noun, ends in tasks.purged.items():
        if singular(noun.rsplit(" ", 1)[-1]) in found.mentions:
            noun = singular(noun.rsplit(" ", 1)[-1])
        if ends:
            mention = found.mention(noun)
            if not any(is_end(known) for known in mention.fields):
                mention.add(make("expires_at"))


def questions(tasks: list[Job], language: str) -> list[Question]:
    """How the host hands in what no template knows, where the language has such jobs."""
    return jobs.unknown_logic(tasks, _PATHS[language]) if language in _PATHS else []


def _sentence(sentence: str, work: jobs.Work) -> str:
    """What is left of a sentence without its tasks."""
    left, at = "", 0
    while True:
        found = _next(sentence, at)
        if found is None:
            return left + sentence[at:]
        start, end, said = found
        clause = " ".join(_BACKGROUND.sub(" ", said).replace(",", " ").split()).strip(" .;!")
        jobs.add(clause, jobs.verb_of(clause.split()[0]), work)
        left += _LEAD.sub("", sentence[at:start])
        at = end


def _next(sentence: str, at: int) -> tuple[int, int, str] | None:
    """Where the first task after `at` begins and ends, and its words, the time last."""
    starts = _starts(sentence, at)
    for first, last in _times(sentence, at):
        end = _end(sentence, last)
        before = [start for start in starts if start < first]
        if before:
            return before[-1], end, sentence[before[-1] : end]
        after = [start for start in starts if start >= end]
        if after and not sentence[at:first].strip(" ,"):
            stop = after[1] if len(after) > 1 else len(sentence.rstrip(" .;!?"))
            return first, stop, f"{sentence[after[0] : stop]} {sentence[first:end]}"
    return None


def _times(sentence: str, at: int) -> list[tuple[int, int]]:
    """Where it is said when something is done, or that nobody waits for it."""
    found = [match.span() for match in _BACKGROUND.finditer(sentence, at)]
    return sorted([*found, *timing.times(sentence, at)])


def _starts(sentence: str, at: int) -> list[int]:
    """Where verbs stand of which something else than a user is the subject."""
    found, before = [], ""
    for word in _WORD.finditer(sentence):
        text = word.group().lower()
        free = not before or before in _BEFORE or before in ",:"
        if word.start() >= at and free and jobs.verb_of(text):
            found.append(word.start())
        before = text
    return found


def _end(sentence: str, at: int) -> int:
    """Behind all that says when, which may be said in two parts."""
    for first, last in _times(sentence, at):
        if sentence[at:first].strip(" ,"):
            break
        at = max(at, last)
    return at
