"""Projects in TypeScript and JavaScript for tests: correct, faulty, and full of tricks."""

from __future__ import annotations

import json
from typing import Any

TYPED: dict[str, dict[str, str]] = {
    "dependencies": {"@hono/node-server": "^1.14.0", "hono": "^4.7.0"},
    "devDependencies": {
        "@types/node": "^20.0.0",
        "prettier": "^3.5.0",
        "typescript": "~5.9.0",
        "vitest": "^3.2.0",
    },
}
"""What the projects in TypeScript install: all the same, so that it is installed once."""


def manifest(name: str, **more: Any) -> str:
    """A package.json of an ES module package."""
    fixed = {"name": name, "version": "1.0.0", "private": True, "type": "module"}
    return json.dumps({**fixed, **more}, indent=2) + "\n"


EXPRESS_SERVICE: dict[str, str] = {
    "package.json": manifest(
        "notes-service",
        main="src/server.js",
        scripts={"start": "node src/server.js", "test": "node --test"},
        engines={"node": ">=20"},
        dependencies={"express": "^5.1.0"},
    ),
    "src/app.js": """
        import express from 'express';

        export function createApp() {
          const app = express();
          const notes = new Map();
          app.use(express.json());
          app.get('/health', (_request, response) => {
            response.json({ status: 'ok' });
          });
          app.get('/notes', (_request, response) => {
            response.json([...notes.values()]);
          });
          app.post('/notes', (request, response) => {
            const text = request.body?.text;
            if (typeof text !== 'string' || !text) {
              response.status(422).json({ error: 'text is required' });
              return;
            }
            const note = { id: notes.size + 1, text };
            notes.set(note.id, note);
            response.status(201).json(note);
          });
          return app;
        }
    """,
    "src/server.js": """
        import process from 'node:process';
        import { createApp } from './app.js';

        const server = createApp().listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
        process.on('SIGTERM', () => server.close(() => process.exit(0)));
    """,
    "test/app.test.js": """
        import assert from 'node:assert/strict';
        import { after, before, describe, it } from 'node:test';
        import { createApp } from '../src/app.js';

        describe('notes', () => {
          let server;
          let base;

          before(async () => {
            server = createApp().listen(0, '127.0.0.1');
            await new Promise((done) => server.once('listening', done));
            base = `http://127.0.0.1:${server.address().port}`;
          });

          after(() => server.close());

          it('answers its health route', async () => {
            const answer = await fetch(`${base}/health`);
            assert.equal(answer.status, 200);
          });

          it('refuses a note without text', async () => {
            const answer = await fetch(`${base}/notes`, { method: 'POST' });
            assert.equal(answer.status, 422);
          });

          for (const text of ['milk', 'eggs']) {
            it(`stores ${text}`, async () => {
              const answer = await fetch(`${base}/notes`, {
                method: 'POST',
                headers: { 'content-type': 'application/json' },
                body: JSON.stringify({ text }),
              });
              assert.equal(answer.status, 201);
            });
          }
        });
    """,
}
"""A correct service in JavaScript with tests for node's own runner."""

HONO_SERVICE: dict[str, str] = {
    ".prettierrc": """
        { "singleQuote": true }
    """,
    "package.json": manifest(
        "todo-service",
        scripts={
            "build": "tsc -p tsconfig.build.json",
            "start": "node dist/server.js",
            "test": "vitest run",
        },
        **TYPED,
    ),
    "src/app.ts": """
        import { Hono } from 'hono';

        export interface Todo {
          id: number;
          title: string;
        }

        export function createApp(todos: Todo[] = []): Hono {
          const app = new Hono();
          app.get('/health', (c) => c.json({ status: 'ok' }));
          app.get('/todos', (c) => c.json(todos));
          app.get('/todos/:id', (c) => {
            const todo = todos.find((item) => item.id === Number(c.req.param('id')));
            return todo ? c.json(todo) : c.json({ error: 'not found' }, 404);
          });
          return app;
        }
    """,
    "src/server.ts": """
        import { serve } from '@hono/node-server';
        import { createApp } from './app.js';

        const server = serve({
          fetch: createApp().fetch,
          port: Number(process.env['PORT'] ?? 3000),
        });
        process.on('SIGTERM', () => {
          server.close(() => process.exit(0));
        });
    """,
    "tests/app.test.ts": """
        import { describe, expect, it } from 'vitest';
        import { createApp } from '../src/app.js';

        describe('todos', () => {
          const app = createApp([{ id: 1, title: 'milk' }]);

          it('answers its health route', async () => {
            expect((await app.request('/health')).status).toBe(200);
          });

          it.each([
            [1, 200],
            [2, 404],
          ])('answers %i with %i', async (id, status) => {
            expect((await app.request(`/todos/${id}`)).status).toBe(status);
          });
        });
    """,
    "tsconfig.build.json": """
        {
          "extends": "./tsconfig.json",
          "compilerOptions": { "noEmit": false, "outDir": "dist", "rootDir": "src" },
          "include": ["src"]
        }
    """,
    "tsconfig.json": """
        {
          // Everything is checked; the build leaves the tests out.
          "compilerOptions": {
            "target": "es2023",
            "module": "nodenext",
            "strict": true,
            "noEmit": true,
            "skipLibCheck": true,
            "types": ["node"],
          },
          "include": ["src", "tests"],
        }
    """,
    "vitest.config.ts": """
        import { defineConfig } from 'vitest/config';

        export default defineConfig({ test: { include: ['tests/**/*.test.ts'] } });
    """,
}
"""A correct service in TypeScript, built, with tests for vitest."""

