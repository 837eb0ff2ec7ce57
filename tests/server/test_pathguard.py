"""Which paths may be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from autonomous_coder.errors import InvalidInputError, NotFoundError, PathNotAllowedError
from autonomous_coder.pathguard import PathGuard


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    root.mkdir()
    return root.resolve()


@pytest.fixture
def guard(root: Path) -> PathGuard:
    return PathGuard([root], private=[root / "state"])


def test_a_new_directory_below_a_root_may_be_written(guard: PathGuard, root: Path) -> None:
    assert guard.output(str(root / "a" / "b")) == root / "a" / "b"


@pytest.mark.parametrize("text", ["/etc/cron.d/x", "/usr/lib/x", "/opt/elsewhere", "/"])
def test_a_path_outside_the_roots_is_refused_and_the_roots_are_named(
    guard: PathGuard, root: Path, text: str
) -> None:
    with pytest.raises(PathNotAllowedError, match=str(root)):
        guard.output(text)


def test_a_link_or_dots_do_not_lead_out(guard: PathGuard, root: Path, tmp_path: Path) -> None:
    (root / "link").symlink_to(tmp_path)
    for text in (str(root / "link" / "x"), str(root / ".." / "x")):
        with pytest.raises(PathNotAllowedError):
            guard.output(text)


def test_the_root_itself_and_our_own_state_are_refused(guard: PathGuard, root: Path) -> None:
    for text in (str(root), str(root / "state" / "x")):
        with pytest.raises(PathNotAllowedError):
            guard.output(text)


def test_hidden_directories_of_the_home_are_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(root / "home"))
    guard = PathGuard([root / "home"])
    with pytest.raises(PathNotAllowedError, match="hidden"):
        guard.output(str(root / "home" / ".ssh" / "x"))
    assert guard.output("~/code/x") == root / "home" / "code" / "x"


@pytest.mark.parametrize("text", ["", "   ", "a\nb", "a\x00b", "x" * 1_001])
def test_a_malformed_path_is_refused(guard: PathGuard, text: str) -> None:
    with pytest.raises(InvalidInputError):
        guard.output(text)


def test_a_file_is_no_project_and_no_output(guard: PathGuard, root: Path) -> None:
    (root / "file").write_text("x", encoding="utf-8")
    with pytest.raises(NotFoundError, match="is a file"):
        guard.existing(str(root / "file"))
    with pytest.raises(InvalidInputError, match="not a directory"):
        guard.output(str(root / "file"))
    with pytest.raises(InvalidInputError, match="is a file"):
        guard.output(str(root / "file" / "below"))


def test_a_missing_project_is_not_found(guard: PathGuard, root: Path) -> None:
    with pytest.raises(NotFoundError):
        guard.existing(str(root / "nothing"))


def test_a_directory_that_holds_the_home_or_our_own_state_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "homes" / "ada"
    state = tmp_path / "work" / "state"
    for place in (home, state):
        place.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    guard = PathGuard([tmp_path], private=[state])
    for refused in (home, home.parent, state.parent):
        with pytest.raises(PathNotAllowedError):
            guard.existing(str(refused))
    assert guard.output(str(home / "app")) == home / "app"


def test_a_path_that_no_answer_could_name_is_refused(guard: PathGuard, root: Path) -> None:
    with pytest.raises(InvalidInputError):
        guard.output(f"{root}/app\udc80")
