"""The top of the command line: global options, and every way a call can end."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import click

from autonomous_coder.cli import exits, output
from autonomous_coder.cli.state import State
from autonomous_coder.errors import CoderError, InternalError

PROGRAM = "autonomous-coder"


class Stopped(Exception):  # noqa: N818 - not an error: the user asked for it
    """A signal ended the work; everything has been cancelled cleanly."""

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by signal {number}")
        self.number = number


class _ReaderIsGone(Exception):  # noqa: N818 - an end, not a fault
    """Nobody reads our output any more (click would end such a call with 1)."""


class Program(click.Group):
    """A group that ends every call by our own exit codes, and with `--json` in JSON."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,  # noqa: ARG002 - click's signature
        **extra: Any,
    ) -> int:
        """Carry out one call. Exits, or with `standalone_mode=False` returns the exit code."""
        arguments = list(sys.argv[1:] if args is None else args)
        state = State(json=_asks_for_json(arguments))
        output.be_lenient()
        code = self._end(arguments, state, prog_name or PROGRAM, complete_var, extra)
        if standalone_mode:
            sys.exit(code)
        return code

    def invoke(self, ctx: click.Context) -> Any:
        """Carry out the command that was named."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderIsGone from error

    def _end(
        self,
        arguments: list[str],
        state: State,
        name: str,
        complete_var: str | None,
        extra: dict[str, Any],
    ) -> int:
        try:
            try:
                code = self._carry_out(arguments, state, name, complete_var, extra)
            except _ReaderIsGone:
                return _reader_is_gone()
            except Exception as error:
                code = _fail(error, state)
            sys.stdout.flush()
            sys.stderr.flush()
        except BrokenPipeError:
            return _reader_is_gone()
        return code

    def _carry_out(
        self,
        arguments: list[str],
        state: State,
        name: str,
        complete_var: str | None,
        extra: dict[str, Any],
    ) -> int:
        try:
            result = super().main(
                arguments, name, complete_var, standalone_mode=False, obj=state, **extra
            )
        except click.exceptions.NoArgsIsHelpError as error:
            output.say(error.format_message(), to_stderr=True)
            return exits.USAGE
        except click.ClickException as error:
            return _misused(error, state)
        except (click.Abort, KeyboardInterrupt):
            return _stopped(signal.SIGINT, state)
        except Stopped as stopped:
            return _stopped(stopped.number, state)
        return result if isinstance(result, int) else exits.GREEN


def _asks_for_json(arguments: Sequence[str]) -> bool:
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options  # before parsing: a call that cannot be parsed must answer in JSON


def _misused(error: click.ClickException, state: State) -> int:
    context = getattr(error, "ctx", None)
    hint = f"Try '{context.command_path} --help'." if context else ""
    _report(state, "usage", error.format_message(), hint)
    return exits.USAGE


def _fail(error: Exception, state: State) -> int:
    known = _known_error(error)
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if known is None:
        if state.verbosity:
            import traceback

            traceback.print_exception(error, file=sys.stderr)
        known = InternalError(
            f"Unexpected {type(error).__name__}: {error}"[:500],
            hint=f"This is a fault of {PROGRAM}; run it again with -v and report what it prints.",
        )
    _report(state, known.code, known.message, known.hint)
    return exits.of_error(known)


def _known_error(error: BaseException) -> CoderError | None:
    """The error itself, or the first of our own inside a group of concurrent ones."""
    if isinstance(error, CoderError):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((e for e in map(_known_error, error.exceptions) if e is not None), None)
    return None


def _stopped(number: int, state: State) -> int:
    hint = "What was done is kept." if state.run_id else ""
    _report(state, "cancelled", f"Stopped by {signal.Signals(number).name}.", hint)
    return exits.of_signal(number)


def _report(state: State, code: str, message: str, hint: str) -> None:
    """An error: for people on stderr, for scripts as the one JSON object on stdout."""
    if state.json:
        known = {"run_id": state.run_id, "resume": state.resume} if state.run_id else {}
        error = {"code": code, "message": message, "hint": hint}
        output.emit({"error": error, **known}, success=False)
        return
    output.error_text(message, hint)
    if state.resume:
        output.say(f"Take it up again: {state.resume}", to_stderr=True)


def _reader_is_gone() -> int:
    """Nobody reads our output any more: keep Python's own flush at exit from complaining."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    return exits.BROKEN_PIPE
