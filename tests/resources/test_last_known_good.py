"""The curated set that stands in when there is no network holds all that the templates ask for."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

RESOURCES = Path(str(files("autonomous_coder_resources")))


@pytest.mark.parametrize(
    ("language", "known"),
    [("python", "python"), ("typescript", "node-20"), ("javascript", "node-20")],
)
def test_every_package_of_every_layer_is_in_the_last_known_good_set(
    language: str, known: str
) -> None:
    folder = RESOURCES / "knowledge" / "last-known-good"
    versions: dict[str, str] = {}
    # Some packages need an older one of another: they stand in a set of their own.
    for path in (folder / f"{known}.toml", *folder.glob(f"{known}-*.toml")):
        versions |= tomllib.loads(path.read_text(encoding="utf-8"))["versions"]
    asked = {
        re.split(r"(?<=.)[\[<>=!~;@ ]", dependency["name"])[0]
        for layer in (RESOURCES / "templates" / language).rglob("layer.toml")
        for dependency in tomllib.loads(layer.read_text(encoding="utf-8")).get("dependencies", [])
    }
    assert len(asked) >= 10
    assert asked - versions.keys() == set()
