"""Requests for background workers: what is done, and when (`sends a report daily at 08:00`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import lexicon
from autonomous_coder.engines.intelligence.fieldtypes import make
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.inflect import singular
from autonomous_coder.engines.intelligence.names import ascii_words
from autonomous_coder.engines.intelligence.operations import forms, infinitive
from autonomous_coder.engines.intelligence.reader import read
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.vocabulary import FUNCTION
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.languages.common.purging import is_end
from autonomous_coder.models.spec import MAX_ENTITIES, Job, Provenance, Question

KIND = "worker"
_PLACES = r"(?:telegram|discord|slack|twitter|mastodon|bluesky|reddit|whatsapp|matrix|teams|irc)"
"""Where a bot speaks that does something at set times."""
_HEAD = re.compile(
    r"^(?:[^.;:]{0,40}?\b(?:an?|the|my|our|some|me)\s+)?"
    r"(?:(?:simple|small|little|lightweight|robust|reliable|single|new) ){0,2}"
    r"(?P<sort>(?:(?:background|job|task|queue|cron|scheduled|periodic|nightly|batch|message|event"
    r"|python|typescript|javascript|node(?:\.?js)?)[ -]){0,4}"
    r"(?:worker|scheduler|cron ?jobs?|daemon|(?:job|task) runner|(?:job|task|work|background) queue"
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
_PLAIN = frozenset({"worker", "scheduler", "task queue", "work queue"})
"""What may be a person, or an application for appointments, unless a job follows."""
_IT = re.compile(
    r"(?:(?:it|that|which|they|the (?:worker|jobs?|queue|bot|scheduler|service)|there)\b\s+"
    r"(?:(?:should|must|will|has to|also|then|automatically)\s+)*)",
    re.IGNORECASE,
)
"""The worker as the subject of a sentence."""
_AGAIN = re.compile(
    r"\s*(?:,\s*(?:and\s+)?|\s+and\s+)(?=(?:every|each|on|at)\s[^,.;]{1,40}?\s(?:it|they)\s)",
    re.IGNORECASE,
)
"""`each night it ..., and each Sunday it ...`: two sentences."""
_LANGUAGE = re.compile(r"\b(?:python|typescript|javascript|node(?:\.?js)?)[ -]", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:api|app|application|website|site|cli|library|server|dashboard|portal|team|shift"
    r"|employee|payroll)\b",
    re.IGNORECASE,
)
"""What the request is about when it stands before a worker."""
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
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_CLOCK = r"(?:\d{1,2}(?::\d{2})?(?: ?(?:am|pm)\b)?|noon\b|midnight\b)"
_UNIT = (
    r"(?:second|minute|half hour|hour|day|night|morning|evening|afternoon|weekday|weekend|week"
    r"|month)"
)
_COUNT = r"(?:\d{1,4}|other|two|three|four|five|six|eight|ten|twelve|fifteen|twenty|thirty)"
_DATE = r"(?:the )?(?:\d{1,2}(?:st|nd|rd|th)|first|last day)"
_WHEN = re.compile(
    rf"\b(?:(?:(?:every|each) (?:{_COUNT} )?(?:{_UNIT}|{_DAY})s?(?:(?:, | and ){_DAY}s?){{0,6}}"
    rf"|hourly|daily|nightly|weekly|monthly|(?:on )?(?:weekdays|weekends|{_DAY}s)"
    rf"|(?:once|twice) an? (?:hour|day|week|month)|on {_DATE} of (?:every|each|the) month)"
    rf"(?: (?:at {_CLOCK}|on (?:{_DAY}s?|{_DATE}))){{0,2}}|at {_CLOCK})",
    re.IGNORECASE,
)
_RUNS = re.compile(
    rf"(?:(?:and )?(?:runs?|running|works?|starts?|is started|executes?) )({_WHEN.pattern})",
    re.IGNORECASE,
)
"""`It runs daily at 02:00`: when, and nothing of what."""
_OFTEN = re.compile(r"\b(?:hourly|daily|nightly|weekly|monthly)\b", re.IGNORECASE)
_ADJECTIVES = frozenset({"hourly", "daily", "nightly", "weekly", "monthly"})
_NEXT = re.compile(
    r"(?:,\s*(?:and\s+)?(?:then\s+)?|\s+(?:and|then)\s+(?:then\s+)?)(?:to\s+)?(?=(\w+))"
)
_PRONOUNS = frozenset({"it", "them", "this", "these", "those", "results", "result"})
_GONE = frozenset(
    {"clean", "cleanup", "purge", "delete", "remove", "prune", "drop", "clear", "expire"}
)
_PAST = frozenset({"expired", "lapsed", "overdue", "past", "ended"})
_OLD = frozenset({"old", "stale", "outdated"})
_AGED = re.compile(
    r"\b(?:older than|after|more than) (?:\d{1,4}|an?|one) (?:day|week|month|year)s?"
)
_KEPT_DAYS = 30
_MADE_WITH = re.compile(
    r",?\s+(?:(?:in|using|written in) (?:python|typescript|javascript|go|rust|java)"
    r"|with (?:docker|ci|tests|logging|a licen[cs]e|pre-commit|postgres(?:ql)?|accounts))\b"
    r"[^.;]{0,80}$",
    re.IGNORECASE,
)
_ASKED = 5


@dataclass(slots=True)
class Work:
    """The jobs of a request, and the nouns of rows that they delete."""

    jobs: list[Job] = field(default_factory=list)
    purged: dict[str, bool] = field(default_factory=dict)
    """Noun -> whether its rows end by themselves."""
    assumptions: list[str] = field(default_factory=list)


def speaks_of_worker(text: str) -> bool:
    """Whether a worker is what is to be built, rather than a part or an employee of it."""
    found = _HEAD.match(text)
    if found is None or _OTHERS.search(found.group()):
        return False
    if found["sort"].lower().endswith("bot"):
        return bool(times(text))
    rest = _without_subject(text[found.end() + _time_ahead(text[found.end() :])[1] :])
    following = re.match(r"\w+", rest)
    word = following.group().lower() if following else ""
    told = rest != text[found.end() :] and word.endswith("s")
    does = bool(verb_of(word)) and (word.endswith("ing") or not _names_things(found.group()))
    return does or told or _LANGUAGE.sub("", found.group("sort").lower()) not in _PLAIN


def _time_ahead(text: str) -> tuple[str, int]:
    """`every night at 3am fetches rates`, `Every night, it fetches rates`: when, and where it is
    told what is done."""
    found = _WHEN.match(text)
    if found is None:
        return "", 0
    between = re.match(r"\s*,?\s+(?:(?:it|the worker|the job)\s+)?", text[found.end() :])
    return found.group().lower(), found.end() + (between.end() if between else 0)


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
    beside, often = "", head and _OFTEN.search(head.group())
    usual = often.group().lower() if often else ""
    parts = [part for said in re.split(r"(?<=[.;!])\s+|\n+", tail) for part in _AGAIN.split(said)]
    for number, sentence in enumerate(parts):
        first = len(work.jobs)
        when, ahead = _time_ahead(sentence)
        done = _without_subject(sentence[ahead:]).strip(" .;!")
        subject = done != sentence.strip(" .;!")
        if subject and not when and _STORES.match(done) and not times(done):
            beside += f" {sentence}"
            continue
        if runs := _RUNS.fullmatch(done):
            usual = runs[1].lower()
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
        verb = verb_of(words[0]) if words else ""
        if not verb and told and number == 0 and words and _may_act(words[0].lower()):
            verb = infinitive(words[0].lower())
        if not verb or words[0].lower() in _HAS:
            left += f" It {clause}." if words and words[0].lower() in _HAS else f" {clause}."
        elif work.jobs and _goes_on([word.lower() for word in words[1:]]):
            last = work.jobs[-1]
            phrase = f"{last.description.rstrip('.')} and {clause}"
            phrase, when = _without_time(phrase)
            schedule = last.schedule or when
            work.jobs[-1] = last.model_copy(
                update={"description": f"{phrase}."[:500], "schedule": schedule}
            )
        else:
            add(clause, verb, work)
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
        if word in _HAS or (verb_of(word) and not named):
            parts.append(sentence[start : found.start()])
            start = found.end()
    return [part.strip(" ,") for part in (*parts, sentence[start:]) if part.strip(" ,")]


def verb_of(word: str) -> str:
    """The plain form of a verb that jobs have; empty when it is none."""
    low = word.lower()
    return next((form for form in (low, *forms(low)) if form in _VERBS), "")


def add(clause: str, verb: str, work: Work) -> None:
    """Add the job that a clause says, which begins with its verb."""
    phrase, when = _without_time(clause)
    words = phrase.split()
    if verb == "back" and len(words) > 1 and words[1].lower() == "up":
        words[:2] = ["back", "up"]
    words[0] = verb
    named = _AGED.split(" ".join(words[1:]).lower())[0]
    content = [word for word in ascii_words(named) if word not in FUNCTION or word == "up"]
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


def times(text: str, at: int = 0) -> list[tuple[int, int]]:
    """Where a text says when something is done."""
    return [m.span() for m in _WHEN.finditer(text, at) if not _describes(text, m)]


def _without_time(clause: str) -> tuple[str, str]:
    """The clause without its schedule, and the schedule in its own words."""
    found = [match for match in _WHEN.finditer(clause) if not _describes(clause, match)]
    if not found:
        inside = next(iter(_WHEN.finditer(clause)), None)
        return clause, inside.group().lower() if inside else ""
    match = found[-1]
    phrase = f"{clause[: match.start()].rstrip(' ,')} {clause[match.end() :].lstrip(' ,')}"
    return phrase.strip(), match.group().lower()


def _describes(clause: str, match: re.Match[str]) -> bool:
    """`daily` in `a daily report` belongs to the report."""
    after = clause[match.end() :].split()
    return match.group().lower() in _ADJECTIVES and bool(after) and after[0].isalpha()


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
    return unknown_logic(work.jobs, lambda job: core_path(job, language))


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
