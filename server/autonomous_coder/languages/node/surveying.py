"""The first check: every source file parses, and every JSON manifest can be read."""

from __future__ import annotations

import re

from autonomous_coder.languages.base import ProjectView, Steps, Survey, Toolbox
from autonomous_coder.languages.common.survey import survey_sources
from autonomous_coder.languages.findings import finding
from autonomous_coder.languages.node.files import SUFFIXES
from autonomous_coder.languages.node.manifest import load, load_jsonc
from autonomous_coder.models.validation import CheckStatus, Diagnostic, Severity

_MANIFEST = re.compile(r"(?:^|/)(?:package(?:-lock)?)\.json$")
_COMMENTED = re.compile(r"(?:^|/)(?:(?:ts|js)config[\w.-]*|biome|\.oxlintrc)\.jsonc?$")


def survey(project: ProjectView, toolbox: Toolbox, language: str) -> Steps[Survey]:
    """Read all sources, and the manifests as well."""
    result = yield from survey_sources(project, toolbox, language, SUFFIXES)
    found = _manifests(project, language)
    if found and result.check.status in (CheckStatus.PASSED, CheckStatus.FAILED):
        check = result.check.model_copy(
            update={
                "status": CheckStatus.FAILED,
                "diagnostics": [*found, *result.check.diagnostics],
            }
        )
        return Survey(check, result.facts)
    return result


def _manifests(project: ProjectView, language: str) -> list[Diagnostic]:
    found = []
    for path in project.files:
        if _MANIFEST.search(path):
            fault = load(project.read(path))[1]
        elif _COMMENTED.search(path):
            fault = load_jsonc(project.read(path))[1]
        else:
            continue
        if fault:
            line, column, message = fault
            found.append(
                finding(
                    language, "json", "invalid-json", Severity.ERROR, message, path=path,
                    line=line, column=column,
                )
            )  # fmt: skip
    return found
