"""The specs of the matrix: entities as a host would send them, from none to twelve.

`festival`, `clinic` and `museum` were not looked at while templates were written: they show how the
templates do on what they were not made for.
"""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]


def _entity(name: str, plural: str, fields: str, relations: str = "", access: str = "open") -> Data:
    """`fields` as `name:type[?][!][=default][min..max]` or `name:a|b|c`, `?` optional, `!` unique;
    `relations` as `name>Target[?]` (many to one), `name-Target` (one to one), `name*Target`."""
    return {
        "name": name,
        "plural": plural,
        "fields": [_field(word) for word in fields.split()],
        "relations": [_relation(word) for word in relations.split()],
        "access": access,
    }


def _field(word: str) -> Data:
    name, _, rest = word.partition(":")
    out: Data = {"name": name}
    rest, _, default = rest.partition("=")
    if "[" in rest:
        rest, _, bounds = rest.rstrip("]").partition("[")
        low, _, high = bounds.partition("..")
        out |= {k: float(v) for k, v in (("minimum", low), ("maximum", high)) if v}
    while rest.endswith(("?", "!")):
        out |= {"required": False} if rest.endswith("?") else {"unique": True}
        rest = rest[:-1]
    if "|" in rest:
        out |= {"type": "enum", "values": rest.split("|")}
    else:
        out["type"] = rest or "string"
    if default:
        out["default"] = {"true": True, "false": False}.get(default, default)
    return out


def _relation(word: str) -> Data:
    for sign, kind in ((">", "many_to_one"), ("-", "one_to_one"), ("*", "many_to_many")):
        name, found, target = word.partition(sign)
        if found:
            optional = target.endswith("?")
            rule = "set_null" if optional else "cascade"
            return {
                "name": name,
                "kind": kind,
                "target": target.rstrip("?"),
                "required": not optional and sign != "*",
                "on_delete": rule,
            }
    raise ValueError(word)


SHOP = [
    _entity("Category", "categories", "name:string! position:integer=0", access="shared"),
    _entity(
        "Product",
        "products",
        "name:string[1..120] sku:string! price:decimal[0..] stock:integer[0..]=0 sold:boolean=true",
        "category>Category?",
        access="shared",
    ),
    _entity(
        "Order",
        "orders",
        "number:string! state:open|paid|sent=open placed_at:datetime note:text?",
        "products*Product",
        access="private",
    ),
]
FESTIVAL = [
    _entity("Stage", "stages", "name:string! capacity:integer[1..] covered:boolean=false"),
    _entity("Band", "bands", "name:string! founded:date? website:url? contact:email?"),
    _entity(
        "Slot",
        "slots",
        "starts_at:datetime minutes:integer[5..240]=60 kind:main|support|talk",
        "stage>Stage band>Band?",
        access="owner_write",
    ),
    _entity("Ticket", "tickets", "code:uuid! price:decimal[0..]", "slots*Slot", "private"),
]
CLINIC = [
    _entity("Ward", "wards", "name:string! beds:integer[0..]", access="shared"),
    _entity("Doctor", "doctors", "name:string email:email! hired:date", "ward>Ward?", "shared"),
    _entity("Nurse", "nurses", "name:string night_shift:boolean=false", "ward>Ward", "shared"),
    _entity(
        "Patient",
        "patients",
        "name:string born:date weight:float?[0..500] blood:a|b|ab|zero notes:text?",
        "doctors*Doctor",
        "private",
    ),
    _entity("Record", "records", "number:uuid! opened_at:datetime", "patient-Patient", "private"),
    _entity("Room", "rooms", "label:string! floor:integer=0", "ward>Ward"),
    _entity("Visit", "visits", "at:datetime reason:text", "patient>Patient room>Room?", "private"),
    _entity("Drug", "drugs", "name:string! price:decimal[0..] leaflet:url?", access="owner_write"),
    _entity(
        "Prescription", "prescriptions", "dose:string until:date?", "visit>Visit drugs*Drug",
        "private",
    ),
    _entity("Device", "devices", "serial:string! bought:date?", "room>Room?", "shared"),
    _entity("Shift", "shifts", "starts_at:datetime hours:integer[1..12]", "nurse>Nurse", "shared"),
    _entity("Unit", "units", "name:string", "parent>Unit?", "shared"),
]  # fmt: skip
MUSEUM = [
    _entity("Artist", "artists", "name:string[1..80] born:integer?[-3000..2100] style:text?"),
    _entity(
        "Work",
        "works",
        "title:string inventory_number:string! type:painting|sculpture|print|other=other"
        " height:decimal?[0..999.99] acquired:date? order:integer=1",
        "artist>Artist? copy_of>Work?",
        "owner_write",
    ),
    _entity("Gallery", "galleries", "name:string! open:boolean=true humidity:float?[0..1]"),
    _entity(
        "Exhibition",
        "exhibitions",
        "name:string! from_day:date until_day:date? website:url? budget:decimal?",
        "gallery>Gallery works*Work",
        "shared",
    ),
    _entity("Placement", "placements", "wall:integer[1..40] note:text?", "work-Work?", "private"),
]
SPECS: dict[str, list[Data]] = {
    "none": [], "shop": SHOP, "festival": FESTIVAL, "clinic": CLINIC, "museum": MUSEUM
}  # fmt: skip
"""Name -> entities: none, three, four, twelve and five."""
HELD_OUT = ("festival", "clinic", "museum")
"""Specs that nobody looked at while templates were written."""


def _commands(*said: str) -> Data:
    """Each as `name field field`."""
    return {
        "commands": [
            {"name": name, "arguments": [_field(word) for word in words]}
            for name, *words in (line.split() for line in said)
        ]
    }


_CALLED = {
    "shop": _commands("restock sku:string[1..20] amount:integer[1..500]=10 urgent:boolean=false"),
    "clinic": _commands("transfer ward:string day:date?", "audit since:datetime? strict:boolean"),
    "museum": _commands(
        "appraise work:string price:decimal?[0..] unit:cm|inch=cm", "import source:url"
    ),
}
_JOBS = {
    "shop": [("purge_orders", "every 5 minutes", "delete orders older than 90 days")],
    "clinic": [
        ("clear_visits", "0 6 * * *", "delete visits older than 2 years"),
        ("tidy", "every monday at 8:00", "remove past prescriptions"),
        ("drop_shifts", "monthly", "drop shifts older than 1 year"),
    ],
    "museum": [
        ("clear", "", "delete exhibitions older than 2 years"),
        ("remind", "hourly", "remind guides"),
    ],
}
ASKED: dict[str, dict[str, Data]] = {
    name: {
        **dict.fromkeys(("cli", "library", "mcp_server"), called),
        "worker": {
            "jobs": [{"name": n, "schedule": w, "description": d} for n, w, d in _JOBS[name]]
        },
        "realtime": {"channels": [{"name": said} for said in channels]},
        "static_site": {"pages": [{"name": said} for said in pages]},
        "game": _commands("move_left", "move_right", *actions),
    }
    for (name, called), channels, pages, actions in zip(
        _CALLED.items(),
        (["support"], ["wards", "emergencies", "class"], ["tours", "auction"]),
        (["about"], ["team", "contact"], ["visit", "index_of_works"]),
        (["buy"], ["heal", "rest"], ["jump", "pause"]),
        strict=True,
    )
}
"""Spec -> archetype -> what is asked for beside entities."""
