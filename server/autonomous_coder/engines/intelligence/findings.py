"""What reading a request yields, before entities are built from it."""

from __future__ import annotations

from dataclasses import dataclass, field

from autonomous_coder.engines.intelligence.text import Limits
from autonomous_coder.models.spec import EntityField

Need = tuple[str, ...]
"""`(kind, …)`: entity noun, field noun name, relation noun noun, feature name, archetype name,
unknown phrase."""


@dataclass(slots=True)
class Clause:
    """One demand of the request: its words and what it needs."""

    text: str
    needs: list[Need] = field(default_factory=list)
    content: int = 0
    understood: int = 0
    restricted: bool = False
    """What it allows is allowed to a role only, so that the whole needs roles."""

    def need(self, *need: str) -> None:
        if need not in self.needs:
            self.needs.append(need)


@dataclass(slots=True)
class Mention:
    """A noun that is to be stored. `listed` when its fields were given as a list."""

    noun: str
    fields: list[EntityField] = field(default_factory=list)
    listed: bool = False
    limits: list[Limits] = field(default_factory=list)
    """How long or great the thing as a whole may be (`messages of at most 500 characters`)."""

    def add(self, new: EntityField) -> None:
        """Later wording of the same field wins only when it says more (an enum, a type)."""
        for at, old in enumerate(self.fields):
            if old.name == new.name:
                if new.values and not old.values:
                    self.fields[at] = new
                return
        self.fields.append(new)


@dataclass(frozen=True, slots=True)
class Link:
    """`source` carries a reference to `target` (many: a list of them)."""

    source: str
    target: str
    many: bool = False
    required: bool = True


@dataclass(slots=True)
class Findings:
    clauses: list[Clause] = field(default_factory=list)
    mentions: dict[str, Mention] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    features: dict[str, None] = field(default_factory=dict)
    refused: dict[str, None] = field(default_factory=dict)
    domains: list[str] = field(default_factory=list)
    archetypes: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    frameworks: list[str] = field(default_factory=list)
    avoided: dict[tuple[str, str], None] = field(default_factory=dict)
    """(`language` or `framework`, its name) that it is not to be made with."""
    events: list[tuple[str, str, str]] = field(default_factory=list)
    """(event noun, subject or '', object)."""
    main: str = ""
    title: str = ""
    private: bool = False
    """The request speaks of own or private things."""
    asked: bool = False
    """A word of building, or of what software does, was there."""
    foreign: bool = False
    described: str = ""
    """The thing whose attributes were listed last."""
    absent: dict[str, None] = field(default_factory=dict)
    """Things that are not to be stored."""
    sought: list[tuple[str, EntityField]] = field(default_factory=list)
    """(noun or '' for the main thing, what its lists are filtered, sorted or searched by)."""
    named_plural: frozenset[str] = frozenset()
    """Nouns that the request uses in the plural."""
    audience: str = ""
    """Who it may be for, if that is not what it stores (`a service for teams`)."""
    user_fields: list[EntityField] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    def mention(self, noun: str) -> Mention:
        return self.mentions.setdefault(noun, Mention(noun))

    def written_as(self, other: Findings) -> None:
        """Take over what another reading says of languages and frameworks."""
        self.languages, self.frameworks = other.languages, other.frameworks
        self.avoided = other.avoided

    def link(self, link: Link) -> None:
        if link.source != link.target and link not in self.links:
            self.links.append(link)
