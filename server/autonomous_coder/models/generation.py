"""What generation yields before it touches the disk."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from autonomous_coder.models.base import Model
from autonomous_coder.models.spec import ProjectSpec


class GeneratedFile(Model):
    """A file of the render. `path` is relative with '/'."""

    path: str
    content: str
    executable: bool = False
    layer: str = ""
    mode: str = "managed"


class Migration(Model):
    """A step from the stored tables of one spec to those of the next; a `text` is empty where there
    is nothing to do for the tables, and only something to know."""

    path: str = ""
    text: str = ""
    more: dict[str, str] = Field(default_factory=dict)
    """The same step for other databases, path -> text."""
    notes: list[str] = Field(default_factory=list)


class Earlier(Model):
    """What a project was generated as last: its spec (None where it is not known any more), the
    files of then, and where they lie.

    `unfinished` are paths that a generation which was stopped may have left."""

    spec: ProjectSpec | None
    files: dict[str, str]
    root: Path
    unfinished: list[str] = Field(default_factory=list)


class Dependencies(Model):
    """Packages by name, as the layers' manifests ask for them (PEP 508 extras allowed)."""

    ecosystem: str
    runtime: str
    """Runtime range, e.g. `>=3.11`."""
    packages: list[str] = Field(default_factory=list)
    dev_packages: list[str] = Field(default_factory=list)
    holds: dict[str, str] = Field(default_factory=dict)
    """Known holds: name -> range, each dated and explained in the manifest, or asked for."""
    tested: dict[str, str] = Field(default_factory=dict)
    """Name -> version that the layers say they were tested with."""
    minimum_age_days: int = Field(default=0, ge=0, le=365)
    """Releases younger than this are passed over, except those that mend a known vulnerability."""
    parts: dict[str, Dependencies] = Field(default_factory=dict)
    """Those of each part of a project that is made of parts, by its directory."""

    @property
    def count(self) -> int:
        """How many packages are asked for in all."""
        return len(self.packages) + sum(part.count for part in self.parts.values())


class Render(Model):
    """A whole project in memory.

    `provides` maps each capability built to the ids of the tests that prove it (may be empty).
    `start` is the shell line that starts the project, `test` the one that tests it. `lockfile` is
    made from `manifest` by the ecosystem's manager.
    """

    files: list[GeneratedFile]
    layers: list[str] = Field(default_factory=list)
    provides: dict[str, list[str]] = Field(default_factory=dict)
    dependencies: Dependencies | None = None
    manifest: str = ""
    lockfile: str = ""
    start: str = ""
    test: str = ""
    notes: list[str] = Field(default_factory=list)
    parts: dict[str, Render] = Field(default_factory=dict)
    """The parts of a project that is made of parts, by directory, their paths seen from there;
    their files and proofs stand in the whole, too, and each has a manifest of its own."""


class FileChange(Model):
    """What writing would do (or did) to one path."""

    path: str
    action: str
    """created, updated, merged, unchanged, kept, conflict or deleted."""
    lines_added: int = 0
    lines_removed: int = 0
    reason: str = ""


class GenerationResult(Model):
    """What was written, or with `preview` what would be."""

    path: str
    preview: bool
    changes: list[FileChange] = Field(default_factory=list)
    diff: str = ""
    layers: list[str] = Field(default_factory=list)
    provides: dict[str, list[str]] = Field(default_factory=dict)
    start: str = ""
    test: str = ""
    notes: list[str] = Field(default_factory=list)
