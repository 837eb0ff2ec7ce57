"""Specs of packages in TypeScript and JavaScript, and what hosts hand in for them."""

from __future__ import annotations

from autonomous_coder.models.spec import ProjectSpec
from server.generator.conftest import field

SUFFIXES = {"typescript": "ts", "javascript": "js"}
CELLS = [
    ("typescript", "cli"),
    ("typescript", "library"),
    ("typescript", "mcp_server"),
    ("javascript", "cli"),
    ("javascript", "library"),
    ("javascript", "mcp_server"),
]
CODE = {
    "typescript": """/** Their sum. */
export function addUp(given: { first: number; second: number | null }): number {
  if (given.first === 13) {
    throw new RangeError('thirteen is too much');
  }
  return given.first + (given.second ?? 0);
}
""",
    "javascript": """/**
 * Their sum.
 *
 * @param {{ first: number, second: number | null }} given
 */
export function addUp({ first, second }) {
  if (first === 13) {
    throw new RangeError('thirteen is too much');
  }
  return first + (second ?? 0);
}
""",
}
PROOF = {
    "typescript": """import { expect, test } from 'vitest';
import { addUp } from '../src/core/add-up.ts';

test('sums', () => {
  expect(addUp({ first: 2, second: 3 })).toBe(5);
});
""",
    "javascript": """import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUp } from '../src/core/add-up.js';

test('sums', () => {
  assert.equal(addUp({ first: 2, second: 3 }), 5);
});
""",
}
ADD_UP: dict[str, object] = {
    "name": "add_up",
    "description": "Adds two numbers.",
    "arguments": [
        field("first", "integer", minimum=-100, maximum=100),
        field("second", "integer", required=False),
    ],
}
"""A command that no template knows."""


def host_files(language: str) -> list[dict[str, object]]:
    """The host's code for `add_up`, and its proof."""
    suffix = SUFFIXES[language]
    return [
        {"path": f"src/core/add-up.{suffix}", "content": CODE[language], "mode": "once"},
        {
            "path": f"tests/sums.test.{suffix}",
            "content": PROOF[language],
            "mode": "once",
            "proves": ["command:add_up"],
        },
    ]


def package(language: str, archetype: str, **more: object) -> ProjectSpec:
    """The spec of a package."""
    return ProjectSpec.model_validate(
        {"name": "demo", "language": language, "archetype": archetype, **more}
    )
