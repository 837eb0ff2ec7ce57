"""What cargo and the compiler print as JSON, turned into findings. All of it is untrusted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.findings import clean, finding, relative
from autonomous_coder.models.execution import PROJECT_DIR, Outcome
from autonomous_coder.models.validation import Diagnostic, Edit, Severity

ERROR_INDEX = "https://doc.rust-lang.org/error_codes"
LINT_INDEX = "https://doc.rust-lang.org/rustc/lints/listing"
CLIPPY_INDEX = "https://rust-lang.github.io/rust-clippy"
MAX_EDITS = 40
_CODE = re.compile(r"E\d{4}")
_LINT = re.compile(r"(?:clippy::)?[a-z][a-z0-9_]*")
_NOISE = re.compile(
    r"for further information visit|on by default|implied by|to override|the lint level is defined"
    r"|^`#\[(?:warn|deny|forbid)"
)
_SUMMARY = re.compile(r"^(?:aborting due to|\d+ warnings? emitted|could not compile)")
_ARROW = re.compile(r"-->\s+(\S+?):(\d+):(\d+)")
MACHINE, MAYBE = "MachineApplicable", "MaybeIncorrect"


@dataclass(slots=True)
class Compiled:
    """What was reported. `finished` is cargo's own last word, None when it never came."""

    errors: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    artifacts: list[Mapping[str, Any]] = field(default_factory=list)
    finished: bool | None = None
    foreign: list[str] = field(default_factory=list)
    """Errors in dependencies' own code."""


def read_messages(stdout: bytes, project: ProjectView, version: str) -> Compiled:
    """Everything in cargo's JSON lines; other lines are left out."""
    result = Compiled()
    seen: set[tuple[Any, ...]] = set()
    for line in stdout.decode("utf-8", "replace").splitlines():
        if not line.startswith("{"):
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        reason = record.get("reason")
        if reason == "build-finished":
            result.finished = record.get("success") is True
        elif reason == "compiler-artifact":
            result.artifacts.append(record)
        elif reason == "compiler-message" and isinstance(record.get("message"), dict):
            _take(result, record, project, version, seen)
    return result


def _take(
    result: Compiled,
    record: Mapping[str, Any],
    project: ProjectView,
    version: str,
    seen: set[tuple[Any, ...]],
) -> None:
    message = record["message"]
    level = str(message.get("level", ""))
    text = str(message.get("message", ""))
    spans = _dicts(message.get("spans"))
    if not level.startswith(("error", "warning")) or (_SUMMARY.search(text) and not spans):
        return
    found = _diagnostic(message, level, text, spans, project, version)
    key = (found.path, found.line, found.column, found.code, found.message)
    if key in seen:
        # A library and its unit tests are compiled from the same file.
        return
    seen.add(key)
    outside = not str(record.get("package_id", "")).startswith("path+")
    if level.startswith("error"):
        if outside and not found.path:
            result.foreign.append(clean(text, limit=300))
        result.errors.append(found)
    elif not outside:
        result.warnings.append(found)


