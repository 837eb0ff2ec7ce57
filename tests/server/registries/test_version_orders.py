"""Orders and ranges of gems, Composer packages and NuGet packages."""

from __future__ import annotations

import random
from itertools import pairwise
from types import ModuleType

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.registries import composer_versions, gem_versions, nuget_versions

ORDERS = [
    (gem_versions, "1.0.a 1.0.a.2 1.0.b1 1.0.0.pre1 1.0.0.rc2 1.0 1.0.1 1.2.b1 1.2.0 1.10 2.0"),
    (
        composer_versions,
        "1.0-dev 1.0-alpha 1.0-alpha.2 1.0.0-beta2 1.0.0-RC1 1.0.0 1.0.0-p1 v1.0.1 1.0.1.1 1.10",
    ),
    (
        nuget_versions,
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc 1.0.0 1.0.0.1 1.2 1.10.0",
    ),
]


@pytest.mark.parametrize(("module", "order"), ORDERS, ids=["gem", "composer", "nuget"])
def test_versions_stand_in_the_order_of_their_ecosystem(module: ModuleType, order: str) -> None:
    words = order.split()
    keys = [module.parse(word) for word in words]
    assert None not in keys
    for one, other in pairwise(keys):
        assert one < other
    mixed = list(zip(keys, words, strict=True))
    random.Random(7).shuffle(mixed)
    assert [word for _, word in sorted(mixed)] == words


def test_zeros_at_the_end_make_no_other_version() -> None:
    assert gem_versions.parse("1.0") == gem_versions.parse("1.0.0")
    assert composer_versions.parse("v1.0") == composer_versions.parse("1.0.0.0")
    assert nuget_versions.parse("1.0") == nuget_versions.parse("1.0.0+build")


@pytest.mark.parametrize(
    ("module", "range_", "fits", "fails"),
    [
        (gem_versions, "~> 7.1.2", "7.1.2 7.1.10", "7.1.1 7.2.0 7.2.0.rc1"),
        (gem_versions, "~> 7.1", "7.1 7.9.9", "8.0 8.0.0.rc1 7.0"),
        (gem_versions, ">= 1.2, < 2", "1.2.0 1.9", "1.1 2.0 2.0.0.pre"),
        (gem_versions, "!= 1.5", "1.4", "1.5.0"),
        (gem_versions, ">= 2.0.0.rc1", "2.0.0.rc1 2.0.0", "1.9"),
        (gem_versions, "3.1", "3.1.0", "3.1.1"),
        (composer_versions, "^1.2", "1.2.0 v1.9.9", "1.1.9 2.0.0 2.0.0-RC1"),
        (composer_versions, "^0.3", "0.3.0 0.3.9", "0.4.0"),
        (composer_versions, "~1.2", "1.2.0 1.9.0", "2.0.0"),
        (composer_versions, "~1.2.3", "1.2.3 1.2.9", "1.3.0"),
        (composer_versions, "1.2.*", "1.2.0 1.2.9", "1.3.0 1.1.0"),
        (composer_versions, ">=1.0 <2.0 || ^3.1", "1.5.0 3.2.0", "2.5.0 3.0.0"),
        (composer_versions, ">=1.0,<1.5", "1.4", "1.5"),
        (composer_versions, "1.0 - 2.0", "1.0 2.0.9", "2.1"),
        (composer_versions, "^2.0@beta", "2.0.1-beta1", "1.9"),
        (composer_versions, "*", "9.9.9", "1.0.0-alpha"),
        (nuget_versions, "[1.0,2.0)", "1.0 1.9.9", "2.0 0.9 2.0.0-rc.1"),
        (nuget_versions, "(1.0,)", "1.0.1", "1.0"),
        (nuget_versions, "[1.2.3]", "1.2.3", "1.2.4"),
        (nuget_versions, "1.2", "1.2 9.0", "1.1"),
        (nuget_versions, "1.*", "1.0 1.9", "2.0 0.9"),
        (nuget_versions, "[1.0.0-beta,2.0)", "1.0.0-beta.2 1.5", "1.0.0-alpha"),
    ],
)
def test_ranges_admit_what_the_ecosystem_admits(
    module: ModuleType, range_: str, fits: str, fails: str
) -> None:
    for version in fits.split():
        assert module.satisfies(version, range_), (version, range_)
    for version in fails.split():
        assert not module.satisfies(version, range_), (version, range_)


@pytest.mark.parametrize("module", [gem_versions, composer_versions, nuget_versions])
@pytest.mark.parametrize("range_", ["words", ">=", "1.0 || ?", "[1,2", "~> a", "\x00", "^" * 90])
def test_what_is_no_range_is_refused(module: ModuleType, range_: str) -> None:
    with pytest.raises(InvalidInputError):
        module.satisfies("1.0.0", range_)


@pytest.mark.parametrize("module", [gem_versions, composer_versions, nuget_versions])
def test_any_text_is_a_version_or_none_and_never_an_error(module: ModuleType) -> None:
    source = random.Random(11)
    for _ in range(2_000):
        text = "".join(source.choices("0123456789.-+vab rcd~^", k=source.randint(0, 12)))
        module.parse(text)
    assert module.parse("dev-main") is None
    assert module.parse("9" * 5_000) is None
