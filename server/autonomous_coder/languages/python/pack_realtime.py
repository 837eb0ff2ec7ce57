"""A spec as the templates of a realtime service see it.

Its entities are kinds of messages, and no tables: what is stored, where something is, are accounts
and the latest messages of each room.
"""

from __future__ import annotations

from dataclasses import replace

from autonomous_coder.languages.common.accounts import (
    ACCOUNT_ENTITY,
    relations_left_out,
)
from autonomous_coder.languages.common.channels import (
    ChannelPlan,
    Kind,
    frame_bytes,
    plan_channels,
)
from autonomous_coder.languages.common.naming import Unique, pascal
from autonomous_coder.languages.common.tables import Column, Table, key
from autonomous_coder.languages.python.pack_build import ViewBuilder
from autonomous_coder.languages.python.pack_fields import FieldView, view_field
from autonomous_coder.languages.python.pack_names import RESERVED_CLASSES, attribute
from autonomous_coder.languages.python.pack_realtime_view import (
    ChannelView,
    KindView,
    RealtimeView,
    ReferenceView,
)
from autonomous_coder.languages.python.pack_view import SpecView
from autonomous_coder.models.spec import EntityField, FieldType, ProjectSpec

STORING = frozenset({"sqlite", "postgresql", "accounts"})
"""Features with which there is a database."""
_CLASSES = frozenset({"Channel", "Join", "Kind", "Leave", "Message", "Number", "Ping", "Publish"})
"""Names beside which kinds are imported."""
_MODULES = frozenset({"base", "__init__"})


def realtime_view(spec: ProjectSpec, features: frozenset[str]) -> SpecView:
    """The view of the spec.

    Raises:
        InvalidInputError: two channels have the same name, or a field contradicts itself.
    """
    accounts = "accounts" in features
    account = [e for e in spec.entities if accounts and e.name == ACCOUNT_ENTITY]
    alone = [entity.model_copy(update={"relations": []}) for entity in account]
    view = ViewBuilder(spec.model_copy(update={"entities": alone}), features).build()
    plan = plan_channels(spec, accounts=accounts)
    classes = Unique(RESERVED_CLASSES | _CLASSES, suffix="Data")
    modules = Unique(_MODULES)
    kinds = {kind.name: _kind(kind, classes, modules) for kind in plan.kinds}
    names = Unique(_MODULES)
    stored = bool(STORING & features)
    return replace(
        view,
        summary=spec.description.strip() or f"The realtime service {spec.name}.",
        stored=stored,
        keeps=(ROOMS, EVENTS) if stored else (),
        notes=(
            *view.notes,
            *(note for entity in account for note in relations_left_out(entity)),
            *plan.notes,
        ),
        realtime=RealtimeView(
            channels=tuple(_channel(channel, kinds, names) for channel in plan.channels),
            kinds=tuple(kinds.values()),
            frame_bytes=frame_bytes(plan),
        ),
    )


def _channel(plan: ChannelPlan, kinds: dict[str, KindView], names: Unique) -> ChannelView:
    name = names(plan.name.strip("_"))
    carried = tuple(kinds[kind.name] for kind in plan.kinds)
    return ChannelView(of=plan, var=name.upper(), module=name, kinds=carried)


def _kind(kind: Kind, classes: Unique, modules: Unique) -> KindView:
    cls = classes(pascal(kind.name))
    attributes = Unique()
    fields = [_field(kind, field, classes) for field in kind.fields]
    fields = [replace(field, attr=attributes(field.attr)) for field in fields]
    references = [ReferenceView(one, attributes(attribute(one.field))) for one in kind.references]
    module = modules(attribute(kind.name))
    return KindView(
        of=kind, module=module, cls=cls, fields=tuple(fields), references=tuple(references)
    )


def _field(kind: Kind, field: EntityField, classes: Unique) -> FieldView:
    of = pascal(kind.name)
    enum_class = classes(f"{of}{pascal(field.name)}") if field.type is FieldType.ENUM else ""
    return view_field(of, field.model_copy(update={"unique": False}), enum_class, field.name)


def _text(name: str, size: int) -> Column:
    return Column(name, f"sa.String({size})", nullable=False, kind="string")


ROOMS = Table(
    "rooms",
    "rooms",
    {
        column.name: column
        for column in (
            _text("channel", 63),
            _text("name", 64),
            _text("epoch", 32),
            Column("seq", "sa.Integer()", nullable=False, kind="integer"),
        )
    },
    uniques=frozenset({("channel", "name")}),
    indexes=frozenset({"updated_at"}),
)
EVENTS = Table(
    "room_events",
    "events",
    {
        column.name: column
        for column in (
            key("room_id", "sa.Integer()", "rooms", "CASCADE", nullable=False),
            Column("seq", "sa.Integer()", nullable=False, kind="integer"),
            Column("frame", "sa.Text()", nullable=False, kind="text"),
        )
    },
    uniques=frozenset({("room_id", "seq")}),
)
