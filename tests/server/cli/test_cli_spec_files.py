"""Spec files, descriptions and pairs: bounded, read by JSON's rules, errors with a place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.cli.inputs import pairs_of, spec_of
from autonomous_coder.errors import InvalidInputError, NotFoundError


def read(tmp_path: Path, text: str | bytes, name: str = "spec.yaml") -> dict[str, Any]:
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return spec_of(str(file))


def test_json_and_yaml_say_the_same(tmp_path: Path) -> None:
    expected = {"name": "shop", "entities": [{"name": "Item", "plural": "items", "fields": []}]}
    as_json = '{"name": "shop", "entities": [{"name": "Item", "plural": "items", "fields": []}]}'
    as_yaml = "name: shop\nentities:\n  - name: Item\n    plural: items\n    fields: []\n"
    assert read(tmp_path, as_json, "spec.json") == expected
    assert read(tmp_path, as_json, "spec.txt") == expected
    assert read(tmp_path, as_yaml) == expected


def test_yaml_words_and_dates_stay_text(tmp_path: Path) -> None:
    text = "a: no\nb: on\nc: 2026-01-01\nd: 12:30\ne: true\nf: 3\ng: 1.5\nh: null\ni: ''\nj: 1e3\n"
    assert read(tmp_path, text) == {
        "a": "no", "b": "on", "c": "2026-01-01", "d": "12:30", "e": True, "f": 3, "g": 1.5,
        "h": None, "i": "", "j": 1000.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("{", "spec.json", "line 1"),
        ('{"a": 1,\n "b" 2}', "spec.json", "line 2"),
        ('{"a": 1, "a": 2}', "spec.json", "'a' stands twice"),
        ('{"a": NaN}', "spec.json", "NaN"),
        ("a: [1\nb: 2\n", "spec.yaml", "line 2"),
        ("a: 1\na: 2\n", "spec.yaml", "stands twice"),
        ("a: &x [1]\nb: *x\n", "spec.yaml", "aliases are not accepted (line 2)"),
        ("a: !!python/object:os.system {}\n", "spec.yaml", "line 1"),
        ("- a\n- b\n", "spec.yaml", "must hold a mapping, not a list"),
        ("", "spec.yaml", "must hold a mapping, not nothing"),
        ("just words", "spec.yaml", "must hold a mapping, not text"),
        ("entities:\n  1: a\n", "spec.yaml", "entities"),
        ("[" * 100_000, "spec.json", "nested too deeply"),
        ("[" * 5_000, "spec.yaml", "nested too deeply"),
        ('{"a":' * 80 + "1" + "}" * 80, "spec.json", "nested too deeply"),
        (b"a: \xff\n", "spec.yaml", "not UTF-8"),
        (b"a: " + b"x" * 1_000_001, "spec.yaml", "larger than 1 MB"),
    ],
)
def test_a_bad_spec_is_refused_with_file_and_place(
    tmp_path: Path, text: str | bytes, name: str, said: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path, text, name)
    assert said in caught.value.message
    assert name in caught.value.message
    assert caught.value.hint


def test_a_missing_spec_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        spec_of(str(tmp_path / "nowhere.yaml"))


def test_without_a_name_there_is_no_spec() -> None:
    assert spec_of(None) == {}


def test_pairs_keep_what_follows_the_first_equals_sign() -> None:
    given = ("database=postgresql", "url=a=b", " k = v ")
    assert pairs_of(given, "--constraint") == {"database": "postgresql", "url": "a=b", "k": "v"}


@pytest.mark.parametrize("value", ["database", "=x", " =x", ""])
def test_a_pair_without_a_key_is_refused(value: str) -> None:
    with pytest.raises(InvalidInputError, match="KEY=VALUE"):
        pairs_of((value,), "--constraint")
