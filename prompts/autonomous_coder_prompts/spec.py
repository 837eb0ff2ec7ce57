"""How a prompt is described: its words in a Markdown file, its arguments beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import mcp.types as t

MAX_ARGUMENT_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument; an optional one that is left away reads as `fallback`."""

    name: str
    description: str
    required: bool = True
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class PromptSpec:
    """One prompt. `text` is a Markdown file with `{{argument}}` where each argument goes."""

    name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    text: Path

    def listed(self) -> t.Prompt:
        """What prompts/list says of it."""
        return t.Prompt(
            name=self.name,
            title=self.title,
            description=self.description,
            arguments=[
                t.PromptArgument(name=a.name, description=a.description, required=a.required)
                for a in self.arguments
            ],
        )

    def render(self, given: Mapping[str, str]) -> str:
        """The words with the arguments in place.

        Raises:
            ValueError: an argument is missing, unknown or too long; says which.
        """
        accepted = [a.name for a in self.arguments]
        unknown = [name[:60] for name in given if name not in accepted]
        if unknown:
            raise ValueError(
                f"Prompt {self.name} has no argument '{unknown[0]}'; it accepts: "
                f"{', '.join(accepted)}."
            )
        missing = [
            a.name for a in self.arguments if a.required and not given.get(a.name, "").strip()
        ]
        if missing:
            raise ValueError(f"Prompt {self.name} needs: {', '.join(missing)}.")
        long = [name for name, value in given.items() if len(value) > MAX_ARGUMENT_CHARS]
        if long:
            raise ValueError(
                f"Argument '{long[0]}' is longer than {MAX_ARGUMENT_CHARS} characters."
            )
        return self._fill(given)

    def _fill(self, given: Mapping[str, str]) -> str:
        """One pass over the file, so that an argument's own text is never looked into."""
        parts = self.text.read_text(encoding="utf-8").split("{{")
        filled = [parts[0]]
        fallbacks = {a.name: a.fallback for a in self.arguments}
        for part in parts[1:]:
            name, _, rest = part.partition("}}")
            filled += [given.get(name, "").strip() or fallbacks[name], rest]
        return "".join(filled)
