"""The SDK's server with strict arguments and errors that say what to do next."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import mcp.types as t
from mcp import MCPError
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool

from autonomous_coder.errors import CoderError
from autonomous_coder.services import Services
from autonomous_coder_prompts.spec import PromptSpec
from autonomous_coder_tools.arguments import check_arguments, shown
from autonomous_coder_tools.reply import error_reply, problem

logger = logging.getLogger(__name__)


class CoderServer(MCPServer[Services]):
    """`defaults` (argument -> value) stand in for the published default of every tool whose
    default is not zero: `status` answers at once unless it is asked to wait."""

    def __init__(
        self,
        name: str,
        *,
        tools: list[Tool],
        prompts: Sequence[PromptSpec],
        defaults: Mapping[str, Any],
        **options: Any,
    ) -> None:
        super().__init__(name, tools=tools, **options)
        self._tools_by_name = {tool.name: tool for tool in tools}
        self._prompts = {prompt.name: prompt for prompt in prompts}
        self._defaults = dict(defaults)

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],
        context: Context[Services, Any] | None = None,
    ) -> t.CallToolResult:
        """Call a tool. Every failure is a result that says what is wrong and what to do next."""
        tool = self._tools_by_name.get(name)
        if tool is None:
            return problem(
                f"There is no tool '{shown(name)}'.",
                f"Tools of this server: {', '.join(self._tools_by_name)}.",
                "unknown_tool",
            )
        try:
            validated = check_arguments(tool, arguments, defaults=self._defaults_of(tool))
            result: t.CallToolResult = await tool.fn(**validated, ctx=context)
        except MCPError:
            raise
        except CoderError as error:
            return error_reply(error)
        except ToolError as error:
            return problem(str(error), "", "tool")
        except Exception:
            return self._unexpected(name)
        return result

    def _defaults_of(self, tool: Tool) -> dict[str, Any]:
        published = tool.parameters.get("properties", {})
        return {
            name: value
            for name, value in self._defaults.items()
            if published.get(name, {}).get("default")
        }

    @staticmethod
    def _unexpected(name: str) -> t.CallToolResult:
        error_id = secrets.token_hex(4)
        logger.exception("error %s: unexpected exception in tool %s", error_id, name)
        return problem(
            f"{name} failed for a reason of the server's own (error {error_id}).",
            "Try once more; if it fails again, tell the user to look for this id in the server's "
            "log and report it.",
            "internal",
            error_id=error_id,
        )

    async def list_prompts(self) -> list[t.Prompt]:
        """The prompts in their fixed order."""
        return [prompt.listed() for prompt in self._prompts.values()]

    async def get_prompt(
        self,
        name: str,
        arguments: dict[str, Any] | None = None,
        context: Context[Services, Any] | None = None,  # noqa: ARG002
    ) -> t.GetPromptResult:
        """A prompt with its arguments in place.

        Raises:
            MCPError: invalid params; unknown prompt, or an argument is missing, unknown or long.
        """
        prompt = self._prompts.get(name)
        if prompt is None:
            raise MCPError(
                code=t.INVALID_PARAMS,
                message=f"Unknown prompt: {shown(name)}. Prompts: {', '.join(self._prompts)}.",
            )
        try:
            text = prompt.render({key: str(value) for key, value in (arguments or {}).items()})
        except ValueError as error:
            raise MCPError(code=t.INVALID_PARAMS, message=str(error)) from None
        return t.GetPromptResult(
            description=prompt.description,
            messages=[t.PromptMessage(role="user", content=t.TextContent(type="text", text=text))],
        )
