"""Words of a spec never become code, markup or template."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.generator.templating import Templates, mdtext
from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.python.pack import PythonPack
from autonomous_coder.models.spec import ProjectSpec

pytestmark = pytest.mark.anyio

NASTY = [
    'x"""\nimport os\nos.abort()\n"""',
    "'; import os; os.abort(); '",
    "{{ 7 * 191 }}{% for x in y %}",
    "\\",
    "\\N{BULLET} \\x00 \ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "${{ github.token }} $(reboot) `reboot`",
    "\u2028line\u2029separator\x85next",
    "\x00feature:fake\x00\nasync def test_fake() -> None: ...",
    "# heading\n\n```\ncode\n```\n<script>alert(1)</script>",
    "]\n[tool.evil]\nx = 1",
]


def nasty_spec(text: str) -> ProjectSpec:
    line = "".join(c for c in text if c.isprintable())
    return ProjectSpec.model_validate(
        {
            "name": "nasty",
            "title": line,
            "description": text,
            "features": ["accounts", "license"],
            "entities": [
                {
                    "name": "Thing",
                    "plural": "things",
                    "description": line,
                    "fields": [
                        {"name": "a", "description": line, "default": line, "maximum": 500},
                    ],
                }
            ],
        }
    )


@pytest.mark.parametrize("text", NASTY)
async def test_words_of_a_spec_stay_words(plain_engine: GeneratorEngine, text: str) -> None:
    harmless = {
        f.path: f.content for f in (await plain_engine.render(nasty_spec("plain"), None)).files
    }
    render = await plain_engine.render(nasty_spec(text), None)
    files = {file.path: file.content for file in render.files}
    assert files.keys() == harmless.keys()
    for path, content in files.items():
        assert "1337" not in content
        if path.endswith(".py"):
            shape = ast.dump(_without_strings(ast.parse(content)))
            assert shape == ast.dump(_without_strings(ast.parse(harmless[path]))), path
    project = tomllib.loads(files["pyproject.toml"])
    assert set(project["tool"]) == set(tomllib.loads(harmless["pyproject.toml"])["tool"])
    assert "feature:fake" not in render.provides
    for path in ("Dockerfile", ".github/workflows/ci.yml", ".gitignore", ".env.example"):
        assert files[path] == harmless[path]
    assert len(files["README.md"].splitlines()) == len(harmless["README.md"].splitlines())
    assert "<script>" not in files["README.md"].replace("\\<", "")


def _without_strings(tree: ast.Module) -> ast.Module:
    """The shape of code, whatever its strings say."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return tree


def test_markdown_text_is_one_paragraph_that_means_nothing() -> None:
    assert mdtext("a\n\n# b *c* <d>") == r"a \# b \*c\* \<d\>"
    assert mdtext("1. x") == r"1\. x"
    assert mdtext("- x") == r"\- x"


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ spec.__init__.__globals__ }}",
        "{{ [].append(1) }}",
        "{{ undefined_name }}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(tmp_path: Path, template: str) -> None:
    path = tmp_path / "bad.j2"
    path.write_text(template)
    with pytest.raises(GenerationError, match=r"bad\.j2"):
        Templates(tmp_path).render("python", PythonPack().filters(), path, {"spec": "x"})


def test_a_template_outside_the_templates_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "templates"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (inside / "link.j2").symlink_to(tmp_path / "secret.txt")
    for path in (inside / "link.j2", inside / ".." / "secret.txt"):
        with pytest.raises(GenerationError, match="outside"):
            Templates(inside).render("python", {}, path, {})
