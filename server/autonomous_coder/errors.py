"""The one error tree. Every error says what is wrong and what to do next.

Exit codes of the command line and tool errors of the MCP server are derived from the
three branches: `UsageError` (2), `EnvironmentLacksError` (3) and everything else (1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class CoderError(Exception):
    """Base of all errors this project raises on purpose.

    `message` says what is wrong, `hint` what to do next; both are shown to people and
    models, so neither may hold a secret. `code` is stable and machine-readable.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(CoderError):
    """What was asked cannot be done as asked: the caller has to change the request."""

    code = "usage"
    exit_code = 2


class InvalidInputError(UsageError):
    """A value is malformed, too large or contradictory."""

    code = "invalid_input"


class PathNotAllowedError(UsageError):
    """A path lies outside the allowed roots or is protected."""

    code = "path_not_allowed"


class PathOccupiedError(UsageError):
    """The output directory exists, is not empty and does not belong to this project."""

    code = "path_occupied"


class NotFoundError(UsageError):
    """An id, name or path is unknown."""

    code = "not_found"


class UnsupportedError(UsageError):
    """Understood, but not something this version can do."""

    code = "unsupported"


class EnvironmentLacksError(CoderError):
    """The machine lacks something: a tool, a sandbox layer, a network, space."""

    code = "environment"
    exit_code = 3


class SandboxUnavailableError(EnvironmentLacksError):
    """The required sandbox level cannot be had here."""

    code = "sandbox_unavailable"


class ToolchainMissingError(EnvironmentLacksError):
    """A compiler, interpreter or tool is not installed."""

    code = "toolchain_missing"


class NetworkUnavailableError(EnvironmentLacksError):
    """A registry or page could not be reached and nothing usable was cached."""

    code = "network_unavailable"


class DiskFullError(EnvironmentLacksError):
    """There is no space left; what was being written has been rolled back."""

    code = "disk_full"


class StateError(CoderError):
    """Our own database or checkpoint store is in trouble."""

    code = "state"


class DatabaseCorruptError(StateError):
    """The database file is damaged."""

    code = "database_corrupt"


class CheckpointCorruptError(StateError):
    """A checkpoint's content does not match its hash."""

    code = "checkpoint_corrupt"


class BusyError(StateError):
    """Another live process owns this run or project."""

    code = "busy"


class ResolutionError(CoderError):
    """No set of versions satisfies all requirements together."""

    code = "resolution"


class RegistryError(CoderError):
    """A registry answered with something unusable."""

    code = "registry"


class GenerationError(CoderError):
    """A template or the formatter failed; nothing was written."""

    code = "generation"


class DeadlineExceededError(CoderError):
    """The deadline passed before the work was done."""

    code = "deadline"


class RunStoppedError(CoderError):
    """A run was cancelled, or its process ended; it can be resumed."""

    code = "cancelled"


class RunInterruptedError(RunStoppedError):
    """The process that carried out a run ended before the run did; it can be resumed."""

    code = "interrupted"


class InternalError(CoderError):
    """Something this program did not foresee: its own fault."""

    code = "internal"


_CLASSES: tuple[type[CoderError], ...] = (
    CoderError,
    UsageError,
    InvalidInputError,
    PathNotAllowedError,
    PathOccupiedError,
    NotFoundError,
    UnsupportedError,
    EnvironmentLacksError,
    SandboxUnavailableError,
    ToolchainMissingError,
    NetworkUnavailableError,
    DiskFullError,
    StateError,
    DatabaseCorruptError,
    CheckpointCorruptError,
    BusyError,
    ResolutionError,
    RegistryError,
    GenerationError,
    DeadlineExceededError,
    RunStoppedError,
    RunInterruptedError,
    InternalError,
)

ERRORS_BY_CODE: Mapping[str, type[CoderError]] = {cls.code: cls for cls in _CLASSES}
"""Every error class by its stable code."""


def error_from_code(code: str, message: str, hint: str = "") -> CoderError:
    """The error a record speaks of, as an exception of its class."""
    return ERRORS_BY_CODE.get(code, CoderError)(message, hint=hint)
