"""Helpers of the tests of understanding: a core, and a spec as a few readable lines."""

from __future__ import annotations

from pathlib import Path

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import DEFAULTS_REST_API, FIRST_OFFERED
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec, RelationKind
from autonomous_coder.settings import GenerationSettings

CASES = Path(__file__).parent / "sentences.txt"


def core(language: str = "typescript", **archetypes: frozenset[str]) -> IntelligenceCore:
    """A core that can make REST APIs in Python (or what is given)."""
    offered = archetypes or {"python": frozenset({"rest_api"})}
    features = dict.fromkeys(offered, FIRST_OFFERED)
    return IntelligenceCore(
        GenerationSettings(default_language=language), Supported(offered, features)
    )


def needs(spec: ProjectSpec) -> list[str]:
    """All capabilities the requirements need, in order."""
    return list(dict.fromkeys(need for r in spec.requirements for need in r.needs))


def outcome(spec: ProjectSpec) -> str:
    """Entities, fields, relations, access, features beyond the defaults and what was not
    understood, one line each."""
    lines = [
        f"{e.name} [{e.access.value}]: "
        + ", ".join([*map(_field, e.fields), *(_relation(r.name, r) for r in e.relations)])
        for e in spec.entities
    ]
    extra = [f for f in spec.features if f not in DEFAULTS_REST_API]
    gone = [f"-{f}" for f in DEFAULTS_REST_API if f not in spec.features]
    lines.append(f"features: {' '.join([*extra, *gone])}".strip())
    unknown = [need for need in needs(spec) if need.startswith("unknown:")]
    return "\n".join([*lines, *unknown])


def _field(field: EntityField) -> str:
    kind = "|".join(field.values) if field.type is FieldType.ENUM else field.type.value
    shown = "" if kind == "string" else f":{kind}"
    return f"{field.name}{'' if field.required else '?'}{shown}"


def _relation(name: str, relation: object) -> str:
    from autonomous_coder.models.spec import Relation

    assert isinstance(relation, Relation)
    mark = "*" if relation.kind is RelationKind.MANY_TO_MANY else "" if relation.required else "?"
    return f"{name}->{relation.target}{mark}"


def cases() -> list[tuple[str, str]]:
    """`(sentence, outcome)` pairs: a sentence begins with '> ', its outcome follows."""
    out = []
    for block in CASES.read_text(encoding="utf-8").strip().split("\n\n"):
        sentence, _, expected = block.partition("\n")
        out.append((sentence.removeprefix("> "), expected))
    return out
