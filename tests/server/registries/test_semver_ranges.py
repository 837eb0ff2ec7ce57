"""Semantic versions: order, and the ranges npm and Cargo write."""

from __future__ import annotations

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.registries.semver import parse, satisfies


@pytest.mark.parametrize(
    ("range_", "fits", "fails"),
    [
        ("^1.2.3", "1.2.3 1.9.0", "1.2.2 2.0.0 2.0.0-rc.1"),
        ("^0.2.3", "0.2.3 0.2.9", "0.3.0 1.0.0"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("^0", "0.0.1 0.9.9", "1.0.0"),
        ("^19", "19.0.0 19.3.1", "18.9.9 20.0.0"),
        ("~1.2", "1.2.0 1.2.9", "1.3.0"),
        ("~1", "1.0.0 1.9.9", "2.0.0"),
        ("1.x", "1.0.0 1.9.9", "2.0.0"),
        ("1.2.*", "1.2.0", "1.3.0"),
        ("22", "22.0.0 22.20.5", "23.0.0"),
        ("*", "0.0.1 9.9.9", "1.0.0-beta"),
        ("", "1.0.0", "1.0.0-beta"),
        (">=1.2 <2", "1.2.0 1.9.9", "1.1.9 2.0.0"),
        (">= 1.2.0 < 2.0.0", "1.2.0", "2.0.0"),
        (">1", "2.0.0", "1.9.9"),
        ("<=1", "1.9.9", "2.0.0"),
        ("1.2 - 2", "1.2.0 2.9.9", "3.0.0 1.1.0"),
        ("^1 || ^3.1", "1.5.0 3.1.0", "2.0.0 3.0.0"),
        ("=1.2.3", "1.2.3", "1.2.4"),
        (">=1.0.0-beta.2", "1.0.0-beta.11 1.0.0 2.0.0", "1.0.0-beta.1 2.0.0-beta.1"),
        ("^20.19.0 || >=22.12.0", "20.19.1 22.12.0 26.0.0", "21.0.0 22.11.0"),
    ],
)
def test_ranges_admit_what_npm_admits(range_: str, fits: str, fails: str) -> None:
    for version in fits.split():
        assert satisfies(version, range_), (version, range_)
    for version in fails.split():
        assert not satisfies(version, range_), (version, range_)


def test_a_bare_version_means_caret_for_cargo() -> None:
    assert satisfies("1.9.0", "1.2", bare_caret=True)
    assert not satisfies("1.9.0", "1.2")
    assert satisfies("0.8.9", ">=0.8, <0.9", bare_caret=True)


def test_versions_are_ordered_by_numbers_and_pre_releases_come_first() -> None:
    order = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.9.0 1.10.0"
    parsed = [found for version in order.split() if (found := parse(version))]
    assert len(parsed) == 8
    assert sorted(parsed, reverse=True) == parsed[::-1]


@pytest.mark.parametrize("range_", ["latest!", "^^1", "1.2.3.4.5", ">=", "a" * 300, "1 - ", "x y"])
def test_what_is_no_range_is_refused(range_: str) -> None:
    with pytest.raises(InvalidInputError):
        satisfies("1.0.0", range_)
