"""`build`: from a description to a proven project."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autonomous_coder.cli import exits, output
from autonomous_coder.cli.state import State, json_option, pass_state

if TYPE_CHECKING:
    from autonomous_coder.models.runs import BuildRequest
    from autonomous_coder.orchestrator.orchestrator import Orchestrator


@click.command()
@click.argument("description", required=False)
@click.option("--output", "-o", metavar="DIR", help="A new or empty directory for the project.")
@click.option("--spec", metavar="FILE", help="Parts of the spec as JSON or YAML; - reads stdin.")
@click.option("--language", metavar="NAME", help="The programming language, such as python.")
@click.option("--constraint", "constraints", multiple=True, metavar="KEY=VALUE", help="A demand.")
@click.option("--preference", "preferences", multiple=True, metavar="KEY=VALUE", help="A wish.")
@click.option("--adopt", is_flag=True, help="Add to the existing project in DIR.")
@click.option("--deadline", default="", metavar="WHEN", help="A time, or a span such as 10m.")
@click.option("--resume", metavar="RUN_ID", help="Take up a stopped build where it stopped.")
@click.option("--offline", is_flag=True, help="Use only what is cached or shipped.")
@json_option
@pass_state
def build(
    state: State,
    /,
    description: str | None,
    output: str | None,
    resume: str | None,
    **parts: Any,
) -> int:
    """Build a project from DESCRIPTION and prove it in the sandbox.

    DESCRIPTION says what to build, in a sentence or more; - reads it from stdin. Building the same
    request in the same directory again takes up what an earlier attempt left. With --adopt only
    files that are not there are added to DIR, and no other is touched.

    \b
    Exit code: 0 built and proven, 1 built but a check failed, 2 wrong request,
    3 this machine lacks something that the proof needs.
    """
    if resume:
        if description or output or any(value for value in parts.values()):
            raise click.UsageError("--resume takes no other description or option.")

        async def take_up(orchestrator: Orchestrator) -> str:
            return await orchestrator.builds.resume(resume)

        return _finish(state, take_up)
    if not (description or parts["spec"]):
        raise click.UsageError("Missing argument 'DESCRIPTION' (or --spec FILE).")
    if not output:
        raise click.UsageError("Missing option '--output'.")
    request = _request(description or "", output, parts)

    async def start(orchestrator: Orchestrator) -> str:
        from autonomous_coder.cli.inputs import blaming

        with blaming(parts["spec"]):
            return await orchestrator.builds.start(request)

    return _finish(state, start)


def _request(description: str, output: str, parts: dict[str, Any]) -> BuildRequest:
    from autonomous_coder.calling import build_request
    from autonomous_coder.cli.inputs import description_of, only_one_stdin, pairs_of, spec_of

    only_one_stdin(description, parts["spec"])
    spec = spec_of(parts["spec"])
    if parts["language"]:
        spec["language"] = parts["language"].strip().lower()
    if parts["adopt"]:
        spec["adopt"] = True
    return build_request(
        description_of(description),
        Path(output).expanduser().absolute(),
        pairs_of(parts["constraints"], "--constraint"),
        pairs_of(parts["preferences"], "--preference"),
        spec,
        parts["deadline"],
        parts["offline"],
    )


def _finish(state: State, start: Callable[[Orchestrator], Awaitable[str]]) -> int:
    from autonomous_coder.calling import result_of
    from autonomous_coder.cli import show
    from autonomous_coder.cli.session import run_long
    from autonomous_coder.models.runs import BuildResult

    run = run_long(state, state.settings(), start)
    result = result_of(run, BuildResult)
    if state.json:
        output.emit(result, success=result.success)
    else:
        show.build(result)
    return exits.of_checks(result.success, result.checks)
