"""Checkpoints: created, listed, compared, restored and deleted."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from autonomous_coder.errors import (
    CheckpointCorruptError,
    InvalidInputError,
    NotFoundError,
    PathNotAllowedError,
)
from autonomous_coder.store.store import Store
from autonomous_coder.treewalk import STAGING, hash_tree

pytestmark = pytest.mark.anyio


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Odd names, modes, links, empty directories, binary files, an embedded repository."""
    root = tmp_path / "project"
    (root / "src" / "deep" / "er").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "src" / "main.py").write_text("one\ntwo\nthree\n")
    (root / "src" / "deep" / "er" / "data.bin").write_bytes(bytes(range(256)) * 20)
    (root / "secret").write_text("s")
    (root / "secret").chmod(0o600)
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "nothing").write_bytes(b"")
    (root / "windows.txt").write_bytes(b"a\r\nb\r\n")
    (root / ".gitattributes").write_text("*.txt text eol=lf\n")
    (root / "link").symlink_to(".//src/main.py")
    (root / "dangling").symlink_to("/nowhere/at/all")
    (root / "a space\nand a line").write_text("odd")
    with open(os.fsencode(root) + b"/\xff\xfe", "wb") as stream:  # noqa: PTH123
        stream.write(b"not utf-8")
    (root / ".git").mkdir()
    (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (root / "src" / "vendored" / ".git").mkdir(parents=True)
    (root / "src" / "vendored" / ".git" / "config").write_text("[core]\n")
    (root / "src" / "vendored" / "code.py").write_text("x = 1\n")
    return root


def wreck(root: Path) -> None:
    (root / "src" / "main.py").write_text("one\n2\nthree\n")
    (root / "run.sh").chmod(0o644)
    (root / "secret").unlink()
    (root / "empty").rmdir()
    (root / "empty").write_text("now a file")
    (root / "link").unlink()
    (root / "link").mkdir()
    (root / "link" / "inside").write_text("x")
    (root / "extra" / "more").mkdir(parents=True)
    (root / "extra" / "more" / "file").write_text("x")
    (root / "src" / "deep" / "er" / "data.bin").unlink()
    (root / "src" / "deep" / "er").rmdir()
    (root / "node_modules").mkdir()
    (root / "node_modules" / "kept").write_text("ignored")
    (root / "node_modules" / ".package-lock.json").write_text("{}")


async def test_a_restore_brings_everything_back_and_touches_nothing_ignored(
    store: Store, project: Path
) -> None:
    made = await store.checkpoints.create(project, label="good", state={"phase": 3})
    before = hash_tree(project)
    assert made.tree_hash == before.digest
    assert made.files == len(before.files)
    wreck(project)
    wrecked = hash_tree(project).digest
    result = await store.checkpoints.restore(made.checkpoint_id)
    assert hash_tree(project) == before
    assert os.readlink(project / "link") == ".//src/main.py"  # noqa: PTH115
    assert stat.S_IMODE((project / "secret").stat().st_mode) == 0o600
    assert (project / "windows.txt").read_bytes() == b"a\r\nb\r\n"
    assert (project / ".git" / "HEAD").read_text() == "ref: refs/heads/main\n"
    assert (project / "src" / "vendored" / ".git" / "config").read_text() == "[core]\n"
    assert (project / "node_modules" / "kept").read_text() == "ignored"
    assert not (project / STAGING).exists()
    assert set(result.deleted) == {
        "empty", "extra/", "extra/more/", "extra/more/file", "link/", "link/inside",
    }  # fmt: skip
    assert set(result.written) == {
        "empty/", "link", "run.sh", "secret", "src/deep/er/", "src/deep/er/data.bin", "src/main.py",
    }  # fmt: skip
    backup = await store.checkpoints.get(result.backup_id)
    assert backup.tree_hash == wrecked
    await store.checkpoints.restore(result.backup_id)
    assert hash_tree(project).digest == wrecked
    assert await store.checkpoints.state(made.checkpoint_id) == {"phase": 3}


async def test_only_the_paths_named_are_restored(store: Store, project: Path) -> None:
    made = await store.checkpoints.create(project)
    wreck(project)
    result = await store.checkpoints.restore(
        made.checkpoint_id, paths=["./src/deep/er/data.bin", "extra", "secret"]
    )
    assert set(result.written) == {"secret", "src/deep/er/", "src/deep/er/data.bin"}
    assert set(result.deleted) == {"extra/", "extra/more/", "extra/more/file"}
    assert (project / "src" / "main.py").read_text() == "one\n2\nthree\n"
    for wrong in ("../outside", "/etc/passwd", "src/../../x", "a\0b"):
        with pytest.raises((InvalidInputError, PathNotAllowedError)):
            await store.checkpoints.restore(made.checkpoint_id, paths=[wrong])
    with pytest.raises(NotFoundError):
        await store.checkpoints.restore(made.checkpoint_id, paths=["never/was"])


async def test_a_tree_that_is_not_there_yet_is_empty_and_comes_back_from_nothing(
    store: Store, project: Path, tmp_path: Path
) -> None:
    nothing = await store.checkpoints.create(tmp_path / "later")
    assert nothing.files == 0
    full = await store.checkpoints.create(project)
    before = hash_tree(project)
    project.rename(tmp_path / "moved away")
    await store.checkpoints.restore(full.checkpoint_id)
    assert hash_tree(project) == before
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "file").write_text("x")
    await store.checkpoints.restore(nothing.checkpoint_id)
    assert list((tmp_path / "later").iterdir()) == []
    with pytest.raises(InvalidInputError):
        await store.checkpoints.create(project / "run.sh")


