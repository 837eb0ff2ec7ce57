"""Background workers in TypeScript: which jobs there are, when they run, and that they are
proven."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from autonomous_coder.engines.generator import GeneratorEngine
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.languages.node.pack import TypeScriptPack
from autonomous_coder.models.generation import Render
from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import HOSTILE, HOSTILE_LINE, SPECS, TEMPLATES, entity, field, link
from server.generator.proving import passed, proven
from server.generator.python_packages import NAMES, WIDE

pytestmark = pytest.mark.anyio

SESSION = entity("Session", "sessions", [field("token", unique=True), field("expires_on", "date")])
NOTE = entity("Note", "notes", [field("text", "text")], link("session", "Session", required=False))
CLEAN = {"name": "clean_up", "description": "Clean up expired sessions", "schedule": "every night"}
PURGE = {
    "name": "purge_notes",
    "description": "Delete notes older than 2 weeks",
    "schedule": "every 7 minutes",
}
REPORT = {"name": "send_report", "description": "Sends it", "schedule": "weekdays at 08:00"}
CODE = """import type { Call } from '../job.ts';

/** What is sent. */
export async function sendReport({ now }: Pick<Call, 'now'>): Promise<string> {
  return `sent at ${now.toISOString()}`;
}
"""
TEST = """import { expect, test } from 'vitest';
import { sendReport } from '../src/core/send-report.ts';

