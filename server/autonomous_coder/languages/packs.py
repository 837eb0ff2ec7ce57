"""The packs there are, listed explicitly: what each language can generate. A pack is imported when
it is first asked for, so that a project in one language does not wait for those of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from autonomous_coder.languages.go.pack import GoPack
    from autonomous_coder.languages.html.pack import HtmlPack
    from autonomous_coder.languages.java.pack import JavaPack
    from autonomous_coder.languages.node.pack import TypeScriptPack
    from autonomous_coder.languages.node.pack_javascript import JavaScriptPack
    from autonomous_coder.languages.python.pack import PythonPack
    from autonomous_coder.languages.rust.pack import RustPack

AnyPack: TypeAlias = "PythonPack | TypeScriptPack | GoPack | RustPack | JavaPack"


def _python() -> PythonPack:
    from autonomous_coder.languages.python.pack import PythonPack

    return PythonPack()


def _typescript() -> TypeScriptPack:
    from autonomous_coder.languages.node.pack import TypeScriptPack

    return TypeScriptPack()


def _javascript() -> JavaScriptPack:
    from autonomous_coder.languages.node.pack_javascript import JavaScriptPack

    return JavaScriptPack()


def _go() -> GoPack:
    from autonomous_coder.languages.go.pack import GoPack

    return GoPack()


def _rust() -> RustPack:
    from autonomous_coder.languages.rust.pack import RustPack

    return RustPack()


def _java() -> JavaPack:
    from autonomous_coder.languages.java.pack import JavaPack

    return JavaPack()


def _html() -> HtmlPack:
    from autonomous_coder.languages.html.pack import HtmlPack

    return HtmlPack()


class Packs(Mapping[str, AnyPack]):
    """Packs by language, each made once."""

    def __init__(self, makers: Mapping[str, Callable[[], AnyPack]]) -> None:
        self._makers = dict(makers)
        self._made: dict[str, AnyPack] = {}

    def __getitem__(self, language: str) -> AnyPack:
        if language not in self._made:
            self._made[language] = self._makers[language]()
        return self._made[language]

    def __contains__(self, language: object) -> bool:
        return language in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


PACKS = Packs(
    {
        "python": _python,
        "typescript": _typescript,
        "javascript": _javascript,
        "go": _go,
        "rust": _rust,
        "java": _java,
        "html": _html,
    }
)
