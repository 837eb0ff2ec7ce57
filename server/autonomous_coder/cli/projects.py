"""`plan` and `generate`: decide what to build, and write it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomous_coder.cli import exits, output
from autonomous_coder.cli.group import PROGRAM
from autonomous_coder.cli.state import State, json_option, pass_state
from autonomous_coder.errors import PathOccupiedError

if TYPE_CHECKING:
    from autonomous_coder.models.results import GeneratedProject, PlanResult
    from autonomous_coder.orchestrator.orchestrator import Orchestrator

Pairs = tuple[str, ...]


@click.command()
@click.argument("description", required=False)
@click.option("--spec", metavar="FILE", help="Parts of the spec as JSON or YAML; - reads stdin.")
@click.option("--language", metavar="NAME", help="The programming language, such as python.")
@click.option("--constraint", "constraints", multiple=True, metavar="KEY=VALUE", help="A demand.")
@click.option("--preference", "preferences", multiple=True, metavar="KEY=VALUE", help="A wish.")
@click.option("--project", metavar="PROJECT", help="Plan this one anew: its id or its directory.")
@click.option("--adopt", metavar="DIR", help="Add to the existing project in DIR.")
@click.option("--offline", is_flag=True, help="Use only what is cached or shipped.")
@json_option
@pass_state
def plan(
    state: State,
    description: str | None,
    spec: str | None,
    language: str | None,
    constraints: Pairs,
    preferences: Pairs,
    project: str | None,
    adopt: str | None,
    offline: bool,
) -> int:
    """Understand DESCRIPTION and plan it; nothing is written yet.

    The plan is kept: `generate PROJECT --output DIR` writes it. With --project an existing project
    is planned anew: without DESCRIPTION all stays but what is named, a new DESCRIPTION replaces
    what was decided. `status` lists the projects with their ids and directories.
    """
    from autonomous_coder.calling import project_named
    from autonomous_coder.cli.inputs import blaming
    from autonomous_coder.cli.session import run

    if project == "":
        raise click.UsageError("--project needs an id or a directory; `status` lists them.")
    if not (description or spec or (project and (language or constraints or preferences))):
        raise click.UsageError(
            "Nothing to change: pass DESCRIPTION, --spec, --constraint or --preference."
            if project
            else "Missing argument 'DESCRIPTION' (or --spec FILE)."
        )
    planning = _Planning(description or "", spec, language, constraints, preferences, adopt)

    async def work(orchestrator: Orchestrator) -> tuple[PlanResult, str]:
        known = await project_named(orchestrator, project) if project else ""
        planned = await planning(orchestrator, known, offline=offline)
        status = await orchestrator.views.project_status(planned.project_id)
        return planned, status.project.path

    with blaming(spec):
        result, path = run(state, work)
    if state.json:
        output.emit(result, success=True)
    else:
        _show_plan(result, path)
    return exits.GREEN


@click.command()
@click.argument("project", required=False)
@click.option("--output", "-o", "directory", metavar="DIR", help="Where the project goes.")
@click.option("--description", metavar="TEXT", help="Plan this first; - reads stdin.")
@click.option("--spec", metavar="FILE", help="Plan this first; - reads stdin.")
@click.option("--language", metavar="NAME", help="The programming language of the new plan.")
@click.option("--adopt", is_flag=True, help="Add to the existing project in DIR.")
@click.option("--preview", is_flag=True, help="Show what would be written; write nothing.")
@click.option("--offline", is_flag=True, help="Use only what is cached or shipped.")
@json_option
@pass_state
def generate(
    state: State,
    project: str | None,
    directory: str | None,
    description: str | None,
    spec: str | None,
    language: str | None,
    adopt: bool,
    preview: bool,
    offline: bool,
) -> int:
    """Write a planned project to disk, merged safely into what is there.

    PROJECT is the id or the directory of a project; `status` lists both. With --spec or
    --description it is planned anew before, see `plan --project`; without PROJECT they say what
    new project to plan and write to --output.

    Without --output a project goes where it was written before. With --preview no file is written
    and the plan of a PROJECT stays as it is. With --adopt only files that are not there are
    written to DIR, and no other is touched.
    """
    from autonomous_coder.calling import project_named, result_of
    from autonomous_coder.cli.inputs import blaming
    from autonomous_coder.cli.session import run_long
    from autonomous_coder.models.results import GeneratedProject

    planned = bool(description or spec)
    if not (planned or project):
        raise click.UsageError(
            "Pass PROJECT (its id or its directory; `status` lists both), or --description and/or "
            "--spec for a new one."
        )
    if not (project or directory):
        raise click.UsageError("Missing option '--output' (or PROJECT, to change one).")
    if adopt and (project or not planned):
        raise click.UsageError(
            "--adopt belongs to a new plan: pass --description and/or --spec, and no PROJECT."
        )
    if language and not planned:
        raise click.UsageError("--language belongs to a plan: pass --description and/or --spec.")
    target = str(Path(directory).expanduser().absolute()) if directory else ""
    planning = (
        _Planning(description or "", spec, language, (), (), target if adopt else None)
        if planned
        else None
    )

    options = {"--description": description, "--spec": spec, "--language": language}
    given = [part for name, value in options.items() if value for part in (name, value)]
    given += [name for name, on in (("--preview", preview), ("--offline", offline)) if on]

    async def start(orchestrator: Orchestrator) -> str:
        known = await project_named(orchestrator, project) if project else ""
        change = planning.asked if planning and known else None
        if planning and not known:
            await _demand_new(orchestrator, target, planning.adopts, given)
            known = (await planning(orchestrator, offline=offline)).project_id
        return await orchestrator.start_generate(
            known, target, preview=preview, offline=offline, change=change
        )

    with blaming(spec):
        run = run_long(state, state.settings(), start)
        result = result_of(run, GeneratedProject)
    if state.json:
        output.emit(
            {"project_path": result.result.path, **result.model_dump(mode="json")}, success=True
        )
    else:
        _show_generated(result, bool(project and planned))
    return exits.GREEN


async def _demand_new(
    orchestrator: Orchestrator, target: str, adopts: bool, given: list[str]
) -> None:
    """Refuse what cannot be a new project's directory, before the work of planning."""
    try:
        await orchestrator.places.new(target, adopted=adopts)
    except PathOccupiedError as error:
        owner = await orchestrator.places.owner(Path(target).resolve())
        if owner is None:
            raise
        command = shlex.join([PROGRAM, "generate", owner.project_id, *given])
        raise PathOccupiedError(
            error.message, hint=f"Name another directory, or change that project: {command}"
        ) from error


