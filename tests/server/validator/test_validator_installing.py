"""Installing must not let a project run code where others would be hurt by it."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from autonomous_coder.languages.base import ProjectView
from autonomous_coder.languages.python import PythonLanguage
from autonomous_coder.languages.python.dependencies import installed_modules
from autonomous_coder.languages.python.sources import from_indexes_only
from autonomous_coder.models.validation import CheckStatus
from validating import build_file_tree, make_validator, result_of

BACKEND = """
    import os
    import pathlib
    import zipfile

    VALUE = pathlib.Path(__file__).with_name("VALUE").read_text().strip()
    INFO = "evil-1.0.dist-info"
    META = "Metadata-Version: 2.1\\nName: evil\\nVersion: 1.0\\n"
    WHEEL = "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"

    pathlib.Path("/cache/poisoned").write_text("x")


    def build_wheel(directory, config=None, metadata=None):
        place = pathlib.Path("/env/lib")
        for packages in place.glob("python3.*/site-packages"):
            (packages / "trap-1.dist-info").mkdir()
            os.mkfifo(packages / "trap-1.dist-info" / "RECORD")
        name = "evil-1.0-py3-none-any.whl"
        with zipfile.ZipFile(pathlib.Path(directory) / name, "w") as file:
            file.writestr("evil_%s.py" % VALUE, "")
            file.writestr(INFO + "/METADATA", META)
            file.writestr(INFO + "/WHEEL", WHEEL)
            names = ["evil_%s.py" % VALUE, INFO + "/METADATA", INFO + "/WHEEL", INFO + "/RECORD"]
            file.writestr(INFO + "/RECORD", "".join(n + ",,\\n" for n in names))
        return name


    def build_editable(directory, config=None, metadata=None):
        return build_wheel(directory)
    """
LIBRARY = {
    "libs/evil/pyproject.toml": """
        [project]
        name = "evil"
        version = "1.0"

        [build-system]
        requires = []
        build-backend = "back"
        backend-path = ["."]
        """,
    "libs/evil/back.py": BACKEND,
    "libs/evil/VALUE": "one\n",
}
DECLARED = """
    [project]
    name = "p"
    version = "1"
    requires-python = ">=3.11"
    dependencies = ["evil"]
    """


def declared(more: str) -> dict[str, str]:
    return {"pyproject.toml": "\n".join(map(str.strip, f"{DECLARED}{more}".splitlines()))}


def poisoned(cache: Path) -> list[Path]:
    """What code of packages left in the downloads that all projects share."""
    return list((cache / "downloads").rglob("poisoned"))


@pytest.mark.anyio
@pytest.mark.sandbox
async def test_a_wheel_with_a_pth_file_runs_nothing_while_it_is_installed(tmp_path: Path) -> None:
    root = build_file_tree(
        tmp_path / "p",
        {
            **declared(
                "[tool.uv]\ncompile-bytecode = true\n[tool.uv.sources]\n"
                'evil = { path = "evil-1.0-py3-none-any.whl" }\n'
            ),
            "p.py": "import evil_one\n",
        },
    )
    trap = "import pathlib; pathlib.Path('/env/ran').write_text('x')\n"
    files = {
        "evil_one.py": "",
        "evil.pth": trap,
        "evil-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
        "evil-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\n"
        "Tag: py3-none-any\n",
    }
    with zipfile.ZipFile(root / "evil-1.0-py3-none-any.whl", "w") as wheel:
        record = ""
        for name, text in files.items():
            wheel.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            record += f"{name},sha256={digest.rstrip(b'=').decode()},{len(text)}\n"
        wheel.writestr("evil-1.0.dist-info/RECORD", f"{record}evil-1.0.dist-info/RECORD,,\n")
    validator = make_validator(tmp_path / "cache", language=PythonLanguage())
    report = await validator.validate(root, checks=("dependencies",), offline=True)
    assert result_of(report, "dependencies").status is CheckStatus.PASSED
    assert list((tmp_path / "cache").rglob("evil_one.*.pyc"))
    assert not list((tmp_path / "cache").rglob("ran"))


@pytest.mark.anyio
@pytest.mark.sandbox
@pytest.mark.parametrize(
    "files",
    [
        declared('[tool.uv.sources]\nevil = { path = "libs/evil" }\n'),
        declared(
            '[tool.uv]\nno-build = false\nno-binary-package = ["evil"]\n'
            'no-build-isolation-package = ["evil"]\n'
            '[tool.uv.sources]\nevil = { path = "libs/evil" }\n'
        ),
        {"requirements.txt": "-e ./libs/evil\n"},
    ],
    ids=["built", "settings-undo-no-build", "editable-requirement"],
)
async def test_code_run_while_installing_reaches_no_downloads_of_others_and_stops_nobody(
    tmp_path: Path, files: dict[str, str]
) -> None:
    root = build_file_tree(tmp_path / "p", {**files, **LIBRARY, "p.py": "import evil_one\n"})
    cache = tmp_path / "cache"
    validator = make_validator(cache, language=PythonLanguage())
    report = await validator.validate(root, checks=("dependencies",), offline=True)
    assert result_of(report, "dependencies").status is CheckStatus.PASSED
    assert list((cache / "envs").rglob("trap-1.dist-info"))
    assert not poisoned(cache)


@pytest.mark.anyio
@pytest.mark.sandbox
async def test_a_dependency_inside_the_project_is_installed_anew_when_it_changes(
    tmp_path: Path,
) -> None:
    files = declared('[tool.uv.sources]\nevil = { path = "libs/evil" }\n')
    root = build_file_tree(tmp_path / "p", {**files, **LIBRARY, "p.py": "import evil_one\n"})
    validator = make_validator(tmp_path / "cache", language=PythonLanguage())
    before = await validator.validate(root, checks=("dependencies",), offline=True)
    (root / "libs/evil/VALUE").write_text("two\n")
    after = await validator.validate(root, checks=("dependencies",), offline=True)
    assert (before.passed, after.passed) == (True, False)


@pytest.mark.parametrize("trap", ["pipe", "link"])
def test_a_record_that_is_no_file_is_not_read(tmp_path: Path, trap: str) -> None:
    info = tmp_path / "lib/python3.11/site-packages/evil-1.dist-info"
    info.mkdir(parents=True)
    if trap == "pipe":
        import os

        os.mkfifo(info / "RECORD")
    else:
        (tmp_path / "secret").write_text("secret.py,,\n")
        (info / "RECORD").symlink_to(tmp_path / "secret")
    assert installed_modules(tmp_path) == {}


PLAIN = {
    "pyproject.toml": """
        [project]
        name = "p"
        dependencies = ["fastapi>=0.100,<1", "uvicorn[standard]; python_version > '3.10'"]

        [dependency-groups]
        test = ["pytest~=9.0"]
        dev = [{ include-group = "test" }, "ruff"]

        [tool.uv]
        package = false
        """,
    "uv.lock": """
        [[package]]
        name = "p"
        source = { virtual = "." }

        [[package]]
        name = "fastapi"
        source = { registry = "https://index.test/simple" }
        """,
}


def view(root: Path, files: dict[str, str]) -> ProjectView:
    build_file_tree(root, files)
    return ProjectView(root, tuple(sorted(files)))


def test_names_that_an_index_answers_for_share_downloads(tmp_path: Path) -> None:
    assert from_indexes_only(view(tmp_path, PLAIN), ())
    pinned = "fastapi==1.0 \\\n    --hash=sha256:00ff # why\nhttpx[http2]>=1\n"
    assert from_indexes_only(view(tmp_path, {"requirements.txt": pinned}), ("requirements.txt",))


@pytest.mark.parametrize(
    "change",
    [
        {"pyproject.toml": '[project]\ndependencies = ["x @ file:///project/x"]\n'},
        {"pyproject.toml": '[dependency-groups]\ndev = ["x @ git+https://a.test/x"]\n'},
        {"pyproject.toml": '[tool.uv.sources]\nx = { path = "x" }\n'},
        {"pyproject.toml": '[tool.uv.sources]\nx = [{ index = "i" }, { git = "//a" }]\n'},
        {"pyproject.toml": '[tool.uv.workspace]\nmembers = ["libs/*"]\n'},
        {"pyproject.toml": "[tool.uv]\nno-build = false\n"},
        {"pyproject.toml": "[tool.uv.pip]\nno-build = false\n"},
        {"pyproject.toml": '[[tool.uv.index]]\nurl = "file:///project/simple"\n'},
        {"pyproject.toml": '[tool.uv]\nfind-links = ["wheels"]\n'},
        {"pyproject.toml": "[tool]\nuv = 1\nbroken"},
        {"uv.toml": ""},
        {"uv.lock": '[[package]]\nname = "x"\nsource = { directory = "x" }\n'},
        {"uv.lock": '[[package]]\nname = "x"\nsource = { registry = "wheels" }\n'},
    ],
    ids=lambda change: next(iter(change.values())).replace("\n", " ")[:50],
)
def test_anything_else_gets_downloads_of_its_own(tmp_path: Path, change: dict[str, str]) -> None:
    assert not from_indexes_only(view(tmp_path, PLAIN | change), ())


@pytest.mark.parametrize(
    "line",
    [
        "-e ./x",
        "./x",
        "libs/x",
        "x.whl",
        "x.tar.gz",
        "--find-links wheels",
        "-r more.txt",
        "x @ ./x",
    ],
)
def test_requirement_lists_with_more_than_names_get_downloads_of_their_own(
    tmp_path: Path, line: str
) -> None:
    project = view(tmp_path, {"requirements.txt": f"fastapi\n{line}\n"})
    assert not from_indexes_only(project, ("requirements.txt",))
