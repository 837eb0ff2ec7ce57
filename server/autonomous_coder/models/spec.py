"""What is to be built, as data: `ProjectSpec` and its parts.

Capabilities tie a request to what proves it. A capability is a string such as
`archetype:rest_api`, `entity:Todo`, `field:Todo.title`, `relation:Post.comments`,
`feature:accounts`, or `unknown:stripe payments` for words no rule understood. A
`Requirement` needs capabilities; a render provides them, with the tests that prove each.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from autonomous_coder.models.base import Model

MAX_DESCRIPTION_CHARS = 20_000
MAX_ENTITIES = 60
MAX_FIELDS = 80
MAX_REQUIREMENTS = 200
ADDED_FIELDS = frozenset({"id", "created_at", "updated_at", "owner", "owner_id"})
"""What an entity has without being told, the owner where there are accounts."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
ClassName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]{0,62}$")]
ProjectName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)
]
VersionRange = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9.,<>=!~^*|+\[\]() -]{1,100}$", max_length=100)
]
"""In the notation of the package's ecosystem."""
OneLine = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Provenance(StrEnum):
    """Who decided a field of the spec; earlier members win over later ones."""

    HOST = "host"
    USER = "user"
    RULE = "rule"
    DEFAULT = "default"


class FieldType(StrEnum):
    STRING = "string"
    TEXT = "text"
    INTEGER = "integer"
    FLOAT = "float"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    EMAIL = "email"
    URL = "url"
    UUID = "uuid"
    ENUM = "enum"


class EntityField(Model):
    """One attribute of an entity. `minimum`/`maximum` bound numbers, or the length of strings."""

    name: Identifier
    type: FieldType = FieldType.STRING
    required: bool = True
    unique: bool = False
    values: list[Identifier] = Field(default_factory=list, max_length=100)
    minimum: float | None = None
    maximum: float | None = None
    default: str | int | float | bool | None = None
    description: OneLine = ""

    @model_validator(mode="after")
    def _consistent(self) -> EntityField:
        if self.type is FieldType.ENUM and not self.values:
            raise ValueError(f"field '{self.name}' is an enum and needs 'values'")
        if self.type is not FieldType.ENUM and self.values:
            raise ValueError(f"field '{self.name}' has 'values' but is not an enum")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"field '{self.name}' has a minimum above its maximum")
        return self


class RelationKind(StrEnum):
    """Seen from the entity that holds the relation."""

    MANY_TO_ONE = "many_to_one"
    ONE_TO_ONE = "one_to_one"
    MANY_TO_MANY = "many_to_many"


class DeleteRule(StrEnum):
    """What happens to this row when the row it points at is deleted."""

    CASCADE = "cascade"
    SET_NULL = "set_null"
    RESTRICT = "restrict"


class Relation(Model):
    """A link to another entity, e.g. Comment.post -> Post (many_to_one), Post.tags -> Tag.

    One-to-many is the other side of many-to-one and is written there; `back_name` names it
    (e.g. `comments`).
    """

    name: Identifier
    kind: RelationKind
    target: ClassName
    required: bool = True
    on_delete: DeleteRule = DeleteRule.CASCADE
    back_name: Identifier | None = None


class Access(StrEnum):
    """Who may see and change rows of an entity; only meaningful with the `accounts` feature."""

    OPEN = "open"
    """Anyone, without logging in."""
    SHARED = "shared"
    """Any logged-in user reads and writes all rows."""
    OWNER_WRITE = "owner_write"
    """Everyone reads (no login needed); only the owner changes or deletes."""
    PRIVATE = "private"
    """Only the owner sees or changes a row; others get 404."""


class Entity(Model):
    """A thing that is stored. `id`, `created_at` and `updated_at` are always there and not listed.

    With accounts, PRIVATE and OWNER_WRITE entities also get an owner; it is not listed either.
    """

    name: ClassName
    plural: Identifier
    fields: list[EntityField] = Field(default_factory=list, max_length=MAX_FIELDS)
    relations: list[Relation] = Field(default_factory=list, max_length=40)
    access: Access = Access.OPEN
    attachments: bool = False
    """With the feature `file_upload`: files are attached to its rows. Where no entity says so, to
    those of all."""
    description: OneLine = ""

    @model_validator(mode="after")
    def _no_duplicates(self) -> Entity:
        names = [f.name for f in self.fields] + [r.name for r in self.relations]
        for name in names:
            if name in ADDED_FIELDS:
                raise ValueError(f"'{self.name}.{name}' is reserved: it is added by itself")
            if names.count(name) > 1:
                raise ValueError(f"'{self.name}.{name}' is listed twice")
        return self


class Command(Model):
    """A command of a command-line program."""

    name: Identifier
    description: OneLine = ""
    arguments: list[EntityField] = Field(default_factory=list, max_length=MAX_FIELDS)


class Job(Model):
    """Work done in the background, on a schedule or on demand."""

    name: Identifier
    description: OneLine = ""
    schedule: OneLine = ""


