"""Lines of templates end where they seem to: a block tag at the end of a line takes the line break
with it, which no compiler notices in prose and settings."""

from __future__ import annotations

import re
from itertools import pairwise

from server.generator.conftest import TEMPLATES

_PROSE = re.compile(
    r"(\.md|\.ya?ml|\.toml|\.txt|ignore|Dockerfile|env[._]example)\.j2$|_example\.j2$"
)
_TAG = re.compile(r"\{%.*?%\}")
_ENDS = re.compile(r"(?:endif|endfor) %\}$")


def glued(text: str) -> list[str]:
    """Lines with text that run into the next one."""
    lines = text.split("\n")
    return [
        line
        for line, following in pairwise(lines)
        if _ENDS.search(line) and _TAG.sub("", line).strip()
        if following.strip() and not following.startswith("{%-")
    ]


def test_no_line_of_prose_or_settings_runs_into_the_next_one() -> None:
    assert glued("1. One{% if a %} more{% endif %}\n2. Two") == ["1. One{% if a %} more{% endif %}"]
    paths = [path for path in TEMPLATES.rglob("*.j2") if _PROSE.search(path.name)]
    assert len(paths) > 50
    found = {str(path.relative_to(TEMPLATES)): glued(path.read_text()) for path in paths}
    assert {path: lines for path, lines in found.items() if lines} == {}
