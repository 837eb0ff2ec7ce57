"""Writing: whole or not at all, and never at the cost of what the user did."""

from __future__ import annotations

import errno
import json
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import (
    DiskFullError,
    GenerationError,
    PathNotAllowedError,
    PathOccupiedError,
)
from autonomous_coder.models.generation import GeneratedFile, GenerationResult, Render

pytestmark = pytest.mark.anyio

OURS = "autonomous_coder.engines.generator"
LINES = "".join(f"line {number}\n" for number in range(20))


def rendered(files: dict[str, str], **modes: str) -> Render:
    return Render(
        files=[
            GeneratedFile(
                path=path, content=text, mode=modes.get(path.partition(".")[0], "managed")
            )
            for path, text in files.items()
        ],
        provides={"archetype:x": []},
        start="run it",
        test="test it",
    )


def on_disk(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def actions(result: GenerationResult) -> dict[str, str]:
    return {change.path: change.action for change in result.changes}


async def test_a_new_project_is_written_whole_with_files_made_elsewhere(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    output = tmp_path / "deep" / "project"
    files = {"a.txt": "a\n", "app/b.txt": "b\nc\n"}
    result = await engine.write(rendered(files), output, baseline=None, extra={"uv.lock": "l\n"})
    assert on_disk(output) == {**files, "uv.lock": "l\n"}
    assert set(actions(result).values()) == {"created"}
    assert result.changes[1].lines_added == 2
    assert result.start == "run it"
    assert result.provides == {"archetype:x": []}
    assert [path.name for path in output.parent.iterdir()] == ["project"]
    assert output.stat().st_mode & 0o777 == 0o755


async def test_an_empty_directory_is_taken_and_a_full_one_refused(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    empty, full, file = tmp_path / "empty", tmp_path / "full", tmp_path / "file"
    empty.mkdir()
    full.mkdir()
    (full / "mine").write_text("mine")
    file.write_text("mine")
    await engine.write(rendered({"a": "a"}), empty, baseline=None)
    assert on_disk(empty) == {"a": "a"}
    for output in (full, file):
        with pytest.raises(PathOccupiedError):
            await engine.write(rendered({"a": "a"}), output, baseline=None)
    assert on_disk(full) == {"mine": "mine"}


async def test_nothing_is_left_when_writing_fails(engine: GeneratorEngine, tmp_path: Path) -> None:
    output = tmp_path / "new" / "project"
    with pytest.raises(GenerationError, match="nothing was changed"):
        await engine.write(
            rendered({"a": "a"}), output, baseline=None, extra={"app/z": "half of a \ud800"}
        )
    assert list(tmp_path.iterdir()) == []


async def test_an_update_that_fails_leaves_everything_as_it_was(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    root, old = tmp_path / "p", {"a": "a", "gone": "g"}
    await engine.write(rendered(old), root, baseline=None)
    (root / "taken").write_text("a file of the user's")
    for blocked in ({"taken/b": "b"}, {"z/z": "half of a \ud800"}):
        with pytest.raises(GenerationError, match="nothing was changed"):
            await engine.write(
                rendered({"a": "changed", "new/b": "b"}), root, baseline=old, extra=blocked
            )
        assert on_disk(root) == {**old, "taken": "a file of the user's"}
        assert sorted(path.name for path in root.iterdir()) == ["a", "gone", "taken"]


async def test_an_update_killed_after_any_number_of_files_is_finished_by_the_next(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    old = {"changed": "1", "edited": LINES, "torn": "1\n", "dropped": "d", "deleted": "1"}
    new = {"added": "a", "changed": "2", "edited": f"first\n{LINES}", "torn": "2\n"}
    mine = {"edited": f"{LINES}mine\n", "torn": "mine\n"}
    torn = "<<<<<<< yours\nmine\n=======\n2\n>>>>>>> generated\n"
    whole = {**new, "edited": f"first\n{LINES}mine\n", "torn": torn}
    final = {**new, "later": "l"}
    for count in range(len(new) + 1):
        root = tmp_path / str(count)
        await engine.write(rendered(old), root, baseline=None)
        (root / "deleted").unlink()
        for path, text in [*mine.items(), *list(whole.items())[:count]]:
            (root / path).write_text(text)
        (root / ".edited.0123456789ab.new").write_text("staged, and never moved")
        tried = [{**new, "deleted": "2"}, {}]
        render = rendered({**final, "deleted": "2"})
        result = await engine.write(render, root, baseline=old, tried=tried)
        assert on_disk(root) == {**whole, "later": "l"}, count
        assert actions(result)["deleted"] == "kept"


async def test_what_the_user_did_not_touch_follows_the_render(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    old = {"same": "s", "changed": "1", "dropped/file": "d"}
    await engine.write(rendered(old), tmp_path / "p", baseline=None)
    new = {"same": "s", "changed": "2", "added": "a"}
    result = await engine.write(rendered(new), tmp_path / "p", baseline=old)
    assert on_disk(tmp_path / "p") == new
    assert not (tmp_path / "p" / "dropped").exists()
    assert actions(result) == {
        "same": "unchanged",
        "changed": "updated",
        "dropped/file": "deleted",
        "added": "created",
    }


async def test_what_the_user_changed_added_or_deleted_is_kept(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    old = {"edited": "1", "deleted": "1", "dropped": "1", "deleted_and_dropped": "1"}
    await engine.write(rendered(old), root, baseline=None)
    (root / "edited").write_text("mine")
    (root / "deleted").unlink()
    (root / "dropped").write_text("mine")
    (root / "deleted_and_dropped").unlink()
    (root / "own").write_text("mine")
    (root / "taken").write_text("mine")
    new = {"edited": "1", "deleted": "2", "taken": "theirs"}
    result = await engine.write(rendered(new), root, baseline=old)
    assert on_disk(root) == {
        "edited": "mine",
        "dropped": "mine",
        "own": "mine",
        "taken": "<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> generated\n",
    }
    assert actions(result) == {
        "edited": "kept",
        "deleted": "kept",
        "dropped": "kept",
        "taken": "conflict",
    }


async def test_changes_of_both_sides_are_merged_where_they_do_not_touch(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    old = {"merges": LINES, "clashes": LINES, "uv.lock": LINES}
    await engine.write(
        rendered({k: v for k, v in old.items() if k != "uv.lock"}),
        root,
        baseline=None,
        extra={"uv.lock": LINES},
    )
    for path in old:
        (root / path).write_text(LINES.replace("line 3\n", "mine\n"))
    theirs = {
        "merges": LINES.replace("line 15\n", "theirs\n"),
        "clashes": LINES.replace("line 3\n", "theirs\n"),
    }
    result = await engine.write(
        rendered(theirs),
        root,
        baseline=old,
        extra={"uv.lock": LINES.replace("line 15\n", "theirs\n")},
    )
    merged = LINES.replace("line 3\n", "mine\n").replace("line 15\n", "theirs\n")
    assert (root / "merges").read_text() == merged
    both = "<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> generated\n"
    assert (root / "clashes").read_text() == LINES.replace("line 3\n", both)
    told = next(change for change in result.changes if change.path == "clashes")
    assert "both versions stand in the file at line 4" in told.reason
    assert (root / "uv.lock").read_text() == LINES.replace("line 3\n", "mine\n")
    assert actions(result) == {"merges": "merged", "clashes": "conflict", "uv.lock": "conflict"}


async def test_json_and_toml_are_merged_by_what_they_say(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    old = {
        "pyproject.toml": '# ours\n[project]\nname = "x"\ndependencies = ["a==1", "b==1"]\n',
        "package.json": '{\n    "name": "x",\n    "scripts": {\n        "a": "1"\n    }\n}\n',
        "clash.json": '{"version": 1}\n',
        "comments.json": '{\n  // why\n  "a": 1\n}\n',
    }
    await engine.write(rendered(old), root, baseline=None)
    mine = {
        "pyproject.toml": old["pyproject.toml"].replace('"b==1"', '"b==1", "mine>=3"')
        + "\n[tool.mine]  # my own\nkey = 1\n",
        "package.json": old["package.json"].replace('"1"', '"1",\n        "mine": "2"'),
        "clash.json": '{"version": 2}\n',
        "comments.json": '{\n  // why\n  "a": 1,\n  "b": 2\n}\n',
    }
    for path, text in mine.items():
        (root / path).write_text(text)
    theirs = {
        "pyproject.toml": old["pyproject.toml"].replace('"a==1"', '"a==2", "aa==1"'),
        "package.json": old["package.json"].replace('"1"', '"1",\n        "theirs": "3"'),
        "clash.json": '{"version": 3}\n',
        "comments.json": '{\n  // why not\n  "a": 1\n}\n',
    }
    result = await engine.write(rendered(theirs), root, baseline=old)
    found = on_disk(root)
    assert actions(result) == {
        "clash.json": "conflict",
        "comments.json": "conflict",
        "package.json": "merged",
        "pyproject.toml": "merged",
    }
    project = tomllib.loads(found["pyproject.toml"])
    assert project["project"]["dependencies"] == ["a==2", "aa==1", "b==1", "mine>=3"]
    assert project["tool"]["mine"] == {"key": 1}
    assert found["pyproject.toml"].startswith("# ours\n")
    assert "# my own" in found["pyproject.toml"]
    assert json.loads(found["package.json"])["scripts"] == {"a": "1", "mine": "2", "theirs": "3"}
    assert found["package.json"].startswith('{\n    "name"')
    assert '{"version": 2}\n=======\n{"version": 3}\n' in found["clash.json"]
    assert '"b": 2' in found["comments.json"]


async def test_line_ends_of_another_system_are_no_change(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    await engine.write(rendered({"a": LINES, "b": LINES}), root, baseline=None)
    (root / "a").write_bytes(LINES.replace("\n", "\r\n").encode())
    (root / "b").write_bytes(LINES.replace("line 3", "mine").replace("\n", "\r\n").encode())
    new = LINES.replace("line 15", "theirs")
    result = await engine.write(
        rendered({"a": new, "b": new}), root, baseline={"a": LINES, "b": LINES}
    )
    assert actions(result) == {"a": "updated", "b": "merged"}
    assert (root / "a").read_bytes() == new.replace("\n", "\r\n").encode()
    merged = new.replace("line 3", "mine").replace("\n", "\r\n").encode()
    assert (root / "b").read_bytes() == merged


async def test_a_file_that_is_written_once_is_the_users_from_then_on(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    await engine.write(rendered({"rules": "1"}, rules="once"), root, baseline=None)
    result = await engine.write(
        rendered({"rules": "2"}, rules="once"), root, baseline={"rules": "1"}
    )
    assert on_disk(root) == {"rules": "1"}
    assert actions(result) == {"rules": "kept"}


FAULTS = ("open", "mkdir", "replace", "rename", "unlink", "rmdir", "stat")
"""What writing asks of the operating system."""


class Faulty:
    """Lets the calls of the operating system fail from the given one on, in the engine's own
    modules only; `seen` counts them."""

    def __init__(self, patch: pytest.MonkeyPatch, fail_at: int, error: int) -> None:
        self.seen = 0
        for name in FAULTS:
            patch.setattr(os, name, self._wrapped(getattr(os, name), fail_at, error))

    def _wrapped(self, real: Callable[..., Any], fail_at: int, error: int) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if sys._getframe(1).f_globals.get("__name__", "").startswith(OURS):
                self.seen += 1
                if self.seen == fail_at:
                    raise OSError(error, os.strerror(error))
            return real(*arguments, **named)

        return call


async def test_a_fault_at_any_step_leaves_nothing_of_a_new_project_and_an_old_one_as_it_was(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    """Each call of the operating system fails once, in turn."""
    fresh = rendered({"a.txt": "a", "app/deep/b.txt": "b"})
    old = {"a": "1", "drop/b": "b", "merge": LINES}
    new = rendered({"a": "2", "new/c": "c", "merge": LINES.replace("line 15", "x")})
    for updating in (False, True):
        for fail_at in range(1, 200):
            place = tmp_path / f"{updating}{fail_at}"
            place.mkdir()
            root = place / "made" / "p"
            if updating:
                await engine.write(rendered(old), root, baseline=None)
                (root / "merge").write_text(LINES.replace("line 3", "mine"))
            before = everything(place)
            with pytest.MonkeyPatch.context() as patch:
                faulty = Faulty(patch, fail_at, errno.ENOSPC if fail_at % 2 else errno.EIO)
                try:
                    if updating:
                        await engine.write(new, root, baseline=old)
                    else:
                        await engine.write(fresh, root, baseline=None)
                except (GenerationError, DiskFullError, OSError):
                    assert everything(place) == before, fail_at
                else:
                    assert on_disk(root).keys() == (
                        {"a", "new/c", "merge"} if updating else {"a.txt", "app/deep/b.txt"}
                    )
            if faulty.seen < fail_at:
                break
        else:
            pytest.fail("writing never came to its end")
        assert fail_at > 10


def everything(root: Path) -> dict[str, str | None]:
    """Every path below a directory, with the text of those that are files."""
    return {
        path.relative_to(root).as_posix(): path.read_text() if path.is_file() else None
        for path in sorted(root.rglob("*"))
    }


async def test_a_preview_writes_nothing_and_shows_the_difference(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    first = await engine.write(rendered({"a": "1\n"}), root, baseline=None, preview=True)
    assert not root.exists()
    assert first.preview
    assert "+++ b/a\n@@ -0,0 +1 @@\n+1\n" in first.diff
    await engine.write(rendered({"a": "1\n", "b": "x"}), root, baseline=None)
    second = await engine.write(
        rendered({"a": "2\n"}), root, baseline={"a": "1\n", "b": "x"}, preview=True
    )
    assert on_disk(root) == {"a": "1\n", "b": "x"}
    assert "-1\n+2\n" in second.diff
    assert "+++ /dev/null\n" in second.diff
    assert actions(second) == {"a": "updated", "b": "deleted"}


async def test_a_preview_is_bounded(engine: GeneratorEngine, tmp_path: Path) -> None:
    big = rendered({"a": "é" * 50 + "\n", "b": "long line\n" * 10_000})
    result = await engine.write(big, tmp_path / "p", baseline=None, preview=True)
    assert len(result.diff.encode()) <= 30_000
    assert "longer than this" in result.diff


async def test_a_directory_that_is_a_link_is_never_followed(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    outside, root = tmp_path / "outside", tmp_path / "p"
    outside.mkdir()
    await engine.write(rendered({"app/a": "1", "b": "1"}), root, baseline=None)
    (root / "app" / "a").unlink()
    (root / "app").rmdir()
    (root / "app").symlink_to(outside)
    with pytest.raises(PathNotAllowedError, match="symbolic link"):
        await engine.write(
            rendered({"app/a": "2", "b": "2"}), root, baseline={"app/a": "1", "b": "1"}
        )
    assert list(outside.iterdir()) == []
    assert (root / "b").read_text() == "1"


async def test_a_file_that_is_a_link_is_left_alone(engine: GeneratorEngine, tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "p"
    outside.write_text("precious")
    await engine.write(rendered({"a": "1"}), root, baseline=None)
    (root / "a").unlink()
    (root / "a").symlink_to(outside)
    result = await engine.write(rendered({"a": "2"}), root, baseline={"a": "1"})
    assert outside.read_text() == "precious"
    assert actions(result) == {"a": "conflict"}
    dropped = await engine.write(rendered({"b": "2"}), root, baseline={"a": "1"})
    assert actions(dropped) == {"a": "kept", "b": "created"}
    assert (root / "a").is_symlink()


async def test_an_output_that_is_a_link_is_refused(engine: GeneratorEngine, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PathNotAllowedError):
        await engine.write(rendered({"a": "1"}), tmp_path / "link", baseline=None)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    "path", ["../x", "/etc/x", "a/../../x", ".git/hooks/x", "a//b", "", "a\nb", "a\\b"]
)
async def test_paths_that_lead_outside_are_refused(
    engine: GeneratorEngine, tmp_path: Path, path: str
) -> None:
    baselines: tuple[dict[str, str] | None, ...] = (None, {})
    for baseline in baselines:
        with pytest.raises(PathNotAllowedError):
            await engine.write(rendered({path: "x"}), tmp_path / "p", baseline=baseline)
    with pytest.raises(PathNotAllowedError):
        await engine.write(rendered({}), tmp_path / "p", baseline=None, extra={path: "x"})
    assert not (tmp_path / "p").exists()


async def test_a_path_cannot_be_a_file_and_a_directory(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    with pytest.raises(PathNotAllowedError, match="file and a directory"):
        await engine.write(rendered({"a": "x", "a/b": "y"}), tmp_path / "p", baseline=None)


async def test_a_binary_file_of_the_user_is_left_alone(
    engine: GeneratorEngine, tmp_path: Path
) -> None:
    root = tmp_path / "p"
    await engine.write(rendered({"a": "1"}), root, baseline=None)
    (root / "a").write_bytes(b"\xff\xfe")
    result = await engine.write(rendered({"a": "2"}), root, baseline={"a": "1"})
    assert actions(result) == {"a": "conflict"}
    assert (root / "a").read_bytes() == b"\xff\xfe"


async def test_permissions_to_run_a_file_are_kept(engine: GeneratorEngine, tmp_path: Path) -> None:
    root = tmp_path / "p"
    await engine.write(rendered({"a": "1"}), root, baseline=None)
    (root / "a").chmod(0o755)
    await engine.write(rendered({"a": "2"}), root, baseline={"a": "1"})
    assert os.access(root / "a", os.X_OK)
