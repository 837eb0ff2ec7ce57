"""`research`, `knowledge` and `status`: facts about packages, practice and past work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from autonomous_coder.cli import exits, output
from autonomous_coder.cli.state import State, json_option, pass_state

if TYPE_CHECKING:
    from autonomous_coder.models.knowledge import KnowledgeDocument, KnowledgeHit
    from autonomous_coder.models.results import (
        KnowledgeResult,
        ProjectStatus,
        ResearchResult,
        ServerStatus,
    )
    from autonomous_coder.models.runs import Run
    from autonomous_coder.models.technology import Resolution, TechInfo
    from autonomous_coder.orchestrator.orchestrator import Orchestrator

RUN_PREFIX = "run_"
MAX_HITS = 50


@click.command()
@click.argument("refs", nargs=-1, metavar="[REF]...")
@click.option("--joint", is_flag=True, help="Also find the versions that install together.")
@click.option(
    "--runtime",
    default="",
    metavar="RANGE",
    help="For --joint: '>=3.12' or 'node 20'.",
)
@click.option("--topic", default="", metavar="WORDS", help="A question; asked of REFs' own docs.")
@click.option("--url", default="", metavar="URL", help="A page to read.")
@click.option(
    "--known", multiple=True, metavar="REF@VERSION", help="What you remember; repeatable."
)
@click.option("--since", default=None, metavar="DATE", help="What changed since that day.")
@click.option("--offline", is_flag=True, help="Use only what is cached or shipped.")
@json_option
@pass_state
def research(
    state: State, /, refs: tuple[str, ...], known: tuple[str, ...], **question: Any
) -> int:
    """Look up current facts about packages.

    \b
    A REF is one of
      pypi:fastapi   npm:react@^19   crates:serde
      go:github.com/gin-gonic/gin    maven:group:artifact
    """
    from autonomous_coder.calling import research_question
    from autonomous_coder.cli.session import run

    remembered = dict(_remembered(text) for text in known)
    packages = refs or tuple(remembered)
    asked = research_question(packages, {**question, "known": remembered})

    async def work(orchestrator: Orchestrator) -> ResearchResult:
        return await orchestrator.researching.answer(asked)

    result = run(state, work)
    good = all(not package.error for package in result.packages) and result.compatible is not False
    if state.json:
        output.emit(result, success=good)
    else:
        _show_research(result)
    return exits.GREEN if good else exits.FAILED


def _remembered(text: str) -> tuple[str, str]:
    name, at, version = text.rpartition("@")
    if not at or not name or not version:
        raise click.BadParameter(
            f"'{text}' is not REF@VERSION, such as pypi:pydantic@1.10.", param_hint="--known"
        )
    return name, version


def _show_research(result: ResearchResult) -> None:
    output.columns([_fact(package) for package in result.packages])
    notes = [f"{p.name}: {d}" for p in result.packages for d in p.deprecations]
    notes += [f"{p.name}: look twice: {s}" for p in result.packages for s in p.suspicious]
    notes += [f"{p.name}: {p.error}" for p in result.packages if p.error]
    output.bullets("To note", [*notes, *result.notes])
    for resolution in result.resolutions:
        _show_resolution(f"Together on {_place(resolution)}", resolution)
    if result.conflict:
        output.bullets("Cannot be had together", result.conflict)
    for resolution in result.nearest:
        _show_resolution(f"Near to it and possible on {_place(resolution)}", resolution)
    output.bullets(
        "Changed since",
        [f"{c.package}{f' {c.since}' if c.since else ''}: {c.text}" for c in result.changes],
    )
    for passage in result.passages:
        output.heading(f"{passage.heading or 'From'} ({passage.source})")
        output.say(output.clean_block(passage.text))


def _place(resolution: Resolution) -> str:
    return f"{resolution.ecosystem} {resolution.runtime}".strip()


def _show_resolution(title: str, resolution: Resolution) -> None:
    output.heading(title)
    output.columns(
        [
            (pin.name, pin.version, f"held by {pin.held_by}" if pin.held_by else "")
            for pin in resolution.pins
            if pin.direct
        ]
    )
    output.bullets("", resolution.notes)


def _fact(package: TechInfo) -> tuple[str, ...]:
    released = package.release_date.date().isoformat() if package.release_date else ""
    name = f"{package.ecosystem}:{package.name}" if package.ecosystem else package.name
    return (
        name,
        package.version or "unknown",
        released,
        package.origin.value,
        package.runtime,
        package.license,
    )


@click.command()
@click.argument("query", required=False, default="")
@click.option("--id", "document_id", default="", metavar="ID", help="Print this document.")
@click.option("--limit", type=click.IntRange(1, MAX_HITS), default=5, show_default=True)
@click.option("--ecosystem", default="", metavar="NAME", help="Only pypi, npm, crates, go, maven.")
@click.option("--report", default="", metavar="TEXT", help="Keep this statement under QUERY.")
@click.option("--source", default="", metavar="TEXT", help="With --report: where it is from.")
@json_option
@pass_state
def knowledge(
    state: State,
    /,
    query: str,
    document_id: str,
    limit: int,
    ecosystem: str,
    report: str,
    source: str,
) -> int:
    """Search the knowledge base; without QUERY list its topics. With --report add to it."""
    from autonomous_coder.cli.session import run

    if bool(report) > bool(query.strip()) or bool(source) > bool(report):
        raise click.UsageError("--report needs a QUERY, and --source a --report.")

    async def work(orchestrator: Orchestrator) -> KnowledgeResult:
        if report:
            await orchestrator.researching.learn({query: {"statement": report, "source": source}})
        return await orchestrator.views.knowledge(
            query, document_id=document_id, limit=limit, ecosystem=ecosystem
        )

    result = run(state, work)
    if state.json:
        output.emit(result, success=True)
    else:
        _show_knowledge(result)
    return exits.GREEN


def _trust(told: KnowledgeDocument | KnowledgeHit) -> str:
    if told.reported:
        return f"reported {told.verified}, not verified"
    return f"verified {told.verified}"


def _show_knowledge(result: KnowledgeResult) -> None:
    if result.document is not None:
        document = result.document
        output.heading(f"{output.clean(document.title)} ({_trust(document)})")
        output.say(output.clean_block(document.body))
        return
    for hit in result.hits:
        output.heading(f"{output.clean(hit.title)} ({hit.id}, {_trust(hit)})")
        output.say(output.clean_block(hit.passage).strip())
    for topic in result.topics:
        output.say(output.clean(topic))
    if not result.hits and not result.topics:
        output.say("Nothing found; without a query, all topics are listed.")


@click.command()
@click.argument("identifier", required=False, metavar="[RUN_ID | PROJECT_ID]")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--offset", type=click.IntRange(0), default=0)
@json_option
@pass_state
def status(state: State, identifier: str | None, limit: int, offset: int) -> int:
    """Show a run, a project, or without an id what has been going on."""
    from autonomous_coder.cli.session import run

    async def work(orchestrator: Orchestrator) -> Run | ProjectStatus | ServerStatus:
        if not identifier:
            return await orchestrator.views.server_status(limit=limit, offset=offset)
        if identifier.startswith(RUN_PREFIX):
            return await orchestrator.runs.get(identifier)
        return await orchestrator.views.project_status(identifier)

    result = run(state, work)
    if state.json:
        output.emit(result, success=True)
    else:
        _show_status(result)
    return exits.GREEN


def _show_status(result: Run | ProjectStatus | ServerStatus) -> None:
    from autonomous_coder.models.results import ServerStatus
    from autonomous_coder.models.runs import Run

    if isinstance(result, Run):
        _show_run(result)
    elif isinstance(result, ServerStatus):
        _show_server(result)
    else:
        _show_project(result)


def _show_run(run: Run) -> None:
    output.columns(
        [
            ("run", run.run_id),
            ("kind", run.kind.value),
            ("status", run.status.value),
            ("project", run.project_id),
            ("progress", f"{run.percentage:.0f}% {run.current_task}"),
            ("updated", run.updated_at.isoformat(timespec="seconds")),
        ]
    )
    if run.steps:
        output.heading("Steps")
        output.columns(
            [(s.name, s.status.value, f"{s.duration_s:.1f} s", s.summary) for s in run.steps]
        )
    if run.error:
        output.bullets(
            f"Error ({run.error_code})", [line for line in (run.error, run.hint) if line]
        )
    if run.kind.value == "build" and run.status.value in {"failed", "cancelled", "interrupted"}:
        output.say(f"  Take it up again: autonomous-coder build --resume {run.run_id}")


def _show_project(result: ProjectStatus) -> None:
    project = result.project
    rows = [
        ("project", f"{project.project_id} ({project.name})"),
        ("path", project.path or "not written yet"),
        ("asked for", project.description),
    ]
    if result.progress is not None:
        done = result.progress
        rows.append(("plan", f"{done.done} of {done.total} tasks done, {done.failed} failed"))
    if result.report is not None:
        verdict = "passed" if result.report.passed else "not passed"
        stale = ", but the files have changed since" if result.report.stale else ""
        rows.append(("validation", f"{verdict} at level {result.report.level.value}{stale}"))
    output.columns(rows)
    _show_runs(result.runs)


def _show_server(result: ServerStatus) -> None:
    output.columns(
        [
            ("version", result.version),
            ("data", result.data_dir),
            ("sandbox", f"level {result.sandbox.level.value}"),
            *(("missing", f"{m.layer}: {m.reason} {m.remedy}") for m in result.sandbox.missing),
        ]
    )
    output.bullets("To note", result.notices)
    if result.projects:
        output.heading("Projects")
        output.columns([(p.project_id, p.name, p.path or "not written") for p in result.projects])
    _show_runs(result.runs)


def _show_runs(runs: list[Run]) -> None:
    if runs:
        output.heading("Runs")
        output.columns(
            [
                (
                    run.run_id,
                    run.kind.value,
                    run.status.value,
                    run.updated_at.isoformat(timespec="seconds"),
                    run.error or run.current_task,
                )
                for run in runs
            ]
        )
