"""The three-way merge never loses a line that one side wrote."""

from __future__ import annotations

import json
import random
import tomllib

import pytest

from autonomous_coder.engines.generator.merging import count_changes, merge3, merge_marked
from autonomous_coder.engines.generator.structured import merge_structured

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


def test_where_both_sides_touch_the_same_lines_both_stand_in_the_text() -> None:
    ours = BASE.replace("5\n", "mine\nshared\n", 1)
    theirs = BASE.replace("5\n", "theirs\nshared\n", 1).replace("20\n", "", 1)
    merged = merge_marked(BASE, ours, theirs)
    both = "<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> generated\nshared\n"
    assert merged.text == BASE.replace("5\n", both, 1).replace("20\n", "", 1)
    assert merged.conflicts == (6,)


def test_a_marked_text_holds_each_line_that_a_side_added() -> None:
    chance = random.Random(2)
    for _ in range(300):
        ours, theirs = (edited(chance, side) for side in ("ours", "theirs"))
        lines = merge_marked(BASE, "".join(ours), "".join(theirs)).text.splitlines(keepends=True)
        base = set(BASE.splitlines(keepends=True))
        for side in (ours, theirs):
            assert set(side) - base <= set(lines)
        assert base & set(ours) & set(theirs) <= set(lines)


def test_texts_that_are_too_much_to_compare_are_one_conflict_at_once() -> None:
    base = "same\n" * 19_000
    merged = merge_marked(base, "a\n" + base + "b\n", "c\n" + base + "d\n")
    assert len(merged.conflicts) == 1
    assert merged.text.count("same\n") == 38_000


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "wanted"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, {"a": 1, "c": 3}, {"a": 1, "b": 2, "c": 3}),
        ({"a": 1, "b": 1}, {"b": 1}, {"a": 1, "b": 2}, {"b": 2}),
        ({"a": {"x": 1}}, {"a": {"x": 1, "y": 2}}, {"a": {"x": 3}}, {"a": {"x": 3, "y": 2}}),
        ({"a": [1, 2]}, {"a": [1, 2, 3]}, {"a": [0, 1]}, {"a": [0, 1, 3]}),
        ({}, {"a": [1]}, {"a": [2]}, {"a": [1, 2]}),
        ({"a": 1}, {"a": 2}, {"a": 3}, None),
        ({"a": 1}, {}, {"a": 3}, None),
        ({"a": [1]}, {"a": [2]}, {"a": [3]}, None),
        ({"a": [1, 1]}, {"a": [1, 1, 2]}, {"a": [1]}, None),
        ({"a": 1}, {"a": True}, {"a": 1.0}, None),
        ({"a": {}}, {"a": {"b": 1}}, {"a": "text"}, None),
    ],
)
def test_structures_are_merged_key_by_key(
    base: object, ours: object, theirs: object, wanted: object
) -> None:
    old, mine, other = (json.dumps(value, indent=4) + "\n" for value in (base, ours, theirs))
    merged = merge_structured("x.json", old, mine, other, None)
    assert (None if merged is None else json.loads(merged)) == wanted
    if merged is not None and wanted != theirs:
        assert merged.startswith('{\n    "')


def test_what_cannot_be_read_is_merged_by_lines() -> None:
    for path, texts in (
        ("x.json", ("{", "{}", "{}")),
        ("x.json", ("{}", '{"a": 1, "a": 2}', "{}")),
        ("x.toml", ("a = 1", "a = ", "a = 2")),
        ("x.json", ("{}", "[" * 100_000, "{}")),
    ):
        assert merge_structured(path, *texts, "by lines") == "by lines"


def test_two_entries_of_the_same_name_in_two_places_are_no_merge() -> None:
    base = "[a]\nx = 1\n\n[b]\ny = 1\n\n[c]\nz = 1\n"
    ours = base.replace("x = 1\n", "x = 1\nnew = 1\n")
    theirs = base + "\n[d]\nw = 1\n"
    assert merge_structured("x.toml", base, ours, theirs, merge3(base, ours, theirs)) == (
        ours + "\n[d]\nw = 1\n"
    )
    twice = base.replace("x = 1\n", "new = 2\nx = 1\n")
    assert merge_structured("x.toml", base, ours, twice, None) is None


def test_toml_keeps_comments_and_layout_of_the_users_file() -> None:
    base = '[project]\nname = "x"\ndependencies = [\n    "a==1",\n    "b==1",\n]\n'
    ours = "# mine\n" + base.replace('"x"', '"x"  # its name')
    ours = ours.replace('    "b==1",\n', '    "b==1",\n    "mine",\n')
    theirs = base.replace('    "b==1",\n', '    "b==2",\n    "c==1",\n') + "\n[tool.x]\ny = 1\n"
    merged = merge_structured("pyproject.toml", base, ours, theirs, None)
    assert merged is not None
    assert tomllib.loads(merged) == {
        "project": {"name": "x", "dependencies": ["a==1", "b==2", "c==1", "mine"]},
        "tool": {"x": {"y": 1}},
    }
    assert merged.startswith('# mine\n[project]\nname = "x"  # its name\n')


def test_toml_of_a_layout_that_cannot_be_kept_is_a_conflict_and_no_crash() -> None:
    base = "[v]\na = 1\n[v.w.x]\n"
    assert merge_structured("x.toml", base, f"[[v.w]]\n{base}", f"[[t]]\n{base}", None) is None
    base = '[t.u]\n[t]\nb.c.d = "m"\nc = 3\n'
    ours = base.replace('"m"', '"n"')
    assert merge_structured("x.toml", base, ours, base[6:].replace("c = 3\n", ""), None) is None


def test_what_is_no_number_is_no_change() -> None:
    base = "a = nan\nb = 1\n"
    merged = merge_structured("x.toml", base, f"{base}c = 1\n", "a = nan\nb = 2\n", None)
    assert merged == "a = nan\nb = 2\nc = 1\n"