FAULTY_TYPESCRIPT: dict[str, str] = {
    "package.json": manifest(
        "faulty", scripts={"build": "tsc -p tsconfig.json", "test": "vitest run"}, **TYPED
    ),
    "tsconfig.json": """
        {
          "compilerOptions": {
            "target": "es2022", "module": "nodenext", "strict": true, "outDir": "dist",
            "rootDir": "src", "declaration": true, "skipLibCheck": true, "types": ["node"]
          },
          "include": ["src"]
        }
    """,
    "src/index.ts": """
        import pad from 'left-pad';

        export function add(a: number, b: number): number { return a + b; }
        export const total: string = add(1, 2);
        export const padded: unknown = pad;
        export function look(): void {
          debugger;
        }
    """,
    "tests/index.test.ts": """
        import { describe, expect, it } from 'vitest';

        describe('sum', () => {
          it('adds', () => { expect(1 + 2).toBe(3); });
          it('fails', () => { expect(1 + 2).toBe(4); });
        });
    """,
    "tests/broken.test.ts": """
        import { test } from 'vitest';
        import { add } from '../src/nowhere.js';

        test('imports', () => { add(1, 2); });
    """,
}
"""One fault for each check."""

FAULTY_JAVASCRIPT: dict[str, str] = {
    "build.js": """
        import { readFileSync } from 'node:fs';
        JSON.parse(readFileSync(new URL('./missing.json', import.meta.url)));
    """,
    "package.json": manifest(
        "faulty",
        scripts={"test": "exit 0", "build": "node build.js", "start": "node src/server.js"},
        engines={"node": ">=99"},
        dependencies={"express": "^5.1.0", "ms": "^2.1.3", "semver": "^7.0.0"},
    ),
    "src/index.js": """
        import ms from 'ms';
        import chalk from 'chalk';

        export function total(items) {
          let sum = 0;
          for (const item of items) sum += item.price;
          if (sum = 0) return NaN;
          return summ;
        }
        export const wait = ms('1s') + chalk.length;
    """,
    "test/broken.test.js": """
        import { test } from 'node:test';
        import { nothing } from '../src/nowhere.js';
        test('imports', () => nothing());
    """,
    "test/exit.test.js": """
        import { test } from 'node:test';
        test('never told', () => {});
        process.exit(0);
    """,
    "test/fail.test.js": """
        import assert from 'node:assert/strict';
        import { describe, it, test } from 'node:test';
        describe('sum', () => {
          it('adds', () => {
            assert.equal(1 + 1, 3);
          });
        });
        test('loads', () => {});
    """,
    "src/server.js": """
        import express from 'express';

        const app = express();
        app.get('/health', (_request, response) => response.json({ ok: true }));
        app.get('/:x?', (_request, response) => response.json({}));
        app.listen(3000);
    """,
}
"""One fault for each check; the route pattern is one of an older Express."""

TRICKS_IN_MODULES: dict[str, str] = {
    ".npmrc": """
        git=./evil.sh
        script-shell=./evil.sh
        ignore-scripts=false
    """,
    "evil.sh": """
        #!/bin/sh
        echo evil >> /project/evil.txt; exit 0
    """,
    "node_modules/.bin/tsc": """
        process.exit(0)
    """,
    "node_modules/typescript/bin/tsc": """
        process.exit(0)
    """,
    "node_modules/typescript/lib/tsc.js": """
        process.exit(0)
    """,
    "node_modules/vitest/vitest.mjs": """
        process.exit(0)
    """,
    "package.json": manifest(
        "tricks",
        scripts={"preinstall": "exit 7", "test": "exit 0", "build": "tsc -p tsconfig.json"},
        **TYPED,
    ),
    "src/bad.ts": """
        // @ts-nocheck
        /* eslint-disable */
        export function f(a: number) {
          debugger;
          return a === NaN;
        }
    """,
    "src/good.ts": """
        export const one: number = 'one';
    """,
    "tests/a.test.ts": """
        import { expect, it } from 'vitest';
        it('is false', () => { expect(1).toBe(2); });
    """,
    "tsconfig.json": """
        { "compilerOptions": { "target": "es2022", "module": "nodenext", "noCheck": true,
          "outDir": "dist", "rootDir": "src", "skipLibCheck": true, "types": [] },
          "include": ["src/good.ts"] }
    """,
    "vitest.config.ts": """
        export default { test: { include: [], passWithNoTests: true } };
    """,
}
"""Fake tools, install scripts, npm's settings, and comments that switch checks off."""

