"""Brings a render onto the disk: as a new project, or merged into what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from autonomous_coder.engines.generator.merging import bounded_diff
from autonomous_coder.engines.generator.planning import Step, plan_new, plan_update, settled
from autonomous_coder.engines.generator.tree import Tree, check_paths
from autonomous_coder.engines.generator.writing import (
    check_free,
    is_empty_directory,
    write_new,
    write_update,
)
from autonomous_coder.models.generation import GeneratedFile, GenerationResult, Render


def apply_render(
    render: Render,
    output: Path,
    baseline: Mapping[str, str] | None,
    preview: bool,
    extra: dict[str, str],
    given: frozenset[str],
    tried: Sequence[Mapping[str, str]],
) -> GenerationResult:
    """See `GeneratorEngine.write`."""
    wanted = {file.path: file for file in render.files}
    wanted |= {path: GeneratedFile(path=path, content=text) for path, text in extra.items()}
    check_paths(wanted)
    if baseline is None or not output.exists() or is_empty_directory(output):
        check_free(output)
        steps = plan_new(wanted)
        if not preview:
            write_new(output, steps)
    else:
        steps = _plan_update(wanted, baseline, output, frozenset(extra), given, tried)
        if not preview:
            with Tree(output) as tree:
                tree.sweep({path for files in tried for path in files})
            write_update(output, steps)
    return GenerationResult(
        path=str(output),
        preview=preview,
        changes=[step.change() for step in steps],
        diff=_diff(steps) if preview else "",
        layers=render.layers,
        provides=render.provides,
        start=render.start,
        test=render.test,
        notes=render.notes,
    )


def _plan_update(
    wanted: Mapping[str, GeneratedFile],
    baseline: Mapping[str, str],
    output: Path,
    unmerged: frozenset[str],
    given: frozenset[str],
    tried: Sequence[Mapping[str, str]],
) -> list[Step]:
    for files in (baseline, *tried):
        check_paths(files)
    with Tree(output) as tree:
        disk = {path: tree.read(path) for path in {*wanted, *baseline}.union(*tried)}
    return plan_update(wanted, settled(baseline, tried, disk), disk, unmerged, given)


def _diff(steps: list[Step]) -> str:
    return bounded_diff(
        [(step.path, step.old, step.text) for step in steps if step.writes or step.deletes]
    )
