"""The walk over a tree and its hash."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from autonomous_coder import treewalk
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.treewalk import TreeItem, decode_tree, encode_tree, hash_tree, shown, walk


def build(root: Path) -> None:
    (root / "src" / "empty").mkdir(parents=True)
    (root / "src" / "main.py").write_text("print('hi')\n")
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("./src//main.py")


def test_equal_trees_have_equal_hashes_wherever_they_stand(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        build(tmp_path / name)
    one, other = hash_tree(tmp_path / "a"), hash_tree(tmp_path / "b")
    assert one == other
    assert one.files == ("link", "run.sh", "src/main.py")
    assert one.skipped == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "src" / "main.py").write_text("print('ho')\n"),
        lambda root: (root / "src" / "main.py").chmod(0o600),
        lambda root: (root / "src" / "main.py").rename(root / "src" / "other.py"),
        lambda root: (root / "src" / "empty").rmdir(),
        lambda root: (root / "src" / "empty").chmod(0o700),
        lambda root: (root / "new").mkdir(),
        lambda root: ((root / "link").unlink(), (root / "link").symlink_to("src/main.py")),
        lambda root: ((root / "link").unlink(), (root / "link").write_text("./src//main.py")),
    ],
    ids=["content", "mode", "name", "no-dir", "dir-mode", "new-dir", "target", "link-to-file"],
)
def test_every_change_shows_in_the_hash(tmp_path: Path, change: object) -> None:
    build(tmp_path)
    before = hash_tree(tmp_path).digest
    assert callable(change)
    change(tmp_path)
    assert hash_tree(tmp_path).digest != before


TAG = "CACHEDIR.TAG"
MADE_BY_TOOLS = {
    "node_modules": ("package.json", "p/index.js"),
    "packages/node_modules": ("", ".package-lock.json"),
    "crate/target": ("Cargo.toml", "debug/out"),
    "module/target": ("pom.xml", "classes/A.class"),
    "other/target": ("", TAG),
    "venv": ("", "pyvenv.cfg"),
    "src/.venv": ("", "pyvenv.cfg"),
    "env": ("", "pyvenv.cfg"),
    "conda/env": ("", "conda-meta/history"),
    "src/__pycache__": ("", "main.cpython-311.pyc"),
    ".mypy_cache": ("", TAG),
    ".ruff_cache": ("", TAG),
    ".pytest_cache": ("", TAG),
    ".tox": ("tox.ini", "py311/x"),
}
"""Directory -> what stands beside it, and what it holds."""


def put(root: Path, path: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text("x")


def test_what_tools_make_does_not_count(tmp_path: Path) -> None:
    build(tmp_path)
    for place, (beside, _) in MADE_BY_TOOLS.items():
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        if beside:
            put(tmp_path, f"{place}/../{beside}")
    before = hash_tree(tmp_path)
    for place, (_, held) in MADE_BY_TOOLS.items():
        put(tmp_path, f"{place}/{held}")
        if "__pycache__" not in place:
            put(tmp_path, f"{place}/more/code.py")
    put(tmp_path, "src/.git/x")
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    (tmp_path / "src" / "main.pyc").write_bytes(b"")
    (tmp_path / "src" / "__pycache__" / "main.cpython-311.pyc.140212").write_bytes(b"")
    (tmp_path / "src" / "venv").symlink_to("../venv")
    (tmp_path / "crate" / "node_modules").symlink_to("/nowhere")
    assert {f for f in hash_tree(tmp_path).files if f not in before.files} == {"crate/node_modules"}
    put(tmp_path, "crate/package.json")
    files = set(hash_tree(tmp_path).files)
    assert files == {*before.files, "crate/package.json"}
    for name in ("build", "dist"):
        (tmp_path / name).mkdir()
    (tmp_path / "src" / "empty" / "target").write_text("a file of that name is source")
    assert "src/empty/target" in hash_tree(tmp_path).files


def test_sources_do_not_hide_behind_the_names_of_caches(tmp_path: Path) -> None:
    build(tmp_path)
    put(tmp_path, "Cargo.toml")
    places = [
        f"src/{name}/hidden.py"
        for name in ("target", "venv", ".venv", "env", "node_modules", "__pycache__", ".tox",
                     ".mypy_cache", ".ruff_cache", ".pytest_cache")
    ]  # fmt: skip
    places.append("lib/__pycache__/odd.pyc/hidden.py")
    before = hash_tree(tmp_path)
    for place in places:
        put(tmp_path, place)
    assert set(hash_tree(tmp_path).files) == {*before.files, *places}


def test_the_data_directory_of_a_store_is_never_entered(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / treewalk.DATA_MARKER).touch()
    (tmp_path / "data" / "state.db").write_text("")
    result = hash_tree(tmp_path)
    assert result.files == ("code.py",)
    assert result.skipped == ("data (this program's own data)",)
    with pytest.raises(InvalidInputError, match="data directory"):
        hash_tree(tmp_path / "data")


def test_links_are_never_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("s")
    project = tmp_path / "project"
    project.mkdir()
    (project / "out").symlink_to("../outside")
    (project / "loop").symlink_to(".")
    assert [(e.path, e.kind) for e in walk(project)] == [("loop", "link"), ("out", "link")]


def test_a_directory_that_became_a_link_is_not_entered(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("s")
    project = tmp_path / "project"
    (project / "z").mkdir(parents=True)
    (project / "a").write_text("")
    found = []
    for entry in walk(project):
        found.append(entry.path)
        if entry.path == "a":
            (project / "z").rmdir()
            (project / "z").symlink_to("../outside")
    assert "z/secret" not in found


def test_special_and_large_files_are_left_out_and_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("sock")
        with Path("large").open("wb") as stream:
            stream.truncate(treewalk.MAX_FILE_BYTES + 1)
        Path("ok").write_text("")
        result = hash_tree(tmp_path)
    assert result.files == ("ok",)
    assert result.skipped == ("large (larger than 64 MB)", "pipe (named pipe)", "sock (socket)")


def test_names_that_are_not_utf8_are_walked_and_shown(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xff\n\x01 \\"
    with open(raw, "wb") as stream:  # noqa: PTH123
        stream.write(b"x")
    (name,) = hash_tree(tmp_path).files
    assert os.fsencode(name) == b"\xff\n\x01 \\"
    assert shown(name) == "\\xff\n\x01 \\"
    shown(name).encode()


def test_deep_trees_are_cut_and_reported(tmp_path: Path) -> None:
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=place)
        below = os.open("d", os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(place)
    result = hash_tree(tmp_path)
    assert len(result.skipped) == 1
    assert "deeper than" in result.skipped[0]


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(treewalk, "MAX_ENTRIES", 10)
    for number in range(11):
        (tmp_path / f"f{number}").write_text("")
    with pytest.raises(InvalidInputError) as caught:
        hash_tree(tmp_path)
    assert caught.value.hint


def test_no_directory_is_an_empty_tree_but_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert hash_tree(tmp_path / "none") == hash_tree(tmp_path / "empty")
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInputError):
        hash_tree(tmp_path / "file")


def test_an_encoded_tree_decodes_to_the_same() -> None:
    items = [
        TreeItem("dir", 0o755, b"a", b"1" * 32),
        TreeItem("file", 0o644, b"b c\n", b"2" * 32),
        TreeItem("link", 0, b"\xff", b"\0" * 32),
    ]
    assert decode_tree(encode_tree(reversed(items))) == items
    assert decode_tree(b"") == []


@pytest.mark.parametrize(
    "wrong",
    [
        b"x",
        b"f 644 a\0short",
        b"q 644 a\0" + b"1" * 32,
        b"f 644 ..\0" + b"1" * 32,
        b"f 644 a/b\0" + b"1" * 32,
        b"f 644 \0" + b"1" * 32,
        b"f zzz a\0" + b"1" * 32,
        b"f\0" + b"1" * 32,
    ],
)
def test_unsafe_or_broken_trees_are_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        decode_tree(wrong)
