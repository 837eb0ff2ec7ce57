"""The packs there are, listed explicitly: what each language can generate."""

from __future__ import annotations

from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.languages.python.pack import PythonPack

PACKS: dict[str, PythonPack | TypeScriptPack | GoPack] = {
    "python": PythonPack(),
    "typescript": TypeScriptPack(),
    "javascript": JavaScriptPack(),
    "go": GoPack(),
}
