"""Requests for background workers: what is done, and when (`sends a report daily at 08:00`)."""

from __future__ import annotations

import re

from autonomous_coder.engines.intelligence import jobs, lexicon, timing
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.jobs import Work
from autonomous_coder.engines.intelligence.operations import infinitive
from autonomous_coder.engines.intelligence.reader import read
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.vocabulary import FUNCTION
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.languages.common.purging import is_end
from autonomous_coder.models.spec import MAX_ENTITIES, Question

KIND = "worker"
_PLACES = r"(?:telegram|discord|slack|twitter|mastodon|bluesky|reddit|whatsapp|matrix|teams|irc)"
"""Where a bot speaks that does something at set times."""
_HEAD = re.compile(
    r"^(?:[^.;:]{0,40}?\b(?:an?|the|my|our|some|me)\s+)?"
    r"(?:(?:simple|small|little|lightweight|robust|reliable|single|new) ){0,2}"
    r"(?P<sort>(?:(?:background|job|task|queue|cron|scheduled|periodic|nightly|batch|message|event"
    r"|python|typescript|javascript|node(?:\.?js)?)[ -]){0,4}"
    r"(?:worker|scheduler|cron ?jobs?|daemon|(?:job|task) runner|(?:job|task|work|background) queue"
    r"|queue(?=\s+(?:that|which)\s)"
    rf"|(?<=queue )(?:consumer|processor)|(?<=message )consumer|(?:{_PLACES} )?bot"
    r"|(?<=cron )service|(?<=background )(?:service|process|jobs?|tasks?)"
    r"|(?<=scheduled )(?:jobs?|tasks?)|(?<=nightly )job|(?<=batch )job)"
    r"(?: (?:service|process|program|app|script))?)"
    r"(?:(?: and)? (?:in|with|on) [A-Za-z]{2,12}){0,3}\s*"
    r"(?:,?\s*(?:(?:that|which) (?:runs?|does) (?:\w+ )?(?:jobs?|tasks?)\s*:|that|which|to|for"
    r"|with (?:\w+ )?(?:jobs?|tasks?)(?: (?:to|that|for))?|:)\s*:?\s+"
    r"|[.;!]\s+|:\s*|$)",
    re.IGNORECASE,
)
_PLAIN = frozenset({"worker", "scheduler", "task queue", "work queue", "queue"})
"""What may be a person, or an application for appointments, unless a job follows."""
_IT = re.compile(
    r"(?:(?:it|that|which|they|the (?:worker|jobs?|queue|bot|scheduler|service)|there)\b\s+"
    r"(?:(?:should|must|will|has to|also|then|automatically)\s+)*)",
    re.IGNORECASE,
)
"""The worker as the subject of a sentence."""
_AND = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_LANGUAGE = re.compile(r"\b(?:python|typescript|javascript|node(?:\.?js)?)[ -]", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:api|app|application|website|site|cli|library|server|dashboard|portal|team|shift"
    r"|employee|payroll)\b",
    re.IGNORECASE,
)
"""What the request is about when it stands before a worker."""
_HAS = word_set(
    """has have keep keeps hold holds offer offers provide provides support supports need needs use
    uses include includes expose exposes manage manages track tracks must should can"""
)
"""Verbs of what a worker is or has, rather than of what it does."""
_STORES = re.compile(r"(?:stores|saves|records)\b", re.IGNORECASE)
"""`It stores invoices`: what a worker holds, not what it does at some time."""
_NAMED = re.compile(r"\w+ing\b|(?:an?|the|my|our|their|his|her)\b", re.IGNORECASE)
_JOINT = re.compile(r"\s*\b(?:that|which|to|for)\s*$", re.IGNORECASE)
_ITSELF = frozenset({"worker", "scheduler", "daemon", "queue", "bot", "job", "service", "task"})
"""Words for a worker that do not say which one."""
_BEING = frozenset({"is", "was", "does", "runs", "works", "has"})
_NEXT = re.compile(
    r"(?:,\s*(?:and\s+)?(?:then\s+)?|\s+(?:and|then)\s+(?:then\s+)?)(?:to\s+)?(?=(\w+))"
)
_PRONOUNS = frozenset({"it", "them", "this", "these", "those", "results", "result"})
_MADE_WITH = re.compile(
    r",?\s+(?:(?:in|using|written in) (?:python|typescript|javascript|go|rust|java)"
    r"|with (?:docker|ci|tests|logging|a licen[cs]e|pre-commit|postgres(?:ql)?|accounts))\b"
    r"[^.;]{0,80}$",
    re.IGNORECASE,
)


