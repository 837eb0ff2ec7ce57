"""One prompt per pair of .py and .md; PROMPTS lists them."""

from autonomous_coder_prompts.catalogue import PROMPTS
from autonomous_coder_prompts.completion import complete_prompt

__all__ = ["PROMPTS", "complete_prompt"]
