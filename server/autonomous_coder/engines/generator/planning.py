"""What writing a render would do to each path, decided before anything is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autonomous_coder.engines.generator.merging import (
    OURS,
    THEIRS,
    count_changes,
    merge_marked,
)
from autonomous_coder.engines.generator.structured import is_structured, merge_structured
from autonomous_coder.engines.generator.tree import DiskFile
from autonomous_coder.models.generation import FileChange, GeneratedFile

READ_ONLY = "It is read-only and was left as it is: make it writable and generate again."


@dataclass(frozen=True, slots=True)
class Step:
    """One path: `text` is its content afterwards when `writes`, and None when it is deleted.
    `permissions` are those of the file that is there."""

    path: str
    action: str
    old: str | None
    text: str | None
    executable: bool = False
    reason: str = ""
    permissions: int | None = None

    @property
    def writes(self) -> bool:
        made = self.action in {"created", "updated", "merged"}
        return made or (self.action == "conflict" and self.text != self.old)

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


def settled(
    baseline: Mapping[str, str],
    tried: Sequence[Mapping[str, str]],
    disk: Mapping[str, DiskFile],
) -> dict[str, str]:
    """The baseline after attempts that did not finish, path -> content; `tried` is what each may
    have written, the newest first. Only what the disk shows was written: else a file that was not
    reached would look as if the user had changed it back, or deleted it."""
    found = dict(baseline)
    for path in {path for files in tried for path in files}:
        now = disk.get(path, DiskFile()).text
        if now is None:
            continue
        texts = [files[path] for files in tried if path in files]
        written = [text for text in texts if now in (text, _with_crlf(text))]
        if {OURS.strip(), THEIRS.strip()} <= set(now.splitlines()):
            # Both sides stand in it already: they are not merged into it once more.
            written = texts
        if written:
            found[path] = written[0]
    return found


def plan_update(
    wanted: Mapping[str, GeneratedFile],
    baseline: Mapping[str, str],
    disk: Mapping[str, DiskFile],
    unmerged: frozenset[str],
    given: frozenset[str] = frozenset(),
) -> list[Step]:
    """Each path of the render or of the baseline. `unmerged` files are never merged; `given` ones
    are the user's for good: they stay when nothing asks for them any more."""
    steps = [
        _step(
            path,
            wanted.get(path),
            baseline.get(path),
            disk.get(path, DiskFile()),
            mergeable=path not in unmerged,
            given=path in given,
        )
        for path in sorted({*wanted, *baseline})
    ]
    return [_permitted(step, disk.get(step.path, DiskFile())) for step in steps if step.action]


def _permitted(step: Step, disk: DiskFile) -> Step:
    """The step with what the file's permissions say: one that is read-only is left alone."""
    if disk.read_only and (step.writes or step.deletes):
        now = disk.text
        return Step(step.path, "conflict", now, now, reason=READ_ONLY)
    return replace(step, permissions=disk.permissions)


def _step(
    path: str,
    file: GeneratedFile | None,
    base: str | None,
    disk: DiskFile,
    *,
    mergeable: bool,
    given: bool,
) -> Step:
    new = None if file is None else file.content
    if disk.obstacle:
        action = "kept" if new is None or new == base else "conflict"
        return Step(path, action, None, None, reason=disk.obstacle)
    now = disk.text
    if now is not None and now.count("\n") == now.count("\r\n") > 0:
        base, new = _with_crlf(base), _with_crlf(new)
    if file is not None and file.mode != "managed" and (base is not None or now is not None):
        action = "kept" if now != new else "unchanged"
        return Step(path, action, now, now, reason="It is yours since it was first written.")
    if now is None:
        return _missing(path, file, base)
    if now == new:
        return Step(path, "unchanged", now, now)
    if now == base:
        if new is None and given:
            return Step(path, "kept", now, now, reason="It is yours; nothing asks for it any more.")
        executable = file is not None and file.executable
        return Step(path, "deleted" if new is None else "updated", now, new, executable)
    if new is None:
        return Step(path, "kept", now, now, reason="You changed it; it is no longer generated.")
    if new == base:
        return Step(path, "kept", now, now, reason="You changed it.")
    if not mergeable:
        reason = "You and the new version changed it, and it cannot be merged; yours was kept."
        return Step(path, "conflict", now, now, reason=reason)
    return _merged(path, base, now, new)


def _with_crlf(text: str | None) -> str | None:
    """The text with the line ends that the file on the disk has: they are no change of its own."""
    return None if text is None else text.replace("\r\n", "\n").replace("\n", "\r\n")


def _merged(path: str, base: str | None, now: str, new: str) -> Step:
    """Both sides' changes to one file; what cannot be merged is left in it, marked."""
    lines = merge_marked(base or "", now, new)
    text: str | None = None if lines.conflicts else lines.text
    if is_structured(path):
        text = merge_structured(path, base or "", now, new, text)
        if text is None and not lines.conflicts:
            # Each line has one side's change only, and yet both changed the same value.
            lines = merge_marked("", now, new)
    if text == now:
        return Step(path, "kept", now, now, reason="You changed it.")
    if text is not None:
        return Step(path, "merged", now, text)
    places = ", ".join(str(line) for line in lines.conflicts[:10])
    whose = "A file of your own is in its place" if base is None else "Both sides changed it"
    reason = (
        f"{whose}: both versions stand in the file at line {places}, marked <<<<<<< and >>>>>>>."
    )
    return Step(path, "conflict", now, lines.text, reason=reason)


def _missing(path: str, file: GeneratedFile | None, base: str | None) -> Step:
    if file is None:
        return Step(path, "", None, None)
    if base is not None:
        return Step(path, "kept", None, None, reason="You deleted it.")
    return Step(path, "created", None, file.content, file.executable)