TRICKS_IN_SETTINGS: dict[str, str] = {
    "package.json": manifest("settings", scripts={"test": "exit 0"}, **TYPED),
    "src/x.ts": """
        export const one: number = 'one';
    """,
    "tests/exits.test.ts": """
        import { it } from 'vitest';
        it('leaves', () => { process.exit(0); });
    """,
    "tests/filtered.test.ts": """
        import { expect, it } from 'vitest';
        it('is filtered', () => { expect(1).toBe(2); });
    """,
    "tsconfig.json": """
        { "compilerOptions": { "target": "es2022", "module": "nodenext" }, "files": [] }
    """,
    "vitest.config.ts": """
        export default {
          test: { reporters: ['default'], outputFile: '/tmp/x', testNamePattern: 'nothing' },
        };
    """,
}
"""Settings that leave all files and tests out."""

DEBUGGED = "export const one = (): number => {\n  debugger;\n  return 1;\n};\n"
SILENCED: dict[str, str] = {
    "explained": "/* eslint-disable -- a*b is why */",
    "dashed": "/* oxlint-disable - for now */",
    "comma": "/* eslint-disable , */",
    "lines": "/*\n eslint-disable\n*/",
    "line": "// eslint-disable",
    "explained-line": "//oxlint-disable -- legacy",
    "odd-space": "//\u00a0eslint-disable",
    "separated": "// eslint-disable\u2028",
    "later": "export const two = 2; // oxlint-disable",
}
"""Comments that switch the linter off without naming a rule."""
UNCHECKED = ("//@ts-nocheck", "/// @TS-NoCheck: old", "#!/usr/bin/env node\n// @ts-nocheck,x")
"""Comments that switch the compiler off."""
HIDDEN: dict[str, str] = {
    ".gitignore": "dist/\n",
    "build/kept.ts": "export const kept: number = 'one';\n",
    "dist/made.js": "export function f() {\n  debugger;\n}\n",
    "package.json": manifest("hidden", scripts={"build": "node -e 0"}),
    "scripts/helper.ts": """
        export const helper: number = 'one';
    """,
    "src/build/app.ts": DEBUGGED + "export const two: number = 'two';\n",
    "src/build/app.test.js": """
        import assert from 'node:assert/strict';
        import { test } from 'node:test';

        test('is hidden', () => {
          assert.equal(1, 2);
        });
    """,
    "src/main.ts": """
        export const sum = (a: number, b: number): number => a + b;
    """,
    "tests/sum.ts": """
        import assert from 'node:assert/strict';
        import { sum } from '../src/main.js';

        const values: Record<string, string> = {};
        const first: string | undefined = values['x'];
        assert.equal(sum(1, '2'), 3);
        assert.equal(sum(1, first?.length), 1);
    """,
    "tsconfig.json": """
        { "compilerOptions": { "target": "es2022", "module": "nodenext", "strict": true,
          "rootDir": "src", "outDir": "dist", "declaration": true, "composite": true, "types": [] },
          "include": ["src"], "exclude": ["src/build"] }
    """,
    "vite.config.ts": """
        import { defineConfig } from 'vite';

        export default defineConfig({ base: './' });
    """,
    **{f"src/silent/{name}.ts": f"{text}\n{DEBUGGED}" for name, text in SILENCED.items()},
    **{
        f"src/unchecked/{n}.ts": f"{text}\nexport const one = 1;\n"
        for n, text in enumerate(UNCHECKED)
    },
}
"""Code in directories that are called like a build's, outside every tsconfig, and with comments
that switch checks off; beside real build output."""

OWN_LINTER: dict[str, str] = {
    ".oxlintrc.json": """
        { "rules": { "no-debugger": "off" } }
    """,
    "package.json": manifest(
        "own-linter", devDependencies={"oxlint": "1.94.0", "typescript": "7.0.2"}
    ),
    "src/debugged.ts": DEBUGGED,
    "tsconfig.json": """
        { "compilerOptions": { "target": "es2022", "module": "nodenext", "strict": true,
          "types": [] }, "include": ["src"] }
    """,
}
"""A linter of the project's own that lets through what ours does not."""
