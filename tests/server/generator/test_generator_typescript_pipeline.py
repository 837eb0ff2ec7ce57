"""Data pipelines in TypeScript: datasets, steps, and that they are proven."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, TEMPLATES
from server.generator.proving import passed, proven
from server.generator.python_packages import NAMES, WIDE
from server.generator.test_generator_python_pipeline import (
    CUSTOMER,
    DEDUPE,
    DROP,
    ENRICH,
    ENTITIES,
    TOTAL,
)

pytestmark = pytest.mark.anyio

CODE = """import { orders } from "../datasets.ts";
import type { Call } from "../steps.ts";
import type { Tables } from "../tables.ts";

/** Only what was paid. */
export function dropUnpaid({ tables }: Call): Tables {
  const kept = tables.of(orders).filter(({ status }) => status === "paid");
  return tables.withRecords(orders, kept);
}
"""
TEST = """import { expect, test } from "vitest";
import { dropUnpaid } from "../src/core/drop-unpaid.ts";
import { orders } from "../src/datasets.ts";
import { Tables } from "../src/tables.ts";

test("unpaid orders are dropped", () => {
  const made = ["paid", "open"].map((status) =>
    orders.schema.parse({ id: status, amount: "1", customer_id: "a", status }),
  );
  const tables = new Tables().withRecords(orders, made);
  const left = dropUnpaid({ tables, now: new Date() });
  expect(left.of(orders)).toEqual(made.slice(0, 1));
});
"""
FILES: list[dict[str, object]] = [
    {"path": "src/core/drop-unpaid.ts", "content": CODE, "mode": "once"},
    {
        "path": "tests/drop-unpaid.test.ts",
        "content": TEST,
        "mode": "once",
        "proves": ["job:drop_unpaid"],
    },
]


@pytest.fixture
def engine() -> GeneratorEngine:
    """An engine that does not format."""

    async def leave(files: Mapping[str, str], _: str) -> Mapping[str, str]:
        return files

    return GeneratorEngine(TEMPLATES, {"typescript": TypeScriptPack()}, leave)


def pipeline(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "typescript", "archetype": "data_pipeline", **more}
    )


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_entities_become_datasets_with_keys_and_references(engine: GeneratorEngine) -> None:
    render = await engine.render(pipeline(entities=ENTITIES), None)
    files = texts(render)
    for text in (
        'unique: ["id", "email", ]',
        'natural: "email"',
        '{ column: "customer_id", target: "customers" }',
        'numbers: ["amount", ]',
        'groups: ["status", ]',
    ):
        assert text in files["src/datasets.ts"]
    # A shop has no other key; an order is referred to by nothing.
    assert "  id: recordId,\n" in files["src/schemas/shops.ts"]
    assert "  id: recordId.nullable().default(null),\n" in files["src/schemas/orders.ts"]
    manifest = json.loads(files["package.json"])
    assert {*manifest["dependencies"]} == {"fflate", "read-excel-file", "write-excel-file", "zod"}
    for capability in ("entity:Order", "field:Order.amount", "relation:Order.customer"):
        assert render.provides[capability]


async def test_without_entities_columns_are_looked_at(engine: GeneratorEngine) -> None:
    render = await engine.render(pipeline(), None)
    files = texts(render)
    assert {"src/inference.ts", "tests/inference.test.ts"} <= files.keys()
    assert not {"src/datasets.ts", "src/values.ts", "tests/factories.ts"} & files.keys()


async def test_steps_are_the_hosts_or_what_every_pipeline_does(engine: GeneratorEngine) -> None:
    spec = pipeline(
        entities=ENTITIES, jobs=[DROP, DEDUPE, ENRICH], commands=[TOTAL], extra_files=FILES
    )
    render = await engine.render(spec, None)
    assert "work: dropUnpaid }" in texts(render)["src/steps.ts"]
    assert render.provides["job:drop_unpaid"] == [
        "tests/drop-unpaid.test.ts::unpaid orders are dropped"
    ]
    assert any("there twice" in test for test in render.provides["job:remove_duplicate_orders"])
    assert all("summaries" in test for test in render.provides["command:total_amount_by_status"])
    (note,) = render.notes
    assert "src/core/enrich-orders.ts" in note
    assert "export function enrichOrders({ tables, now }: Call): Tables" in note


async def test_the_hosts_function_takes_one_thing(engine: GeneratorEngine) -> None:
    files = [FILES[0] | {"content": "export function dropUnpaid(tables, now) {}"}]
    with pytest.raises(InvalidInputError, match="a step is given one"):
        await engine.render(pipeline(jobs=[DROP], extra_files=files), None)


@pytest.mark.parametrize("name", sorted(SPECS.keys() - {"tricky"}))
async def test_every_spec_is_rendered(engine: GeneratorEngine, name: str) -> None:
    features = {"archetype": "data_pipeline", "language": "typescript", "features": []}
    spec = ProjectSpec.model_validate(SPECS[name] | features)
    render = await engine.render(spec, None)
    for content in texts(render).values():
        assert "TODO:" not in content
        assert "biome-ignore" not in content
        assert "@ts-" not in content
        assert ": any" not in content
    wanted = {f"entity:{entity.name}" for entity in spec.entities}
    assert all(render.provides[capability] for capability in wanted)


async def test_words_of_a_pipeline_stay_words(engine: GeneratorEngine) -> None:
    async def code(text: str, line: str) -> dict[str, int]:
        spec = pipeline(
            title=line,
            description=text,
            entities=[CUSTOMER | {"description": line}],
            jobs=[DROP | {"description": line}],
            extra_files=FILES[:1],
        )
        render = await engine.render(spec, None)
        assert "feature:fake" not in render.provides
        return {
            path: content.count("\n")
            for path, content in texts(render).items()
            if path.endswith(".ts")
        }

    assert await code(HOSTILE, HOSTILE_LINE) == await code("plain", "plain")


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        pipeline(features=["license"]),
        pipeline(entities=ENTITIES, jobs=[DROP, DEDUPE], commands=[TOTAL], extra_files=FILES),
        pipeline(entities=[*WIDE, NAMES]),
    ],
    ids=["empty", "steps", "wide"],
)
async def test_a_generated_pipeline_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
