"""Which tools there are, in their fixed order, and which of them a server offers."""

from __future__ import annotations

from collections.abc import Sequence

from autonomous_coder.errors import InvalidInputError
from autonomous_coder_tools.build import BUILD
from autonomous_coder_tools.checkpoint import CHECKPOINT
from autonomous_coder_tools.fix import FIX
from autonomous_coder_tools.generate import GENERATE
from autonomous_coder_tools.knowledge import KNOWLEDGE
from autonomous_coder_tools.plan import PLAN
from autonomous_coder_tools.research import RESEARCH
from autonomous_coder_tools.spec import ToolSpec
from autonomous_coder_tools.status import STATUS
from autonomous_coder_tools.validate import VALIDATE

TOOLS: tuple[ToolSpec, ...] = (
    RESEARCH,
    PLAN,
    GENERATE,
    VALIDATE,
    FIX,
    CHECKPOINT,
    BUILD,
    STATUS,
    KNOWLEDGE,
)

TOOLSETS: tuple[str, ...] = tuple(dict.fromkeys(tool.toolset for tool in TOOLS))


def select_tools(toolsets: Sequence[str] = (), *, read_only: bool = False) -> tuple[ToolSpec, ...]:
    """The tools to offer. `toolsets` names toolsets or single tools; none means all. `status` is
    always there, because the long tools hand over to it. `read_only` keeps those whose annotation
    says so: research, status and knowledge.

    Raises:
        InvalidInputError: a name that is neither a toolset nor a tool.
    """
    named = {name.strip() for name in toolsets if name.strip()} - {"all"}
    known = {*TOOLSETS, *(tool.name for tool in TOOLS)}
    unknown = sorted(named - known)
    if unknown:
        raise InvalidInputError(
            f"Unknown toolset: {', '.join(unknown)}.",
            hint=f"Toolsets are: all, {', '.join(TOOLSETS)}; tool names may be used as well.",
        )
    if "all" in {name.strip() for name in toolsets}:
        named = set()
    return tuple(
        tool
        for tool in TOOLS
        if (not named or tool is STATUS or tool.name in named or tool.toolset in named)
        and (tool.hints.read_only or not read_only)
    )
