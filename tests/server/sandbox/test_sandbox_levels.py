"""Which level a command gets, what is refused, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.errors import SandboxUnavailableError, ToolchainMissingError
from autonomous_coder.models.execution import (
    Command,
    FetchAccess,
    Limits,
    Mount,
    Network,
    SandboxLevel,
)
from autonomous_coder.sandbox import probe as probing
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import SandboxSettings

pytestmark = pytest.mark.anyio


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """A machine with neither bubblewrap nor Landlock."""
    monkeypatch.setattr(probing, "landlock_abi", lambda: 0)
    return Sandbox(SandboxSettings(bwrap="/nowhere/bwrap"), tmp_path)


@pytest.fixture
def unsandboxed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The same machine, where the user has said that anything may run."""
    monkeypatch.setattr(probing, "landlock_abi", lambda: 0)
    return Sandbox(SandboxSettings(bwrap="/nowhere/bwrap", allow_unsandboxed=True), tmp_path)


def _hello(python: str, *, code: bool = True) -> Command:
    return Command(argv=(python, "-c", "print('hello')"), runs_project_code=code)


@pytest.mark.sandbox
async def test_the_probe_names_every_layer_it_found_in_force(sandbox: Sandbox) -> None:
    status = await sandbox.probe()
    expected = {
        "user namespace",
        "pid namespace",
        "network namespace",
        "seccomp",
        "no capabilities",
        "no new privileges",
        "tmpfs",
        "watchdog",
    }
    assert expected <= set(status.layers)
    assert [gap.layer for gap in status.missing] in ([], [probing.OVERLAY])
    assert "bubblewrap" in status.mechanism
    assert await sandbox.probe() is status


async def test_without_bubblewrap_the_probe_says_how_to_get_it(bare: Sandbox) -> None:
    status = await bare.probe()
    assert status.level is SandboxLevel.L1
    namespaces, landlock = status.missing
    assert "/nowhere/bwrap" in namespaces.reason
    assert "apt install bubblewrap" in namespaces.remedy
    assert "autonomous-coder[sandbox]" in namespaces.remedy
    assert "Landlock" in landlock.reason


async def test_project_code_is_refused_where_only_our_tools_may_run(
    bare: Sandbox, python: str
) -> None:
    with pytest.raises(SandboxUnavailableError) as caught:
        await bare.run(_hello(python))
    assert "L2" in caught.value.message
    assert "L1" in caught.value.message
    assert "apt install bubblewrap" in caught.value.hint


@pytest.mark.parametrize("level", [SandboxLevel.L0, SandboxLevel.L1])
async def test_asking_for_a_low_level_does_not_let_project_code_run_bare(
    bare: Sandbox, python: str, level: SandboxLevel
) -> None:
    with pytest.raises(SandboxUnavailableError):
        await bare.run(_hello(python), required=level)


async def test_our_own_tools_still_run_there_and_the_outcome_says_level_1(
    bare: Sandbox, tree: Path
) -> None:
    command = Command(
        argv=(str(bare.tool("ruff")), "check", "--isolated", "/project"),
        tree=tree,
        mounts=bare.tool_mounts(),
        runs_project_code=False,
    )
    outcome = await bare.run(command)
    assert outcome.level is SandboxLevel.L1
    assert outcome.exit_code == 0, outcome


async def test_a_higher_level_than_there_is_is_refused_even_for_our_tools(
    bare: Sandbox, python: str
) -> None:
    with pytest.raises(SandboxUnavailableError):
        await bare.run(_hello(python, code=False), required=SandboxLevel.L2)


async def test_the_users_explicit_word_lets_code_run_at_level_0_and_the_outcome_says_so(
    unsandboxed: Sandbox, python: str
) -> None:
    outcome = await unsandboxed.run(_hello(python))
    assert outcome.stdout == b"hello\n"
    assert outcome.level is SandboxLevel.L0


async def test_that_word_does_not_lower_a_level_that_was_asked_for(
    unsandboxed: Sandbox, python: str
) -> None:
    with pytest.raises(SandboxUnavailableError):
        await unsandboxed.run(_hello(python), required=SandboxLevel.L2)


@pytest.mark.sandbox
async def test_level_3_is_used_even_when_less_would_do(sandbox: Sandbox, python: str) -> None:
    outcome = await sandbox.run(_hello(python, code=False))
    assert outcome.level is SandboxLevel.L3


async def test_level_3_cannot_be_had_from_landlock(landlock: Sandbox, python: str) -> None:
    with pytest.raises(SandboxUnavailableError) as caught:
        await landlock.run(_hello(python), required=SandboxLevel.L3)
    assert "bubblewrap" in caught.value.hint


