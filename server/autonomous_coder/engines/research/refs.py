"""Package references as people and scripts write them."""

from __future__ import annotations

import re

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.technology import PackageRef
from autonomous_coder.registries import REGISTRIES

MAX_REF_CHARS = 300
MAX_RANGE_CHARS = 100
RANGE_CHARACTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,<>=!~^*|+-_ []()"
)
_PYTHON = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[[A-Za-z0-9._, -]*\])?\s*((?:[<>=!~]=?=?[^@]*)?)")
"""`sqlalchemy[asyncio]>=2.1`: a name, extras, a range."""
FORMS = (
    "Write pypi:fastapi, npm:react@^19, npm:@types/node@22, crates:serde, "
    "go:github.com/gin-gonic/gin, maven:group:artifact, gems:rails, packagist:vendor/name or "
    "nuget:Serilog."
)


def parse_ref(text: str) -> PackageRef:
    """A reference `ecosystem:name[@range]`, checked and normalised.

    Raises:
        InvalidInputError: it is none; the hint lists the accepted forms.
    """
    ref = text.strip()
    ecosystem, colon, rest = ref.partition(":")
    ecosystem = ecosystem.lower()
    if len(ref) > MAX_REF_CHARS:
        raise InvalidInputError("A package reference is too long.", hint=FORMS)
    if not colon or ecosystem not in REGISTRIES:
        shown = ref[:60].encode("ascii", "backslashreplace").decode()
        raise InvalidInputError(f"'{shown}' is not a package reference.", hint=FORMS)
    # The first character may be the '@' of an npm scope.
    at = rest.find("@", 1)
    name, range_ = (rest[:at], rest[at + 1 :].strip()) if at > 0 else (rest, "")
    if ecosystem == "pypi" and (written := _PYTHON.fullmatch(rest)):
        # As Python's tools write it; what an extra adds does not change a package's versions.
        name, range_ = written[1], written[2].strip()
    if len(range_) > MAX_RANGE_CHARS or not set(range_) <= RANGE_CHARACTERS:
        raise InvalidInputError(f"The range of '{ecosystem}:{name[:60]}' is malformed.", hint=FORMS)
    if range_.lower() in ("latest", "*"):
        range_ = ""
    registry = REGISTRIES[ecosystem]
    return PackageRef(ecosystem=ecosystem, name=registry.check_name(name), range=range_)


def as_ref(text: str) -> PackageRef:
    """Like `parse_ref`; a plain name is a Python package."""
    ecosystem = text.partition(":")[0].lower()
    return parse_ref(text if ecosystem in REGISTRIES and ":" in text else f"pypi:{text.strip()}")
