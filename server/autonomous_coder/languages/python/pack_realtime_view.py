"""What the templates of a realtime service read: channels, and the messages they carry."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.common.channels import ChannelPlan, Kind, Reference
from autonomous_coder.languages.python.pack_fields import FieldView


@dataclass(frozen=True, slots=True)
class ReferenceView:
    """A reference to other messages, or to accounts; `attr` is its name in Python."""

    of: Reference
    attr: str

    @property
    def alias(self) -> bool:
        return self.attr != self.of.field

    @property
    def sample(self) -> str:
        """An expression of a valid JSON value."""
        return "[1, 2]" if self.of.many else "1"


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of messages. `cls` is the model of what such a message holds."""

    of: Kind
    module: str
    cls: str
    fields: tuple[FieldView, ...]
    references: tuple[ReferenceView, ...]

    @property
    def about(self) -> str:
        """A sentence about it; free text."""
        return self.of.about or f"{self.of.article.capitalize()} {self.of.label}."

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.type == "enum")

    @property
    def required(self) -> str:
        """The name of a field that must be there; empty when there is none."""
        fields = [field.name for field in self.fields if field.required]
        fields += [one.of.field for one in self.references if one.of.required]
        return next(iter(fields), "")

    @property
    def example(self) -> str:
        """What such a message holds, as JSON."""
        pairs = [f'"{f.name}": {f.example}' for f in self.fields if f.required]
        pairs += [f'"{one.of.field}": 1' for one in self.references if one.of.required]
        return "{" + ", ".join(pairs) + "}"

    def has(self, *kinds: str) -> bool:
        """Whether a field of one of these types is there."""
        return any(field.type in kinds for field in self.fields)


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel; `var` is what its constants are called after, `module` its tests."""

    of: ChannelPlan
    var: str
    module: str
    kinds: tuple[KindView, ...]

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What its tests prove beside what they prove of kinds."""
        return (f"channel:{self.of.asked}",) if self.of.asked else ()


@dataclass(frozen=True, slots=True)
class RealtimeView:
    """A whole realtime service."""

    channels: tuple[ChannelView, ...]
    kinds: tuple[KindView, ...]
    frame_bytes: int
    """How large a frame may be unless the settings say otherwise."""

    @property
    def references(self) -> tuple[str, ...]:
        """Names of all fields that refer to other messages."""
        names = [one.of.field for kind in self.kinds for one in kind.references]
        return tuple(dict.fromkeys(names))

    @property
    def types(self) -> frozenset[str]:
        """Types of fields in use anywhere."""
        return frozenset(field.type for kind in self.kinds for field in kind.fields)
