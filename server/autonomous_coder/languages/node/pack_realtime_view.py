"""What the templates of a realtime service read: channels, and the messages they carry."""

from __future__ import annotations

from dataclasses import dataclass

from autonomous_coder.languages.common.channels import ChannelPlan, Kind
from autonomous_coder.languages.node.pack_fields import FieldView


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of messages. `type` is the schema of what such a message holds."""

    of: Kind
    module: str
    type: str
    fields: tuple[FieldView, ...]

    @property
    def about(self) -> str:
        """A sentence about it; free text."""
        return self.of.about or f"{self.of.article.capitalize()} {self.of.label}."

    @property
    def enums(self) -> tuple[FieldView, ...]:
        return tuple(field for field in self.fields if field.type == "enum")

    @property
    def helpers(self) -> tuple[str, ...]:
        """What its module takes from the shared ones."""
        used = {name for field in self.fields for name in field.helpers}
        return tuple(sorted(used | ({"MessageNumber"} if self.of.references else set())))

    @property
    def required(self) -> str:
        """The name of a field that must be there; empty when there is none."""
        fields = [field.name for field in self.fields if field.required]
        fields += [one.field for one in self.of.references if one.required]
        return next(iter(fields), "")

    @property
    def example(self) -> str:
        """What such a message holds, as JSON."""
        pairs = [f'"{f.name}": {f.example}' for f in self.fields if f.required]
        pairs += [f'"{one.field}": 1' for one in self.of.references if one.required]
        return "{" + ", ".join(pairs) + "}"


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A channel; its tests are in `module`."""

    of: ChannelPlan
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
        names = [one.field for kind in self.kinds for one in kind.of.references]
        return tuple(dict.fromkeys(names))

    @property
    def helpers(self) -> frozenset[str]:
        """What the modules of kinds take from the shared ones."""
        return frozenset(n for kind in self.kinds for f in kind.fields for n in f.helpers)
