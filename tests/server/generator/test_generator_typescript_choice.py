"""When TypeScript is built: where it is asked for, and where no language is named."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from autonomous_coder.engines.intelligence import IntelligenceCore, Supported
from autonomous_coder.engines.intelligence.features import FIRST_OFFERED
from autonomous_coder.errors import ToolchainMissingError, UnsupportedError
from autonomous_coder.lacking import lacking
from autonomous_coder.models.spec import Provenance
from autonomous_coder.settings import GenerationSettings

BOTH = {"python": frozenset({"rest_api"}), "typescript": frozenset({"rest_api"})}
FEATURES = {"python": FIRST_OFFERED, "typescript": FIRST_OFFERED - {"postgresql"}}
NO_NPM = {"typescript": "needs npm, which is not installed here"}


def core(
    settings: GenerationSettings | None = None, lacking: Mapping[str, str] | None = None
) -> IntelligenceCore:
    return IntelligenceCore(
        settings or GenerationSettings(), Supported(BOTH, FEATURES, lacking or {})
    )


def test_a_request_that_names_no_language_is_built_in_the_default_one_and_told_so() -> None:
    spec = core().analyze_requirements("a todo API with login")
    assert (spec.language, spec.framework) == ("typescript", "hono")
    assert spec.provenance["language"] is Provenance.DEFAULT
    assert any("TypeScript is used, the default language" in said for said in spec.assumptions)


@pytest.mark.parametrize("sentence", ["a todo API in Python", "a todo API with FastAPI"])
def test_a_language_or_framework_that_is_named_is_used(sentence: str) -> None:
    assert core().analyze_requirements(sentence).language == "python"


def test_a_default_that_was_set_is_used() -> None:
    settings = GenerationSettings(default_language="python")
    assert core(settings).analyze_requirements("a todo API").language == "python"


def test_the_default_gives_way_to_a_language_that_has_what_is_asked_for() -> None:
    spec = core().analyze_requirements("a todo API with PostgreSQL")
    assert spec.language == "python"
    assert any("cannot generate postgresql yet; Python" in said for said in spec.assumptions)
    tools = core().analyze_requirements("a todo API", preferences={"linter": "ruff"})
    assert tools.language == "python"
    assert any("does not use ruff; Python is used" in said for said in tools.assumptions)
    own = core().analyze_requirements("a todo API", preferences={"testing": "vitest"})
    assert own.language == "typescript"
    assert "Already so: testing: vitest." in own.assumptions


def test_what_a_language_that_is_asked_for_lacks_is_told_with_one_that_has_it() -> None:
    spec = core().analyze_requirements(
        "a todo API in TypeScript with PostgreSQL", preferences={"linter": "ruff"}
    )
    assert spec.language == "typescript"
    assert any("'postgresql' cannot" in said and "Python" in said for said in spec.assumptions)
    assert any("unknown:linter: ruff" in row.needs for row in spec.requirements)


def test_the_default_gives_way_where_its_tools_are_missing_unless_somebody_chose_it() -> None:
    spec = core(lacking=NO_NPM).analyze_requirements("a todo API")
    assert spec.language == "python"
    assert any("needs npm, which is not installed" in said for said in spec.assumptions)
    chosen = GenerationSettings(default_language="typescript")
    assert core(chosen, NO_NPM).analyze_requirements("a todo API").language == "typescript"
    asked = core(lacking=NO_NPM).analyze_requirements("a todo API in TypeScript")
    assert asked.language == "typescript"


def test_a_project_stays_in_the_language_of_its_files() -> None:
    spec = core().analyze_requirements("a todo API", settled_language="python")
    assert spec.language == "python"
    assert any("files are in Python" in said for said in spec.assumptions)
    moved = core().analyze_requirements("a todo API in TypeScript", settled_language="python")
    assert moved.language == "typescript"


class Machine:
    """Clients of a machine with these programs, and Node of this version."""

    def __init__(self, version: str, *programs: str) -> None:
        self._version = version
        self._programs = programs

    async def find(self, name: str) -> tuple[str, ...]:
        if name not in self._programs:
            raise ToolchainMissingError(f"{name} is not installed.", hint="Install it.")
        return (name,)

    async def read(self, argv: list[str]) -> str:
        return self._version


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("machine", "reason"),
    [
        (Machine("v22.1.0", "node", "npm"), ""),
        (Machine("v22.1.0", "node"), "needs npm, which is not installed here"),
        (Machine("v18.20.4", "node", "npm"), "needs node >=20.19, and 18.20.4 is installed here"),
        (Machine("nonsense", "node", "npm"), ""),
    ],
    ids=["all", "no-npm", "old-node", "unreadable"],
)
async def test_what_a_machine_lacks_is_named(machine: Machine, reason: str) -> None:
    assert await lacking(machine, "npm", ">=20.19") == reason
    assert await lacking(machine, "pypi", ">=3.11") == ""


def test_typescript_that_is_asked_for_has_its_own_stack() -> None:
    spec = core().analyze_requirements("a todo API with login in TypeScript")
    assert (spec.language, spec.framework) == ("typescript", "hono")
    stack = core().select_tech_stack(spec, None)
    assert {"hono", "drizzle", "vitest", "scrypt"} <= {choice.choice for choice in stack.choices}


def test_another_framework_is_refused_with_the_one_there_is() -> None:
    with pytest.raises(UnsupportedError) as error:
        core().analyze_requirements("a todo API with Express")
    assert "Hono" in error.value.hint
