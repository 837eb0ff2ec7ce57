"""Manifests of any shape are read: each value of a sound one is replaced by others."""

from __future__ import annotations

import copy
import json
import os
import random
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from autonomous_coder.errors import CoderError
from autonomous_coder.languages import LANGUAGES
from autonomous_coder.languages.base import (
    CheckOptions,
    Environment,
    Interpreter,
    ProjectView,
    Survey,
    Toolbox,
    Toolchain,
)
from autonomous_coder.languages.python.facts import Facts
from autonomous_coder.languages.sources import SourceFacts
from autonomous_coder.models.validation import CheckResult, CheckStatus

ODD: tuple[Any, ...] = (
    7, -1.5, True, "", "\0\n\t", "../..", "é" * 300, [], {}, [7], ["x", {}], {"x": 7}, [[[]]],
    {"x": {"x": [None]}},
)  # fmt: skip
TABLE = {"serde": {"version": "1", "path": "x", "git": "g", "features": ["a"], "optional": True}}
CARGO = {
    "package": {
        "name": "p", "version": "1.0.0", "edition": "2024", "rust-version": "1.80",
        "build": "build.rs", "autobins": True, "default-run": "p", "workspace": "..",
    },
    "workspace": {
        "members": ["a"], "exclude": ["b"], "package": {"version": "1"}, "dependencies": TABLE,
        "lints": {"rust": {"warnings": "allow"}},
    },
    "features": {"default": ["a"], "a": ["dep:x"]},
    "dependencies": TABLE,
    "target": {"cfg(unix)": {"dependencies": TABLE}},
    "lib": {"path": "src/lib.rs", "proc-macro": False, "doctest": True},
    "bin": [{"name": "b", "path": "src/main.rs", "required-features": ["a"], "harness": True}],
    "lints": {"rust": {"warnings": "allow"}, "clippy": {"all": {"level": "allow"}}},
    "patch": {"x": TABLE},
    "replace": TABLE,
    "profile": {"dev": {"opt-level": 1}},
}  # fmt: skip
LOCK = {"version": 4, "package": [{"name": "p", "version": "1.0.0", "source": "registry+x"}]}
PYPROJECT = {
    "project": {
        "name": "p", "version": "1", "requires-python": ">=3.11", "dependencies": ["a>=1"],
        "optional-dependencies": {"x": ["b"]}, "dynamic": ["version"], "scripts": {"s": "p:main"},
        "license": "MIT", "readme": "README.md", "authors": [{"name": "a"}],
    },
    "build-system": {"requires": ["hatchling"], "build-backend": "b", "backend-path": ["."]},
    "dependency-groups": {"dev": ["pytest", {"include-group": "x"}]},
    "tool": {
        "uv": {
            "sources": {"a": {"path": "x", "git": "g", "index": "i"}},
            "index": [{"name": "i", "url": "u"}],
            "workspace": {"members": ["m"]}, "dev-dependencies": ["d"],
        },
        "ruff": {"line-length": 100, "target-version": "py311", "lint": {"select": ["E"]}},
        "mypy": {"strict": True, "overrides": [{"module": ["m"], "x": 1}]},
        "pytest": {"ini_options": {"testpaths": ["tests"], "pythonpath": ["src"], "markers": []}},
        "hatch": {"build": {"targets": {"wheel": {"packages": ["p"]}}}},
        "setuptools": {"packages": {"find": {"where": ["src"]}}},
        "bandit": {"skips": ["B101"]},
    },
}  # fmt: skip
UV_LOCK = {"version": 1, "package": [{"name": "a", "version": "1", "source": {"registry": "r"}}]}
PACKAGE = {
    "name": "p", "version": "1.0.0", "type": "module", "main": "a.js", "private": True,
    "scripts": {"test": "vitest", "build": "tsc", "start": "node a.js"},
    "dependencies": {"express": "^5", "x": "file:x"}, "devDependencies": {"vitest": "^3"},
    "peerDependencies": {"y": "*"}, "optionalDependencies": {"z": "1"}, "exports": {".": "./a.js"},
    "workspaces": {"packages": ["packages/*"]}, "bin": {"p": "a.js"}, "engines": {"node": ">=20"},
    "packageManager": "pnpm@9.0.0", "overrides": {"x": {"y": "1"}}, "files": ["a"],
    "eslintConfig": {"rules": {}}, "prettier": {"semi": True}, "jest": {"preset": "x"},
    "vitest": {}, "mocha": {"spec": ["a"]}, "imports": {"#a": "./a.js"},
}  # fmt: skip
PACKAGE_LOCK = {
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "p", "dependencies": {"express": "^5"}, "workspaces": ["a"]},
        "node_modules/express": {"version": "5.0.0", "resolved": "x", "dependencies": {"a": "1"}},
    },
}
TSCONFIG = {
    "extends": "./b.json", "compilerOptions": {"strict": True, "paths": {"@/*": ["./*"]}},
    "include": ["src"], "exclude": ["x"], "files": ["a.ts"], "references": [{"path": "./x"}],
}  # fmt: skip
DOCUMENTS: dict[str, tuple[str, dict[str, Any], Callable[[Any], str]]] = {
    "Cargo.toml": ("rust", CARGO, tomlkit.dumps),
    "Cargo.lock": ("rust", LOCK, tomlkit.dumps),
    "rust-toolchain.toml": ("rust", {"toolchain": {"channel": "nightly"}}, tomlkit.dumps),
    "rustfmt.toml": ("rust", {"max_width": 100, "newline_style": "Unix"}, tomlkit.dumps),
    "pyproject.toml": ("python", PYPROJECT, tomlkit.dumps),
    "uv.lock": ("python", UV_LOCK, tomlkit.dumps),
    "package.json": ("typescript", PACKAGE, json.dumps),
    "package-lock.json": ("javascript", PACKAGE_LOCK, json.dumps),
    "tsconfig.json": ("typescript", TSCONFIG, json.dumps),
}
POM = """<project><modelVersion>4.0.0</modelVersion><parent><groupId>g</groupId><artifactId>b
</artifactId><version>1</version></parent><artifactId>a</artifactId><properties><p>${q}</p><q>${p}</q>
</properties><dependencies><dependency><groupId>${p}</groupId><artifactId>x</artifactId><version>1
</version></dependency></dependencies><build><plugins><plugin><artifactId>y</artifactId></plugin>
</plugins></build><modules><module>m</module></modules></project>"""
TEXTS = {
    "pom.xml": ("java", POM),
    "go.mod": (
        "go",
        "module a\n\ngo 1.24\n\nrequire (\n\tx.org/y v1\n)\n\nreplace x.org/y => ./y\n",
    ),
    "go.work": ("go", "go 1.24\n\nuse (\n\t./a\n)\n\nreplace a => b v1\n"),
    **{
        name: (language, write(document)) for name, (language, document, write) in DOCUMENTS.items()
    },
}
OTHERS = {
    "rust": {"Cargo.toml": tomlkit.dumps({"package": {"name": "p"}}), "src/lib.rs": "fn a() {}\n",
             "src/main.rs": "fn main() {}\n", "build.rs": "fn main() {}\n"},
    "python": {"pyproject.toml": '[project]\nname = "p"\nversion = "1"\n', "p/__init__.py": "",
               "tests/test_p.py": "def test_p(): pass\n"},
    "typescript": {"package.json": json.dumps({"name": "p", "devDependencies": {"vitest": "3"}}),
                   "src/a.ts": "export const a = 1;\n", "src/a.test.ts": "test('a', () => {});\n"},
    "javascript": {"package.json": json.dumps({"name": "p", "dependencies": {"express": "5"}}),
                   "a.js": "import 'express';\n"},
    "go": {"go.mod": "module a\n", "a.go": 'package a\n\nimport "x.org/y"\n'},
    "java": {"src/main/java/A.java": "class A {}\n"},
}  # fmt: skip


