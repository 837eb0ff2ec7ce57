"""Whether tests are still what they were at the last checkpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from autonomous_coder.languages.base import TestFact
from autonomous_coder.languages.findings import finding, verdict
from autonomous_coder.models.validation import CheckResult, Diagnostic, Severity

NAME, TITLE = "tests_kept", "Tests are as strict as they were"
TOOL = "autonomous-coder"
MAX_BASELINE = 50_000


def tests_kept(
    before: Mapping[str, TestFact],
    now: Mapping[str, TestFact],
    unread: Collection[str],
    languages: Mapping[str, str],
) -> CheckResult:
    """Deleted, newly skipped and weakened tests, as information. A test with the same body under
    another name or in another file was moved. `unread` are files whose tests cannot be told;
    `languages` maps the end of a file's name to its language."""
    found: list[Diagnostic] = []
    gone = {name: test for name, test in before.items() if name not in now}
    moved = Counter(test.body for name, test in now.items() if name not in before)
    for name, test in gone.items():
        path = _path(name)
        if path in unread:
            continue
        if moved[test.body] > 0:
            moved[test.body] -= 1
            continue
        message = f"the test '{_title(name)}' was deleted since the last checkpoint"
        found.append(_finding("deleted-test", message, path, test.line, languages))
    for name, test in before.items():
        current = now.get(name)
        if current is None:
            continue
        path = _path(name)
        if current.skipped and not test.skipped:
            message = f"the test '{_title(name)}' is skipped since the last checkpoint"
            found.append(_finding("skipped-test", message, path, current.line, languages))
        if current.assertions < test.assertions:
            message = (
                f"the test '{_title(name)}' asserts less than at the last checkpoint "
                f"({current.assertions} instead of {test.assertions} times)"
            )
            found.append(_finding("weakened-test", message, path, current.line, languages))
    for path in sorted({_path(name) for name in gone} & set(unread)):
        message = "the tests of this file cannot be compared, because it cannot be read"
        found.append(_finding("tests-not-compared", message, path, 0, languages))
    found.sort(key=lambda d: (d.path, d.line, d.code))
    reason = f"{len(before)} tests of the last checkpoint compared."
    return verdict(NAME, TITLE, found, strict=False, informational=True, reason=reason, tool=TOOL)


def _path(test_id: str) -> str:
    return test_id.split("::", 1)[0]


def _title(test_id: str) -> str:
    return test_id.partition("::")[2]


def _finding(
    code: str, message: str, path: str, line: int, languages: Mapping[str, str]
) -> Diagnostic:
    language = next((name for end, name in languages.items() if path.endswith(end)), "")
    return finding(
        language,
        TOOL,
        code,
        Severity.WARNING,
        message,
        path=path,
        line=line,
        column=1 if line else 0,
    )
