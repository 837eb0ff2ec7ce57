// Loads one file of tape tests with the tape that it uses itself, runs them, and writes one JSON
// line for each test. Arguments: the file, and where to write.
const { writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');

const [file, output] = process.argv.slice(2);
process.argv.splice(1, 3, file);
const tape = createRequire(file)('tape');
const tests = [];

const watch = (test, outer) => {
  const entry = { names: [...outer, String(test.name)], test, ended: false };
  test.once('prerun', () => tests.push(entry));
  test.on('test', (inner) => watch(inner, entry.names));
  test.on('result', (result) => {
    if (result && typeof result === 'object' && !result.ok && !result.todo) entry.failure ??= result;
  });
  test.on('end', () => {
    entry.ended = true;
  });
};
const lineOf = ({ names, test, ended, failure }) => {
  const bad = Boolean(failure) || !ended;
  const skipped = test._skip || test._todo;
  return `${JSON.stringify({
    kind: 'test',
    names,
    file,
    outcome: bad ? 'failed' : skipped ? 'skipped' : 'passed',
    message: bad ? String(failure?.name ?? failure?.operator ?? 'it did not end').slice(0, 2000) : '',
    stack: bad ? String(failure?.error?.stack ?? failure?.at ?? '').slice(0, 2000) : '',
  })}\n`;
};

// Before tape's own, which ends the process.
process.on('exit', () => writeFileSync(output, tests.map(lineOf).join('')));

const waits = typeof tape.wait === 'function' && typeof tape.run === 'function';
if (waits) tape.wait();
tape.getHarness()._results.on('_push', (test) => watch(test, []));

const load = () => {
  try {
    return require(file);
  } catch (error) {
    if (error?.code !== 'ERR_REQUIRE_ESM' && error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    return import(pathToFileURL(file).href);
  }
};
const loaded = load();
if (waits) Promise.resolve(loaded).then(() => process.nextTick(() => tape.run()));