def changed(document: Any) -> Iterator[Any]:
    """The document with one place after the other replaced."""
    places: list[tuple[Any, ...]] = [()]
    for place in places:
        value = document
        for step in place:
            value = value[step]
        steps = range(len(value)) if isinstance(value, list) else value
        if isinstance(value, (dict, list)):
            places += [(*place, step) for step in steps]
    for place in places[1:]:
        for odd in ODD:
            copied = copy.deepcopy(document)
            value = copied
            for step in place[:-1]:
                value = value[step]
            value[place[-1]] = odd
            yield copied


def mangled(text: str) -> Iterator[str]:
    """A text cut short, doubled and with pieces exchanged."""
    for at in range(0, len(text), max(1, len(text) // 40)):
        yield text[:at]
        yield text[:at] + "\0" + text[at:]
        yield text[:at] + text[at + 7 :]
        yield text[:at] + "[" * 3_000 + text[at:]


@pytest.fixture(scope="module")
def toolbox() -> Toolbox:
    """Everything is there, as far as paths go: nothing is run."""
    names = ("rust", "go", "node", "java", "gcc", "maven", "npm")
    programs = {
        n: f"/tools/{n}"
        for n in ("cargo", "rustc", "rustfmt", "cargo-clippy", "clippy-driver", "go", "gofmt",
                  "node", "npm", "java", "javac", "mvn", "gcc", "pnpm", "yarn", "corepack")
    }  # fmt: skip
    interpreter = Interpreter(sys.executable, sys.version_info[:3])
    return Toolbox(
        interpreter,
        dict.fromkeys(("ruff", "mypy", "uv", "bandit"), "/tools/x"),
        {},
        interpreters=(interpreter,),
        toolchains={n: Toolchain(n, version="99.0.0", programs=programs) for n in names},
    )


def look(language: str, project: ProjectView, toolbox: Toolbox) -> None:
    """Everything a language reads of a project on the host."""
    one = LANGUAGES[language]
    one.detect(project.files)
    one.packages(project)
    facts = Facts() if language == "python" else SourceFacts()
    survey = Survey(CheckResult(name="syntax", title="x", status=CheckStatus.PASSED), facts)
    one.environment(project, toolbox, offline=True)
    one.static_plans(project, survey, toolbox)
    options = CheckOptions()
    for environment in (Environment(ready=True, key="x"), Environment(ready=False, reason="none")):
        one.environment_plans(project, survey, environment, options, toolbox)


@pytest.mark.parametrize("name", TEXTS)
def test_a_manifest_of_any_shape_is_read(name: str, tmp_path: Path, toolbox: Toolbox) -> None:
    language, text = TEXTS[name]
    others = OTHERS[language] | {name: text}
    for path, content in others.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")
    project = ProjectView(tmp_path, tuple(sorted(others)))
    look(language, project, toolbox)
    variants: list[Callable[[], str]] = [partial(str, other) for other in mangled(text)]
    always: list[Callable[[], str]] = []
    if name in DOCUMENTS:
        _, document, write = DOCUMENTS[name]
        always = [partial(write, {**document, key: 7}) for key in document]
        variants += [partial(write, odd) for odd in changed(document)]
    if not os.environ.get("AUTONOMOUS_CODER_TEST_THOROUGH"):
        variants = random.Random(7).sample(variants, min(len(variants), 25))
    for made in (*always, *variants):
        try:
            variant = made()
        except (ValueError, TypeError):
            continue  # TOML knows no null.
        (tmp_path / name).write_text(variant, encoding="utf-8")
        try:
            look(language, project, toolbox)
        except CoderError:
            continue
        except Exception as error:
            raise AssertionError(variant[:3_000]) from error
