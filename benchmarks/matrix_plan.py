"""Which rows the matrix has: cells of language and archetype, features switched in pairs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matrix_specs import ASKED, SPECS

from autonomous_coder.dataroots import data_roots
from autonomous_coder.engines.generator.layers import LayerCatalogue
from autonomous_coder.engines.generator.manifest import LayerManifest
from autonomous_coder.languages.packs import PACKS

Row = dict[str, Any]
"""Value of each factor: `spec` (a name), each feature (whether it is asked for) and, where a
project consists of parts, `api` (the language of the other part)."""


@dataclass(frozen=True)
class Cell:
    """One language and archetype, with its optional features; `apis` are the languages that the
    other part of its projects can be in, with the features that there are then. `framework` is
    what it is made with where that is asked for, empty for what it is made with by itself."""

    language: str
    archetype: str
    features: Mapping[str, LayerManifest]
    apis: Mapping[str, frozenset[str]] = field(default_factory=dict)
    framework: str = ""

    @property
    def name(self) -> str:
        """What reports call its kind of software."""
        return f"{self.archetype} ({self.framework})" if self.framework else self.archetype


def cells() -> Iterator[Cell]:
    """Every cell that is offered."""
    catalogue = LayerCatalogue(data_roots().templates, tuple(PACKS))
    for language in PACKS:
        for archetype in catalogue.archetypes(language):
            own = catalogue.features(language, archetype)
            layers = catalogue.part_features(language, archetype) | own
            parts = catalogue.layer_parts(language, archetype)
            fixed = [part for part in parts if not part.others]
            always = {
                name for part in fixed for name in catalogue.features(part.language, part.archetype)
            }
            apis = {
                other: frozenset({*own, *always, *catalogue.features(other, part.archetype)})
                for part in parts
                if part.others
                for other in (part.language, *part.others)
            }
            features = {name: layer.manifest for name, layer in layers.items()}
            yield Cell(language, archetype, features, apis)
            for framework, inner in catalogue.variants(language, archetype).items():
                layers = catalogue.features(language, inner)
                features = {name: layer.manifest for name, layer in layers.items()}
                yield Cell(language, archetype, features, framework=framework)


def plan(specs: Sequence[str], cell: Cell, *, whole: bool) -> list[Row]:
    """Rows in which every pair of values of any two factors occurs, found greedily. Features that
    are always there, or that need or exclude each other, are left as they must be."""
    if whole:
        return [row | {"spec": spec} for spec in specs for row in _covering({}, cell)]
    return _covering({"spec": list(specs)}, cell)


def spec_of(cell: Cell, row: Row) -> dict[str, Any]:
    """The spec of a row, as a host would send it."""
    chosen = features_of(row)
    spec = {
        "name": f"{row['spec']}-{cell.language}",
        "language": cell.language,
        "archetype": cell.archetype,
        **({"framework": cell.framework} if cell.framework else {}),
        "entities": _entities(row["spec"], accounts="accounts" in chosen),
        "features": chosen,
        **ASKED.get(row["spec"], {}).get(cell.archetype, {}),
    }
    return spec | {"constraints": {"api_language": row["api"]}} if row.get("api") else spec


def features_of(row: Row) -> list[str]:
    """Names of the features that a row asks for."""
    return [name for name, value in row.items() if value is True]


def _covering(factors: dict[str, list[Any]], cell: Cell) -> list[Row]:
    """Each row begins with a pair that is still missing and takes, factor by factor, the value
    that brings most others."""
    switches = [name for name, layer in cell.features.items() if not layer.default]
    factors = factors | ({"api": list(cell.apis)} if cell.apis else {})
    factors = factors | {name: [False, True] for name in switches}
    values = [(name, value) for name, options in factors.items() for value in options]
    pairs = [pair for pair in itertools.combinations(values, 2) if pair[0][0] != pair[1][0]]
    missing = {pair: None for pair in pairs if _closed(dict(pair), cell) is not None}
    rows: list[Row] = []
    while missing or not rows:
        row = _closed(dict(next(iter(missing), ())), cell) or {}
        for name, options in factors.items():
            if name in row:
                continue
            fitting = [_closed(row | {name: value}, cell) for value in options]
            row = max(
                (found for found in fitting if found is not None),
                key=lambda found: len(missing.keys() & _pairs(found, factors)),
            )
        rows.append(row)
        for pair in _pairs(row, factors):
            missing.pop(pair, None)
    return rows


def _closed(row: Row, cell: Cell) -> Row | None:
    """The row with what its features need; None where they exclude each other."""
    closed = dict(row)
    waiting = features_of(row)
    while waiting:
        for need in cell.features[waiting.pop()].requires:
            if closed.get(need) is False:
                return None
            if need not in closed and not cell.features[need].default:
                closed[need] = True
                waiting.append(need)
    chosen = {*features_of(closed)}
    lacking = bool(closed.get("api")) and bool(chosen - cell.apis[closed["api"]])
    clashing = any(chosen & set(cell.features[name].conflicts) for name in chosen)
    return None if clashing or lacking else closed


def _pairs(row: Row, factors: dict[str, list[Any]]) -> set[tuple[tuple[str, Any], ...]]:
    """Pairs of the values of a row, in the order of the factors."""
    return {*itertools.combinations([(n, row[n]) for n in factors if n in row], 2)}


def _entities(name: str, *, accounts: bool) -> list[Row]:
    """The entities; who may see a row can only be said where there are accounts."""
    return [e if accounts else e | {"access": "open"} for e in SPECS[name]]