async def test_checkpoints_are_listed_newest_first(store: Store, project: Path) -> None:
    mine = await store.create_project("p", path=str(project))
    first = await store.checkpoints.create(project, label="1", project_id=mine.project_id)
    second = await store.checkpoints.create(project / "src", label="2")
    assert await store.checkpoints.list() == [second, first]
    assert await store.checkpoints.list(path=project) == [first]
    assert await store.checkpoints.list(project_id=mine.project_id) == [first]
    assert await store.checkpoints.list(limit=1, offset=1) == [first]
    assert await store.checkpoints.get(first.checkpoint_id) == first


async def test_a_diff_names_each_change_with_its_lines(store: Store, project: Path) -> None:
    made = await store.checkpoints.create(project)
    assert (await store.checkpoints.diff(made.checkpoint_id)).changes == []
    wreck(project)
    after = await store.checkpoints.create(project)
    for new in ("", after.checkpoint_id):
        diff = await store.checkpoints.diff(made.checkpoint_id, new)
        changes = {change.path: change for change in diff.changes}
        assert changes["src/main.py"].change == "modified"
        assert (changes["src/main.py"].lines_added, changes["src/main.py"].lines_removed) == (1, 1)
        assert changes["run.sh"].change == "mode"
        assert changes["secret"].change == "removed"
        assert changes["empty"].change == "modified"
        assert changes["extra/more/file"].change == "added"
        assert changes["src/deep/er/data.bin"].change == "removed"
        assert "extra" not in changes
        assert "node_modules/kept" not in changes
        assert "-two\n+2\n" in diff.patch
        assert "Binary or large files a/src/deep/er/data.bin and /dev/null differ" in diff.patch
        assert not diff.truncated
    short = await store.checkpoints.diff(made.checkpoint_id, max_bytes=60)
    assert short.truncated
    assert len(short.patch.encode()) <= 60
    assert len(short.changes) == len(changes)


async def test_deleting_frees_what_nothing_else_needs(store: Store, project: Path) -> None:
    chance = random.Random(1)
    kept = await store.checkpoints.create(project)
    (project / "big").write_bytes(chance.randbytes(1_000_000))
    doomed = await store.checkpoints.create(project)
    assert await store.checkpoints.delete(doomed.checkpoint_id) >= 1_000_000
    assert (store.data_dir / "checkpoints.db").stat().st_size < 200_000
    with pytest.raises(NotFoundError):
        await store.checkpoints.get(doomed.checkpoint_id)
    wreck(project)
    await store.checkpoints.restore(kept.checkpoint_id)
    assert hash_tree(project).digest == kept.tree_hash
    (project / "big").write_bytes(random.Random(1).randbytes(1_000_000))
    again = await store.checkpoints.create(project)
    (project / "big").unlink()
    await store.checkpoints.restore(again.checkpoint_id)
    assert (project / "big").stat().st_size == 1_000_000


