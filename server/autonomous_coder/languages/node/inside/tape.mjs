// Runs files of tape tests one after another, each in a process of its own, and writes one JSON
// line for each test, for what a file printed as errors, for a file that failed by itself, and for
// the end. Arguments: the report, then the files. Flags for node are handed on.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [report, ...files] = process.argv.slice(2);
const one = fileURLToPath(new URL('./tape_file.cjs', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tape-'));
const note = (item) => appendFileSync(report, `${JSON.stringify(item)}\n`);
let code = 0;

files.forEach((file, number) => {
  const found = join(directory, `${number}.json`);
  const errors = join(directory, `${number}.txt`);
  writeFileSync(found, '');
  const { status } = spawnSync(process.execPath, [...process.execArgv, one, file, found], {
    stdio: ['ignore', 'inherit', openSync(errors, 'w')],
  });
  const said = readFileSync(errors, 'utf8');
  process.stderr.write(said);
  const tests = readFileSync(found, 'utf8');
  appendFileSync(report, tests);
  note({ kind: 'stderr', file, text: said.slice(-4000) });
  if (status !== 0) {
    code = 1;
    if (!tests.includes('"outcome":"failed"')) {
      note({ kind: 'test', names: [file], file, outcome: 'failed' });
    }
  }
});
note({ kind: 'end' });
process.exitCode = code;
