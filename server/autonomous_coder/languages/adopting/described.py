"""One component by its manifests: manager, frameworks, and what installs, checks and tests it."""

from __future__ import annotations

from collections.abc import Callable

from autonomous_coder.languages.adopting.compiled import go, java, rust
from autonomous_coder.languages.adopting.node import node
from autonomous_coder.languages.adopting.python import python
from autonomous_coder.languages.base import Language, ProjectView
from autonomous_coder.models.adoption import Component

_BY_LANGUAGE: dict[str, Callable[[ProjectView], Component]] = {
    "python": python,
    "typescript": lambda project: node(project, "typescript"),
    "javascript": lambda project: node(project, "javascript"),
    "go": go,
    "rust": rust,
    "java": java,
}


def describe(language: Language, project: ProjectView, path: str) -> Component:
    """What is there; `path` is the component's directory as seen from the top."""
    found = _BY_LANGUAGE[language.name](project)
    note = f"Models in {language.name} are not looked for."
    return found.model_copy(
        update={
            "path": path,
            "marker": next((name for name in language.markers if name in project.files), ""),
            "entities_note": "" if language.name == "python" else note,
        }
    )
