"""Damage, backups, migrations and file systems."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from autonomous_coder.errors import BusyError, DatabaseCorruptError, StateError
from autonomous_coder.store import migrations
from autonomous_coder.store.connection import Database
from autonomous_coder.store.filesystem import is_network
from autonomous_coder.store.locks import FileLock
from autonomous_coder.store.store import Store

pytestmark = pytest.mark.anyio


def spoil(path: Path, start: int = 0, length: int = 4_096) -> None:
    """Overwrite a part of a file that no process has open."""
    with path.open("r+b") as stream:
        stream.seek(start)
        stream.write(b"\xa5" * length)


async def test_a_clean_close_leaves_a_backup_and_at_most_one_a_day(tmp_path: Path) -> None:
    for name in ("one", "two"):
        async with await Store.open(tmp_path) as store:
            await store.create_project(name)
    backups = list((tmp_path / "backups").iterdir())
    assert len(backups) == 1
    with closing(sqlite3.connect(backups[0])) as copy:
        assert copy.execute("SELECT name FROM projects").fetchall() == [("one",)]


async def test_old_backups_go(tmp_path: Path) -> None:
    for turn in range(6):
        async with await Store.open(tmp_path) as store:
            await store.create_project(f"p{turn}")
        for number, backup in enumerate(sorted((tmp_path / "backups").iterdir())):
            old = time.time() - 200_000 + number
            os.utime(backup, (old, old))
            backup.rename(backup.with_name(f"state-2026010{turn}-00000{number}.db"))
    assert 1 <= len(list((tmp_path / "backups").iterdir())) <= 4


async def test_a_damaged_database_is_set_aside_and_the_backup_restored(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        project = await store.create_project("kept")
    spoil(tmp_path / "state.db")
    async with await Store.open(tmp_path) as store:
        assert len(store.notices) == 1
        assert "set aside" in store.notices[0]
        assert "restored" in store.notices[0]
        assert await store.projects() == [project]
        await store.create_project("more")
    assert len(list(tmp_path.glob("state.db.damaged-*"))) == 1
    async with await Store.open(tmp_path) as store:
        assert store.notices == []
        assert len(await store.projects()) == 2


async def test_damage_inside_a_database_is_found_when_it_is_opened(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        project = await store.create_project("kept")
    spoil(tmp_path / "state.db", start=4_096 * 2, length=4_096)
    async with await Store.open(tmp_path) as store:
        assert len(store.notices) == 1
        assert await store.projects() == [project]


async def test_without_a_good_backup_it_starts_empty_and_says_so(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        await store.create_project("lost")
    for path in (tmp_path / "state.db", *(tmp_path / "backups").iterdir()):
        spoil(path)
    async with await Store.open(tmp_path) as store:
        assert "starts empty" in store.notices[0]
        assert await store.projects() == []
        await store.create_project("new")


async def test_a_truncated_or_foreign_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "state.db").write_text("this is not a database, but somebody's notes\n" * 40)
    async with await Store.open(tmp_path) as store:
        assert len(store.notices) == 1
        await store.create_project("p")
    aside = next(tmp_path.glob("state.db.damaged-*"))
    assert aside.read_text().startswith("this is not a database")


async def test_a_damaged_cache_or_checkpoint_file_does_not_touch_the_state(
    tmp_path: Path,
) -> None:
    async with await Store.open(tmp_path) as store:
        project = await store.create_project("p")
        await store.cache_put("k", b"v")
        await store.checkpoints.create(tmp_path / "none")
    spoil(tmp_path / "cache.db")
    spoil(tmp_path / "checkpoints.db")
    async with await Store.open(tmp_path) as store:
        assert await store.cache_get("k") is None
        assert await store.checkpoints.list() == []
        assert await store.projects() == [project]
        assert len(store.notices) == 2


async def test_damage_met_at_work_is_told_and_mended_at_the_next_start(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        kept = await store.create_project("kept")
    async with await Store.open(tmp_path) as store:
        # Large enough not to be looked through whenever it is opened.
        for number in range(12):
            await store.save_state(kept.project_id, f"k{number}", {"x": "y" * 1_000_000})
    size = (tmp_path / "state.db").stat().st_size
    assert size > 9_000_000
    spoil(tmp_path / "state.db", start=4_096, length=size - 4_096)
    async with await Store.open(tmp_path) as store:
        with pytest.raises(DatabaseCorruptError) as caught:
            await store.load_state(kept.project_id, "k7")
        assert caught.value.hint
    async with await Store.open(tmp_path) as store:
        assert "restored" in store.notices[0]
        assert await store.project(kept.project_id) == kept


async def test_a_process_with_the_old_file_open_goes_on_with_the_new_one(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as old:
        await old.create_project("first")
        for name in ("state.db", "state.db-wal", "state.db-shm"):
            (tmp_path / name).rename(tmp_path / f"{name}.gone")
        async with await Store.open(tmp_path) as new:
            await new.create_project("second")
            await old.create_project("third")
            names = {p.name for p in await new.projects()}
            assert names == {p.name for p in await old.projects()} == {"second", "third"}


@pytest.mark.parametrize("version", [1, 2])
async def test_an_older_schema_is_migrated_and_keeps_its_data(tmp_path: Path, version: int) -> None:
    notices: list[str] = []
    older = Database(tmp_path / "state.db", migrations.STATE[:version], notices=notices)
    async with older.write() as transaction:
        await transaction.execute(
            "INSERT INTO projects VALUES (1, 'prj_aaaaaaaaaaaa', 'old', '', '', ?, ?)",
            ("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00"),
        )
    await older.close()
    async with await Store.open(tmp_path) as store:
        assert (await store.project("prj_aaaaaaaaaaaa")).name == "old"
        await store.audit("works", "now")
    with closing(sqlite3.connect(tmp_path / "state.db")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (4,)
        rows = database.execute("SELECT version, name FROM migrations ORDER BY version")
        assert rows.fetchall() == [
            (1, "projects_and_runs"),
            (2, "reports"),
            (3, "audit"),
            (4, "findings"),
        ]


async def test_a_migration_that_fails_leaves_the_older_schema(tmp_path: Path) -> None:
    async def fail(transaction: object) -> None:
        raise StateError("Stopped on purpose.")

    older = Database(tmp_path / "state.db", migrations.STATE[:1], notices=[])
    await older.ensure_open()
    await older.close()
    steps = (*migrations.STATE[:2], migrations.Migration(3, "fails", fail))
    with pytest.raises(StateError, match="on purpose"):
        await Database(tmp_path / "state.db", steps, notices=[]).ensure_open()
    with closing(sqlite3.connect(tmp_path / "state.db")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (1,)
        assert database.execute("SELECT count(*) FROM migrations").fetchone() == (1,)
        assert not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'reports'").fetchall()


async def test_a_newer_schema_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    async with await Store.open(tmp_path) as store:
        await store.create_project("p")
    with closing(sqlite3.connect(tmp_path / "state.db")) as database:
        database.execute("PRAGMA user_version = 99")
    before = (tmp_path / "state.db").read_bytes()
    with pytest.raises(StateError, match="99") as caught:
        await Store.open(tmp_path)
    assert "newer" in caught.value.message
    assert caught.value.hint
    assert (tmp_path / "state.db").read_bytes() == before
    assert list(tmp_path.glob("*.damaged-*")) == []


async def test_a_data_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError) as caught:
        await Store.open(tmp_path / "file" / "data")
    assert "data directory" in caught.value.hint


async def test_a_lock_held_too_long_by_others_is_an_error_not_a_hang(tmp_path: Path) -> None:
    one = FileLock(tmp_path / "l", what="the thing")
    other = FileLock(tmp_path / "l", what="the thing")
    async with one.held():
        with pytest.raises(BusyError, match="the thing"):
            async with other.held(wait_s=0.05):
                pass
        with pytest.raises(BusyError):
            async with other.shared(wait_s=0.05):
                pass
    async with one.shared(), other.shared():
        with pytest.raises(BusyError):
            async with FileLock(tmp_path / "l", what="it").held(wait_s=0.05):
                pass
    async with other.held(wait_s=0.05):
        pass


MOUNTS = """\
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:40 / /home/me rw - nfs4 server:/export rw
31 30 0:41 / /home/me/local\\040disk rw shared:7 - xfs /dev/sdb1 rw
32 22 0:42 / /mnt/c rw - 9p drvfs rw
33 22 0:43 / /mnt/ssh rw - fuse.sshfs me@server: rw
34 22 0:44 / /mnt/usb rw - fuseblk /dev/sdc1 rw
"""


@pytest.mark.parametrize(
    ("path", "network"),
    [
        ("/var/lib", False),
        ("/home/me", True),
        ("/home/me/x", True),
        ("/home/merry", False),
        ("/home/me/local disk/x", False),
        ("/mnt/c/data", True),
        ("/mnt/ssh", True),
        ("/mnt/usb/x", False),
    ],
)
async def test_network_file_systems_are_recognised(path: str, network: bool) -> None:
    assert is_network(Path(path), MOUNTS) is network


async def test_the_log_mode_fits_the_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await Store.open(tmp_path) as store:
        await store.create_project("local")
        assert await store._state.read("PRAGMA journal_mode") is not None
        assert (tmp_path / "state.db-wal").exists()
    for module in ("opening", "store"):
        monkeypatch.setattr(f"autonomous_coder.store.{module}.is_network", lambda _: True)
    async with await Store.open(tmp_path) as store:
        assert "network file system" in store.notices[0]
        await store.create_project("remote")
        assert [row[0] for row in await store._state.read("PRAGMA journal_mode")] == ["delete"]
        assert not (tmp_path / "state.db-wal").exists()
        assert len(await store.projects()) == 2
