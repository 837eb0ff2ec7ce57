"""What is asked of an existing project, and what was found in it: as a spec and as sentences."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from autonomous_coder.engines.validator.components import LEFT_OUT, MAX_DEPTH
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.models.adoption import Adoption, Component, FoundEntity
from autonomous_coder.models.spec import ProjectSpec, Provenance
from autonomous_coder.models.technology import StackChoice, TechStack

ASKED = (Provenance.HOST, Provenance.USER)
TAKEN_FOR_ENTITIES = {
    "License": "license", "Licence": "license", "MitLicense": "license", "MitLicence": "license",
    "PreCommitHook": "pre_commit", "PreCommit": "pre_commit", "GitHook": "pre_commit",
    "Agent": "agents", "Md": "agents",
}  # fmt: skip
"""What the rules for new projects read as stored things: files are meant."""
MAX_TOLD = 60


def as_additions(spec: ProjectSpec) -> ProjectSpec:
    """The spec without entities that nobody asked for, and with files where they were meant."""
    said = dict(spec.provenance)
    meant: dict[str, str] = {}
    for entity in spec.entities:
        feature = TAKEN_FOR_ENTITIES.get(entity.name, "")
        about_agents = feature != "agents" or "agents.md" in spec.description.lower()
        if feature and about_agents and said.get(f"entities.{entity.name}") is Provenance.USER:
            meant[f"entity:{entity.name}"] = f"feature:{feature}"
            said[f"features.{feature}"] = Provenance.USER
    features = [need.removeprefix("feature:") for need in meant.values()]
    return spec.model_copy(
        update={
            "entities": [
                entity.model_copy(update={"relations": []})
                for entity in spec.entities
                if said.get(f"entities.{entity.name}") in ASKED
                and f"entity:{entity.name}" not in meant
            ],
            "features": list(dict.fromkeys([*spec.features, *features])),
            "requirements": [
                requirement.model_copy(
                    update={
                        "needs": list(dict.fromkeys(meant.get(n, n) for n in requirement.needs))
                    }
                )
                for requirement in spec.requirements
            ],
            "provenance": said,
        }
    )


def found_in(adoption: Adoption) -> list[str]:
    """What was detected, with the places that show it."""
    told = [f"{adoption.root} is added to; files that are there are left alone."]
    for one in adoption.components:
        place = f"{one.path}/" if one.path else ""
        by = f" ({place}{one.marker})" if one.marker else ""
        manager = f", managed by {one.manager}" if one.manager else ""
        told.append(f"{place or './'} is {one.language}{by}{manager}.")
        names = [f"{found.name} ({place}{found.where})" for found in one.frameworks]
        told += [f"It declares {', '.join(names)}."] if names else []
        told += [_entity(one, entity) for entity in one.entities[:MAX_TOLD]]
        told += [one.entities_note] if one.entities_note else []
    told += [
        f"{file} is there, without sources beside it in a language that is known: its part was "
        "not looked into."
        for file in adoption.overlooked
    ]
    return told


def overlooked(files: Collection[str], components: Sequence[Component]) -> list[str]:
    """Project files of parts that are no components, for there is no source beside them."""
    marks = {name for language in LANGUAGES.values() for name in language.markers}
    places = [(one.path, LANGUAGES[one.language].markers) for one in components]
    found = []
    for file in sorted(files):
        folder, _, name = file.rpartition("/")
        parts = folder.split("/")
        if not folder or name not in marks or len(parts) > MAX_DEPTH:
            continue
        if any(part in LEFT_OUT or part.startswith(".") for part in parts):
            continue
        known = any(
            folder == path or (name in markers and (not path or folder.startswith(f"{path}/")))
            for path, markers in places
        )
        if not known:
            found.append(file)
    return found[:MAX_TOLD]


def _entity(component: Component, entity: FoundEntity) -> str:
    place = f"{component.path}/" if component.path else ""
    fields = ", ".join(entity.fields[:12])
    has = f": {fields}" if fields else ""
    return f"{entity.name} is a {entity.kind} model ({place}{entity.path}:{entity.line}){has}."


def one_line(text: str) -> str:
    """As one line of at most 500 characters: names of files are anybody's."""
    plain = "".join(c if c.isprintable() else "?" for c in text)
    return plain if len(plain) <= 500 else f"{plain[:499]}…"


def stack_of(adoption: Adoption) -> TechStack:
    """Languages and frameworks with the places that show them; versions are not looked up."""
    choices = []
    for one in adoption.components:
        place = f"{one.path}/" if one.path else ""
        of = f" of {one.path}" if one.path else ""
        reason = f"found: {place}{one.marker}" if one.marker else "found by its sources"
        choices.append(StackChoice(part=f"language{of}", choice=one.language, reason=reason))
        choices += [
            StackChoice(
                part=f"{'library ' + found.name if number else 'framework'}{of}",
                choice=found.name,
                reason=f"declared in {place}{found.where}",
            )
            for number, found in enumerate(one.frameworks)
        ]
    return TechStack(language=adoption.main.language, choices=choices)
