"""Existing projects: looked at, added to, and otherwise left alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from anyio import to_thread

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.generator.adopting import present
from autonomous_coder.errors import InvalidInputError, PathOccupiedError
from autonomous_coder.models.adoption import EXISTING, Adoption
from autonomous_coder.models.generation import GenerationResult, Render
from autonomous_coder.models.planning import Architecture, Complexity, Phase, Plan, Task
from autonomous_coder.models.runs import Project
from autonomous_coder.models.spec import ProjectSpec, Provenance
from autonomous_coder.orchestrator.additions import (
    ASKED,
    as_additions,
    found_in,
    one_line,
    overlooked,
    stack_of,
)
from autonomous_coder.orchestrator.places import Places, is_empty
from autonomous_coder.orchestrator.steps import Engines
from autonomous_coder.orchestrator.written import BASELINE, GENERATION, record_of

ADOPT = "adopt"
"""The key of a spec that says so: true for the output directory, or the directory's path."""
STATE, PENDING = "adoption", "adoption_pending"
OTHERWISE = ("language", "framework", "archetype")
"""What the files that are there decide, whatever a spec says."""


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
        baseline = await record_of(self._e.store, project.project_id) if project else None
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
        from autonomous_coder.engines.intelligence.names import project_name

        components, files = await self._e.validator.describe(where)
        ours = set(baseline.files) if baseline else set()
        return Adoption(
            root=str(where),
            name=project_name(components[0].name or where.name),
            components=components,
            present=present(files, ours),
            overlooked=overlooked(set(files) - ours, components),
        )

    async def keep(self, project: Project, adoption: Adoption | None) -> None:
        """Note what was found, for generating."""
        if adoption is not None:
            state = adoption.model_dump(mode="json")
            await self._e.store.save_state(project.project_id, STATE, state)
        elif await self.of(project) is not None:
            await self._e.store.save_state(project.project_id, STATE, {})

    async def understand(self, adoption: Adoption, asked: Mapping[str, Any]) -> ProjectSpec:
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
        intelligence = await self._e.intelligence()
        analysed = intelligence.analyze_requirements(
            asked["description"],
            # What rules know of features and entities does not depend on the language.
            host_spec={**host, "language": "python", "archetype": "rest_api"},
            constraints=_without(asked["constraints"]),
            preferences=_without(asked["preferences"]),
        )
        analysed = as_additions(analysed)
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
        told = [*found_in(adoption), *render.notes]
        return spec.model_copy(update={"assumptions": [one_line(text) for text in told][:100]})

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
            stack=stack_of(adoption),
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
        state = await record_of(store, project_id)
        pending = await store.load_state(project_id, PENDING)
        render = self._generator.adopter.render(spec, adoption)
        additions = await to_thread.run_sync(
            self._generator.adopter.additions,
            render,
            output,
            state.files if state else {},
            pending["files"] if pending else {},
        )
        files = {file.path: file.content for file in additions.render.files}
        given = {*(state.given if state else []), *_given(additions.render)}
        if not preview:
            await store.save_state(project_id, PENDING, {"files": files})
        result = await self._generator.write(
            additions.render, output, baseline=additions.baseline, preview=preview, given=given
        )
        changes = sorted([*result.changes, *additions.foreign], key=lambda change: change.path)
        result = result.model_copy(update={"changes": changes})
        if not preview:
            await store.save_state(project_id, GENERATION, result.model_dump(mode="json"))
            await store.save_state(
                project_id, BASELINE, {"files": files, "given": sorted(given), "adopted": True}
            )
            await store.save_state(project_id, PENDING, {"files": {}})
        return result

    @property
    def _generator(self) -> GeneratorEngine:
        return self._e.generator()

    def _named(self, path: str, output: Path | None) -> Path:
        if not path:
            raise InvalidInputError(
                "Which directory is to be adopted?",
                hint=f'Name it: {{"{ADOPT}": "/home/me/project"}}.',
            )
        where = self._places.guard.output(path)
        if output is not None and output != where:
            raise InvalidInputError(
                f"{where} was adopted, not {output}.",
                hint="Leave output_path away; if you moved the project, plan it again with spec "
                f'{{"{ADOPT}": "{output}"}}.',
            )
        if is_empty(where):
            raise InvalidInputError(
                f"There is nothing in {where} to adopt.",
                hint=f"Leave spec.{ADOPT} away to build a new project there.",
            )
        return where


def _without(pairs: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in pairs.items() if key not in OTHERWISE}


def _given(render: Render) -> list[str]:
    return [file.path for file in render.files if file.mode == "user"]
