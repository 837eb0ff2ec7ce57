"""Which tests of the host's own files prove what: `ExtraFile.proves`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.spec import MAX_REQUIREMENTS, ExtraFile, ProjectSpec, Requirement

TEST_PREFIX = "test:"
UNKNOWN_PREFIX = "unknown:"
_CAPABILITY = re.compile(
    r"(?:archetype|entity|field|relation|feature|command|job|channel|page):\S(?:.*\S)?"
)
_NUMBER = re.compile(r"R[1-9][0-9]{0,3}")

TestId = Callable[[str, str], str | None]
"""(path, line) -> the id of the test that starts there; None when none does."""


def is_capability(name: str) -> bool:
    """Whether an entry of `proves` names a capability; otherwise it names a requirement."""
    return _CAPABILITY.fullmatch(name) is not None


def tests_of(file: ExtraFile, test_id: TestId) -> list[str]:
    """The ids of the tests in a file that proves something, in its order.

    Raises:
        InvalidInputError: there is none, so nothing could ever be proven.
    """
    found = (test_id(file.path, line) for line in file.content.splitlines())
    tests = list(dict.fromkeys(test for test in found if test is not None))
    if not tests:
        raise InvalidInputError(
            f"'{file.path}' is to prove {', '.join(file.proves[:5])}, but no test was found in it",
            hint="Name what is proven on the file that holds the tests, each a plain test function "
            "of the language's usual form, outside classes.",
        )
    return tests


def capabilities(files: Sequence[ExtraFile], test_id: TestId) -> dict[str, list[str]]:
    """Capability -> the tests of the host's files that prove it."""
    found: dict[str, list[str]] = {}
    for file in files:
        names = [name for name in file.proves if is_capability(name)]
        tests = tests_of(file, test_id) if names else []
        for name in names:
            known = found.setdefault(name, [])
            known += [test for test in tests if test not in known]
    return found


def bound(spec: ProjectSpec, test_id: TestId, provided: Collection[str]) -> ProjectSpec:
    """The spec with its requirements needing the tests that the host's files prove them by.

    A requirement is named by its id or its text; a text that no requirement has becomes one. What
    a requirement needed and is not among the `provided` capabilities is what the host's code is
    there for: its tests take that place.

    Raises:
        InvalidInputError: a file holds no test, or names a requirement id that there is not.
    """
    rows = {requirement.id: requirement for requirement in spec.requirements}
    ids = {_plain(requirement.text): requirement.id for requirement in spec.requirements}
    for file in spec.extra_files:
        for name in (name for name in file.proves if not is_capability(name)):
            number = name if _NUMBER.fullmatch(name) else ids.get(_plain(name), "")
            if number and number not in rows:
                raise InvalidInputError(
                    f"'{file.path}' is to prove {name}, which is no requirement",
                    hint=f"Requirements are {', '.join(rows) or 'none'}; their text does as well.",
                )
            if not number:
                number = f"R{1 + max((int(known[1:]) for known in rows), default=0)}"
                rows[number] = Requirement(id=number, text=name)
                ids[_plain(name)] = number
            needs = [f"{TEST_PREFIX}{test}" for test in tests_of(file, test_id)]
            rows[number] = _needing(rows[number], needs, provided)
    if len(rows) > MAX_REQUIREMENTS:
        raise InvalidInputError(
            f"the spec would have more than {MAX_REQUIREMENTS} requirements",
            hint="Name fewer in 'proves', or capabilities such as feature:scoring.",
        )
    return spec.model_copy(update={"requirements": list(rows.values())})


def _needing(
    requirement: Requirement, tests: Sequence[str], provided: Collection[str]
) -> Requirement:
    kept = [
        need
        for need in requirement.needs
        if need in provided or need.startswith((TEST_PREFIX, "without:"))
    ]
    needs = list(dict.fromkeys([*kept, *tests]))[:200]
    return requirement.model_copy(update={"needs": needs})


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
