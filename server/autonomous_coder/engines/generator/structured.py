"""Three-way merge of JSON and TOML by what they say, not by lines."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, MutableMapping, MutableSequence
from typing import cast

MAX_STRUCTURED_CHARS = {".json": 500_000, ".toml": 50_000}
"""What is larger is merged by lines: keeping the layout of large TOML takes many seconds."""
MAX_LIST = 2_000
_MISSING = object()


class _Conflict(Exception):  # noqa: N818 - no error: the way out of a recursion
    """Both sides changed the same value, each otherwise."""


def is_structured(path: str) -> bool:
    """Whether a file is merged by what it says."""
    return path.endswith((".json", ".toml"))


def merge_structured(
    path: str, base: str, ours: str, theirs: str, by_lines: str | None
) -> str | None:
    """Both sides' changes in the layout of `ours`; None when both changed the same value.

    `by_lines` is a merge by lines: taken when it says the same, and when one of the texts cannot
    be read (JSON with comments, say)."""
    if max(len(base), len(ours), len(theirs)) > MAX_STRUCTURED_CHARS[path[path.rindex(".") :]]:
        return by_lines
    try:
        old, mine, other = (_read(path, text) for text in (base, ours, theirs))
    except (ValueError, RecursionError):
        return by_lines
    try:
        wanted = _merged(old, mine, other)
        if by_lines is not None and _same(_read_or_none(path, by_lines), wanted):
            return by_lines
        text = _written_toml(ours, wanted) if path.endswith(".toml") else _json(ours, wanted)
        return text if _same(_read_or_none(path, text), wanted) else None
    except (_Conflict, ValueError, TypeError, KeyError, RecursionError):
        return None


def _read(path: str, text: str) -> object:
    if path.endswith(".toml"):
        return tomllib.loads(text)
    return json.loads(text, object_pairs_hook=_once) if text.strip() else {}


def _read_or_none(path: str, text: str) -> object:
    try:
        return _read(path, text)
    except (ValueError, RecursionError):
        return _MISSING


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; one that names a key twice cannot be merged without losing a value."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _same(one: object, two: object) -> bool:
    """Equal, with `1`, `1.0` and `true` told apart; what is no number is like itself."""
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys() and all(_same(one[key], two[key]) for key in one)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(_same, one, two))
    return type(one) is type(two) and (one == two or (one != one and two != two))


def _merged(base: object, ours: object, theirs: object) -> object:
    if _same(ours, theirs) or _same(theirs, base):
        return ours
    if _same(ours, base):
        return theirs
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return _merged_tables(base if isinstance(base, Mapping) else {}, ours, theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return _merged_lists(base if isinstance(base, list) else [], ours, theirs)
    raise _Conflict


def _merged_tables(
    base: Mapping[str, object], ours: Mapping[str, object], theirs: Mapping[str, object]
) -> dict[str, object]:
    """Key by key: ours in their order, then what only theirs has."""
    keys = dict.fromkeys((*ours, *theirs))
    found = {
        key: _merged(base.get(key, _MISSING), ours.get(key, _MISSING), theirs.get(key, _MISSING))
        for key in keys
    }
    return {key: value for key, value in found.items() if value is not _MISSING}


def _merged_lists(base: list[object], ours: list[object], theirs: list[object]) -> list[object]:
    """Lists of distinct entries: what theirs took out goes, what it brought comes in."""
    sides = (base, ours, theirs)
    if any(len(side) > MAX_LIST for side in sides):
        raise _Conflict
    old, mine, other = ([json.dumps(v, sort_keys=True, default=str) for v in s] for s in sides)
    if any(len(set(side)) != len(side) for side in (old, mine, other)):
        raise _Conflict
    gone = [name for name in old if name not in other]
    if any(name not in mine for name in gone):
        # The same entry was replaced or removed by both: which of the new ones is it now?
        raise _Conflict
    values = dict(zip((*mine, *other), (*ours, *theirs), strict=True))
    brought = [name for name in other if name not in old and name not in mine]
    result = [name for name in mine if name not in gone]
    for name in brought:
        result.insert(_place(name, other, result), name)
    return [values[name] for name in result]


def _place(name: str, other: list[str], result: list[str]) -> int:
    """After the entry that it follows in the other list, as far as that is there."""
    for before in reversed(other[: other.index(name)]):
        if before in result:
            return result.index(before) + 1
    return 0 if any(entry in other for entry in result) else len(result)


def _json(ours: str, wanted: object) -> str:
    """JSON with the indentation of ours."""
    second = next((line for line in ours.splitlines()[1:] if line.strip()), "")
    space = second[: len(second) - len(second.lstrip())]
    indent = space if space and "\n" in ours.strip() else 2
    end = "\n" if ours.endswith("\n") or not ours else ""
    return json.dumps(wanted, indent=indent, ensure_ascii=False) + end


def _written_toml(ours: str, wanted: object) -> str:
    """TOML with the comments and the layout of ours."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(ours)
        _bring_up(document, cast("Mapping[str, object]", wanted))
        return tomlkit.dumps(document)
    except (TOMLKitError, LookupError, AttributeError, AssertionError) as error:
        # Of some layouts (a table in the middle of those below another) it cannot be made.
        raise _Conflict from error


def _bring_up(table: MutableMapping[str, object], wanted: Mapping[str, object]) -> None:
    for key in [key for key in table if key not in wanted]:
        del table[key]
    for key, value in wanted.items():
        now = table.get(key, _MISSING)
        if isinstance(now, MutableMapping) and isinstance(value, Mapping):
            _bring_up(now, value)
        elif isinstance(now, MutableSequence) and isinstance(value, list) and value:
            _bring_up_list(now, value)
        elif now is _MISSING or not _same(_plain(now), value):
            table[key] = value


def _bring_up_list(array: MutableSequence[object], wanted: list[object]) -> None:
    for index in reversed(range(len(array))):
        if _plain(array[index]) not in wanted:
            del array[index]
    for index, value in enumerate(wanted):
        if index >= len(array) or _plain(array[index]) != value:
            array.insert(index, value)


def _plain(value: object) -> object:
    unwrap = getattr(value, "unwrap", None)
    return unwrap() if unwrap is not None else value
