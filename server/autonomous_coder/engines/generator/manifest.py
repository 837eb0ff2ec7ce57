"""`layer.toml`: what a layer provides, needs and contributes."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints, ValidationError

from autonomous_coder.errors import GenerationError
from autonomous_coder.models.base import Model
from autonomous_coder.settings import describe

MANIFEST = "layer.toml"
MAX_MANIFEST_BYTES = 200_000
MAX_TEMPLATE_BYTES = 500_000

TemplatePath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Hold(Model):
    """A range a package is held at, with the date and the reason."""

    range: str
    since: date
    reason: str


class LayerDependency(Model):
    """A package by name; `when` is an expression over the template context, empty for always."""

    name: str
    when: str = ""
    dev: bool = False
    hold: Hold | None = None
    tested: str = ""
    """The version that the layer was last seen working with; where it is empty, the last known
    good set says it."""


class LayerFile(Model):
    """A file of the project: made from `template`, once for each item of `each` when given.

    `path` may hold template expressions; `binds` is the name an item has in them.
    """

    path: str
    template: TemplatePath
    when: str = ""
    each: str = ""
    binds: Name = "entity"
    executable: bool = False
    mode: Literal["managed", "once", "user"] = "managed"


class LayerSlot(Model):
    """A piece of text for a place that a template of another layer names."""

    slot: str
    template: TemplatePath
    when: str = ""


class LayerPart(Model):
    """A part of a project that is a project of its own in the directory `under`: with its own
    language, manifest, lock and tests.

    The first of the constraints or preferences in `chosen_by` that a spec has names another
    language, one of `others`. Features in `without` are those of the whole project, or of none."""

    under: Name
    archetype: Name
    language: Name
    chosen_by: list[Name] = Field(default_factory=list)
    others: list[Name] = Field(default_factory=list)
    without: list[Name] = Field(default_factory=list)


class LayerManifest(Model):
    """One layer. `archetypes` and `features` say which layers can stand on it."""

    name: str
    provides: list[str] = Field(default_factory=list)
    requires: list[str] = Field(default_factory=list)
    conflicts: list[str] = Field(default_factory=list)
    aliases: list[str] = Field(default_factory=list)
    """Other names under which a feature is asked for."""
    base: list[Name] = Field(default_factory=list)
    """Layers of the same language that an archetype stands on, the lowest first."""
    default: bool = False
    """Whether a feature is there without being asked for."""
    constraints: dict[str, list[str]] = Field(default_factory=dict)
    """Constraints of a spec (key -> lower-case values) that ask for this feature."""
    kin: str = ""
    """A language whose layers and templates stand in where this language has none of its own."""
    archetypes: list[Name] = Field(default_factory=list)
    inner: list[Name] = Field(default_factory=list)
    """Archetypes of a language that are only parts of others."""
    variants: dict[str, Name] = Field(default_factory=dict)
    """Framework of a spec (lower case) -> the inner archetype that an archetype is made as then."""
    parts: list[LayerPart] = Field(default_factory=list)
    """What a project of an archetype is made of; its own files stand around these."""
    alone: bool = False
    """Whether an archetype does not stand on the layer of its language."""
    features: list[Name] = Field(default_factory=list)
    defaults: list[Name] = Field(default_factory=list)
    """Those of its features that an archetype has without being asked for them."""
    dependencies: list[LayerDependency] = Field(default_factory=list)
    files: list[LayerFile] = Field(default_factory=list)
    slots: list[LayerSlot] = Field(default_factory=list)
    start: str = ""
    """Shell line that starts a project; where it is empty the language's pack says it."""
    test: str = ""
    """Shell line that tests a project, as `start`."""
    data: dict[str, dict[str, JsonValue]] = Field(default_factory=dict)
    """Path of a data file -> what this layer contributes to it."""


def read_manifest(folder: Path) -> LayerManifest:
    """The manifest of one layer; GenerationError when it is missing or malformed."""
    path = folder / MANIFEST
    name = "/".join(folder.parts[-4:])
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_MANIFEST_BYTES + 1)
    except OSError as error:
        raise GenerationError(
            f"the layer '{name}' has no readable {MANIFEST}",
            hint="Reinstall the program, or mend the templates folder named in the settings.",
        ) from error
    if len(raw) > MAX_MANIFEST_BYTES:
        raise GenerationError(f"{MANIFEST} of '{name}' is too large", hint="Keep it under 200 KB.")
    try:
        return LayerManifest.model_validate(tomllib.loads(raw.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        why = describe(error) if isinstance(error, ValidationError) else f"no TOML: {error}"
        raise GenerationError(
            f"{MANIFEST} of '{name}' is malformed: {why}",
            hint="Compare it with the manifests that ship with the program.",
        ) from error
