"""`checkpoint`: keep a project's files, look at differences, bring them back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autonomous_coder.cli import exits, output
from autonomous_coder.cli.state import State, json_option, pass_state

if TYPE_CHECKING:
    from autonomous_coder.models.checkpoints import Checkpoint, CheckpointDiff, RestoreResult
    from autonomous_coder.orchestrator.orchestrator import Orchestrator


@click.group()
def checkpoint() -> None:
    """Keep the files of a project, compare them, bring them back."""


@checkpoint.command()
@click.argument("path", required=False)
@click.option("--project", "project_id", default="", metavar="ID", help="Instead of PATH.")
@click.option("--label", default="", help="A few words to find it by.")
@json_option
@pass_state
def create(state: State, path: str | None, project_id: str, label: str) -> int:
    """Keep the files in PATH as they are now."""
    from autonomous_coder.cli.session import run

    if bool(path) == bool(project_id):
        raise click.UsageError("Pass either PATH or --project.")

    async def work(orchestrator: Orchestrator) -> Checkpoint:
        return await orchestrator.checkpoints.create(
            _absolute(path), project_id=project_id, label=label
        )

    made = run(state, work)
    if state.json:
        output.emit(made, success=True)
    else:
        output.columns([("checkpoint", made.checkpoint_id), *_facts(made)])
        output.bullets("Left out", made.skipped)
    return exits.GREEN


@checkpoint.command("list")
@click.argument("path", required=False)
@click.option("--project", "project_id", default="", metavar="ID", help="Instead of PATH.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@json_option
@pass_state
def list_(state: State, path: str | None, project_id: str, limit: int, offset: int) -> int:
    """List checkpoints, newest first; of all projects without PATH."""
    from autonomous_coder.cli.session import run

    async def work(orchestrator: Orchestrator) -> list[Checkpoint]:
        return await orchestrator.checkpoints.list(
            _absolute(path), project_id=project_id, limit=limit, offset=offset
        )

    found = run(state, work)
    if state.json:
        output.emit({"checkpoints": [c.model_dump(mode="json") for c in found]}, success=True)
    elif found:
        output.columns(
            [
                (
                    c.checkpoint_id,
                    c.created_at.isoformat(timespec="seconds"),
                    f"{c.files} files",
                    c.path,
                    c.label,
                )
                for c in found
            ]
        )
    else:
        output.say("There are no checkpoints.")
    return exits.GREEN


@checkpoint.command()
@click.argument("checkpoint_id")
@click.argument("other_id", required=False, default="")
@json_option
@pass_state
def diff(state: State, checkpoint_id: str, other_id: str) -> int:
    """Show what changed since a checkpoint, up to OTHER_ID or to the files as they are."""
    from autonomous_coder.cli.session import run

    async def work(orchestrator: Orchestrator) -> CheckpointDiff:
        return await orchestrator.checkpoints.diff(checkpoint_id, other_id)

    found = run(state, work)
    if state.json:
        output.emit(found, success=True)
    elif found.changes:
        output.columns(
            [(c.change, f"+{c.lines_added} -{c.lines_removed}", c.path) for c in found.changes]
        )
        if found.patch:
            output.say()
            output.say(output.clean_block(found.patch).rstrip())
        if found.truncated:
            output.say("The rest is left out; name fewer files or look at them directly.")
    else:
        output.say("Nothing has changed.")
    return exits.GREEN


@checkpoint.command()
@click.argument("checkpoint_id")
@click.argument("paths", nargs=-1)
@json_option
@pass_state
def restore(state: State, checkpoint_id: str, paths: tuple[str, ...]) -> int:
    """Bring back the files of a checkpoint (all, or only PATHS inside the project).

    What is there now is kept as a checkpoint first.
    """
    from autonomous_coder.cli.session import run

    async def work(orchestrator: Orchestrator) -> RestoreResult:
        return await orchestrator.checkpoints.restore(checkpoint_id, paths)

    done = run(state, work)
    if state.json:
        output.emit(done, success=True)
    else:
        output.columns(
            [
                ("written", f"{len(done.written)} files"),
                ("deleted", f"{len(done.deleted)} files"),
                ("unchanged", f"{done.unchanged} files"),
                ("undo", f"autonomous-coder checkpoint restore {done.backup_id}"),
            ]
        )
    return exits.GREEN


@checkpoint.command()
@click.argument("checkpoint_id")
@json_option
@pass_state
def delete(state: State, checkpoint_id: str) -> int:
    """Forget a checkpoint."""
    from autonomous_coder.cli.session import run

    async def work(orchestrator: Orchestrator) -> int:
        return await orchestrator.checkpoints.delete(checkpoint_id)

    freed = run(state, work)
    if state.json:
        output.emit({"checkpoint_id": checkpoint_id, "bytes_freed": freed}, success=True)
    else:
        output.say(f"Deleted {output.clean(checkpoint_id)}; {freed:,} bytes freed.")
    return exits.GREEN


def _facts(made: Checkpoint) -> list[tuple[str, str]]:
    return [
        ("path", made.path),
        ("files", f"{made.files}, {made.bytes:,} bytes"),
        ("tree", made.tree_hash),
    ]


def _absolute(path: str | None) -> str:
    return str(Path(path).expanduser().absolute()) if path else ""
