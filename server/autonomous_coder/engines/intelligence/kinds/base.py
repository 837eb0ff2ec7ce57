"""What a kind of software is here: it hears a request, and takes part in drafting its spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.assemble import Assembly
from autonomous_coder.engines.intelligence.request import Request
from autonomous_coder.engines.intelligence.requirements import Row
from autonomous_coder.models.spec import Channel, Command, Entity, Job, Page

Parts = Mapping[str, Sequence[Command] | Sequence[Job] | Sequence[Channel] | Sequence[Page]]
"""`commands`, `jobs`, `channels` and `pages` of a spec."""


@dataclass(slots=True)
class Draft:
    """A spec on its way. `built` and `entities` are what is stored, `rows` the requirements; those
    who take part change them in their turn."""

    request: Request
    kind: str
    language: str
    built: Assembly
    entities: list[Entity]
    rows: list[Row] = field(default_factory=list)

    def given(self, key: str) -> bool:
        """Whether the host says this part of the spec."""
        return key in self.request.host.values


class Heard:
    """What a kind makes of a request, in the order of these methods; by itself nothing."""

    def store(self, draft: Draft) -> None:
        """Change what is stored."""

    def shape(self, draft: Draft) -> None:
        """Change the requirements that the sentence was read as."""

    def demand(self, draft: Draft) -> None:
        """Add requirements of its own."""

    def tell(self, draft: Draft) -> None:
        """Add assumptions and questions, when all requirements are there."""

    def parts(self) -> Parts:
        """The parts of the spec that are its own."""
        return {}

    def subject(self) -> str:
        """What the project is called by where nothing is stored."""
        return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`names` are the kinds of software it makes. `hear` gets a request and the kind that was
    chosen, whichever it is (a service may have jobs, too), and may read the sentence anew."""

    names: frozenset[str]
    hear: Callable[[Request, str], Heard]
    speaks: Callable[[str], bool] | None = None
    """Whether a sentence is about it, where that takes more than a word."""
