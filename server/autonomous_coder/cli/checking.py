"""`validate` and `fix`: look at a project, and mend it."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomous_coder.cli import exits
from autonomous_coder.cli import output as terminal
from autonomous_coder.cli.state import State, json_option, pass_state
from autonomous_coder.errors import InvalidInputError

if TYPE_CHECKING:
    from autonomous_coder.models.validation import ValidationReport
    from autonomous_coder.orchestrator.orchestrator import Orchestrator


FORMATS = ("text", "json", "sarif", "junit")


@click.command()
@click.argument("path")
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only this check; repeat.")
@click.option(
    "--path", "paths", multiple=True, metavar="FILE", help="Check only this file or directory in "
    "PATH where a check is of single files; repeat.",
)  # fmt: skip
@click.option("--changed", is_flag=True, help="Check only files changed since the last validation.")
@click.option("--level", type=click.Choice(["L2", "L3"]), help="Demand this sandbox level.")
@click.option("--no-cache", is_flag=True, help="Run every check, whatever is known already.")
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="How the report is printed or written."
)
@click.option(
    "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report to FILE, whole or not at all; the terminal still gets its text.",
)  # fmt: skip
@click.option("--offline", is_flag=True, help="Use only what is cached or shipped.")
@json_option
@pass_state
def validate(
    state: State,
    path: str,
    checks: tuple[str, ...],
    paths: tuple[str, ...],
    changed: bool,
    level: str | None,
    no_cache: bool,
    form: str | None,
    output: Path | None,
    offline: bool,
) -> int:
    """Check the project in PATH in the sandbox.

    \b
    Exit code: 0 passed, 1 a check failed, 2 wrong usage,
    3 nothing failed, but a required check could not be carried out here.
    """
    from autonomous_coder.calling import result_of
    from autonomous_coder.cli.session import run_long
    from autonomous_coder.models.validation import ValidationReport

    if state.json and form not in (None, "json"):
        raise click.UsageError(f"--json and --format {form} exclude each other.")
    if output is not None and not output.absolute().parent.is_dir():
        raise click.UsageError(f"There is no directory to write {output} into.")
    form = form or ("json" if state.json else "text")
    state.json |= form == "json" and output is None
    where = _absolute(path)

    async def start(orchestrator: Orchestrator) -> str:
        return await orchestrator.start_validate(
            where,
            "",
            checks,
            paths=paths,
            changed=changed,
            level=level or "",
            use_cache=not no_cache,
            offline=offline,
        )

    report = result_of(run_long(state, state.settings(), start), ValidationReport)
    if output is not None:
        _write(output, _rendered(report, form, checks))
    _print(report, "json" if state.json else "text" if output else form, checks)
    return exits.of_checks(report.passed, report.checks)


def _print(report: ValidationReport, form: str, checks: Sequence[str]) -> None:
    from autonomous_coder.cli import show

    if form == "text":
        show.report(report, checks)
    else:
        click.echo(_rendered(report, form, checks), nl=False)


def _rendered(report: ValidationReport, form: str, checks: Sequence[str]) -> str:
    """The report as text in one of the formats, with a newline at its end."""
    import json

    from autonomous_coder.engines.validator import to_junit, to_sarif

    if form == "junit":
        return to_junit(report)
    if form == "sarif":
        return json.dumps(to_sarif(report), indent=2) + "\n"
    # What is shown to people goes where a terminal would be; a file gets the same without colour.
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        if form == "json":
            whole = {"project_path": report.path, **report.model_dump(mode="json")}
            terminal.emit(whole, success=report.passed)
        else:
            _print(report, "text", checks)
    return printed.getvalue()


def _write(output: Path, text: str) -> None:
    """Put a whole file in its place, or leave what is there.

    Raises:
        InvalidInputError: it cannot be written.
    """
    handle, name = -1, ""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.absolute().parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8", "replace"))
            os.fchmod(stream.fileno(), 0o644)
        Path(name).replace(output)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise InvalidInputError(
            f"The report cannot be written to {output}: {error.strerror}.",
            hint="Name a file in a directory that you may write to.",
        ) from error


@click.command()
@click.argument("path")
@click.option("--offline", is_flag=True, help="Use only what is cached or shipped.")
@json_option
@pass_state
def fix(state: State, path: str, offline: bool) -> int:
    """Mend what rules can mend in PATH, and say what is left.

    Changes are tried on a copy and kept only when the project is strictly better for them. Exit
    codes are those of validate, for the project as it is afterwards.
    """
    from autonomous_coder.calling import result_of
    from autonomous_coder.cli import show
    from autonomous_coder.cli.session import run_long
    from autonomous_coder.models.validation import FixReport

    where = _absolute(path)

    async def start(orchestrator: Orchestrator) -> str:
        return await orchestrator.start_fix(where, "", offline=offline)

    result = result_of(run_long(state, state.settings(), start), FixReport)
    if state.json:
        terminal.emit(
            {"project_path": result.path, **result.model_dump(mode="json")},
            success=result.after.passed,
        )
    else:
        show.fixes(result)
    return exits.of_checks(result.after.passed, result.after.checks)


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute()) if path else ""
