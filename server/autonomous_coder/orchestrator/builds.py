"""Builds: started, taken up again where they stopped, watched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from autonomous_coder.errors import PathOccupiedError
from autonomous_coder.models.runs import (
    BuildRequest,
    BuildResult,
    Progress,
    Project,
    Run,
    RunKind,
    RunStatus,
)
from autonomous_coder.models.spec import MAX_DESCRIPTION_CHARS, ProjectSpec
from autonomous_coder.orchestrator.adopting import Adopting, adopts, without_switch
from autonomous_coder.orchestrator.pipeline import Build, BuildPipeline
from autonomous_coder.orchestrator.places import Places, demand_empty, is_empty
from autonomous_coder.orchestrator.runs import Reporter, RunManager
from autonomous_coder.orchestrator.steps import Engines


class Builds:
    """Carries out the six phases as runs."""

    def __init__(
        self, engines: Engines, places: Places, runs: RunManager, adopting: Adopting
    ) -> None:
        self._e = engines
        self._places = places
        self._runs = runs
        self._adopting = adopting
        self._pipeline = BuildPipeline(engines, adopting)

    async def understand(self, request: BuildRequest) -> ProjectSpec:
        """The spec as rules and the host's fields make it; nothing is kept.

        Raises:
            InvalidInputError: the description or a field of the spec is not usable.
        """
        intelligence = await self._e.intelligence()
        analysed = intelligence.analyze_requirements(
            request.description,
            host_spec=without_switch(request.spec),
            constraints=request.constraints,
            preferences=request.preferences,
        )
        return self._e.generator().bound(analysed)

    async def start(self, request: BuildRequest) -> str:
        """Start a build in the background, or take up an interrupted one of the same request.

        Returns the run's id.

        Raises:
            UsageError: the request or the output path is not usable; nothing was started.
        """
        output = self._places.guard.output(request.output_path)
        request = request.model_copy(update={"output_path": str(output)})
        if not adopts(request.spec):
            await self.understand(request)
        project = await self._places.owner(output)
        if project is not None:
            return await self._build_again(project, request, output)
        adoption = await self._adopting.look(request.spec, None, output)
        if adoption is None:
            demand_empty(output)
        else:
            await self._adopting.understand(adoption, request.model_dump())
        name = output.name
        # As one: a project without a run would look like one that was given up.
        project, run = await self._e.store.create_project_with_run(
            name,
            RunKind.BUILD,
            request.model_dump(mode="json"),
            description=request.description[:MAX_DESCRIPTION_CHARS],
            path=str(output),
        )
        return await self._begin(project, run, request)

    async def resume(self, run_id: str) -> str:
        """Take up a stopped build where it stopped. Returns its run id."""
        run = await self._runs.resumable(run_id, RunKind.BUILD)
        return await self._carry_out(run)

    async def _build_again(self, project: Project, request: BuildRequest, output: Path) -> str:
        runs = await self._e.store.runs(project_id=project.project_id, limit=20)
        same = [
            r
            for r in runs
            if r.kind is RunKind.BUILD and _same_request(BuildRequest(**r.request), request)
        ]
        if not same and is_empty(output) and not any(r.status is RunStatus.RUNNING for r in runs):
            # Nothing was ever written for that other request: the place is free.
            await self._e.store.set_project_path(project.project_id, "")
            return await self.start(request)
        if not same:
            raise PathOccupiedError(
                f"{project.path} holds project {project.project_id}, built from another request.",
                hint="Name an empty directory, or change that project with plan(project_id=…) and "
                "generate.",
            )
        newest = same[0]
        if newest.status is RunStatus.RUNNING:
            return newest.run_id
        if newest.status is RunStatus.SUCCEEDED:
            return await self._new_build(project, request)
        return await self._carry_out(newest, deadline=request.deadline, offline=request.offline)

    async def _new_build(self, project: Project, request: BuildRequest) -> str:
        run = await self._e.store.create_run(
            RunKind.BUILD, request.model_dump(mode="json"), project_id=project.project_id
        )
        return await self._begin(project, run, request)

    async def _begin(self, project: Project, run: Run, request: BuildRequest) -> str:
        await self._e.store.audit("build", project.project_id, path=project.path)
        return await self._carry_out(run, fresh=True, deadline=request.deadline)

    async def _carry_out(
        self,
        run: Run,
        *,
        fresh: bool = False,
        deadline: datetime | None = None,
        offline: bool = False,
    ) -> str:
        project = await self._e.store.project(run.project_id)
        request = BuildRequest.model_validate(run.request)
        output = self._places.guard.output(request.output_path)
        if project.path not in ("", str(output)):
            raise PathOccupiedError(
                f"Project {project.project_id} has gone on in {project.path} since this build "
                "began.",
                hint="Change it there, with plan(project_id=…) and generate.",
            )
        # Another project may live there by now.
        await self._places.bind(project, output)
        offline = offline or request.offline or self._e.settings.research.offline
        build = Build(request.model_copy(update={"offline": offline}), project, output)
        if not fresh:
            run.attempts += 1

        async def work(reporter: Reporter) -> BuildResult:
            async with self._places.alone(project):
                return await self._pipeline.run(build, reporter)

        return await self._runs.start(run, work, deadline=deadline)

    async def execute_pipeline(self, request: BuildRequest) -> Run:
        """The seed's entry: build and wait for the end."""
        run_id = await self.start(request)
        return await self._runs.wait(run_id, self._e.settings.orchestration.max_runtime)

    def report_progress(self, run_id: str) -> AsyncIterator[Progress]:
        """Progress of a run that is carried out here, until it is done."""
        return self._runs.watch(run_id)


def _same_request(old: BuildRequest, new: BuildRequest) -> bool:
    ignored = {"deadline", "offline"}
    return old.model_dump(exclude=ignored) == new.model_dump(exclude=ignored)
