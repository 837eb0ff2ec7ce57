"""Data pipelines in Python: datasets, steps, and that they are proven."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, entity, field, link
from server.generator.proving import passed, proven
from server.generator.python_packages import NAMES, WIDE

pytestmark = pytest.mark.anyio

CUSTOMER = entity("Customer", "customers", [field("name"), field("email", "email", unique=True)])
SHOP = entity("Shop", "shops", [field("city")])
ORDER = entity(
    "Order",
    "orders",
    [
        field("amount", "decimal", minimum=0),
        field("status", "enum", values=["open", "paid"], default="open"),
        field("due_date", "date", required=False),
    ],
    link("customer", "Customer"),
    link("shop", "Shop", required=False),
)
ENTITIES = [CUSTOMER, SHOP, ORDER]
CODE = '''"""Orders."""

import datetime as dt

from demo.datasets import ORDERS
from demo.tables import Tables


def drop_unpaid(*, tables: Tables, now: dt.datetime) -> Tables:
    """Only what was paid."""
    del now
    kept = [order for order in tables[ORDERS] if order.status == "paid"]
    return tables.with_records(ORDERS, kept)
'''
TEST = '''"""What the host proves."""

import datetime as dt
from decimal import Decimal

from demo.core.drop_unpaid import drop_unpaid
from demo.datasets import ORDERS
from demo.models.orders import Order, OrderStatus
from demo.tables import Tables


def test_unpaid_orders_are_dropped() -> None:
    orders = [
        Order(id="1", amount=Decimal(1), status=OrderStatus.PAID, customer_id="a"),
        Order(id="2", amount=Decimal(2), customer_id="a"),
    ]
    tables = Tables({}).with_records(ORDERS, orders)
    left = drop_unpaid(tables=tables, now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert left[ORDERS] == orders[:1]
'''
FILES: list[dict[str, object]] = [
    {"path": "src/demo/core/drop_unpaid.py", "content": CODE, "mode": "once"},
    {
        "path": "tests/test_drop_unpaid.py",
        "content": TEST,
        "mode": "once",
        "proves": ["job:drop_unpaid"],
    },
]
DROP = {"name": "drop_unpaid", "description": "Keeps what was paid"}
DEDUPE = {"name": "remove_duplicate_orders"}
TOTAL = {"name": "total_amount_by_status"}
ENRICH = {"name": "enrich_orders", "description": "Adds the weather"}


def pipeline(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate({"name": "demo", "archetype": "data_pipeline", **more})


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_entities_become_datasets_with_keys_and_references(
    plain_engine: GeneratorEngine,
) -> None:
    render = await plain_engine.render(pipeline(entities=ENTITIES), None)
    files = texts(render)
    datasets = files["src/demo/datasets.py"]
    for text in (
        'unique=("id", "email", )',
        'natural="email"',
        'Reference("customer_id", "customers")',
        'numbers=("amount", )',
        'groups=("status", )',
    ):
        assert text in datasets
    # A shop has no other key; an order is referred to by nothing.
    assert "    id: RecordId\n" in files["src/demo/models/shops.py"]
    assert "    id: RecordId | None = None\n" in files["src/demo/models/orders.py"]
    assert "inference" not in str(files.keys())
    project = tomllib.loads(files["pyproject.toml"])
    assert project["project"]["scripts"] == {"demo": "demo.cli:app"}
    names = {name.partition("[")[0] for name in project["project"]["dependencies"]}
    assert names == {"openpyxl", "pydantic", "typer"}
    for capability in ("entity:Order", "field:Order.amount", "relation:Order.customer"):
        assert render.provides[capability]


async def test_without_entities_columns_are_looked_at(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(pipeline(), None)
    files = texts(render)
    assert {"src/demo/inference.py", "tests/test_inference.py"} <= files.keys()
    assert not {"src/demo/datasets.py", "tests/factories.py"} & files.keys()
    assert render.provides["archetype:data_pipeline"]


async def test_steps_are_the_hosts_or_what_every_pipeline_does(
    plain_engine: GeneratorEngine,
) -> None:
    spec = pipeline(entities=ENTITIES, jobs=[DROP, DEDUPE], commands=[TOTAL], extra_files=FILES)
    render = await plain_engine.render(spec, None)
    steps = texts(render)["src/demo/steps.py"]
    assert "lambda call: drop_unpaid.drop_unpaid(tables=call.tables, now=call.now)" in steps
    assert "duplicate" not in steps
    assert render.provides["job:drop_unpaid"] == [
        "tests/test_drop_unpaid.py::test_unpaid_orders_are_dropped"
    ]
    assert any("there_twice" in test for test in render.provides["job:remove_duplicate_orders"])
    assert all("summaries" in test for test in render.provides["command:total_amount_by_status"])
    assert render.notes == []


async def test_a_step_nobody_knows_is_left_out_and_told(plain_engine: GeneratorEngine) -> None:
    render = await plain_engine.render(pipeline(entities=ENTITIES, jobs=[ENRICH]), None)
    assert "job:enrich_orders" not in render.provides
    (note,) = render.notes
    assert "src/demo/core/enrich_orders.py" in note
    assert "def enrich_orders(*, tables: Tables, now: dt.datetime) -> Tables" in note


async def test_the_hosts_function_demands_only_what_steps_are_given(
    plain_engine: GeneratorEngine,
) -> None:
    files = [FILES[0] | {"content": "def drop_unpaid(*, tables, to): ..."}]
    with pytest.raises(InvalidInputError, match="demands to, which no step is given"):
        await plain_engine.render(pipeline(jobs=[DROP], extra_files=files), None)
    with pytest.raises(InvalidInputError, match="listed twice"):
        await plain_engine.render(pipeline(jobs=[DEDUPE], commands=[DEDUPE]), None)


@pytest.mark.parametrize("name", sorted(SPECS))
async def test_every_spec_becomes_valid_code(plain_engine: GeneratorEngine, name: str) -> None:
    spec = ProjectSpec.model_validate(SPECS[name] | {"archetype": "data_pipeline", "features": []})
    for path, content in texts(await plain_engine.render(spec, None)).items():
        assert "TODO:" not in content
        assert "# noqa" not in content
        assert "type: ignore" not in content
        if path.endswith(".py"):
            compile(content, path, "exec")


async def test_words_of_a_pipeline_stay_words(plain_engine: GeneratorEngine) -> None:
    async def shape(text: str, line: str) -> dict[str, str]:
        render = await plain_engine.render(
            pipeline(
                title=line,
                description=text,
                entities=[CUSTOMER | {"description": line}],
                jobs=[DROP | {"description": line}],
                extra_files=FILES[:1],
            ),
            None,
        )
        assert "feature:fake" not in render.provides
        return {
            path: _without_strings(content) if path.endswith(".py") else ""
            for path, content in texts(render).items()
        }

    assert await shape(HOSTILE, HOSTILE_LINE) == await shape("plain", "plain")


def _without_strings(content: str) -> str:
    tree = ast.parse(content)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        pipeline(features=["license"]),
        pipeline(entities=ENTITIES, jobs=[DROP, DEDUPE], commands=[TOTAL], extra_files=FILES),
        pipeline(entities=[*WIDE, NAMES], features=["pre_commit"]),
    ],
    ids=["empty", "steps", "wide"],
)
async def test_a_generated_pipeline_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
