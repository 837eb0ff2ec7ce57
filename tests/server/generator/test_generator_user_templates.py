"""Layers of the user's own: over those that ship, features and archetypes; nothing escapes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jinja2.exceptions import SecurityError, UndefinedError

import autonomous_coder_resources
from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.engines.generator.confined import ConfinedEnvironment
from autonomous_coder.errors import CoderError, GenerationError, NotFoundError, UnsupportedError
from autonomous_coder.languages.python.pack import PythonPack
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.settings import load_settings
from hosting import call, host

pytestmark = pytest.mark.anyio

TEMPLATES = Path(autonomous_coder_resources.__file__).parent / "templates"
LANGUAGE = """
name = "house"
archetypes = ["bot"]
features = ["handbook"]

[[files]]
path = "CONTRIBUTING.md"
template = "contributing.md.j2"
"""
BOT = """
name = "house/bot"
provides = ["archetype:bot"]
start = "uv run python -m bot"
test = "uv run pytest"

[[dependencies]]
name = "httpx2"

[[files]]
path = "bot/{{ entity.snake }}.py"
template = "bot.py.j2"
each = "spec.entities"

[[files]]
path = "tests/test_bot.py"
template = "test_bot.py.j2"

[data."pyproject.toml".tool.bot]
kind = "house"
"""
HANDBOOK = """
name = "house/handbook"
provides = ["feature:handbook"]
aliases = ["manual"]

[[files]]
path = "docs/handbook.md"
template = "handbook.md.j2"
"""
FILE = """
name = "x"

[[slots]]
slot = "again"
template = "contributing.md.j2"

