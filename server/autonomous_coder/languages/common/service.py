"""What a web service is to the start-up check, whatever its language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.models.execution import PROJECT_DIR, Mount


@dataclass(frozen=True, slots=True)
class Service:
    """How a service is started inside the sandbox.

    `argv` starts it (absolute program), after `prepare` (when given) built it in the same copy of
    the project. It may choose its port: PORT is set, and whatever port it listens on is found.
    `label` names it to people, e.g. `node dist/server.js`.
    """

    label: str
    argv: tuple[str, ...]
    prepare: tuple[str, ...] = ()
    cwd: str = PROJECT_DIR
    env: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
