"""What is taken from a project's own words, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.languages import LANGUAGES
from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.findings import clean, fingerprint, relative, template
from autonomous_coder.languages.python.declaring import declare
from autonomous_coder.languages.python.metadata import Metadata, read_metadata
from autonomous_coder.languages.python.repairing import with_import
from validating import build_file_tree


def metadata(tmp_path: Path, files: dict[str, str]) -> Metadata:
    root = build_file_tree(tmp_path / "p", files)
    return read_metadata(ProjectView(root, tuple(sorted(files))))


def test_only_harmless_settings_are_taken_from_ruffs_table(tmp_path: Path) -> None:
    found = metadata(
        tmp_path,
        {
            "pyproject.toml": """
                [project]
                name = "p"
                requires-python = ">=3.12,<4"
                dependencies = ["Fast_API[all]>=1 ; python_version > '3'", "uvicorn"]

                [project.optional-dependencies]
                test = ["pytest"]
                docs = ["sphinx"]

                [dependency-groups]
                dev = ["ruff", {include-group = "lint"}]

                [tool.ruff]
                line-length = 120
                exclude = ["*"]
                lint.isort.known-first-party = ["good", "bad name; import os"]
                """
        },
    )
    assert (found.minor, found.line_length) == (12, 120)
    assert found.first_party == ("good",)
    assert found.dependencies == {"fast-api", "uvicorn"}
    assert found.optional == {"pytest", "sphinx"}
    assert (found.extras, found.groups) == (("test",), ("dev",))


@pytest.mark.parametrize(
    "text",
    [
        "[project",
        "project = 1\ntool = 2\n",
        "[project]\nname = 1\nrequires-python = []\ndependencies = 3\n",
        '[project]\nrequires-python = "nonsense"\n[tool]\nruff = "x"\npytest = []\n',
        "[tool.ruff]\nline-length = -5\ntarget-version = 'py999'\n",
        "a = " + "[" * 500 + "]" * 500,
    ],
)
def test_malformed_settings_fall_back_to_defaults(tmp_path: Path, text: str) -> None:
    found = metadata(tmp_path, {"pyproject.toml": text})
    assert (found.minor, found.line_length) == (11, 88)
    assert found.dependencies == frozenset()


def test_the_runners_settings_come_from_the_file_it_would_take(tmp_path: Path) -> None:
    found = metadata(
        tmp_path,
        {
            "pyproject.toml": '[tool.pytest.ini_options]\nasyncio_mode = "strict"\n',
            "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
        },
    )
    assert found.pytest == {"asyncio_mode": "auto"}


def test_a_language_recognises_its_projects() -> None:
    assert LANGUAGES["python"].detect(["src/a.py"])
    assert LANGUAGES["python"].detect(["pyproject.toml"])
    assert not LANGUAGES["python"].detect(["index.ts", "package.json"])


def test_a_fingerprint_forgets_names_paths_and_numbers_only() -> None:
    one = fingerprint("python", "ruff", "F821", "Undefined name `one` in src/a.py:3")
    assert one == fingerprint("python", "ruff", "F821", "Undefined name `two` in lib/b.py:77")
    assert one != fingerprint("python", "ruff", "F822", "Undefined name `one` in src/a.py:3")
    assert template("got \"int\", expected 'str'") == "got '…', expected '…'"


def test_messages_lose_control_characters_and_places_of_the_sandbox(tmp_path: Path) -> None:
    text = f"\x1b[31m{tmp_path}/a.py\x1b[0m \u202eevil /project/b.py\x07"
    assert clean(text, tmp_path) == "a.py evil b.py"
    assert len(clean("x" * 5_000)) == 1_000
    assert relative("/source/./pkg/../a.py", tmp_path) == "a.py"
    assert relative("/etc/passwd", tmp_path) == ""
    assert relative("../../x.py", tmp_path) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", "import os\nx = 1\n"),
        ('"""Doc."""\n\nx = 1\n', '"""Doc."""\nimport os\n\nx = 1\n'),
        (
            '#!python\n"""Doc.\n\nMore.\n"""\nfrom __future__ import annotations\nx = 1\n',
            '#!python\n"""Doc.\n\nMore.\n"""\nfrom __future__ import annotations\n'
            "import os\nx = 1\n",
        ),
        ("", "import os\n"),
    ],
)
def test_an_import_goes_after_docstring_and_future_imports(before: str, after: str) -> None:
    assert with_import(before, "import os") == after


def test_a_dependency_is_declared_once_and_in_its_place() -> None:
    manifest = '[project]\nname = "p"  # mine\ndependencies = ["a>=1"]\n'
    once = declare(manifest, "Py_YAML", "6.0", development=False)
    assert '"Py_YAML>=6.0"' in once
    assert "# mine" in once
    assert declare(once, "py-yaml", "7", development=False) == once
    grouped = declare(once, "pytest", "9", development=True)
    assert "[dependency-groups]" in grouped
    assert '"pytest>=9"' in grouped


def test_a_file_whose_name_holds_a_place_of_the_sandbox_keeps_its_name(tmp_path: Path) -> None:
    assert relative("././app/models/projects.py", tmp_path) == "app/models/projects.py"
    assert relative("/project/app/source.py", tmp_path) == "app/source.py"
    assert clean("see /project/a.py, /source.") == "see a.py, .."
    assert clean("app/projects/output.py") == "app/projects/output.py"