test('a report is sent', async () => {
  expect(await sendReport({ now: new Date(0) })).toBe('sent at 1970-01-01T00:00:00.000Z');
});
"""
FILES: list[dict[str, object]] = [
    {"path": "src/core/send-report.ts", "content": CODE, "mode": "once"},
    {
        "path": "tests/report.test.ts",
        "content": TEST,
        "mode": "once",
        "proves": ["job:send_report"],
    },
]


async def unformatted(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    return files


ENGINE = GeneratorEngine(TEMPLATES, {"typescript": TypeScriptPack()}, unformatted)


def worker(**more: object) -> ProjectSpec:
    return ProjectSpec.model_validate(
        {"name": "demo", "language": "typescript", "archetype": "worker", **more}
    )


async def rendered(spec: ProjectSpec) -> Render:
    return await ENGINE.render(spec, None)


def texts(render: Render) -> dict[str, str]:
    return {file.path: file.content for file in render.files}


async def test_jobs_run_when_the_spec_says() -> None:
    spec = worker(entities=[SESSION, NOTE], jobs=[CLEAN, PURGE, REPORT], extra_files=FILES)
    render = await rendered(spec)
    files = texts(render)
    for text in (
        'schedule: cron("0 3 * * *")', "schedule: every(420)", 'schedule: cron("0 8 * * 1-5")',
        'import { sendReport } from "./core/send-report.ts"', "work: cleanUp,",
    ):  # fmt: skip
        assert text in files["src/jobs.ts"]
    assert "expires_on, now.toISOString().slice(0, 10))" in files["src/core/clean-up.ts"]
    assert "KEPT_MS = 14 * 24" in files["src/core/purge-notes.ts"]
    assert render.provides["job:clean_up"] == ["tests/jobs.test.ts::clean_up"]
    assert render.provides["job:send_report"] == ["tests/report.test.ts::a report is sent"]
    assert '"dist/main.js", "health"' in files["Dockerfile"]
    assert json.loads(files["package.json"])["scripts"]["start"].endswith("dist/main.js start")
    assert "env-paths" not in files["package.json"]


async def test_a_job_nobody_knows_is_left_out_and_told() -> None:
    for entities, jobs in (([SESSION], [CLEAN, REPORT]), ([], [REPORT])):
        render = await rendered(worker(entities=entities, jobs=jobs))
        assert "job:send_report" not in render.provides
        (note,) = render.notes
        assert "src/core/send-report.ts" in note
        assert "export function sendReport({ database, now, signal }: Call): unknown" in note
        assert "prune_runs" in texts(render)["src/jobs.ts"]


async def test_what_cannot_be_called_or_understood_is_refused() -> None:
    moon = [REPORT | {"schedule": "when the moon is full"}]
    with pytest.raises(InvalidInputError, match="'when the moon is full' of 'send_report'"):
        await rendered(worker(jobs=moon, extra_files=FILES))
    with pytest.raises(InvalidInputError, match="listed twice"):
        await rendered(worker(jobs=[REPORT, REPORT], extra_files=FILES))
    for code, fault in (
        ("export const wrong = 1;", "exports no function 'sendReport'"),
        ("export function sendReport(to, from) {}", "demands 2 things"),
    ):
        files = [FILES[0] | {"content": code}]
        with pytest.raises(InvalidInputError, match=fault):
            await rendered(worker(jobs=[REPORT], extra_files=files))


async def test_jobs_whose_names_are_words_of_the_code_are_called_otherwise_there() -> None:
    files = [
        {"path": f"src/core/{name}.ts", "content": f"export function {function}() {{}}"}
        for name, function in (("cron", "cron"), ("delete", "delete_"))
    ]
    jobs = [{"name": "cron", "schedule": "hourly"}, {"name": "delete", "schedule": "hourly"}]
    code = texts(await rendered(worker(jobs=jobs, extra_files=files)))["src/jobs.ts"]
    assert 'import { cron as cron_job } from "./core/cron.ts"' in code
    assert 'import { delete_ } from "./core/delete.ts"' in code


@pytest.mark.parametrize("name", ["blog", "empty", "everything", "people", "plain"])
async def test_every_spec_renders_and_each_part_of_it_is_proven(name: str) -> None:
    data = {key: value for key, value in SPECS[name].items() if key != "features"}
    spec = ProjectSpec.model_validate({**data, "language": "typescript", "archetype": "worker"})
    render = await rendered(spec)
    files = {path: text for path, text in texts(render).items() if path.endswith(".ts")}
    for e in spec.entities:
        assert render.provides[f"entity:{e.name}"]
        assert all(render.provides[f"field:{e.name}.{f.name}"] for f in e.fields)
        assert all(render.provides[f"relation:{e.name}.{r.name}"] for r in e.relations)
    bad = r"(?:[:<|,]|\bas) ?any\b|@ts-|biome-ignore|\bTODO\b|\bFIXME\b"
    assert {path for path, text in files.items() if re.search(bad, text)} == set()
    titles = {
        f"{path}::{json.loads(title)}"
        for path, text in files.items()
        for title in re.findall(r'^\s*test\(("[^"]+")', text, re.MULTILINE)
    }
    assert {test for tests in render.provides.values() for test in tests} <= titles


async def test_words_of_a_worker_stay_words() -> None:
    spec = worker(
        title=HOSTILE_LINE,
        description=HOSTILE,
        entities=[SESSION | {"description": HOSTILE_LINE}],
        jobs=[CLEAN, REPORT | {"description": HOSTILE_LINE}],
        extra_files=FILES,
    )
    render = await rendered(spec)
    assert "feature:fake" not in render.provides
    for path, text in texts(render).items():
        assert "\x00" not in text
        if path.endswith((".ts", ".sql")):
            assert HOSTILE_LINE not in text, path


@pytest.mark.slow
@pytest.mark.live
@pytest.mark.sandbox
@pytest.mark.thorough
@pytest.mark.parametrize(
    "spec",
    [
        worker(),
        worker(entities=[SESSION, NOTE], jobs=[CLEAN, PURGE, REPORT], extra_files=FILES),
        worker(
            entities=[*WIDE, NAMES],
            jobs=[PURGE | {"description": "Delete posts older than a month"}],
        ),
    ],
    ids=["empty", "jobs", "wide"],
)
async def test_a_generated_worker_passes_every_check(spec: ProjectSpec, tmp_path: Path) -> None:
    report = await proven(spec, tmp_path)
    assert {"dependencies", "build", "lint", "types", "tests", "format"} <= passed(report)
