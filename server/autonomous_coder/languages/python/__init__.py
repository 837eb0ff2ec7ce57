"""Python: which checks there are, in the order their findings should be mended."""

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
from autonomous_coder.languages.common.secrets import secrets_plan
from autonomous_coder.languages.python import (
    building,
    declaring,
    dependencies,
    installing,
    locked,
    metadata,
    repairing,
    ruff,
    security,
    start,
    syntax,
    testing,
    types,
)
from autonomous_coder.languages.python.facts import Facts, is_python
from autonomous_coder.models.validation import CheckStatus, Diagnostic


class PythonLanguage:
    """See `Language`."""

    name = "python"
    markers: tuple[str, ...] = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt")
    suffixes: tuple[str, ...] = (".py", ".pyi")
    toolchains: tuple[ToolchainSpec, ...] = ()
    check_names: tuple[str, ...] = (
        "syntax", "dependencies", "build", "lint", "types", "tests", "start", "security", "secrets",
        "format", "performance",
    )  # fmt: skip
    static_checks = frozenset({"syntax", "lint", "format", "security", "secrets", "performance"})
    informational_checks = frozenset({"performance"})
    tools: tuple[str, ...] = ("ruff", "mypy", "bandit", "uv")
    manifest = "pyproject.toml"
    lockfile = installing.LOCKFILE

    def detect(self, files: Sequence[str]) -> bool:
        """By a project file at the top, or by any Python file."""
        return any(f in self.markers or is_python(f) for f in files)

    def packages(self, project: ProjectView) -> list[Package]:
        """What uv.lock pins."""
        return locked.packages(project, metadata.read_metadata(project))

    def tests_defined(self, survey: Survey) -> dict[str, TestFact]:
        """Every test function, by id."""
        facts = survey.facts if isinstance(survey.facts, Facts) else Facts()
        return {test.id: test for fact in facts.files.values() for test in fact.bodies}

    def survey(self, project: ProjectView, toolbox: Toolbox) -> Steps[Survey]:
        """Compile and read every file."""
        return syntax.survey(project, metadata.read_metadata(project), toolbox)

    def environment(
        self, project: ProjectView, toolbox: Toolbox, *, offline: bool
    ) -> EnvironmentPlan | Environment:
        """uv with the project's lock, or with one made in the copy."""
        about = metadata.read_metadata(project)
        return installing.environment_plan(project, about, toolbox, offline=offline)

    def static_plans(
        self, project: ProjectView, survey: Survey, toolbox: Toolbox
    ) -> Sequence[CheckPlan | NotApplicable]:
        """Lint, format, security and performance."""
        about = metadata.read_metadata(project)
        facts = survey.facts if isinstance(survey.facts, Facts) else Facts()
        if not any(is_python(f) for f in project.files):
            names = [n for n in self.check_names if n in self.static_checks - {"syntax"}]
            return [NotApplicable(n, n, "There is no Python code.") for n in names]
        return [
            ruff.lint_plan(project, about, facts, toolbox),
            ruff.format_plan(project, about, toolbox),
            security.security_plan(project, toolbox),
            secrets_plan(project, toolbox, self.name),
            ruff.performance_plan(project, about, toolbox),
        ]

    def environment_plans(
        self,
        project: ProjectView,
        survey: Survey,
        environment: Environment,
        options: CheckOptions,
        toolbox: Toolbox,
    ) -> Sequence[CheckPlan | NotApplicable]:
        """Dependencies, types, tests and start-up. Code that does not compile is not started."""
        about = metadata.read_metadata(project)
        facts = survey.facts if isinstance(survey.facts, Facts) else Facts()
        plans: list[CheckPlan | NotApplicable] = [
            dependencies.dependencies_plan(about, facts, environment)
        ]
        broken = [fact.path for fact in facts.files.values() if fact.error]
        if broken or (survey.check.status is not CheckStatus.PASSED and not facts.files):
            reason = (
                f"{len(broken)} files do not compile; mend the syntax first."
                if broken
                else "The files could not be read; see the syntax check."
            )
            return plans + [
                NotApplicable(module.NAME, module.TITLE, reason, wanted=True)
                for module in (building, types, testing, start)
            ]
        return [
            *plans,
            building.build_plan(project, environment, toolbox),
            types.types_plan(project, about, environment, toolbox),
            testing.tests_plan(project, about, facts, environment, options, toolbox),
            start.start_plan(project, about, facts, environment, toolbox),
        ]

    def repairs(
        self,
        project: ProjectView,
        survey: Survey,
        diagnostics: Sequence[Diagnostic],
        toolbox: Toolbox,
    ) -> Steps[list[Repair]]:
        """Missing imports, misspelt imports, missing dependencies, then ruff's safe fixes."""
        about = metadata.read_metadata(project)
        facts = survey.facts if isinstance(survey.facts, Facts) else Facts()
        return repairing.repairs(project, about, facts, diagnostics, toolbox)

    def declare(self, manifest: str, package: str, version: str, *, development: bool) -> str:
        """In pyproject.toml, keeping its layout and comments."""
        return declaring.declare(manifest, package, version, development=development)

    def symbols(self, survey: Survey, path: str) -> list[str]:
        """Names of the file, of its imports, of the project and of the language."""
        facts = survey.facts if isinstance(survey.facts, Facts) else Facts()
        return repairing.symbols(facts, path)


PYTHON = PythonLanguage()