def _diagnostic(
    message: Mapping[str, Any],
    level: str,
    text: str,
    spans: Sequence[Mapping[str, Any]],
    project: ProjectView,
    version: str,
) -> Diagnostic:
    code = message.get("code")
    name = str(code.get("code", "")) if isinstance(code, dict) else ""
    name = name if _CODE.fullmatch(name) or _LINT.fullmatch(name) else ""
    children = _dicts(message.get("children"))
    primary = [span for span in spans if span.get("is_primary") is True]
    place = _place([*primary, *spans], project)
    label = next((str(s["label"]) for s in primary if s.get("label")), "")
    shown = f"{text}: {label}" if label and label not in text else text
    helps = [
        str(child.get("message", ""))
        for child in children
        if child.get("level") in ("help", "note") and not _NOISE.search(str(child.get("message")))
    ]
    if helps:
        shown += "".join(f". {text[:1].upper()}{text[1:]}" for text in helps[:2])
    edits, safe = _edits(children, project)
    return finding(
        "rust",
        "clippy" if name.startswith("clippy::") else "rustc",
        name.removeprefix("clippy::") or "error",
        Severity.ERROR if level.startswith("error") else Severity.WARNING,
        shown,
        root=project.root,
        url=_address(name, children, version),
        edits=edits,
        safe=safe,
        **place,
    )


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _number(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0


def _place(spans: Sequence[Mapping[str, Any]], project: ProjectView) -> dict[str, Any]:
    """The first place that lies in the project; of a macro's inside, where it is called."""
    for span in spans:
        current: Any = span
        for _ in range(40):
            if not isinstance(current, dict):
                break
            path = relative(str(current.get("file_name", "")), project.root)
            if path in project.files:
                return {
                    "path": path,
                    "line": _number(current.get("line_start")),
                    "column": _number(current.get("column_start")),
                    "end_line": _number(current.get("line_end")),
                    "end_column": _number(current.get("column_end")),
                }
            expansion = current.get("expansion")
            current = expansion.get("span") if isinstance(expansion, dict) else None
    return {}


def _edits(children: Sequence[Mapping[str, Any]], project: ProjectView) -> tuple[list[Edit], bool]:
    """The first suggestion that can be applied as it stands, and whether the compiler is sure."""
    for child in children:
        spans = [s for s in _dicts(child.get("spans")) if _replaces(s)]
        kinds = {s.get("suggestion_applicability") for s in spans}
        if not spans or not kinds <= {MACHINE, MAYBE}:
            continue
        edits: list[Edit] = []
        for span in spans:
            path = relative(str(span.get("file_name", "")), project.root)
            start = _number(span.get("line_start")), _number(span.get("column_start"))
            end = _number(span.get("line_end")), _number(span.get("column_end"))
            if path not in project.files or not all((*start, *end)):
                edits = []
                break
            if any((e.start_line, e.start_column) == start and e.path == path for e in edits):
                # Several replacements of one place are alternatives; the first is taken.
                break
            edits.append(
                Edit(
                    path=path, start_line=start[0], start_column=start[1],
                    end_line=end[0], end_column=end[1], text=span["suggested_replacement"],
                )
            )  # fmt: skip
        if edits and len(edits) <= MAX_EDITS:
            return edits, kinds == {MACHINE} and len(edits) == len(spans)
    return [], False


def _replaces(span: Mapping[str, Any]) -> bool:
    return isinstance(span.get("suggested_replacement"), str)


def _address(name: str, children: Sequence[Mapping[str, Any]], version: str) -> str:
    if _CODE.fullmatch(name):
        return f"{ERROR_INDEX}/{name}.html"
    if name.startswith("clippy::"):
        return f"{CLIPPY_INDEX}/rust-{version}/index.html#{name.removeprefix('clippy::')}"
    for child in children:
        if match := re.search(
            r"`#\[(warn|deny)\(\w+\)\]`.* on by default", str(child.get("message"))
        ):
            return f"{LINT_INDEX}/{match[1]}-by-default.html#{name.replace('_', '-')}"
    return ""


def cargo_error(outcome_text: bytes, project: ProjectView) -> Diagnostic | None:
    """What cargo itself said on its error stream before or instead of compiling."""
    text = outcome_text.decode("utf-8", "replace")
    start = re.search(r"^error(?:\[\w+\])?: ", text, re.M)
    if start is None:
        return None
    said = text[start.end() : start.end() + 4_000].split("\nwarning: ")[0]
    arrow = _ARROW.search(said)
    path = relative(arrow[1], project.root) if arrow else ""
    named = re.search(r"`(/[^`]*Cargo\.toml)`|at (\S+Cargo\.toml)", said)
    if not path and named:
        path = relative(named[1] or named[2] or "", project.root)
    lines = [ln.strip() for ln in said.splitlines()]
    kept = [ln for ln in lines if ln and not re.match(r"(?:-->|\||\d+ \||stack backtrace)", ln)]
    return finding(
        "rust", "cargo", "cargo", Severity.ERROR, " ".join(kept)[:800],
        root=project.root,
        path=path if path in project.files else "Cargo.toml",
        line=int(arrow[2]) if arrow and path in project.files else 0,
        column=int(arrow[3]) if arrow and path in project.files else 0,
    )  # fmt: skip


_MACHINE_FAULTS = (
    (r"linker `[^`]*` not found", "A C linker (cc) is missing; install a C compiler."),
    (r"can't find crate for `(?:std|core)`", "The target's standard library is missing."),
    (r"No space left on device", "There is no space left for compiling."),
    (
        r"requires rustc \d|older than the `\d+` edition|cannot be built because it requires"
        r"|is not supported by the following package",
        "This machine's Rust is older than what the project or a dependency asks for.",
    ),
    (
        r"requires a nightly version of Cargo|only accepted on the nightly"
        r"|may not be used on the stable release channel",
        "The project asks for a nightly toolchain, and this machine's is a stable one.",
    ),
)
_FOREIGN_BUILD = re.compile(r"failed to run custom build command for `([\w.-]+) v[^`(]*`")


def machine_fault(outcome: Outcome, compiled: Compiled | None = None) -> str:
    """Why compiling failed for a reason of this machine; empty when it is the project's."""
    said = outcome.stderr.decode("utf-8", "replace")
    said += "".join(f"\n{d.message}" for d in (compiled.errors if compiled else [])[:50])
    for pattern, sentence in _MACHINE_FAULTS:
        if re.search(pattern, said):
            return sentence
    if match := _FOREIGN_BUILD.search(said):
        tail = clean(said[match.end() :], limit=4_000)
        why = re.search(r"--- stderr\s*(.{0,300})", tail, re.S)
        shown = " ".join((why[1] if why else tail[:300]).split())
        return f"The build script of the dependency '{match[1]}' failed on this machine: {shown}"
    return ""


def tail(stderr: bytes) -> str:
    """The end of what was said, in one bounded line without places of the sandbox."""
    text = clean(stderr.decode("utf-8", "replace")[-800:], limit=600)
    return " ".join(text.split()).replace(f"{PROJECT_DIR}/", "")
