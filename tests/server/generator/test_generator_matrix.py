"""Every cell of the matrix, with its features in pairs, is rendered and read.

`benchmarks/matrix.py` builds the same rows for real; this shows that each can be made at all, and
that every file of it is what its name says.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from tree_sitter import Language, Parser

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import TEMPLATES

pytestmark = pytest.mark.anyio


def _benchmark(name: str) -> ModuleType:
    """A module of the benchmarks, which are no package."""
    place = Path(__file__).parents[3] / "benchmarks" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, place)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SPECS = _benchmark("matrix_specs").SPECS
matrix = _benchmark("matrix_plan")
CELLS = {(cell.language, cell.name): cell for cell in matrix.cells()}
PAIRED = ("none", "shop")
"""Specs with which features are switched in pairs; the others come with as many as go together."""
LARGE = ("clinic", "museum")
LOCKS = {
    "package.json": "package-lock.json",
    "pyproject.toml": "uv.lock",
    "go.mod": "go.sum",
    "Cargo.toml": "Cargo.lock",
}
"""Manifests, and what is made from them when a project is written."""
_FORBIDDEN = (
    *("TODO", "FIXME", "XXX:", "changeme", "eslint-disable", "biome-ignore", "@ts-ignore"),
    *("# noqa", "# type: ignore", "//nolint", "#[allow(", "@SuppressWarnings"),
)


async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


@cache
def _parser(name: str, function: str) -> Parser:
    module: ModuleType = __import__(f"tree_sitter_{name}")
    return Parser(Language(getattr(module, function)()))


def _grammar(name: str, function: str = "language") -> Callable[[str], object]:
    def read(text: str) -> object:
        tree = _parser(name, function).parse(text.encode())
        assert not tree.root_node.has_error
        return tree

    return read


_INSTRUCTION = "ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|RUN|USER|VOLUME|WORKDIR"


def _image(text: str) -> object:
    """Every instruction of a Dockerfile begins a line, and what runs is not root."""
    lines = re.sub(r"\\\n", " ", text).splitlines()
    written = [line for line in lines if line.strip() and not line.startswith("#")]
    words = [line.split()[0] for line in written]
    assert all(re.fullmatch(_INSTRUCTION, word) for word in words), words
    assert not [line for line in written if re.search(rf"\S(?:{_INSTRUCTION})\s", line)]
    last = words[len(words) - words[::-1].index("FROM") :]
    base = written[len(words) - len(last) - 1]
    assert "USER" in last or re.search("nonroot|unprivileged", base)
    assert {"CMD", "ENTRYPOINT"} & {*last} or "nginx" in base
    return written


def _not_sent(files: Mapping[str, str], place: str) -> list[str]:
    """What a Dockerfile in this directory copies and is not there, or is kept from it."""
    inside = {path.removeprefix(place) for path in files if path.startswith(place)}
    inside |= {lock for manifest, lock in LOCKS.items() if manifest in inside}
    known = {*inside, *(str(up) for path in inside for up in Path(path).parents)}
    ignored = files.get(f"{place}.dockerignore", "").split()
    text = re.sub(r"\\\n", " ", files[f"{place}Dockerfile"])
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ")]
    sources = [
        source.rstrip("/")
        for words in copied
        if not any(word.startswith("--from") for word in words)
        for source in words
        if not source.startswith("--") and source != "."
    ]
    sent = {line[1:] for line in ignored if line.startswith("!")}
    kept_back = [s for s in sources if "*" in ignored and s not in sent]
    return kept_back + [source for source in sources if source not in known]


def _environment(text: str) -> object:
    """Settings, one a line, or remarks."""
    lines = [line for line in text.splitlines() if line.strip()]
    assert all(re.match(r"#|[A-Z][A-Z0-9_]*=", line) for line in lines), lines
    return lines


READERS: Mapping[str, Callable[[str], object]] = {
    ".py": ast.parse,
    ".json": json.loads,
    ".yml": yaml.safe_load,
    ".yaml": yaml.safe_load,
    ".xml": ElementTree.fromstring,
    "Dockerfile": _image,
    ".env.example": _environment,
    ".toml": tomllib.loads,
    ".rs": _grammar("rust"),
    ".java": _grammar("java"),
    ".js": _grammar("javascript"),
    ".mjs": _grammar("javascript"),
    ".ts": _grammar("typescript", "language_typescript"),
    ".tsx": _grammar("typescript", "language_tsx"),
}


def _rows(cell: Any) -> list[dict[str, Any]]:
    rows = matrix.plan(PAIRED, cell, whole=False)
    for name in LARGE[:1] if cell.apis else LARGE:
        every = matrix.plan([name], cell, whole=False)
        rows.append(max(every, key=lambda row: sum(value is True for value in row.values())))
    return rows


@pytest.mark.parametrize(("language", "kind"), CELLS, ids=map("-".join, CELLS))
async def test_every_row_of_a_cell_is_made_of_files_that_can_be_read(
    language: str, kind: str, tmp_path: Path
) -> None:
    engine = GeneratorEngine(TEMPLATES, dict(PACKS), leave)
    cell = CELLS[language, kind]
    for number, row in enumerate(_rows(cell)):
        chosen = matrix.features_of(row)
        spec = ProjectSpec.model_validate(matrix.spec_of(cell, row))
        render = await engine.render(spec, None)
        named = {file.path for file in render.files}
        assert "README.md" in named
        for file in render.files:
            told = f"{file.path} of {spec.name} with {chosen}"
            assert not [word for word in _FORBIDDEN if word in file.content], told
            if file.path.endswith(".go"):
                kept = tmp_path / str(number) / file.path
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(file.content)
            place = Path(file.path)
            reader = READERS.get(place.name) or READERS.get(place.suffix)
            if reader is not None:
                try:
                    reader(file.content)
                except (AssertionError, SyntaxError, ValueError, yaml.YAMLError) as error:
                    pytest.fail(f"{told}: {error}\n{file.content[:3000]}")
        contents = {file.path: file.content for file in render.files}
        for path in named:
            if Path(path).name == "Dockerfile":
                lost = _not_sent(contents, path.removesuffix("Dockerfile"))
                assert not lost, f"{path} of {spec.name} with {chosen}: {lost}"
        missing = {f"entity:{entity['name']}" for entity in SPECS[row["spec"]]}
        assert missing <= render.provides.keys()
        assert all(render.provides[capability] for capability in missing)
    if language == "go" and shutil.which("gofmt"):
        # tree-sitter's grammar is behind: go itself reads what it can.
        read = subprocess.run(
            ["gofmt", "-e", "-l", "."], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert not read.stderr
