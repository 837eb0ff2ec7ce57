"""Schedules in plain words or as cron expressions, whatever the language.

What is understood becomes a cron expression wherever one says the same, so that runs fall on the
clock; else a period between runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autonomous_coder.errors import InvalidInputError

HINT = (
    'Say for example "every 5 minutes", "hourly", "daily at 03:00", "every Monday at 9:30", '
    '"weekdays at 18:00", "monthly on the 1st at 04:00", or give a cron expression of five '
    'fields such as "*/15 8-18 * * 1-5". Leave it empty for what is run on demand.'
)
NIGHT = "03:00"
"""When something is done that is to be done at night."""
_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_TIMES = {"night": NIGHT, "morning": "08:00", "evening": "20:00", "noon": "12:00",
          "afternoon": "15:00", "midnight": "00:00", "midday": "12:00"}  # fmt: skip
_NICKNAMES = {
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}  # fmt: skip
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10,
            "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "other": 2}  # fmt: skip
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDS: tuple[frozenset[str], ...] = (
    frozenset(), frozenset(), frozenset({"l"}), frozenset(_MONTH_NAMES),
    frozenset(day[:3] for day in _DAYS),
)  # fmt: skip
_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CLOCK = r"(\d{1,2})(?::(\d{2}))?\s*(am|pm|o'?clock|h|utc)?"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is done: `cron` (minute, hour, day, month, weekday), or every so many
    `seconds`; neither for what is run on demand."""

    cron: str = ""
    seconds: int = 0


def read_schedule(of: str, text: str) -> Schedule:
    """The schedule that `text` says, of something called `of`.

    Raises:
        InvalidInputError: it is not understood.
    """
    plain = " ".join(text.lower().strip(" .").split())
    if plain in {"", "on demand", "manual", "manually", "never"}:
        return Schedule()
    found = _cron(plain) or _period(plain) or _calendar(plain)
    if found is None:
        raise InvalidInputError(
            f"the schedule '{text[:100]}' of '{of}' is not understood", hint=HINT
        )
    return found


def _cron(text: str) -> Schedule | None:
    if text in _NICKNAMES:
        return Schedule(_NICKNAMES[text])
    fields = text.split()
    if len(fields) != 5 or not all(map(_is_field, fields, _RANGES, _WORDS)):
        return None
    if not _comes(*fields[2:4]):
        return None
    return Schedule(" ".join(map(_spelled, fields, _RANGES)))


def _spelled(text: str, limits: tuple[int, int]) -> str:
    """A field as every library reads it: `5/10` begins at 5 and goes on to the end."""
    highest = min(limits[1], 6) if limits[0] == 0 and limits[1] == 7 else limits[1]
    parts = [
        re.sub(r"^([^*/-]+)/", rf"\1-{highest}/", part) if "-" not in part else part
        for part in text.split(",")
    ]
    return ",".join(parts).upper()


def _comes(days: str, months: str) -> bool:
    """Whether the months have one of the days: the thirtieth of February never comes."""
    if not (days + months).replace(",", "").isdecimal():
        return True
    longest = max(_MONTHS[int(month) - 1] for month in months.split(","))
    return min(map(int, days.split(","))) <= longest


def _is_field(text: str, limits: tuple[int, int], words: frozenset[str]) -> bool:
    def value(part: str) -> bool:
        return part in words or (part.isdecimal() and limits[0] <= int(part) <= limits[1])

    for part in text.split(","):
        base, slash, step = part.partition("/")
        if slash and not (step.isdecimal() and 0 < int(step) <= limits[1]):
            return False
        low, dash, high = base.partition("-")
        if base.startswith("l") and text != "l":
            return False
        ordered = not dash or (value(low) and value(high) and _at(low) <= _at(high))
        if base != "*" and not (value(low) and (not dash or (value(high) and ordered))):
            return False
    return True


def _at(value: str) -> int:
    """The number of a value that may be the name of a month or a day."""
    if value.isdecimal():
        return int(value)
    days = [day[:3] for day in _DAYS]
    return days.index(value) if value in days else _MONTH_NAMES.index(value) + 1


