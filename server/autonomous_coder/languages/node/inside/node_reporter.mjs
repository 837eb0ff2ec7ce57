// Reporter for node's test runner: one JSON line for each finished test, and one for the end.
const cut = (text) => String(text ?? '').slice(0, 2000);

export default async function* report(source) {
  const names = [];
  for await (const { type, data } of source) {
    if (type === 'test:start') {
      names[data.nesting] = data.name;
      names.length = data.nesting + 1;
    } else if (type === 'test:pass' || type === 'test:fail') {
      const error = data.details?.error;
      const cause = error?.cause instanceof Error ? error.cause : error;
      yield `${JSON.stringify({
        kind: 'test',
        names: [...names.slice(0, data.nesting), data.name],
        file: data.file ?? '',
        line: data.line ?? 0,
        suite: data.details?.type === 'suite',
        outcome: data.skip !== undefined || data.todo !== undefined
          ? 'skipped' : type === 'test:pass' ? 'passed' : 'failed',
        message: error ? cut(cause?.message ?? cause) : '',
        stack: error ? cut(cause?.stack) : '',
      })}\n`;
    } else if (type === 'test:stderr') {
      yield `${JSON.stringify({ kind: 'stderr', file: data.file ?? '', text: cut(data.message) })}\n`;
    }
  }
  yield `${JSON.stringify({ kind: 'end' })}\n`;
}
