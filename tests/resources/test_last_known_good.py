"""The curated set that stands in when there is no network holds all that the templates ask for."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

RESOURCES = Path(str(files("autonomous_coder_resources")))


def test_every_package_of_every_python_layer_is_in_the_last_known_good_set() -> None:
    known = tomllib.loads(
        (RESOURCES / "knowledge/last-known-good/python.toml").read_text(encoding="utf-8")
    )
    asked = {
        re.split(r"[\[<>=!~; ]", dependency["name"])[0]
        for layer in (RESOURCES / "templates/python").rglob("layer.toml")
        for dependency in tomllib.loads(layer.read_text(encoding="utf-8")).get("dependencies", [])
    }
    assert len(asked) >= 10
    assert asked - known["versions"].keys() == set()
