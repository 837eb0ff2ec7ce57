"""Jobs: what is done by itself, read from a clause, and what is demanded and asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import timing
from autonomous_coder.engines.intelligence.inflect import singular
from autonomous_coder.engines.intelligence.names import ascii_words
from autonomous_coder.engines.intelligence.operations import forms
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.vocabulary import FUNCTION, NEGATORS
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.models.spec import Job, Provenance, Question

_VERBS = word_set(
    """send fetch clean cleanup delete remove purge prune expire sync synchronise synchronize back
    backup generate create check update import export download upload process archive compress
    refresh recalculate calculate compute notify email mail remind scrape crawl poll pull push
    rotate resize convert index reindex publish post run monitor ping collect aggregate summarise
    summarize report retry charge bill invoice close cancel mark renew warm rebuild vacuum verify
    validate scan move copy write read train score load transform drop clear warn alert tweet
    forward transcode encode decode extract assign escalate route
    translate measure record watch print reset store save log compare calibrate flush"""
)
_GONE = frozenset(
    {"clean", "cleanup", "purge", "delete", "remove", "prune", "drop", "clear", "expire"}
)
_PAST = frozenset({"expired", "lapsed", "overdue", "past", "ended"})
_OLD = frozenset({"old", "stale", "outdated"})
_AGED = re.compile(
    r"\b(?:older than|after|more than) (?:\d{1,4}|an?|one) (?:day|week|month|year)s?"
)
_KEPT_DAYS = 30
_ASKED = 5


@dataclass(slots=True)
class Work:
    """The jobs of a request, and the nouns of rows that they delete."""

    jobs: list[Job] = field(default_factory=list)
    purged: dict[str, bool] = field(default_factory=dict)
    """Noun -> whether its rows end by themselves."""
    assumptions: list[str] = field(default_factory=list)


def verb_of(word: str) -> str:
    """The plain form of a verb that jobs have; empty when it is none."""
    low = word.lower()
    return next((form for form in (low, *forms(low)) if form in _VERBS), "")


def add(clause: str, verb: str, work: Work) -> None:
    """Add the job that a clause says, which begins with its verb."""
    phrase, when = timing.without(clause)
    words = phrase.split()
    if verb == "back" and len(words) > 1 and words[1].lower() == "up":
        words[:2] = ["back", "up"]
    words[0] = verb
    named = _AGED.split(" ".join(words[1:]).lower())[0]
    content = [word for word in ascii_words(named) if word not in FUNCTION - NEGATORS - {"up"}]
    name = "_".join([verb, *content[:3]])[:60].strip("_")
    description = " ".join(words)
    noun, ends = _purged(verb, [word.lower() for word in words[1:]], description)
    if noun and not ends and not _AGED.search(description.lower()):
        description += f" older than {_KEPT_DAYS} days"
        work.assumptions.append(
            f"Nothing was said about how old {noun} rows are kept: {_KEPT_DAYS} days."
        )
    if noun:
        work.purged[noun] = work.purged.get(noun, False) or ends
    taken = {job.name for job in work.jobs}
    number, made = 2, name
    while made in taken:
        made, number = f"{name[:57]}_{number}", number + 1
    text = f"{description[:1].upper()}{description[1:]}."
    work.jobs.append(Job(name=made, description=text[:500], schedule=when))


def _purged(verb: str, words: list[str], description: str) -> tuple[str, bool]:
    """The noun of the rows that are deleted, and whether they end by themselves."""
    if verb not in _GONE:
        return "", False
    aged = _AGED.search(description.lower())
    state = next((word for word in words if word in _PAST | _OLD), "")
    if not state and not aged:
        return "", False
    nouns = []
    for word in words:
        if word in {"older", "after", "more", "that", "which", "whose", "from", "in"}:
            break
        if word.isalpha() and word not in FUNCTION | _PAST | _OLD | {"up", "all"}:
            nouns.append(word)
    if not nouns:
        return "", False
    return " ".join([*nouns[:-1], singular(nouns[-1])][-2:]), state in _PAST


def rows(request: Request, said: list[Job]) -> list[tuple[str, list[str]]]:
    """A requirement for each job, of the host's or of those that are `said` in the sentence."""
    given: list[Job] = request.host.values.get("jobs", [])
    who = Provenance.HOST if given else Provenance.USER
    jobs = given or said
    for job in jobs:
        request.provenance[f"jobs.{job.name}"] = who
    if jobs:
        request.provenance["jobs"] = who
    return [
        (
            f"The job '{job.name}'{f' ({job.schedule})' if job.schedule else ''}"
            f"{f': {job.description}' if job.description else ''}"[:500],
            [f"job:{job.name}"],
        )
        for job in jobs
    ]


def unknown_logic(listed: list[Job], place: Callable[[Job], str]) -> list[Question]:
    """How the host hands in what no template knows, where `place` says."""
    unknown = [job for job in listed if not _known(job)]
    return [
        Question(
            id=f"logic_{at}",
            question=f'No template knows how to "{job.description.rstrip(".")[:120]}". Will you '
            f"hand in its code? Put the code ('{place(job)}') and a test of it "
            "into 'spec.extra_files', the test's file with "
            f'"proves": ["job:{job.name}"].',
            assumed="not built, and reported so",
            choices=["leave it out", "hand it in with 'spec.extra_files'"],
        )
        for at, job in enumerate(unknown[:_ASKED], start=1)
    ]


def core_path(job: Job, language: str) -> str:
    """Where the host's code of a job is."""
    if language in {"typescript", "javascript"}:
        return f"src/core/{job.name.replace('_', '-')}.ts"
    return f"src/<package>/core/{job.name}.py"


def _known(job: Job) -> bool:
    words = job.description.rstrip(".").lower().split()
    return bool(words) and bool(_purged(words[0], words[1:], job.description)[0])