async def test_only_the_last_backups_of_restores_are_kept(
    store: Store, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autonomous_coder.store.checkpoints.store.BACKUPS_KEPT", 3)
    mine = await store.checkpoints.create(project, label="before restoring anything")
    for number in range(6):
        (project / "src" / "main.py").write_text(f"{number}\n")
        newest = await store.checkpoints.restore(mine.checkpoint_id)
    left = await store.checkpoints.list()
    assert len(left) == 4
    assert left[0].checkpoint_id == newest.backup_id
    assert left[-1] == mine
    await store.checkpoints.restore(left[-2].checkpoint_id)
    assert (project / "src" / "main.py").read_text() == "3\n"


def damage(database: Path, where: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            f"SELECT id, data FROM objects WHERE size > 0 AND {where}"
        ).fetchall()
        assert rows
        for number, data in rows:
            spoilt = bytearray(data)
            spoilt[len(spoilt) // 2] ^= 0x01
            connection.execute("UPDATE objects SET data = ? WHERE id = ?", (bytes(spoilt), number))
        connection.commit()


@pytest.mark.parametrize("where", ["kind = 'tree'", "codec = 0", "codec = 1 AND kind = 'blob'"])
async def test_a_flipped_bit_refuses_the_restore_and_changes_nothing(
    tmp_path: Path, project: Path, where: str
) -> None:
    async with await Store.open(tmp_path / "data") as store:
        made = await store.checkpoints.create(project)
    damage(tmp_path / "data" / "checkpoints.db", where)
    wreck(project)
    for path in (project / "windows.txt", project / "src" / "vendored" / "code.py"):
        path.unlink()
    before = hash_tree(project)
    async with await Store.open(tmp_path / "data") as store:
        with pytest.raises(CheckpointCorruptError) as caught:
            await store.checkpoints.restore(made.checkpoint_id)
        assert "'" in caught.value.message
        assert hash_tree(project) == before
        assert not (project / STAGING).exists()


async def test_a_missing_blob_is_named(tmp_path: Path, project: Path) -> None:
    async with await Store.open(tmp_path / "data") as store:
        made = await store.checkpoints.create(project)
    with closing(sqlite3.connect(tmp_path / "data" / "checkpoints.db")) as connection:
        connection.execute("DELETE FROM objects WHERE kind = 'blob' AND size = 14")
        connection.commit()
    (project / "src" / "main.py").unlink()
    async with await Store.open(tmp_path / "data") as store:
        with pytest.raises(CheckpointCorruptError, match=r"src/main\.py"):
            await store.checkpoints.restore(made.checkpoint_id)
        assert not (project / "src" / "main.py").exists()
        assert (await store.checkpoints.restore(made.checkpoint_id, paths=["run.sh"])).unchanged


async def test_what_no_checkpoint_covers_is_never_overwritten(store: Store, project: Path) -> None:
    (project / "target").write_text("a file")
    (project / "lib").write_text("a file")
    made = await store.checkpoints.create(project)
    (project / "target").unlink()
    (project / "target").mkdir()
    (project / "target" / "CACHEDIR.TAG").write_text("")
    (project / "target" / "artefact").write_text("ignored build output")
    with pytest.raises(InvalidInputError, match="target"):
        await store.checkpoints.restore(made.checkpoint_id)
    assert (project / "target" / "artefact").read_text() == "ignored build output"
    (project / "target" / "artefact").unlink()
    (project / "target" / "CACHEDIR.TAG").unlink()
    (project / "target").rmdir()
    (project / "lib").unlink()
    (project / "lib" / "node_modules").mkdir(parents=True)
    (project / "lib" / "node_modules" / ".package-lock.json").touch()
    (project / "src" / "main.py").write_text("changed")
    with pytest.raises(InvalidInputError, match="lib/node_modules"):
        await store.checkpoints.restore(made.checkpoint_id)
    assert (project / "src" / "main.py").read_text() == "changed"
    (project / "lib" / "node_modules" / ".package-lock.json").unlink()
    (project / "lib" / "node_modules").rmdir()
    await store.checkpoints.restore(made.checkpoint_id)
    assert hash_tree(project).digest == made.tree_hash


async def test_files_that_were_left_out_are_kept_by_a_restore(store: Store, project: Path) -> None:
    with (project / "large").open("wb") as stream:
        stream.truncate(65 * 1024**2)
    made = await store.checkpoints.create(project)
    assert made.skipped == ["large (larger than 64 MB)"]
    (project / "large").write_text("small now, so a checkpoint would cover it")
    result = await store.checkpoints.restore(made.checkpoint_id)
    assert result.deleted == []
    assert (project / "large").exists()


async def test_a_link_in_the_way_does_not_lead_a_restore_outside(
    store: Store, project: Path, tmp_path: Path
) -> None:
    made = await store.checkpoints.create(project)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "main.py").write_text("not yours")
    for path in sorted((project / "src").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    (project / "src").rmdir()
    (project / "src").symlink_to(outside)
    await store.checkpoints.restore(made.checkpoint_id)
    assert (outside / "main.py").read_text() == "not yours"
    assert (project / "src" / "main.py").read_text() == "one\ntwo\nthree\n"


async def test_directories_without_write_permission_are_restored(
    store: Store, project: Path
) -> None:
    (project / "src" / "deep").chmod(0o555)
    made = await store.checkpoints.create(project)
    (project / "src" / "deep").chmod(0o755)
    (project / "src" / "deep" / "er" / "data.bin").write_bytes(b"changed")
    (project / "src" / "deep" / "new").write_text("x")
    (project / "src" / "deep").chmod(0o555)
    await store.checkpoints.restore(made.checkpoint_id)
    assert hash_tree(project).digest == made.tree_hash
    (project / "src" / "deep").chmod(0o755)


async def test_an_edit_within_the_same_tick_is_not_missed(store: Store, project: Path) -> None:
    place = project / "src" / "main.py"
    info = place.stat()
    digests = set()
    for number in range(20):
        place.write_text(f"{number:05d}\n")
        os.utime(place, ns=(info.st_atime_ns, info.st_mtime_ns))
        digests.add((await store.checkpoints.create(project)).tree_hash)
    assert len(digests) == 20


async def test_unchanged_settled_files_are_known_without_reading_them(
    store: Store, project: Path
) -> None:
    first = await store.checkpoints.create(project)
    # Settled: what is remembered must have been unchanged for two seconds.
    await anyio.sleep(2.1)
    second = await store.checkpoints.create(project)
    remembered = await store._checkpoint_file.read("SELECT count(*) FROM stats")
    assert remembered[0][0] > 5
    (project / "src" / "main.py").write_text("One\ntwo\nthree\n")
    third = await store.checkpoints.create(project)
    assert first.tree_hash == second.tree_hash != third.tree_hash
    assert third.tree_hash == hash_tree(project).digest


async def test_saving_and_collecting_at_the_same_time_loses_nothing(
    store: Store, tmp_path: Path
) -> None:
    other = await Store.open(tmp_path / "data")

    async def save(owner: Store, number: int) -> None:
        root = tmp_path / f"tree{number}"
        root.mkdir()
        for turn in range(5):
            (root / "file").write_text(f"{number} {turn}")
            (root / "same").write_text(f"{turn}")
            made = await owner.checkpoints.create(root)
            if turn % 2:
                await owner.checkpoints.delete(made.checkpoint_id)

    async with other:
        async with anyio.create_task_group() as tasks:
            for number in range(6):
                tasks.start_soon(save, (store, other)[number % 2], number)
        left = await store.checkpoints.list()
        assert len(left) == 18
        for made in left:
            await store.checkpoints.restore(made.checkpoint_id)
            assert hash_tree(Path(made.path)).digest == made.tree_hash


def grow(root: Path, chance: random.Random, depth: int = 0) -> None:
    """A random tree, or random changes to one: names, kinds, modes and contents."""
    names = ["a", "b", "ä b", "c\nd", "-x", "~", "E" * 100, "é", "..f", "\udcff"]
    for name in chance.sample(names, chance.randrange(1, 6)):
        path = root / name
        if path.is_dir() and not path.is_symlink():
            if chance.random() < 0.6:
                grow(path, chance, depth + 1)
                path.chmod(chance.choice((0o755, 0o700, 0o775)))
            continue
        path.unlink(missing_ok=True)
        kind = chance.randrange(5)
        if kind == 0 and depth < 4:
            path.mkdir()
            grow(path, chance, depth + 1)
        elif kind == 1:
            path.symlink_to(chance.choice(("a", "..", "/etc/passwd", "x" * 200, "\udcfe")))
        elif kind == 2:
            path.mkdir()
        elif kind == 3:
            path.write_bytes(chance.randbytes(chance.choice((0, 1, 100, 70_000))))
            path.chmod(chance.choice((0o644, 0o755, 0o600, 0o444)))
        else:
            path.write_bytes(b"text line\n" * chance.randrange(2_000))


@pytest.mark.parametrize("seed", range(8))
async def test_random_trees_come_back_exactly(store: Store, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    root = tmp_path / "tree"
    root.mkdir()
    made = []
    for _ in range(5):
        grow(root, chance)
        made.append(await store.checkpoints.create(root))
        assert made[-1].tree_hash == hash_tree(root).digest
    for _ in range(6):
        wanted = chance.choice(made)
        await store.checkpoints.restore(wanted.checkpoint_id)
        assert hash_tree(root).digest == wanted.tree_hash
        assert (await store.checkpoints.diff(wanted.checkpoint_id)).changes == []
    await store.checkpoints.delete(made.pop(2).checkpoint_id)
    for wanted in made:
        await store.checkpoints.restore(wanted.checkpoint_id)
        assert hash_tree(root).digest == wanted.tree_hash
