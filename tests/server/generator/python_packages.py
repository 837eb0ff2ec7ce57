"""Specs of Python packages."""

from __future__ import annotations

import ast

from server.generator.conftest import AWKWARD, TYPES, entity, field, link

TODO = entity(
    "Todo",
    "todos",
    [
        field("title", maximum=200),
        field("done", "boolean", default=False),
        field("priority", "enum", values=["low", "high"], default="low"),
        field("due_date", "date", required=False),
    ],
)
WIDE = [
    entity(
        "Post",
        "posts",
        [
            field("title", unique=True),
            field("status", "enum", values=["draft", "published"], default="draft"),
            *(field(f"a_{kind}", kind) for kind in TYPES),
            *(field(f"o_{kind}", kind, required=False) for kind in TYPES),
        ],
        link("tags", "Tag", "many_to_many", back_name="posts"),
    ),
    entity("Tag", "tags", [field("name", unique=True)]),
    entity(
        "Comment",
        "comments",
        [field("body", "text", required=False)],
        link("post", "Post", back_name="comments"),
        link("parent", "Comment", required=False, on_delete="set_null"),
    ),
    entity("Cover", "covers", [field("image", "url")], link("post", "Post", "one_to_one")),
    entity("Store", "stores", [], link("tag", "Tag", on_delete="set_null")),
    entity(
        "Session",
        "all",
        [
            field("n", "integer", minimum=1, maximum=2, unique=True),
            field("half", "float", minimum=0.5, maximum=0.75),
            field("big", "integer", maximum=9_000_000_000),
        ],
        link("tags", "Tag", "many_to_many", on_delete="restrict"),
        link("posts", "Post", on_delete="restrict"),
    ),
]
NAMES = entity(
    "Class",
    "class",
    [
        field(name)
        for name in (
            *AWKWARD,
            *("context", "typer", "yes", "clear", "help", "service", "given", "version", "app"),
            *("print_row", "as_json", "class_id", "to_dict", "rows", "opened", "result", "text"),
        )
    ],
)
HOST_CODE = '''"""Numbers."""


def add_up(*, first: int, second: int | None) -> int:
    """Their sum."""
    if first == 13:
        raise ValueError("thirteen is too much")
    return first + (second or 0)
'''
HOST_TEST = '''"""What the host proves."""

from {package}.core.add_up import add_up


def test_sums() -> None:
    assert add_up(first=2, second=3) == 5
'''
ADD_UP: dict[str, object] = {
    "name": "add_up",
    "description": "Adds two numbers.",
    "arguments": [
        field("first", "integer", minimum=-100, maximum=100),
        field("second", "integer", required=False),
    ],
}


def host_files(package: str) -> list[dict[str, object]]:
    """The host's code for `add_up`, and its proof."""
    return [
        {"path": f"src/{package}/core/add_up.py", "content": HOST_CODE, "mode": "once"},
        {
            "path": "tests/test_sums.py",
            "content": HOST_TEST.format(package=package),
            "mode": "once",
            "proves": ["command:add_up"],
        },
    ]


def without_strings(content: str) -> str:
    """The tree of Python code with every text empty: what it is, whatever it says."""
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)
