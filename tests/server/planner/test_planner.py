"""Plans: tasks with dependencies, waves, critical path and observed progress."""

from __future__ import annotations

import pytest

from autonomous_coder.engines.planner import Planner
from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.planning import PHASES, Plan, Task, TaskStatus
from server.intelligence.understanding import core


def plan_of(sentence: str) -> Plan:
    engine = core()
    spec = engine.analyze_requirements(sentence)
    stack = engine.select_tech_stack(spec, None)
    return Planner().create_implementation_plan(
        spec,
        stack,
        engine.determine_architecture(spec),
        engine.estimate_complexity(spec),
        engine.assess_risks(spec, stack),
    )


BLOG = "a blog with posts, comments and tags, users can log in, CSV export"


def test_a_plan_has_tasks_for_every_entity_feature_and_phase() -> None:
    plan = plan_of(BLOG)
    ids = [task.id for task in plan.tasks]
    assert {"foundation", "accounts", "entity-post", "entity-comment", "entity-tag"} <= set(ids)
    assert {"feature-export", "feature-docker", "feature-ci", "tests", "validate"} <= set(ids)
    assert {task.phase for task in plan.tasks} == set(PHASES)
    assert [m.tasks for m in plan.milestones if m.name == "Every check was run"] == [["validate"]]


def test_every_requirement_is_served_by_a_task() -> None:
    plan = plan_of(BLOG)
    served = {r for task in plan.tasks for r in task.requirements}
    assert served == {r.id for r in plan.spec.requirements}


def test_tasks_come_after_those_they_depend_on() -> None:
    plan = plan_of("orders belong to customers, order items belong to orders and products")
    seen: set[str] = set()
    for task in plan.tasks:
        assert seen.issuperset(task.depends_on)
        seen.add(task.id)
    comment = next(t for t in plan_of(BLOG).tasks if t.id == "entity-comment")
    assert "entity-post" in comment.depends_on


def test_waves_respect_dependencies_and_workers() -> None:
    plan = plan_of(BLOG)
    for workers in (1, 2, 8):
        schedule = Planner().schedule_tasks(plan.tasks, workers=workers)
        graph = Planner().analyze_dependencies(plan.tasks)
        done: set[str] = set()
        for wave in schedule.waves:
            assert 1 <= len(wave) <= workers
            assert all(done.issuperset(graph[name]) for name in wave)
            done |= set(wave)
        assert done == set(graph)


def test_the_critical_path_is_the_longest_chain() -> None:
    tasks = [
        Task(id="a", title="a", effort=1),
        Task(id="b", title="b", effort=5, depends_on=["a"]),
        Task(id="c", title="c", effort=2, depends_on=["a"]),
        Task(id="d", title="d", effort=2, depends_on=["b", "c"]),
        Task(id="e", title="e", effort=7),
    ]
    schedule = Planner().schedule_tasks(tasks)
    assert schedule.critical_path == ["a", "b", "d"]
    assert (schedule.critical_effort, schedule.total_effort) == (8, 17)


def test_a_cycle_is_refused_by_name() -> None:
    tasks = [
        Task(id="a", title="a", depends_on=["c"]),
        Task(id="b", title="b", depends_on=["a"]),
        Task(id="c", title="c", depends_on=["b"]),
    ]
    with pytest.raises(InvalidInputError, match="a -> c -> b -> a"):
        Planner().analyze_dependencies(tasks)


def test_unknown_and_doubled_ids_are_refused_by_name() -> None:
    with pytest.raises(InvalidInputError, match="'ghost'"):
        Planner().analyze_dependencies([Task(id="a", title="a", depends_on=["ghost"])])
    with pytest.raises(InvalidInputError, match="'a'"):
        Planner().analyze_dependencies([Task(id="a", title="a"), Task(id="a", title="b")])
    with pytest.raises(InvalidInputError, match="workers"):
        Planner().schedule_tasks([], workers=0)


def test_a_thousand_chained_tasks_are_scheduled() -> None:
    tasks = [
        Task(id=f"t{n}", title="t", depends_on=[f"t{n - 1}"] if n else []) for n in range(1_000)
    ]
    assert Planner().schedule_tasks(tasks).critical_effort == 1_000


def test_progress_is_what_was_observed_weighted_by_effort() -> None:
    plan = plan_of(BLOG)
    report = Planner().track_progress(plan)
    assert (report.done, report.failed, report.percentage) == (0, 0, 0.0)
    assert report.next_tasks == ["understand"]
    plan.tasks[0].status = TaskStatus.DONE
    plan.tasks[-1].status = TaskStatus.FAILED
    report = Planner().track_progress(plan)
    assert (report.done, report.failed) == (1, 1)
    assert report.next_tasks == ["resolve-versions"]
    for task in plan.tasks:
        task.status = TaskStatus.DONE
    assert Planner().track_progress(plan).percentage == 100.0


def test_the_same_spec_gives_the_same_plan() -> None:
    assert plan_of(BLOG).model_dump_json() == plan_of(BLOG).model_dump_json()