def speaks_of_worker(text: str) -> bool:
    """Whether a worker is what is to be built, rather than a part or an employee of it."""
    found = _HEAD.match(text)
    if found is None or _OTHERS.search(found.group()):
        return False
    if found["sort"].lower().endswith("bot"):
        return bool(timing.times(text))
    rest = _without_subject(text[found.end() + timing.ahead(text[found.end() :])[1] :])
    following = re.match(r"\w+", rest)
    word = following.group().lower() if following else ""
    told = rest != text[found.end() :] and word.endswith("s")
    does = bool(jobs.verb_of(word)) and (word.endswith("ing") or not _names_things(found.group()))
    return does or told or _LANGUAGE.sub("", found.group("sort").lower()) not in _PLAIN


def _again(sentence: str) -> list[str]:
    """`each night it ..., and each Sunday it ...` as two sentences."""
    parts, start = [], 0
    for joint in _AND.finditer(sentence):
        rest = sentence[joint.end() :]
        when, ahead = timing.ahead(rest)
        following = re.match(r"\w+", _without_subject(rest[ahead:])) if when else None
        before = sentence[start : joint.start()]
        done = before[timing.ahead(before)[1] :].strip()
        acts = following is not None and bool(jobs.verb_of(following.group()))
        if done and (acts or (when and _IT.match(rest[ahead:]))):
            parts.append(before)
            start = joint.end()
    return [*parts, sentence[start:]]


def _without_subject(text: str) -> str:
    """`it sends a report` as `sends a report`."""
    found = _IT.match(text)
    return text[found.end() :] if found else text


def _tells(head: re.Match[str] | None) -> bool:
    """`a worker that ...`: what follows is done, whatever the verb."""
    return head is not None and re.search(r"\b(?:that|which)\s+$", head.group()) is not None


def _names_things(head: str) -> bool:
    """`a worker for invoices`: no verb follows, unless it ends in -ing."""
    return re.search(r"\bfor\s+$", head, re.IGNORECASE) is not None


def understand(request: Request, kind: str) -> Work | None:
    """What a request for a worker asks for, which takes the place of what was found in it."""
    if kind != KIND or not request.text:
        return None
    text = request.text
    head = _HEAD.match(text)
    work = Work()
    start = head.end() if head else 0
    rest = text[:start] if head else text
    tail = text[start:] if head else ""
    if made := _MADE_WITH.search(tail):
        rest, tail = f"{rest} {made.group()}", tail[: made.start()]
    if head and _names_things(head.group()):
        tail = tail if _NAMED.match(tail) else f"the {tail}"
    beside, usual = "", timing.often(head.group()) if head else ""
    parts = [part for said in re.split(r"(?<=[.;!])\s+|\n+", tail) for part in _again(said)]
    for number, sentence in enumerate(parts):
        first = len(work.jobs)
        when, ahead = timing.ahead(sentence)
        done = _without_subject(sentence[ahead:]).strip(" .;!")
        subject = done != sentence.strip(" .;!")
        if subject and not when and _STORES.match(done) and not timing.times(done):
            beside += f" {sentence}"
            continue
        if runs := timing.runs(done):
            usual = runs
            continue
        told = subject or (number == 0 and _tells(head))
        beside += _sentence(done, work, told=told)
        _share_time(work, first)
        work.jobs[first:] = [
            job if job.schedule else job.model_copy(update={"schedule": when})
            for job in work.jobs[first:]
        ]
    work.jobs = [
        job if job.schedule else job.model_copy(update={"schedule": usual}) for job in work.jobs
    ]
    found = _found(_JOINT.sub("", rest), beside)
    found.written_as(request.found)
    for noun, ends in work.purged.items():
        mention = found.mention(noun)
        known = lexicon.noun(noun)
        if ends and not any(map(is_end, known.fields if known else ())):
            mention.add(make("expires_at"))
    request.found = found
    del work.jobs[MAX_ENTITIES:]
    return work