[[files]]
path = "x"
template = "contributing.md.j2"
"""
MUCH = "{% for i in range(9999) %}{% for j in range(9999) %}much{% endfor %}{% endfor %}"
BOT_PY = '"""{{ entity.label }}."""\n\nNAME = {{ entity.name | pystr }}\n'
TEST_PY = (
    '"""Bot."""\n\n{{ proves("archetype:bot") }}\n'
    "def test_it_is_there() -> None:\n    assert True\n"
)


def write(root: Path, **files: str) -> Path:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write(
        tmp_path / "templates",
        **{
            "python/layer.toml": LANGUAGE,
            "python/contributing.md.j2": "# Contributing to {{ spec.title | mdtext }}\n",
            "python/bot/layer.toml": BOT,
            "python/bot/bot.py.j2": BOT_PY,
            "python/bot/test_bot.py.j2": TEST_PY,
            "python/features/handbook/layer.toml": HANDBOOK,
            "python/features/handbook/handbook.md.j2": "# Handbook\n",
        },
    )


async def leave_files(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


def engine(own: Path) -> GeneratorEngine:
    return GeneratorEngine(TEMPLATES, {"python": PythonPack()}, leave_files, own)


def spec(archetype: str = "rest_api", **more: Any) -> ProjectSpec:
    entities = [{"name": "Todo", "plural": "todos", "fields": [{"name": "title"}]}]
    return ProjectSpec.model_validate(
        {"name": "app", "archetype": archetype, "language": "python", "entities": entities} | more
    )


async def test_a_layer_lies_over_those_that_ship_and_features_are_added(own: Path) -> None:
    made = engine(own)
    assert "bot" in made.supported()["python"]
    assert {"handbook", "cors"} <= made.features("python", "rest_api")
    render = await made.render(spec(features=["manual", "cors"]), None)
    files = {file.path: file for file in render.files}
    assert files["CONTRIBUTING.md"].content == "# Contributing to App\n"
    assert files["docs/handbook.md"].layer == "house/handbook"
    assert "app/routers/todos.py" in files
    assert {"feature:handbook", "feature:manual", "feature:cors"} <= render.provides.keys()
    assert "docs/handbook.md" not in engine(own).generate_project_structure(spec())


async def test_an_archetype_of_the_users_own(own: Path) -> None:
    render = await engine(own).render(spec("bot"), None)
    files = {file.path: file.content for file in render.files}
    assert files["bot/todo.py"] == '"""todo."""\n\nNAME = \'Todo\'\n'
    assert "app/main.py" not in files
    assert "CONTRIBUTING.md" in files
    assert 'kind = "house"' in files["pyproject.toml"]
    assert render.provides["archetype:bot"] == ["tests/test_bot.py::test_it_is_there"]
    assert (render.start, render.test) == ("uv run python -m bot", "uv run pytest")
    assert render.dependencies is not None
    assert render.dependencies.packages == ["httpx2"]


async def test_a_layer_over_one_archetype_only(own: Path) -> None:
    layer = '[[files]]\npath = "API.md"\ntemplate = "api.md.j2"\n'
    over = {"layer.toml": f'name = "house/api"\n{layer}', "api.md.j2": "x\n"}
    write(own, **{f"python/rest_api/{path}": text for path, text in over.items()})
    made = engine(own)
    assert "API.md" in made.generate_project_structure(spec())
    assert "API.md" not in made.generate_project_structure(spec("bot"))


@pytest.mark.parametrize(
    ("place", "text", "said"),
    [
        ("python/layer.toml", 'name = "x"\nhooks = ["rm"]\n', "malformed: unknown key 'hooks'"),
        (
            "python/layer.toml",
            'name = "x"\nfeatures = ["../../x"]\n',
            "malformed: 'features",
        ),
        ("python/layer.toml", "name = ", "malformed: no TOML: "),
        ("python/layer.toml", 'name = "x"\narchetypes = ["rest_api"]\n', "ship already"),
        ("python/layer.toml", 'name = "x"\nfeatures = ["cors"]\n', "ship already"),
        ("python/layer.toml", 'name = "x"\nfeatures = ["absent"]\n', "which is listed"),
        ("python/contributing.md.j2", "{{ spec.absent }}", "contributing.md.j2"),
        ("python/contributing.md.j2", "{% for %}", "contributing.md.j2"),
        ("python/contributing.md.j2", "{{ spec.__class__.__mro__ }}", "contributing.md.j2"),
        ("python/contributing.md.j2", "{{ ''.__class__.__base__.__subclasses__() }}", "unsafe"),
        ("python/contributing.md.j2", "{{ proves('feature:x') }}\n", "no test follows"),
        ("python/contributing.md.j2", "{{ 'x' * 3000000 }}", "too large"),
        ("python/contributing.md.j2", "{{ 10 ** (10 ** 9) }}", "too large"),
        ("python/contributing.md.j2", "{{ 2 ** 99 ** 99 }}", "too large"),
        ("python/contributing.md.j2", MUCH, "too large"),
        ("python/contributing.md.j2", "{{ 1 / 0 }}", "ZeroDivisionError"),
        ("python/contributing.md.j2", "{{ 'a'.encode('x') }}", "LookupError"),
        ("python/contributing.md.j2", "{{ " + "(" * 9_000, "RecursionError"),
        ("python/contributing.md.j2", "{{ slot('again') }}", "RecursionError"),
        ("python/layer.toml", FILE + 'when = "spec.absent"\n', "absent"),
        ("python/layer.toml", FILE + 'each = "spec.absent"\n', "absent"),
        ("python/layer.toml", FILE + 'each = "range(10 ** 9)"\n', "Range too big"),
        ("python/layer.toml", FILE + 'each = "1"\n', "for each of"),
    ],
)
async def test_what_is_malformed_is_refused_with_its_place(
    own: Path, place: str, text: str, said: str
) -> None:
    cors = {"python/features/cors/layer.toml": 'name = "cors"\n'}
    write(own, **{**cors, "python/layer.toml": FILE, place: text})
    with pytest.raises(GenerationError, match=said) as refused:
        await engine(own).render(spec(), None)
    assert refused.value.hint
    assert "http" not in refused.value.message


def test_a_template_that_takes_too_long_is_stopped() -> None:
    class Hasty(ConfinedEnvironment):
        seconds = 0.1

    environment = Hasty()
    loops = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    for text in (f"{{% set x %}}{loops}{{% endset %}}", loops):
        with pytest.raises(SecurityError, match="too long"):
            environment.joined(environment.from_string(text).generate())
    assert environment.joined(environment.from_string("{{ 2 ** 3 * 'a' }}").generate()) == "a" * 8
    with pytest.raises(UndefinedError):
        environment.joined(environment.from_string("{{ lipsum(n=10) }}").generate())


@pytest.mark.parametrize(
    "path",
    ["../out", "/etc/out", "a/../../out", ".git/hooks/x", "{{ '../' * 3 }}out", "a\\\\..\\\\out"],
)
async def test_no_path_leaves_the_project(own: Path, tmp_path: Path, path: str) -> None:
    manifest = f'name = "x"\n[[files]]\npath = "{path}"\ntemplate = "contributing.md.j2"\n'
    write(own, **{"python/layer.toml": manifest})
    made = engine(own)
    with pytest.raises(CoderError, match=r"outside|inside"):
        await made.write(await made.render(spec(), None), tmp_path / "p", baseline=None)
    assert not (tmp_path / "p").exists()
    assert not (tmp_path / "out").exists()


async def test_no_template_is_read_from_elsewhere(own: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    place = own / "python/contributing.md.j2"
    place.unlink()
    place.symlink_to(tmp_path / "secret")
    with pytest.raises(GenerationError, match="outside the templates folder"):
        await engine(own).render(spec(), None)
    place.unlink()
    os.mkfifo(place)
    with pytest.raises(GenerationError, match="is no file"):
        await engine(own).render(spec(), None)
    manifest = 'name = "x"\n[[files]]\npath = "x"\ntemplate = "a/../../../secret"\n'
    write(own, **{"python/layer.toml": manifest, "python/a/b": ""})
    with pytest.raises(GenerationError, match="outside the templates folder"):
        await engine(own).render(spec(), None)
    (own / "python/layer.toml").unlink()
    (tmp_path / "layer.toml").write_text('name = "x"\n')
    (own / "python/layer.toml").symlink_to(tmp_path / "layer.toml")
    with pytest.raises(GenerationError, match="no file inside the templates folder"):
        await engine(own).render(spec(), None)


async def test_features_that_only_another_archetype_has_are_not_built(own: Path) -> None:
    render = await engine(own).render(spec("bot", features=["cors"]), None)
    assert any("No template builds 'cors'" in note for note in render.notes)
    with pytest.raises(UnsupportedError, match="cannot be generated"):
        await engine(own).render(spec("robot"), None)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    settings = load_settings(generation={"templates_dir": str(tmp_path / "absent")})
    with pytest.raises(NotFoundError, match="does not exist"):
        settings.templates_dir()
    assert load_settings().templates_dir() is None


async def test_a_host_plans_with_templates_of_the_users(own: Path, tmp_path: Path) -> None:
    async with host(tmp_path, generation={"templates_dir": str(own)}) as client:
        planned = await call(
            client,
            "plan",
            description="a todo bot",
            spec={
                "language": "python",
                "archetype": "bot",
                "features": ["manual"],
                "entities": ["Todo"],
            },
        )
        assert planned["spec"]["archetype"] == "bot"
        made = await call(
            client,
            "generate",
            project_id=planned["project_id"],
            output_path=str(tmp_path / "bot"),
            preview=True,
        )
        assert "bot/todo.py" in [change["path"] for change in made["changes"]]
