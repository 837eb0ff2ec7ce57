"""Reading what one test program reported: two channels of its own that must agree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_LINE = re.compile(
    r"^test (?P<name>\S+?|.+ \(line \d+\))(?P<kind> - should panic| - compile fail| - compile)?"
    r" \.\.\. (?P<word>ok|FAILED|ignored|bench)\b.*$",
    re.M,
)
_LOG = re.compile(r"^(?P<word>ok|failed|ignored|bench)(?P<why>: .*)? (?P<name>\S+)$", re.M)
_SUMMARY = re.compile(
    r"^test result: (?P<word>ok|FAILED)\. (?P<passed>\d+) passed; (?P<failed>\d+) failed; "
    r"(?P<ignored>\d+) ignored; (?P<measured>\d+) measured; (?P<filtered>\d+) filtered out",
    re.M,
)
_SECTION = re.compile(
    r"^---- (?P<name>.+?) stdout ----\n(?P<text>.*?)(?=^---- .+ stdout ----$|^failures:$|\Z)",
    re.M | re.S,
)
_PANIC = re.compile(
    r"panicked at (?P<path>[^\n]+?):(?P<line>\d+):(?P<column>\d+):\n"
    r"(?P<text>.*?)(?=\nnote: |\nstack backtrace:|\n\nthread '|\Z)",
    re.S,
)
MAX_TEXT = 600


@dataclass(frozen=True, slots=True)
class Failure:
    """What a failed test said, and the place it panicked at when it told one."""

    message: str = ""
    path: str = ""
    line: int = 0
    column: int = 0


@dataclass(slots=True)
class Ran:
    """One program's tests. `broken` says why its report cannot be believed as a whole; `doubtful`
    are tests that were reported more than once or in contradiction."""

    listed: list[str] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    failed: dict[str, Failure] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    broken: str = ""

    @property
    def reported(self) -> set[str]:
        """Every test with an outcome."""
        return self.passed | set(self.failed) | self.ignored | self.doubtful


def read_run(record: Mapping[str, Any]) -> Ran:
    """The report of one program with libtest's harness."""
    ran = Ran(listed=listed(str(record.get("list", ""))))
    text = str(record.get("stdout", ""))
    code = record.get("code")
    printed = _outcomes(_LINE, text)
    log = record.get("log")
    logged = _outcomes(_LOG, log) if isinstance(log, str) else printed
    failures = sections(text)
    for name in dict.fromkeys([*logged, *printed]):
        first, second = logged.get(name, Counter()), printed.get(name, Counter())
        if len(first) != 1 or first.total() != 1 or second.total() > 1 or set(second) - set(first):
            ran.doubtful.add(name)
        elif "ok" in first or "bench" in first:
            ran.passed.add(name)
        elif "ignored" in first:
            ran.ignored.add(name)
        else:
            ran.failed[name] = failures.get(name, Failure())
    ran.broken = _broken(ran, record, text, code)
    return ran


def listed(text: str) -> list[str]:
    """Names from `--list --format terse`."""
    lines = (line.removesuffix(": test") for line in text.splitlines() if line.endswith(": test"))
    return list(dict.fromkeys(lines))


def _outcomes(pattern: re.Pattern[str], text: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for match in pattern.finditer(text):
        found.setdefault(match["name"], Counter())[match["word"].lower()] += 1
    return found


def _broken(ran: Ran, record: Mapping[str, Any], text: str, code: Any) -> str:
    summaries = list(_SUMMARY.finditer(text))
    missing = [name for name in ran.listed if name not in ran.reported]
    if not summaries:
        names = ", ".join(f"'{name}'" for name in missing[:3])
        more = f"; no outcome of {names}" if names else ""
        said = " ".join(str(record.get("stderr", "")).split())[-300:]
        return f"it ended with exit code {code} before its summary{more}. {said}".strip()
    if len(summaries) > 1:
        return "it printed more than one summary"
    if record.get("listed") != 0:
        return "it could not list its tests"
    last = summaries[0]
    counts = tuple(int(last[key]) for key in ("passed", "failed", "ignored"))
    if not ran.doubtful and counts != (len(ran.passed), len(ran.failed), len(ran.ignored)):
        return "its summary differs from the outcomes it reported"
    if (code == 0) is not (last["word"] == "ok" and counts[1] == 0):
        return f"its exit code {code} contradicts its summary"
    return ""


def sections(text: str) -> dict[str, Failure]:
    """What each failed test printed."""
    found: dict[str, Failure] = {}
    for match in _SECTION.finditer(text):
        said = match["text"]
        panic = _PANIC.search(said)
        if panic:
            message = " ".join(panic["text"].split())
            found[match["name"]] = Failure(
                message[:MAX_TEXT], panic["path"], int(panic["line"]), int(panic["column"])
            )
        else:
            at = re.search(r" at (\S+?\.rs):(\d+):(\d+)", said)
            message = " ".join(said.split())[:MAX_TEXT]
            found[match["name"]] = (
                Failure(message, at[1], int(at[2]), int(at[3])) if at else Failure(message)
            )
    return found


def doc_outcomes(text: str) -> dict[str, str]:
    """Doc test -> ok, failed or ignored, from what `cargo test --doc` printed."""
    found: dict[str, str] = {}
    for match in _LINE.finditer(text):
        word = match["word"].lower()
        name = match["name"]
        found[name] = word if found.get(name, word) == word else "failed"
    return found


def doc_summaries(text: str) -> int:
    """How many runs of doc tests came to their end."""
    return len(_SUMMARY.findall(text))