class Channel(Model):
    """A stream of messages between clients in real time: a kind of room.

    `fields` are what a message holds; without them it is the entity that is called as the channel.
    """

    name: Identifier
    description: OneLine = ""
    fields: list[EntityField] = Field(default_factory=list, max_length=MAX_FIELDS)

    @model_validator(mode="after")
    def _no_duplicates(self) -> Channel:
        names = [field.name for field in self.fields]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"'{self.name}.{name}' is listed twice")
        return self


class Page(Model):
    """A page of a web application or site."""

    name: Identifier
    title: OneLine = ""
    description: OneLine = ""


class ExtraFile(Model):
    """A file the host hands in.

    `managed` follows the spec and is merged with what the user changed. `once` is written the
    first time and is the user's from then on; dropped from the spec, it goes if nobody touched it.
    `user` is as `once`, and is never taken away. `proves` names what the tests in the file prove:
    capabilities (`feature:scoring`), or requirements by id or text.
    """

    path: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    content: Annotated[str, StringConstraints(max_length=1_000_000)]
    mode: Literal["managed", "once", "user"] = "managed"
    proves: list[Annotated[OneLine, StringConstraints(min_length=1)]] = Field(
        default_factory=list, max_length=50
    )

    @field_validator("path")
    @classmethod
    def _relative(cls, value: str) -> str:
        parts = value.split("/")
        if (
            value.startswith(("/", "~"))
            or "\\" in value
            or ":" in value
            or any(part in {"", ".", ".."} or part.casefold() == ".git" for part in parts)
            or re.search(r"[\x00-\x1f\x7f]", value)
        ):
            raise ValueError(
                "a file's path must be relative, with '/' between names and without '..' or '.git'"
            )
        return value


class Question(Model):
    """Something the request leaves open, and the answer assumed meanwhile."""

    id: Identifier
    question: OneLine
    assumed: OneLine
    choices: list[OneLine] = Field(default_factory=list, max_length=20)


class RequirementStatus(StrEnum):
    PROVEN = "proven"
    BUILT = "built"
    NOT_BUILT = "not_built"


class Requirement(Model):
    """One demand of the request, with what was observed about it.

    `needs` are capabilities; `evidence` names the checks and tests that passed, or says why
    the requirement is not built or not proven.
    """

    id: Annotated[str, StringConstraints(pattern=r"^R[1-9][0-9]{0,3}$")]
    text: OneLine
    needs: list[str] = Field(default_factory=list, max_length=200)
    status: RequirementStatus = RequirementStatus.NOT_BUILT
    evidence: list[str] = Field(default_factory=list, max_length=50)


class ProjectSpec(Model):
    """The whole of what is to be built.

    `provenance` maps a top-level field (or `entities.Todo`) to who decided it.
    `constraints` are demands (`database: postgresql`), `preferences` wishes.
    """

    name: ProjectName
    title: OneLine = ""
    description: Annotated[str, StringConstraints(max_length=MAX_DESCRIPTION_CHARS)] = ""
    archetype: Identifier = "rest_api"
    language: Identifier = "python"
    framework: Annotated[str, StringConstraints(max_length=60)] = ""
    entities: list[Entity] = Field(default_factory=list, max_length=MAX_ENTITIES)
    commands: list[Command] = Field(default_factory=list, max_length=MAX_ENTITIES)
    jobs: list[Job] = Field(default_factory=list, max_length=MAX_ENTITIES)
    channels: list[Channel] = Field(default_factory=list, max_length=MAX_ENTITIES)
    pages: list[Page] = Field(default_factory=list, max_length=MAX_ENTITIES)
    features: list[Identifier] = Field(default_factory=list, max_length=100)
    left_out: list[Identifier] = Field(default_factory=list, max_length=100)
    """What every project has, and this one not: `tests`, `docs`."""
    constraints: dict[str, str] = Field(default_factory=dict)
    preferences: dict[str, str] = Field(default_factory=dict)
    holds: dict[Annotated[str, StringConstraints(max_length=200)], VersionRange] = Field(
        default_factory=dict, max_length=100
    )
    """Packages that are kept in a range (`{"numpy": "<3"}`) instead of being the newest."""
    extra_files: list[ExtraFile] = Field(default_factory=list, max_length=500)
    requirements: list[Requirement] = Field(default_factory=list, max_length=MAX_REQUIREMENTS)
    provenance: dict[str, Provenance] = Field(default_factory=dict)
    assumptions: list[OneLine] = Field(default_factory=list, max_length=100)
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    questions: list[Question] = Field(default_factory=list, max_length=50)

    @model_validator(mode="after")
    def _links_resolve(self) -> ProjectSpec:
        names = [entity.name for entity in self.entities]
        plurals = [entity.plural for entity in self.entities]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"entity '{name}' is listed twice")
        for plural in plurals:
            if plurals.count(plural) > 1:
                raise ValueError(f"two entities share the plural '{plural}'")
        for entity in self.entities:
            for relation in entity.relations:
                if relation.target not in names:
                    raise ValueError(
                        f"'{entity.name}.{relation.name}' points at '{relation.target}', "
                        f"which is no entity; entities are: {', '.join(names)}"
                    )
        return self

    def entity(self, name: str) -> Entity:
        """The entity of that name; KeyError when there is none."""
        for entity in self.entities:
            if entity.name == name:
                return entity
        raise KeyError(name)
