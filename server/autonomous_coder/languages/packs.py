"""The packs there are, listed explicitly: what each language can generate."""

from __future__ import annotations

from autonomous_coder.languages.go.pack import GoPack
from autonomous_coder.languages.html.pack import HtmlPack
from autonomous_coder.languages.java.pack import JavaPack
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
from autonomous_coder.languages.python.pack import PythonPack
from autonomous_coder.languages.rust.pack import RustPack

PACKS: dict[str, PythonPack | TypeScriptPack | GoPack | RustPack | JavaPack] = {
    "python": PythonPack(),
    "typescript": TypeScriptPack(),
    "javascript": JavaScriptPack(),
    "go": GoPack(),
    "rust": RustPack(),
    "java": JavaPack(),
    "html": HtmlPack(),
}
