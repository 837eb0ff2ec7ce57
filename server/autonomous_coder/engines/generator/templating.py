"""Templates: Jinja2 in its sandbox, undefined names are errors, untrusted text goes through
filters."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from autonomous_coder.engines.generator.manifest import MAX_TEMPLATE_BYTES
from autonomous_coder.errors import GenerationError

if TYPE_CHECKING:
    from autonomous_coder.engines.generator.confined import ConfinedEnvironment

MARK = "\x00"
"""Begins a line that names capabilities: no filter lets it through, so no text can forge one."""


def proves(*capabilities: str) -> str:
    """In a test template: the next test proves these capabilities."""
    return f"{MARK}{' '.join(capabilities)}{MARK}"


def mdtext(value: object) -> str:
    """Free text as one paragraph of Markdown that shows it literally."""
    text = re.sub(r"[\x00-\x1f\x7f\s]+", " ", str(value)).strip()
    text = re.sub(r"([\\`*_\[\]<>|~&#$])", r"\\\1", text)
    return re.sub(r"^(\d+)([.)])|^([-+=:])", r"\1\\\2\3", text)


def clean(value: object) -> str:
    """Free text without control characters except line feeds and tabs."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a template's mistakes may come out as, beside Jinja2's own errors."""


class Templates:
    """Templates and expressions under some roots, compiled once."""

    def __init__(self, *roots: Path) -> None:
        self._roots = tuple((root, root.resolve()) for root in roots)
        self._sources: dict[Path, str] = {}
        self._environments: dict[str, ConfinedEnvironment] = {}

    def render(
        self,
        language: str,
        filters: Mapping[str, Callable[..., str]],
        path: Path,
        context: Mapping[str, object],
    ) -> str:
        """The text of a template file; GenerationError names the template that failed."""
        return self._run(language, filters, self._source(path), context, path.name)

    def expand(
        self,
        language: str,
        filters: Mapping[str, Callable[..., str]],
        text: str,
        context: Mapping[str, object],
    ) -> str:
        """A short template given as text, such as a path."""
        return self._run(language, filters, text, context, text)

    def evaluate(
        self,
        language: str,
        filters: Mapping[str, Callable[..., str]],
        expression: str,
        context: Mapping[str, object],
    ) -> object:
        """The value of an expression such as `spec.entities` or `'email' in spec.types`."""
        from jinja2 import TemplateError, Undefined

        try:
            environment = self._environment(language, filters)
            found = _expression(environment, expression)(**context)
            # Of an undefined name even this is an error.
            return str(found) if isinstance(found, Undefined) else found
        except (TemplateError, *_FAILURES) as error:
            raise _failed(expression, error) from error

    def _run(
        self,
        language: str,
        filters: Mapping[str, Callable[..., str]],
        text: str,
        context: Mapping[str, object],
        name: str,
    ) -> str:
        from jinja2 import TemplateError

        try:
            template = _compiled(self._environment(language, filters), text)
            return template(context)
        except (TemplateError, *_FAILURES) as error:
            raise _failed(name, error) from error

    def _environment(
        self, language: str, filters: Mapping[str, Callable[..., str]]
    ) -> ConfinedEnvironment:
        if language not in self._environments:
            from jinja2 import StrictUndefined

            from autonomous_coder.engines.generator.confined import ConfinedEnvironment

            environment = ConfinedEnvironment(
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
                autoescape=False,
            )
            environment.filters.update(filters)
            environment.filters.update({"mdtext": mdtext, "clean": clean})
            environment.globals["proves"] = proves
            self._environments[language] = environment
        return self._environments[language]

    def _source(self, path: Path) -> str:
        if path not in self._sources:
            resolved = path.resolve()
            inside = (real for root, real in self._roots if path.is_relative_to(root))
            if not any(map(resolved.is_relative_to, inside)):
                raise GenerationError(
                    f"the template '{path.name}' lies outside the templates folder",
                    hint="Keep templates in their layer's folder; links out of it are refused.",
                )
            try:
                if not resolved.is_file():
                    raise GenerationError(
                        f"the template '{path.name}' of the layer '{path.parent.name}' is no file",
                        hint="Mend the 'template' in the layer's manifest.",
                    )
                with resolved.open("rb") as stream:
                    raw = stream.read(MAX_TEMPLATE_BYTES + 1)
                if len(raw) > MAX_TEMPLATE_BYTES:
                    raise GenerationError(
                        f"the template '{path.name}' is too large", hint="Keep it under 500 KB."
                    )
                self._sources[path] = raw.decode("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise _failed(path.name, error) from error
        return self._sources[path]


@dataclass(frozen=True, slots=True)
class _Compiler:
    """What makes code of templates. Only the filters tell one from another, so that environments of
    a language compile a template once."""

    filters: frozenset[tuple[str, Callable[..., object]]]
    environment: ConfinedEnvironment = field(compare=False)


@lru_cache(maxsize=2048)
def _code(compiler: _Compiler, text: str) -> CodeType:
    return compiler.environment.compile(text)


@lru_cache(maxsize=1024)
def _compiled(environment: ConfinedEnvironment, text: str) -> Callable[[Mapping[str, object]], str]:
    from jinja2 import Template

    code = _code(_Compiler(frozenset(environment.filters.items()), environment), text)
    template = Template.from_code(environment, code, environment.make_globals(None), None)
    return lambda context: environment.joined(template.generate(dict(context)))


@lru_cache(maxsize=1024)
def _expression(environment: ConfinedEnvironment, text: str) -> Callable[..., object]:
    compiled: Callable[..., object] = environment.compile_expression(text, undefined_to_none=False)
    return compiled


def _failed(name: str, error: Exception) -> GenerationError:
    return GenerationError(
        f"the template '{name[:200]}' failed: {type(error).__name__}: {str(error)[:500]}",
        hint="Nothing was written. If it is a template of your own, mend it; else report this.",
    )
