"""The packs there are, listed explicitly: what each language can generate."""

from __future__ import annotations

from collections.abc import Mapping

from autonomous_coder.languages.base import Pack
from autonomous_coder.languages.python.pack import PythonPack

PACKS: Mapping[str, Pack] = {"python": PythonPack()}
