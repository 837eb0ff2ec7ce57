"""Generated packages in TypeScript and JavaScript pass every check of our own validator."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.generator.node_packages import ADD_UP, CELLS, host_files, package
from server.generator.proving import passed, proven
from server.generator.python_packages import NAMES, TODO, WIDE

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.live,
    pytest.mark.sandbox,
    pytest.mark.thorough,
]

CHECKED = {
    "typescript": {"dependencies", "build", "lint", "types", "tests", "format"},
    "javascript": {"dependencies", "lint", "tests", "format"},
}
"""Language -> what must have passed, not only not failed."""
CASES: dict[str, dict[str, object]] = {
    "empty": {},
    "todo": {"entities": [TODO], "commands": [{"name": "add"}, {"name": "done"}]},
    "command": {"commands": [ADD_UP]},
    "wide": {
        "entities": [*WIDE, NAMES],
        "commands": [{"name": "publish"}, {"name": "add_post"}, ADD_UP],
        "features": ["license"],
    },
}
HOSTED = {"command", "wide"}
"""Cases with a command whose code is the host's."""


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("language", "archetype"), CELLS, ids=map("-".join, CELLS))
async def test_a_generated_package_passes_every_check(
    language: str, archetype: str, case: str, tmp_path: Path
) -> None:
    data = CASES[case]
    files = host_files(language) if case in HOSTED else []
    spec = package(language, archetype, **data, extra_files=files)
    assert CHECKED[language] <= passed(await proven(spec, tmp_path))
