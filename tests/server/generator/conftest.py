"""Specs and an engine with the real templates and the real formatter."""

from __future__ import annotations

import os
import subprocess
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest

import autonomous_coder_resources
from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import GenerationError
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.languages.python.pack import PythonPack
from autonomous_coder.models.spec import ProjectSpec

TEMPLATES = Path(autonomous_coder_resources.__file__).parent / "templates"
HOSTILE = (
    'He said "hi"\n\'\'\' """ \\ {{ 7*7 }} {% raw %} ${{ secrets.X }} */ --> `x` $(id) \x00\x1b[0m'
    " \u202e # [a](javascript:x)\r\n\x00proves\x00"
)
HOSTILE_LINE = "quote \" ' \\ {{ x }} {% y %} \"\"\" ''' ${{ z }} */ | `id` # $(id)"
TYPES = (
    *("string", "text", "integer", "float", "decimal", "boolean"),
    *("date", "datetime", "email", "url", "uuid"),
)
AWKWARD = (
    *("class", "from", "import", "metadata", "registry", "schema", "json", "copy", "model_config"),
    *("model_fields", "type", "hash", "limit", "sort", "search", "offset", "str", "int", "dt"),
    *("uuid", "sa", "self", "cls", "not_null", "query", "session", "dict", "validate", "fields"),
    *("select", "order", "user", "values", "name", "items", "data", "none", "true"),
)


def field(name: str, kind: str = "string", **more: object) -> dict[str, object]:
    return {"name": name, "type": kind, **more}


def link(name: str, target: str, kind: str = "many_to_one", **more: object) -> dict[str, object]:
    return {"name": name, "target": target, "kind": kind, **more}


def entity(
    name: str,
    plural: str,
    fields: list[dict[str, object]],
    *relations: dict[str, object],
    **more: object,
) -> dict[str, object]:
    return {
        "name": name,
        "plural": plural,
        "fields": fields,
        "relations": list(relations),
        **more,
    }


TODO = entity(
    "Todo",
    "todos",
    [
        field("title", maximum=200),
        field("description", "text", required=False),
        field("done", "boolean", default=False),
        field("priority", "enum", values=["low", "medium", "high"], default="medium"),
        field("due_date", "date", required=False),
    ],
    access="private",
)

