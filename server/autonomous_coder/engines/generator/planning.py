"""What writing a render would do to each path, decided before anything is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autonomous_coder.engines.generator.merging import count_changes, merge3
from autonomous_coder.engines.generator.tree import DiskFile
from autonomous_coder.models.generation import FileChange, GeneratedFile


@dataclass(frozen=True, slots=True)
class Step:
    """One path: `text` is its content afterwards when `writes`, and None when it is deleted."""

    path: str
    action: str
    old: str | None
    text: str | None
    executable: bool = False
    reason: str = ""

    @property
    def writes(self) -> bool:
        return self.action in {"created", "updated", "merged"}

    @property
    def deletes(self) -> bool:
        return self.action == "deleted"

    def change(self) -> FileChange:
        """The step as it is told to callers."""
        added = removed = 0
        if self.writes or self.deletes:
            added, removed = count_changes(self.old or "", self.text or "")
        return FileChange(
            path=self.path,
            action=self.action,
            lines_added=added,
            lines_removed=removed,
            reason=self.reason,
        )


def plan_new(wanted: Mapping[str, GeneratedFile]) -> list[Step]:
    """All files of a project that is not there yet."""
    return [
        Step(path, "created", None, file.content, file.executable)
        for path, file in sorted(wanted.items())
    ]


def plan_update(
    wanted: Mapping[str, GeneratedFile],
    baseline: Mapping[str, str],
    disk: Mapping[str, DiskFile],
    unmerged: frozenset[str],
) -> list[Step]:
    """Each path of the render or of the baseline. `unmerged` files are never merged by lines."""
    steps = [
        _step(
            path,
            wanted.get(path),
            baseline.get(path),
            disk.get(path, DiskFile()),
            mergeable=path not in unmerged,
        )
        for path in sorted({*wanted, *baseline})
    ]
    return [step for step in steps if step.action]


def _step(
    path: str,
    file: GeneratedFile | None,
    base: str | None,
    disk: DiskFile,
    *,
    mergeable: bool,
) -> Step:
    new = None if file is None else file.content
    if disk.obstacle:
        action = "kept" if new is None or new == base else "conflict"
        return Step(path, action, None, None, reason=disk.obstacle)
    now = disk.text
    if file is not None and file.mode != "managed" and (base is not None or now is not None):
        action = "kept" if now != new else "unchanged"
        return Step(path, action, now, now, reason="It is yours since it was first written.")
    if now is None:
        return _missing(path, file, base)
    if now == new:
        return Step(path, "unchanged", now, now)
    if base is None:
        return Step(path, "conflict", now, now, reason="A file of your own is in its place.")
    if now == base:
        executable = disk.executable or (file is not None and file.executable)
        return Step(path, "deleted" if new is None else "updated", now, new, executable)
    if new is None:
        return Step(path, "kept", now, now, reason="You changed it; it is no longer generated.")
    if new == base:
        return Step(path, "kept", now, now, reason="You changed it.")
    merged = merge3(base, now, new) if mergeable else None
    if merged is None:
        reason = "You and the new version changed the same lines; yours was kept."
        return Step(path, "conflict", now, now, reason=reason)
    if merged == now:
        return Step(path, "kept", now, now, reason="You changed it.")
    return Step(path, "merged", now, merged, disk.executable)


def _missing(path: str, file: GeneratedFile | None, base: str | None) -> Step:
    if file is None:
        return Step(path, "", None, None)
    if base is not None:
        return Step(path, "kept", None, None, reason="You deleted it.")
    return Step(path, "created", None, file.content, file.executable)
