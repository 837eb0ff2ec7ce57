"""Dependencies between tasks: checks, waves and the longest chain."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_coder.errors import InvalidInputError
from autonomous_coder.models.planning import Schedule, Task

MAX_WORKERS = 64


def dependencies(tasks: Sequence[Task]) -> dict[str, list[str]]:
    """Task id -> ids it waits for, in the order of the tasks.

    Raises:
        InvalidInputError: an id occurs twice or is unknown, or tasks wait for each other; the
            message names them.
    """
    known: dict[str, list[str]] = {}
    for task in tasks:
        if task.id in known:
            raise InvalidInputError(
                f"Two tasks have the id '{task.id[:80]}'.", hint="Give each task an id of its own."
            )
        known[task.id] = list(dict.fromkeys(task.depends_on))
    for name, needed in known.items():
        for other in needed:
            if other not in known:
                raise InvalidInputError(
                    f"Task '{name[:80]}' depends on '{other[:80]}', which is no task.",
                    hint=f"Tasks are: {', '.join(list(known)[:40])}.",
                )
    cycle = _cycle(known)
    if cycle:
        raise InvalidInputError(
            f"Tasks wait for each other: {' -> '.join(cycle)}.",
            hint="Remove one of these dependencies.",
        )
    return known


def _cycle(graph: dict[str, list[str]]) -> list[str]:
    """The ids of one cycle, first again at the end; empty when there is none."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, int]] = [(start, 0)]
        while stack:
            node, at = stack.pop()
            if at == 0:
                if node in done:
                    continue
                path.append(node)
                on_path.add(node)
            if at < len(graph[node]):
                stack.append((node, at + 1))
                after = graph[node][at]
                if after in on_path:
                    return [*path[path.index(after) :], after]
                stack.append((after, 0))
            else:
                done.add(node)
                on_path.discard(node)
                path.pop()
    return []


def schedule(tasks: Sequence[Task], workers: int) -> Schedule:
    """Waves of at most `workers` tasks, urgent and long chains first, and the critical path."""
    if not 1 <= workers <= MAX_WORKERS:
        raise InvalidInputError(
            f"'workers' must be between 1 and {MAX_WORKERS}, not {workers}.",
            hint="The setting is 'orchestration.parallel_tasks'.",
        )
    graph = dependencies(tasks)
    by_id = {task.id: task for task in tasks}
    tail = _tails(graph, by_id)
    order = {name: at for at, name in enumerate(graph)}
    waiting = {name: set(needed) for name, needed in graph.items()}
    waves: list[list[str]] = []
    while waiting:
        ready = sorted(
            (name for name, needed in waiting.items() if not needed),
            key=lambda name: (by_id[name].priority, -tail[name], order[name]),
        )[:workers]
        waves.append(ready)
        for name in ready:
            del waiting[name]
        for needed in waiting.values():
            needed.difference_update(ready)
    path = _critical(graph, tail)
    return Schedule(
        waves=waves,
        critical_path=path,
        total_effort=sum(task.effort for task in tasks),
        critical_effort=sum(by_id[name].effort for name in path),
    )


def _tails(graph: dict[str, list[str]], by_id: dict[str, Task]) -> dict[str, int]:
    """Effort from the start of each task to the end of the longest chain behind it."""
    followers: dict[str, list[str]] = {name: [] for name in graph}
    for name, needed in graph.items():
        for other in needed:
            followers[other].append(name)
    left = {name: len(after) for name, after in followers.items()}
    ready = [name for name, count in left.items() if not count]
    tail: dict[str, int] = {}
    while ready:
        name = ready.pop()
        tail[name] = by_id[name].effort + max((tail[a] for a in followers[name]), default=0)
        for other in graph[name]:
            left[other] -= 1
            if not left[other]:
                ready.append(other)
    return tail


def _critical(graph: dict[str, list[str]], tail: dict[str, int]) -> list[str]:
    followers: dict[str, list[str]] = {name: [] for name in graph}
    for name, needed in graph.items():
        for other in needed:
            followers[other].append(name)
    path: list[str] = []
    options = [name for name, needed in graph.items() if not needed]
    while options:
        best = max(options, key=lambda name: tail[name])
        path.append(best)
        options = followers[best]
    return path
