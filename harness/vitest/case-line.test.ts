import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { caseLine, lineOfName } from './case-line.ts';

const SOURCE = `import { defineBoot, defineSuite } from 'twinboot';

defineSuite('first', {
  cases: {
    fork: { run: 'fork', expectFailure: { because: 'a b: no' } },
    'a b': { run: 'x' },
    'it\\'s \\\\ odd': { run: 'x' }, "say \\"no\\"": { run: 'x' },
  },
});
defineSuite('second', { cases: { 'a b': { run: 'y' }, prefork: {}, fork: {} } });
defineBoot('boot', {
  stages: [
    { marker: 'userspace', name: 'kernel entry' },
    { name: "userspace", marker: /init/ },
  ],
});
`;
const lines = SOURCE.split('\n');

test.each([
  ['fork', 3, 5],
  ['a b', 3, 6],
  [`it's \\ odd`, 3, 7],
  ['say "no"', 3, 7],
  ['a b', 10, 10],
  ['kernel entry', 11, 13],
  ['userspace', 11, 14],
])('the case %j of the table on line %d is on line %d', (title, table, line) => {
  expect(lineOfName(lines, title, table)).toBe(line);
});

test.each(['computed 7', 'ork', '.*', '', 'marker: /init/'])(
  'a case that the file does not name is where its table is: %j',
  (title) => {
    expect(lineOfName(lines, title, 11)).toBe(11);
  },
);

test('a test written as code is where vitest says, and one that vitest knows nothing of is nowhere', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'case-line-'));
  const file = path.join(folder, 'a.suite.ts');
  try {
    writeFileSync(file, SOURCE);
    expect(caseLine({ location: { line: 2 }, suite: { location: { line: 3 } } }, file, 'a b')).toBe(2);
    expect(caseLine({ suite: { suite: { location: { line: 3 } } } }, file, 'a b')).toBe(6);
    expect(caseLine({ suite: {} }, file, 'a b')).toBeUndefined();
    expect(caseLine({ suite: { location: { line: 3 } } }, `${file}.moved`, 'a b')).toBe(3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
