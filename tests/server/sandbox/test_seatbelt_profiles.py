"""macOS: the profile's text and how a command is started with it. No Mac has run this."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.execution import Command, Mount, SandboxLevel
from autonomous_coder.sandbox import confined, seatbelt

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/plain", '"/plain"'),
        ('/with "quotes"', '"/with \\"quotes\\""'),
        ("/back\\slash", '"/back\\\\slash"'),
        ('/end\\"', '"/end\\\\\\""'),
        ("/paren) (allow default", '"/paren) (allow default"'),
        ("/ünïcode ; comment", '"/ünïcode ; comment"'),
    ],
)
def test_a_path_cannot_leave_its_quotes(path: str, text: str) -> None:
    assert seatbelt.quoted(path) == text


@pytest.mark.parametrize("path", ["/new\nline", "/nul\0", "/escape\x1b", "/bidi\u202e"])
def test_a_path_with_control_characters_is_refused(path: str) -> None:
    with pytest.raises(InvalidInputError):
        seatbelt.quoted(path)


def test_all_is_denied_but_what_is_named(tmp_path: Path) -> None:
    tree, work = tmp_path / "tree", tmp_path / 'work "one"'
    tree.mkdir()
    work.mkdir()
    (tmp_path / "link").symlink_to(tree)
    text = seatbelt.profile([str(tmp_path / "link")], [str(work)])
    lines = text.splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert all(line.startswith("(allow ") for line in lines[2:])
    assert f'(allow file-read* (subpath "{tree.resolve()}"))' in lines
    quoted = str(work.resolve()).replace('"', '\\"')
    writing = [line for line in lines if "file-write" in line]
    assert f'(allow file-read* file-write* file-ioctl (subpath "{quoted}"))' in writing
    assert len(writing) == 1 + len(seatbelt.DEVICES_WRITE)
    assert "network" not in text
    assert str(Path.home()) not in text
    assert all(line.count("(") == line.count(")") for line in lines if '"' not in line)


def test_with_the_proxy_only_its_port_can_be_reached() -> None:
    text = seatbelt.profile([], [], proxy_port=3128)
    assert re.findall(r".*network.*", text) == [
        '(allow network-outbound (remote tcp "localhost:3128"))'
    ]


def test_where_there_is_no_sandbox_exec_the_level_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "sandbox-exec"
    assert seatbelt.lacks("linux") != ""
    assert str(program) in seatbelt.lacks("darwin", program)
    program.write_text("#!/bin/sh\n", encoding="ascii")
    assert str(program) in seatbelt.lacks("darwin", program)
    program.chmod(0o755)
    assert seatbelt.lacks("darwin", program) == ""
    gap = seatbelt.missing("it is missing")
    assert gap.reason == "it is missing"
    assert gap.remedy


def test_what_is_untested_says_so_wherever_it_is_named() -> None:
    assert "untested" in seatbelt.MECHANISM
    assert "untested" in {hole.layer for hole in seatbelt.known_holes()}


async def test_a_command_is_started_with_its_profile_and_its_group_is_ended_with_it(
    tmp_path: Path, tree: Path, python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "sandbox-exec"
    program.write_text(
        '#!/bin/sh\n[ "$1" = -f ] || exit 9\ncat "$2"\nshift 2\nexec "$@"\n', encoding="ascii"
    )
    program.chmod(0o755)
    monkeypatch.setattr(seatbelt, "PROGRAM", program)
    work, data = tmp_path / "work", tmp_path / "data"
    work.mkdir()
    data.mkdir()
    outcome = await confined.run(
        Command(
            argv=(
                python,
                "-c",
                "import os, sys; open(sys.argv[1], 'w').write('made');"
                "print('same group', os.getpgid(0) == os.getpgid(os.getppid()))",
                "/output/made",
            ),
            tree=tree,
            mounts=(Mount(data, "/data"), Mount(data, "/kept", private=True)),
        ),
        SandboxLevel.L2,
        work=work,
        cache_dir=tmp_path / "cache",
        apple=True,
    )
    text = outcome.stdout.decode()
    assert outcome.exit_code == 0, outcome
    assert outcome.level is SandboxLevel.L2
    assert text.startswith("(version 1)\n(deny default)\n")
    assert text.endswith("same group True\n")
    for path in (data, tree):
        assert f'(allow file-read* (subpath "{path.resolve()}"))' in text
    for name in ("project", "output", "home", "tmp", "copies"):
        assert f'file-write* file-ioctl (subpath "{work.resolve() / name}"))' in text
    assert outcome.files == {"made": b"made"}
