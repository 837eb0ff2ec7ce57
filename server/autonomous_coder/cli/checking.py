"""`validate` and `fix`: look at a project, and mend it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomous_coder.cli import exits, output
from autonomous_coder.cli.state import State, json_option, pass_state

if TYPE_CHECKING:
    from autonomous_coder.orchestrator.orchestrator import Orchestrator


@click.command()
@click.argument("path")
@click.option("--check", "checks", multiple=True, metavar="NAME", help="Only this check; repeat.")
@click.option("--sarif", is_flag=True, help="Print the report as SARIF 2.1.0 on stdout.")
@click.option("--offline", is_flag=True, help="Use only what is cached or shipped.")
@json_option
@pass_state
def validate(state: State, path: str, checks: tuple[str, ...], sarif: bool, offline: bool) -> int:
    """Check the project in PATH in the sandbox.

    \b
    Exit code: 0 passed, 1 a check failed, 2 wrong usage,
    3 nothing failed, but a required check could not be carried out here.
    """
    from autonomous_coder.cli import show
    from autonomous_coder.cli.session import run_long
    from autonomous_coder.coder import result_of
    from autonomous_coder.models.validation import ValidationReport

    if sarif and state.json:
        raise click.UsageError("--json and --sarif exclude each other.")
    where = _absolute(path)

    async def start(orchestrator: Orchestrator) -> str:
        return await orchestrator.start_validate(where, "", checks, offline=offline)

    report = result_of(run_long(state, state.settings(), start), ValidationReport)
    if state.json:
        output.emit(
            {"project_path": report.path, **report.model_dump(mode="json")}, success=report.passed
        )
    elif sarif:
        import json

        from autonomous_coder.engines.validator import to_sarif

        click.echo(json.dumps(to_sarif(report), indent=2))
    else:
        show.report(report, checks)
    return exits.of_checks(report.passed, report.checks)


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
    from autonomous_coder.cli import show
    from autonomous_coder.cli.session import run_long
    from autonomous_coder.coder import result_of
    from autonomous_coder.models.validation import FixReport

    where = _absolute(path)

    async def start(orchestrator: Orchestrator) -> str:
        return await orchestrator.start_fix(where, "", offline=offline)

    result = result_of(run_long(state, state.settings(), start), FixReport)
    if state.json:
        output.emit(
            {"project_path": result.path, **result.model_dump(mode="json")},
            success=result.after.passed,
        )
    else:
        show.fixes(result)
    return exits.of_checks(result.after.passed, result.after.checks)


def _absolute(path: str) -> str:
    return str(Path(path).expanduser().absolute()) if path else ""
