"""Puts a plan of changes on the disk: all of it, or nothing."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from autonomous_coder.engines.generator.planning import Step
from autonomous_coder.engines.generator.tree import Tree
from autonomous_coder.errors import (
    CoderError,
    DiskFullError,
    GenerationError,
    PathNotAllowedError,
    PathOccupiedError,
)


def check_free(output: Path) -> None:
    """PathOccupiedError unless the place is free or an empty directory."""
    if output.is_symlink():
        raise PathNotAllowedError(
            f"'{output}' is a symbolic link", hint="Name the directory that it points at."
        )
    if not output.exists():
        return
    if not output.is_dir() or any(output.iterdir()):
        raise _occupied(output)


def is_empty_directory(output: Path) -> bool:
    """Whether there is a real directory with nothing in it: nobody deletes a project file by file
    to the last, so an emptied place is to be filled again."""
    return output.is_dir() and not output.is_symlink() and not any(output.iterdir())


def write_new(output: Path, steps: Sequence[Step]) -> None:
    """Make the project in a directory beside its place, then move it there in one step."""
    with _told_plainly():
        made = _make_parents(output)
        temporary: Path | None = None
        try:
            temporary = Path(tempfile.mkdtemp(prefix=f".{output.name[:100]}.", dir=output.parent))
            with Tree(temporary) as tree:
                for step in steps:
                    staged = tree.stage(step.path, step.text or "", executable=step.executable)
                    tree.move(staged, step.path)
            temporary.chmod(0o755)
            _move(temporary, output)
        except BaseException:
            if temporary is not None:
                shutil.rmtree(temporary, ignore_errors=True)
            for folder in reversed(made):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            raise


def write_update(output: Path, steps: Sequence[Step]) -> None:
    """Stage every new content first, then put all in place; a failure puts back what was."""
    with _told_plainly(), Tree(output) as tree:
        staged: list[tuple[str, Step]] = []
        done: list[Step] = []
        try:
            for step in steps:
                if step.writes:
                    name = tree.stage(
                        step.path,
                        step.text or "",
                        executable=step.executable,
                        permissions=step.permissions,
                    )
                    staged.append((name, step))
            for name, step in staged:
                tree.move(name, step.path)
                done.append(step)
            for step in steps:
                if step.deletes:
                    tree.delete(step.path)
                    done.append(step)
        except BaseException:
            _put_back(tree, steps, staged, done)
            raise


def _put_back(
    tree: Tree,
    steps: Sequence[Step],
    staged: Sequence[tuple[str, Step]],
    done: Sequence[Step],
) -> None:
    for name, _ in staged:
        with contextlib.suppress(OSError, CoderError):
            tree.delete(name)
    for step in reversed(done):
        with contextlib.suppress(OSError, CoderError):
            if step.old is None:
                tree.delete(step.path)
            else:
                name = tree.stage(
                    step.path, step.old, executable=False, permissions=step.permissions
                )
                tree.move(name, step.path)
    for step in steps:
        if step.action == "created":
            with contextlib.suppress(CoderError):
                tree.prune(PurePosixPath(step.path).parent)


def _make_parents(output: Path) -> list[Path]:
    """Missing directories above the output, made; outermost first."""
    missing = [folder for folder in output.parents if not folder.exists()]
    missing.reverse()
    for folder in missing:
        folder.mkdir(exist_ok=True)
    return missing


def _move(temporary: Path, output: Path) -> None:
    """Rename replaces an empty directory and refuses any other."""
    try:
        os.rename(temporary, output)  # noqa: PTH104 - Path.rename is the same call
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise _occupied(output) from error
        raise


def _occupied(output: Path) -> PathOccupiedError:
    return PathOccupiedError(
        f"'{output}' is not empty",
        hint="Choose a directory that does not exist yet; what is in this one stays as it is.",
    )


@contextlib.contextmanager
def _told_plainly() -> Iterator[None]:
    """The operating system's errors as ours."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise GenerationError(
            "A file holds text that cannot be stored; nothing was changed.",
            hint="Remove lone surrogates (half of a character) from the file's content.",
        ) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFullError(
                "There is no space left to write the project; nothing was changed.",
                hint="Free some space, or choose an output directory on another disk.",
            ) from error
        raise GenerationError(
            f"The project could not be written: {error.strerror or error}; nothing was changed.",
            hint="Check that the output directory may be written to.",
        ) from error
