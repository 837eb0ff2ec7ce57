"""Facts about packages and the stack chosen from them; every fact has a source and an age."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from autonomous_coder.models.base import Model


class Origin(StrEnum):
    """How a fact was come by. Only LIVE and CACHED (within its time to live) count as current."""

    LIVE = "live"
    CACHED = "cached"
    STALE = "stale"
    """From the cache past its time to live, because the source could not be reached."""
    CURATED = "curated"
    """From the dated knowledge shipped with this program."""
    UNKNOWN = "unknown"


class PackageRef(Model):
    """A package named as `ecosystem:name[@range]`, e.g. `npm:react@^19`."""

    ecosystem: str
    name: str
    range: str = ""

    def __str__(self) -> str:
        return f"{self.ecosystem}:{self.name}" + (f"@{self.range}" if self.range else "")


class MajorLine(Model):
    """The newest stable version of one major line, e.g. `18` -> 18.3.1."""

    line: str
    version: str
    released: str = ""
    """ISO date, or empty."""


class TechInfo(Model):
    """What is known of one package or technology (the seed's TechInfo, with source and age)."""

    name: str
    ecosystem: str = ""
    version: str = ""
    """Newest stable version (within `range` when one was asked for); empty when unknown."""
    release_date: datetime | None = None
    newest: str = ""
    """Newest stable version regardless of the range asked for."""
    prerelease: str = ""
    """Newest pre-release when it is newer than `newest`."""
    runtime: str = ""
    """Runtime requirement, e.g. `>=3.11` or `node >=22.12`."""
    license: str = ""
    summary: str = ""
    majors: list[MajorLine] = Field(default_factory=list)
    """Newest first; bounded."""
    dependencies: dict[str, str] = Field(default_factory=dict)
    """Name -> range, as the chosen version declares them; bounded."""
    peers: dict[str, str] = Field(default_factory=dict)
    """What must stand beside it (npm's peer dependencies): name -> range."""
    replacement: str = ""
    """What the authors or the knowledge base name as its successor."""
    near: list[str] = Field(default_factory=list)
    """For an unknown name: existing names close to it, the likeliest first."""
    suspicious: list[str] = Field(default_factory=list)
    """Why one should look twice before installing it (very young, like a popular name, ...)."""
    gaps: list[str] = Field(default_factory=list)
    """What this registry does not tell, e.g. `licence`: absent here is not absent there."""
    deprecations: list[str] = Field(default_factory=list)
    best_practices: list[str] = Field(default_factory=list)
    compatibility: dict[str, str] = Field(default_factory=dict)
    documentation_url: str = ""
    repository_url: str = ""
    origin: Origin = Origin.UNKNOWN
    source: str = ""
    """Where the fact comes from, in words (`npm registry`, `knowledge base`), without secrets."""
    fetched_at: datetime | None = None
    error: str = ""
    """Why nothing is known, with what to do next; empty when the fact is good."""


class Pin(Model):
    """One package of a jointly resolved stack."""

    name: str
    version: str
    direct: bool = True
    newest: str = ""
    held_by: str = ""
    """The one constraint that keeps it below `newest`; empty when it is the newest."""
    origin: Origin = Origin.LIVE


class Resolution(Model):
    """A set of versions that install together on `runtime`."""

    ecosystem: str
    runtime: str
    pins: list[Pin] = Field(default_factory=list)
    origin: Origin = Origin.LIVE
    resolved_at: datetime | None = None
    resolver: str = ""
    notes: list[str] = Field(default_factory=list)
    parts: dict[str, Resolution] = Field(default_factory=dict)
    """Of a project made of parts: that of each, by its directory. `pins` are those of all."""

    def versions(self) -> dict[str, str]:
        """Direct packages: name -> version."""
        return {pin.name: pin.version for pin in self.pins if pin.direct}


class Compatibility(Model):
    """Whether packages go together on a runtime. `conflict` is a smallest set of what was asked
    for that cannot be had together (names with ranges); `nearest` a set close to it that works."""

    compatible: bool
    conflict: list[str] = Field(default_factory=list)
    reason: str = ""
    nearest: list[Resolution] = Field(default_factory=list)
    resolutions: list[Resolution] = Field(default_factory=list)
    """What was found to install together, one set per ecosystem."""
    notes: list[str] = Field(default_factory=list)


class Change(Model):
    """What changed for a package since a version or a date that somebody remembers."""

    package: str
    """`ecosystem:name`."""
    kind: str
    """major, minor, deprecated, renamed, successor, withdrawn, runtime or note."""
    since: str = ""
    """The version or the ISO date from which it holds; empty when not known."""
    text: str
    source: str = ""
    """Registry, or the knowledge document with its day of verification."""


class StackChoice(Model):
    """One part of the stack, e.g. part `web framework`, choice `fastapi`, with the reason."""

    part: str
    choice: str
    version: str = ""
    reason: str = ""


class TechStack(Model):
    """The stack of a project: choices with reasons, and the versions behind them."""

    language: str
    runtime: str = ""
    choices: list[StackChoice] = Field(default_factory=list)
    resolution: Resolution | None = None

    def as_dict(self) -> dict[str, str]:
        """The seed's `tech_stack`: part -> `choice version`."""
        return {c.part: f"{c.choice} {c.version}".strip() for c in self.choices}
