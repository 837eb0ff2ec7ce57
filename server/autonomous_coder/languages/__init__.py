"""The languages there are, listed explicitly."""

from __future__ import annotations

from autonomous_coder.languages.base import Language
from autonomous_coder.languages.go import GO
from autonomous_coder.languages.java import JAVA
from autonomous_coder.languages.node import JAVASCRIPT, TYPESCRIPT
from autonomous_coder.languages.python import PYTHON
from autonomous_coder.languages.rust import RUST

LANGUAGES: dict[str, Language] = {
    "python": PYTHON,
    "typescript": TYPESCRIPT,
    "javascript": JAVASCRIPT,
    "go": GO,
    "rust": RUST,
    "java": JAVA,
}
