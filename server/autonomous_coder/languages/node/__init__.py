"""TypeScript and JavaScript on Node: which checks there are, in the order findings are mended."""

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
from autonomous_coder.languages.common.performance import performance_plan
from autonomous_coder.languages.common.secrets import secrets_plan
from autonomous_coder.languages.common.service import Service
from autonomous_coder.languages.common.start import service_plan
from autonomous_coder.languages.node import (
    building,
    declaring,
    dependencies,
    formatting,
    installing,
    lint,
    locked,
    starting,
    surveying,
    testing,
    types,
)
from autonomous_coder.languages.node.files import (
    JAVASCRIPT_SUFFIXES,
    TYPESCRIPT_SUFFIXES,
    has_code,
    has_typescript,
)
from autonomous_coder.languages.node.layout import Layout, read_layout
from autonomous_coder.languages.node.manifest import MANIFEST, Workspace, read_workspace
from autonomous_coder.languages.node.toolchain import NODE
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.validation import CheckStatus, Diagnostic


class NodeLanguage:
    """See `Language`. One class serves both: they differ in what makes a project one of them."""

    toolchains: tuple[ToolchainSpec, ...] = (NODE,)
    check_names: tuple[str, ...] = (
        "syntax", "dependencies", "build", "lint", "types", "tests", "start", "secrets", "format",
        "performance",
    )  # fmt: skip
    static_checks = frozenset({"syntax", "secrets", "performance"})
    informational_checks = frozenset({"performance"})
    tools: tuple[str, ...] = ()
    manifest = MANIFEST
    lockfile = installing.LOCKFILE

    def __init__(self, name: str) -> None:
        self.name = name
        typed = name == "typescript"
        self.markers: tuple[str, ...] = ("tsconfig.json", MANIFEST) if typed else (MANIFEST,)
        self.suffixes: tuple[str, ...] = TYPESCRIPT_SUFFIXES if typed else JAVASCRIPT_SUFFIXES

    def detect(self, files: Sequence[str]) -> bool:
        """TypeScript with a tsconfig.json or typed sources, else JavaScript."""
        code = MANIFEST in files or has_code(files)
        return code and has_typescript(files) == (self.name == "typescript")

    def packages(self, project: ProjectView) -> list[Package]:
        """What package-lock.json pins."""
        return locked.packages(project)

    def tests_defined(self, survey: Survey) -> dict[str, TestFact]:
        """Every test, by id."""
        return _facts(survey).tests()

    def survey(self, project: ProjectView, toolbox: Toolbox) -> Steps[Survey]:
        """Read every source file and manifest."""
        return surveying.survey(project, toolbox, self.name)

    def environment(
        self, project: ProjectView, toolbox: Toolbox, *, offline: bool
    ) -> EnvironmentPlan | Environment:
        """npm with the project's lock, or with one made in the copy; beside it our own tools."""
        return installing.environment_plan(project, toolbox, offline=offline)

    def static_plans(
        self, project: ProjectView, survey: Survey, toolbox: Toolbox
    ) -> Sequence[CheckPlan | NotApplicable]:
        """Secrets, and performance."""
        return [
            performance_plan(project, _facts(survey), self.name),
            secrets_plan(project, toolbox, self.name),
        ]

    def environment_plans(
        self,
        project: ProjectView,
        survey: Survey,
        environment: Environment,
        options: CheckOptions,
        toolbox: Toolbox,
    ) -> Sequence[CheckPlan | NotApplicable]:
        """All that needs node. Code that cannot be read is not started."""
        workspace, facts = read_workspace(project), _facts(survey)
        layout = read_layout(project, workspace, facts)
        about = (layout, environment, toolbox, self.name)
        plans: list[CheckPlan | NotApplicable] = [
            dependencies.dependencies_plan(project, workspace, facts, *about),
            lint.lint_plan(project, workspace, *about),
            formatting.format_plan(project, workspace, *about),
        ]
        broken = [path for path in facts.broken() if layout.is_source(path)]
        unread = survey.check.status is not CheckStatus.PASSED and not facts.files
        if broken or unread or (workspace.root.fault and MANIFEST in project.files):
            reason = (
                f"{len(broken)} files cannot be read; mend the syntax first."
                if broken
                else "The files could not be read; see the syntax check."
            )
            return plans + [
                NotApplicable(module.NAME, module.TITLE, reason, wanted=True)
                for module in (building, types, testing, starting)
            ]
        return [
            *plans,
            building.build_plan(project, workspace, environment, toolbox, self.name),
            types.types_plan(project, workspace, *about),
            testing.tests_plan(
                project, workspace, facts, layout, environment, options, toolbox, self.name
            ),
            self._start(project, workspace, facts, layout, environment, toolbox),
        ]

    def _start(
        self,
        project: ProjectView,
        workspace: Workspace,
        facts: SourceFacts,
        layout: Layout,
        environment: Environment,
        toolbox: Toolbox,
    ) -> CheckPlan | NotApplicable:
        found = starting.find_service(project, workspace, facts, layout, environment, toolbox)
        if not isinstance(found, Service):
            return found
        return service_plan(project, found, toolbox, language=self.name, tool="node")

    def repairs(
        self,
        project: ProjectView,  # noqa: ARG002
        survey: Survey,  # noqa: ARG002
        diagnostics: Sequence[Diagnostic],  # noqa: ARG002
        toolbox: Toolbox,  # noqa: ARG002
    ) -> Steps[list[Repair]]:
        """None yet: what is found is left to be mended by the host."""
        yield from ()
        return []

    def declare(self, manifest: str, package: str, version: str, *, development: bool) -> str:
        """In package.json, keeping its indentation and order."""
        return declaring.declare(manifest, package, version, development=development)

    def symbols(self, survey: Survey, path: str) -> list[str]:
        """Names of the file, of the modules it imports, and of the project's other files."""
        facts = _facts(survey)
        here = facts.files.get(path)
        names = list(here.defines) if here else []
        names += [i.module for i in here.imports] if here else []
        names += [name for fact in facts.files.values() for name in fact.defines]
        return list(dict.fromkeys(names))


def _facts(survey: Survey) -> SourceFacts:
    return survey.facts if isinstance(survey.facts, SourceFacts) else SourceFacts()


TYPESCRIPT = NodeLanguage("typescript")
JAVASCRIPT = NodeLanguage("javascript")