def _found(about: str, beside: str) -> Findings:
    """What is said about the worker (its features, and no things: it is none itself), and whatever
    is said beside its jobs."""
    head = read(about)
    found = read(beside) if beside.strip() else Findings()
    for clause in head.clauses:
        clause.needs = [need for need in clause.needs if need[0] == "feature"]
    found.clauses = [*head.clauses, *found.clauses]
    for clause in found.clauses:
        clause.needs = [need for need in clause.needs if need != ("feature", "background_jobs")]
    found.clauses = [clause for clause in found.clauses if clause.needs]
    features = (*head.features, *found.features)
    found.features = {name: None for name in features if name != "background_jobs"}
    found.refused = head.refused | found.refused
    found.title, found.asked = ("" if {*head.title.split()} <= _ITSELF else head.title), True
    return found


def _sentence(sentence: str, work: Work, *, told: bool = False) -> str:
    """Add the jobs of a sentence; what is left of it that is about none. `told`: it begins with
    what is done, whether the verb is known or not."""
    left = ""
    for number, clause in enumerate(_clauses(sentence)):
        words = clause.split()
        verb = jobs.verb_of(words[0]) if words else ""
        if not verb and told and number == 0 and words and _may_act(words[0].lower()):
            verb = infinitive(words[0].lower())
        if not verb or words[0].lower() in _HAS:
            left += f" It {clause}." if words and words[0].lower() in _HAS else f" {clause}."
        elif work.jobs and _goes_on([word.lower() for word in words[1:]]):
            last = work.jobs[-1]
            phrase = f"{last.description.rstrip('.')} and {clause}"
            phrase, when = timing.without(phrase)
            schedule = last.schedule or when
            work.jobs[-1] = last.model_copy(
                update={"description": f"{phrase}."[:500], "schedule": schedule}
            )
        else:
            jobs.add(clause, verb, work)
    return left


def _may_act(word: str) -> bool:
    """Whether a word behind `that` or `it` is a verb of what is done (`transcodes`)."""
    return word.isalpha() and word.endswith("s") and word not in FUNCTION | _HAS | _BEING


def _goes_on(words: list[str]) -> bool:
    """`and stores them`, `and sends a mail if they are down`: part of the job before."""
    return words[:1] != [] and (
        words[0] in _PRONOUNS or bool({"if", "when", "unless"} & set(words))
    )


def _share_time(work: Work, first: int) -> None:
    """`sends reports and backs up the database every night`: both, every night."""
    jobs, known = work.jobs, ""
    for at in reversed(range(first, len(jobs))):
        known = jobs[at].schedule or known
        jobs[at] = jobs[at].model_copy(update={"schedule": known})
    for at in range(first + 1, len(jobs)):
        if not jobs[at].schedule:
            jobs[at] = jobs[at].model_copy(update={"schedule": jobs[at - 1].schedule})


def _clauses(sentence: str) -> list[str]:
    """`a and b every day, c` as its parts, each of which begins with a verb."""
    parts, start = [], 0
    for found in _NEXT.finditer(sentence):
        word, last = found.group(1).lower(), sentence[start:].split()[:1]
        # `keeps customers with name and email` goes on: what is done would be said as `emails`.
        named = bool(last) and last[0].lower() in _HAS and not word.endswith("s")
        if word in _HAS or (jobs.verb_of(word) and not named):
            parts.append(sentence[start : found.start()])
            start = found.end()
    return [part.strip(" ,") for part in (*parts, sentence[start:]) if part.strip(" ,")]


def subject(work: Work | None) -> str:
    """What a worker is called by: its first job."""
    return " ".join(work.jobs[0].name.split("_")[:3]) if work and work.jobs else ""


def questions(work: Work, language: str) -> list[Question]:
    """How the host hands in what no template knows (the first five), and what is to be done."""
    if not work.jobs:
        return [
            Question(
                id="jobs",
                question="What jobs should there be, and when should they run?",
                assumed="none besides one that forgets old runs",
            )
        ]
    return jobs.unknown_logic(work.jobs, lambda job: jobs.core_path(job, language))
