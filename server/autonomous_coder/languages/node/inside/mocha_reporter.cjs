// Reporter for mocha: one JSON line for each finished test, and one for the end.
const { writeFileSync } = require('node:fs');

module.exports = class Reporter {
  constructor(runner, options) {
    const lines = [];
    const note = (test, outcome, error) =>
      lines.push({
        kind: 'test',
        names: test.titlePath ? test.titlePath() : [String(test.title)],
        file: test.file ?? '',
        outcome,
        message: String(error?.message ?? '').slice(0, 2000),
        stack: String(error?.stack ?? '').slice(0, 2000),
      });
    runner.on('pass', (test) => note(test, 'passed'));
    runner.on('fail', (test, error) => note(test, 'failed', error));
    runner.on('pending', (test) => note(test, 'skipped'));
    runner.once('end', () => {
      lines.push({ kind: 'end' });
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      writeFileSync(options.reporterOptions.output, text);
    });
  }
};
