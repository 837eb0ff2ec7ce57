"""Private directories: none is left behind, also by servers that were killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autonomous_coder.sandbox.mounts import interpreter_mounts, prefix_mounts
from autonomous_coder.sandbox.workspace import Workspaces, remove_tree, sweep

pytestmark = pytest.mark.anyio


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    monkeypatch.setattr("autonomous_coder.sandbox.workspace.MAX_BASE_BYTES", 4096)
    return tmp_path / "t" / f"ac-sandbox-{os.getuid()}"


async def test_a_work_directory_is_gone_after_success_and_after_failure(base: Path) -> None:
    workspaces = Workspaces()
    async with workspaces.open() as work:
        (work / "file").write_text("x", encoding="ascii")
    assert not work.exists()
    with pytest.raises(RuntimeError, match="broken"):
        async with workspaces.open() as work:
            raise RuntimeError("broken")
    assert not work.exists()
    workspaces.close()
    assert [entry.name for entry in base.iterdir()] == ["sweep.lock"]


async def test_directories_of_a_killed_server_are_swept_and_those_of_a_live_one_stay(
    base: Path,
) -> None:
    program = """
import sys, tempfile, anyio
from autonomous_coder.sandbox import workspace
tempfile.tempdir = sys.argv[1]
workspace.MAX_BASE_BYTES = 4096
async def main():
    async with workspace.WORKSPACES.open() as work:
        (work / "file").write_text("x")
        print(work, flush=True)
        await anyio.sleep(600)
anyio.run(main)
"""
    servers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(base.parent)], stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    places = []
    try:
        for server in servers:
            assert server.stdout is not None
            places.append(Path(server.stdout.readline().strip()))
        servers[0].kill()
        servers[0].wait()
        assert places[0].exists()
        assert sweep(base) == 1
        assert not places[0].exists()
        assert (places[1] / "file").exists()
    finally:
        for server in servers:
            server.kill()
            server.wait()
            assert server.stdout is not None
            server.stdout.close()


def test_trees_of_any_depth_and_mode_are_removed_and_links_are_not_followed(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x", encoding="ascii")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(kept)
    (root / "closed").mkdir()
    (root / "closed" / "file").write_text("x", encoding="ascii")
    (root / "closed").chmod(0)
    fd = os.open(root, os.O_RDONLY)
    for _ in range(3_000):
        os.mkdir("deeper", dir_fd=fd)
        inner = os.open("deeper", os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = inner
    os.close(fd)
    begun = time.monotonic()
    remove_tree(root)
    assert not root.exists()
    assert time.monotonic() - begun < 30
    assert (kept / "file").exists()


def test_the_home_directory_is_never_mounted_for_an_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    for name in (".local/bin", ".local/lib/python3.11", ".local/share/keyrings", "bin", ".ssh"):
        (home / name).mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    tool = home / ".local" / "bin" / "python3.11"
    tool.write_text("", encoding="ascii")
    loose = home / "bin" / "python3"
    loose.write_text("", encoding="ascii")
    shown = [mount.source for mount in (*interpreter_mounts(tool), *interpreter_mounts(loose))]
    assert set(shown) == {tool, loose, home / ".local" / "lib" / "python3.11"}
    assert prefix_mounts(Path("/")) == prefix_mounts(home) == ()


def test_an_environment_brings_the_interpreter_it_was_made_from(tmp_path: Path) -> None:
    base = tmp_path / "python-3.11"
    (base / "bin").mkdir(parents=True)
    (base / "lib" / "python3.11").mkdir(parents=True)
    (base / "bin" / "python3").write_text("", encoding="ascii")
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text(f"home = {base / 'bin'}\n", encoding="ascii")
    (venv / "bin" / "python").symlink_to(base / "bin" / "python3")
    sources = {mount.source for mount in interpreter_mounts(venv / "bin" / "python")}
    assert {venv, base} <= sources
    assert tmp_path not in sources
