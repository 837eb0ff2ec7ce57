"""The three-way merge never loses a line that one side wrote."""

from __future__ import annotations

import random

import pytest

from autonomous_coder.engines.generator.merging import count_changes, merge3

BASE = "".join(f"{number}\n" for number in range(30))


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (BASE, BASE.replace("7\n", "x\n", 1), BASE.replace("7\n", "x\n", 1)),
        (BASE.replace("7\n", "x\n", 1), BASE, BASE.replace("7\n", "x\n", 1)),
        ("top\n" + BASE, BASE + "end\n", "top\n" + BASE + "end\n"),
        (BASE + "same\n", BASE + "same\n", BASE + "same\n"),
        (BASE + "mine\n", BASE + "theirs\n", None),
        (BASE.replace("5\n", "", 1), BASE.replace("5\n", "x\n", 1), None),
    ],
)
def test_merging_known_cases(ours: str, theirs: str, merged: str | None) -> None:
    assert merge3(BASE, ours, theirs) == merged


def test_merging_random_edits_keeps_every_line_that_a_side_added() -> None:
    chance = random.Random(1)
    clean = 0
    for _ in range(300):
        ours, theirs = (edited(chance, side) for side in ("ours", "theirs"))
        merged = merge3(BASE, "".join(ours), "".join(theirs))
        if merged is None:
            continue
        clean += 1
        lines = merged.splitlines(keepends=True)
        base = set(BASE.splitlines(keepends=True))
        for side in (ours, theirs):
            assert [line for line in side if line not in base] == [
                line for line in lines if line in set(side) - base
            ]
        removed = (base - set(ours)) | (base - set(theirs))
        assert not removed & set(lines)
    assert clean > 50


def edited(chance: random.Random, side: str) -> list[str]:
    lines = BASE.splitlines(keepends=True)
    for number in range(chance.randint(0, 3)):
        place = chance.randrange(len(lines))
        if chance.random() < 0.5:
            lines.insert(place, f"{side} {number}\n")
        else:
            del lines[place]
    return lines


def test_changes_are_counted_by_lines() -> None:
    assert count_changes("a\nb\n", "a\nc\nd\n") == (2, 1)
    assert count_changes("", "x") == (1, 0)
    assert count_changes("-- a\n", "++ b\n") == (1, 1)
