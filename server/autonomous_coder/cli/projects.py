"""`plan` and `generate`: decide what to build, and write it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomous_coder.cli import exits, output
from autonomous_coder.cli.state import State, json_option, pass_state

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
    adopt: str | None,
    offline: bool,
) -> int:
    """Understand DESCRIPTION and plan it; nothing is written yet.

    The plan is kept: `generate PROJECT_ID --output DIR` writes it.
    """
    from autonomous_coder.cli.session import run

    if not (description or spec):
        raise click.UsageError("Missing argument 'DESCRIPTION' (or --spec FILE).")
    work = _Planning(description or "", spec, language, constraints, preferences, offline, adopt)
    result = run(state, work)
    if state.json:
        output.emit(result, success=True)
    else:
        _show_plan(result)
    return exits.GREEN


@click.command()
@click.argument("project_id", required=False)
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
    project_id: str | None,
    directory: str | None,
    description: str | None,
    spec: str | None,
    language: str | None,
    adopt: bool,
    preview: bool,
    offline: bool,
) -> int:
    """Write a planned project to disk, merged safely into what is there.

    Either PROJECT_ID names a plan made earlier, or --description and --spec say what to plan now.
    Without --output a project goes where it was written before. With --adopt only files that are
    not there are written to DIR, and no other is touched.
    """
    from autonomous_coder.calling import result_of
    from autonomous_coder.cli.session import run_long
    from autonomous_coder.models.results import GeneratedProject

    fresh = bool(description or spec)
    if fresh == bool(project_id):
        raise click.UsageError("Pass either PROJECT_ID, or --description and/or --spec.")
    if fresh and not directory:
        raise click.UsageError("Missing option '--output'.")
    if adopt and not fresh:
        raise click.UsageError("--adopt belongs to a new plan: pass --description and/or --spec.")
    target = str(Path(directory).expanduser().absolute()) if directory else ""
    planning = (
        _Planning(description or "", spec, language, (), (), offline, target if adopt else None)
        if fresh
        else None
    )

    async def start(orchestrator: Orchestrator) -> str:
        known = project_id or ""
        if planning:
            # Before the work of planning.
            await orchestrator.places.new(target, adopted=planning.adopts)
            known = (await planning(orchestrator)).project_id
        return await orchestrator.start_generate(known, target, preview=preview, offline=offline)

    result = result_of(run_long(state, state.settings(), start), GeneratedProject)
    if state.json:
        output.emit(
            {"project_path": result.result.path, **result.model_dump(mode="json")}, success=True
        )
    else:
        _show_generated(result)
    return exits.GREEN


class _Planning:
    """Reads the inputs at once (their errors come first), and plans when called."""

    def __init__(
        self,
        description: str,
        spec: str | None,
        language: str | None,
        constraints: Pairs,
        preferences: Pairs,
        offline: bool,
        adopt: str | None = None,
    ) -> None:
        from autonomous_coder.cli.inputs import description_of, only_one_stdin, pairs_of, spec_of

        only_one_stdin(description, spec)
        self._file = spec
        self._spec = spec_of(spec)
        if language:
            self._spec["language"] = language.strip().lower()
        if adopt:
            self._spec["adopt"] = str(Path(adopt).expanduser().absolute())
        self.adopts = bool(self._spec.get("adopt"))
        self._description = description_of(description)
        self._constraints = pairs_of(constraints, "--constraint")
        self._preferences = pairs_of(preferences, "--preference")
        self._offline = offline

    async def __call__(self, orchestrator: Orchestrator) -> PlanResult:
        from autonomous_coder.cli.inputs import blaming

        with blaming(self._file):
            return await orchestrator.plan(
                self._description,
                spec=self._spec,
                constraints=self._constraints,
                preferences=self._preferences,
                offline=self._offline,
            )


def _show_plan(result: PlanResult) -> None:
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
    where = "" if made.spec.archetype == EXISTING else " --output DIR"
    output.heading(f"Complexity {made.complexity.level}, {made.architecture.pattern}")
    output.columns(
        [
            ("project", result.project_id),
            ("next", f"autonomous-coder generate {result.project_id}{where}"),
        ]
    )


def _show_generated(result: GeneratedProject) -> None:
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
    output.columns(rows)
