"""What one call of the command line knows: global options, and the run it carries out."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from autonomous_coder.settings import Settings


@dataclass
class State:
    """Handed to every command as the context's object."""

    config: str = ""
    verbosity: int = 0
    json: bool = False
    run_id: str = ""
    resume: str = ""
    """The command that takes up the run again, once there is one to take up."""

    def settings(self) -> Settings:
        """The settings in effect.

        Raises:
            UsageError: the configuration file is missing or wrong.
        """
        from autonomous_coder.settings import load_settings

        return load_settings(self.config or None)

    def start_logging(self) -> None:
        """Our log goes to stderr: warnings, with -v what happens, with -vv every detail."""
        levels = (logging.WARNING, logging.INFO, logging.DEBUG)
        logging.basicConfig(
            stream=sys.stderr,
            level=logging.WARNING,
            format="%(levelname)s %(name)s: %(message)s",
        )
        logging.getLogger("autonomous_coder").setLevel(levels[min(self.verbosity, 2)])


pass_state = click.make_pass_decorator(State, ensure=True)


def json_option(command: click.decorators.FC) -> click.decorators.FC:
    """`--json`: exactly one JSON object on stdout."""

    def remember(context: click.Context, _: click.Parameter, value: bool) -> None:
        context.ensure_object(State).json |= value

    return click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=remember,
        help="Print exactly one JSON object on stdout.",
    )(command)
