"""What every resource needs: the services of the request, and errors in the protocol's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from autonomous_coder.errors import CoderError, UsageError
from autonomous_coder.services import Services

CURRENT: ContextVar[Services] = ContextVar("autonomous_coder_services")
"""Set for each request: the SDK hands no context to resources with a fixed address."""

MAX_COMPLETIONS = 100


@contextmanager
def told_plainly() -> Iterator[None]:
    """What does not exist is 'not found'; everything else keeps its message and hint.

    Raises:
        ResourceNotFoundError: an id, name or path is unknown.
        ResourceError: any other error of ours.
    """
    try:
        yield
    except UsageError as error:
        raise ResourceNotFoundError(str(error)) from error
    except CoderError as error:
        raise ResourceError(str(error)) from error


def matching(values: list[str], start: str) -> list[str]:
    """Values that begin with what was typed, then those that contain it."""
    typed = start.lower()
    first = [v for v in values if v.lower().startswith(typed)]
    rest = [v for v in values if typed in v.lower() and v not in first]
    return (first + rest)[:MAX_COMPLETIONS]
