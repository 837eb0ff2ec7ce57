"""Which interpreter of the host serves a project."""

from __future__ import annotations

from autonomous_coder.languages.base import Interpreter, Toolbox
from autonomous_coder.languages.python.metadata import Metadata


def choose(metadata: Metadata, toolbox: Toolbox) -> Interpreter | None:
    """The first interpreter that `requires-python` admits; None when there is none.

    The one our own is based on comes first, then those of the host, then our own.
    """
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        admitted = SpecifierSet(metadata.requires_python)
    except InvalidSpecifier:
        admitted = SpecifierSet()
    for interpreter in (*toolbox.interpreters, toolbox.interpreter):
        if ".".join(map(str, interpreter.version)) in admitted:
            return interpreter
    return None


def too_old(metadata: Metadata) -> str:
    """Why no interpreter was chosen, and what to do."""
    return (
        f"No installed Python satisfies requires-python '{metadata.requires_python}'; "
        "install one and put it on PATH."
    )
