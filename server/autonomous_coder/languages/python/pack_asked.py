"""The commands of a spec, sorted by who knows what they are to do: the host, a template, nobody."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.errors import UnsupportedError
from autonomous_coder.languages.common.commands import Match, matches
from autonomous_coder.languages.python.pack_package import (
    HostFunction,
    host_function,
    wanted_file,
)
from autonomous_coder.models.spec import Command, ProjectSpec


@dataclass(frozen=True, slots=True)
class Asked:
    """`written` have a file of the host's, `meant` are operations of entities, by name."""

    package: str
    written: tuple[tuple[Command, HostFunction], ...]
    meant: dict[str, tuple[Match, ...]]
    missing: tuple[Command, ...]

    @property
    def provides(self) -> tuple[str, ...]:
        """Capabilities that tests of the host's prove."""
        return tuple(f"command:{command.name}" for command, _ in self.written)

    def refuse_nothing(self, then: str, *, anything: bool) -> None:
        """UnsupportedError where commands are asked for and none of them can be built, nor
        `anything` else; `then` says what is done with the host's function."""
        if self.missing and not (self.written or self.meant or anything):
            hints = "; ".join(wanted_file(self.package, command) for command in self.missing)
            raise UnsupportedError(
                f"no template knows what `{self.missing[0].name}` is to do",
                hint=f"{hints[:1500]}. {then}",
            )

    def notes(self, what: str) -> tuple[str, ...]:
        """Which were left out, and what to hand in; `what` they are called to the user."""
        return tuple(
            f"The {what} `{command.name}` was left out: no template knows what it is to do. "
            f"{wanted_file(self.package, command)}."
            for command in self.missing
        )


def asked(spec: ProjectSpec, package: str) -> Asked:
    """The commands, sorted; the host's file comes first: it says what the command means."""
    written: list[tuple[Command, HostFunction]] = []
    meant: dict[str, tuple[Match, ...]] = {}
    missing: list[Command] = []
    for command in spec.commands:
        function = host_function(spec, package, command)
        if function is not None:
            written.append((command, function))
        elif found := matches(command, spec.entities):
            meant[command.name] = found
        else:
            missing.append(command)
    return Asked(package, tuple(written), meant, tuple(missing))