def _period(text: str) -> Schedule | None:
    """`every 5 minutes`, `every half hour`, `hourly`, `twice a day`."""
    if text in {"hourly", "once an hour", "every hour on the hour"}:
        return Schedule("0 * * * *")
    if text in {"twice a day", "twice daily"}:
        return Schedule("0 0,12 * * *")
    if text in {"twice an hour", "every half hour", "every half an hour"}:
        return Schedule("*/30 * * * *")
    found = re.fullmatch(
        r"(?:every|each|once (?:every|per|an?))(?: (\d+|[a-z]+))? (second|minute|hour|day|week)s?",
        text,
    )
    if found is None:
        return None
    said, unit = found.groups()
    count = 1 if said is None else int(said) if said.isdecimal() else _NUMBERS.get(said, 0)
    if not 0 < count * _UNITS[unit] <= 366 * _UNITS["day"]:
        return None
    if unit == "minute" and 60 % count == 0:
        return Schedule("* * * * *" if count == 1 else f"*/{count} * * * *" if count < 60
                        else "0 * * * *")  # fmt: skip
    if unit == "hour" and 24 % count == 0:
        return Schedule("0 * * * *" if count == 1 else f"0 */{count} * * *" if count < 24
                        else "0 0 * * *")  # fmt: skip
    if unit == "day" and count == 1:
        return Schedule("0 0 * * *")
    if unit == "week" and count == 1:
        return Schedule("0 0 * * 0")
    return Schedule(seconds=count * _UNITS[unit])


def _calendar(text: str) -> Schedule | None:
    """`daily at 03:00`, `every Monday and Thursday at 9am`, `monthly on the 1st`."""
    when, rest = _time_of(text)
    if when is None:
        return None
    minute, hour = when
    rest = re.sub(r"\b(?:every|each|on|the|of|in|once|an?|at|per)\b", " ", rest)
    rest = " ".join(rest.replace(",", " ").replace(" and ", " ").replace("&", " ").split())
    if rest in {"daily", "day", "days", "nightly", ""}:
        named = rest or re.search(r"\b(?:every|each|daily|nightly|at)\b", text)
        return Schedule(f"{minute} {hour} * * *") if named else None
    if rest in {"weekday", "weekdays", "working day", "workday", "workdays", "business day"}:
        return Schedule(f"{minute} {hour} * * 1-5")
    if rest in {"weekend", "weekends"}:
        return Schedule(f"{minute} {hour} * * 0,6")
    days = _weekdays(rest.removeprefix("weekly").split())
    if days:
        return Schedule(f"{minute} {hour} * * {','.join(map(str, days))}")
    if rest in {"weekly", "week"}:
        return Schedule(f"{minute} {hour} * * 0")
    return _monthly(rest, minute, hour)


def _monthly(rest: str, minute: int, hour: int) -> Schedule | None:
    if not re.search(r"\bmonth(?:ly)?\b", rest):
        return None
    rest = re.sub(r"\b(?:month|monthly|day)\b", " ", rest).strip()
    if rest == "last":
        return Schedule(f"{minute} {hour} L * *")
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?|first|", rest)
    day = 1 if found is None or found.group(1) is None else int(found.group(1))
    return Schedule(f"{minute} {hour} {day} * *") if found and 1 <= day <= 31 else None


def _weekdays(words: list[str]) -> list[int]:
    """Numbers of days of the week, Sunday 0; empty unless all words are such days."""
    found = []
    for word in words:
        name = word.removesuffix("s")
        at = next((n for n, day in enumerate(_DAYS) if day == name or day[:3] == name), None)
        if at is None:
            return []
        found.append(at)
    return sorted(set(found))


def _time_of(text: str) -> tuple[tuple[int, int] | None, str]:
    """Minute and hour, and the text without them; midnight where no time is said."""
    for word, clock in _TIMES.items():
        if re.search(rf"\b{word}(?:ly|s)?\b", text):
            rest = re.sub(rf"\b{word}(?:ly|s)?\b", "", text)
            told, rest = _clock(rest)
            hour, minute = map(int, clock.split(":"))
            return told or (minute, hour), rest
    told, rest = _clock(text)
    if told is None and re.search(r"\bat\b", text):
        return None, text
    return told or (0, 0), rest


def _clock(text: str) -> tuple[tuple[int, int] | None, str]:
    found = re.search(rf"\bat {_CLOCK}(?=\s|$)", text) or re.search(
        r"\b(\d{1,2}):(\d{2})\s*(am|pm)?(?=\s|$)", text
    )
    if found is None:
        return None, text
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    half = found.group(3)
    if half in {"am", "pm"}:
        if not 1 <= hour <= 12:
            return None, text
        hour = hour % 12 + (12 if half == "pm" else 0)
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return ((minute, hour), rest) if hour < 24 and minute < 60 else (None, text)
