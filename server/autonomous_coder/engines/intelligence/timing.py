"""When something is done, in the words of a sentence: `every Monday at 08:00`."""

from __future__ import annotations

import re

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


def ahead(text: str) -> tuple[str, int]:
    """`every night at 3am fetches rates`, `Every night, it fetches rates`: when, and where it is
    told what is done."""
    found = _WHEN.match(text)
    if found is None:
        return "", 0
    between = re.match(r"\s*,?\s+(?:(?:it|the worker|the job)\s+)?", text[found.end() :])
    return found.group().lower(), found.end() + (between.end() if between else 0)


def times(text: str, at: int = 0) -> list[tuple[int, int]]:
    """Where a text says when something is done."""
    return [m.span() for m in _WHEN.finditer(text, at) if not _describes(text, m)]


def without(clause: str) -> tuple[str, str]:
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


def often(text: str) -> str:
    """`daily` in `a daily job`; empty for none."""
    found = _OFTEN.search(text)
    return found.group().lower() if found else ""


def runs(text: str) -> str:
    """When, in `runs daily at 02:00`; empty where more is said than that."""
    found = _RUNS.fullmatch(text)
    return found[1].lower() if found else ""