async def test_without_namespaces_the_fixed_places_are_rewritten(
    landlock: Sandbox, python: str, tree: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "one").write_text("mounted", encoding="ascii")
    program = """
import os, sys
print(open(sys.argv[1]).read(), open(os.environ["PLACE"] + "/one").read())
print(open("linked/one").read(), sys.argv[2])
open(sys.argv[3], "w").write("made")
"""
    command = Command(
        argv=(
            python,
            "-c",
            program,
            "/project/main.py",
            "x/project /projects",
            "/output/made",
        ),
        tree=tree,
        env={"PLACE": "/data"},
        mounts=(
            *landlock.interpreter_mounts(Path(python)),
            Mount(data, "/data"),
            Mount(data, "/project/linked"),
        ),
    )
    outcome = await landlock.run(command)
    assert outcome.exit_code == 0, outcome
    assert outcome.stdout == b"print('hello')\n mounted\nmounted x/project /projects\n"
    assert outcome.files == {"made": b"made"}


async def test_without_namespaces_the_tree_stays_as_it_was(
    landlock: Sandbox, python: str, tree: Path
) -> None:
    program = """
import os, sys
for action in (lambda: open(sys.argv[1] + "/main.py", "w"),
               lambda: os.unlink(sys.argv[1] + "/main.py"),
               lambda: os.mkdir(sys.argv[1] + "/new")):
    try:
        action()
        print("ESCAPED")
    except OSError as error:
        print(error.strerror)
"""
    outcome = await landlock.run(
        Command(
            argv=(python, "-c", program, "/source"),
            tree=tree,
            mounts=landlock.interpreter_mounts(Path(python)),
        )
    )
    assert outcome.stdout == b"Permission denied\n" * 3
    assert (tree / "main.py").read_text(encoding="ascii") == "print('hello')\n"


async def test_without_namespaces_only_the_proxy_can_be_reached(
    landlock: Sandbox, python: str
) -> None:
    import socket

    program = """
import os, socket, sys
from urllib.parse import urlsplit
place = urlsplit(os.environ["HTTPS_PROXY"])
proxy = socket.create_connection((place.hostname, place.port))
proxy.sendall(b"CONNECT unlisted.example:443 HTTP/1.1\\r\\n\\r\\n")
print(proxy.recv(12))
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)
    print("ESCAPED")
except PermissionError as error:
    print("held")
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        outcome = await landlock.run(
            Command(
                argv=(python, "-c", program, str(server.getsockname()[1])),
                mounts=landlock.interpreter_mounts(Path(python)),
                network=Network.FETCH,
                access=FetchAccess(hosts=frozenset({"listed.example"})),
                limits=Limits(timeout_s=20),
            )
        )
    assert outcome.stdout == b"b'HTTP/1.1 403'\nheld\n", outcome
    assert outcome.refused_hosts == ("unlisted.example",)


async def test_a_broken_bubblewrap_is_found_by_the_probe(tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    status = await Sandbox(SandboxSettings(bwrap=str(fake)), tmp_path).probe()
    assert status.level is not SandboxLevel.L3
    assert "setting up uid map" in status.missing[0].reason
    assert status.missing[0].remedy


async def test_a_bubblewrap_that_contains_nothing_is_found_by_the_probe(tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text('#!/bin/sh\nwhile [ "$1" != "--" ]; do shift; done\nshift\nexec "$@"\n')
    fake.chmod(0o755)
    status = await Sandbox(SandboxSettings(bwrap=str(fake)), tmp_path).probe()
    assert status.level is not SandboxLevel.L3


async def test_a_tool_that_is_missing_names_the_command_that_installs_it(bare: Sandbox) -> None:
    assert bare.tool("ruff").is_absolute()
    with pytest.raises(ToolchainMissingError) as caught:
        bare.tool("no-such-tool")
    assert "install no-such-tool" in caught.value.hint


async def test_a_trusted_client_gets_its_configuration_and_not_our_secrets(
    bare: Sandbox, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AC_TEST_TOKEN", "secret")
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    program = "import os; print(os.environ['PIP_INDEX_URL'], 'AC_TEST_TOKEN' in os.environ)"
    outcome = await bare.run_client([python, "-c", program], env={"MORE": "1"})
    assert outcome.stdout == b"https://index.example/simple False\n"
    assert outcome.level is SandboxLevel.L1


async def test_a_trusted_client_that_hangs_or_babbles_is_ended(bare: Sandbox, python: str) -> None:
    hanging = await bare.run_client([python, "-c", "import time; time.sleep(60)"], timeout_s=0.4)
    assert (hanging.killed_by, hanging.exit_code) == ("timeout", None)
    babbling = await bare.run_client(
        [python, "-c", "while True: print('x' * 1000)"], output_bytes=10_000
    )
    assert babbling.killed_by == "output"
    assert len(babbling.stdout) == 10_000


async def test_a_trusted_client_that_is_not_installed_is_told(bare: Sandbox) -> None:
    with pytest.raises(ToolchainMissingError):
        await bare.run_client(["/nowhere/npm", "config"])