SPECS: dict[str, dict[str, object]] = {
    "todo": {"name": "todo-app", "features": ["accounts"], "entities": [TODO]},
    "blog": {
        "name": "blog",
        "description": "A blog with posts, comments and tags; users can log in.",
        "features": ["accounts", "cors", "logging", "license", "postgresql"],
        "entities": [
            entity(
                "Post",
                "posts",
                [field("title"), field("slug", unique=True, maximum=80), field("body", "text")],
                link("tags", "Tag", "many_to_many", back_name="posts"),
                link("category", "Category", required=False, on_delete="set_null"),
                access="owner_write",
            ),
            entity(
                "Comment",
                "comments",
                [field("text", "text")],
                link("post", "Post", back_name="comments"),
                access="owner_write",
            ),
            entity("Tag", "tags", [field("name", unique=True, maximum=50)], access="shared"),
            entity("Category", "categories", [field("name", unique=True)], access="open"),
            entity(
                "Note",
                "notes",
                [field("text", unique=True)],
                link("post", "Post", required=False),
                link("parent", "Note", required=False, back_name="replies"),
                access="private",
            ),
        ],
    },
    "inventory": {
        "name": "inventory",
        "title": "Inventory",
        "entities": [
            entity("Warehouse", "warehouses", [field("name", unique=True), field("city")]),
            entity(
                "Product",
                "products",
                [
                    field("sku", unique=True, maximum=20),
                    field("price", "decimal", minimum=0),
                    field("quantity", "integer", minimum=0, default=0),
                ],
                link("warehouse", "Warehouse", on_delete="restrict", back_name="products"),
            ),
        ],
    },
    "people": {
        "name": "people",
        "features": ["auth"],
        "entities": [
            entity(
                "User",
                "users",
                [
                    field("email", "email", unique=True),
                    field("name"),
                    field("age", "integer", required=False, minimum=0),
                    field("role", "enum", values=["admin", "member"], default="member"),
                    field("handle", unique=True),
                ],
            ),
            entity(
                "Task",
                "tasks",
                [field("title")],
                link("assignee", "User"),
                link("reviewer", "User", required=False, on_delete="set_null"),
                access="shared",
            ),
            entity("Secret", "secrets", [field("text")], access="private"),
            entity(
                "Leak",
                "leaks",
                [field("text")],
                link("secret", "Secret", required=False),
                link("secrets", "Secret", "many_to_many"),
                access="open",
            ),
        ],
    },
    "plain": {
        "name": "plain",
        "entities": [
            entity("User", "users", [field("email", "email", unique=True)]),
            entity("Health", "health", [field("name")]),
            entity("Bare", "bares", []),
        ],
    },
    "tricky": {
        "name": "tricky",
        "features": ["accounts"],
        "entities": [
            entity(
                "User",
                "users",
                [
                    field("username", unique=True),
                    field("email", "email"),
                    field("is_active", "boolean", default=True),
                ],
            ),
            entity(
                "Profile",
                "profiles",
                [field("bio", "text", minimum=300)],
                link("user", "User", "one_to_one", back_name="profile"),
                access="private",
            ),
            entity(
                "TestCase",
                "test_cases",
                [field("name")],
                link("suite", "Service", back_name="cases"),
                link("author", "User", back_name="test_cases", on_delete="set_null"),
                access="shared",
            ),
            entity(
                "Service",
                "service",
                [field("kind", "enum", values=["a", "b", "c"], unique=True)],
                access="owner_write",
            ),
            entity("Post", "posts", [field("title")], access="private"),
            entity(
                "PostComment",
                "post_comments",
                [field("body", "text"), field("post_id", "integer")],
                link("post", "Post", back_name="comments", on_delete="set_null"),
                link("service", "Service"),
                access="owner_write",
            ),
            entity(
                "Wanted",
                "wanted",
                [field("status", "enum", values=["x"], unique=True)],
                link("a", "Service"),
                link("b", "Service"),
            ),
            entity("Hunt", "hunts", [], link("wanted", "Wanted", on_delete="restrict")),
        ],
    },
    "empty": {"name": "empty"},
    "accounts_only": {"name": "accounts-only", "features": ["accounts"]},
    "everything": {
        "name": "everything",
        "title": 'Every <thing> & "more"',
        "description": HOSTILE,
        "features": ["accounts"],
        "entities": [
            entity(
                "Order",
                "orders",
                [
                    *(field(f"{kind}_field", kind, description=HOSTILE_LINE) for kind in TYPES),
                    field("e", "enum", values=["low", "class", "mro", "none"], default="class"),
                ],
                access="private",
                description=HOSTILE_LINE,
            ),
            entity(
                "Group",
                "group",
                [field(f"u_{kind}", kind, unique=True) for kind in TYPES],
                access="shared",
            ),
            entity(
                "Class",
                "class",
                [
                    *(field(name) for name in AWKWARD),
                    field("date", "date"),
                    field("date_two", "date", required=False),
                ],
            ),
            entity(
                "List",
                "list",
                [
                    *(field(f"o_{kind}", kind, required=False) for kind in TYPES),
                    field("e", "enum", required=False, values=["x"]),
                ],
            ),
            entity(
                "Session",
                "sessions",
                [
                    field("n", "integer", minimum=1, maximum=2, unique=True),
                    field("one", maximum=1),
                    field("long", minimum=100, maximum=100, unique=True),
                    field("big", "integer", maximum=9_000_000_000),
                    field("half", "float", minimum=0.5, maximum=0.75),
                    field("amount", "decimal", minimum=0.25, default=1.5),
                    field("at", "datetime", default="2026-01-01"),
                    field("on", "date", default="2026-01-01"),
                    field("uid", "uuid", default="12345678-1234-5678-1234-567812345678"),
                    field("ok", "boolean", unique=True),
                    field("u", "enum", values=["a", "b"], unique=True),
                ],
                access="private",
            ),
            entity(
                "Page",
                "pages",
                [field("title", default='a "quoted" \\ default {{ 1 }}')],
                link("parent", "Page", back_name="children"),
                link("related", "Page", "many_to_many", back_name="related_to"),
                link("order", "Order"),
                access="owner_write",
            ),
            entity(
                "Table",
                "tables",
                [field("title")],
                link("chair", "Chair", "one_to_one", back_name="tables"),
            ),
            entity("Chair", "chairs", [field("title")], link("table", "Table")),
            entity(
                "Profile",
                "profiles",
                [field("bio", "text", required=False)],
                link("page", "Page", "one_to_one"),
                link(
                    "sessions",
                    "Session",
                    "many_to_many",
                    on_delete="restrict",
                    back_name="profiles",
                ),
                access="private",
            ),
            entity(
                "Date",
                "dates",
                [field("date", "date", unique=True), field("time", "datetime", required=False)],
                link("class", "Class", on_delete="restrict"),
                link("boxes", "Box", "many_to_many"),
            ),
            entity(
                "Box",
                "boxes",
                [],
                link("group", "Group", on_delete="set_null"),
                link("tiny", "Session", required=False),
            ),
            entity(
                "HTTPLog",
                "http_logs",
                [field("url", "url"), field("status", "enum", values=["ok", "bad"])],
            ),
        ],
    },
}


