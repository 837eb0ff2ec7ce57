"""Requests for data pipelines: what is read, and what is done with it before it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence import jobs, lacking
from autonomous_coder.engines.intelligence.file_words import (
    FORMAT,
    PRONOUNS,
    SOME,
    bare_of,
    in_words,
)
from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.lacking import Lacking, is_rest
from autonomous_coder.engines.intelligence.names import ascii_words
from autonomous_coder.engines.intelligence.operations import forms
from autonomous_coder.engines.intelligence.reader import read
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.vocabulary import FUNCTION, NEGATORS
from autonomous_coder.engines.intelligence.wordset import word_set
from autonomous_coder.languages.common.pipeline_stages import STAGES, stage_of
from autonomous_coder.models.spec import MAX_ENTITIES, Entity, FieldType, Job, Provenance, Question

KIND = "data_pipeline"
_STAGE_OF = {verb: stage for stage, verbs in STAGES.items() for verb in verbs.split()}
_VERBS = frozenset(_STAGE_OF) | word_set(
    """remove drop delete skip enrich merge join combine convert map calculate compute group split
    anonymise anonymize mask rename classify score translate geocode match derive fill keep exclude
    flag tag look detect send upload fetch download process put turn store produce collect take get
    create generate make transform sort filter report find round replace add append
    discard ignore exclude reject omit"""
)
_READING = frozenset({"read", "load", "import", "ingest", "extract", "parse", "take", "collect"})
_WRITING = {"store": "write", "put": "write", "produce": "write", "generate": "write"}
"""Verbs that mean writing where what follows is a format."""
_LANGUAGE = r"(?:python|typescript|javascript|node(?:\.?js)?|go|rust|java)"
_HEAD = re.compile(
    r"^(?:[^.;:]{0,40}?\b(?:an?|the|my|our|some|me)\s+)?"
    r"(?:(?:simple|small|little|lightweight|robust|reliable|single|new|nightly|daily|batch|script"
    rf"|{_LANGUAGE})[ -])*"
    r"(?P<sort>(?:(?:data|processing|cleaning|import|export|ingestion|cleansing|etl|elt|csv|json"
    r"|excel|spreadsheet|file)[ -/]){0,4}pipeline"
    r"|(?:etl|elt)(?: (?:job|process|script|tool|program))?)"
    rf"(?: (?:in|with) {_LANGUAGE})?"
    r"(?P<joint>\s*[,:]?\s+(?:that|which|to|for|of|with)\s+|\s+(?=\w+ing\b)|\s*:\s*|\s*$)",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:api|app|application|website|site|dashboard|portal|monitors?|sales|ci|deployment|build"
    r"|release)\b",
    re.IGNORECASE,
)
"""What the request is about when it stands before a pipeline."""
_PROGRAMS = re.compile(
    r"\b(?:api|app|application|website|site|dashboard|portal|service|server|cli|command|tool"
    r"|library|package|module|worker|web|page|users?)\b",
    re.IGNORECASE,
)
"""Words for something else that may do so."""
_DONE_WITH_FILES = re.compile(
    r"^(?:please\s+)?(?:i want to\s+|i need to\s+)?"
    r"(?:read|load|import|ingest|parse|take|collect|clean|merge|combine|convert|validate|transform"
    rf"|deduplicate)\b(?:\s+(?:up|in))?(?:[^.;]{{0,120}}?\b(?:from|of|in))?\s+{SOME}{FORMAT}\b"
    rf"[^.;]{{0,200}}?\b(?:(?:as|to|into|in)\s+{SOME}{FORMAT}"
    rf"|(?:write|export|save|output)s?\s+(?:\w+ )?{FORMAT}|summar(?:y|ies|ise|ize)"
    r"|remov(?:e|ing) duplicates)\b",
    re.IGNORECASE,
)
"""What is done with files, without a word for the program that does it."""
_FROM_FILES = re.compile(rf"\w\s+from\s+{SOME}{FORMAT}\b", re.IGNORECASE)
_NEXT = re.compile(
    r"(?:[,:]\s*(?:and\s+)?(?:then\s+)?|\s+(?:and|then)\s+(?:then\s+)?"
    r"|,?\s+(?:that|which)\s+)(?:to\s+)?(?=(\w+))",
    re.IGNORECASE,
)
_MADE_WITH = re.compile(
    rf",?\s+(?:(?:in|using|written in) {_LANGUAGE}"
    r"|with (?:docker|ci|tests|logging|a licen[cs]e|pre-commit|postgres(?:ql)?|accounts"
    r"|monitoring))\b[^.;]{0,80}$",
    re.IGNORECASE,
)
_IT = re.compile(
    r"^(?:it|the pipeline|then)\s+(?:(?:also|then|should|must|has to)\s+)*", re.IGNORECASE
)
_THAT = re.compile(r"\b(?:that|which)\s+(\w+)", re.IGNORECASE)
_NAMES_HERE = re.compile(
    r"(?:total|count|average|mean|sum|map|match|tag|flag|group|summary|score|rank)"
    r"\s*(?:,|\band\b|$)",
    re.IGNORECASE,
)
"""Verbs that, in a list of what is read, are as likely attributes (`number, total and status`)."""
_LOGGING_IN = re.compile(r"\b(?:log(?:s|ging)? ?in|sign|auth\w*|accounts?)\b", re.IGNORECASE)
_FILLERS = frozenset({"row", "rows", "record", "records", "entry", "entries"})
_SAYING_NOTHING = (FUNCTION | PRONOUNS) - NEGATORS
_REPEATED = frozenset({"duplicates", "duplicate", *STAGES["deduplicate"].split()})
_TELLING = frozenset(
    {FieldType.STRING, FieldType.INTEGER, FieldType.EMAIL, FieldType.URL, FieldType.UUID}
)


@dataclass(slots=True)
class Steps:
    """The steps of a request, beyond reading; `things` is the text that says what is read."""

    jobs: list[Job] = field(default_factory=list)
    things: str = ""
    dropped: list[Lacking] = field(default_factory=list)
    """Steps that drop rows for what they lack."""


def speaks_of_pipeline(text: str) -> bool:
    """Whether a data pipeline is what is to be built, rather than one of sales or of builds."""
    found = _HEAD.match(text)
    if found is None:
        return bool(_DONE_WITH_FILES.match(text)) and not _PROGRAMS.search(text)
    if _OTHERS.search(found.group()):
        return False
    if found.group("sort").lower() != "pipeline":
        return True
    doing = _THAT.search(text)
    following = re.match(r"(\w+)", text[found.end() :])
    about_data = re.search(rf"\b(?:{FORMAT}|data|records|rows|entries)\b", text, re.IGNORECASE)
    acts = any(told and _verb(told[1]) for told in (following, doing))
    return acts and about_data is not None


def understand(request: Request, kind: str) -> Steps | None:
    """What a request for a data pipeline asks for, which takes the place of what was found."""
    if kind != KIND or not request.text:
        return None
    text = in_words(request.text)
    head = _HEAD.match(text)
    about, tail = (head.group(), text[head.end() :]) if head else ("", text)
    if made := _MADE_WITH.search(tail):
        about, tail = f"{about} {made.group()}", tail[: made.start()]
    steps = Steps()
    first = re.match(r"\w+", tail)
    acts = first is not None and bool(_verb(first.group()))
    if head and head.group("joint").strip(" ,").lower() in {"for", "of", "with"}:
        acts = acts and first is not None and first.group().lower().endswith("ing")
    for number, sentence in enumerate(re.split(r"(?<=[.;!])\s+|\n+", tail)):
        said = sentence.strip(" .;!")
        plain = _IT.sub("", said) if number else said
        _sentence(plain, steps, acts=acts if number == 0 else plain != said or acts)
    del steps.jobs[MAX_ENTITIES:]
    found = _found(about, steps.things)
    found.written_as(request.found)
    request.found = found
    return steps


def _found(about: str, things: str) -> Findings:
    """What is said about the pipeline (its features, and no things), and what it reads."""
    head, found = read(about), read(things) if things.strip() else Findings()
    for clause in head.clauses:
        clause.needs = [need for need in clause.needs if need[0] == "feature"]
    found.clauses = [clause for clause in (*head.clauses, *found.clauses) if clause.needs]
    found.features = {**head.features, **found.features}
    found.refused = head.refused | found.refused
    found.title, found.asked = head.title, True
    if not _LOGGING_IN.search(f"{about} {things}"):
        # `reads users from CSV`: rows of a file, who log in nowhere.
        found.features.pop("accounts", None)
        for clause in found.clauses:
            clause.needs = [need for need in clause.needs if need != ("feature", "accounts")]
        found.clauses = [clause for clause in found.clauses if clause.needs]
    return found


def _sentence(sentence: str, steps: Steps, *, acts: bool) -> None:
    """Add what a sentence says; it begins with what is read, or `acts` with what is done."""
    for number, clause in enumerate(_clauses(sentence, acts=acts)):
        words = clause.split()
        verb = _verb(words[0]) if words and (number or acts) else ""
        if not verb:
            steps.things += (
                f" It stores {bare_of(clause)}." if number == 0 and bare_of(clause) else ""
            )
            steps.things += f" {clause}." if number else ""
            continue
        what = " ".join(words[1:])
        stage = _STAGE_OF.get(verb, "")
        if verb in _READING or (verb == "convert" and _FROM_FILES.search(what)):
            steps.things += f" It stores {bare_of(what)}." if bare_of(what) else ""
            continue
        if not steps.things and stage in {"tidy", "check"} and bare_of(what):
            steps.things = f" It stores {bare_of(what)}."
        written = _WRITING.get(verb, "") if re.search(rf"\b{FORMAT}\b", what, re.I) else ""
        _add(written or verb, what, steps)


def _clauses(sentence: str, *, acts: bool) -> list[str]:
    """`reads a and b, sorts them and writes c` as its parts. In what is read, a comma alone begins
    no part: `orders with number, total and count`."""
    parts: list[str] = []
    start = 0
    for found in _NEXT.finditer(sentence):
        joint = found.group().strip(" ,").lower()
        told = found.group(1)
        started = acts or bool(parts) or joint.startswith(("that", "which"))
        if not parts and _NAMES_HERE.match(sentence, found.end()):
            continue
        if started and _verb(told) and _depth(sentence[: found.start()]) == 0 and _acts(told, acts):
            parts.append(sentence[start : found.start()])
            start = found.end()
    return [part.strip(" ,") for part in (*parts, sentence[start:]) if part.strip(" ,")]


def _acts(word: str, told: bool) -> bool:
    """Whether a word after a comma is a verb: `reads orders, sorts them`."""
    low = word.lower()
    return told or low.endswith("s") or low in _VERBS


def _depth(text: str) -> int:
    return text.count("(") - text.count(")")


def _verb(word: str) -> str:
    """The plain form of a verb; empty when it is none that pipelines have."""
    low = word.lower()
    return next((form for form in (low, *forms(low)) if form in _VERBS), "")


def _add(verb: str, what: str, steps: Steps) -> None:
    if steps.dropped and steps.dropped[-1].job == steps.jobs[-1].name and is_rest(verb, what):
        return
    low = [word for word in ascii_words(what.lower()) if word not in _SAYING_NOTHING]
    repeated = verb in lacking.DROPPING and low[:1] in (["duplicate"], ["duplicates"])
    if repeated and re.search(r"\bby\b", what):
        # `remove duplicates by email`: every pipeline can, if that is what the step is called.
        low = ["deduplicate", *(word for word in low[1:] if word not in _FILLERS)]
    name = "_".join([*([] if low[:1] == ["deduplicate"] else [verb]), *low[:4]])[:60].strip("_")
    taken = {job.name for job in steps.jobs}
    number, made = 2, name
    while made in taken:
        made, number = f"{name[:57]}_{number}", number + 1
    text = f"{verb} {what}".strip()
    described = f"{text[:1].upper()}{text[1:]}."
    steps.jobs.append(Job(name=made, description=described[:500]))
    if dropped := lacking.read(verb, what, made):
        steps.dropped.append(dropped)


def settle(steps: Steps, entities: Sequence[Entity]) -> list[Entity]:
    """The entities, unique in what duplicates are told by: `removes duplicates by email`."""
    entities = lacking.settle(steps.dropped, steps.jobs, entities)
    repeats = [set(job.name.split("_")) for job in steps.jobs]
    told = [words for words in repeats if words & _REPEATED]
    return [
        entity.model_copy(
            update={
                "fields": [
                    field.model_copy(update={"unique": True})
                    if field.type in _TELLING and any({*field.name.split("_")} <= w for w in told)
                    else field
                    for field in entity.fields
                ]
            }
        )
        for entity in entities
    ]


def rows(request: Request, steps: Steps | None) -> list[tuple[str, list[str]]]:
    """A requirement for each step, of the host's or of the sentence."""
    given: list[Job] = request.host.values.get("jobs", [])
    who = Provenance.HOST if given else Provenance.USER
    named = given or (steps.jobs if steps else [])
    for job in named:
        request.provenance[f"jobs.{job.name}"] = who
    if named:
        request.provenance["jobs"] = who
    built = [("A data pipeline", [f"archetype:{KIND}"])] if steps else []
    return built + [
        (
            f"The step '{job.name}'{f': {job.description}' if job.description else ''}"[:500],
            [f"job:{job.name}"],
        )
        for job in named
    ]


def questions(steps: Steps, entities: Sequence[Entity], language: str) -> list[Question]:
    """What the files hold where nothing is said of it, and how the host hands in the steps that no
    template knows (the first five)."""
    asked = []
    if not entities:
        asked.append(
            Question(
                id="datasets",
                question="What do the files hold: which kinds of records, with which columns?",
                assumed="whatever they hold: columns are typed by their values",
            )
        )
    unknown = [job for job in steps.jobs if not stage_of(job.name, entities)]
    return asked + jobs.unknown_logic(unknown, lambda job: jobs.core_path(job, language))
