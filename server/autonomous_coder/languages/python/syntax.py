"""The first check: every file is read once and must compile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autonomous_coder.languages.base import ProjectView, Steps, Survey, Toolbox
from autonomous_coder.languages.findings import finding, stopped, unreadable, verdict
from autonomous_coder.languages.python.facts import is_python, parse_facts
from autonomous_coder.languages.python.interpreters import choose, too_old
from autonomous_coder.languages.python.metadata import Metadata
from autonomous_coder.models.execution import SOURCE_DIR, Command, Mount
from autonomous_coder.models.validation import CheckResult, CheckStatus, Severity

NAME, TITLE = "syntax", "Every file compiles"
INSIDE = Path(__file__).parent / "inside"
INSIDE_DIR = "/inside"
INSIDE_MOUNT = Mount(INSIDE, INSIDE_DIR)


def survey(project: ProjectView, metadata: Metadata, toolbox: Toolbox) -> Steps[Survey]:
    """Compile all files with an interpreter that knows the project's version of the language."""
    interpreter = choose(metadata, toolbox)
    if interpreter is None:
        return Survey(
            CheckResult(
                name=NAME, title=TITLE, status=CheckStatus.NOT_RUN, reason=too_old(metadata)
            )
        )
    files = [f for f in project.files if is_python(f) and f.isprintable()]
    version = ".".join(map(str, interpreter.version))
    outcome = yield Command(
        argv=(
            interpreter.executable,
            *("-I", "-S", "-X", "utf8", f"{INSIDE_DIR}/survey.py"),
            str(min(metadata.minor, interpreter.version[1])),
        ),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        mounts=(*interpreter.mounts, INSIDE_MOUNT),
        limits=toolbox.limits,
        stdin=json.dumps(files).encode(),
        runs_project_code=False,
    )
    about: dict[str, Any] = {"tool": "python", "tool_version": version}
    if ended := stopped(NAME, TITLE, outcome, **about):
        return Survey(ended)
    facts = parse_facts(outcome.stdout.decode("utf-8", "replace").splitlines())
    missed = [f for f in files if f not in facts.files]
    if outcome.exit_code != 0 or missed:
        what = f"{len(missed)} of {len(files)} files were not reported"
        return Survey(unreadable(NAME, TITLE, outcome, what, **about))
    found = []
    for fact in facts.files.values():
        if fact.error:
            line, column, message = fact.error
            found.append(
                finding(
                    "python", "python", "invalid-syntax", Severity.ERROR, message,
                    root=project.root, path=fact.path, line=line, column=column,
                )
            )  # fmt: skip
        found += [
            finding(
                "python", "python", "syntax-warning", Severity.WARNING, message,
                root=project.root, path=fact.path, line=line,
            )
            for line, message in fact.warnings
        ]  # fmt: skip
    if metadata.error:
        found.append(
            finding(
                "python", "python", "invalid-toml", Severity.ERROR, metadata.error,
                path="pyproject.toml",
            )
        )  # fmt: skip
    found += [
        finding(
            "python", "python", "link-not-checked", Severity.WARNING,
            "this is a link, so the code behind it is not checked; use a regular file", path=link,
        )
        for link in project.links
        if is_python(link)
    ]  # fmt: skip
    odd = sum(is_python(f) and not f.isprintable() for f in project.files)
    if odd:
        message = f"{odd} files with unprintable names were not checked; rename them"
        found.append(finding("python", "python", "file-name", Severity.ERROR, message))
    result = verdict(
        NAME, TITLE, found, strict=project.strict, outcome=outcome, files=len(files), **about
    )
    return Survey(result, facts)
