"""Finds the data shipped with this program: the knowledge base and the templates.

The package that holds them lies above the engines, so it is looked up by name, not imported.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from autonomous_coder.errors import StateError
from autonomous_coder.services import DataRoots

RESOURCES_PACKAGE = "autonomous_coder_resources"


def data_roots() -> DataRoots:
    """The directories of the knowledge base and the templates.

    Raises:
        StateError: the installation is incomplete.
    """
    spec = find_spec(RESOURCES_PACKAGE)
    if spec is None or spec.origin is None:
        raise StateError(
            f"The package {RESOURCES_PACKAGE} is not installed.",
            hint="Install autonomous-coder anew; its knowledge and templates are missing.",
        )
    root = Path(spec.origin).parent
    return DataRoots(knowledge=root / "knowledge", templates=root / "templates")
