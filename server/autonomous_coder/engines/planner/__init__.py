"""Planning: tasks with dependencies, milestones, a schedule and observed progress."""

from autonomous_coder.engines.planner.planner import Planner

__all__ = ["Planner"]
