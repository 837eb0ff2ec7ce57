"""Layout: rustfmt with the project's own static options, and nothing that leaves files out."""

from __future__ import annotations

import json
import posixpath
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from autonomous_coder.languages.base import (
    CONFIG_DIR,
    CheckPlan,
    NotApplicable,
    ProjectView,
    Steps,
    Toolbox,
)
from autonomous_coder.languages.findings import clean, finding, stopped, unreadable, verdict
from autonomous_coder.languages.rust import toolchain
from autonomous_coder.languages.rust.manifests import Workspace
from autonomous_coder.languages.rust.toolchain import INSIDE_DIR, INSIDE_MOUNT
from autonomous_coder.models.execution import SOURCE_DIR, Command
from autonomous_coder.models.validation import CheckResult, Diagnostic, Edit, Severity

NAME, TITLE = "format", "Formatted with rustfmt"
NUMBERS = frozenset(
    {
        "max_width", "tab_spaces", "fn_call_width", "attr_fn_like_width", "struct_lit_width",
        "struct_variant_width", "array_width", "chain_width", "single_line_if_else_max_width",
        "single_line_let_else_max_width", "short_array_element_width_threshold",
    }
)  # fmt: skip
SWITCHES = frozenset(
    {
        "hard_tabs", "reorder_imports", "reorder_modules", "remove_nested_parens",
        "match_block_trailing_comma", "merge_derives", "use_try_shorthand",
        "use_field_init_shorthand", "force_explicit_abi",
    }
)  # fmt: skip
WORDS = frozenset(
    {
        "newline_style", "use_small_heuristics", "match_arm_leading_pipes", "fn_params_layout",
        "fn_args_layout", "style_edition",
    }
)  # fmt: skip
CONFIGURATIONS = ("rustfmt.toml", ".rustfmt.toml")
MAX_EDITS = 30
_WORD = re.compile(r"[A-Za-z0-9_]{1,30}")
_SKIPPED = re.compile(r"^\s*#!\[\s*(?:cfg_attr\([^\]]*)?rustfmt::skip", re.M)


def format_plan(
    project: ProjectView, workspace: Workspace, toolbox: Toolbox
) -> CheckPlan | NotApplicable:
    """Whether the formatter would change anything, and what."""
    if why := toolchain.unusable(workspace, toolbox):
        return NotApplicable(NAME, TITLE, why, wanted=True)
    if "rustfmt" not in toolchain.toolchain(toolbox).programs:
        reason = "rustfmt is not installed. Install it: `rustup component add rustfmt`."
        return NotApplicable(NAME, TITLE, reason, wanted=True)
    files = sources(project)
    config = configurations(project)

    def steps() -> Steps[CheckResult]:
        outcome = yield format_command(project, workspace, toolbox, files)
        version = toolchain.toolchain(toolbox).version
        about: dict[str, Any] = {"tool": "rustfmt", "tool_version": version}
        if ended := stopped(NAME, TITLE, outcome, **about):
            return ended
        records = read_records(outcome.stdout)
        missed = [path for path in files if path not in records]
        if outcome.exit_code != 0 or missed:
            what = f"{len(missed)} of {len(files)} files were not reported"
            return unreadable(NAME, TITLE, outcome, what, **about)
        found: list[Diagnostic] = []
        for path in files:
            found += _findings(project, path, records[path])
        return verdict(
            NAME, TITLE, found, strict=project.strict, outcome=outcome, files=len(files), **about
        )

    return CheckPlan(
        NAME, TITLE, steps, cost=0.5, config=config,
        reads=(*files, *(f for f in project.files if f.endswith(("rustfmt.toml", "Cargo.toml")))),
    )  # fmt: skip


def sources(project: ProjectView) -> list[str]:
    """Every Rust file that can be named."""
    return [f for f in project.files if f.endswith(".rs") and f.isprintable()]


