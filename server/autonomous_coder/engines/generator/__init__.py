"""Generation: a spec becomes the files of a project, and these are written without losing
anything of the user's."""

from __future__ import annotations

from autonomous_coder.engines.generator.engine import Formatter, GeneratorEngine
from autonomous_coder.engines.generator.pack import Pack

__all__ = ["Formatter", "GeneratorEngine", "Pack"]
