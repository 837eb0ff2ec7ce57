"""Go: which checks there are, in the order their findings should be mended."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_coder.languages.base import (
    CheckOptions,
    CheckPlan,
    Environment,
    EnvironmentPlan,
    NotApplicable,
    Package,
    ProjectView,
    Repair,
    Steps,
    Survey,
    TestFact,
    Toolbox,
    ToolchainSpec,
)
from autonomous_coder.languages.go import (
    building,
    dependencies,
    installing,
    layout,
    linting,
    modfile,
    repairing,
    start,
    testing,
    toolchain,
)
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.validation import CheckStatus, Diagnostic


class GoLanguage:
    """See `Language`."""

    name = "go"
    markers: tuple[str, ...] = (modfile.MANIFEST, modfile.WORKSPACE)
    suffixes: tuple[str, ...] = (".go",)
    toolchains: tuple[ToolchainSpec, ...] = toolchain.SPECS
    check_names: tuple[str, ...] = (
        "syntax", "dependencies", "build", "lint", "tests", "start", "secrets", "format",
        "performance",
    )  # fmt: skip
    static_checks = frozenset({"syntax", "secrets", "format", "performance"})
    informational_checks = frozenset({"performance"})
    tools: tuple[str, ...] = ()
    manifest = modfile.MANIFEST
    lockfile = modfile.LOCKFILE

    def detect(self, files: Sequence[str]) -> bool:
        """By a module file at the top, or by any Go file."""
        return any(f in self.markers or f.endswith(self.suffixes) for f in files)

    def packages(self, project: ProjectView) -> list[Package]:
        """What go.mod requires."""
        return modfile.packages(project)

    def tests_defined(self, survey: Survey) -> dict[str, TestFact]:
        """Every test function, by id."""
        return _facts(survey).tests()

    def survey(self, project: ProjectView, toolbox: Toolbox) -> Steps[Survey]:
        """Read every file's syntax tree; gofmt has the last word on what is Go."""
        from autonomous_coder.languages.common.survey import survey_sources

        survey = yield from survey_sources(project, toolbox, self.name, self.suffixes)
        return (yield from layout.parsed(project, survey, toolbox))

    def environment(
        self, project: ProjectView, toolbox: Toolbox, *, offline: bool
    ) -> EnvironmentPlan | Environment:
        """The modules go.mod requires, and the standard library, compiled."""
        return installing.environment_plan(project, toolbox, offline=offline)

    def static_plans(
        self, project: ProjectView, survey: Survey, toolbox: Toolbox
    ) -> Sequence[CheckPlan | NotApplicable]:
        """Secrets, format and performance."""
        from autonomous_coder.languages.common.performance import performance_plan
        from autonomous_coder.languages.common.secrets import secrets_plan

        plans: list[CheckPlan | NotApplicable] = [secrets_plan(project, toolbox, self.name)]
        if not modfile.sources(project):
            reason = "There is no Go code."
            return [*plans, *(NotApplicable(n, n, reason) for n in ("format", "performance"))]
        return [
            *plans,
            layout.format_plan(project, toolbox),
            performance_plan(project, _facts(survey), self.name),
        ]

    def environment_plans(
        self,
        project: ProjectView,
        survey: Survey,
        environment: Environment,
        options: CheckOptions,
        toolbox: Toolbox,
    ) -> Sequence[CheckPlan | NotApplicable]:
        """Dependencies, build, lint, tests and start-up."""
        go = toolchain.found(toolbox)
        named = (
            (dependencies.NAME, dependencies.TITLE),
            (building.NAME, building.TITLE),
            (linting.NAME, linting.TITLE),
            (testing.NAME, testing.TITLE),
            (start.NAME, start.TITLE),
        )
        if not go.found:
            return [NotApplicable(n, t, go.why_missing, wanted=True) for n, t in named]
        if not modfile.sources(project):
            return [NotApplicable(n, t, "There is no Go code.") for n, t in named]
        chosen = toolchain.choices(project, toolbox)
        facts = _facts(survey)
        plans: list[CheckPlan | NotApplicable] = [
            dependencies.dependencies_plan(project, environment, chosen, toolbox),
            building.build_plan(project, environment, chosen, toolbox),
            linting.lint_plan(project, environment, chosen, toolbox),
        ]
        if survey.check.status is not CheckStatus.PASSED and not facts.files:
            reason = "The files could not be read; see the syntax check."
            later = ((testing.NAME, testing.TITLE), (start.NAME, start.TITLE))
            return [*plans, *(NotApplicable(n, t, reason, wanted=True) for n, t in later)]
        return [
            *plans,
            testing.tests_plan(project, facts, environment, chosen, options, toolbox),
            start.start_plan(project, environment, chosen, toolbox),
        ]

    def repairs(
        self,
        project: ProjectView,
        survey: Survey,
        diagnostics: Sequence[Diagnostic],
        toolbox: Toolbox,
    ) -> Steps[list[Repair]]:
        """Imports, missing modules and layout."""
        del survey
        return repairing.repairs(project, diagnostics, toolbox)

    def declare(self, manifest: str, package: str, version: str, *, development: bool) -> str:
        """A `require` line in go.mod; Go knows no development dependencies."""
        del development
        return modfile.declare(manifest, package, version)

    def symbols(self, survey: Survey, path: str) -> list[str]:
        """Names of the file, of its imports, of the project and of the language."""
        return repairing.symbols(_facts(survey), path)


def _facts(survey: Survey) -> SourceFacts:
    return survey.facts if isinstance(survey.facts, SourceFacts) else SourceFacts()


GO = GoLanguage()
