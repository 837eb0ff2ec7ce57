"""References may be written as Python's tools write them."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.research import parse_ref
from autonomous_coder.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "name", "wanted"),
    [
        ("pypi:pydantic<3", "pydantic", "<3"),
        ("pypi:pydantic@<3", "pydantic", "<3"),
        ("pypi:sqlalchemy[asyncio]", "sqlalchemy", ""),
        ("pypi:sqlalchemy[asyncio] >=2,<3", "sqlalchemy", ">=2,<3"),
        ("pypi:fastapi==0.165.0", "fastapi", "==0.165.0"),
    ],
)
def test_a_range_or_an_extra_may_follow_the_name(text: str, name: str, wanted: str) -> None:
    ref = parse_ref(text)
    assert (ref.name, ref.range) == (name, wanted)


@pytest.mark.parametrize("text", ["pypi:a b", "pypi:a;b", "pypi:[x]", "pypi:a<3@4;", "pypi:<3"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        parse_ref(text)
