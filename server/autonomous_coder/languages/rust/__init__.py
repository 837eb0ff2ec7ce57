"""Rust: which checks there are, in the order their findings should be mended."""

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
from autonomous_coder.languages.rust import (
    compiling,
    declaring,
    dependencies,
    formatting,
    installing,
    locked,
    repairing,
    running,
    start,
    testing,
    toolchain,
)
from autonomous_coder.languages.rust.manifests import read_workspace
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.validation import CheckStatus, Diagnostic

NAMES = (
    (compiling.BUILD, compiling.BUILD_TITLE),
    (compiling.LINT, compiling.LINT_TITLE),
    (running.NAME, running.TITLE),
    (start.NAME, start.TITLE),
)


class RustLanguage:
    """See `Language`."""

    name = "rust"
    markers: tuple[str, ...] = ("Cargo.toml",)
    suffixes: tuple[str, ...] = (".rs",)
    toolchains: tuple[ToolchainSpec, ...] = (toolchain.SPEC,)
    check_names: tuple[str, ...] = (
        "syntax", "dependencies", "build", "lint", "tests", "start", "secrets", "format",
        "performance",
    )  # fmt: skip
    static_checks = frozenset({"syntax", "secrets", "format", "performance"})
    informational_checks = frozenset({"performance"})
    tools: tuple[str, ...] = ()
    manifest = "Cargo.toml"
    lockfile = installing.LOCKFILE

    def detect(self, files: Sequence[str]) -> bool:
        """By a manifest at the top, or by any Rust file."""
        return any(f in self.markers or f.endswith(self.suffixes) for f in files)

    def packages(self, project: ProjectView) -> list[Package]:
        """What Cargo.lock pins."""
        return locked.packages(project, read_workspace(project))

    def tests_defined(self, survey: Survey) -> dict[str, TestFact]:
        """Every test function, by id."""
        return _facts(survey).tests()

    def survey(self, project: ProjectView, toolbox: Toolbox) -> Steps[Survey]:
        """Read every file's syntax tree."""
        from autonomous_coder.languages.common.survey import survey_sources

        return survey_sources(project, toolbox, self.name, self.suffixes)

    def environment(
        self, project: ProjectView, toolbox: Toolbox, *, offline: bool
    ) -> EnvironmentPlan | Environment:
        """Cargo with the project's lock, or with one made in the copy."""
        workspace = read_workspace(project)
        return installing.environment_plan(workspace, toolbox, offline=offline)

    def static_plans(
        self, project: ProjectView, survey: Survey, toolbox: Toolbox
    ) -> Sequence[CheckPlan | NotApplicable]:
        """Secrets, format and performance."""
        from autonomous_coder.languages.common.performance import performance_plan
        from autonomous_coder.languages.common.secrets import secrets_plan

        secrets = secrets_plan(project, toolbox, self.name)
        if not any(f.endswith(self.suffixes) for f in project.files):
            reason = "There is no Rust code."
            return [secrets, *(NotApplicable(n, n, reason) for n in ("format", "performance"))]
        return [
            secrets,
            formatting.format_plan(project, read_workspace(project), toolbox),
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
        workspace = read_workspace(project)
        facts = _facts(survey)
        version = toolchain.toolchain(toolbox).version
        plans: list[CheckPlan | NotApplicable] = [
            dependencies.dependencies_plan(project, workspace, environment, version)
        ]
        reason = toolchain.unusable(workspace, toolbox)
        if not reason and not environment.ready:
            reason = f"The dependencies are not installed: {environment.reason}"
        if not reason and facts.broken():
            reason = f"{len(facts.broken())} files cannot be read; mend the syntax first."
        if not reason and survey.check.status is not CheckStatus.PASSED and not facts.files:
            reason = "The files could not be read; see the syntax check."
        if reason:
            return plans + compiling.missing(NAMES, reason)
        plans += [
            compiling.build_plan(project, workspace, environment, toolbox),
            compiling.lint_plan(project, workspace, environment, toolbox),
            testing.tests_plan(project, workspace, facts, environment, options, toolbox),
        ]
        service = start.service(project, workspace, environment, toolbox)
        if not isinstance(service, NotApplicable):
            from autonomous_coder.languages.common.start import service_plan

            return [
                *plans,
                service_plan(project, service, toolbox, language=self.name, tool="cargo"),
            ]
        return [*plans, service]

    def repairs(
        self,
        project: ProjectView,
        survey: Survey,  # noqa: ARG002
        diagnostics: Sequence[Diagnostic],
        toolbox: Toolbox,  # noqa: ARG002
    ) -> Steps[list[Repair]]:
        """Missing crates, the compiler's suggestions, then layout."""
        yield from ()
        return repairing.repairs(project, diagnostics)

    def declare(self, manifest: str, package: str, version: str, *, development: bool) -> str:
        """In Cargo.toml, keeping its layout and comments."""
        return declaring.declare(manifest, package, version, development=development)

    def symbols(self, survey: Survey, path: str) -> list[str]:
        """Names of the file, of its imports, of the project and of the language."""
        return repairing.symbols(survey, path)


def _facts(survey: Survey) -> SourceFacts:
    return survey.facts if isinstance(survey.facts, SourceFacts) else SourceFacts()


RUST = RustLanguage()
