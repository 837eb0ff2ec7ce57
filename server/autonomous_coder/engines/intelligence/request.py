"""One request on its way to a spec: what was said, and what was decided about it so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.findings import Findings
from autonomous_coder.engines.intelligence.host import HostSpec
from autonomous_coder.engines.intelligence.pages import Said
from autonomous_coder.engines.intelligence.supported import Supported
from autonomous_coder.engines.intelligence.wishes import Wishes
from autonomous_coder.models.spec import Command, Job, Provenance, Question
from autonomous_coder.settings import GenerationSettings


@dataclass(slots=True)
class Request:
    """`found` is read from the sentence, `wishes` from constraints and preferences. `text` is the
    sentence without what it says is to be left out, which `wishes` has."""

    text: str
    host: HostSpec
    constraints: dict[str, str]
    preferences: dict[str, str]
    settings: GenerationSettings
    supported: Supported
    found: Findings
    wishes: Wishes
    settled: str = ""
    settled_kind: str = ""
    """The language of files that are there already; it takes the place of the default."""
    settled_framework: str = ""
    original: str = ""
    """The sentence as it was given."""
    site: Said = field(default_factory=lambda: Said(""))
    """What the sentence says of a site."""
    actions: list[Command] = field(default_factory=list)
    """What the players of a game can do."""
    tasks: list[Job] = field(default_factory=list)
    """What a service does by itself."""
    unbuilt: list[str] = field(default_factory=list)
    """Features that the chosen language or framework lacks, which is told already."""
    unfit: list[str] = field(default_factory=list)
    """Features that were asked for and make no sense for this kind of software."""
    provenance: dict[str, Provenance] = field(default_factory=dict)
    assumptions: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def refused(self) -> list[str]:
        """Features that were asked to be left out, in the order they were named."""
        said = [*self.found.refused, *self.wishes.refused, *self.host.left_out]
        return list(dict.fromkeys(said))
