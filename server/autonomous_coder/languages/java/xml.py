"""Reading XML that others wrote: no entities, bounded, every element with its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_CHARS = 2_000_000
MAX_DEPTH = 100


@dataclass(slots=True)
class Element:
    """One element; `line` and `column` of its start are 1-based."""

    tag: str
    line: int = 0
    column: int = 0
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def child(self, *names: str) -> Element | None:
        """The first element below, one name a level."""
        found: Element | None = self
        for name in names:
            found = next((c for c in found.children if c.tag == name), None) if found else None
        return found

    def value(self, *names: str) -> str:
        """The trimmed text of the first element below, or empty."""
        found = self.child(*names)
        return found.text.strip() if found else ""

    def all(self, *names: str) -> list[Element]:
        """Every element of the last name in the first of those before."""
        above = self.child(*names[:-1]) if names[:-1] else self
        return [c for c in above.children if c.tag == names[-1]] if above else []

    def walk(self) -> Iterator[Element]:
        """The element and all below it."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a document cannot be read, and where."""

    message: str
    line: int = 0
    column: int = 0


def parse(document: str) -> Element | Unreadable:
    """The root element without name spaces."""
    if len(document) > MAX_CHARS:
        return Unreadable(f"it is larger than {MAX_CHARS} characters")
    root = Element("")
    open_elements = [root]
    parser = expat.ParserCreate()

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if len(open_elements) > MAX_DEPTH:
            raise _RefusedError("it is nested too deeply")
        name = tag.rpartition(":")[2]
        element = Element(name, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_tag: str) -> None:
        open_elements.pop()

    def text(data: str) -> None:
        open_elements[-1].text += data

    def doctype(*_: object) -> None:
        raise _RefusedError("it has a document type, which could define entities")

    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(document.encode("utf-8", "replace"), True)
    except _RefusedError as refusal:
        return Unreadable(str(refusal), parser.CurrentLineNumber)
    except expat.ExpatError as error:
        return Unreadable(expat.ErrorString(error.code), error.lineno, error.offset + 1)
    except ValueError as error:
        return Unreadable(str(error)[:200])
    return root.children[0] if root.children else Unreadable("it is empty")


class _RefusedError(Exception):
    """The document is not read any further."""
