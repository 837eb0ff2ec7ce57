"""Checkpoints against a shadow git repository, in the same run: only the ratios mean anything.

    python benchmarks/checkpoints.py [--files N] [--rounds N]

A ratio below 1 means that the checkpoint store is faster (or smaller). Our restore includes the
checkpoint of the state before it, as users get it; git's is a bare `reset --hard`.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio

from autonomous_coder.store.store import Store
from autonomous_coder.treewalk import hash_tree

WORDS = [
    "def", "return", "class", "import", "value", "result", "items", "session", "request", "await",
    "async", "None", "self", "name", "user", "field", "table", "index", "error", "response",
]  # fmt: skip
SETTLE_S = 2.2
CHANGED_FILES = 10


def source(chance: random.Random) -> str:
    """Something like source code, of 1 to 20 kB."""
    lines = chance.randrange(30, 500)
    return "".join(
        "    " * chance.randrange(4)
        + " ".join(f"{chance.choice(WORDS)}_{chance.randrange(300)}" for _ in range(4))
        + "\n"
        for _ in range(lines)
    )


def make_project(root: Path, files: int, chance: random.Random) -> list[Path]:
    """A tree of `files` files, twenty to a directory."""
    made = []
    for number in range(files):
        path = root / f"package{number // 200}" / f"module{number // 20}" / f"file{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source(chance))
        made.append(path)
    return made


def disk(root: Path) -> int:
    """Bytes taken by `root` and what is below it."""
    return sum(path.lstat().st_blocks * 512 for path in (root, *root.rglob("*")))


class ShadowGit:
    """What other assistants do: a repository elsewhere, with the project as its work tree."""

    def __init__(self, repository: Path, project: Path) -> None:
        self._base = ["git", f"--git-dir={repository}", f"--work-tree={project}"]
        self._environment = {
            **os.environ,
            "GIT_AUTHOR_NAME": "b",
            "GIT_AUTHOR_EMAIL": "b@localhost",
            "GIT_COMMITTER_NAME": "b",
            "GIT_COMMITTER_EMAIL": "b@localhost",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        subprocess.run(["git", "init", "-q", "--bare", str(repository)], check=True)
        self._run("config", "core.bare", "false")
        self._run("config", "gc.auto", "0")

    def _run(self, *arguments: str) -> None:
        subprocess.run([*self._base, *arguments], check=True, env=self._environment)

    async def snapshot(self) -> None:
        self._run("add", "-A")
        self._run("commit", "-q", "--allow-empty", "-m", "snapshot")

    async def restore_first(self) -> None:
        self._run("reset", "-q", "--hard", "HEAD~1")


async def seconds(action: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await action()
    return time.perf_counter() - started


async def one_round(files: int, seed: int) -> dict[str, tuple[float, float]]:
    """Ours and git's figure for each measure."""
    chance = random.Random(seed)
    base = Path(tempfile.mkdtemp(prefix="benchmark-checkpoints-"))
    try:
        project = base / "project"
        paths = make_project(project, files, chance)
        git = ShadowGit(base / "shadow", project)
        original = hash_tree(project).digest
        # Neither remembers files that were changed a moment ago.
        await anyio.sleep(SETTLE_S)
        figures: dict[str, tuple[float, float]] = {}
        first: list[str] = []

        async def ours() -> None:
            first.append((await store.checkpoints.create(project)).checkpoint_id)

        async def restore() -> None:
            await store.checkpoints.restore(first[0])

        async with await Store.open(base / "data") as store:
            await store.checkpoints.list()
            figures["first snapshot"] = (await seconds(ours), await seconds(git.snapshot))
        # Closed, so that the log is not counted twice; the reserve is no data.
        reserve = disk(base / "data" / "reserve.bin")
        figures["disk"] = (disk(base / "data") - reserve, disk(base / "shadow"))
        async with await Store.open(base / "data") as store:
            await store.checkpoints.list()
            for path in chance.sample(paths, CHANGED_FILES):
                path.write_text(source(chance))
            figures["ten files changed"] = (await seconds(ours), await seconds(git.snapshot))
            for path in chance.sample(paths, len(paths) // 2):
                path.write_text(source(chance))
            changed = {path: path.read_bytes() for path in paths}
            ours_took = await seconds(restore)
            assert hash_tree(project).digest == original
            for path, content in changed.items():
                path.write_bytes(content)
            git_took = await seconds(git.restore_first)
            assert hash_tree(project).digest == original
            figures["restore (half changed)"] = (ours_took, git_took)
        return figures
    finally:
        shutil.rmtree(base)


async def main(files: int, rounds: int) -> None:
    collected = [await one_round(files, seed) for seed in range(rounds)]
    print(f"{files} files, {rounds} rounds; checkpoint store / shadow git, medians")
    for measure in collected[0]:
        ratio = statistics.median(f[measure][0] / f[measure][1] for f in collected)
        mine = statistics.median(f[measure][0] for f in collected)
        theirs = statistics.median(f[measure][1] for f in collected)
        unit = (
            f"{mine / 1e6:.2f} MB / {theirs / 1e6:.2f} MB"
            if measure == "disk"
            else f"{mine * 1e3:.0f} ms / {theirs * 1e3:.0f} ms"
        )
        print(f"  {measure:24} {ratio:5.2f}   ({unit})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    anyio.run(main, options.files, options.rounds)