def _run_ruff(files: Mapping[str, str]) -> dict[str, str]:
    ruff = Path(sysconfig.get_path("scripts")) / "ruff"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, content in files.items():
            if path.endswith(".py") or path == "pyproject.toml":
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content, encoding="utf-8")
        for arguments in (
            ["check", "--no-cache", "--fix", "--quiet", "--exit-zero", "--select", "I,F401"],
            ["format", "--no-cache", "--quiet"],
        ):
            done = subprocess.run(
                [ruff, *arguments, "."], cwd=root, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise GenerationError(f"cannot be formatted: {done.stderr}")
        return {
            path: (root / path).read_text(encoding="utf-8") if path.endswith(".py") else content
            for path, content in files.items()
        }


async def format_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """The formatter that the engine is given: ruff."""
    assert language == "python"
    return await anyio.to_thread.run_sync(_run_ruff, files)


@pytest.fixture
def engine() -> GeneratorEngine:
    """The engine as the program puts it together."""
    return GeneratorEngine(TEMPLATES, {"python": PythonPack()}, format_files)


async def leave_files(files: Mapping[str, str], language: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are, for tests of what they say."""
    assert language == "python"
    return files


@pytest.fixture(scope="session")
def plain_engine() -> GeneratorEngine:
    """An engine that does not format; it compiles each template once."""
    return GeneratorEngine(TEMPLATES, {"python": PythonPack()}, leave_files)


@pytest.fixture(scope="session")
def any_language() -> GeneratorEngine:
    """As `plain_engine`, for all languages."""
    return GeneratorEngine(TEMPLATES, dict(PACKS), leave_files)


@pytest.fixture(params=sorted(SPECS))
def any_spec(request: pytest.FixtureRequest) -> ProjectSpec:
    """Each of the specs in turn."""
    return ProjectSpec.model_validate(SPECS[request.param])


PROVED = ("everything",)
"""What is built and tested for real each time; whole builds (tests/e2e) cover todo, blog and
inventory. `AUTONOMOUS_CODER_TEST_EVERY_SPEC=1` takes them all."""


@pytest.fixture(
    params=sorted(SPECS) if os.environ.get("AUTONOMOUS_CODER_TEST_EVERY_SPEC") else PROVED
)
def proved_spec(request: pytest.FixtureRequest) -> ProjectSpec:
    """Each of the specs whose project is installed, checked and tested."""
    return ProjectSpec.model_validate(SPECS[request.param])


@pytest.fixture
def specs() -> dict[str, ProjectSpec]:
    """All specs by name."""
    return {name: ProjectSpec.model_validate(data) for name, data in SPECS.items()}
