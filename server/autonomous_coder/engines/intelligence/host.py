"""What the host already knows: lenient JSON in, strict parts of a ProjectSpec out.

Entities may be a list (of names or objects) or a mapping; fields may be strings such as
`price: decimal?` or objects; relations strings such as `belongs_to: Post`; commands names, or
objects with arguments; requirements plain sentences. Unknown keys are refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from autonomous_coder.engines.intelligence import host_told
from autonomous_coder.engines.intelligence.choices import normal_archetype, normal_language
from autonomous_coder.engines.intelligence.host_commands import read_commands
from autonomous_coder.engines.intelligence.host_entities import read_entities
from autonomous_coder.engines.intelligence.host_errors import (
    refuse,
    refuse_invalid,
    refuse_unknown,
    short,
)
from autonomous_coder.engines.intelligence.host_fields import as_list, read_fields
from autonomous_coder.engines.intelligence.names import class_name, identifier, project_name
from autonomous_coder.models.base import Model
from autonomous_coder.models.spec import (
    Channel,
    Entity,
    ExtraFile,
    Job,
    Page,
    ProjectSpec,
    Question,
)

ACCEPTED = (
    "name", "title", "description", "archetype", "language", "framework", "entities", "commands",
    "jobs", "channels", "pages", "features", "constraints", "preferences", "holds",
    "extra_files", "requirements", "assumptions", "questions",
)  # fmt: skip
COMPUTED = frozenset({"provenance", "confidence", "left_out"})
_PARTS: dict[str, type[Model]] = {
    "jobs": Job, "channels": Channel, "pages": Page,
    "extra_files": ExtraFile, "questions": Question,
}  # fmt: skip
_NAMED = ("jobs", "channels", "pages")
_SAME_FEATURES = {
    "auth": "accounts", "authentication": "accounts", "login": "accounts", "users": "accounts",
    "postgres": "postgresql", "rate_limit": "rate_limiting", "swagger": "openapi",
}  # fmt: skip
_HINTS = {
    "features": 'For example {"features": ["accounts", "search"]}.',
    "constraints": 'For example {"constraints": {"database": "postgresql"}}.',
    "preferences": 'For example {"preferences": {"database": "postgresql"}}.',
    "holds": 'For example {"holds": {"numpy": "<3"}}.',
    "requirements": 'For example {"requirements": ["Users can log in", '
    '{"text": "Todos are stored", "needs": ["entity:Todo"]}]}.',
    "extra_files": 'For example {"extra_files": [{"path": "app/extra.py", "content": "..."}]}.',
    "questions": "For example "
    '{"questions": [{"id": "who", "question": "Who?", "assumed": "all"}]}.',
}


class HostSpec:
    """The host's part of the spec: `values` are validated, `notes` say what was renamed.

    `left_out` are features it says no to (`{"docker": false}`).
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.requirements: list[tuple[str, list[str]]] = []
        self.notes: list[str] = []
        self.access_given: set[str] = set()
        self.left_out: list[str] = []


def read_host_spec(raw: Mapping[str, Any] | None) -> HostSpec:
    """Check and complete what the host sent.

    Raises:
        InvalidInputError: a key is unknown or a value malformed; the message names the place.
    """
    spec = HostSpec()
    if raw is None:
        return spec
    if not isinstance(raw, Mapping):
        refuse("spec", f"must be an object, not {type(raw).__name__}")
    for key, value in raw.items():
        if key in COMPUTED:
            continue
        if key not in ACCEPTED:
            refuse_unknown(f"spec.{short(key)}", ACCEPTED)
        if value is None:
            continue
        if key == "entities":
            sent = read_entities(value)
            spec.values[key] = sent.entities
            spec.access_given = sent.access_given
            spec.notes += sent.notes
        elif key == "commands":
            spec.values[key] = read_commands(value, spec.notes)
        elif key == "requirements":
            spec.requirements = _requirements(value)
        else:
            spec.values[key] = _plain(key, value)
            if key in _NAMED:
                spec.notes += _called(key.removesuffix("s"), value, spec.values[key])
            if key == "features" and isinstance(value, Mapping):
                refused = [identifier(str(name)) for name, wanted in value.items() if not wanted]
                spec.left_out = [_SAME_FEATURES.get(name, name) for name in refused][:100]
    _follow(spec)
    return spec


def _follow(spec: HostSpec) -> None:
    """What requirements need and files prove is called as the entities and fields now are."""
    entities: list[Entity] = spec.values.get("entities", [])
    known = {entity.name: {field.name for field in entity.fields} for entity in entities}
    spec.requirements = [
        (text, [_capability(need, known) for need in needs]) for text, needs in spec.requirements
    ]
    files: list[ExtraFile] = spec.values.get("extra_files", [])
    for file in files:
        file.proves = [_capability(proof, known) for proof in file.proves]


