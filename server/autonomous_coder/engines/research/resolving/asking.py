"""Packages as they are asked for: `name`, `name@range`, with features for crates."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from autonomous_coder.engines.research.refs import parse_ref
from autonomous_coder.engines.research.resolving.base import MAX_PACKAGES
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.registries import REGISTRIES

_FEATURES = re.compile(r"([^\[\]@]+)\[([A-Za-z0-9_+/?., -]{1,300})\](.*)")
FORMS = {
    "npm": "Write it like react@^19 or @types/node@22.",
    "crates": "Write it like tokio[full]@1 or serde.",
    "go": "Write it like github.com/jackc/pgx/v5 or github.com/jackc/pgx/v5@v5.7.1.",
    "maven": "Write it like org.junit.jupiter:junit-jupiter@[5,6) or group:artifact.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One package that was asked for. `hold` is a known hold on it (a range)."""

    name: str
    range: str = ""
    features: tuple[str, ...] = ()
    dev: bool = False
    hold: str = ""

    def admits(self, ecosystem: str, version: str) -> bool:
        """Whether a version is in the range asked for."""
        return not self.range or REGISTRIES[ecosystem].in_range(version, self.range)

    def __str__(self) -> str:
        return f"{self.name}@{self.range}" if self.range else self.name


def read_asked(dependencies: Dependencies, ecosystem: str) -> dict[str, Asked]:
    """The packages by name, with the known holds on them.

    Raises:
        InvalidInputError: none, too many, or one that is no name with a range.
    """
    texts = [(text, False) for text in dependencies.packages]
    texts += [(text, True) for text in dependencies.dev_packages]
    if not texts:
        raise InvalidInputError("No packages were named.", hint="Name at least one.")
    if len(texts) > MAX_PACKAGES:
        raise InvalidInputError(f"More than {MAX_PACKAGES} packages.", hint="Ask for fewer.")
    found: dict[str, Asked] = {}
    for text, dev in texts:
        asked = one(ecosystem, text, dev=dev)
        found.setdefault(asked.name, asked)
    for name, range_ in dependencies.holds.items():
        held = one(ecosystem, f"{name}@{range_}")
        if held.name in found:
            found[held.name] = replace(found[held.name], hold=held.range)
    return found


def one(ecosystem: str, text: str, *, dev: bool = False) -> Asked:
    """One package.

    Raises:
        InvalidInputError: it is no name with a range.
    """
    hint = FORMS.get(ecosystem, "")
    features: tuple[str, ...] = ()
    if ecosystem == "crates" and (match := _FEATURES.fullmatch(text.strip())):
        features = tuple(part.strip() for part in match[2].split(",") if part.strip())
        text = match[1] + match[3]
    try:
        ref = parse_ref(f"{ecosystem}:{text.strip()}")
        if ref.range:
            REGISTRIES[ecosystem].in_range("1.0.0", ref.range)
    except InvalidInputError as error:
        raise InvalidInputError(error.message, hint=hint or error.hint) from error
    return Asked(ref.name, ref.range, features, dev)


def version_numbers(text: str) -> tuple[int, ...]:
    """The numbers of the first version in a range, e.g. `>=3.11` -> (3, 11); empty for none."""
    match = re.search(r"\d+(?:\.\d+){0,2}", text)
    return tuple(int(part) for part in match[0].split(".")) if match else ()
