"""Versions of Ruby gems: their order, and the requirements gemspecs and Gemfiles write."""

from __future__ import annotations

import re

from autonomous_coder.errors import InvalidInputError

_FORM = re.compile(r"\d{1,9}(?:\.[0-9A-Za-z]{1,30}){0,20}(?:-[0-9A-Za-z.-]{1,60})?")
_PART = re.compile(r"\d+|[a-z]+", re.I)
_ONE = re.compile(r"(=|!=|>=|<=|>|<|~>)?\s*([0-9][0-9A-Za-z.-]{0,80})")
Key = tuple[tuple[int, int, str], ...]


def parse(version: str) -> Key | None:
    """A sort key, or None when it is no gem version. Words sort below numbers: a version that
    holds one is a pre-release."""
    if not _FORM.fullmatch(version):
        return None
    # A dash means a pre-release: 1.0-rc1 is 1.0.pre.rc1.
    parts: list[tuple[int, int, str]] = []
    for part in _PART.findall(version.replace("-", ".pre.")):
        parts.append((1, int(part), "") if part.isdigit() else (0, 0, part))
    return _trimmed(parts)


def _trimmed(parts: list[tuple[int, int, str]]) -> Key:
    """Zeros at the end, and before the first word, add nothing."""
    word = next((i for i, part in enumerate(parts) if part[0] == 0), len(parts))
    head, tail = parts[:word], parts[word:]
    for rows in (head, tail):
        while rows and rows[-1] == (1, 0, ""):
            rows.pop()
    # The end of a release stands above any word and below any number but zero.
    return (*head, *tail, (1, 0, ""))


def is_prerelease(version: str) -> bool:
    """Whether a version holds a letter or a dash."""
    return bool(re.search(r"[A-Za-z-]", version))


def satisfies(version: str, range_: str) -> bool:
    """Whether a version fits `~> 7.1, >= 7.1.2`; a pre-release fits only where one is named.

    Raises:
        InvalidInputError: the requirement cannot be read.
    """
    key = parse(version)
    pieces = [piece.strip() for piece in range_.split(",") if piece.strip()]
    bounds = [_bound(piece, range_) for piece in pieces]
    if key is None:
        return False
    if is_prerelease(version) and not any(is_prerelease(limit) for _, limit in bounds):
        return False
    return all(_fits(key, op, limit) for op, limit in bounds)


def _bound(piece: str, range_: str) -> tuple[str, str]:
    match = _ONE.fullmatch(piece)
    if not match or parse(match[2]) is None:
        shown = range_[:60].encode("ascii", "backslashreplace").decode()
        raise InvalidInputError(
            f"'{shown}' is not a gem requirement.", hint="Write it like ~> 7.1 or >= 1.2, < 3."
        )
    return match[1] or "=", match[2]


def _fits(key: Key, op: str, limit: str) -> bool:
    other = parse(limit)
    assert other is not None
    if op == "~>":
        numbers = re.match(r"\d+(?:\.\d+)*", limit)
        parts = numbers[0].split(".") if numbers else []
        upper = parts[:-1] if len(parts) > 1 else parts
        above = parse(".".join([*upper[:-1], str(int(upper[-1]) + 1)]) + ".a")
        return key >= other and above is not None and key < above
    return {
        "=": key == other,
        "!=": key != other,
        ">": key > other,
        "<": key < other,
        ">=": key >= other,
        "<=": key <= other,
    }[op]
