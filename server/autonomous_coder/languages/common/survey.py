"""The first check of every language but Python: each file is read once by tree-sitter."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autonomous_coder.languages.base import ProjectView, Steps, Survey, TestFact, Toolbox
from autonomous_coder.languages.findings import (
    clean,
    finding,
    parse_json,
    stopped,
    unreadable,
    verdict,
)
from autonomous_coder.languages.sources import (
    Condition,
    Function,
    Import,
    Slow,
    SourceFact,
    SourceFacts,
    SyntaxFault,
)
from autonomous_coder.models.execution import SOURCE_DIR, Command, Mount
from autonomous_coder.models.validation import Diagnostic, Severity

NAME, TITLE = "syntax", "Every file can be read"
INSIDE = Path(__file__).parent / "inside"
INSIDE_DIR = "/inside"
INSIDE_MOUNT = Mount(INSIDE, INSIDE_DIR)
MAX_FILES = 20_000
MAX_NAME = 300
GRAMMARS = {
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
    ".vue": "javascript", ".svelte": "javascript", ".astro": "javascript",
    ".go": "go", ".rs": "rust", ".java": "java",
}  # fmt: skip
"""Which grammar reads a file; components hold scripts that may be TypeScript instead."""


def grammar_of(path: str) -> str:
    """The grammar for a file, by the end of its name; empty when there is none."""
    return next((g for suffix, g in GRAMMARS.items() if path.endswith(suffix)), "")


def survey_sources(
    project: ProjectView, toolbox: Toolbox, language: str, suffixes: Sequence[str]
) -> Steps[Survey]:
    """Read every file with one of these suffixes; `facts` are `SourceFacts`."""
    wanted = [f for f in project.files if f.endswith(tuple(suffixes)) and grammar_of(f)]
    files = [f for f in wanted if f.isprintable()][:MAX_FILES]
    about: dict[str, Any] = {"tool": "tree-sitter", "tool_version": _version()}
    if not files:
        check = verdict(NAME, TITLE, _left_out(project, language, wanted, files), strict=True)
        return Survey(check.model_copy(update=about), SourceFacts())
    outcome = yield Command(
        argv=(
            *(toolbox.interpreter.executable, "-I", "-X", "utf8"),
            f"{INSIDE_DIR}/survey_sources.py",
        ),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        mounts=(*toolbox.mounts, INSIDE_MOUNT),
        limits=replace(toolbox.limits, output_bytes=max(toolbox.limits.output_bytes, 64 * 2**20)),
        stdin=json.dumps([[f, grammar_of(f)] for f in files]).encode(),
        runs_project_code=False,
    )
    if ended := stopped(NAME, TITLE, outcome, **about):
        return Survey(ended)
    facts, refused = parse_facts(outcome.stdout.decode("utf-8", "replace").splitlines(), files)
    missed = [f for f in files if f not in facts.files and f not in refused]
    if outcome.exit_code != 0 or missed:
        what = f"{len(missed)} of {len(files)} files were not reported"
        return Survey(unreadable(NAME, TITLE, outcome, what, **about), facts)
    found = _faults(project, language, facts)
    found += [
        finding(
            language, "tree-sitter", "not-checked", Severity.ERROR,
            f"this file was not checked: {reason}", path=path,
        )
        for path, reason in refused.items()
    ]  # fmt: skip
    found += _left_out(project, language, wanted, files)
    check = verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome, files=len(files), **about
    )
    return Survey(check, facts)


def judged(
    survey: Survey,
    project: ProjectView,
    language: str,
    accepted: Collection[str],
    refused: Mapping[str, Sequence[SyntaxFault]] | None = None,
) -> Survey:
    """The survey with the last word of the language's own parser.

    Grammars lag behind their languages and read some text that is none of theirs: what was found
    in the syntax of `accepted` files is dropped, and of `refused` ones the parser's own faults
    stand. Other files keep what the grammar found.
    """
    facts = survey.facts
    told = {path: tuple(faults) for path, faults in (refused or {}).items() if faults}
    if not isinstance(facts, SourceFacts):
        return survey
    if not told and not set(accepted).intersection(facts.broken()):
        return survey
    files = {
        path: replace(fact, faults=told.get(path, () if path in accepted else fact.faults))
        for path, fact in facts.files.items()
    }
    mended = SourceFacts(files, facts.unread)
    kept = [d for d in survey.check.diagnostics if d.code != "syntax-error"]
    found = [*_faults(project, language, mended), *kept]
    check = verdict(NAME, TITLE, found, strict=project.strict, reason=survey.check.reason)
    changed = {"status": check.status, "diagnostics": check.diagnostics}
    return Survey(survey.check.model_copy(update=changed), mended)


def parse_facts(
    lines: Iterable[str], files: Sequence[str]
) -> tuple[SourceFacts, Mapping[str, str]]:
    """What the survey printed, and why files were left unread; lines about other files and
    nonsense are left out."""
    asked = frozenset(files)
    found: dict[str, SourceFact] = {}
    refused: dict[str, str] = {}
    for line in lines:
        raw = parse_json(line.encode("utf-8", "replace"))
        if not isinstance(raw, dict) or raw.get("path") not in asked:
            continue
        path = str(raw["path"])
        if reason := raw.get("unread"):
            refused[path] = clean(str(reason), limit=200)
            continue
        try:
            found[path] = _fact(path, raw)
        except (ValueError, TypeError):
            continue
    return SourceFacts(found, tuple(refused)), refused


def _fact(path: str, raw: dict[str, Any]) -> SourceFact:
    return SourceFact(
        path=path,
        grammar=str(raw["grammar"]) if "grammar" in raw else grammar_of(path),
        lines=int(raw.get("lines", 0)),
        faults=tuple(
            SyntaxFault(int(line), int(column), str(message))
            for line, column, message in raw["faults"]
        )
        if "faults" in raw
        else (),
        imports=tuple(
            Import(str(module)[:MAX_NAME], int(line), int(column), bool(type_only))
            for module, line, column, type_only in raw.get("imports", ())
        ),
        tests=tuple(
            TestFact(f"{path}::{name}", int(line), int(count), bool(skipped), str(body))
            for name, line, count, skipped, body in raw.get("tests", ())
        ),
        functions=tuple(
            Function(str(name)[:MAX_NAME], int(line), int(end), int(complexity))
            for name, line, end, complexity in raw.get("functions", ())
        ),
        defines=tuple(str(name)[:MAX_NAME] for name in raw.get("defines", ())),
        slow=tuple(
            Slow(str(code), int(line), int(column), str(message))
            for code, line, column, message in raw.get("slow", ())
        ),
        conditions=tuple(
            Condition(str(name)[:MAX_NAME], tuple(map(str, rules)), bool(module), str(place))
            for name, rules, module, place in raw.get("conditions", ())
        ),
    )


def _faults(project: ProjectView, language: str, facts: SourceFacts) -> list[Diagnostic]:
    return [
        finding(
            language, "tree-sitter", "syntax-error", Severity.ERROR, fault.message,
            root=project.root, path=path, line=fault.line, column=fault.column,
        )
        for path, fact in facts.files.items()
        for fault in fact.faults
    ]  # fmt: skip


def _left_out(
    project: ProjectView, language: str, wanted: Sequence[str], files: Sequence[str]
) -> list[Diagnostic]:
    """What the survey could not read because of its name, its kind or their number."""
    suffixes = tuple({f[f.rfind(".") :] for f in wanted}) or tuple(GRAMMARS)
    found = [
        finding(
            language, "tree-sitter", "link-not-checked", Severity.WARNING,
            "this is a link, so the code behind it is not checked; use a regular file", path=link,
        )
        for link in project.links
        if link.endswith(suffixes)
    ]  # fmt: skip
    odd = sum(not f.isprintable() for f in wanted)
    if odd:
        message = f"{odd} files with unprintable names were not checked; rename them"
        found.append(finding(language, "tree-sitter", "file-name", Severity.ERROR, message))
    if (over := len(wanted) - odd - len(files)) > 0:
        message = f"{over} files beyond the first {MAX_FILES} were not checked"
        found.append(finding(language, "tree-sitter", "too-many-files", Severity.ERROR, message))
    return found


def _version() -> str:
    try:
        return version("tree-sitter")
    except PackageNotFoundError:
        return ""
