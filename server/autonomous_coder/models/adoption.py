"""What was found in a directory that this program did not write, and is to add to."""

from __future__ import annotations

from pydantic import Field

from autonomous_coder.models.base import Model

MAX_ENTITIES_FOUND = 60
MAX_COMPONENTS_FOUND = 6
EXISTING = "existing"
"""The archetype of a spec that adds to an existing project."""


class Place(Model):
    """Something that was found, and where. `line` is 1-based, 0 for the whole file."""

    name: str
    path: str
    line: int = 0

    @property
    def where(self) -> str:
        """`path:line`."""
        return f"{self.path}:{self.line}" if self.line else self.path


class FoundEntity(Model):
    """A class that looks like a stored thing. `kind` names what it is made with."""

    name: str
    kind: str
    path: str
    line: int
    fields: list[str] = Field(default_factory=list)


class Action(Model):
    """A step of a workflow that another action carries out; `inputs` are its `with`."""

    uses: str
    inputs: dict[str, str] = Field(default_factory=dict)


class Hook(Model):
    """What is run before a commit; `types` are kinds of files as pre-commit names them."""

    id: str
    entry: str
    types: list[str]
    files: bool = False
    """Whether the names of the changed files are passed on."""


class Component(Model):
    """One project of one language inside the directory.

    `path` is its directory ('' for the top), `marker` the file that makes it one. `commands` are
    shell lines run in it, by what they do (install, lint, build, test), only such as what it
    declares has a use for. `licence` is what its manifest says.
    """

    path: str = ""
    language: str
    marker: str = ""
    name: str = ""
    manager: str = ""
    frameworks: list[Place] = Field(default_factory=list)
    entities: list[FoundEntity] = Field(default_factory=list)
    entities_note: str = ""
    """Why there are none, where none were found or looked for."""
    actions: list[Action] = Field(default_factory=list)
    commands: dict[str, str] = Field(default_factory=dict)
    hooks: list[Hook] = Field(default_factory=list)
    licence: str = ""


class Adoption(Model):
    """An existing project: its directory, its components (the main one first), and files that
    stand for a feature already (feature -> path). `overlooked` are project files of parts that are
    no components."""

    root: str
    name: str
    components: list[Component]
    present: dict[str, str] = Field(default_factory=dict)
    overlooked: list[str] = Field(default_factory=list)

    @property
    def main(self) -> Component:
        """The component that the project is named after."""
        return self.components[0]
