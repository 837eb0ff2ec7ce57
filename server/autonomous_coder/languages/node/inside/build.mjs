// Runs a project's build script with npm, then lists what it wrote: [path, bytes] of new files, and
// the size of all scripts and of all styles among them: [bytes, bytes with gzip].
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const MAX_PACKED = 64 * 2 ** 20;
const [npm, report, script] = process.argv.slice(2);
const made = [];
const sums = { scripts: [0, 0], styles: [0, 0] };
const before = new Map();
look('.', 0, (path, { mtimeMs }) => before.set(path, mtimeMs));
const run = spawnSync(process.execPath, [npm, 'run', '--no-update-notifier', script], {
  stdio: ['ignore', 'inherit', 'inherit'],
});

function weigh(path, size) {
  const kind = /\.[cm]?js$/.test(path) ? 'scripts' : path.endsWith('.css') ? 'styles' : '';
  if (!kind) return;
  const sum = sums[kind];
  sum[0] += size;
  // More than that is not packed; then its packed size is told as -1.
  const packed = sum[1] < 0 || sum[0] > MAX_PACKED ? -1 : gzipSync(readFileSync(path)).length;
  sum[1] = packed < 0 ? -1 : sum[1] + packed;
}

function look(directory, depth, seen) {
  if (depth > 30 || made.length >= 5000) return;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules') look(path, depth + 1, seen);
    } else if (entry.isFile() && made.length < 5000) {
      seen(path, statSync(path));
    }
  }
}

look('.', 0, (path, { mtimeMs, size }) => {
  if (before.get(path) === mtimeMs) return;
  made.push([path, size]);
  if (run.status === 0) weigh(path, size);
});
writeFileSync(report, JSON.stringify({ exit: run.status, made, ...sums }));
process.exitCode = run.status ?? 1;