def _capability(said: str, known: Mapping[str, set[str]]) -> str:
    """`field:Client.class` as `field:ClientRecord.class_value`; anything else as it is."""
    kind, _, place = said.partition(":")
    owner, dot, member = place.partition(".")
    made = class_name(owner)
    if kind not in {"entity", "field", "relation"} or made not in known:
        return said
    name = identifier(member)
    return f"{kind}:{made}{dot}{name if kind == 'field' and name in known[made] else member}"


def _plain(key: str, value: Any) -> Any:
    value = _lenient(key, value)
    hint = _HINTS.get(key, f"Accepted keys are: {', '.join(ACCEPTED)}.")
    if key == "name" and isinstance(value, str):
        hint = f"Lower-case words joined by '-', for example '{project_name(value)}'."
    field = ProjectSpec.model_fields[key]
    kind: Any = field.annotation
    adapter: TypeAdapter[Any] = TypeAdapter(
        Annotated[(kind, *field.metadata)] if field.metadata else kind
    )
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        refuse_invalid(f"spec.{key}", error, _PARTS.get(key), hint)


def _lenient(key: str, value: Any) -> Any:
    """Usual other ways to write the same, as the one that is checked."""
    if key == "language" and isinstance(value, str):
        return normal_language(value)
    if key == "archetype" and isinstance(value, str):
        return normal_archetype(value)
    if key == "features":
        return _features(value)
    if key in {"constraints", "preferences"} and isinstance(value, Mapping):
        return {str(k): v if isinstance(v, str) else str(v) for k, v in value.items()}
    if key in _NAMED and isinstance(value, Sequence) and not isinstance(value, str):
        named = [{"name": identifier(v)} if isinstance(v, str) else v for v in value]
        return _channels(named) if key == "channels" else named
    if key == "extra_files" and isinstance(value, Mapping):
        return [{"path": path, "content": content} for path, content in value.items()]
    return value


def _called(what: str, sent: Sequence[Any], made: Sequence[Job | Page | Channel]) -> list[str]:
    """Notes on what was sent by its name alone and is called otherwise."""
    return [
        note
        for entry, part in zip(sent, made, strict=True)
        if isinstance(entry, str)
        for note in host_told.called(what, entry, part.name)
    ]


def _channels(rows: list[Any]) -> list[Any]:
    """With the fields of messages read as those of entities are."""
    return [
        {**row, "fields": read_fields(f"spec.channels[{at}].fields", as_list(row["fields"])) or []}
        if isinstance(row, Mapping) and "fields" in row
        else row
        for at, row in enumerate(rows)
    ]


def _features(value: Any) -> Any:
    if isinstance(value, Mapping):
        value = [name for name, wanted in value.items() if wanted]
    if isinstance(value, str) or not isinstance(value, Sequence):
        return value
    if not all(isinstance(name, str) for name in value):
        return value
    names = [identifier(name) for name in value]
    return list(dict.fromkeys(_SAME_FEATURES.get(name, name) for name in names))


def _requirements(value: Any) -> list[tuple[str, list[str]]]:
    hint = _HINTS["requirements"]
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, str) or not isinstance(value, Sequence):
        refuse("spec.requirements", "must be a list of sentences or of {text, needs}", hint)
    out: list[tuple[str, list[str]]] = []
    for index, entry in enumerate(value[:200]):
        place = f"spec.requirements[{index}]"
        if isinstance(entry, str):
            entry = {"text": entry}
        if not isinstance(entry, Mapping) or not isinstance(entry.get("text"), str):
            refuse(place, "must be a sentence or an object with 'text'", hint)
        unknown = sorted(map(str, set(entry) - {"text", "needs", "id", "status", "evidence"}))
        if unknown:
            refuse_unknown(f"{place}.{short(unknown[0])}", ("text", "needs"))
        needs = entry.get("needs") or []
        needs = [needs] if isinstance(needs, str) else needs
        if not isinstance(needs, Sequence) or not all(isinstance(n, str) for n in needs):
            wanted = "must be a list of capabilities such as 'feature:accounts'"
            refuse(f"{place}.needs", wanted, hint)
        text = " ".join(entry["text"].split())[:500]
        if not text or any(ord(char) < 32 or ord(char) == 127 for char in text):
            refuse(f"{place}.text", "must be one line of text", hint)
        out.append((text, [n[:200] for n in needs]))
    return out