class _Planning:
    """Reads the inputs at once (their errors come first), and plans when called."""

    def __init__(
        self,
        description: str,
        spec: str | None,
        language: str | None,
        constraints: Pairs,
        preferences: Pairs,
        adopt: str | None = None,
    ) -> None:
        from autonomous_coder.calling import asked_of
        from autonomous_coder.cli.inputs import description_of, only_one_stdin, pairs_of, spec_of

        only_one_stdin(description, spec)
        fields = spec_of(spec)
        if language:
            fields["language"] = language.strip().lower()
        if adopt:
            fields["adopt"] = str(Path(adopt).expanduser().absolute())
        self.adopts = bool(fields.get("adopt"))
        self.asked = asked_of(
            description_of(description),
            fields,
            pairs_of(constraints, "--constraint"),
            pairs_of(preferences, "--preference"),
        )

    async def __call__(
        self, orchestrator: Orchestrator, project_id: str = "", *, offline: bool
    ) -> PlanResult:
        return await orchestrator.plan(
            **self.asked.as_state(), project_id=project_id, offline=offline
        )


def _show_plan(result: PlanResult, path: str) -> None:
    from autonomous_coder.models.adoption import EXISTING

    made = result.plan
    output.heading(f"{made.spec.title or made.spec.name}: {made.spec.archetype}")
    output.columns(
        [
            (choice.part, f"{choice.choice} {choice.version}".strip(), choice.reason)
            for choice in made.stack.choices
        ]
    )
    if made.spec.entities:
        output.heading("Entities")
        output.columns(
            [
                (
                    entity.name,
                    ", ".join(
                        [
                            *(field.name for field in entity.fields),
                            *(f"{link.name} -> {link.target}" for link in entity.relations),
                        ]
                    ),
                )
                for entity in made.spec.entities
            ]
        )
    if made.tasks:
        output.heading("Tasks")
        output.columns(
            [(t.id, t.phase.value, t.title, ", ".join(t.depends_on)) for t in made.tasks]
        )
    output.bullets("Risks", [f"{r.severity}: {r.title}. {r.mitigation}" for r in made.risks])
    output.bullets("Assumptions", made.spec.assumptions)
    questions = [f"{q.question} (assumed: {q.assumed})" for q in made.spec.questions]
    output.bullets("Open questions (answer them in --spec)", questions)
    where = "" if path or made.spec.archetype == EXISTING else " --output DIR"
    output.heading(f"Complexity {made.complexity.level}, {made.architecture.pattern}")
    output.columns(
        [
            ("project", result.project_id),
            *([("path", path)] if path else []),
            ("next", f"autonomous-coder generate {result.project_id}{where}"),
        ]
    )


def _show_generated(result: GeneratedProject, changed: bool) -> None:
    written = result.result
    output.heading("Files that would be written" if written.preview else "Files")
    shown = [change for change in written.changes if change.action != "unchanged"]
    output.columns(
        [(c.action, f"+{c.lines_added} -{c.lines_removed}", c.path, c.reason) for c in shown]
    )
    unchanged = len(written.changes) - len(shown)
    if unchanged:
        output.say(f"  {unchanged} unchanged")
    output.bullets("Notes", written.notes)
    output.heading("Nothing was written" if written.preview else "Written")
    rows = [("project", result.project_id), ("path", written.path)]
    if not written.preview:
        rows.append(("next", f"autonomous-coder validate {written.path}"))
    elif changed:
        rows.append(("plan", "left as it was; the same without --preview writes this"))
    output.columns(rows)
