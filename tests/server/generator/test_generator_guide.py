"""The guide's table of features says what can be generated, no more and no less."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.generator.layers import LayerCatalogue
from autonomous_coder.languages.packs import PACKS

GUIDE = Path(__file__).parents[3] / "docs" / "guide.md"
CATALOGUE = LayerCatalogue(data_roots().templates, tuple(PACKS))
HEADING = "## Which features there are"
ALL = "all"
NONE = "–"


def _offered() -> dict[str, dict[str, str]]:
    """Feature -> language -> the archetypes that can have it when asked, as the table tells."""
    found: dict[str, dict[str, list[str]]] = {}
    for language in PACKS:
        for archetype in CATALOGUE.archetypes(language):
            own = CATALOGUE.features(language, archetype)
            for feature in CATALOGUE.part_features(language, archetype) | own:
                found.setdefault(feature, {}).setdefault(language, []).append(archetype)
    return {
        feature: {language: _told(language, kinds.get(language, [])) for language in PACKS}
        for feature, kinds in found.items()
    }


def _told(language: str, kinds: list[str]) -> str:
    if not kinds:
        return NONE
    if set(kinds) == set(CATALOGUE.archetypes(language)):
        return ALL
    return ", ".join(f"`{kind}`" for kind in kinds)


def _rows() -> Iterator[list[str]]:
    section = GUIDE.read_text().partition(HEADING)[2].partition("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_of_features_is_what_can_be_generated() -> None:
    head, *rows = _rows()
    assert head == ["feature", *PACKS]
    told = {row[0].strip("`"): dict(zip(PACKS, row[1:], strict=True)) for row in rows}
    assert told == _offered()
    assert list(told) == sorted(told)