def format_command(
    project: ProjectView, workspace: Workspace, toolbox: Toolbox, files: Sequence[str]
) -> Command:
    """One command over all files; it needs the plan's `config`."""
    known = configurations(project)
    jobs = []
    for path in files:
        crate = workspace.crate_of(path)
        edition = crate.edition if crate and crate.edition in toolchain.EDITIONS else "2024"
        jobs.append([path, edition, _nearest(path, known)])
    return Command(
        argv=(
            toolbox.interpreter.executable,
            *("-I", "-S", "-X", "utf8", f"{INSIDE_DIR}/format_files.py"),
            toolchain.toolchain(toolbox).programs["rustfmt"],
            CONFIG_DIR,
        ),
        tree=project.root,
        copy_tree=False,
        cwd=SOURCE_DIR,
        env={"PATH": toolchain.variables(toolbox, installed=False)["PATH"]},
        mounts=(
            *toolbox.interpreter.mounts, *toolchain.toolchain(toolbox).mounts, INSIDE_MOUNT,
        ),
        limits=toolbox.limits,
        stdin=json.dumps(jobs).encode(),
        runs_project_code=False,
    )  # fmt: skip


def configurations(project: ProjectView) -> dict[str, str]:
    """Name below `/config` -> text: one for each directory that has options of its own."""
    found = {"top/rustfmt.toml": ""}
    for path in project.files:
        directory, name = posixpath.split(path)
        if name in CONFIGURATIONS and path.isprintable():
            place = posixpath.join("top", directory, "rustfmt.toml")
            if name == CONFIGURATIONS[0] or not found.get(place):
                found[place] = options(project.read(path))
    return found


def _nearest(path: str, known: Mapping[str, str]) -> str:
    directory = posixpath.dirname(path)
    while directory:
        place = posixpath.join("top", directory, "rustfmt.toml")
        if place in known:
            return place
        directory = posixpath.dirname(directory)
    return "top/rustfmt.toml"


def options(text: str) -> str:
    """The stable options of a configuration that bear on layout alone."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError):
        return ""
    lines = []
    for key, value in values.items():
        if key in SWITCHES and isinstance(value, bool):
            lines.append(f"{key} = {str(value).lower()}")
        elif key in NUMBERS and type(value) is int and 0 <= value <= 10_000:
            lines.append(f"{key} = {value}")
        elif key in WORDS and isinstance(value, str) and _WORD.fullmatch(value):
            lines.append(f'{key} = "{value}"')
    return "\n".join(lines) + "\n"


def read_records(stdout: bytes) -> dict[str, dict[str, Any]]:
    """Path -> what was reported of it."""
    found = {}
    for line in stdout.decode("utf-8", "replace").splitlines():
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict) and isinstance(record.get("path"), str):
            found[record["path"]] = record
    return found


def _findings(project: ProjectView, path: str, record: Mapping[str, Any]) -> list[Diagnostic]:
    before = project.read(path)
    if _SKIPPED.search(before):
        message = "the whole file is kept from the formatter by an attribute"
        return [finding("rust", "rustfmt", "format-skipped", Severity.INFO, message, path=path)]
    if record.get("same") is True:
        return []
    after = record.get("text")
    if not isinstance(after, str) or not after.strip():
        said = clean(str(record.get("failed", "")), project.root, 300)
        said = said.splitlines()[0].removeprefix("error: ") if said else "no reason was given"
        at = re.search(r"<stdin>:(\d+):(\d+)", str(record.get("failed", "")))
        return [
            finding(
                "rust", "rustfmt", "unparsable", Severity.ERROR,
                f"the file could not be formatted: {said}", path=path,
                line=int(at[1]) if at else 0, column=int(at[2]) if at else 0,
            )
        ]  # fmt: skip
    edits = changes(path, before, after)
    line = edits[0].start_line if edits else 1
    return [
        finding(
            "rust", "rustfmt", "unformatted", Severity.WARNING,
            "the formatter would change this file", path=path, line=line, column=1,
            edits=edits if len(edits) <= MAX_EDITS else [], safe=len(edits) <= MAX_EDITS,
        )
    ]  # fmt: skip


def changes(path: str, before: str, after: str) -> list[Edit]:
    """Whole lines to be replaced, from one text to the other."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    edits = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        start, end = _position(old, a), _position(old, b)
        edits.append(
            Edit(
                path=path, start_line=start[0], start_column=start[1],
                end_line=end[0], end_column=end[1], text="".join(new[c:d]),
            )
        )  # fmt: skip
    return edits


def _position(lines: Sequence[str], index: int) -> tuple[int, int]:
    """Where a line starts; past the last one, where the text ends."""
    if index < len(lines) or not lines or lines[-1].endswith("\n"):
        return index + 1, 1
    return len(lines), len(lines[-1]) + 1
