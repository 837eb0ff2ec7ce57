"""What `go list` tells is taken with care: places of import cycles are looked for in the project's
own regular files alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autonomous_coder.languages.go.listing import read_listing


def package(name: str, files: list[Any], **more: Any) -> str:
    place = f"/project/{name.rpartition('/')[2]}"
    return json.dumps({"ImportPath": name, "Dir": place, "GoFiles": files, **more})


def test_an_import_cycle_is_told_without_reading_anything_else(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "a" / "directory.go").mkdir(parents=True)
    (root / "b").mkdir()
    outside = tmp_path / "outside.go"
    outside.write_text('package a\n\nimport "m/b"\n', encoding="utf-8")
    (root / "a" / "link.go").symlink_to(outside)
    (root / "a" / "own.go").write_text('package a\n\n\nimport "m/b"\n', encoding="utf-8")
    (root / "b" / "link.go").symlink_to(outside)
    files = ["link.go", "gone.go", "directory.go", 7, None, "own.go"]
    stack = {"Err": "import cycle not allowed", "ImportStack": ["m/a", "m/b", "m/a"]}
    other = {"Err": "import cycle not allowed", "ImportStack": ["m/b", "m/a"]}
    nothing = {"Err": "import cycle not allowed", "ImportStack": [7]}
    told = package("m/a", files, DepsErrors=[stack, nothing, "x", {"Err": 7}])
    told += "\nnonsense {\n" + package("m/b", ["link.go"], Error=other)
    found = read_listing(told.encode(), root).diagnostics(root)
    assert [(d.code, d.path, d.line) for d in found] == [
        ("import-cycle", "a/own.go", 4),
        ("import-cycle", "", 0),
        ("import-cycle", "", 0),
    ]
    assert "m/a imports m/b imports m/a" in found[0].message
    assert str(tmp_path) not in "".join(d.message for d in found)
