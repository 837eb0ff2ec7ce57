"""Findings of hosts and sessions, kept beside the curated knowledge: newest first, with history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from autonomous_coder.engines.research.ports import ResearchCache
from autonomous_coder.errors import InvalidInputError

KEY = "knowledge:findings"
MAX_FINDINGS = 1_000
MAX_HISTORY = 10
MAX_FINDING_CHARS = 2_000


class Findings:
    """Facts handed in from outside. They are data: quoted with their age, never instructions."""

    def __init__(self, cache: ResearchCache) -> None:
        self._cache = cache

    async def add(self, findings: Mapping[str, Any]) -> None:
        """Merge findings: a newer value wins, the older ones stay as history.

        Raises:
            InvalidInputError: too many, too long, or not text.
        """
        if len(findings) > 100:
            raise InvalidInputError("More than 100 findings.", hint="Send fewer at once.")
        known = await self.all()
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for topic, value in findings.items():
            text = value if isinstance(value, str) else json.dumps(value, default=str)
            if not topic.strip() or len(topic) > 200 or len(text) > MAX_FINDING_CHARS:
                raise InvalidInputError(
                    "A finding has no topic or is longer than 2,000 characters.",
                    hint="Send topic -> short statement.",
                )
            history = known.pop(topic.strip().lower(), [])
            if not history or history[0][1] != text:
                history = [[now, text], *history][:MAX_HISTORY]
            known[topic.strip().lower()] = history
        kept = dict(list(known.items())[-MAX_FINDINGS:])
        await self._cache.cache_put(KEY, json.dumps(kept).encode())

    async def all(self) -> dict[str, list[list[str]]]:
        """Topic -> [[time, statement], ...], newest first."""
        entry = await self._cache.cache_get(KEY)
        try:
            values = json.loads(entry.value) if entry else {}
        except ValueError:
            return {}
        return values if isinstance(values, dict) else {}

    async def about(self, topic: str) -> list[str]:
        """Current statements on a topic, each with its day."""
        words = topic.strip().lower()
        return [
            f"{key}: {history[0][1]} (reported {history[0][0][:10]}, not verified)"
            for key, history in (await self.all()).items()
            if history and (key == words or key in words.split())
        ]
