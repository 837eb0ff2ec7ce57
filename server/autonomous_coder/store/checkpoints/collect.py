"""Removing what no checkpoint refers to any more."""

from __future__ import annotations

from autonomous_coder.store.checkpoints.objects import AT_ONCE, Objects, chunks
from autonomous_coder.store.checkpoints.trees import reachable
from autonomous_coder.store.connection import Database


async def collect(database: Database, objects: Objects) -> int:
    """Delete unreferenced objects; the bytes freed. Call it while no snapshot is being stored.

    Raises:
        CheckpointCorruptError: a tree is damaged, so nothing can be told to be unreferenced.
    """
    roots = await database.read("SELECT DISTINCT root FROM checkpoints")
    wanted = await reachable(objects, [bytes(row["root"]) for row in roots])
    rows = await database.read("SELECT id, digest, length(data) AS size FROM objects")
    doomed = [row for row in rows if bytes(row["digest"]) not in wanted]
    if not doomed:
        return 0
    digests = {bytes(row["digest"]) for row in doomed}
    remembered = await database.read("SELECT root, inode, digest FROM stats")
    # First of all, in case we are stopped halfway: a remembered digest must be a stored one.
    async with database.write() as transaction:
        await transaction.execute_many(
            "DELETE FROM stats WHERE root = ? AND inode = ?",
            [(row["root"], row["inode"]) for row in remembered if bytes(row["digest"]) in digests],
        )
        await transaction.execute("DELETE FROM roots WHERE id NOT IN (SELECT root FROM stats)")
    freed = 0
    for part in chunks(doomed, AT_ONCE):
        async with database.write(durable=False) as transaction:
            await transaction.execute_many(
                "DELETE FROM objects WHERE id = ?", [(row["id"],) for row in part]
            )
        freed += sum(row["size"] for row in part)
    await database.compact()
    return freed
