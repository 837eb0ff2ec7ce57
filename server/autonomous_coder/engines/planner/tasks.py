"""The tasks of a plan, from what is to be built."""

from __future__ import annotations

from autonomous_coder.models.planning import Phase, Plan, Task
from autonomous_coder.models.spec import Entity, ProjectSpec

INFRASTRUCTURE = {
    "docker": ("Write the container image", ["Dockerfile"]),
    "ci": ("Write the workflow that tests every change", [".github/workflows/ci.yml"]),
    "docs": ("Write the documentation", ["README.md", "AGENTS.md"]),
}
"""Features that are files beside the code."""
MANIFESTS = {
    "python": ["pyproject.toml"], "typescript": ["package.json"], "javascript": ["package.json"],
    "go": ["go.mod"],
}  # fmt: skip
INSIDE = frozenset({"sqlite", "postgresql", "tests", "openapi", "pagination", "health"})
"""Features that come with the foundation, the entities and their tests."""


def decompose(plan: Plan) -> list[Task]:
    """Tasks of all six phases in order; each names the requirements it serves."""
    spec = plan.spec
    entity_tasks = _entities(spec)
    work = _foundation(spec) + entity_tasks
    work += _features(spec, [task.id for task in entity_tasks])
    code = [task.id for task in work]
    lock = Task(
        id="resolve-versions",
        title="Look up and resolve current versions",
        phase=Phase.RESEARCH,
        priority=1,
    )
    decide = Task(
        id="settle-plan",
        title=f"Settle the {plan.architecture.pattern} and its stack",
        phase=Phase.PLANNING,
        depends_on=["understand", lock.id],
        priority=1,
    )
    for task in work:
        if not task.depends_on:
            task.depends_on = [decide.id]
    return [
        Task(id="understand", title="Read the request", phase=Phase.UNDERSTANDING, priority=1),
        Task(**{**lock.model_dump(), "depends_on": ["understand"]}),
        decide,
        *work,
        *_validation(spec, code),
    ]


def _serving(spec: ProjectSpec, *starts: str) -> list[str]:
    return [
        r.id
        for r in spec.requirements
        if any(n == s or (s.endswith(".") and n.startswith(s)) for n in r.needs for s in starts)
    ]


def _foundation(spec: ProjectSpec) -> list[Task]:
    inside = [f"feature:{name}" for name in spec.features if name in INSIDE and name != "tests"]
    out = [
        Task(
            id="foundation",
            title=f"Lay the foundation of the {spec.archetype.replace('_', ' ')}",
            requirements=_serving(spec, f"archetype:{spec.archetype}", *inside),
            effort=3,
            priority=1,
            files=MANIFESTS.get(spec.language, []),
        )
    ]
    if "accounts" in spec.features:
        out.append(
            Task(
                id="accounts",
                title="Users register, log in and prove who they are",
                depends_on=["foundation"],
                requirements=_serving(spec, "feature:accounts"),
                effort=4,
                priority=1,
            )
        )
    return out


def _entities(spec: ProjectSpec) -> list[Task]:
    base = ["accounts"] if "accounts" in spec.features else ["foundation"]
    names = {entity.name for entity in spec.entities}
    before: set[str] = set()
    tasks = []
    for entity in in_order(spec.entities):
        needed = [
            f"entity-{_slug(r.target)}"
            for r in entity.relations
            if r.target in names and r.target in before and r.target != entity.name
        ]
        before.add(entity.name)
        tasks.append(
            Task(
                id=f"entity-{_slug(entity.name)}",
                title=f"Store and serve {entity.plural.replace('_', ' ')}",
                depends_on=[*base, *dict.fromkeys(needed)],
                requirements=_serving(
                    spec,
                    f"entity:{entity.name}",
                    f"field:{entity.name}.",
                    f"relation:{entity.name}.",
                ),
                effort=min(100, 2 + len(entity.fields) // 4 + len(entity.relations)),
                priority=2,
            )
        )
    return tasks


def in_order(entities: list[Entity]) -> list[Entity]:
    """What others point at comes first; circles keep the order of the spec."""
    left = list(entities)
    names = {entity.name for entity in entities}
    placed: set[str] = set()
    out: list[Entity] = []
    while left:
        ready = next(
            (
                e
                for e in left
                if all(
                    r.target in placed or r.target == e.name or r.target not in names
                    for r in e.relations
                )
            ),
            left[0],
        )
        left.remove(ready)
        placed.add(ready.name)
        out.append(ready)
    return out


def _features(spec: ProjectSpec, entities: list[str]) -> list[Task]:
    out = []
    for name in spec.features:
        if name in INSIDE or name == "accounts":
            continue
        title, files = INFRASTRUCTURE.get(name, (f"Add {name.replace('_', ' ')}", []))
        outside = name in INFRASTRUCTURE
        out.append(
            Task(
                id=f"feature-{_slug(name)}",
                title=title,
                depends_on=["foundation"] if outside else (entities or ["foundation"]),
                requirements=_serving(spec, f"feature:{name}"),
                effort=1 if outside else 3,
                priority=4 if outside else 3,
                files=list(files),
            )
        )
    for kind, rows in (
        ("command", spec.commands), ("job", spec.jobs), ("channel", spec.channels),
        ("page", spec.pages),
    ):  # fmt: skip
        out += [
            Task(
                id=f"{kind}-{_slug(row.name)}",
                title=f"Write the {kind} {row.name.replace('_', ' ')}",
                depends_on=entities or ["foundation"],
                requirements=_serving(spec, f"{kind}:{row.name}"),
                effort=2,
            )
            for row in rows
        ]
    return out


def _validation(spec: ProjectSpec, code: list[str]) -> list[Task]:
    return [
        Task(
            id="tests",
            title="Write the tests that prove each requirement",
            depends_on=code,
            requirements=[r.id for r in spec.requirements],
            effort=min(100, 2 + len(spec.entities)),
            priority=2,
        ),
        Task(
            id="validate",
            title="Run every check in the sandbox",
            phase=Phase.VALIDATION,
            depends_on=["tests"],
            effort=3,
            priority=1,
        ),
        Task(
            id="refine",
            title="Mend what the checks found and validate again",
            phase=Phase.REFINEMENT,
            depends_on=["validate"],
            effort=2,
            priority=2,
        ),
    ]


def _slug(name: str) -> str:
    out = "".join(f"-{char.lower()}" if char.isupper() else char for char in name)
    return out.strip("-").replace("_", "-")
