"""What is said of files: their formats, which are none of what they hold."""

from __future__ import annotations

import re

FORMAT = (
    r"(?:CSVs?|TSV|JSON(?:[ -]?lines)?|JSONL|NDJSON|Excel|XLSX|spreadsheets?|workbooks?|files?"
    r"|sheets?|exports?|folders?|director(?:y|ies)|disk)"
)
SOME = (
    r"(?:(?:an?|the|all|several|multiple|many|different|some|various|daily|one|raw|large|our|local"
    r"|incoming|new|these|both)\s+)*"
)
_IN_FILES = re.compile(
    rf"\s*\b(?:from|in|into|to|as|out of)\s+{SOME}{FORMAT}"
    rf"(?:(?:\s|,|/|\bor\b|\band\b)+{FORMAT})*",
    re.IGNORECASE,
)
_FILES_OF = re.compile(
    rf"^{SOME}{FORMAT}(?:(?:\s|,|/|\bor\b|\band\b)+{FORMAT})*(?:\s+(?:of|about|for|containing"
    r"|with)\s+|\s*$)",
    re.IGNORECASE,
)
_NAMED_FILE = re.compile(r"\b(\w{2,40})\.(?:csv|tsv|jsonl?|ndjson|xlsx)\b", re.IGNORECASE)
_DATA_WITH = re.compile(r"\b(\w{3,30}) data\b(?=\s*\(|\s+with\b)", re.IGNORECASE)
_ARROW = re.compile(r"\s+(?:->|=>|→|➔)\s+")
_ONLY_FORMAT = re.compile(rf"(?:an?\s+)?{FORMAT}\.?", re.IGNORECASE)
_OF_FORMAT = re.compile(r"^(?:CSV|TSV|JSON|Excel|XLSX)\s+(?=[a-z]+s\b)", re.IGNORECASE)
PRONOUNS = frozenset({"it", "them", "this", "these", "those"})


def in_words(text: str) -> str:
    """`orders.csv -> drop duplicates -> JSON` as sentences."""
    text = _NAMED_FILE.sub(r"\1 from files", text)
    first, *steps = [part.strip() for part in _ARROW.split(text)]
    if not steps:
        return text
    done = [f"write {step}" if _ONLY_FORMAT.fullmatch(step) else step for step in steps]
    return f"{first}. It {', '.join(done)}"


def bare_of(text: str) -> str:
    """What is read, without the files that it is in; empty for `them`."""
    bare = _IN_FILES.sub("", _FILES_OF.sub("", text.strip())).strip(" ,")
    bare = _OF_FORMAT.sub("", bare)
    bare = _DATA_WITH.sub(r"\1 records", bare)
    bare = re.sub(r"\bdata\b\s*$", "", bare, flags=re.IGNORECASE).strip()
    return "" if bare.lower() in PRONOUNS | {"data", "rows", "records", "everything"} else bare
