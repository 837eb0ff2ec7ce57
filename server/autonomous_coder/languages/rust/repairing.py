"""Changes that might mend a Rust project. Each is tried on a copy and judged by the checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from autonomous_coder.languages.base import ProjectView, Repair, Survey
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.validation import Diagnostic, Edit

MAX_REPAIRS = 60
CHECKS = ("build", "lint", "tests")
_CRATE = re.compile(r"use `cargo add (?P<name>[A-Za-z][\w-]*)` to add it")
_TESTS = re.compile(r"(?:^|/)(?:tests|benches)/")
_WORD = re.compile(r"[A-Za-z_]\w*")
WORDS = (
    "as async await break const continue crate else enum extern false fn for if impl in let loop "
    "match mod move mut pub ref return self Self static struct super trait true type unsafe use "
    "where while Box HashMap HashSet Option Result Some None Ok Err String Vec println format vec"
)


def repairs(project: ProjectView, diagnostics: Sequence[Diagnostic]) -> list[Repair]:
    """Missing crates, then the compiler's suggestions from errors to warnings, then layout."""
    found = list(_packages(diagnostics))
    suggested = [d for d in diagnostics if d.edits and d.code != "unformatted"]
    unsure = [d for d in suggested if not d.safe and d.tool == "rustc" and d.severity == "error"]
    for diagnostic in unsure[:MAX_REPAIRS]:
        changed = apply(project, diagnostic.edits)
        if changed:
            place = f"{diagnostic.path}:{diagnostic.line}"
            text = diagnostic.edits[0].text.strip()[:80]
            found.append(Repair("suggestion", f"{place}: {text}", CHECKS, changed))
    sure = [d for d in suggested if d.safe]
    if sure:
        changed = apply(project, [edit for d in sure for edit in d.edits])
        if changed:
            codes = ", ".join(sorted({d.code for d in sure})[:6])
            found.append(Repair("lint-fixes", f"Fixes of {codes}", CHECKS, changed))
        for diagnostic in sure[:MAX_REPAIRS] if len(sure) > 1 else []:
            changed = apply(project, diagnostic.edits)
            if changed:
                place = f"{diagnostic.path}:{diagnostic.line}"
                description = f"{place}: {diagnostic.code}"
                found.append(Repair("lint-fix", description, CHECKS, changed))
    ugly = [d for d in diagnostics if d.code == "unformatted" and d.edits]
    changed = apply(project, [edit for d in ugly for edit in d.edits])
    if changed:
        description = f"Layout of {len(changed)} files"
        found.append(Repair("format", description, ("syntax", "format"), changed))
    return found


def _packages(diagnostics: Sequence[Diagnostic]) -> Iterator[Repair]:
    """Crates that code names and no manifest declares."""
    needed: dict[str, list[str]] = {}
    for diagnostic in diagnostics:
        if diagnostic.code in ("E0432", "E0433", "E0463") and (
            match := _CRATE.search(diagnostic.message)
        ):
            needed.setdefault(match["name"], []).append(diagnostic.path)
    for name, paths in needed.items():
        development = all(_TESTS.search(path) for path in paths)
        # Code writes '_' where the registry's name has either; only one of them exists there.
        for package in dict.fromkeys((name, name.replace("_", "-"))):
            yield Repair(
                "missing-package",
                f"Declare '{package}'",
                ("dependencies", "build"),
                package=package,
                development=development,
            )


def apply(project: ProjectView, edits: Sequence[Edit]) -> Mapping[str, str]:
    """Path -> text after these edits; edits that overlap an earlier one are left out."""
    changed = {}
    for path in dict.fromkeys(edit.path for edit in edits):
        if path not in project.files:
            continue
        before = project.read(path)
        own = [edit for edit in edits if edit.path == path]
        after = _edited(before, own)
        if after != before:
            changed[path] = after
    return changed


def _edited(text: str, edits: Sequence[Edit]) -> str:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(line: int, column: int) -> int:
        return min(starts[min(line - 1, len(starts) - 1)] + column - 1, len(text))

    spans = sorted(
        {(offset(e.start_line, e.start_column), offset(e.end_line, e.end_column), e.text)
         for e in edits}
    )  # fmt: skip
    parts, reached = [], 0
    for start, end, new in spans:
        if start < reached or end < start:
            continue
        parts += [text[reached:start], new]
        reached = end
    return "".join([*parts, text[reached:]])


def symbols(survey: Survey, path: str) -> list[str]:
    """Names of the file, of its imports, of the project and of the language."""
    facts = survey.facts if isinstance(survey.facts, SourceFacts) else SourceFacts()
    names: dict[str, None] = {}
    order = [fact for own, fact in facts.files.items() if own == path]
    order += [fact for own, fact in facts.files.items() if own != path]
    for fact in order:
        names |= dict.fromkeys(fact.defines)
        names |= dict.fromkeys(f.name for f in fact.functions)
        if fact.path == path:
            for item in fact.imports:
                names |= dict.fromkeys(_WORD.findall(item.module))
    return list(names | dict.fromkeys(WORDS.split()))[:2_000]
