"""What fixing mends, and what it must leave alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autonomous_coder.engines.recovery import RecoveryEngine
from autonomous_coder.engines.validator import ValidatorEngine
from autonomous_coder.errors import BusyError
from autonomous_coder.models.validation import FixReport, ValidationReport
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import OrchestrationSettings, SandboxSettings
from autonomous_coder.treewalk import hash_tree
from validating import build_file_tree, make_validator

pytestmark = pytest.mark.anyio

STATIC = ("syntax", "lint", "format", "types")


@dataclass
class Bench:
    """A project, a validator of chosen checks and a recovery engine."""

    root: Path
    validator: ValidatorEngine
    engine: RecoveryEngine
    checks: tuple[str, ...] = STATIC
    known_packages: dict[str, str] = field(default_factory=dict)
    checkpoints: int = 0
    recorded: list[tuple[str, bool]] = field(default_factory=list)

    async def validate(self, tree: Path, checks: Sequence[str]) -> ValidationReport:
        return await self.validator.validate(tree, checks=tuple(checks) or self.checks)

    async def before_change(self) -> str:
        self.checkpoints += 1
        return f"checkpoint-{self.checkpoints}"

    async def resolve(self, name: str) -> str:
        return self.known_packages.get(name, "")

    async def fix(self, report: ValidationReport | None = None) -> FixReport:
        return await self.engine.fix(
            self.root,
            report or await self.validate(self.root, ()),
            validate=self.validate,
            before_change=self.before_change,
            resolve_package=self.resolve,
        )

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


def bench(tmp_path: Path, files: dict[str, str], checks: tuple[str, ...] = STATIC) -> Bench:
    """Everything needed to fix a small project."""
    cache = tmp_path / "cache"
    made = Bench(
        build_file_tree(tmp_path / "p", files),
        make_validator(cache),
        RecoveryEngine(Sandbox(SandboxSettings(), cache), OrchestrationSettings(), cache / "work"),
        checks,
    )

    async def record(_fingerprint: str, rule: str, helped: bool) -> None:
        made.recorded.append((rule, helped))

    made.engine = RecoveryEngine(
        Sandbox(SandboxSettings(), cache), OrchestrationSettings(), cache / "work", record
    )
    return made


async def test_a_missing_import_is_added_as_other_files_import_the_name(tmp_path: Path) -> None:
    made = bench(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/shapes.py": "class Box:\n    size: int = 1\n",
            "pkg/one.py": "from pkg.shapes import Box\n\nbox = Box()\n",
            "pkg/two.py": '"""Two."""\n\nbox = Box()\n',
        },
    )
    fixed = await made.fix()
    assert made.text("pkg/two.py") == '"""Two."""\n\nfrom pkg.shapes import Box\n\nbox = Box()\n'
    assert fixed.errors_after == 0
    assert fixed.after.passed
    assert fixed.changed_files == ["pkg/two.py"]
    assert fixed.checkpoint_id == "checkpoint-1"
    assert "+from pkg.shapes import Box" in fixed.diff
    assert fixed.after.tree_hash == hash_tree(made.root).digest
    assert ("missing-import", True) in made.recorded


@pytest.mark.thorough
async def test_names_of_the_standard_library_are_imported_from_the_right_module(
    tmp_path: Path,
) -> None:
    made = bench(
        tmp_path,
        {
            "a.py": """
                def home() -> Path:
                    return Path(os.environ["HOME"])


                def now() -> datetime:
                    return datetime.now()
                """
        },
    )
    fixed = await made.fix()
    text = made.text("a.py")
    assert fixed.after.passed, fixed.remaining
    assert "from pathlib import Path\n" in text
    assert "import os\n" in text
    assert "from datetime import datetime\n" in text


async def test_an_unknown_name_is_not_invented_but_handed_to_the_host(tmp_path: Path) -> None:
    made = bench(tmp_path, {"a.py": "def compute() -> int:\n    return 1\n\n\nprint(compote())\n"})
    before = made.text("a.py")
    fixed = await made.fix()
    assert made.text("a.py") == before
    assert made.checkpoints == 0
    assert not fixed.changed_files
    excerpt = fixed.remaining[0]
    assert excerpt.diagnostic.code == "F821"
    assert "compute" in excerpt.symbols
    assert "    5 print(compote())" in excerpt.text
    assert 'checks=["lint"]' in excerpt.recheck


@pytest.mark.thorough
async def test_an_unused_import_is_removed_and_a_misspelt_one_is_corrected(tmp_path: Path) -> None:
    made = bench(
        tmp_path,
        {
            "unused.py": "import os\n\nVALUE = 1\n",
            "misspelt.py": "from pathlib import Paht\n\nPLACE = Path()\n",
        },
    )
    fixed = await made.fix()
    assert made.text("unused.py") == "VALUE = 1\n"
    assert made.text("misspelt.py") == "from pathlib import Path\n\nPLACE = Path()\n"
    assert fixed.after.passed


async def test_tests_and_configuration_keep_their_content(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "p"\nversion = "1"\n',
        "tests/test_a.py": "import os\n\n\ndef test_a() -> None:\n    assert missing( )\n",
        "tests/conftest.py": "import os\n",
    }
    made = bench(tmp_path, files, ("syntax", "lint", "format"))
    fixed = await made.fix()
    assert made.text("tests/test_a.py") == files["tests/test_a.py"].replace(
        "missing( )", "missing()"
    )
    assert made.text("tests/conftest.py") == files["tests/conftest.py"]
    assert fixed.errors_after > 0


async def test_a_change_that_breaks_something_else_is_undone(tmp_path: Path) -> None:
    made = bench(
        tmp_path,
        {
            "pkg/__init__.py": "",
            "pkg/one.py": "from pkg.two import VALUE\n\nONE = VALUE\n",
            "pkg/two.py": "def size() -> str:\n    return Box.name\n\n\nVALUE = 1\n",
            "pkg/shapes.py": "class Box:\n    size: int = 1\n",
        },
    )
    before = made.text("pkg/two.py")
    fixed = await made.fix()
    assert made.text("pkg/two.py") == before
    attempt = next(a for a in fixed.attempts if a.rule == "missing-import")
    assert not attempt.kept
    assert "new finding" in attempt.reason
    assert any("Box" in tried for tried in fixed.remaining[0].tried)


async def test_a_project_that_moved_on_is_looked_at_again(tmp_path: Path) -> None:
    made = bench(tmp_path, {"a.py": "x  = 1\n"})
    old = await made.validate(made.root, ())
    build_file_tree(made.root, {"a.py": "y  = 2\n"})
    fixed = await made.fix(old)
    assert made.text("a.py") == "y = 2\n"
    assert fixed.before.tree_hash != old.tree_hash


async def test_an_edit_made_meanwhile_is_never_overwritten(tmp_path: Path) -> None:
    made = bench(tmp_path, {"a.py": "x  = 1\n"})

    async def edited_meanwhile() -> str:
        build_file_tree(made.root, {"a.py": "mine = True\n"})
        return "c"

    with pytest.raises(BusyError):
        await made.engine.fix(
            made.root,
            await made.validate(made.root, ()),
            validate=made.validate,
            before_change=edited_meanwhile,
        )
    assert made.text("a.py") == "mine = True\n"


@pytest.mark.thorough
async def test_only_layout_and_lint_are_changed_without_rules_for_more(tmp_path: Path) -> None:
    made = bench(
        tmp_path, {"a.py": "import sys\nimport os\nprint( os.name, sys.path )\nx: str = 1\n"}
    )
    fixed = await made.fix()
    assert made.text("a.py") == "import os\nimport sys\n\nprint(os.name, sys.path)\nx: str = 1\n"
    assert [e.diagnostic.code for e in fixed.remaining] == ["assignment"]


async def test_a_missing_dependency_is_declared_when_its_registry_knows_it(tmp_path: Path) -> None:
    manifest = """
        [project]
        name = "p"
        version = "1"
        # keep this comment
        dependencies = [
            "anyio>=4",
        ]
        """
    made = bench(
        tmp_path,
        {"pyproject.toml": manifest, "a.py": "import yaml\n\nprint(yaml.__name__)\n"},
        ("syntax", "lint", "dependencies"),
    )
    unknown = await made.fix()
    assert any("no package called pyyaml" in a.reason for a in unknown.attempts)
    assert "pyyaml" not in made.text("pyproject.toml")
    made.known_packages = {"pyyaml": "6.0"}
    fixed = await made.fix()
    assert '"pyyaml>=6.0"' in made.text("pyproject.toml")
    assert "# keep this comment" in made.text("pyproject.toml")
    assert fixed.errors_after == 0


async def test_a_link_in_the_project_is_never_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("x  = 1\n")
    made = bench(tmp_path, {"a.py": "y  = 1\n"})
    (made.root / "b.py").symlink_to(outside)
    await made.fix()
    assert outside.read_text() == "x  = 1\n"
    assert made.text("a.py") == "y = 1\n"
