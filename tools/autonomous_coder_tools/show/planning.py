"""Plans and what generation did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autonomous_coder_tools.reply import View, page, quoted, quoted_block

if TYPE_CHECKING:
    from autonomous_coder.models.planning import Plan
    from autonomous_coder.models.spec import Entity, ProjectSpec


MAX_ENTITY_CHARS = 5_000
"""Of all entities together, so that what follows them is told as well."""


def show_plan(result: dict[str, Any], *, offset: int, limit: int) -> View:
    """A PlanResult: spec, stack with reasons, architecture, risks, tasks (paged), questions."""
    from autonomous_coder.models.adoption import EXISTING
    from autonomous_coder.models.results import PlanResult

    found = PlanResult.model_validate(result)
    plan, project_id = found.plan, found.project_id
    tasks, notes = page(plan.tasks, "tasks", offset=offset, limit=limit, where="status")
    lines = [f"Planned project {project_id}: {plan.spec.name}", *_spec_lines(plan.spec)]
    lines += _stack_lines(plan)
    lines.append(f"Architecture: {plan.architecture.pattern} ({plan.architecture.reason})")
    lines.append(f"Complexity: {plan.complexity.level} ({plan.complexity.score}/100)")
    lines += [f"Risk ({r.severity}): {r.title}. {r.mitigation}" for r in plan.risks[:10]]
    lines.append(f"Tasks: {len(plan.tasks)}")
    lines += [f"- {task.id} {task.title} [{task.phase.value}]" for task in tasks]
    lines += question_lines([f"{q.question} (assumed: {q.assumed})" for q in plan.spec.questions])
    data = plan.model_dump(mode="json", exclude={"tasks"}, exclude_none=True)
    data |= {
        "project_id": project_id,
        "tech_stack": plan.stack.as_dict(),
        "tasks": [task.model_dump(mode="json") for task in tasks],
        "total_tasks": len(plan.tasks),
    }
    # What an existing project is added to is known.
    where = "" if plan.spec.archetype == EXISTING else ", output_path='/absolute/new/directory'"
    step = (
        f"Call generate(project_id='{project_id}'{where}), with "
        f"preview=true to look first. To change the plan, call plan(project_id='{project_id}', "
        "spec={…}) with what is to change; what it does not name stays."
    )
    return View(lines, data, step, notes)


def _spec_lines(spec: ProjectSpec) -> list[str]:
    framework = f" with {spec.framework}" if spec.framework else ""
    lines = [f"Kind: {spec.archetype} in {spec.language}{framework}"]
    room = max(60, MAX_ENTITY_CHARS // max(1, len(spec.entities)))
    lines += [_cut(_entity_line(entity), room) for entity in spec.entities]
    for name, items in (
        ("Commands", spec.commands),
        ("Jobs", spec.jobs),
        ("Channels", spec.channels),
        ("Pages", spec.pages),
    ):
        if items:
            lines.append(f"{name}: {', '.join(item.name for item in items)}")
    if spec.features:
        lines.append(f"Features: {', '.join(spec.features)}")
    if spec.requirements:
        lines.append("Requirements (each will be proven, built or not_built):")
        lines += [f"- {r.id} {quoted(r.text, 200)}" for r in spec.requirements]
    lines += [f"Assumed: {a}" for a in spec.assumptions]
    return lines


def _entity_line(entity: Entity) -> str:
    parts = [f"{f.name} {f.type.value}" for f in entity.fields]
    parts += [f"{r.name} -> {r.target} ({r.kind.value})" for r in entity.relations]
    return f"Entity {entity.name} [{entity.access.value}]: {', '.join(parts)}"


def _cut(line: str, room: int) -> str:
    return line if len(line) <= room else line[: room - 1] + "…"


def _stack_lines(plan: Plan) -> list[str]:
    stack = plan.stack
    runtime = f" {stack.runtime}" if stack.runtime else ""
    lines = [f"Stack: {stack.language}{runtime}"]
    for choice in stack.choices:
        name = f"{choice.choice} {choice.version}".strip()
        lines.append(f"- {choice.part}: {name} ({choice.reason})")
    if stack.resolution is not None:
        held = [p for p in stack.resolution.pins if p.direct and p.held_by]
        lines.append(
            f"Versions: {len(stack.resolution.versions())} direct packages, "
            f"{stack.resolution.origin.value}"
        )
        lines += [
            f"- {p.name} {p.version} held below {p.newest} by {quoted(p.held_by)}" for p in held
        ]
    return lines


def question_lines(questions: list[str]) -> list[str]:
    """Open questions, with the answers assumed meanwhile."""
    if not questions:
        return []
    return ["Open questions (ask the user where it matters):", *(f"- {q}" for q in questions)]


def show_generated(result: dict[str, Any], *, offset: int, limit: int) -> View:
    """A GeneratedProject: what happened to each file (paged), conflicts first in the text."""
    from autonomous_coder.models.results import GeneratedProject

    found = GeneratedProject.model_validate(result)
    done = found.result
    changes, notes = page(done.changes, "changes", offset=offset, limit=limit, where="status")
    counts: dict[str, int] = {}
    for change in done.changes:
        counts[change.action] = counts.get(change.action, 0) + 1
    summary = ", ".join(f"{count} {action}" for action, count in sorted(counts.items()))
    lines = [
        f"{'Preview: nothing was written.' if done.preview else 'Files were written.'} "
        f"{summary or 'no changes'}",
        f"Directory: {done.path} (project {found.project_id})",
    ]
    conflicts = [c for c in done.changes if c.action == "conflict"]
    lines += [f"- CONFLICT {c.path}: {c.reason}" for c in conflicts]
    lines += [f"- {c.action} {c.path}" for c in changes if c.action != "conflict"]
    lines += [f"Note: {note}" for note in done.notes]
    if done.start:
        lines.append(f"Start: {done.start}")
    if done.test:
        lines.append(f"Test: {done.test}")
    if done.preview and done.diff:
        lines += ["What would be written:", *quoted_block(done.diff, 200)]
    data = done.model_dump(mode="json", exclude={"changes"})
    data |= {
        "project_id": found.project_id,
        "checkpoint_id": found.checkpoint_id,
        "changes": [change.model_dump(mode="json") for change in changes],
        "total_changes": len(done.changes),
        "conflicts": len(conflicts),
    }
    return View(lines, data, _after_generation(found.project_id, done.preview, conflicts), notes)


def _after_generation(project_id: str, preview: bool, conflicts: list[Any]) -> str:
    if preview:
        return f"Call generate(project_id='{project_id}', output_path=…) to write it."
    if conflicts:
        return (
            "Resolve the conflicts marked in the files, then call "
            f"validate(project_id='{project_id}')."
        )
    return f"Call validate(project_id='{project_id}')."
