"""Hello world builds and runs inside with each toolchain of this machine, at both levels."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autonomous_coder.models.execution import Command, Mount, Outcome
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings
from sandbox_host import real_program

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

WORKERS = """
const { Worker } = require("worker_threads");
let ended = 0;
for (let i = 0; i < 8; i++) {
  new Worker('require("worker_threads").parentPort.postMessage(1)', { eval: true })
    .on("message", () => { if (++ended === 8) console.log("hello from 8 workers"); });
}
require("fs").writeFileSync(require("os").homedir() + "/written", "1");
require("fs").writeFileSync(require("os").tmpdir() + "/written", "1");
require("child_process").execFile(process.execPath, ["-e", "console.log('hello from a child')"],
  (error, text) => console.log(error ? error.message : text));
"""
JAVA = """
public class Hello {
  public static void main(String[] arguments) throws Exception {
    Thread[] threads = new Thread[16];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(() -> { });
      threads[i].start();
    }
    for (Thread thread : threads) thread.join();
    java.io.File.createTempFile("some", "thing").delete();
    System.out.println("hello from java");
  }
}
"""


@dataclass(frozen=True)
class Hello:
    """Files of a project, the programs it needs, a shell script, and what it must print; `{name}`
    in the script is the real path of a program."""

    name: str
    programs: tuple[str, ...]
    script: str
    prints: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)


HELLOS = [
    Hello(
        "node",
        ("node",),
        "{node} main.js",
        ("hello from 8 workers", "hello from a child"),
        {"main.js": WORKERS},
    ),
    Hello(
        "npm",
        ("npm",),
        "{npm} install --no-audit --no-fund --offline && {npm} run hello",
        ("hello from npm",),
        {
            "package.json": '{"name": "hello", "version": "1.0.0", '
            '"scripts": {"hello": "echo hello from npm"}, "dependencies": {"near": "file:near"}}',
            "near/package.json": '{"name": "near", "version": "1.0.0"}',
        },
    ),
    Hello(
        "go",
        ("go",),
        "{go} vet . && {go} build -o /tmp/hello . && /tmp/hello 2>&1",
        ("hello from go",),
        {
            "go.mod": "module hello\n\ngo 1.21\n",
            "main.go": 'package main\n\nfunc main() { println("hello from go") }\n',
        },
    ),
    Hello(
        "cargo",
        ("cargo", "rustc"),
        'export PATH="$(dirname {rustc}):$PATH"; '
        "{cargo} test --offline && {cargo} run --offline --target-dir /tmp/other",
        ("1 passed", "hello from rust"),
        {
            "Cargo.toml": '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n',
            "src/main.rs": 'fn main() {\n    println!("hello from rust");\n}\n'
            "#[test]\nfn holds() {}\n",
        },
    ),
    Hello(
        "java",
        ("javac", "java"),
        "{javac} -d /tmp/classes Hello.java && "
        "{java} -Djava.io.tmpdir=$TMPDIR -cp /tmp/classes Hello",
        ("hello from java",),
        {"Hello.java": JAVA},
    ),
    Hello("maven", ("mvn",), "{mvn} --version", ("Apache Maven", "Java version")),
    Hello(
        "system",
        (),
        'touch "$HOME/a" "$TMPDIR/b" /tmp/c && cp /bin/true /tmp/true && /tmp/true && '
        "nproc >/dev/null && head -1 /proc/meminfo && ls /output && ulimit -n",
        ("MemTotal",),
    ),
]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that both levels share, so that Go's own library is compiled once."""
    root = tmp_path_factory.mktemp("toolchains")
    (root / "cache" / "go").mkdir(parents=True)
    return root


async def _run(hello: Hello, bwrap: str, places: Path) -> Outcome:
    sandbox = Sandbox(SandboxSettings(bwrap=bwrap), places / "cache")
    tree = places / hello.name
    for name, text in hello.files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text, encoding="utf-8")
    tree.mkdir(exist_ok=True)
    programs = {name: real_program(name) for name in hello.programs}
    shown = [m for path in programs.values() for m in sandbox.interpreter_mounts(Path(path))]
    script = hello.script
    for name, path in programs.items():
        script = script.replace(f"{{{name}}}", path)
    return await sandbox.run(
        Command(
            argv=("/bin/sh", "-c", script),
            tree=tree,
            env={"GOCACHE": "/cache/go", "GOFLAGS": "-trimpath -p=1"},
            mounts=(
                *{mount.target: mount for mount in shown}.values(),
                Mount(places / "cache" / "go", "/cache/go", writable=True),
            ),
        )
    )


@pytest.mark.parametrize("bwrap", ["", "/nowhere/bwrap"], ids=["L3", "L2"])
@pytest.mark.parametrize(
    "hello",
    [
        # Go compiles its own library first; validations of Go projects do so as well.
        pytest.param(
            hello,
            id=hello.name,
            marks=[pytest.mark.slow, pytest.mark.thorough] if hello.name == "go" else [],
        )
        for hello in HELLOS
    ],
)
async def test_hello_world_builds_and_runs(
    hello: Hello, bwrap: str, sandbox: Sandbox, landlock: Sandbox, places: Path
) -> None:
    outcome = await _run(hello, bwrap, places)
    text = outcome.stdout.decode()
    assert outcome.level == ((await (landlock if bwrap else sandbox).probe()).level)
    assert outcome.exit_code == 0, outcome
    assert [part for part in hello.prints if part not in text] == [], outcome
