"""The command line: the only place that prints or exits.

Commands, options, exit codes and the JSON objects of `--json` are a contract for scripts. Engines
are imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import click

from autonomous_coder.cli.building import build
from autonomous_coder.cli.checking import fix, validate
from autonomous_coder.cli.checkpoints import checkpoint
from autonomous_coder.cli.group import PROGRAM, Program
from autonomous_coder.cli.looking import knowledge, research, status
from autonomous_coder.cli.machine import config, doctor, serve
from autonomous_coder.cli.projects import generate, plan
from autonomous_coder.cli.state import State

__all__ = ["main", "program"]


def _print_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from autonomous_coder.version import VERSION

        click.echo(f"{PROGRAM} {VERSION}")
        context.exit()


@click.group(cls=Program, name=PROGRAM, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--config", "config_file", default="", metavar="FILE", help="A configuration file.")
@click.option("-v", "--verbose", count=True, help="Log what happens to stderr; -vv logs details.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version.",
)
@click.pass_context
def program(context: click.Context, config_file: str, verbose: int) -> None:
    """Build real software from a description, and prove what was built.

    Exit codes: 0 done and green, 1 done but something failed, 2 wrong usage, 3 this machine lacks
    something (see `doctor`), 130 stopped by Ctrl-C.
    """
    state = context.ensure_object(State)
    state.config = config_file
    state.verbosity = verbose
    if context.invoked_subcommand != serve.name:  # the server starts its own log
        state.start_logging()


for _command in (
    build,
    plan,
    generate,
    validate,
    fix,
    research,
    knowledge,
    checkpoint,
    status,
    serve,
    doctor,
    config,
):
    program.add_command(_command)


def main() -> int:
    """The console command `autonomous-coder`."""
    return program.main()
