"""Rendering and rendering again, against two plain ways of rendering the same templates.

    python benchmarks/rendering.py [--rounds N]

A project of twelve entities with accounts is rendered with and without the formatter, then again
after edits by a user: another spec, merged into the files on the disk. The baseline of the same
run renders the very same templates and texts with a fresh Jinja environment for each project, as a
template tool that is started for one project does. Milliseconds, the median of the rounds; only
the ratios travel from machine to machine. Processor time stands beside the wall clock: on a busy
machine it says more.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import anyio

import autonomous_coder_resources
from autonomous_coder.engines.generator import GeneratorEngine, templating
from autonomous_coder.formatting import format_python
from autonomous_coder.languages.packs import PACKS
from autonomous_coder.models.generation import Earlier, Render
from autonomous_coder.models.spec import ProjectSpec
from autonomous_coder.sandbox.sandbox import Sandbox
from autonomous_coder.settings import load_settings

TEMPLATES = Path(autonomous_coder_resources.__file__).parent / "templates"
ENTITIES = 12
GOALS = {"render": 300.0, "render again after edits": 500.0}
Row = tuple[float, float]
"""Milliseconds of (wall clock, processor)."""


def twelve(extra: str = "") -> ProjectSpec:
    """Twelve entities that point at each other, with accounts; `extra` is a field of each."""
    names = [f"Thing{letter}" for letter in "ABCDEFGHIJKL"]
    entities: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        fields: list[dict[str, Any]] = [
            {"name": "title", "maximum": 200},
            {"name": "note", "type": "text", "required": False},
            {"name": "amount", "type": "decimal", "minimum": 0},
            {"name": "done", "type": "boolean", "default": False},
            {"name": "day", "type": "date", "required": False},
            {"name": "state", "type": "enum", "values": ["new", "open", "closed"]},
        ]
        if extra:
            fields.append({"name": extra, "type": "integer"})
        relations = [{"name": "parent", "kind": "many_to_one", "target": names[number - 1]}]
        entities.append(
            {
                "name": name,
                "plural": f"things_{name[-1].lower()}",
                "fields": fields,
                "relations": relations if number else [],
                "access": "private" if number % 3 == 0 else "shared",
            }
        )
    return ProjectSpec.model_validate(
        {"name": "twelve", "language": "python", "entities": entities, "features": ["accounts"]}
    )


async def unformatted(files: Mapping[str, str], _: str) -> Mapping[str, str]:
    """A formatter that leaves files as they are."""
    return files


async def timed(rounds: int, work: Callable[[], Awaitable[object]]) -> Row:
    """The median of the rounds, after one that warms up."""
    await work()
    walls, processors = [], []
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        await work()
        walls.append((time.perf_counter() - wall) * 1000)
        processors.append((time.process_time() - processor) * 1000)
    return statistics.median(walls), statistics.median(processors)


def edit(root: Path, paths: list[str], chance: random.Random) -> None:
    """A line of the user's own in each file."""
    for path in paths:
        file = root / path
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        lines.insert(chance.randrange(len(lines) + 1), "# a line of the user's\n")
        file.write_text("".join(lines), encoding="utf-8")


def lost(root: Path, paths: list[str]) -> int:
    """How many of the edited files have lost the user's line."""
    return sum("# a line of the user's" not in (root / path).read_text() for path in paths)


async def again(engine: GeneratorEngine, rounds: int, place: Path) -> tuple[Row, int]:
    """Generate with one more field for each entity, over edits in a third of the files."""
    chance = random.Random(1)
    before, after = twelve(), twelve("stars")
    first = await engine.render(before, None)
    baseline = {file.path: file.content for file in first.files}
    paths = [p for p in baseline if p.endswith(".py") and "migrations" not in p][::3]
    walls, processors, gone = [], [], 0
    for number in range(rounds + 1):
        root = place / str(number)
        await engine.write(first, root, baseline=None)
        edit(root, paths, chance)
        wall, processor = time.perf_counter(), time.process_time()
        earlier = Earlier(spec=before, files=baseline, root=root)
        render = await engine.render(after, None, earlier)
        await engine.write(render, root, baseline=baseline)
        walls.append((time.perf_counter() - wall) * 1000)
        processors.append((time.process_time() - processor) * 1000)
        gone += lost(root, paths)
    return (statistics.median(walls[1:]), statistics.median(processors[1:])), gone


async def measure(rounds: int) -> None:
    settings = load_settings()
    sandbox = Sandbox(settings.sandbox, settings.cache_dir())

    async def laid_out(files: Mapping[str, str], _: str) -> Mapping[str, str]:
        return await format_python(sandbox, files)

    spec = twelve()
    packs = {"python": PACKS["python"]}
    plain = GeneratorEngine(TEMPLATES, packs, unformatted)
    formatting = GeneratorEngine(TEMPLATES, packs, laid_out)

    async def warm() -> Render:
        return await plain.render(spec, None)

    async def fresh() -> Render:
        # What the process has compiled is shared by its engines; a tool just started has nothing.
        for shared in (templating._code, templating._compiled, templating._expression):
            shared.cache_clear()
        return await GeneratorEngine(TEMPLATES, packs, unformatted).render(spec, None)

    async def whole() -> Render:
        return await formatting.render(spec, None)

    files = (await warm()).files
    with tempfile.TemporaryDirectory() as name:
        regenerated, gone = await again(plain, rounds, Path(name) / "plain")
        written, more = await again(formatting, max(1, rounds // 3), Path(name) / "formatted")
    rows = {
        "render": await timed(rounds, warm),
        "render, a fresh Jinja environment each time (baseline)": await timed(rounds, fresh),
        "render and lay out with ruff": await timed(max(1, rounds // 3), whole),
        "render again after edits": regenerated,
        "render again after edits, laid out with ruff": written,
    }
    base = rows["render, a fresh Jinja environment each time (baseline)"]
    size = sum(len(file.content) for file in files) // 1000
    print(f"{ENTITIES} entities, {len(files)} files, {size} kB; edits lost: {gone + more}\n")
    print("| what | wall ms | processor ms | ratio to the baseline | goal ms |")
    print("|---|---|---|---|---|")
    for what, (wall, processor) in rows.items():
        goal = f"{GOALS[what]:.0f}" if what in GOALS else ""
        ratio = processor / base[1]
        print(f"| {what} | {wall:.0f} | {processor:.0f} | {ratio:.2f} | {goal} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    anyio.run(measure, arguments.rounds)


if __name__ == "__main__":
    main()
