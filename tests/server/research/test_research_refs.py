"""References as people write them, and as attackers do."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.research import parse_ref
from autonomous_coder.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "ecosystem", "name", "range_"),
    [
        ("pypi:fastapi", "pypi", "fastapi", ""),
        ("PyPI:Typing_Extensions", "pypi", "typing-extensions", ""),
        ("pypi:django@>=5,<6", "pypi", "django", ">=5,<6"),
        ("npm:react@^19", "npm", "react", "^19"),
        ("npm:@types/node", "npm", "@types/node", ""),
        ("npm:@types/node@22", "npm", "@types/node", "22"),
        ("npm:thing@>=1 <2 || ~3.1", "npm", "thing", ">=1 <2 || ~3.1"),
        ("crates:serde", "crates", "serde", ""),
        ("go:github.com/gin-gonic/gin", "go", "github.com/gin-gonic/gin", ""),
        ("go:gopkg.in/yaml.v3@v3.0", "go", "gopkg.in/yaml.v3", "v3.0"),
        ("maven:org.apache.commons:commons-lang3", "maven", "org.apache.commons:commons-lang3", ""),
        ("maven:a.b:c@[1,2)", "maven", "a.b:c", "[1,2)"),
    ],
)
def test_a_reference_is_read(text: str, ecosystem: str, name: str, range_: str) -> None:
    ref = parse_ref(text)
    assert (ref.ecosystem, ref.name, ref.range) == (ecosystem, name, range_)
    assert parse_ref(str(ref)) == ref


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fastapi",
        "pypi:",
        "hackage:lens",
        "pypi:../../simple",
        "pypi:a/b",
        "pypi:-e",
        "pypi:fast api",
        "pypi:x\r\nHost: evil",
        "pypi:x?y=1#z",
        "pypi:x%2f..",
        "pypi:x@$(id)",
        "pypi:x@`id`",
        "npm:../x",
        "npm:@scope",
        "npm:@../x",
        "npm:@a/b/c",
        "npm:.hidden",
        "npm:http://example.org/x.tgz",
        "crates:1serde",
        "crates:ser/de",
        "go:github.com/../../x",
        "go:localhost",
        "go:example.com//x",
        "maven:group",
        "maven:a:b:c",
        "maven:a..b:c",
        "maven:../x:y",
        "pypi:" + "a" * 400,
        "pypi:x@" + "1" * 200,
        "pypi:ünïcode",
        "pypi:a\x00b",
    ],
)
def test_what_is_no_reference_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_ref(text)
    assert caught.value.hint
    assert len(str(caught.value)) < 500
