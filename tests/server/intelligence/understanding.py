"""Helpers of the tests of understanding: a core, and a spec as a few readable lines."""

from __future__ import annotations

from pathlib import Path

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import DEFAULTS_REST_API, FIRST_OFFERED
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec, RelationKind
from autonomous_coder.settings import GenerationSettings

CASES = Path(__file__).parent / "sentences.txt"
PROGRAMS = Path(__file__).parent / "programs.txt"
"""Sentences about command-line programs and libraries; those behind the line `> ---` were written
after the rules."""


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


def programs_core(**archetypes: frozenset[str]) -> IntelligenceCore:
    """A core that can make everything in Python and REST APIs in TypeScript (or what is given)."""
    every = {
        "python": frozenset({"rest_api", "cli", "library"}),
        "typescript": frozenset({"rest_api"}),
    }
    return core("typescript", **(archetypes or every))


def program_outcome(spec: ProjectSpec) -> str:
    """As `outcome`, with the kind, the name and the commands said or assumed."""
    lines = [f"{spec.archetype} {spec.name}"]
    lines += [
        f"{e.name}: "
        + ", ".join([*map(_field, e.fields), *(_relation(r.name, r) for r in e.relations)])
        for e in spec.entities
    ]
    said = {need for need in needs(spec) if need.startswith("command:")}
    for command in spec.commands:
        if f"command:{command.name}" in said:
            given = [_field(field) for field in command.arguments]
            lines.append(f"$ {' '.join([command.name, *given])}")
    extra = [f for f in spec.features if f not in {"tests", "docs"}]
    gone = [f"-{f}" for f in ("tests", "docs") if f not in spec.features]
    lines += [f"features: {' '.join([*extra, *gone])}"] if extra or gone else []
    beyond = ("unknown:", "feature:", "archetype:")
    built = {f"archetype:{spec.archetype}", *(f"feature:{f}" for f in spec.features)}
    return "\n".join([*lines, *(n for n in needs(spec) if n.startswith(beyond) and n not in built)])


def cases(path: Path = CASES) -> list[tuple[str, str]]:
    """`(sentence, outcome)` pairs: a sentence begins with '> ', its outcome follows."""
    out = []
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        sentence, _, expected = block.partition("\n")
        out.append((sentence.removeprefix("> "), expected))
    return out
