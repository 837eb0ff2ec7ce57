"""A spec as the templates of a realtime service see it: its entities are kinds of messages."""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.languages.common.channels import Kind, frame_bytes, plan_channels
from autonomous_coder.languages.common.naming import Unique, pascal
from autonomous_coder.languages.node.pack_build import ViewBuilder
from autonomous_coder.languages.node.pack_fields import FieldView, view_field
from autonomous_coder.languages.node.pack_names import KEYWORDS, RESERVED_TYPES, camel, kebab
from autonomous_coder.languages.node.pack_realtime_view import (
    ChannelView,
    KindView,
    RealtimeView,
)
from autonomous_coder.languages.node.pack_view import SpecView
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec

_TYPES = frozenset({"Channel", "ClientFrame", "Join", "Leave", "Ping", "MessageNumber"})
"""Names beside which kinds are imported."""
_VALUES = KEYWORDS | {"z", "plainText", "exactDecimal", "moment", "webAddress"}


def realtime_view(spec: ProjectSpec, features: frozenset[str], suffix: str) -> SpecView:
    """The view of the spec.

    Raises:
        InvalidInputError: two channels have the same name, or a field contradicts itself.
    """
    view = ViewBuilder(spec.model_copy(update={"entities": []}), features, suffix).build()
    plan = plan_channels(spec, accounts=False)
    types = Unique(RESERVED_TYPES | _TYPES, suffix="Data")
    modules = Unique({"values"}, suffix="-kind")
    kinds = {kind.name: _kind(kind, types, modules) for kind in plan.kinds}
    names = Unique(suffix="-room")
    return replace(
        view,
        summary=spec.description.strip() or f"The realtime service {spec.name}.",
        notes=(*view.notes, *plan.notes),
        realtime=RealtimeView(
            channels=tuple(
                ChannelView(
                    of=channel,
                    module=names(channel.path),
                    kinds=tuple(kinds[kind.name] for kind in channel.kinds),
                )
                for channel in plan.channels
            ),
            kinds=tuple(kinds.values()),
            frame_bytes=frame_bytes(plan),
        ),
    )


def _kind(kind: Kind, types: Unique, modules: Unique) -> KindView:
    values = Unique(_VALUES, suffix="Values")
    return KindView(
        of=kind,
        module=modules(kebab(kind.name)),
        type=types(pascal(kind.name)),
        fields=tuple(_field(kind, field, values) for field in kind.fields),
    )


def _field(kind: Kind, field: EntityField, values: Unique) -> FieldView:
    named = values(f"{camel(field.name)}Values") if field.type is FieldType.ENUM else ""
    plain = field.model_copy(update={"unique": False})
    return view_field(pascal(kind.name), plain, named, field.name, text=False)
