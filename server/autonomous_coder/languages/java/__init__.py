"""Java: javac and JUnit on what Maven's libraries resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
from autonomous_coder.languages.java import (
    compiling,
    declaring,
    dependencies,
    installing,
    layout,
    pom,
    repairing,
    starting,
    testing,
    toolchain,
)
from autonomous_coder.languages.java.specification import loose_jars, specification
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.validation import CheckStatus, Diagnostic

START, START_TITLE = "start", "The service starts, answers and stops"
PATIENCE_S = 120.0
"""A framework that looks through its classes takes its time on a machine with other work."""
FORMAT, FORMAT_TITLE = "format", "Layout"


class JavaLanguage:
    """See `Language`."""

    name = "java"
    markers: tuple[str, ...] = (pom.MANIFEST, *pom.GRADLE)
    suffixes: tuple[str, ...] = (".java",)
    toolchains: tuple[ToolchainSpec, ...] = (toolchain.JAVA, toolchain.MAVEN)
    check_names: tuple[str, ...] = (
        "syntax", "dependencies", "build", "lint", "tests", "start", "secrets", "format",
        "performance",
    )  # fmt: skip
    static_checks = frozenset({"syntax", "secrets", "format", "performance"})
    informational_checks = frozenset({"performance"})
    tools: tuple[str, ...] = ()
    manifest = pom.MANIFEST
    lockfile = ""

    def detect(self, files: Sequence[str]) -> bool:
        """By a build file at the top, or by any Java file."""
        return any(f in self.markers or f.endswith(self.suffixes) for f in files)

    def packages(self, project: ProjectView) -> list[Package]:
        """What the poms declare with exact versions."""
        return pom.packages(project)

    def tests_defined(self, survey: Survey) -> dict[str, TestFact]:
        """Every test method, by id."""
        return _facts(survey).tests()

    def survey(self, project: ProjectView, toolbox: Toolbox) -> Steps[Survey]:
        """Read every file with the grammar."""
        from autonomous_coder.languages.common.survey import survey_sources

        return survey_sources(project, toolbox, self.name, self.suffixes)

    def environment(
        self, project: ProjectView, toolbox: Toolbox, *, offline: bool
    ) -> EnvironmentPlan | Environment:
        """Maven's libraries resolve what the poms declare."""
        return installing.environment_plan(project, toolbox, offline=offline)

    def static_plans(
        self, project: ProjectView, survey: Survey, toolbox: Toolbox
    ) -> Sequence[CheckPlan | NotApplicable]:
        """Secrets and performance; there is no formatter that all Java projects share."""
        from autonomous_coder.languages.common.performance import performance_plan
        from autonomous_coder.languages.common.secrets import secrets_plan

        declared = next(
            (m[0] for path in project.files if path.endswith((pom.MANIFEST, *pom.GRADLE))
             and (m := pom.FORMATTERS.search(project.read(path)))), ""
        )  # fmt: skip
        reason = (
            f"The formatter that the build declares ({declared}) is a plugin, which is not run."
            if declared
            else "The project declares no formatter, and Java has none that all projects share."
        )
        return [
            secrets_plan(project, toolbox, self.name),
            NotApplicable(FORMAT, FORMAT_TITLE, reason),
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
        """Dependencies, build, lint, tests and start-up. Code that cannot be read is not built."""
        facts = _facts(survey)
        found = layout.read_layout(project, environment)
        plans: list[CheckPlan | NotApplicable] = [
            dependencies.dependencies_plan(project, found, facts, environment),
            compiling.build_plan(project, found, environment, toolbox),
        ]
        broken = facts.broken()
        if broken or (survey.check.status is not CheckStatus.PASSED and not facts.files):
            reason = (
                f"{len(broken)} files cannot be read; mend the syntax first."
                if broken
                else "The files could not be read; see the syntax check."
            )
            return plans + [
                NotApplicable(name, title, reason, wanted=True)
                for name, title in (
                    (compiling.LINT, compiling.LINT_TITLE),
                    (testing.NAME, testing.TITLE),
                    (START, START_TITLE),
                )
            ]
        return [
            *plans,
            compiling.lint_plan(project, found, environment, toolbox),
            testing.tests_plan(project, found, facts, environment, options, toolbox),
            self._start(project, found, environment, toolbox),
        ]

    def _start(
        self,
        project: ProjectView,
        found: layout.Layout,
        environment: Environment,
        toolbox: Toolbox,
    ) -> CheckPlan | NotApplicable:
        from autonomous_coder.languages.common.start import service_plan

        service = starting.find_service(project, found)
        if service is None:
            reason = "The project is no web service that could be found."
            return NotApplicable(START, START_TITLE, reason)
        if reason := compiling.reason_not_to(project, found, environment, toolbox):
            return NotApplicable(START, START_TITLE, reason, wanted=True)
        plan = service_plan(
            project,
            starting.service_of(service, found, environment, toolbox),
            toolbox,
            language=self.name,
            tool="java",
            patience_s=PATIENCE_S,
        )
        java = toolchain.feature(toolchain.java_of(toolbox).version)
        loose = () if found.maven else loose_jars(project.files)
        text = specification(found, java, tests=False, loose=loose)
        return replace(plan, config={**plan.config, compiling.SPECIFICATION: text})

    def repairs(
        self,
        project: ProjectView,
        survey: Survey,
        diagnostics: Sequence[Diagnostic],
        toolbox: Toolbox,  # noqa: ARG002
    ) -> Steps[list[Repair]]:
        """Missing imports of the standard library and of the project."""
        return repairing.repairs(project, _facts(survey), diagnostics)

    def declare(self, manifest: str, package: str, version: str, *, development: bool) -> str:
        """In pom.xml, keeping its layout and comments."""
        return declaring.declare(manifest, package, version, development=development)

    def symbols(self, survey: Survey, path: str) -> list[str]:
        """Names of the file, of its imports, and of the project."""
        return repairing.symbols(_facts(survey), path)


def _facts(survey: Survey) -> SourceFacts:
    return survey.facts if isinstance(survey.facts, SourceFacts) else SourceFacts()


JAVA = JavaLanguage()
