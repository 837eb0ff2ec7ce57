"""The packs there are, listed explicitly: what each language can generate."""

from __future__ import annotations

from autonomous_coder.languages.python.pack import PythonPack

PACKS = {"python": PythonPack()}
