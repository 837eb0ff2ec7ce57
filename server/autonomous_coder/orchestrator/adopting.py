"""Existing projects: looked at, added to, and otherwise left alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from anyio import to_thread

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.generator.adopting import present
from autonomous_coder.engines.intelligence.names import project_name
from autonomous_coder.errors import InvalidInputError, PathOccupiedError
from autonomous_coder.models.adoption import EXISTING, Adoption, Component, FoundEntity
from autonomous_coder.models.generation import GenerationResult, Render
from autonomous_coder.models.planning import Architecture, Complexity, Phase, Plan, Task
from autonomous_coder.models.runs import Project
from autonomous_coder.models.spec import ProjectSpec, Provenance
from autonomous_coder.models.technology import StackChoice, TechStack
from autonomous_coder.orchestrator.places import Places, is_empty
from autonomous_coder.orchestrator.steps import Engines

ADOPT = "adopt"
"""The key of a spec that says so: true for the output directory, or the directory's path."""
STATE, PENDING, BASELINE = "adoption", "adoption_pending", "baseline"
OTHERWISE = ("language", "framework", "archetype")
"""What the files that are there decide, whatever a spec says."""
ASKED = (Provenance.HOST, Provenance.USER)
TAKEN_FOR_ENTITIES = {
    "License": "license", "Licence": "license", "MitLicense": "license", "MitLicence": "license",
    "PreCommitHook": "pre_commit", "PreCommit": "pre_commit", "GitHook": "pre_commit",
    "Agent": "agents", "Md": "agents",
}  # fmt: skip
"""What the rules for new projects read as stored things: files are meant."""
MAX_TOLD = 60


def adopts(spec: Mapping[str, Any]) -> bool:
    """Whether a spec asks for an existing project to be added to.

    Raises:
        InvalidInputError: the key holds something else than a boolean or a path.
    """
    wanted = spec.get(ADOPT)
    if wanted is not None and not isinstance(wanted, bool | str):
        raise InvalidInputError(
            f"spec.{ADOPT} must be true or the path of a directory.",
            hint=f'For example {{"{ADOPT}": "/home/me/project"}}.',
        )
    return bool(wanted)


