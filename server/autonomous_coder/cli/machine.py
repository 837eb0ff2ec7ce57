"""`serve`, `doctor` and `config`: the server, this machine, and the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from autonomous_coder.cli import exits, output
from autonomous_coder.cli.state import State, json_option, pass_state

if TYPE_CHECKING:
    from autonomous_coder.models.results import DoctorReport


@click.command()
@click.option(
    "--http",
    metavar="HOST:PORT",
    default="",
    envvar="AUTONOMOUS_CODER_HTTP",
    show_envvar=True,
    help="Serve Streamable HTTP there instead of stdio.",
)
@click.option(
    "--toolsets",
    metavar="A,B",
    default="",
    envvar="AUTONOMOUS_CODER_TOOLSETS",
    show_envvar=True,
    help="Offer only these groups of tools.",
)
@click.option(
    "--read-only",
    is_flag=True,
    envvar="AUTONOMOUS_CODER_READ_ONLY",
    show_envvar=True,
    help="Offer only tools that change nothing.",
)
@pass_state
def serve(state: State, http: str, toolsets: str, read_only: bool) -> int:
    """Serve MCP to a host assistant, on stdio unless --http is given."""
    from autonomous_coder.app import run_server

    settings = state.settings()
    if state.verbosity:
        level = "INFO" if state.verbosity == 1 else "DEBUG"
        server = settings.server.model_copy(update={"log_level": level})
        settings = settings.model_copy(update={"server": server})
    names = tuple(name.strip() for name in toolsets.split(",") if name.strip())
    run_server(
        settings,
        http=http,
        toolsets=names,
        read_only=read_only,
    )
    return exits.GREEN


@click.command()
@json_option
@pass_state
def doctor(state: State) -> int:
    """Say what this machine has and lacks, and what to do about it.

    Exit code: 0 when everything required is there, 3 otherwise.
    """
    from autonomous_coder.cli.session import run_async
    from autonomous_coder.doctor import examine

    settings = state.settings()
    config = state.config or None

    async def work() -> DoctorReport:
        return await examine(settings, config=config)

    report = run_async(work)
    if state.json:
        output.emit(report, success=report.ok)
    else:
        _show_doctor(report)
    return exits.GREEN if report.ok else exits.LACKS


def _show_doctor(report: DoctorReport) -> None:
    rows = []
    for item in report.items:
        word = "ok" if item.ok else "missing" if item.required else "absent"
        rows.append((word, item.name, item.detail))
    output.columns(rows)
    output.bullets(
        "What to do",
        [f"{i.name}: {i.remedy}" for i in report.items if not i.ok and i.remedy],
        limit=30,
    )
    output.say()
    lacking = [item.name for item in report.items if item.required and not item.ok]
    if lacking:
        output.say(f"Missing and required: {', '.join(lacking)}.")
    else:
        output.say("Everything required is there.")


@click.command()
@click.option("--path", "only_path", is_flag=True, help="Print the configuration file's path.")
@json_option
@pass_state
def config(state: State, only_path: bool) -> int:
    """Print the settings in effect as YAML: every key, ready to be saved as config.yaml."""
    from autonomous_coder.settings import config_path, default_config_path

    found = config_path(state.config or None)
    where = found or default_config_path()
    if only_path:
        if state.json:
            output.emit({"config_path": str(where), "exists": found is not None}, success=True)
        else:
            output.say(str(where))
        return exits.GREEN
    values: dict[str, Any] = state.settings().model_dump(mode="json")
    if state.json:
        output.emit({"config_path": str(found or ""), **values}, success=True)
        return exits.GREEN
    import yaml

    source = f"from {found}, the environment and" if found else "from the environment and"
    click.echo(f"# Settings in effect, {source} defaults.")
    click.echo(yaml.safe_dump(values, sort_keys=False, allow_unicode=True).rstrip())
    return exits.GREEN