def without_switch(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A spec as the engines read it."""
    return {key: value for key, value in spec.items() if key != ADOPT}


class Adopting:
    """What plans, generations and builds do otherwise for a project that was not made here."""

    def __init__(self, engines: Engines, places: Places) -> None:
        self._e = engines
        self._places = places

    async def of(self, project: Project | None) -> Adoption | None:
        """What was found when a project was adopted; None for all others."""
        if project is None:
            return None
        state = await self._e.store.load_state(project.project_id, STATE)
        return Adoption.model_validate(state) if state else None

    async def output_of(self, project: Project, output_path: str) -> Path:
        """Where a project is to be written: the path given, the one it has, or what it adopts."""
        adoption = None if output_path or project.path else await self.of(project)
        return self._places.output_of(project, adoption.root if adoption else output_path)

    async def look(
        self, spec: Mapping[str, Any], project: Project | None, output: Path | None = None
    ) -> Adoption | None:
        """The existing project that a spec asks to be added to; None when it asks for a new one.
        What was adopted once stays so.

        Raises:
            InvalidInputError: no directory is named, there is nothing in it, or the project is
                one that was generated.
            PathOccupiedError: it is another project's directory.
            UnsupportedError: no known language is found there.
        """
        known = await self.of(project)
        baseline = project and await self._e.store.load_state(project.project_id, BASELINE)
        if not adopts(spec) and not (known and spec.get(ADOPT) is None):
            if known and baseline:
                raise InvalidInputError(
                    f"Files were added to {known.root}, which was adopted: it stays so.",
                    hint="Plan a project of its own, without project_id, for another directory.",
                )
            return None
        if known is None and baseline:
            raise InvalidInputError(
                "A project that was generated here cannot be adopted: it is merged with your "
                "edits anyway.",
                hint=f"Leave spec.{ADOPT} away.",
            )
        named = spec.get(ADOPT)
        path = named if isinstance(named, str) else str(output or (known.root if known else ""))
        where = self._named(path, output)
        owner = await self._places.owner(where)
        if owner is not None and (project is None or owner.project_id != project.project_id):
            raise PathOccupiedError(
                f"{where} holds project {owner.project_id}.",
                hint=f"Change it with plan(project_id='{owner.project_id}') and generate.",
            )
        components, files = await self._e.validator.describe(where)
        ours = set(baseline["files"]) if baseline else set()
        return Adoption(
            root=str(where),
            name=project_name(components[0].name or where.name),
            components=components,
            present=present(files, ours),
        )

    async def keep(self, project: Project, adoption: Adoption | None) -> None:
        """Note what was found, for generating."""
        if adoption is not None:
            state = adoption.model_dump(mode="json")
            await self._e.store.save_state(project.project_id, STATE, state)
        elif await self.of(project) is not None:
            await self._e.store.save_state(project.project_id, STATE, {})

    def understand(self, adoption: Adoption, asked: Mapping[str, Any]) -> ProjectSpec:
        """The spec of what is to be added: only what was asked for, nothing by default.

        Raises:
            InvalidInputError: the request is malformed, or names a language that is not there.
        """
        host = {k: v for k, v in asked["spec"].items() if k not in (ADOPT, *OTHERWISE)}
        named = asked["spec"].get("language") or asked["constraints"].get("language")
        languages = [component.language for component in adoption.components]
        if isinstance(named, str) and named.strip().lower() not in ("", *languages):
            raise InvalidInputError(
                f"{adoption.root} holds {', '.join(languages)}, not {named[:30]}.",
                hint="Leave the language away: it is that of the files.",
            )
        analysed = self._e.intelligence.analyze_requirements(
            asked["description"],
            # What rules know of features and entities does not depend on the language.
            host_spec={**host, "language": "python", "archetype": "rest_api"},
            constraints=_without(asked["constraints"]),
            preferences=_without(asked["preferences"]),
        )
        analysed = _as_additions(analysed)
        main = adoption.main
        said = analysed.provenance
        features = [name for name in analysed.features if said.get(f"features.{name}") in ASKED]
        decided = {
            name: who
            for name, who in said.items()
            if not name.startswith("features.") or name.removeprefix("features.") in features
        }
        found = dict.fromkeys(("language", "framework", "archetype"), Provenance.RULE)
        spec = analysed.model_copy(
            update={
                "name": (host.get("name") and analysed.name) or adoption.name,
                "title": (host.get("title") and analysed.title) or adoption.name,
                "archetype": EXISTING,
                "language": main.language,
                "framework": main.frameworks[0].name.lower()[:60] if main.frameworks else "",
                "features": features,
                "assumptions": [],
                "questions": [],
                "provenance": {**decided, **found},
            }
        )
        spec = self._generator.adopter.bound(spec, adoption)
        render = self._generator.adopter.render(spec, adoption)
        told = [*_found(adoption), *render.notes]
        return spec.model_copy(update={"assumptions": [_line(text) for text in told][:100]})

    def plan(self, spec: ProjectSpec, adoption: Adoption) -> Plan:
        """A task for each file that may be added, then validation."""
        files = [file.path for file in self._generator.adopter.render(spec, adoption).files]
        tasks = [
            Task(id=f"T{number}", title=f"Add {path}, unless it is there", files=[path])
            for number, path in enumerate(files, 1)
        ]
        check = Task(
            id=f"T{len(tasks) + 1}",
            title="Validate the whole project",
            phase=Phase.VALIDATION,
            depends_on=[task.id for task in tasks],
        )
        return Plan(
            spec=spec,
            stack=_stack(adoption),
            architecture=Architecture(
                pattern=EXISTING,
                layers=[one.path or "." for one in adoption.components],
                reason="It is there already and stays as it is.",
            ),
            complexity=Complexity(score=1, level="simple", factors={"files": len(files)}),
            tasks=[*tasks, check],
        )

    async def demand_place(
        self, project: Project, adoption: Adoption, output: Path, *, preview: bool = False
    ) -> None:
        """Make the adopted directory the project's own (with `preview` only look).

        Raises:
            InvalidInputError: another directory is meant, or nothing is there any more.
            PathOccupiedError: it belongs to another project.
        """
        self._named(adoption.root, output)
        if not preview:
            await self._places.bind(project, output, adopted=True)

    async def write(
        self,
        project: Project,
        spec: ProjectSpec,
        adoption: Adoption,
        output: Path,
        *,
        preview: bool = False,
        on_progress: Callable[[float, str], Awaitable[None]] | None = None,
    ) -> GenerationResult:
        """Add what is not there. The baseline holds only what was written by us."""
        if on_progress is not None:
            await on_progress(70, "writing files")
        store, project_id = self._e.store, project.project_id
        state = await store.load_state(project_id, BASELINE)
        pending = await store.load_state(project_id, PENDING)
        render = self._generator.adopter.render(spec, adoption)
        additions = await to_thread.run_sync(
            self._generator.adopter.additions,
            render,
            output,
            state["files"] if state else {},
            pending["files"] if pending else {},
        )
        files = {file.path: file.content for file in additions.render.files}
        given = {*(state["given"] if state else []), *_given(additions.render)}
        if not preview:
            await store.save_state(project_id, PENDING, {"files": files})
        result = await self._generator.write(
            additions.render, output, baseline=additions.baseline, preview=preview, given=given
        )
        changes = sorted([*result.changes, *additions.foreign], key=lambda change: change.path)
        result = result.model_copy(update={"changes": changes})
        if not preview:
            await store.save_state(project_id, "generation", result.model_dump(mode="json"))
            await store.save_state(
                project_id, BASELINE, {"files": files, "given": sorted(given), "adopted": True}
            )
            await store.save_state(project_id, PENDING, {"files": {}})
        return result

    @property
    def _generator(self) -> GeneratorEngine:
        return self._e.generator

    def _named(self, path: str, output: Path | None) -> Path:
        if not path:
            raise InvalidInputError(
                "Which directory is to be adopted?",
                hint=f'Name it: {{"{ADOPT}": "/home/me/project"}}.',
            )
        where = self._places.guard.output(path)
        if output is not None and output != where:
            raise InvalidInputError(
                f"{where} was adopted, not {output}.", hint="Leave output_path away."
            )
        if is_empty(where):
            raise InvalidInputError(
                f"There is nothing in {where} to adopt.",
                hint=f"Leave spec.{ADOPT} away to build a new project there.",
            )
        return where


def _as_additions(spec: ProjectSpec) -> ProjectSpec:
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


def _without(pairs: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in pairs.items() if key not in OTHERWISE}


def _given(render: Render) -> list[str]:
    return [file.path for file in render.files if file.mode == "user"]


def _found(adoption: Adoption) -> list[str]:
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
    return told


def _entity(component: Component, entity: FoundEntity) -> str:
    place = f"{component.path}/" if component.path else ""
    fields = ", ".join(entity.fields[:12])
    has = f": {fields}" if fields else ""
    return f"{entity.name} is a {entity.kind} model ({place}{entity.path}:{entity.line}){has}."


def _line(text: str) -> str:
    """As one line of at most 500 characters: names of files are anybody's."""
    plain = "".join(c if c.isprintable() else "?" for c in text)
    return plain if len(plain) <= 500 else f"{plain[:499]}…"


def _stack(adoption: Adoption) -> TechStack:
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
